"""Lines of a pen through the words of a question that is answered: it may be taken back, and only a person can say.

Seldom done and costly to look for, so the question is laid over the picture of its print only where a glance between
its words found what is dark along a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import cv2
import numpy as np

from forms.geometry import Rect
from forms.layout import Box, DigitBox, PageLayout, TextRegion
from ocr.glance import BOX_RIM_MM, EDGE_MM, AnswerKey, Mask, Spots, Words, find_level, label_rect, own_boxes
from ocr.lines import has_line
from ocr.overlay import LEVEL, STAIN_SHARE, Bits, Overlay, aligned, lay_over
from ocr.passing import find_passing
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.printed import PX_PER_MM

Numbers = Sequence[int]

_STRUCK_MM = 12.0  # of words, the least that is no slip of the pen
_PEN_SHARE = 0.35  # of the pen's darkness: a line of the same pen has as much
_STEEPEST, _STEP = 1.3, 0.05  # of a line's slope: one of a cross over some lines of words
_STEEP = 0.4  # over one option's words a cross is less so
_LEVEL = 0.2  # a line that slants less may run under words, or be the arc of a ring around them
# Of its way, what must lie in the bodies of words and be hidden by them; where it slants, be hidden alone
_BODY_SHARE, _HIDDEN_SHARE = 0.5, 0.1
_BODY_MM, _BODY_DENSITY = 6.0, 0.22  # x-heights are inked for 0.3, descenders and marks above for 0.05 to 0.2
_BODY_HIGH_PX, _BODY_RIM_PX = 7, 2  # printed rules are no words; a line on the base line runs under them
_LEAST, _LEAST_SHORT, _SHORT = 3, 2, 8  # spots along a line: so many, fewer where a glance looks down few columns
_CROSSED_SHARE, _NEAR_MM = 0.75, 0.5  # of the columns that it crosses; and how far from straight
_SPAN_MM, _SPAN_SHORT_MM = (10.0, 40.0), 4.0  # from the first of them to the last
_MOST_SPOTS = 120  # from one to another of which lines are tried: where all is scribbled over, some tell as much
_SIDES_MM = 4.0, 13.0  # from the sheet's edges: within what a scanner cuts off, outside what a pen strikes
_AROUND_MM = 10.0  # what comes in from further than that and goes out again is no line through words
# What parts darker paper from lighter is the edge of a tape or the rim of a spill; looked at above and below a line
_PARTS, _ASIDE_MM, _WINDOW_MM, _PAPER_SHARE, _LINE_PX = 0.03, (1.5, 3.0, 4.5), (8.0, 1.5), 0.15, 3


def find_struck(
    pixels: Gray,
    place: Registration,
    page: PageLayout,
    spots: Spots,
    chosen: Mapping[AnswerKey, Numbers],
    pen: float,
) -> set[AnswerKey]:
    """Those of the answered questions through whose own words, or those of what was chosen, a line runs.

    `chosen`: the numbers of their boxes on the page; `pen`: how dark the page's pen draws, of printed black.
    """
    found: set[AnswerKey] = set()
    for words in spots.glances.places:
        answered = words.keys & chosen.keys()
        meant = [number for key in answered for number in chosen[key]]
        slopes = _find_slopes(spots, words, meant) if answered else []
        if slopes and _is_struck(pixels, place, page, words, meant, pen, slopes):
            found |= answered
    return found


def _find_slopes(spots: Spots, words: Words, meant: Numbers) -> list[float]:
    """Slopes, down of the way to the right, of lines that may run through the words of a place; most have none."""
    within = (spots.column >= words.columns.start) & (spots.column < words.columns.stop)
    column, x, y = spots.column[within] - words.columns.start, spots.x[within], spots.y[within]
    least, shortest = _find_least(words)
    if len(x) < least:
        return []
    places, tops = spots.glances.down.start[words.columns].T
    free, label = spots.glances.down.free[words.columns], spots.glances.label[words.columns]
    own = (label < 0) | np.isin(label, meant)
    some = np.unique(np.linspace(0, len(x) - 1, min(len(x), _MOST_SPOTS)).astype(np.intp))
    first, second = (some[each] for each in np.triu_indices(len(some), 1))
    span, rise = x[second] - x[first], y[second] - y[first]
    fits = (span >= shortest) & (span <= _SPAN_MM[1]) & (np.abs(rise) <= _STEEPEST * span)
    slope = (rise[fits] / span[fits])[:, None]
    begin, end = x[first[fits], None], x[second[fits], None]
    way = y[first[fits], None] + slope * (places - begin)  # (lines, columns)
    at = np.rint((way - tops) * PX_PER_MM).astype(np.intp)
    seen = (places >= begin) & (places <= end) & (at >= 0) & (at < free.shape[1])
    numbers, down = np.arange(len(places)), at.clip(0, free.shape[1] - 1)
    crossed = seen & free[numbers, down] & (own[numbers, down] | (np.abs(slope) > _STEEP))
    near = (np.abs(y - way[:, column]) <= _NEAR_MM).astype(np.float32) @ (column[:, None] == numbers)
    holds = (crossed & (near > 0)).sum(axis=1) >= np.maximum(least, _CROSSED_SHARE * crossed.sum(axis=1))
    found = set(np.rint(slope[holds, 0] / _STEP).astype(int).tolist())
    return [_STEP * step for step in sorted({each + around for each in found for around in (-1, 0, 1)})]


def _find_least(words: Words) -> tuple[int, float]:
    """How many spots along a line tell, and how far from the first to the last, mm; a short name has few."""
    short = words.columns.stop - words.columns.start <= _SHORT
    return (_LEAST_SHORT, _SPAN_SHORT_MM) if short else (_LEAST, _SPAN_MM[0])


def _is_struck(
    pixels: Gray,
    place: Registration,
    page: PageLayout,
    words: Words,
    meant: Numbers,
    pen: float,
    slopes: Sequence[float],
) -> bool:
    """Whether a line runs through the words of a place, and does not come in from its side and go out again."""
    near = aligned(lay_over(pixels, place, page, words.rect))
    if not _has_line(near, _find_ink(near, pen), page, words, meant, slopes):
        return False
    whole = Rect(0.0, words.rect.y, page.width, words.rect.h)
    laid = aligned(lay_over(pixels, place, page, whole, max(_AROUND_MM, whole.h)))
    inked = _find_ink(laid, pen) & ~laid.solid
    sides = np.zeros(inked.shape, np.bool_)
    for left in (_SIDES_MM[0], page.width - _SIDES_MM[1]):
        sides[laid.covered(Rect(left, laid.rect.y, _SIDES_MM[1] - _SIDES_MM[0], laid.rect.h))] = True
    inked &= ~find_passing(inked, (laid.dark > LEVEL / 2) & laid.free, laid.free, sides=None if laid.bent else sides)
    if not _has_line(laid, inked, page, words, meant, slopes):
        return False
    return _has_line(laid, inked & ~_find_parting(laid, inked), page, words, meant, slopes)


def _find_parting(laid: Overlay, inked: Mask) -> Mask:
    """Where the paper above is lighter or darker than below, and not because it darkens further off as steeply."""
    ink = cv2.dilate(inked.astype(np.uint8), np.ones((2 * _LINE_PX + 1, 2 * _LINE_PX + 1), np.uint8))
    paper = (laid.free & (ink == 0)).astype(np.float32)
    window = round(_WINDOW_MM[0] * PX_PER_MM), round(_WINDOW_MM[1] * PX_PER_MM)
    share = cv2.blur(paper, window)
    light = cv2.blur(laid.patch * paper, window) / np.maximum(share, 1e-6)
    parting = np.zeros(inked.shape, np.bool_)
    for near, far in pairwise(round(each * PX_PER_MM) for each in _ASIDE_MM):
        up, further_up, down, further_down = (np.roll(light, off, 0) for off in (near, far, -near, -far))
        shown = np.minimum.reduce([np.roll(share, off, 0) for off in (near, far, -near, -far)]) >= _PAPER_SHARE
        above, below = up - further_up, further_down - down
        slope = np.where(above * below > 0, np.sign(above) * np.minimum(np.abs(above), np.abs(below)), 0.0)
        jump = np.abs(down - up - slope * 2 * near / (far - near))
        parting |= shown & (jump >= _PARTS * np.maximum(up, down))
    return parting


def _find_ink(laid: Overlay, pen: float) -> Mask:
    """What may be that pen's; of what is broad, as a stain's rim is, what is as dark."""
    level = max(find_level(pen), _PEN_SHARE * pen * laid.black)
    return np.asarray((laid.dark > level) & laid.free & ~laid.stained(level, STAIN_SHARE * pen))


def _has_line(
    laid: Overlay, inked: Mask, page: PageLayout, words: Words, meant: Numbers, slopes: Sequence[float]
) -> bool:
    """Whether one runs through own words; `meant`: the boxes whose words count too, unless it is steep."""
    free = laid.free
    level, slanting, steep = (
        [slope for slope in slopes if least <= abs(slope) < most]
        for least, most in ((0.0, _LEVEL), (_LEVEL, _STEEP), (_STEEP, np.inf))
    )
    own, every = (_own_words(laid, page, words, some) for some in (meant, None))
    bodies = _find_bodies(laid.printed)
    return (
        (
            has_line(inked, free, own, bodies, _STRUCK_MM, _BODY_SHARE, level)
            and has_line(inked, free, own, ~free, _STRUCK_MM, _BODY_SHARE, level)
        )
        or has_line(inked, free, own, ~free, _STRUCK_MM, _HIDDEN_SHARE, slanting)
        or has_line(inked, free, every, ~free, _STRUCK_MM, _HIDDEN_SHARE, steep)
    )


def _find_bodies(printed: Bits) -> Mask:
    """Where the bodies of words stand, from their base line to their x-height but for a rim."""
    density = cv2.blur(printed.astype(np.float32), (round(_BODY_MM * PX_PER_MM), 1))
    high = cv2.morphologyEx(
        (density >= _BODY_DENSITY).astype(np.uint8), cv2.MORPH_OPEN, np.ones((_BODY_HIGH_PX, 1), np.uint8)
    )
    return np.asarray(cv2.erode(high, np.ones((2 * _BODY_RIM_PX + 1, 1), np.uint8)) > 0)


def _own_words(laid: Overlay, page: PageLayout, words: Words, meant: Numbers | None) -> Mask:
    """Where the words of a place stand that are the question's own or of what was chosen; `meant` None: all of them."""
    own = np.zeros(laid.dark.shape, np.bool_)
    rect = words.rect
    own[laid.covered(Rect(rect.x, rect.y + EDGE_MM, rect.w, rect.h - 2 * EDGE_MM))] = True
    boxes = own_boxes(page, words.keys)
    for number, box in boxes:
        if meant is not None and number not in meant:
            own[laid.covered(label_rect(rect, box, [each for _, each in boxes]))] = False
    parts: tuple[Box | DigitBox | TextRegion, ...] = (*(box for _, box in boxes), *page.texts, *page.digits)
    for part in parts:
        rim_mm = BOX_RIM_MM if isinstance(part, Box) else 0.0
        own[laid.covered(Rect(part.x, part.y, part.w, part.h), rim_mm)] = False
    return own
