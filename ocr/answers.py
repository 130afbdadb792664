"""What the boxes of one question say together: clear, blank or doubtful, a reason, a best guess. Knows no pixel.

All that a question could say is weighed: nothing, each option alone, two marks, a box that is not to be told. How
common each is before anything is seen is a share of this module; how well the sight of the boxes fits it comes with
each box. Where the likeliest answer leaves more than a little doubt, a person decides.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from operator import truediv
from typing import Literal

from ocr.marks import BoxMark
from ocr.reading import AnswerReading

LEAST = 0.98  # the probability below which an answer, or a box of several choices, is a person's
MAX_CONFIDENCE = 0.9999  # no tuning run was long enough to promise more
_DOUBT_CONFIDENCE = 0.5  # a doubtful answer never claims more
# How common each is before anything is seen: made up, wider than a tidy stack of sheets
_BLANK, _TWO_MARKS, _ODD = 0.05, 0.02, 0.005
_TRACE, _WEAK_TRACE = 0.015, 0.5  # of the boxes that are not meant; of those whose ink is far weaker than the pen's
_CROSSED, _CROSSED_TRACE = 0.02, 0.9  # of rows, those that one thing crosses; of their boxes, those with a trace
_BESIDE_A_MARK = 0.05  # of marks beside a box, how many stand in a question that has a mark as well
_MANY_MARKED = 0.35
PALER_SHARE = 0.5  # of the darkness of a question's own mark: 1.2 % of the second marks of a question are as pale
_CLOSER_ODD = 0.5  # of a mark's chance, what something odd may have where a closer look ends a doubt

PageLoss = Literal["black_and_white", "faint"]
Meaning = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class MarkedRow:
    """One question and row: its options in printed order and what stands in the box of each.

    `loss`: why weak ink may have left nothing on this page; None where it would be seen.
    """

    question: str
    row: str | None
    options: tuple[str, ...]
    marks: tuple[BoxMark, ...]
    loss: PageLoss | None = None

    def settled(self, chosen: Collection[int], confidence: float) -> AnswerReading:
        """A promise: these places are marked and no others."""
        picked = self._options(chosen)
        state: Literal["clear", "blank"] = "clear" if picked else "blank"
        return AnswerReading(self.question, self.row, picked, state, None, min(MAX_CONFIDENCE, confidence))

    def doubtful(self, guess: Collection[int], reason: str, confidence: float) -> AnswerReading:
        """A question to a person, with the best guess."""
        least = min(_DOUBT_CONFIDENCE, confidence)
        return AnswerReading(self.question, self.row, self._options(guess), "doubtful", reason, least)

    def _options(self, places: Collection[int]) -> tuple[str, ...]:
        return tuple(self.options[place] for place in sorted(places))


def answer_row(asked: MarkedRow, kind: str) -> AnswerReading:
    """A question with boxes; `kind` is the layout's: many for several choices."""
    return answer_many(asked) if kind == "many" else answer_one(asked)


def answer_one(asked: MarkedRow) -> AnswerReading:
    """A one-choice question: clear with one sure mark and nothing else to think about; two marks never are."""
    quick = _settle_quickly(asked)
    if quick is not None:
        return quick
    asked = replace(asked, marks=_beside_a_mark(asked.marks))
    marks, chances = asked.marks, _weigh(asked.marks)
    chance = max(chances)
    kind, chosen = _meanings(len(marks))[chances.index(chance)]
    fits = is_blank(marks) if kind == "blank" else all(marks[each].settles for each in chosen)
    if kind in ("one", "blank") and chance >= LEAST and fits and not any(mark.doubt for mark in marks):
        return asked.settled(chosen, chance)
    likely = [place for place, mark in enumerate(marks) if mark.likely and not mark.weak]
    if len(likely) > 1:
        return asked.doubtful(_survivors(marks, likely), "two_marks", chance)
    weighed = zip(_meanings(len(marks)), chances, strict=True)
    alone = {meaning: each for meaning, each in weighed if meaning[0] in ("one", "blank")}
    guess = likely or max(alone, key=lambda meaning: alone[meaning])[1]
    return asked.doubtful(guess, _reason(asked, guess), alone["one" if guess else "blank", tuple(guess)])


