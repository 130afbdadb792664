"""An area of the page laid over the picture of its print: how dark each place is, and where nothing was printed.

The sheet's marks place it to half a millimetre; letters are then laid upon letters, tile by tile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import Rect
from forms.layout import Area, PageLayout
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.printed import NEAR_MM, PX_PER_MM, print_slice, unpack_print
from ocr.ranks import find_percentile

Floats = NDArray[np.float32]
Bits = NDArray[np.uint8]

LEVEL = 0.12  # of the paper's light: what is darker, and not printed, is ink
STAIN_SHARE = 0.6  # of the pen's darkness, below which what is broad is no pen's
_GRID_MM = 4.0
PAPER_MM = 4.0  # dark things wider than that are no pen's: shadows, holes, stains
_TOLERANCE_PX = 2  # a third of a millimetre around all print: it spreads, and stands a little off
_RULE_PX, _COARSE_PX_PER_MM = 60, 5.0
_SOLID_SHARE, _SOLID_MM = 0.8, 4.5  # a felt tip that goes over itself comes to 3
_BROAD_PX = 9, 5  # 1.5 mm, and the soft edge of what is so broad
_GRAIN_MM, _GRAIN_TIMES, _GRAIN_MOST = 24.0, 2.1, 0.3
_REACH_MM, _TILE_MM = 1.5, 24.0  # lines of words are 4 mm apart
_LEAST_PRINT_PX, _ALIKE = 60, 0.4  # of a tile, so that its place can be told


@dataclass(frozen=True, eq=False)
class Patch:
    """Arrays (rows, columns) at PX_PER_MM over `rect`: the grey `patch`; `printed`, 1 for print.

    `bent`: the paper does not lie flat, so that one tile's print may stand off in different ways; `coarse`: pixels so
    large that letters run into what is next to them.
    """

    rect: Rect
    patch: Gray
    printed: Bits
    bent: bool
    coarse: bool

    @property
    def free(self) -> NDArray[np.bool_]:
        """Where nothing is printed, nor near enough to show there."""
        side = 2 * (_TOLERANCE_PX + self.coarse) + 1
        around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        spread = cv2.dilate(self.printed, around)
        if self.bent:
            spread = cv2.max(spread, self.ruled)
        return np.asarray(spread == 0)

    @property
    def ruled(self) -> Bits:
        """1 where a level rule is printed, and above and below it."""
        rules = cv2.morphologyEx(self.printed, cv2.MORPH_OPEN, np.ones((1, _RULE_PX), np.uint8))
        return np.asarray(cv2.dilate(rules, np.ones((4 * _TOLERANCE_PX + 1, 1), np.uint8)))

    def covered(self, rect: Rect, rim_mm: float = 0.0) -> tuple[slice, slice]:
        """Where a rectangle of the sheet, with a rim, lies in the arrays."""
        rows, columns = print_slice(Rect(rect.x - rim_mm, rect.y - rim_mm, rect.w + 2 * rim_mm, rect.h + 2 * rim_mm))
        top, left = round(self.rect.y * PX_PER_MM), round(self.rect.x * PX_PER_MM)
        return _less(rows, top), _less(columns, left)


@dataclass(frozen=True, eq=False)
class Overlay(Patch):
    """A patch, and how `dark` each place is, of the paper's light: 0 paper to 1."""

    dark: Floats

    @property
    def solid(self) -> NDArray[np.bool_]:
        """Where something darker than paper is wider than any pen's line, and its edge: holes, flaps, the lid."""
        light = find_percentile(self.patch[::4, ::4], 80)
        dark = (self.patch < _SOLID_SHARE * light).astype(np.uint8)
        core = cv2.distanceTransform(dark, cv2.DIST_L2, 3) >= _SOLID_MM / 2 * PX_PER_MM
        away = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, 3)
        return np.asarray(away <= (_SOLID_MM / 2 + 0.8) * PX_PER_MM if core.any() else core)

    def stained(self, level: float, most: float) -> NDArray[np.bool_]:
        """Where something between two darknesses, of the paper's light, is broader than a pen's line, and its edge."""
        pale = ((self.dark > level) & (self.dark < most)).astype(np.uint8)
        broad, edge = (cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)) for side in _BROAD_PX)
        return np.asarray(cv2.dilate(cv2.morphologyEx(pale, cv2.MORPH_OPEN, broad), edge) > 0)

    @property
    def black(self) -> float:
        """How dark the print is; letters are thin, so that their darkest quarter counts."""
        printed = self.dark[self.printed > 0]
        return find_percentile(printed, 75) if len(printed) else 1.0

    def moved(self, shift_mm: NDArray[np.float64]) -> Overlay:
        """The same with its print further right and down, mm: where boxes were found, not where they should be."""
        across, down = np.rint(shift_mm * PX_PER_MM).astype(int).tolist()
        return replace(self, printed=np.roll(self.printed, (down, across), (0, 1)))


def _less(places: slice, by: int) -> slice:
    return slice(max(0, places.start - by), max(0, places.stop - by))


def lay_over(
    pixels: Gray, place: Registration, page: PageLayout, area: Area | Rect, near_mm: float = NEAR_MM
) -> Overlay:
    """The area and what is near it, by the place of the sheet's marks alone."""
    return with_darkness(cut_out(pixels, place, page, area, near_mm))


