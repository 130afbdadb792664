"""Straight lines that come into a part of a page and go out again: creases, dirt on a glass. No marks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.printed import PX_PER_MM

Mask = NDArray[np.bool_]

STROKE_MM = 2.5  # the least a pen's stroke reaches over
_PASSING_SHARE, _PASSING_PX = 0.6, 9

_CROSSED_MM, _SIDES_SHARE = 14.0, 0.15  # of both sides, what a line crosses; of that, what shows where it goes out


def find_passing(inked: Mask, shaded: Mask, free: Mask, begun: Mask | None = None, sides: Mask | None = None) -> Mask:
    """Straight lines of ink that come in and go out again; `shaded`: what may be such a line where it is weak.

    `begun`: the ink whose lines are followed, where that is not all of it; `sides`: the sheet's outermost paper, where
    a line from edge to edge is seen on one side at least, and one that a pen drew on none.
    """
    passing = np.zeros(inked.shape, np.uint8)
    count, labels, about, _ = cv2.connectedComponentsWithStats(
        (inked if begun is None else begun).astype(np.uint8), connectivity=8
    )
    wide = cv2.dilate(shaded.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    for number in range(1, count):
        if max(about[number, 2:4].tolist()) < STROKE_MM * PX_PER_MM:
            continue
        part = labels == number
        if passing[part].all():  # words break a line into dozens
            continue
        for _ in range(2):  # a short piece tells the way of the whole roughly
            along = _line_through(part, 1)
            part = inked & _line_through(part, _PASSING_PX)
        if sides is not None and _ends_within(wide & along, free & along, sides):
            continue
        if (wide & free & along).sum() >= _PASSING_SHARE * (free & along).sum():
            passing |= _line_through(part, _PASSING_PX).astype(np.uint8)
    return np.asarray(passing > 0)


def _ends_within(shaded: Mask, along: Mask, sides: Mask) -> bool:
    """Whether a line crosses the sheet's sides, `along` it, and is not seen there."""
    seen = (along & sides).sum()
    return bool(seen >= _CROSSED_MM * PX_PER_MM and (shaded & along & sides).sum() < _SIDES_SHARE * seen)


def _line_through(part: Mask, thick_px: int) -> Mask:
    """The straight line that fits some pixels best, from edge to edge."""
    rows, columns = np.nonzero(part)
    x, y, at_x, at_y = cv2.fitLine(
        np.column_stack([columns, rows]).astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01
    ).ravel()
    reach = sum(part.shape)
    first, last = ((round(float(at_x + sign * reach * x)), round(float(at_y + sign * reach * y))) for sign in (-1, 1))
    return np.asarray(cv2.line(np.zeros(part.shape, np.uint8), first, last, 1, thick_px) > 0)