def _beside_a_mark(marks: tuple[BoxMark, ...]) -> tuple[BoxMark, ...]:
    """The boxes of a one-choice question, weak ones told: far paler than a mark that settles it and is no filled box.

    One hand marks one question alike: a stain, a crease or tape that a box stands in is mostly paler than that.
    """
    pen = max((mark.darkness for mark in marks if mark.settles and mark.open), default=0.0)
    return tuple(
        replace(mark, weak=True) if 0 < mark.darkness < PALER_SHARE * pen and not mark.weak else mark for mark in marks
    )


def _settle_quickly(asked: MarkedRow) -> AnswerReading | None:
    """A row of which one box alone settles, as most are; the weights of pairs are summed up and not listed."""
    marks = asked.marks
    if any(mark.doubt for mark in marks):
        return None
    settled = [place for place, mark in enumerate(marks) if mark.settles]
    if len(settled) != 1:
        return None
    count, place, most, whole = len(marks), settled[0], 0.0, 0.0
    single, both = (1 - _BLANK - _TWO_MARKS - _ODD) / count, _TWO_MARKS / max(1, len(_pairs(count)))
    for share, nothing in _shares(marks):  # what _weigh_beside lists
        meant = [mark.chances[1] / least for mark, least in zip(marks, nothing, strict=True)]
        every, odd, squares = sum(meant), 0.0, 0.0
        for mark, each, least in zip(marks, meant, nothing, strict=True):
            beside = _BESIDE_A_MARK if mark.bare else 0.5
            odd += mark.chances[3] / least * (1 - beside + beside * (every - each) / max(1, count - 1))
            squares += each * each
        whole += share * (_BLANK + single * every + _ODD / count * odd + both * (every * every - squares) / 2)
        most += share * single * meant[place]
    return asked.settled(settled, most / whole) if most >= LEAST * whole else None


def _says_nothing(mark: BoxMark) -> bool:
    """No ink in or beside a box, or ink too weak for the page's pen: what the model may not overrule."""
    return mark.weak or (mark.bare and mark.reason is None)


def is_blank(marks: Sequence[BoxMark]) -> bool:
    """Nothing in any box, no shade either, and nothing around one, where a mark that missed all of them would stand."""
    return all(_says_nothing(mark) and (mark.weak or not mark.touched) and not mark.shaded for mark in marks)


def _weigh(marks: Sequence[BoxMark]) -> list[float]:
    """How likely is all that the question could say, in the order of _meanings.

    Where nothing is meant a box holds a trace seldom and by itself, or one thing crosses the whole row: a crease, a
    streak, the rim of a stain.
    """
    (_, usual), (share, crossed) = _shares(marks)
    both = zip(_weigh_beside(marks, usual), _weigh_beside(marks, crossed), strict=True)
    weights = [alone + share * together for alone, together in both]
    whole = sum(weights)
    return [weight / whole for weight in weights]


def _shares(marks: Sequence[BoxMark]) -> tuple[tuple[float, list[float]], tuple[float, list[float]]]:
    """How likely the sight of each box is where nothing is meant, usually and in a row that is crossed, with how much
    more likely that makes the row.
    """
    usual, crossed = [_nothing(mark) for mark in marks], [_nothing(mark, _CROSSED_TRACE) for mark in marks]
    return (1.0, usual), (_CROSSED / (1 - _CROSSED) * math.prod(map(truediv, crossed, usual)), crossed)


