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
_SEEN_MM = 2.8  # beyond the outline, more than is measured there
_CLEAR_MM = 0.8  # where its own mark stands
_FAINT_SHARE = 0.75  # of what counts as ink, what is no tail's and may be a faint mark
_LONG_MM = 13.0  # a tick's; what is longer may go through several questions
_COURSE_MM, _NARROW_MM = 3.0, 1.4  # how far beyond it goes straight on: two strokes beside each other do not
# Of that line, what may lie with the question into whose surroundings it reaches; where it skips, print hides it
_OWN_SHARE, _GAP_MM = 0.4, 2.2
# Of ink off that line in the other question's boxes, at most: a tick's short arm, no cross nor a tick of its own
_REST_MM2 = 2.2
_RIM_MM, _WITHIN_MM = 0.6, 0.7  # an outline and what lies on it; from it inwards, where ink is in the box
_BRIDGE_PX, _OVER_PX = 5, 13  # where a pen skips; an outline or a rule that a stroke crosses at a slant
_LEAST_PX = 8
_TIP_MM = 0.4  # around a tail, what is its soft edge
_MOST_BOXES = 12  # of a page, beside which tails are looked for: more are dirt, and cost 4 ms each
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
    for number in chosen if page.printed and len(chosen) <= _MOST_BOXES else ():
        tails = _find_tails(_see_around(pixels, place, page, groups, number), marks)
        if tails:
            found[number] = tails
    return found


@dataclass(frozen=True, eq=False)
class _Surroundings:
    """At a box and around it: what is ink, what may be a `faint` pen's, and what is the question's own place.

    `pieces`: ink that hangs together, each a number, 0 for none; `boxes`: those within sight, by their places among
    the page's, where they were found.
    """

    laid: Overlay
    box: Box
    inked: Mask
    faint: Mask
    pieces: NDArray[np.int32]
    own: Mask
    boxes: dict[int, tuple[Box, Rect]]

    @property
    def found(self) -> Rect:
        """The box, where it was found."""
        return next(rect for box, rect in self.boxes.values() if box is self.box)

    def near(self, rim_mm: float) -> NDArray[np.int64]:
        """How many pixels of each piece lie in the box or nearer than that to its outline."""
        around = self.laid.covered(self.found, rim_mm)
        return np.bincount(self.pieces[around][self.inked[around]], minlength=int(self.pieces.max()) + 1)


def _see_around(
    pixels: Gray, place: Registration, page: PageLayout, groups: Sequence[BoxPatches], number: int
) -> _Surroundings:
    box, (right, down) = page.boxes[number], find_shift(page.boxes, groups, [number]).tolist()
    laid = lay_over(pixels, place, page, Rect(box.x, box.y, box.w, box.h), _AROUND_MM).moved(np.array([right, down]))
    seen = laid.rect
    boxes = {
        place: (each, Rect(each.x + right, each.y + down, each.w, each.h))
        for place, each in enumerate(page.boxes)
        if seen.x < each.x < seen.x + seen.w - each.w and seen.y < each.y < seen.y + seen.h - each.h
    }
    level = max(map(find_level, groups)) * (1 - groups[0].black)
    free = laid.free
    inked, faint = ((laid.dark > each) & free for each in (level, _FAINT_SHARE * level))
    lines, own = laid.ruled, np.zeros(inked.shape, np.bool_)
    for _, rect in boxes.values():
        outline = np.zeros_like(lines)
        outline[laid.covered(rect, _RIM_MM)] = 1
        outline[laid.covered(rect, -_RIM_MM)] = 0
        lines = np.asarray(cv2.max(lines, outline), np.uint8)
    for area in page.areas:
        if (area.question, area.row) == (box.question, box.row):
            own[laid.covered(Rect(area.x + right, area.y + down, area.w, area.h))] = True
    ink = inked.astype(np.uint8)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((_BRIDGE_PX, _BRIDGE_PX), np.uint8))
    crossing = cv2.bitwise_and(cv2.dilate(ink, np.ones((_OVER_PX, _OVER_PX), np.uint8)), lines)
    pieces = np.asarray(cv2.connectedComponents(cv2.max(joined, crossing))[1], np.int32)
    return _Surroundings(laid, box, inked, faint, pieces, own, boxes)


