"""Lines that lead from a mark to another box of its question: an arrow that moves the answer, a bracket around two.

Looked for where the ink of a mark that was promised goes on beyond what is near its box and something stands beside
another one. Says that there is such a line, never what it means: a person does. Without the picture of the print, or
where no promise rests on a mark, nothing is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import Rect
from forms.layout import Box, PageLayout
from ocr.boxes import BoxPatches
from ocr.glance import find_shift
from ocr.ink import find_level
from ocr.marks import BoxMark
from ocr.overlay import LEVEL, Overlay, lay_over
from ocr.passing import find_passing
from ocr.pictures import Gray
from ocr.place import Registration

Mask = NDArray[np.bool_]
Places = Sequence[int]

AT_BOX_MM = 1.0  # beyond an outline, where a line leads to it: 77 of 84 arrows, 4 of 151 long tails, 0 of 995 others
_PEN_SHARE = 0.4  # of the mark's darkness: a line of the same pen has as much
_LINE_SHARE = 0.65  # of the mark's darkness, a quarter of the line's: 40 of 40 arrows have it, 8 of 19 puddles' rims
_SHARP_SHARE = 0.7  # and of its sharpness: 25 of 25 arrows have 0.87, 7 of 8 rims of coffee at most 0.53
_AT_MARK_MM = 0.5
_SHARPEST = 90  # percentile of its steepest changes, of its darkest places
_LEAST_PX = 8
_RIM_PX = 2  # of what is seen around a box: ink that reaches so far out may go on
_NEAR_MM = 7.0  # around the boxes of the question: an arrow arches over those between
_START_MM = 1.5  # beyond the mark's box, where its line begins
_FILLED_MM = 3.0
_OUTSIDE_MM = 5.0  # of both sides beyond all boxes, what a line through them crosses at least
_BRIDGE_PX = 9  # an outline or a rule that the line crosses


def find_leading(
    pixels: Gray,
    place: Registration,
    page: PageLayout,
    groups: Sequence[BoxPatches],
    marks: Sequence[BoxMark],
    asked: Sequence[tuple[Places, Places]],
) -> Iterator[int]:
    """Which of the questions `asked` have a line from a mark to a box that is not meant: places in `asked`.

    Each is the numbers of its boxes on the page that a promise says are marked, and of its others.
    """
    if not page.printed:
        return
    beside = [any(_is_touched(marks[number]) for number in others) for _, others in asked]
    if not any(beside):
        return
    found = {number: (patches, at) for patches in groups for at, number in enumerate(patches.index.tolist())}
    for number, (chosen, others) in enumerate(asked):
        if beside[number] and any(_goes_on(*found[each]) for each in chosen):
            shift_mm = find_shift(page.boxes, groups, (*chosen, *others))
            darkness = max(marks[each].darkness for each in chosen) * (1 - found[chosen[0]][0].black)
            boxes = [page.boxes[each] for each in chosen], [page.boxes[each] for each in others]
            if _leads(_lay(pixels, place, page, boxes, shift_mm), boxes, shift_mm, darkness):
                yield number


def _is_touched(mark: BoxMark) -> bool:
    return mark.touched or not mark.bare or mark.reason is not None


def _goes_on(patches: BoxPatches, number: int) -> bool:
    """Whether ink is seen at the edge of what is looked at around a box."""
    side = 2 * _RIM_PX + 1
    own = patches.own[number]
    inner = cv2.erode(np.pad(own, 1).astype(np.uint8), np.ones((side, side), np.uint8))[1:-1, 1:-1] > 0
    return int(((patches.around[number] > find_level(patches)) & own & ~inner).sum()) >= _RIM_PX


def _lay(
    pixels: Gray,
    place: Registration,
    page: PageLayout,
    boxes: tuple[Sequence[Box], Sequence[Box]],
    shift_mm: NDArray[np.float64],
) -> Overlay:
    """The boxes' part of the page over its print, as the boxes themselves place it."""
    every = [*boxes[0], *boxes[1]]
    left, top = min(box.x for box in every), min(box.y for box in every)
    right, bottom = max(box.x + box.w for box in every), max(box.y + box.h for box in every)
    return lay_over(pixels, place, page, Rect(left, top, right - left, bottom - top), _NEAR_MM).moved(shift_mm)


