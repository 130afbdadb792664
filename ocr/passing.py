"""Straight lines that come into a part of a page and go out again: creases, dirt on a glass. No marks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.printed import PX_PER_MM

Mask = NDArray[np.bool_]
Bits = NDArray[np.uint8]

STROKE_MM = 2.5  # the least a pen's stroke reaches over
_PASSING_SHARE, _PASSING_PX = 0.6, 9

_CROSSED_MM, _SIDES_SHARE = 14.0, 0.15  # of both sides, what a line crosses; of that, what shows where it goes out


def find_passing(
    inked: Mask,
    shaded: Mask,
    free: Mask,
    begun: Mask | None = None,
    sides: Mask | None = None,
    crossed_mm: float = _CROSSED_MM,
) -> Mask:
    """Straight lines of ink that come in and go out again; `shaded`: what may be such a line where it is weak.

    `begun`: the ink whose lines are followed, where that is not all of it; `sides`: the outermost paper, where
    a line from edge to edge is seen on one side at least, and one that a pen drew on none; `crossed_mm`: of both sides,
    what a line must cross to be told so.
    """
    ink, open_, passing = inked.astype(np.uint8), free.astype(np.uint8), np.zeros(inked.shape, np.uint8)
    rim = None if sides is None else sides.astype(np.uint8)
    count, labels, about, _ = cv2.connectedComponentsWithStats(
        ink if begun is None else begun.astype(np.uint8), connectivity=8
    )
    wide: Bits = cv2.dilate(shaded.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.uint8, copy=False)
    for number in range(1, count):
        left, top, width, height = about[number, :4].tolist()
        if max(width, height) < STROKE_MM * PX_PER_MM:
            continue
        own = np.s_[top : top + height, left : left + width]
        part = (labels[own] == number).astype(np.uint8)
        if passing[own][part > 0].all():  # words break a line into dozens
            continue
        points = np.add(cv2.findNonZero(part), (left, top))
        for _ in range(2):  # a short piece tells the way of the whole roughly
            along = _line_through(points, ink.shape, 1)
            points = cv2.findNonZero(ink & _line_through(points, ink.shape, _PASSING_PX))
        seen = wide & along
        if rim is not None and _ends_within(seen & open_, open_ & along, rim, crossed_mm):
            continue
        if cv2.countNonZero(seen & open_) >= _PASSING_SHARE * cv2.countNonZero(open_ & along):
            passing |= _line_through(points, ink.shape, _PASSING_PX)
    return np.asarray(passing > 0)


def _ends_within(shaded: Bits, along: Bits, sides: Bits, crossed_mm: float) -> bool:
    """Whether a line crosses the sheet's sides, `along` it, and is not seen there."""
    seen = cv2.countNonZero(along & sides)
    return seen >= crossed_mm * PX_PER_MM and cv2.countNonZero(shaded & sides) < _SIDES_SHARE * seen


def _line_through(points: NDArray[np.int32], shape: tuple[int, ...], thick_px: int) -> Bits:
    """The straight line that fits some pixels (n, 1, 2) best, from edge to edge."""
    x, y, at_x, at_y = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    reach = sum(shape)
    first, last = ((round(float(at_x + sign * reach * x)), round(float(at_y + sign * reach * y))) for sign in (-1, 1))
    return np.asarray(cv2.line(np.zeros(shape, np.uint8), first, last, 1, thick_px), np.uint8)
