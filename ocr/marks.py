"""What each box is, by absolute rules on its own ink: marked, empty, or to be looked at. Knows no question.

Nothing here is relative to the page: an unanswered page has no mark on it however faint its dirt is. The bounds and the
logistic weights come from benchmarks/tune_reading.py (pretend marks, seeds below 10,000); see docs/reading.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ocr.boxes import MIN_OUTLINE
from ocr.ink import BoxInk

BoxState = Literal["marked", "empty", "unsure"]
BoxReason = Literal["faint", "small", "speck", "line_through", "circled", "box_not_found"]

EMPTY_AREA_MM2 = 0.10  # 99.93 % of 42,366 empty boxes hold less, none of 8,865 marks (least: 0.34)
EMPTY_MEAN = 0.022  # mean darkness of the interior, noise and all: 99.97 % of empty boxes are below, 0.2 % of marks
MARK_AREA_MM2 = 1.0  # where the probability below passes 0.97; 0.3 % of marks hold less
MARK_EXTENT_MM = 2.0  # 98 % of stray dots are shorter, 1 % of marks
SPECK_EXTENT_MM = 1.0  # 42 % of stray dots are shorter, 0.01 % of marks: beside a sure mark a speck is no second one
MARK_DARKNESS = 0.14  # of printed black; fainter ink, 1.3 % of marks, may be rubbed out or shine through from behind
FILLED_COVERAGE, OPEN_COVERAGE = 0.75, 0.55
BESIDE_MM2, BESIDE_SECTORS = 0.3, 2  # 99.9 % of empty boxes have less beside them
NARROW_MM = 2.0  # 0.3 % of 2,417 crosses and 0.9 % of 2,356 ticks are narrower, 9 of 10 arcs from next door
ASIDE_MM = 0.9  # where a box is crowded; costs 1 % more doubts and takes two of three wrong answers in 6,480 away
CROWDED_MM = 1.5  # room of a box on a matrix sheet: 1.3; where neighbours stand further off, their circles do not reach
CIRCLE_SECTORS, ALMOST_CIRCLE_SECTORS, ARC_SECTORS = 7, 4, 3  # 95 % of circles hold 4 or more, 99 % hold 3 or more
# Around a mark: 0.8 % of 643 marks have ink in 7 sectors or more (circles that cut in), 97 % of 93 circled crosses
RINGED_SECTORS = 7
LINE_SECTORS = 4  # a scribble that reaches out left and right reaches further around
WEIGHTS = (3.00, 5.17)  # 0.001 at 0.1 mm2 of ink, 0.5 at 0.5, 0.96 at 1.0


@dataclass(frozen=True)
class BoxMark:
    """One box. `probability` that a person meant to mark it; `filled`: solid from edge to edge; `open`: surely not.

    `circled`: empty itself, ink all around. `beside_mm2`: ink next to a box that is empty itself, or on its outline;
    `sectors`: how many of the eight directions around it hold ink. `darkness` 0..1 of the ink inside, where there is
    none of the ink around; `is_stroke`: as much and as long as a mark; `narrow`: a line from top to bottom.
    """

    state: BoxState
    reason: BoxReason | None
    probability: float
    filled: bool = False
    open: bool = True
    circled: bool = False
    beside_mm2: float = 0.0
    sectors: int = 0
    darkness: float = 0.0
    is_stroke: bool = False
    narrow: bool = False


def judge_boxes(ink: BoxInk) -> list[BoxMark]:
    """One verdict a box, in order."""
    return [_judge(ink, number, float(chance)) for number, chance in enumerate(mark_probability(ink))]


def mark_features(ink: BoxInk) -> NDArray[np.float64]:
    """(n, 2): a constant and the logarithm of the ink's area; extent and darkness added nothing to the fit."""
    return np.column_stack([np.ones(len(ink.area_mm2)), np.log(ink.area_mm2.astype(np.float64) + 0.05)])


def mark_probability(ink: BoxInk) -> NDArray[np.float64]:
    """The probability of a deliberate mark, 0..1, from the interior alone."""
    return np.asarray(1 / (1 + np.exp(-(mark_features(ink) @ np.array(WEIGHTS)))))


def _judge(ink: BoxInk, number: int, chance: float) -> BoxMark:
    area, extent, darkness = ink.area_mm2[number], ink.extent_mm[number], ink.darkness[number]
    coverage, sectors = float(ink.coverage[number]), int(ink.sectors[number])
    filled, is_open = coverage >= FILLED_COVERAGE, coverage <= OPEN_COVERAGE
    if ink.outline[number] < MIN_OUTLINE:
        return BoxMark("unsure", "box_not_found", chance)
    if area <= EMPTY_AREA_MM2 and abs(ink.mean[number]) <= EMPTY_MEAN:
        beside_mm2 = float(ink.beside_mm2[number] + ink.edge_mm2[number])
        return _judge_surroundings(chance, sectors, beside_mm2, float(ink.around[number]))
    is_stroke = bool(area >= MARK_AREA_MM2 and extent >= MARK_EXTENT_MM)
    state: BoxState = "unsure"
    reason: BoxReason | None = "small" if darkness >= MARK_DARKNESS else "faint"
    if ink.through[number] > 0:
        reason = "line_through"
    elif ink.room_mm[number] < CROWDED_MM and _hugs_an_edge(ink, number):
        reason = "small"
    elif is_stroke and sectors >= RINGED_SECTORS and not filled:  # filling spills over all around
        reason = "circled"  # many take a cross back by circling it
    elif is_stroke and ink.opposed[number] > 0 and sectors <= LINE_SECTORS:
        reason = "line_through"  # or by a line through box and label
    elif is_stroke and darkness >= MARK_DARKNESS:
        state, reason = "marked", None
    elif extent <= SPECK_EXTENT_MM and chance < 0.5:
        reason = "speck"
    narrow = state == "marked" and bool(ink.width_mm[number] < NARROW_MM)
    return BoxMark(state, reason, chance, filled, is_open, darkness=float(darkness), is_stroke=is_stroke, narrow=narrow)


def _hugs_an_edge(ink: BoxInk, number: int) -> bool:
    """Ink along one side alone, as a circle around the next box leaves it, or the tail of a tick from the row below."""
    narrow, low = ink.width_mm[number] < NARROW_MM, ink.height_mm[number] < NARROW_MM
    return bool((narrow and abs(ink.x_mm[number]) > ASIDE_MM) or (low and abs(ink.y_mm[number]) > ASIDE_MM))


def _judge_surroundings(chance: float, sectors: int, beside_mm2: float, darkness: float) -> BoxMark:
    """An empty interior: a circle around it is a way of marking, half a circle is not to be told."""
    if sectors < ALMOST_CIRCLE_SECTORS:
        return BoxMark("empty", None, chance, beside_mm2=beside_mm2, sectors=sectors, darkness=darkness)
    circled = sectors >= CIRCLE_SECTORS
    likely = 0.9 if circled else 0.6
    return BoxMark(
        "unsure", "circled", likely, circled=circled, beside_mm2=beside_mm2, sectors=sectors, darkness=darkness
    )
