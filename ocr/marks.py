"""What each box is, from its own ink and the trained model: likelihoods, and what no model may overrule. No question.

Nothing here is relative to the page but the pen's darkness: an unanswered page has no mark on it however faint its dirt
is. The bounds come from benchmarks/tune_reading.py (pretend marks, seeds below 10,000); see docs/reading.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ocr.boxes import MIN_OUTLINE, BoxPatches
from ocr.ink import BoxInk
from ocr.model import (
    PEN_STROKES,
    STROKE_EXTENT_MM,
    find_chances,
    is_speck,
    is_stroke,
    pen_darkness,
)
from ocr.soft import find_soft

BoxReason = Literal[
    "faint", "small", "speck", "hole", "line_through", "circled", "taken_back", "beside", "box_not_found"
]

EMPTY_AREA_MM2 = 0.10  # 99.93 % of 42,366 empty boxes hold less, none of 8,865 marks (least: 0.34)
EMPTY_MEAN = 0.022  # mean darkness of the interior, noise and all: 99.97 % of empty boxes are below, 0.2 % of marks
SPECK_EXTENT_MM = 1.0  # 42 % of stray dots are shorter, 0.01 % of marks
# A broad pen's dot is a disc and fills most of what it reaches over: 14 % of 309 traces, 9 of 4,191 marks (pages 0-499)
BLOT_EXTENT_MM, BLOT_SHARE = 2.2, 0.65
MARK_DARKNESS = 0.14  # of printed black; fainter ink, 1.3 % of marks, may be rubbed out or shine through from behind
FILLED_COVERAGE, OPEN_COVERAGE = 0.75, 0.55
BESIDE_MM2, BESIDE_SECTORS = 0.3, 2  # 99.9 % of empty boxes have less beside them
ALMOST_CIRCLE_SECTORS = 4  # 95 % of circles hold as many
RINGED_SECTORS = 7  # 0.8 % of 643 marks have as many, 97 % of 93 circled crosses
REMAINS_SHARE = 0.25  # of the pen's darkness: what a rubber leaves, or thin paper lets through, has a fifth at most
PEN_SHARE = 0.5  # of the pen's darkness: a mark of the page's own pen has as much
FLOOR = 1e-5  # no training was long enough to tell a box surer than this
# How likely a mark leaves nothing at all to see. In black and white one in thirty of a strong pen, half of a weak
# one; in grey where the page's pen is hardly seen, or most of its ink is specks, as copies leave a weak pen's.
LOST_BLACK_AND_WHITE, LOST_WEAK_PEN, LOST_AMONG_SPECKS = 0.03, 0.5, 0.02
LOST_STRONG_PEN = 0.004  # in black and white, many strokes and hardly a dot: 22 of 5,704 marks on 682 pages
STRONG_STROKES, STRONG_DOTS = 5, 1
LOST_UNSEEN = 0.02  # in grain, or where print is pale: no blank is a promise there, and a sure mark still is
SPECK_SHARE = 0.5
# Of a mark's chance: what something odd may have where a mark is promised, and where the ink is a single line's or was
# measured far out on both sides or all around as well, as a line or a circle leaves it that takes a mark back
ODD_SHARE, ODD_SHARE_CROSSED = 2.0, 1.0
TRACE_SHARE = 2.0  # and a trace: where it fitted better, 8 of 9 marks had less, 2 of 3 stains more
_CROSSED: tuple[BoxReason, ...] = ("line_through", "circled")
NARROW_MM = 1.6


@dataclass(frozen=True)
class BoxMark:
    """One box. `chances`: how likely its sight is for each of ocr.model.CLASSES, next to one another.

    `reason`: what a person would be told of it; `bare`: no ink inside; `weak`: ink in or around it, all far weaker than
    the page's pen draws; `doubt`: no promise may rest on it; `filled`: solid from edge to edge; `open`: surely not;
    `inked`: ink was measured in it or around it; `touched`: some stands around it, however little; `narrow`: its ink is
    no more than one line; `shaded`: none was, but it is darker than other such boxes of the page (ocr.shades); `pale`:
    weaker than half the page's pen, and more of it around the box: the rim of a stain may look like that; `soft`: as a
    wrinkle's shade is, next to the page's strokes (ocr.soft); `darkness`: of its ink, 0..1 of printed black, of what
    stands around it where it is bare; `holed`: a punched hole reaches into it (ocr.holes); `long`, `line`: seen whole
    (ocr.whole) it is longer than a dot, one lone line or a ring around a bare box.
    """

    chances: tuple[float, float, float, float]
    reason: BoxReason | None = None
    bare: bool = True
    weak: bool = False
    doubt: bool = False
    filled: bool = False
    open: bool = True
    inked: bool = True
    touched: bool = False
    narrow: bool = False
    pale: bool = False
    soft: bool = False
    darkness: float = 0.0
    shaded: bool = False
    holed: bool = False
    long: bool = False
    line: bool = False

    @cached_property
    def settles(self) -> bool:
        """Whether a promise may rest on its being marked: it looks so, and more ink than a dot's was measured.

        A trace or something odd may fit twice as well at most, however rare it is, and something odd no better where
        its ink is a single line or is found far out on both sides too: a wrong promise is dearer than a doubt.
        """
        _, marked, _, odd = self.chances
        share = ODD_SHARE_CROSSED if self.narrow or self.reason in _CROSSED else ODD_SHARE
        dot = self.holed or self.reason == "speck"
        held = self.pale or self.soft or dot or self.looks_left or odd > share * marked
        return self.inked and self.likely and not held

    @property
    def looks_left(self) -> bool:
        """Whether it looks far more like a trace than like a mark."""
        return self.chances[2] > TRACE_SHARE * self.chances[1]

    @property
    def likely(self) -> bool:
        """Whether it looks more like a mark than empty, and not far more like a trace or a mark taken back."""
        empty, marked, trace, odd = self.chances
        return marked > max(empty, trace / 4, odd / 4)


def judge_boxes(groups: list[BoxPatches], ink: BoxInk, two_level: bool, faint: bool = False) -> list[BoxMark]:
    """One verdict a box, in order. `faint`: a picture in whose noise, or pale print, a faint stroke drowns."""
    nothing = shows_nothing(ink, two_level)
    filled = ink.coverage >= FILLED_COVERAGE
    # A box filled from edge to edge shows no edge within: of 133 soft shades of wrinkles none fills its box
    soft = np.zeros(len(nothing), np.bool_) if two_level else find_soft(groups, ink) & ~filled
    chances = np.maximum(find_chances(groups, ink, two_level, ~nothing), FLOOR)
    chances[nothing, 1] = max(find_loss(ink, two_level), LOST_UNSEEN * faint)
    pen = pen_darkness(ink)
    seen = np.maximum(ink.darkness, ink.around)
    weak = (seen > 0) & (seen <= REMAINS_SHARE * (pen or 0.0))
    columns = (
        *(_is_bare(ink), weak, ink.outline < MIN_OUTLINE, filled),
        *(ink.coverage <= OPEN_COVERAGE, (ink.area_mm2 > EMPTY_AREA_MM2) | _has_ink_beside(ink), ink.sectors > 0),
        np.minimum(ink.width_mm, ink.height_mm) < NARROW_MM,
        ~_is_bare(ink) & (ink.darkness < PEN_SHARE * (pen or 0.0)) & _has_ink_beside(ink),
        soft,
        np.where(_is_bare(ink), ink.around, ink.darkness),
    )
    rows = zip(chances.tolist(), _find_reasons(ink, pen, soft), *(column.tolist() for column in columns), strict=True)
    return [_make_mark((empty, marked, trace, odd), *rest) for (empty, marked, trace, odd), *rest in rows]


_make_mark = lru_cache(maxsize=256)(BoxMark)
"""A mark of these values; one object for the many boxes of a page that are alike."""


def find_loss(ink: BoxInk, two_level: bool) -> float:
    """How likely a mark on this page would have left nothing to see, 0..1."""
    dots = is_speck(ink) & (ink.extent_mm < STROKE_EXTENT_MM)  # longer ones are lines: a fold, an outline out of place
    if not two_level:  # of a strong pen's strokes a copy leaves no dots as pale as the grain of what is copied twice
        dots &= ink.darkness > REMAINS_SHARE * (pen_darkness(ink) or 0.0)
    specks, strokes = int(dots.sum()), int((is_stroke(ink) | is_ringed(ink)).sum())
    scarce = specks > SPECK_SHARE * (specks + strokes)
    if two_level and strokes >= STRONG_STROKES and specks <= STRONG_DOTS:
        return LOST_STRONG_PEN
    if two_level:
        return LOST_WEAK_PEN if scarce or strokes < PEN_STROKES else LOST_BLACK_AND_WHITE
    return LOST_AMONG_SPECKS if scarce and specks >= PEN_STROKES else FLOOR


def is_ringed(ink: BoxInk) -> NDArray[np.bool_]:
    """(n,) bare boxes with ink nearly all around: people who circle their answers have a pen too."""
    return np.asarray(_is_bare(ink) & (ink.sectors >= ALMOST_CIRCLE_SECTORS))


def shows_nothing(ink: BoxInk, two_level: bool) -> NDArray[np.bool_]:
    """(n,) no ink inside and none beside; outlines in black and white are too jagged to tell ink along them."""
    along = 0 if two_level else ink.edge_mm2
    return np.asarray(_is_bare(ink) & (ink.sectors < BESIDE_SECTORS) & (ink.beside_mm2 + along < BESIDE_MM2))


def _is_bare(ink: BoxInk) -> NDArray[np.bool_]:
    return np.asarray((ink.area_mm2 <= EMPTY_AREA_MM2) & (np.abs(ink.mean) <= EMPTY_MEAN))


def _find_reasons(ink: BoxInk, pen: float | None, soft: NDArray[np.bool_]) -> list[BoxReason | None]:
    """What is to be said of each box, should it be doubted."""
    stroke, inside = is_stroke(ink), ink.area_mm2 > EMPTY_AREA_MM2
    cases: dict[BoxReason, NDArray[np.bool_]] = {
        "box_not_found": ink.outline < MIN_OUTLINE,
        "circled": ink.sectors >= np.where(inside, RINGED_SECTORS, ALMOST_CIRCLE_SECTORS),
        "beside": ~inside & _has_ink_beside(ink),
        "line_through": (ink.through > 0) | (stroke & (ink.opposed > 0)),
        "speck": inside & ((ink.extent_mm <= SPECK_EXTENT_MM) | _is_blot(ink)),
        "faint": inside & (soft | (ink.darkness < max(MARK_DARKNESS, PEN_SHARE * (pen or 0)))),
        "taken_back": stroke,
        "small": inside,
    }
    names = [*cases, None]
    return [names[first] for first in np.select(list(cases.values()), range(len(cases)), len(cases)).tolist()]


def _is_blot(ink: BoxInk) -> NDArray[np.bool_]:
    solid = ink.area_mm2 > BLOT_SHARE * ink.width_mm * ink.height_mm
    return np.asarray(solid & (ink.extent_mm <= BLOT_EXTENT_MM))


def _has_ink_beside(ink: BoxInk) -> NDArray[np.bool_]:
    return np.asarray((ink.sectors >= BESIDE_SECTORS) | (ink.beside_mm2 + ink.edge_mm2 >= BESIDE_MM2))
