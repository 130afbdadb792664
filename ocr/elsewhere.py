"""Ink of a pen in a question's own area where nothing is printed: a mark that stands in no box, but by the words.

Held against the picture of the print that goes with the layout, and only for questions that would be promised blank.
Says whether there is such ink, never which option it means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import PAGE_W_MM, Rect
from forms.layout import Area, Box, DigitBox, PageLayout, TextRegion
from ocr.lines import has_line
from ocr.overlay import LEVEL, Overlay, Patch, aligned, cut_out, find_grain, lay_over, with_darkness
from ocr.passing import STROKE_MM, find_passing
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.printed import PX_PER_MM
from ocr.streaks import without_streaks

AnswerKey = tuple[str, str | None]
Mask = NDArray[np.bool_]

PEN_SHARE = 0.35
_GLANCE_MM = 1.0
_LEAST_INK_MM2, _STROKE_INK_MM2 = 0.08, 0.3
_BOX_RIM_MM = 1.2  # what is in a box, or touches it, is another's to judge
_OWN_SHARE = 0.5  # of what lies with others; all of it in an area without boxes, which several questions share
_LINE_MM, _WORDS_SHARE = 7.0, 0.25  # of a line through words
HOLE_MM, HOLE_EDGE_MM = (4.5, 7.0), 17.0  # ISO 838: 6 mm across, 12 mm from the edge
_HOLE_TURNS, _HOLE_REACH = 12, 1.15
_SLOPES = (-0.16, -0.12, -0.08, -0.04, 0.0, 0.04, 0.08, 0.12, 0.16)
_BRIDGE_PX, _OVER_RULE_PX = (5, 11), (7, 13)  # across and down: a stroke goes on beyond a rule, at a slant too


def find_elsewhere(
    pixels: Gray,
    place: Registration,
    page: PageLayout,
    asked: Collection[AnswerKey],
    get_pen: Callable[[], float | None],
    tails: Mapping[AnswerKey, Sequence[Rect]] | None = None,
) -> set[AnswerKey]:
    """Those of the questions and rows `asked` in whose area a pen has been; none where the layout has no print.

    `get_pen`: how dark the page's pen draws, of printed black, where it is known; asked for only where there is ink.
    `tails`: where on the sheet those of other questions' marks lie with a question (ocr.tails).
    """
    asked, tails = set(asked), tails or {}
    wanted = [area for area in page.areas if _key(area) in asked] if page.printed else []
    areas = {_rect(area): area for area in wanted}  # what belongs to several questions is looked at once
    near = _look_near(pixels, place, page, areas, asked, tails)
    near = {rect: each for rect, each in near.items() if each.has_mark(each.find_ink(0.0))}
    if not near:
        return set()
    clean = without_streaks(pixels, place)
    if clean is not None:
        pixels, near = clean, _look_near(clean, place, page, {rect: areas[rect] for rect in near}, asked, tails)
    pen = get_pen() or 0.0
    found = {rect for rect, each in near.items() if _has_mark_by(pixels, place, page, each, pen)}
    return {_key(area) for area in wanted if _rect(area) in found}


@dataclass(frozen=True, eq=False)
class _Near:
    """An area and what is near it over its print; masks: what is `free` of print, its `own`, that of `others`.

    `share`: how much of ink must lie here of what lies with others; `grain`: the darkness that paper reaches.
    """

    laid: Overlay
    free: Mask
    own: Mask
    others: Mask
    share: float
    grain: NDArray[np.float64]

    def find_ink(self, pen: float) -> Mask:
        """What is darker than the paper's grain and the page's pen (0: with none) allow."""
        dark = self.laid.dark > np.maximum(self.grain, PEN_SHARE * pen * self.laid.black)
        return np.asarray(dark & self.free)

    def has_mark(self, inked: Mask) -> bool:
        """Whether some ink is a stroke of its own, or a line through its words."""
        stroke = _has_stroke(self.laid, inked, self.own, self.others, self.share)
        return stroke or has_line(inked, self.free, self.own, ~self.free, _LINE_MM, _WORDS_SHARE, _SLOPES)


def _look_near(
    pixels: Gray,
    place: Registration,
    page: PageLayout,
    areas: Mapping[Rect, Area],
    asked: Collection[AnswerKey],
    tails: Mapping[AnswerKey, Sequence[Rect]],
) -> dict[Rect, _Near]:
    """Those of the areas at which a glance shows anything."""
    shown = {rect: area for rect, area in areas.items() if _shows_ink(pixels, place, page, area)}
    return {rect: _lay_near(pixels, place, page, area, asked, tails) for rect, area in shown.items()}


def _shows_ink(pixels: Gray, place: Registration, page: PageLayout, area: Area) -> bool:
    """Whether anything shows beside the print at a glance, even with the print a little out of place: most blanks end
    here.
    """
    seen = cut_out(pixels, place, page, area, _GLANCE_MM)
    looked_at, least = seen.free & _own(seen, page, area), _LEAST_INK_MM2 * PX_PER_MM**2
    # Paper is nowhere lighter than the lightest pixel: what is no darker beside that needs no paper of its own
    if ((seen.patch <= (1 - LEVEL) * int(seen.patch.max())) & looked_at).sum() < least:
        return False
    return bool(((with_darkness(seen).dark > LEVEL) & looked_at).sum() >= least)


def _lay_near(
    pixels: Gray,
    place: Registration,
    page: PageLayout,
    area: Area,
    asked: Collection[AnswerKey],
    tails: Mapping[AnswerKey, Sequence[Rect]],
) -> _Near:
    laid = aligned(lay_over(pixels, place, page, area))
    shared = not any(_key(box) == _key(area) and _holds(area, box) for box in page.boxes)
    without = () if shared and _is_heading(page, area) else asked
    own, others = _own(laid, page, area), _others(laid, page, area, without)
    for tail in tails.get(_key(area), ()):
        own[laid.covered(tail)] = False
    free = laid.free
    return _Near(laid, free, own, others, 1.0 if shared else _OWN_SHARE, find_grain(laid, free))


def _has_mark_by(pixels: Gray, place: Registration, page: PageLayout, near: _Near, pen: float) -> bool:
    """Whether there is a mark by the page's `pen` (0: with none) near an area."""
    laid, free, inked = near.laid, near.free, near.find_ink(pen)
    if not near.has_mark(inked):
        return False
    inked &= ~laid.solid
    passing = find_passing(inked, (laid.dark > LEVEL / 2) & free, free)
    found = near.has_mark(inked & ~passing)
    if found or not passing.any():
        return found
    passing = _find_crossing(pixels, place, page, laid, passing)  # a pen's line down several rows ends somewhere
    return near.has_mark(inked & ~passing)


