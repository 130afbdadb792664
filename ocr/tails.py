"""Tails of marks that reach into the surroundings of another question's bare boxes: a tick of the row below.

What hangs together with a mark in another question's box, lies mostly with that question and goes on there as one
straight line is that mark's. It settles blanks only: nothing is taken from a box that holds ink of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import Rect
from forms.layout import Box, PageLayout
from ocr.boxes import BoxPatches
from ocr.glance import find_shift
from ocr.ink import find_level
from ocr.marks import BoxMark
from ocr.overlay import Overlay, lay_over
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.printed import PX_PER_MM

_AROUND_MM = 14.0
_SEEN_MM, _CLEAR_MM = (
    2.8,
    0.6,
)  # beyond the outline: more than is measured there; where its own mark stands
_OWN_SHARE = 0.4  # of a mark's ink that lies with the question into whose surroundings it reaches
_LONG_MM = 13.0  # a tick's; what is longer may go through several questions
_COURSE_MM, _NARROW_MM = 3.0, 1.4  # how far beyond it goes straight on: two strokes beside each other do not
_RIM_MM, _WITHIN_MM = 0.6, 0.7  # an outline and what lies on it; from it inwards, where ink is in the box
_BRIDGE_PX, _OVER_PX = 5, 13  # where a pen skips; an outline or a rule that a stroke crosses at a slant
_LEAST_PX = 8
_TIP_MM = 0.4  # around a tail, what is its soft edge
Mask = NDArray[np.bool_]


def find_tails(
    pixels: Gray,
    place: Registration,
    page: PageLayout,
    groups: Sequence[BoxPatches],
    marks: Sequence[BoxMark],
    chosen: Sequence[int],
) -> dict[int, list[Rect]]:
    """Those of the bare boxes `chosen`, places among the page's, around which nothing but such tails stands.

    And where on the sheet the tails lie with the box's question. None where the layout keeps no print.
    """
    found: dict[int, list[Rect]] = {}
    for number in chosen if page.printed else ():
        tails = _find_tails(_look(pixels, place, page, groups, number), marks)
        if tails:
            found[number] = tails
    return found


@dataclass(frozen=True, eq=False)
class _Look:
    """At a box and around it: what is ink, each piece of it (a number, 0: none), and what is the question's own place.

    `boxes`: those within sight, by their places among the page's, where they were found.
    """

    laid: Overlay
    box: Box
    inked: Mask
    pieces: NDArray[np.int32]
    own: Mask
    boxes: dict[int, tuple[Box, Rect]]

    def near(self, rim_mm: float) -> NDArray[np.int64]:
        """How many pixels of each piece lie in the box or nearer than that to its outline."""
        found = next(rect for box, rect in self.boxes.values() if box is self.box)
        around = self.laid.covered(found, rim_mm)
        return np.bincount(self.pieces[around][self.inked[around]], minlength=int(self.pieces.max()) + 1)


def _look(pixels: Gray, place: Registration, page: PageLayout, groups: Sequence[BoxPatches], number: int) -> _Look:
    box, (right, down) = page.boxes[number], find_shift(page.boxes, groups, [number]).tolist()
    laid = lay_over(pixels, place, page, Rect(box.x, box.y, box.w, box.h), _AROUND_MM).moved(np.array([right, down]))
    seen = laid.rect
    boxes = {
        place: (each, Rect(each.x + right, each.y + down, each.w, each.h))
        for place, each in enumerate(page.boxes)
        if seen.x < each.x < seen.x + seen.w - each.w and seen.y < each.y < seen.y + seen.h - each.h
    }
    level = max(map(find_level, groups)) * (1 - groups[0].black)
    inked = (laid.dark > level) & laid.free
    lines, own = laid.ruled, np.zeros(inked.shape, np.bool_)
    for _, rect in boxes.values():
        outline = np.zeros_like(lines)
        outline[laid.covered(rect, _RIM_MM)] = 1
        outline[laid.covered(rect, -_RIM_MM)] = 0
        lines = np.asarray(cv2.max(lines, outline), np.uint8)
    for area in page.areas:
        if (area.question, area.row) == (box.question, box.row):
            own[laid.covered(Rect(area.x, area.y, area.w, area.h))] = True
    ink = inked.astype(np.uint8)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((_BRIDGE_PX, _BRIDGE_PX), np.uint8))
    crossing = cv2.bitwise_and(cv2.dilate(ink, np.ones((_OVER_PX, _OVER_PX), np.uint8)), lines)
    pieces = np.asarray(cv2.connectedComponents(cv2.max(joined, crossing))[1], np.int32)
    return _Look(laid, box, inked, pieces, own, boxes)


def _find_tails(look: _Look, marks: Sequence[BoxMark]) -> list[Rect]:
    """Where tails of other marks lie with the question; none where something else stands around the box, or nothing."""
    if (look.near(_CLEAR_MM)[1:] >= _LEAST_PX).any():
        return []
    pieces = (1 + np.flatnonzero(look.near(_SEEN_MM)[1:] >= _LEAST_PX)).tolist()
    strokes = [(look.pieces == piece) & look.inked for piece in pieces]
    if not all(_is_tail(look, stroke, marks) for stroke in strokes):
        return []
    return [_find_rect(look, stroke & look.own) for stroke in strokes]


def _is_tail(look: _Look, stroke: Mask, marks: Sequence[BoxMark]) -> bool:
    """Whether ink that hangs together is the mark of one other question, whose answer it settles."""
    rows, columns = np.nonzero(stroke)
    mine = stroke & look.own
    if max(np.ptp(rows), np.ptp(columns)) > _LONG_MM * PX_PER_MM or not 0 < mine.sum() <= _OWN_SHARE * len(rows):
        return False
    away = cv2.distanceTransform((~mine).astype(np.uint8), cv2.DIST_L2, 3)
    course = np.argwhere(stroke & (away <= _COURSE_MM * PX_PER_MM)).astype(np.float32)
    if min(cv2.minAreaRect(course)[1]) + 1 > _NARROW_MM * PX_PER_MM:
        return False
    into = {
        number: box
        for number, (box, rect) in look.boxes.items()
        if stroke[look.laid.covered(rect, -_WITHIN_MM)].sum() >= _LEAST_PX
    }
    others = {(box.question, box.row) for box in into.values()}
    alone = len(others) == 1 and (look.box.question, look.box.row) not in others
    return alone and any(marks[number].settles for number in into)


def _find_rect(look: _Look, held: Mask) -> Rect:
    """The sheet's rectangle around what is held."""
    rows, columns = np.nonzero(held)
    left, top = columns.min() / PX_PER_MM - _TIP_MM, rows.min() / PX_PER_MM - _TIP_MM
    right, bottom = (columns.max() + 1) / PX_PER_MM + _TIP_MM, (rows.max() + 1) / PX_PER_MM + _TIP_MM
    return Rect(look.laid.rect.x + left, look.laid.rect.y + top, right - left, bottom - top)
