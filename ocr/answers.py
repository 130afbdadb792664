"""What the boxes of one question say together: clear, blank or doubtful, a reason, a best guess. Knows no pixel.

All that a question could say is weighed (ocr.weighing). Where the likeliest leaves more than a little doubt, or what
was measured speaks against it, a person decides.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ocr.marks import FLOOR, BoxMark
from ocr.reading import AnswerReading
from ocr.weighing import USUAL, WARY, list_meanings, weigh_each, weigh_mark, weigh_meanings

HeldReason = Literal[
    "elsewhere",  # a pen has been beside a blank, in no box but in the question's own area
    "faint",  # the page's marks hardly show
    "leads_on",  # a line goes from the mark to another box: it may have been moved there
    "slid",  # a part of the page is not where it was printed: the mark may be another row's
    "struck_page",  # a pen has struck out the page
    "struck_words",  # or the question
    "taken_back",  # the mark is filled, beside ink, where a page's others are open: it may be the wrong one
    "words_beside",  # words are written beside an option that is not chosen
]

LEAST = 0.98  # the probability below which an answer, or a box of several choices, is a person's
MAX_CONFIDENCE = 0.9999  # no tuning run was long enough to promise more
_DOUBT_CONFIDENCE = 0.5  # a doubtful answer never claims more
# How probable marks are even by the wary priors that the first look settles, that the closer one does, and of soft ink
_WARY_LEAST, _WARY_CLOSER, _WARY_SOFT = 0.9, 0.85, 0.98
_SURE = 0.9995  # from here on a mark of the first look is not weighed by them, which takes its time
_LINE_LEAST, _WARY_LINE = 0.95, 0.75  # by the usual priors and by the wary ones, where it is one lone line
_CLOSER_TWO = 0.04  # the chance of two marks, by the usual priors, up to which a closer look ends a doubt
_CLOSER_ODD = 0.5  # of a mark's chance, what something odd may have where a closer look ends a doubt
_SOFT_MARKS = 0.01  # of marks those that are soft: none of 3,457 in twelve rows; four in ten of the shades of wrinkles
_SOFT_PALER_SHARE = 0.85  # of the darkness of a question's own mark: a shade is softer and paler than that as well
_PALER_SHARE = 0.5  # of the darkness of a question's own mark: 1.2 % of the second marks of a question are as pale

PageLoss = Literal["black_and_white", "faint"]


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
    marks, chances = asked.marks, weigh_meanings(asked.marks)
    chance = max(chances)
    kind, chosen = list_meanings(len(marks))[chances.index(chance)]
    fits = is_blank(marks) if kind == "blank" else all(marks[each].settles for each in chosen)
    sure = chance >= LEAST and fits and not any(mark.doubt for mark in marks)
    if sure and (kind == "blank" or (kind == "one" and (chance >= _SURE or _holds_warily(marks, chosen[0])))):
        return asked.settled(chosen, chance)
    likely = [place for place, mark in enumerate(marks) if mark.likely and not mark.weak]
    if len(likely) > 1:
        return asked.doubtful(_survivors(marks, likely), "two_marks", chance)
    weighed = zip(list_meanings(len(marks)), chances, strict=True)
    alone = {meaning: each for meaning, each in weighed if meaning[0] in ("one", "blank")}
    guess = likely or max(alone, key=lambda meaning: alone[meaning])[1]
    return asked.doubtful(guess, _reason(asked, guess), alone["one" if guess else "blank", tuple(guess)])


def _holds_warily(marks: Sequence[BoxMark], place: int) -> bool:
    """Whether a mark is probable on a hurt stack too, of which much is left out; else a closer look is taken.

    `marks`: as _beside_a_mark tells them.
    """
    return weigh_meanings(marks, WARY)[list_meanings(len(marks)).index(("one", (place,)))] >= _WARY_LEAST


def _beside_a_mark(marks: tuple[BoxMark, ...]) -> tuple[BoxMark, ...]:
    """The boxes of a one-choice question, weak ones told: far paler than a mark that settles it and is no filled box.

    One hand marks one question alike: a stain, a crease or tape that a box stands in is mostly paler than that, unless
    it would settle the question by itself. Soft ink no pen drew, so that nothing was marked or taken back by it; as
    dark as the mark it is no shade of the paper.
    """
    pen = _find_pen(marks)
    return tuple(_told_weak(mark, pen) if pen else mark for mark in marks)


def _find_pen(marks: Sequence[BoxMark]) -> float:
    """How dark the darkest mark is that settles its question and is no filled box; 0 where none does."""
    return max((mark.darkness for mark in marks if mark.settles and mark.open), default=0.0)


def _told_weak(mark: BoxMark, pen: float) -> BoxMark:
    empty, marked, trace, odd = mark.chances
    if mark.soft and mark.darkness < _SOFT_PALER_SHARE * pen:
        return replace(mark, weak=True, chances=(empty, _SOFT_MARKS * marked, trace + odd, FLOOR))
    dirt = 0 < mark.darkness < _PALER_SHARE * pen and not mark.settles
    return replace(mark, weak=True) if dirt and not mark.weak else mark


def _settle_quickly(asked: MarkedRow) -> AnswerReading | None:
    """A row of which one box alone settles, as most are."""
    marks = asked.marks
    if any(mark.doubt for mark in marks):
        return None
    settled = [place for place, mark in enumerate(marks) if mark.settles]
    if len(settled) != 1:
        return None
    place = settled[0]
    chance = weigh_mark(marks, place)
    if chance < LEAST or (chance < _SURE and not _holds_warily(_beside_a_mark(marks), place)):
        return None
    return asked.settled(settled, chance)


def _are_corrected(marks: Sequence[BoxMark], chosen: Collection[int]) -> bool:
    """Whether of several that are chosen some are filled and others surely not: so the sheet says to correct."""
    filled = any(marks[place].filled and not marks[place].holed for place in chosen)
    return filled and any(marks[place].open for place in chosen)


def _says_nothing(mark: BoxMark) -> bool:
    """No ink in or beside a box, or ink too weak for the page's pen: what the model may not overrule."""
    return mark.weak or (mark.bare and mark.reason is None)


