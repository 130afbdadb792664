"""Where a feeder slipped by as much as rows stand apart: each row's boxes are found where another's should be.

The outlines of such a stretch fit, but for the last; its words tell, which were printed elsewhere. Knows no mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.layout import PageLayout
from ocr.pictures import Gray
from ocr.place import Registration, reduced
from ocr.printed import PX_PER_MM, unpack_print

Floats = NDArray[np.float32]

_TIMES = 2  # coarser than the print is kept
_SCALE = PX_PER_MM / _TIMES
_PAPER_MM, _BOX_RIM_MM = 6.0, 0.5
_HIGH_MM, _STEP_MM = 12.0, 6.0  # of the page looked at at once, three lines of words; and from one to the next
_REACH_MM, _ASIDE_MM = 12.0, 1.5
_HERE_MM = 1.5  # what is moved by less, boxes follow
_LEAST_PRINT_PX = 400
# How alike the words that were printed there are further away, at least, and by how much more than in place. On 442
# pages of 37 conditions without a slip one stretch came to both, on a copy too light; none to either bound twice
_ALIKE, _BETTER = 0.5, 0.25
_IN_PLACE = 0.65  # more alike in place, they are nowhere else by so much more
_ROUNDING = 0.01  # far more than two ways of summing up differ by
_SURELY_ALIKE = 0.6  # of one stretch alone; they overlap by half


def has_slid(pixels: Gray, place: Registration, page: PageLayout) -> bool:
    """Whether words of the page stand further up or down than boxes are looked for, rather than in place."""
    moved = [there for here, there in _compare(pixels, place, page) if there > max(_ALIKE, here + _BETTER)]
    return len(moved) > 1 or any(there >= _SURELY_ALIKE for there in moved)


def _compare(pixels: Gray, place: Registration, page: PageLayout) -> Iterator[tuple[float, float]]:
    """Of every stretch whose words may not be in place, how alike they are there, and at best further up or down."""
    words = _words(page)
    seen = _darkness(pixels, place, words.shape)
    high = round(_HIGH_MM * _SCALE)
    up, aside, near = (round(mm * _SCALE) for mm in (_REACH_MM, _ASIDE_MM, _HERE_MM))
    around: Floats = np.pad(seen, ((up, up), (aside, aside)))
    row, column = near, aside  # where the stretch before stands, as this one does where nothing slipped
    for top, left, right in _stretches(page):
        printed: Floats = words[top : top + high, left:right] * np.float32(1 / _TIMES**2)
        where = around[top : top + high + 2 * up, left : right + 2 * aside]
        in_place = where[up - near : up + near + high]
        there = in_place[row : row + high, column : column + right - left]
        if _correlate(there, printed) >= _IN_PLACE + _ROUNDING:  # one place of 81 told, a tenth of the time
            continue
        here, (row, column) = _alike(in_place, printed)
        if here < _IN_PLACE:
            yield here, max(_alike(each, printed)[0] for each in (where[: up - near + high], where[up + near :]))


def _correlate(seen: Floats, printed: Floats) -> float:
    """How alike two pictures of one size are, -1 to 1; 0 on bare paper."""
    seen, printed = seen - seen.mean(), printed - printed.mean()
    spread = float(np.sqrt(np.square(seen).sum() * np.square(printed).sum()))
    return float((seen * printed).sum()) / spread if spread else 0.0


def _alike(seen: Floats, printed: Floats) -> tuple[float, tuple[int, int]]:
    """How alike words are to what was printed where they fit best, -1 to 1, and where; 0 on bare paper."""
    alike = cv2.matchTemplate(seen, printed, cv2.TM_CCOEFF_NORMED)
    alike = np.where(np.isfinite(alike), alike, 0.0)
    row, column = divmod(int(alike.argmax()), alike.shape[1])
    return float(alike[row, column]), (row, column)


@lru_cache(maxsize=8)
def _stretches(page: PageLayout) -> list[tuple[int, int, int]]:
    """Where stretches of the page that hold enough words begin, and the columns that these words lie within."""
    words, stretches = _words(page), []
    high, step = round(_HIGH_MM * _SCALE), round(_STEP_MM * _SCALE)
    for top in range(0, len(words) - high, step):
        printed = words[top : top + high]
        if printed.sum() >= _LEAST_PRINT_PX * _TIMES**2:
            columns = np.flatnonzero(printed.any(axis=0))
            stretches.append((top, int(columns[0]), int(columns[-1]) + 1))
    return stretches


@lru_cache(maxsize=8)
def _words(page: PageLayout) -> Gray:
    """How many of the _TIMES**2 pixels of the print, boxes left out, are black in each pixel; small, for it is kept."""
    printed = unpack_print(page.printed, page.width, page.height).copy()
    for box in page.boxes:
        left, top = (round((edge - _BOX_RIM_MM) * PX_PER_MM) for edge in (box.x, box.y))
        right, bottom = (round((edge + _BOX_RIM_MM) * PX_PER_MM) for edge in (box.x + box.w, box.y + box.h))
        printed[top:bottom, left:right] = 0
    size = (printed.shape[1] // _TIMES, printed.shape[0] // _TIMES)
    share = cv2.resize(printed.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.rint(share * _TIMES**2).astype(np.uint8)


def _darkness(pixels: Gray, place: Registration, shape: tuple[int, ...]) -> Floats:
    """How dark the sheet is, upright, over the paper around it, as a share of the paper's light."""
    small, there = reduced(pixels, place, _SCALE)
    down, across = np.mgrid[0 : shape[0] : 8, 0 : shape[1] : 8]
    points = there.to_px(np.stack([across.ravel() + 0.5, down.ravel() + 0.5], axis=1) / _SCALE)
    grid = points.astype(np.float32).reshape(*across.shape, 2)
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) / 8 for side in (shape[1], shape[0])))
    maps = [cv2.remap(np.ascontiguousarray(grid[..., axis]), x, y, cv2.INTER_LINEAR) for axis in (0, 1)]
    upright = cv2.remap(small, maps[0], maps[1], cv2.INTER_LINEAR, borderValue=255)
    side = round(_PAPER_MM * _SCALE) | 1
    paper = cv2.morphologyEx(upright, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)).astype(np.float32)
    dark: Floats = paper - upright
    dark /= np.maximum(paper, 1, out=paper)
    return dark
