"""Where the four corner markers stand in an image, any way up, at any dpi; and the mid-edge marks in upright patches.

Corner windows first: a tenth of the cost of the whole page. Knows no sheet code, no layout and no answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import MARKER_BITS, MID_MARK_MM, PAGE_W_MM
from ocr.light import even_out
from ocr.pictures import Gray, find_levels, is_two_level, shrink_by

Points = NDArray[np.float64]
Mend = Callable[[Gray, float], Gray]

COARSE_PX_PER_MM = 4.0  # 5 pixels a marker module: 100 dpi, where all four are found in 0.5 ms
FINE_PX_PER_MM = 8.0
WINDOW_SHARE = 0.26  # of the short side: a marker inside reach of 8 degrees of skew and 10 mm of shift
CLOSE_SHARE = 0.18  # of 1 degree and 8 mm, as most pages lie: half the pixels
_THRESHOLD_MM = 4.0  # neighbourhood of the adaptive threshold; anything from 3 to 9 mm found as many
MID_REACH_MM = 2.5
_NAMELESS = -1
_DOTTED_SHARE, _DOTTED_GREYS = 0.3, 14  # neighbours that differ: 0.16 at most on print, 0.3 to 1 where greys are dots
_DOTTED_MM = 0.2
_HOLLOW_MM = 0.9  # two thirds of a marker's module
_SPREAD_MM = 0.4  # by which print of a copy of copies has grown; a module has 1.3
_FLAT_MARK_MM, _BENT_MARK_MM = 0.6, 1.2  # how much smaller or larger it may look
_MID_CONTRAST = 0.25  # between mark and paper, of the paper's light; in a shadow there is little light to go by


@cache
def _detector(window_px: int) -> cv2.aruco.ArucoDetector:
    inner = [np.array([[bit == "0" for bit in row[1:-1]] for row in bits[1:-1]], np.uint8) for bits in MARKER_BITS]
    patterns = np.concatenate([cv2.aruco.Dictionary.getByteListFromBits(bits) for bits in inner])
    parameters = cv2.aruco.DetectorParameters()
    parameters.adaptiveThreshWinSizeMin = parameters.adaptiveThreshWinSizeMax = window_px
    parameters.minMarkerPerimeterRate = 0.02
    return cv2.aruco.ArucoDetector(cv2.aruco.Dictionary(patterns, len(inner[0]), 1), parameters)


def find_markers(pixels: Gray) -> Mapping[int, Points]:
    """Marker id -> its four corners in pixels, sub-pixel, clockwise from the marker's own upper left.

    An id that stands twice in the image is left out: two sheets in one picture are not to be guessed apart.
    """
    guessed = min(pixels.shape) / PAGE_W_MM
    found: dict[int, Points] = {}
    for look in (_close_in_corners, _in_corners, _anywhere, _anywhere_finely):
        found = _unique(list(look(pixels, guessed)))
        if len(found) == len(MARKER_BITS):
            break
    return {marker: sharpen(pixels, corners) for marker, corners in found.items()}


def find_spoilt_markers(pixels: Gray) -> Mapping[int, Points]:
    """The same on a page where a shadow or a tired printer hides some: dearer, by whatever mends one or the other."""
    guessed = min(pixels.shape) / PAGE_W_MM
    found: dict[int, Points] = {}
    for px_per_mm in (COARSE_PX_PER_MM, FINE_PX_PER_MM):
        for mend in (None, even_out, _filled_up, _thinned):
            seen = list(_detect(pixels, guessed, px_per_mm, mend))
            twice = {marker for marker, _ in seen} - _unique(seen).keys()
            found = {marker: corners for marker, corners in (_unique(seen) | found).items() if marker not in twice}
    return {marker: sharpen(pixels, corners) for marker, corners in found.items()}


def find_squares(pixels: Gray) -> list[Points]:
    """The corners of every square in the image that might be a marker, to about a pixel of 100 dpi."""
    return [corners for _, corners in _look(pixels, min(pixels.shape) / PAGE_W_MM, COARSE_PX_PER_MM, None)]


def _filled_up(small: Gray, px_per_mm: float) -> Gray:
    """Without the light spots in black areas where toner failed or a threshold hollowed them out."""
    side = max(2, round(_HOLLOW_MM * px_per_mm))
    return np.asarray(cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)), np.uint8)


def _thinned(small: Gray, px_per_mm: float) -> Gray:
    """With the light parts of a marker as wide again as they were before copies of copies let the print run."""
    side = max(2, round(_SPREAD_MM * px_per_mm))
    return np.asarray(cv2.dilate(small, np.ones((side, side), np.uint8)), np.uint8)


def _unique(seen: list[tuple[int, Points]]) -> dict[int, Points]:
    ids = [marker for marker, _ in seen]
    return {marker: corners for marker, corners in seen if ids.count(marker) == 1}


def _in_corners(pixels: Gray, guessed: float) -> Iterator[tuple[int, Points]]:
    return _in_windows(pixels, guessed, int(min(pixels.shape) * WINDOW_SHARE))


def _close_in_corners(pixels: Gray, guessed: float) -> Iterator[tuple[int, Points]]:
    """What stands well within smaller windows, exactly as the larger ones show it; dots are told in the larger."""
    if is_two_level(pixels):
        return
    short = min(pixels.shape)
    wide, times = int(short * WINDOW_SHARE), _times(guessed, COARSE_PX_PER_MM)
    side = wide - int(short * (WINDOW_SHARE - CLOSE_SHARE)) // times * times  # shrunk by the same blocks of pixels
    rim = _THRESHOLD_MM * guessed
    height, width = pixels.shape
    for marker, corners in _in_windows(pixels, guessed, side):
        x, y = corners.T
        if ((x < side - rim) | (x > width - side + rim)).all() and ((y < side - rim) | (y > height - side + rim)).all():
            yield marker, corners


def _in_windows(pixels: Gray, guessed: float, side: int) -> Iterator[tuple[int, Points]]:
    height, width = pixels.shape
    for top in (0, height - side):
        for left in (0, width - side):
            for marker, corners in _detect(pixels[top : top + side, left : left + side], guessed, COARSE_PX_PER_MM):
                yield marker, corners + np.array([left, top])


def _times(guessed: float, px_per_mm: float) -> int:
    return max(1, round(guessed / px_per_mm))


def _anywhere(pixels: Gray, guessed: float) -> Iterator[tuple[int, Points]]:
    return _detect(pixels, guessed, COARSE_PX_PER_MM)


def _anywhere_finely(pixels: Gray, guessed: float) -> Iterator[tuple[int, Points]]:
    return _detect(pixels, guessed, FINE_PX_PER_MM)


def _detect(pixels: Gray, guessed: float, px_per_mm: float, mend: Mend | None = None) -> Iterator[tuple[int, Points]]:
    return ((marker, corners) for marker, corners in _look(pixels, guessed, px_per_mm, mend) if marker != _NAMELESS)


def _look(pixels: Gray, guessed: float, px_per_mm: float, mend: Mend | None) -> Iterator[tuple[int, Points]]:
    """Markers, and _NAMELESS squares that hold no marker's pattern."""
    times = _times(guessed, px_per_mm)
    small = shrink_by(pixels, times)
    window_px = int(_THRESHOLD_MM * guessed / times) | 1
    if min(small.shape) <= window_px or window_px < 3:
        return
    if _is_dotted(small):  # each dot is a candidate to the detector, which took 20 s to weigh them
        small = cv2.GaussianBlur(small, (0, 0), _DOTTED_MM * guessed / times).astype(np.uint8, copy=False)
    if mend is not None:
        small = mend(small, guessed / times)
    quads, ids, nameless = _detector(window_px).detectMarkers(small)
    names = [] if ids is None else [int(each) for each in np.asarray(ids).reshape(-1)]
    for marker, quad in zip([*names, *[_NAMELESS] * len(nameless)], [*quads, *nameless], strict=True):
        yield marker, quad.reshape(4, 2).astype(np.float64) * times + (times - 1) / 2