def _find_tails(around: _Surroundings, marks: Sequence[BoxMark]) -> list[Rect]:
    """Where tails of other marks lie with the question; none where something else stands around the box, or nothing."""
    if (around.near(_CLEAR_MM)[1:] >= _LEAST_PX).any():
        return []
    pieces = (1 + np.flatnonzero(around.near(_SEEN_MM)[1:] >= _LEAST_PX)).tolist()
    strokes = [(around.pieces == piece) & around.inked for piece in pieces]
    if not strokes or not all(_is_tail(around, stroke, marks) for stroke in strokes):
        return []
    if _shows_more(around, np.logical_or.reduce(strokes)):
        return []
    return [_find_rect(around, stroke & around.own) for stroke in strokes]


def _shows_more(around: _Surroundings, tails: Mask) -> bool:
    """Whether more than the tails stands around the box, too faint to count as ink anywhere else."""
    edge = 2 * round(_TIP_MM * PX_PER_MM) + 1
    left = around.faint & (cv2.dilate(tails.astype(np.uint8), np.ones((edge, edge), np.uint8)) == 0)
    within = np.ascontiguousarray(left[around.laid.covered(around.found, _SEEN_MM)]).astype(np.uint8)
    sizes = cv2.connectedComponentsWithStats(within, connectivity=8)[2][1:, cv2.CC_STAT_AREA]
    return bool((sizes >= _LEAST_PX).any())


def _is_tail(around: _Surroundings, stroke: Mask, marks: Sequence[BoxMark]) -> bool:
    """Whether ink that hangs together is the mark of one other question, whose answer it settles, its tail a line."""
    rows, columns = np.nonzero(stroke)
    mine = stroke & around.own
    if max(np.ptp(rows), np.ptp(columns)) > _LONG_MM * PX_PER_MM or not mine.any():
        return False
    into = {
        number: each
        for number, each in around.boxes.items()
        if stroke[around.laid.covered(each[1], -_WITHIN_MM)].sum() >= _LEAST_PX
    }
    others = {(box.question, box.row) for box, _ in into.values()}
    if len(others) != 1 or (around.box.question, around.box.row) in others:
        return False
    settled = any(marks[number].settles for number in into)
    return settled and _is_line(around, stroke, mine, [rect for _, rect in into.values()])


def _is_line(around: _Surroundings, stroke: Mask, mine: Mask, boxes: Sequence[Rect]) -> bool:
    """Whether what lies with the question goes on as the tail of a mark that is nothing without it.

    So a stroke of the question's own that runs into another's mark, or ends at its tail, is none.
    """
    away = cv2.distanceTransform((~mine).astype(np.uint8), cv2.DIST_L2, 3)
    course = np.argwhere(stroke & (away <= _COURSE_MM * PX_PER_MM)).astype(np.float32)
    if min(cv2.minAreaRect(course)[1]) + 1 > _NARROW_MM * PX_PER_MM:
        return False
    middle, way = course.mean(axis=0), np.linalg.svd(course - course.mean(axis=0), full_matrices=False)[2][0]
    points = np.argwhere(stroke)
    along, aside = (points - middle) @ way, np.abs((points - middle) @ np.array([-way[1], way[0]]))
    on_line = aside <= _NARROW_MM / 2 * PX_PER_MM
    own = mine[tuple(points.T)]
    gaps = np.diff(np.unique(np.rint(along[on_line])))
    if np.ptp(along[own]) > _OWN_SHARE * np.ptp(along[on_line]) or gaps.max(initial=0) > _GAP_MM * PX_PER_MM:
        return False
    within = np.zeros(stroke.shape, np.bool_)
    for rect in boxes:
        within[around.laid.covered(rect, _RIM_MM)] = True
    rest = within[tuple(points.T)] & ~on_line
    return bool(rest.sum() <= _REST_MM2 * PX_PER_MM**2)


def _find_rect(around: _Surroundings, held: Mask) -> Rect:
    """The sheet's rectangle around what is held."""
    rows, columns = np.nonzero(held)
    left, top = columns.min() / PX_PER_MM - _TIP_MM, rows.min() / PX_PER_MM - _TIP_MM
    right, bottom = (columns.max() + 1) / PX_PER_MM + _TIP_MM, (rows.max() + 1) / PX_PER_MM + _TIP_MM
    return Rect(around.laid.rect.x + left, around.laid.rect.y + top, right - left, bottom - top)