def _find_crossing(pixels: Gray, place: Registration, page: PageLayout, near: Overlay, passing: Mask) -> Mask:
    """Those of the lines `passing` near an area that run on over the whole page."""
    whole = lay_over(pixels, place, page, Rect(0, 0, page.width, page.height), 0.0)
    free = whole.free
    inked = (whole.dark > LEVEL) & free
    within = whole.covered(near.rect)
    begun = np.zeros_like(inked)
    begun[within] = passing & inked[within]
    return passing & find_passing(inked, (whole.dark > LEVEL / 2) & free, free, begun)[within]


def _is_heading(page: PageLayout, area: Area) -> bool:
    """Whether several rows share it, as the names of levels above them; not all questions of one, as its agency's name.

    What lies with a row that was left out too is that row's.
    """
    rows = {each.row for each in page.areas if _rect(each) == _rect(area)}
    return len(rows) > 1 or None in rows


def _holds(area: Area, box: Box) -> bool:
    return area.x <= box.x < area.x + area.w and area.y <= box.y < area.y + area.h


def _own(laid: Patch, page: PageLayout, area: Area) -> Mask:
    """The area's own place, but for its boxes and lines to write on."""
    own = np.zeros(laid.patch.shape, np.bool_)
    own[laid.covered(_rect(area))] = True
    for box in page.boxes:
        if box.row == area.row and box.question == area.question:
            own[laid.covered(_rect(box), _BOX_RIM_MM)] = False
    written: tuple[TextRegion | DigitBox, ...] = (*page.texts, *page.digits)
    for part in written:
        own[laid.covered(_rect(part))] = False
    return own