def _is_dotted(small: Gray) -> bool:
    few = small[::4]
    return float((cv2.absdiff(few[:, 1:], few[:, :-1]) > _DOTTED_GREYS).mean()) > _DOTTED_SHARE


def sharpen(pixels: Gray, corners: Points) -> Points:
    """A marker's corners to a fraction of a pixel, on the full image, each within half a module."""
    module_px = float(np.linalg.norm(corners[0] - corners[2])) / np.sqrt(2) / len(MARKER_BITS)
    reach = max(2, round(module_px * 0.4))
    left, top = (max(0, math.floor(first) - 3 * reach) for first in corners.min(axis=0).tolist())
    right, bottom = (math.ceil(last) + 3 * reach for last in corners.max(axis=0).tolist())
    patch = np.ascontiguousarray(pixels[top : bottom + 1, left : right + 1])
    local = (corners - (left, top)).astype(np.float32).reshape(-1, 1, 2)
    (x, y), (most_x, most_y) = local.min(axis=(0, 1)).tolist(), local.max(axis=(0, 1)).tolist()
    rows, columns = patch.shape
    if min(rows, columns) < 2 * reach + 5 or min(x, y) < 0 or most_x > columns - 1 or most_y > rows - 1:
        return corners
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.01)
    sharp = cv2.cornerSubPix(patch, local, (reach, reach), (-1, -1), stop).reshape(4, 2).astype(np.float64)
    moved = np.linalg.norm(sharp - local.reshape(4, 2), axis=1)
    return np.where(moved[:, None] <= 2 * reach, sharp + np.array([left, top]), corners)


def find_mid_mark(patch: Gray, px_per_mm: float, reach_mm: float = MID_REACH_MM) -> tuple[float, float] | None:
    """How far a mid-edge mark stands from the centre of an upright patch (x, y in mm); None where it is not seen.

    Beyond the usual reach, on paper that stands off the table, a mark may look a fifth smaller or larger, but only one
    may be in sight.
    """
    dark, light = find_levels(patch.reshape(-1), (2, 80))
    if light - dark < _MID_CONTRAST * light:
        return None
    _, _, about, centres = cv2.connectedComponentsWithStats((patch < (dark + light) / 2).astype(np.uint8))
    middle = (np.array(patch.shape[::-1]) - 1) / 2
    wide = reach_mm > MID_REACH_MM
    slack, solid = (_BENT_MARK_MM, 0.75) if wide else (_FLAT_MARK_MM, 0.8)
    seen: list[tuple[float, float]] = []
    for number in range(1, len(about)):
        width, height, area = about[number, 2:5] / (px_per_mm, px_per_mm, px_per_mm**2)
        offset = (centres[number] - middle) / px_per_mm
        square = max(abs(width - MID_MARK_MM), abs(height - MID_MARK_MM)) < slack
        filled = area > solid * (width * height if wide else MID_MARK_MM**2)
        if square and filled and np.abs(offset).max() <= reach_mm:
            seen.append((float(offset[0]), float(offset[1])))
    return seen[-1] if seen and (not wide or len(seen) == 1) else None


def mid_patch_mm(reach_mm: float = MID_REACH_MM) -> float:
    """The side of the patch that find_mid_mark needs, mm: the mark, its reach and a white rim."""
    return MID_MARK_MM + 2 * reach_mm + 1.0
