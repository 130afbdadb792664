"""How probable all is that a question may say, from how well the sight of its boxes fits each. Decides nothing.

A question says nothing, each option alone, two marks, or something that is not to be told. How common each is before
anything is seen are the priors; boxes that are not meant are empty or hold a trace, one by one or a whole row of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from operator import truediv
from typing import NamedTuple

from ocr.marks import BoxMark

_WEAK_TRACE = 0.5  # of the boxes that are not meant and hold ink far weaker than the pen's, those with a trace
_CROSSED_TRACE = 0.9  # of the boxes of a row that one thing crosses, those with a trace
_BESIDE_A_MARK = 0.05  # of marks beside a box, how many stand in a question that has a mark as well
_MANY_MARKED = 0.35

Meaning = tuple[str, tuple[int, ...]]


class Priors(NamedTuple):
    """How common each is before anything is seen, 0..1.

    Of questions those left `blank`, with `two_marks`, with something `odd`, and `crossed` by one thing; of boxes that
    are not meant, those with a `trace`.
    """

    blank: float
    two_marks: float
    odd: float
    crossed: float
    trace: float


USUAL = Priors(blank=0.05, two_marks=0.02, odd=0.005, crossed=0.02, trace=0.015)
"""Made up, wider than a tidy stack of sheets."""
WARY = Priors(blank=0.2, two_marks=0.02, odd=0.02, crossed=0.1, trace=0.1)
"""A hurt stack, by people who leave much out and take much back."""


def weigh_meanings(marks: Sequence[BoxMark], priors: Priors = USUAL) -> list[float]:
    """How likely is all that the question could say, in the order of list_meanings.

    Where nothing is meant a box holds a trace seldom and by itself, or one thing crosses the whole row: a crease, a
    streak, the rim of a stain.
    """
    (_, alone), (share, crossed) = _shares(marks, priors)
    both = zip(_weigh_beside(marks, alone, priors), _weigh_beside(marks, crossed, priors), strict=True)
    weights = [by_itself + share * together for by_itself, together in both]
    whole = sum(weights)
    return [weight / whole for weight in weights]


def weigh_mark(marks: Sequence[BoxMark], place: int) -> float:
    """How likely one box alone is meant by the usual priors; what weigh_meanings lists of pairs is summed up here."""
    count, most, whole = len(marks), 0.0, 0.0
    single, both = _single(USUAL, count), USUAL.two_marks / max(1, len(_pairs(count)))
    for share, nothing in _shares(marks, USUAL):  # what _weigh_beside lists
        meant = [mark.chances[1] / least for mark, least in zip(marks, nothing, strict=True)]
        every, odd, squares = sum(meant), 0.0, 0.0
        for mark, each, least in zip(marks, meant, nothing, strict=True):
            beside = _BESIDE_A_MARK if mark.bare else 0.5
            odd += mark.chances[3] / least * (1 - beside + beside * (every - each) / max(1, count - 1))
            squares += each * each
        others = USUAL.odd / count * odd + both * (every * every - squares) / 2
        whole += share * (USUAL.blank + single * every + others)
        most += share * single * meant[place]
    return most / whole


def _shares(marks: Sequence[BoxMark], priors: Priors) -> tuple[tuple[float, list[float]], tuple[float, list[float]]]:
    """How likely the sight of each box is where nothing is meant, by itself and in a row that is crossed, with how much
    more likely that makes the row.
    """
    alone = [_nothing(mark, _WEAK_TRACE if mark.weak else priors.trace) for mark in marks]
    crossed = [_nothing(mark, _CROSSED_TRACE) for mark in marks]
    return (1.0, alone), (priors.crossed / (1 - priors.crossed) * math.prod(map(truediv, crossed, alone)), crossed)


def _single(priors: Priors, count: int) -> float:
    """How common a mark in one of `count` boxes and nothing else is."""
    return (1 - priors.blank - priors.two_marks - priors.odd) / count


def _weigh_beside(marks: Sequence[BoxMark], nothing: Sequence[float], priors: Priors) -> list[float]:
    """The weight of every meaning; `nothing`: how likely the sight of each box is where nothing is meant there."""
    count = len(marks)
    meant = [mark.chances[1] / least for mark, least in zip(marks, nothing, strict=True)]
    odd = [mark.chances[3] / least for mark, least in zip(marks, nothing, strict=True)]
    pairs = _pairs(count)
    every = sum(meant)
    single = _single(priors, count)
    weights = [priors.blank]
    for place in range(count):
        others = every - meant[place]
        beside = _BESIDE_A_MARK if marks[place].bare else 0.5
        weights.append(single * meant[place])
        weights.append(priors.odd / count * odd[place] * (1 - beside + beside * others / max(1, count - 1)))
    both = priors.two_marks / max(1, len(pairs))
    return weights + [both * meant[first] * meant[second] for first, second in pairs]


@cache
def _pairs(count: int) -> tuple[tuple[int, int], ...]:
    return tuple(combinations(range(count), 2))


@cache
def list_meanings(count: int) -> tuple[Meaning, ...]:
    """All that a question of so many boxes could say: ("blank", ()), ("one", (place,)), ("odd", ...), ("two", ...)."""
    alone: list[Meaning] = [(kind, (place,)) for place in range(count) for kind in ("one", "odd")]
    return (("blank", ()), *alone, *(("two", pair) for pair in _pairs(count)))


def _nothing(mark: BoxMark, trace: float) -> float:
    """How likely the sight of a box is where nothing is meant: empty, or, `trace` of them, a trace."""
    return (1 - trace) * mark.chances[0] + trace * mark.chances[2]


def weigh_each(marks: Sequence[BoxMark], priors: Priors) -> list[tuple[float, float]]:
    """How likely each box of a question of several choices is meant, and how likely it is not."""
    chances = []
    for mark in marks:
        nothing = _nothing(mark, _WEAK_TRACE if mark.weak else priors.trace)
        marked, empty = _MANY_MARKED * mark.chances[1], (1 - _MANY_MARKED) * nothing
        whole = marked + empty + priors.odd / len(marks) * mark.chances[3]
        chances.append((marked / whole, empty / whole))
    return chances
