"""Sheet millimetres to image pixels: a homography over the corners of the markers, and the bend that a feeder leaves.

Rejects rather than guesses: a page that does not fit the bounds below is a person's. Knows no code and no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import PAGE_H_MM, PAGE_W_MM, Rect, marker_rects, mid_mark_rects
from ocr.markers import Points, find_markers, find_mid_mark, mid_patch_mm
from ocr.pictures import Gray, shrink_by
from ocr.reading import Matrix

MAX_RESIDUAL_MM = 0.6
MAX_RESIDUAL_OF_THREE_MM = 0.3
MAX_BEND_MM = 1.5
MIN_PX_PER_MM = 3.2  # 80 dpi; below, a box line is thinner than a third of a pixel
_AFFINE_MM = 0.12
_MID_PX_PER_MM = 6.0
_RIM_MM = 5.0  # more than a page's bend and an outline's reach together
_STEP_MM = 0.5
_STEPS = _STEP_MM * np.array([[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0]], np.float64)

RegisterReason = Literal["no_markers", "too_few_markers", "distorted", "too_coarse"]


@dataclass(frozen=True, eq=False)
class Registration:
    """`matrix` takes mm to px; `bend_mm` is how far the middle of the left and right edge is fed off, downwards."""

    matrix: NDArray[np.float64]
    residual_mm: float
    markers: int
    bend_mm: tuple[float, float] = (0.0, 0.0)

    def to_px(self, points_mm: Points) -> Points:
        """Sheet points (n, 2) in mm to image pixels, the bend included."""
        return _project(self.matrix, self._bent(points_mm) if any(self.bend_mm) else points_mm)

    def _bent(self, points_mm: Points) -> Points:
        left, right = (rect.centre for rect in mid_mark_rects())
        top = marker_rects()[0].centre[1]
        share = (points_mm[:, 0] - left[0]) / (right[0] - left[0])
        bend = self.bend_mm[0] + share * (self.bend_mm[1] - self.bend_mm[0])
        arc = 1 - ((points_mm[:, 1] - PAGE_H_MM / 2) / (PAGE_H_MM / 2 - top)) ** 2
        return np.column_stack([points_mm[:, 0], points_mm[:, 1] + bend * arc.clip(0)])

    def affine_at(self, points_mm: Points) -> NDArray[np.float64]:
        """(n, 2, 3): pixels per mm of the sheet's x and y around each point, and the point in pixels."""
        around = points_mm[None] + _STEPS[:, None]
        right, left, down, up, at = self.to_px(around.reshape(-1, 2)).reshape(5, -1, 2)
        per_mm = (right - left) / (2 * _STEP_MM), (down - up) / (2 * _STEP_MM)
        return np.asarray(np.stack([*per_mm, at], axis=2), np.float64)

    @cached_property
    def _middle(self) -> NDArray[np.float64]:
        return np.asarray(self.affine_at(np.array([[PAGE_W_MM / 2, PAGE_H_MM / 2]]))[0])

    @property
    def px_per_mm(self) -> float:
        """The scale in the middle of the page."""
        return float(np.sqrt(abs(np.linalg.det(self._middle[:, :2]))))

    @property
    def rotation(self) -> int:
        """The content's clockwise turn as scanned: 0, 90, 180 or 270."""
        x, y = self._middle[:, 0]
        return round(float(np.degrees(np.arctan2(y, x))) / 90) % 4 * 90

    def as_rows(self) -> Matrix:
        """The homography as plain numbers, for the reading."""
        a, b, c = (tuple(float(value) for value in row) for row in self.matrix)
        return (a[0], a[1], a[2]), (b[0], b[1], b[2]), (c[0], c[1], c[2])


def find_registration(pixels: Gray) -> Registration | RegisterReason:
    """The page's place in the image, or why there is none.

    Four markers that agree; else the three that both mid-edge marks bear out, if they bear out no other three.
    """
    markers = find_markers(pixels)
    if len(markers) < 3:
        return "too_few_markers" if markers else "no_markers"
    four = _fit_four(markers) if len(markers) == 4 else None
    place = _check(pixels, four) if four else "distorted"
    if isinstance(place, Registration) or place == "too_coarse":
        return place
    checked = [_check(pixels, three) for three in _fit_threes(markers)]
    places = [place for place in checked if isinstance(place, Registration)]
    if len(places) == 1:
        return places[0]
    return "too_few_markers" if len(markers) == 3 and "too_few_markers" in checked else "distorted"


def _check(pixels: Gray, found: Registration) -> Registration | RegisterReason:
    if np.linalg.det(found.matrix[:2, :2]) <= 0:
        return "distorted"
    return "too_coarse" if found.px_per_mm < MIN_PX_PER_MM else _with_mid_marks(pixels, found)


def sample(pixels: Gray, found: Registration, rect: Rect, px_per_mm: float) -> Gray:
    """An upright copy of a rectangle of the sheet."""
    width, height = round(rect.w * px_per_mm), round(rect.h * px_per_mm)
    affine = found.affine_at(np.array([rect.centre]))[0]
    affine[:, :2] /= px_per_mm
    affine[:, 2] -= affine[:, :2] @ (np.array([width - 1, height - 1]) / 2)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(pixels, affine, (width, height), flags=flags, borderValue=255).astype(np.uint8, copy=False)