def is_blank(marks: Sequence[BoxMark]) -> bool:
    """Nothing in any box, no shade either, and nothing around one, where a mark that missed all of them would stand."""
    return all(_says_nothing(mark) and (mark.weak or not mark.touched) and not mark.shaded for mark in marks)


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
    chances = weigh_each(asked.marks, USUAL)
    chosen, chance = (
        [place for place, (marked, empty) in enumerate(chances) if marked > empty],
        math.prod(map(max, chances)),
    )
    sure = all(
        max(each) >= LEAST and not mark.doubt and (mark.settles if each[0] > each[1] else _says_nothing(mark))
        for mark, each in zip(asked.marks, chances, strict=True)
    )
    if _are_corrected(asked.marks, chosen):
        return asked.doubtful([place for place in chosen if not asked.marks[place].filled], "taken_back", chance)
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
    return hold(answer, "words_beside")


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
    told, pen = _beside_a_mark(marks), _find_pen(marks)  # what is far paler may be dirt, which a closer look tells
    likeliest = [mark for mark in told if mark.chances[1] >= max(mark.chances) and not mark.weak]
    return sum(mark.darkness >= _PALER_SHARE * pen for mark in likeliest) < 2 or kind == "many"


def settle_by_sight(answer: AnswerReading, seen: MarkedRow, kind: str) -> AnswerReading:
    """A doubtful answer as a closer look at its boxes settles it, on a mark: a blank that was in doubt stays so.

    What a first look may not overrule, that ink is pale or fits a trace better, is weighed here by both: the answer
    must be probable by the wary priors too, and more so where ink is soft. That ink is a dot's holds on, and so does it
    that a mark may be taken back.
    """
    if answer.state != "doubtful" or not _may_settle(seen.marks, kind):
        return answer
    chosen, wary, usual = (_choose_many if kind == "many" else _choose_one)(seen)
    fits = (
        chosen and all(_may_promise(seen.marks[place]) for place in chosen) and not _are_corrected(seen.marks, chosen)
    )
    soft = any(seen.marks[place].soft for place in chosen)
    line = wary >= _WARY_LINE and usual >= _LINE_LEAST and _are_lines_alone(seen.marks, chosen)
    probable = wary >= (_WARY_SOFT if soft else _WARY_CLOSER) or (line and not soft)
    return seen.settled(chosen, usual) if fits and probable else answer