def _weigh_beside(marks: Sequence[BoxMark], nothing: Sequence[float]) -> list[float]:
    """The weight of every meaning; `nothing`: how likely the sight of each box is where nothing is meant there."""
    count = len(marks)
    meant = [mark.chances[1] / least for mark, least in zip(marks, nothing, strict=True)]
    odd = [mark.chances[3] / least for mark, least in zip(marks, nothing, strict=True)]
    pairs = _pairs(count)
    every = sum(meant)
    single = (1 - _BLANK - _TWO_MARKS - _ODD) / count
    weights = [_BLANK]
    for place in range(count):
        others = every - meant[place]
        beside = _BESIDE_A_MARK if marks[place].bare else 0.5
        weights.append(single * meant[place])
        weights.append(_ODD / count * odd[place] * (1 - beside + beside * others / max(1, count - 1)))
    both = _TWO_MARKS / max(1, len(pairs))
    return weights + [both * meant[first] * meant[second] for first, second in pairs]


@cache
def _pairs(count: int) -> tuple[tuple[int, int], ...]:
    return tuple(combinations(range(count), 2))


@cache
def _meanings(count: int) -> tuple[Meaning, ...]:
    """All that a question of so many boxes could say: ("blank", ()), ("one", (place,)), ("odd", ...), ("two", ...)."""
    alone: list[Meaning] = [(kind, (place,)) for place in range(count) for kind in ("one", "odd")]
    return (("blank", ()), *alone, *(("two", pair) for pair in _pairs(count)))


def _nothing(mark: BoxMark, trace: float | None = None) -> float:
    """How likely the sight of a box is where nothing is meant: empty, or, `trace` of them, a trace."""
    if trace is None:
        trace = _WEAK_TRACE if mark.weak else _TRACE
    return (1 - trace) * mark.chances[0] + trace * mark.chances[2]


def _reason(asked: MarkedRow, guess: Collection[int]) -> str:
    """What made the guess doubtful: the box that fits it worst, or that the page loses weak ink."""
    fits = (mark.likely if place in guess else _says_nothing(mark) for place, mark in enumerate(asked.marks))
    if asked.loss and all(fits):
        return asked.loss
    if not guess and all(map(_says_nothing, asked.marks)) and not is_blank(asked.marks):
        return "faint" if any(mark.shaded for mark in asked.marks) else "beside"
    worst = min(range(len(asked.marks)), key=lambda place: _fit(asked.marks[place], place in guess))
    found = [asked.marks[place].reason for place in (worst, *guess, *range(len(asked.marks)))]
    return next(filter(None, found), None) or asked.loss or "faint"


def _fit(mark: BoxMark, chosen: bool) -> float:
    if mark.doubt:
        return 0.0
    return mark.chances[1] if chosen else mark.chances[0]


def answer_many(asked: MarkedRow) -> AnswerReading:
    """A question with several choices: every sure mark counts; any box that is not sure makes it doubtful."""
    chosen, chance, sure = [], 1.0, True
    for place, mark in enumerate(asked.marks):
        marked, empty = _MANY_MARKED * mark.chances[1], (1 - _MANY_MARKED) * _nothing(mark)
        whole = marked + empty + _ODD / len(asked.marks) * mark.chances[3]
        alone = max(marked, empty) / whole
        chance *= alone
        sure = sure and alone >= LEAST and not mark.doubt and (mark.settles if marked > empty else _says_nothing(mark))
        if marked > empty:
            chosen.append(place)
    if sure and chance >= LEAST and (chosen or (asked.loss is None and is_blank(asked.marks))):
        return asked.settled(chosen, chance)
    return asked.doubtful(chosen, _reason(asked, chosen), chance)