def _others(laid: Patch, page: PageLayout, area: Area, asked: Collection[AnswerKey]) -> Mask:
    """The place of other questions.

    Those `asked` have no mark either, whose tail could reach here: one mark may stand for all of them.
    """
    others = np.zeros(laid.patch.shape, np.bool_)
    for each in page.areas:
        if _key(each) not in asked:
            others[laid.covered(_rect(each))] = True
    others[laid.covered(_rect(area))] = False  # an agency's name is every question's of its row
    written: tuple[TextRegion | DigitBox, ...] = (*page.texts, *page.digits)
    for part in written:
        others[laid.covered(_rect(part))] = True
    return others


def _key(part: Area | Box) -> AnswerKey:
    return part.question, part.row


def _rect(part: Area | Box | DigitBox | TextRegion) -> Rect:
    return Rect(part.x, part.y, part.w, part.h)


def _has_stroke(laid: Overlay, inked: Mask, own: Mask, others: Mask, share: float) -> bool:
    """Whether ink that hangs together is as long as a stroke, and lies here rather than with other questions.

    `share`: how much must lie here of what lies with others.
    """
    if np.count_nonzero(inked & own) < _STROKE_INK_MM2 * PX_PER_MM**2:
        return False  # no piece of it can be one
    ink = inked.astype(np.uint8)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones(_BRIDGE_PX[::-1], np.uint8))
    over_rules = cv2.bitwise_and(cv2.dilate(ink, np.ones(_OVER_RULE_PX[::-1], np.uint8)), laid.ruled)
    # Each piece by itself too: two marks on either side of a rule are not one, of which most lies there
    return any(
        _has_own_piece(laid, np.asarray(each, np.uint8), inked, own, others, share)
        for each in (joined, cv2.max(joined, over_rules))
    )


def _has_own_piece(
    laid: Overlay, joined: NDArray[np.uint8], inked: Mask, own: Mask, others: Mask, share: float
) -> bool:
    """Whether one of the pieces of `joined` ink is such a stroke."""
    count, labels, about, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    for number in range(1, count):
        left, top, width, height = about[number, :4].tolist()
        if max(width, height) < STROKE_MM * PX_PER_MM:
            continue
        within = np.s_[top : top + height, left : left + width]
        stroke = (labels[within] == number) & inked[within]
        if _find_length(stroke) < STROKE_MM * PX_PER_MM or _is_hole(stroke, laid.rect.x + left / PX_PER_MM):
            continue
        mine = int((stroke & own[within]).sum())
        if mine >= _STROKE_INK_MM2 * PX_PER_MM**2 and mine >= share * int((stroke & others[within]).sum()):
            return True
    return False


def _find_length(stroke: Mask) -> int:
    """How wide or high ink is, pixels; 0 where there is none."""
    return max((int(np.ptp(places)) + 1 for places in np.nonzero(stroke) if len(places)), default=0)


def _is_hole(stroke: Mask, left_mm: float) -> bool:
    """Whether ink is as round, as large and as near to the paper's edge as the rim of a punched hole.

    `left_mm`: where its rectangle begins on the sheet.
    """
    height, width = stroke.shape
    middle_mm = left_mm + width / 2 / PX_PER_MM
    least, most = (size * PX_PER_MM for size in HOLE_MM)
    if min(height, width) < least or max(height, width) > most or min(middle_mm, PAGE_W_MM - middle_mm) > HOLE_EDGE_MM:
        return False
    rows, columns = np.nonzero(stroke)
    y, x = (rows - (height - 1) / 2) / (height / 2), (columns - (width - 1) / 2) / (width / 2)
    away = np.hypot(x, y)
    turns = np.histogram(np.arctan2(y, x)[away > 0.7], _HOLE_TURNS, (-np.pi, np.pi))[0]
    return bool(away.max() <= _HOLE_REACH and (turns > 0).all())