def _are_lines_alone(marks: Sequence[BoxMark], chosen: Collection[int]) -> bool:
    """Whether those chosen are one line of the pen each, and nothing stands in or beside any other box."""
    return all(mark.line if place in chosen else _says_nothing(mark) for place, mark in enumerate(marks))


def _choose_one(seen: MarkedRow) -> tuple[tuple[int, ...], float, float]:
    """The likeliest mark, none where something else is likelier, and its chance by either priors.

    None where it may be one of two: the wary priors, to which traces are common, take a small second mark for one.
    """
    marks = _beside_a_mark(seen.marks)
    wary, usual, meanings = weigh_meanings(marks, WARY), weigh_meanings(marks), list_meanings(len(marks))
    likeliest = wary.index(max(wary))
    kind, chosen = meanings[likeliest]
    both = sum(chance for (meant, _), chance in zip(meanings, usual, strict=True) if meant == "two")
    return (chosen if kind == "one" and both <= _CLOSER_TWO else ()), wary[likeliest], usual[likeliest]


def _choose_many(seen: MarkedRow) -> tuple[tuple[int, ...], float, float]:
    """The boxes that are likelier meant than not, none where the page loses ink: a weak one may have left nothing."""
    wary, usual = weigh_each(seen.marks, WARY), weigh_each(seen.marks, USUAL)
    chosen = tuple(place for place, (marked, empty) in enumerate(wary) if marked > empty)
    return (() if seen.loss else chosen), min(map(max, wary)), math.prod(map(max, usual))


def _may_promise(mark: BoxMark) -> bool:
    """Whether two looks may promise a box: inked, by more than a dot, and odd at most half as well.

    Around a bare box, where the rim of a stain stands, a mark fits better than all else together. One lone line in a
    box may fit something odd as it likes, one all around a bare box anything: it takes a mark back, and there is none.
    """
    _, marked, _, odd = mark.chances
    rim, dot = mark.bare and marked < sum(mark.chances) / 2, mark.reason == "speck" and not mark.long
    return mark.inked and not (dot or mark.holed) and (mark.line or (not rim and odd <= _CLOSER_ODD * marked))


def hold(answer: AnswerReading, reason: HeldReason) -> AnswerReading:
    """An answer that is no promise any more for what was seen of its page beside its boxes."""
    return replace(answer, state="doubtful", reason=reason, confidence=min(_DOUBT_CONFIDENCE, answer.confidence))


def hold_against_loss(answer: AnswerReading, kind: str) -> AnswerReading:
    """An answer on a page whose marks hardly show: a blank, or several choices, may have lost one."""
    lost = answer.state == "blank" or (answer.state == "clear" and kind == "many")
    return hold(answer, "faint") if lost else answer


def _survivors(marks: Sequence[BoxMark], marked: Sequence[int]) -> Sequence[int]:
    """The sheet's rule for a mistake: fill the wrong box, mark the right one. Else all of them."""
    still_open = [place for place in marked if marks[place].open]
    filled = [place for place in marked if marks[place].filled]
    return still_open if len(still_open) == 1 and len(filled) == len(marked) - 1 else marked