def cut_out(pixels: Gray, place: Registration, page: PageLayout, area: Area | Rect, near_mm: float) -> Patch:
    """The same without its darkness, which is half of the work."""
    left, top = max(0.0, area.x - near_mm), max(0.0, area.y - near_mm)
    right, bottom = min(page.width, area.x + area.w + near_mm), min(page.height, area.y + area.h + near_mm)
    rows, columns = print_slice(Rect(left, top, right - left, bottom - top))
    printed = unpack_print(page.printed, page.width, page.height)[rows, columns]
    corner = columns.start / PX_PER_MM, rows.start / PX_PER_MM
    patch = np.asarray(cv2.GaussianBlur(_sample(pixels, place, corner, printed.shape), (3, 3), 0), np.uint8)
    rect = Rect(*corner, printed.shape[1] / PX_PER_MM, printed.shape[0] / PX_PER_MM)
    return Patch(rect, patch, printed, place.bend is not None, place.px_per_mm < _COARSE_PX_PER_MM)


def with_darkness(seen: Patch) -> Overlay:
    """A patch over its paper, which a closing wider than a pen's line leaves."""
    side = round(PAPER_MM * PX_PER_MM) | 1
    paper = cv2.morphologyEx(seen.patch, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)).astype(np.float32)
    dark: Floats = paper - seen.patch
    dark /= np.maximum(paper, 1, out=paper)
    return Overlay(seen.rect, seen.patch, seen.printed, seen.bent, seen.coarse, dark)


def _sample(pixels: Gray, place: Registration, corner: tuple[float, float], shape: tuple[int, ...]) -> Gray:
    """An upright copy: by the area's four corners, or of a bent sheet by the points of a grid."""
    height, width = shape
    if place.bend is None:
        ends = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float64)
        found = place.to_px((ends + 0.5) / PX_PER_MM + corner)
        to_patch = cv2.getPerspectiveTransform(ends.astype(np.float32), found.astype(np.float32))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(
            cv2.warpPerspective(pixels, to_patch, (width, height), flags=flags, borderValue=255), np.uint8
        )
    step = round(_GRID_MM * PX_PER_MM)
    rows, columns = np.arange(0, height + step, step), np.arange(0, width + step, step)
    points = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2) + 0.5
    sheet = np.asarray(points / PX_PER_MM + corner, np.float64)
    there = place.to_px(sheet).astype(np.float32).reshape(len(rows), len(columns), 2)
    across, down = np.meshgrid(*(np.arange(size, dtype=np.float32) / step for size in (width, height)))
    maps = [cv2.remap(there[..., axis], across, down, cv2.INTER_LINEAR) for axis in (0, 1)]
    return np.asarray(cv2.remap(pixels, maps[0], maps[1], cv2.INTER_LINEAR, borderValue=255), np.uint8)


def aligned(laid: Overlay) -> Overlay:
    """The same with the print moved onto what it looks like in the picture: tile by tile, and evenly between them."""
    reach, tile = round(_REACH_MM * PX_PER_MM), round(_TILE_MM * PX_PER_MM)
    height, width = laid.dark.shape
    starts = np.arange(0, width, tile)
    found = [_find_shift(laid, slice(left, left + tile), reach) for left in starts.tolist()]
    middles = [left + tile / 2 for left, shift in zip(starts.tolist(), found, strict=True) if shift is not None]
    if not middles:
        return laid
    sure = np.array([shift for shift in found if shift is not None])
    columns = np.arange(width, dtype=np.float32)
    down, right = (np.interp(columns, middles, sure[:, axis]).astype(np.float32) for axis in (0, 1))
    across = np.broadcast_to(columns - right, (height, width))
    along = np.arange(height, dtype=np.float32)[:, None] - down
    moved = cv2.remap(laid.printed, np.ascontiguousarray(across), along, cv2.INTER_NEAREST)
    return replace(laid, printed=np.asarray(moved, np.uint8))


def find_grain(laid: Overlay, free: NDArray[np.bool_], least: float = LEVEL) -> NDArray[np.float64]:
    """From which darkness on it is ink, column by column, `least` at least: the paper's grain stays well below."""
    width = laid.dark.shape[1]
    step = round(_GRAIN_MM * PX_PER_MM)
    levels = np.empty(width)
    for left in range(0, width, step):
        part = np.s_[::2, left : left + step : 2]
        paper = laid.dark[part][free[part]]
        grain = _GRAIN_TIMES * find_percentile(paper, 75) if len(paper) else least
        levels[left : left + step] = min(max(least, grain), _GRAIN_MOST)
    return levels


def _find_shift(laid: Overlay, columns: slice, reach: int) -> NDArray[np.float64] | None:
    """How far down and right a tile's print stands from where it should, px; None where too little shows it."""
    height, width = laid.dark.shape
    left, right = max(reach, columns.start), min(width - reach, columns.stop)
    model = laid.printed[reach : height - reach, left:right] if right - left > 2 * reach else laid.printed[:0]
    if model.sum() < _LEAST_PRINT_PX:
        return None
    soft = cv2.blur(model.astype(np.float32), (3, 3))
    score = cv2.matchTemplate(laid.dark[:, left - reach : right + reach], soft, cv2.TM_CCOEFF_NORMED)
    if float(score.max()) < _ALIKE:
        return None
    return np.array(np.unravel_index(int(score.argmax()), score.shape), np.float64) - reach