def answer_number(question: str, digits: Sequence[BoxMark], loss: PageLoss | None = None) -> AnswerReading:
    """Digit boxes: a person types what is written; blank only where no box holds any ink and none could be lost.

    Digit boxes stand side by side, so that what is around one is the outline of the next and says nothing.
    """
    if not all(mark.bare and not mark.doubt for mark in digits):
        return AnswerReading(question, None, (), "doubtful", "handwriting", 0.0)
    if loss is not None:
        return AnswerReading(question, None, (), "doubtful", loss, _DOUBT_CONFIDENCE)
    return AnswerReading(question, None, (), "blank", None, MAX_CONFIDENCE)


def answer_text(question: str, has_ink: bool) -> AnswerReading:
    """Free text is kept as a picture: clear says that something is written there, never what."""
    if not has_ink:
        return AnswerReading(question, None, (), "blank", None, MAX_CONFIDENCE)
    return AnswerReading(question, None, (), "clear", "handwriting", MAX_CONFIDENCE)


def hold_against_words(answer: AnswerReading, option: str | None) -> AnswerReading:
    """An answer beside whose option words are written (None: no words): settled only where that option is chosen."""
    if option is None or option in answer.chosen or answer.state == "doubtful":
        return answer
    confidence = min(_DOUBT_CONFIDENCE, answer.confidence)
    return replace(answer, state="doubtful", reason="words_beside", confidence=confidence)


def find_unsure(
    rows: Sequence[MarkedRow], answers: Sequence[AnswerReading], kinds: Mapping[str, str]
) -> set[tuple[str, str | None]]:
    """Questions whose doubt a closer look may resolve; `kinds`: the layout's, by question."""
    doubtful = [row for row, answer in zip(rows, answers, strict=True) if answer.state == "doubtful"]
    return {(row.question, row.row) for row in doubtful if _may_settle(row.marks, kinds[row.question])}


def _may_settle(marks: tuple[BoxMark, ...], kind: str) -> bool:
    """Whether all boxes were found and, unless several may be chosen, no two look marked most of all."""
    if any(mark.doubt for mark in marks):
        return False
    most = sum(mark.chances[1] >= max(mark.chances) and not mark.weak for mark in _beside_a_mark(marks))
    return most < 2 or kind == "many"


def hold_against_sight(answer: AnswerReading, closer: AnswerReading, seen: MarkedRow) -> AnswerReading:
    """A doubtful answer as a closer look settles it, on a mark: a blank that was in doubt stays so.

    So does a mark that may be taken back, one that a trace fits better, as it does what the removal of a streak leaves,
    and one around a bare box that all else together fits better: the rim of a stain. What was settled is settled.
    """
    marks = [mark for option, mark in zip(seen.options, seen.marks, strict=True) if option in closer.chosen]
    odd = any(mark.chances[3] > _CLOSER_ODD * mark.chances[1] for mark in marks)
    left = any(mark.chances[2] > mark.chances[1] for mark in marks)
    rim = any(mark.bare and mark.chances[1] < sum(mark.chances) / 2 for mark in marks)
    settles = closer.state == "clear" and not (odd or left or rim)
    return closer if answer.state == "doubtful" and settles else answer


def hold_against_ink(answer: AnswerReading) -> AnswerReading:
    """A blank beside which a pen has been, in no box but in the question's own area: no promise."""
    return replace(answer, state="doubtful", reason="elsewhere", confidence=min(_DOUBT_CONFIDENCE, answer.confidence))


def hold_against_lead(answer: AnswerReading) -> AnswerReading:
    """An answer from whose mark a line leads to another box of the question: the mark may have been moved there."""
    return replace(answer, state="doubtful", reason="leads_on", confidence=min(_DOUBT_CONFIDENCE, answer.confidence))


def _survivors(marks: Sequence[BoxMark], marked: Sequence[int]) -> Sequence[int]:
    """The sheet's rule for a mistake: fill the wrong box, mark the right one. Else all of them."""
    still_open = [place for place in marked if marks[place].open]
    filled = [place for place in marked if marks[place].filled]
    return still_open if len(still_open) == 1 and len(filled) == len(marked) - 1 else marked