def reduced(
    pixels: Gray, found: Registration, max_px_per_mm: float, within: Rect | None = None
) -> tuple[Gray, Registration]:
    """Image and registration shrunk by the whole number that brings the scale next to the one wanted.

    Samples then average over the image instead of skipping pixels. `within`: the part of the sheet that is wanted, mm;
    what lies further than 5 mm outside is left white, which saves time.
    """
    times = round(found.px_per_mm / max_px_per_mm)
    if times < 2:
        return pixels, found
    middle = (times - 1) / 2
    shrink = np.array([[times, 0, middle], [0, times, middle], [0, 0, 1]])
    small = shrink_by(pixels, times) if within is None else _shrink_within(pixels, times, found, within)
    return small, replace(found, matrix=np.linalg.inv(shrink) @ found.matrix)


def _shrink_within(pixels: Gray, times: int, found: Registration, within: Rect) -> Gray:
    left, top, right, bottom = within.x, within.y, within.x + within.w, within.y + within.h
    corners = np.array([(x, y) for x in (left - _RIM_MM, right + _RIM_MM) for y in (top - _RIM_MM, bottom + _RIM_MM)])
    height, width = (size // times for size in pixels.shape)
    places = found.to_px(corners) / times
    x0, y0 = np.floor(places.min(axis=0)).astype(int).clip(0)
    x1, y1 = np.minimum(np.ceil(places.max(axis=0)).astype(int), (width, height))
    small = np.full((height, width), 255, np.uint8)
    if x1 > x0 and y1 > y0:
        small[y0:y1, x0:x1] = shrink_by(pixels[y0 * times : y1 * times, x0 * times : x1 * times], times)
    return small


def _project(matrix: NDArray[np.float64], points: Points) -> Points:
    projected = cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float64), matrix)
    return np.asarray(projected, np.float64).reshape(-1, 2)


def _corners_mm(marker: int) -> Points:
    rect = marker_rects()[marker]
    right, bottom = rect.x + rect.w, rect.y + rect.h
    return np.array([[rect.x, rect.y], [right, rect.y], [right, bottom], [rect.x, bottom]])


def _fit(points_mm: Points, points_px: Points, affine: bool = False) -> tuple[NDArray[np.float64], float] | None:
    """The least-squares map and its largest residual in mm; None where the points span no plane."""
    if affine:
        columns = np.column_stack([points_mm, np.ones(len(points_mm))])
        solved = np.linalg.lstsq(columns, points_px, rcond=None)[0]
        matrix = np.vstack([solved.T, [0.0, 0.0, 1.0]])
    else:
        fitted = cv2.findHomography(points_mm, points_px, 0)[0]
        matrix = np.zeros((3, 3)) if fitted is None else np.array(fitted, dtype=np.float64)
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-9:
        return None
    inverse: Points = np.linalg.inv(matrix)
    off = np.linalg.norm(_project(inverse, points_px) - points_mm, axis=1)
    return matrix, float(off.max())


def _pairs(markers: Mapping[int, Points]) -> tuple[Points, Points]:
    return np.concatenate([_corners_mm(marker) for marker in markers]), np.concatenate(list(markers.values()))


def _fit_four(markers: Mapping[int, Points]) -> Registration | None:
    fitted = _fit(*_pairs(markers))
    return Registration(*fitted, markers=4) if fitted is not None and fitted[1] <= MAX_RESIDUAL_MM else None


def _fit_threes(markers: Mapping[int, Points]) -> list[Registration]:
    """Every three of the markers that fit by themselves; three always nearly do, so that they need a witness."""
    subsets = [{marker: markers[marker] for marker in three} for three in combinations(markers, 3)]
    return [fit for fit in map(_fit_three, subsets) if fit is not None]


def _fit_three(markers: Mapping[int, Points]) -> Registration | None:
    """An affine map where it fits, as a scanner gives: it carries to the lost corner better than a homography."""
    pairs = _pairs(markers)
    for affine, bound in ((True, _AFFINE_MM), (False, MAX_RESIDUAL_OF_THREE_MM)):
        fitted = _fit(*pairs, affine=affine)
        if fitted is not None and fitted[1] <= bound:
            return Registration(*fitted, markers=3)
    return None


def _with_mid_marks(pixels: Gray, found: Registration) -> Registration | RegisterReason:
    """The registration with its bend, where the mid-edge marks allow it; three markers need both of them in sight."""
    offsets = [_mid_offset(pixels, found, rect) for rect in mid_mark_rects()]
    seen = [offset for offset in offsets if offset is not None]
    if found.markers == 3 and len(seen) < len(offsets):
        return "too_few_markers"
    most_down = MAX_RESIDUAL_MM if found.markers == 3 else MAX_BEND_MM
    if any(abs(x) > MAX_RESIDUAL_MM or abs(y) > most_down for x, y in seen):
        return "distorted"
    if not seen:
        return found
    bends = [offset[1] if offset else seen[0][1] for offset in offsets]
    return replace(found, bend_mm=(bends[0], bends[1]))


def _mid_offset(pixels: Gray, found: Registration, rect: Rect) -> tuple[float, float] | None:
    side = mid_patch_mm()
    around = Rect(rect.centre[0] - side / 2, rect.centre[1] - side / 2, side, side)
    return find_mid_mark(sample(pixels, found, around, _MID_PX_PER_MM), _MID_PX_PER_MM)