def _leads(
    laid: Overlay, boxes: tuple[Sequence[Box], Sequence[Box]], shift_mm: NDArray[np.float64], darkness: float
) -> bool:
    """Whether a line leads from one of the first boxes to one of the second; `darkness`: of the mark, of the light."""
    free = laid.free
    inked = (laid.dark > max(LEVEL, _PEN_SHARE * darkness)) & free
    if not _is_joined(laid, inked, boxes, shift_mm):
        return False
    solid = laid.solid
    for box in boxes[0]:  # a filled box is no stain
        solid[_at(laid, box, shift_mm, _FILLED_MM)] = False
    passing = find_passing(
        inked, (laid.dark > LEVEL / 2) & free, free, sides=_beyond(laid, boxes, shift_mm), crossed_mm=_OUTSIDE_MM
    )
    inked &= ~solid & ~passing
    return _is_joined(laid, inked, boxes, shift_mm, darkness)


def _beyond(laid: Overlay, boxes: tuple[Sequence[Box], Sequence[Box]], shift_mm: NDArray[np.float64]) -> Mask | None:
    """What is looked at further out than the boxes and a mark in one: an arrow ends before, a crease does not.

    To the left and right, of boxes that stand one below the other above and below; None on a bent sheet.
    """
    if laid.bent:
        return None
    every = [_at(laid, box, shift_mm, _FILLED_MM) for box in (*boxes[0], *boxes[1])]
    ends = [(min(at[axis].start for at in every), max(at[axis].stop for at in every)) for axis in (0, 1)]
    down, across = (last - first for first, last in ends)
    beyond = np.ones(laid.dark.shape, np.bool_)
    within = slice(*ends[int(across >= down)])
    beyond[(slice(None), within) if across >= down else (within, slice(None))] = False
    return beyond


def _is_joined(
    laid: Overlay,
    inked: Mask,
    boxes: tuple[Sequence[Box], Sequence[Box]],
    shift_mm: NDArray[np.float64],
    darkness: float = 0.0,
) -> bool:
    """Whether ink that hangs together, across outlines and rules too, lies at boxes of both.

    What of it is not in or beside these boxes must be nearly of that `darkness` and as sharp as the mark: a puddle's
    rim is paler than the pen, or softer.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_BRIDGE_PX, _BRIDGE_PX))
    joined = cv2.morphologyEx(inked.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    sides = []
    for some, rim_mm in zip(boxes, (_START_MM, AT_BOX_MM), strict=True):
        at: set[int] = set()
        for box in some:
            within = _at(laid, box, shift_mm, rim_mm)
            at.update(np.unique(labels[within][inked[within]]).tolist())
        sides.append(at)
    between = inked.copy()
    for some, rim_mm in zip(boxes, (_FILLED_MM, AT_BOX_MM / 2), strict=True):
        for box in some:
            between[_at(laid, box, shift_mm, rim_mm)] = False
    lines = [between & (labels == each) for each in sides[0] & sides[1]]
    if not darkness or not lines:
        return bool(lines)
    at_mark = np.zeros_like(inked)
    for box in boxes[0]:
        at_mark[_at(laid, box, shift_mm, _AT_MARK_MM)] = True
    sharp = _find_sharpness(laid, inked & at_mark)
    return any(_is_dark(laid.dark[line], darkness) and _is_sharp(laid, line, sharp) for line in lines)


def _is_dark(line: NDArray[np.float32], darkness: float) -> bool:
    return not len(line) or float(np.percentile(line, 75)) >= _LINE_SHARE * darkness


def _is_sharp(laid: Overlay, line: Mask, mark: float | None) -> bool:
    """Whether a line is as sharp as the mark, too, or one of them too small to tell."""
    sharp = _find_sharpness(laid, line)
    return sharp is None or mark is None or sharp >= _SHARP_SHARE * mark


def _find_sharpness(laid: Overlay, held: Mask) -> float | None:
    """How steeply darkness changes there, a px, as a share of how dark it is; None where hardly anything is there."""
    if np.count_nonzero(held) < _LEAST_PX:
        return None
    across, down = (cv2.Sobel(laid.dark, cv2.CV_32F, *axis, ksize=3, scale=1 / 8) for axis in ((1, 0), (0, 1)))
    steepest = np.percentile(np.hypot(across, down)[held], _SHARPEST)
    return float(steepest / np.percentile(laid.dark[held], _SHARPEST))


def _at(laid: Overlay, box: Box, shift_mm: NDArray[np.float64], rim_mm: float) -> tuple[slice, slice]:
    """Where a box and a rim around it were found."""
    return laid.covered(Rect(box.x + float(shift_mm[0]), box.y + float(shift_mm[1]), box.w, box.h), rim_mm)
