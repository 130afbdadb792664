"""What the boxes of one question say together: clear, blank or doubtful, a reason, a best guess. Knows no pixel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from ocr.marks import ARC_SECTORS, BESIDE_MM2, BESIDE_SECTORS, BoxMark
from ocr.reading import AnswerReading

MAX_CONFIDENCE = 0.9999  # no tuning run was long enough to promise more
_DOUBT_CONFIDENCE = 0.5  # a doubtful answer never claims more
# A weak mark counts where the page's own pen is as weak, and not where the pen is far stronger: three strokes at least
# tell the pen, by the fourth fifth of their darkness. What a rubber leaves, or thin paper lets through, has a fifth of
# the pen's at most, and beside a sure mark says nothing.
_PEN_STROKES, _PEN_PERCENTILE, _PEN_LEAST = 3, 80, 0.08
_SURE_SHARE, _REMAINS_SHARE = 0.5, 0.25


@dataclass(frozen=True)
class MarkedRow:
    """One question and row: its options in printed order and what stands in the box of each."""

    question: str
    row: str | None
    options: tuple[str, ...]
    marks: tuple[BoxMark, ...]

    def settled(self, chosen: Collection[int]) -> AnswerReading:
        """A promise: these places are marked and no others."""
        picked = self._options(chosen)
        confidence = min(MAX_CONFIDENCE, self._agreement(chosen))
        return AnswerReading(self.question, self.row, picked, "clear" if picked else "blank", None, confidence)

    def doubtful(self, guess: Collection[int], reason: str | None) -> AnswerReading:
        """A question to a person, with the best guess."""
        confidence = min(_DOUBT_CONFIDENCE, self._agreement(guess))
        return AnswerReading(self.question, self.row, self._options(guess), "doubtful", reason, confidence)

    def _options(self, places: Collection[int]) -> tuple[str, ...]:
        return tuple(self.options[place] for place in sorted(places))

    def _agreement(self, chosen: Collection[int]) -> float:
        """How likely all boxes are as an answer takes them, each on its own."""
        return prod(
            mark.probability if place in chosen else 1 - mark.probability for place, mark in enumerate(self.marks)
        )


def pen_darkness(marks: Sequence[BoxMark]) -> float | None:
    """How dark, 0..1, the pen of a page draws; None where too few strokes tell."""
    strokes = [mark.darkness for mark in marks if mark.is_stroke]
    return float(np.percentile(strokes, _PEN_PERCENTILE)) if len(strokes) >= _PEN_STROKES else None


def answer_one(asked: MarkedRow, pen: float | None = None) -> AnswerReading:
    """A one-choice question: one sure mark and nothing else to think about is clear, two marks never are.

    `pen`: pen_darkness of the page.
    """
    marks = [_by_pen(mark, pen) for mark in asked.marks]
    marked = [place for place, mark in enumerate(marks) if mark.state == "marked"]
    unsure = [place for place, mark in enumerate(marks) if mark.state == "unsure"]
    circle = unsure if not marked and len(unsure) == 1 and marks[unsure[0]].circled else []
    if circle or (len(marked) == 1 and all(_is_nothing(marks[place], marks[marked[0]]) for place in unsure)):
        chosen = marked or circle
        circled = _find_circled(marks, marked[0]) if marked else None
        if circled is not None:
            return asked.doubtful([circled], "circled")
        others = [mark for place, mark in enumerate(marks) if place not in chosen]
        arc = any(mark.sectors >= ARC_SECTORS and not _is_remains(mark, marks[chosen[0]]) for mark in others)
        return asked.doubtful(chosen, "beside") if arc else asked.settled(chosen)
    if len(marked) > 1:
        return asked.doubtful(_survivors(marks, marked), "two_marks")
    if marked and unsure:
        circled = any(marks[place].circled for place in unsure)
        return asked.doubtful(marked, "two_marks" if circled else marks[unsure[0]].reason)
    if unsure:
        best = max(unsure, key=lambda place: marks[place].probability)
        return asked.doubtful([best] if marks[best].probability > 0.5 else [], marks[best].reason)
    best = max(range(len(marks)), key=lambda place: (marks[place].sectors, marks[place].beside_mm2))
    beside = any(mark.sectors >= BESIDE_SECTORS or mark.beside_mm2 >= BESIDE_MM2 for mark in marks)
    return asked.doubtful([best], "beside") if beside else asked.settled([])


def _by_pen(mark: BoxMark, pen: float | None) -> BoxMark:
    if pen is None or not mark.is_stroke:
        return mark
    if mark.reason == "faint" and mark.darkness >= max(_PEN_LEAST, _SURE_SHARE * pen):
        return replace(mark, state="marked", reason=None)
    if mark.state == "marked" and mark.darkness < _REMAINS_SHARE * pen:
        return replace(mark, state="unsure", reason="faint")
    return mark


def _is_nothing(mark: BoxMark, sure: BoxMark) -> bool:
    """Whether an unsure mark says nothing beside a sure one: a speck, or what is left of a stroke or half a circle.

    A whole circle is a way of marking, at any darkness.
    """
    return mark.reason == "speck" or (
        mark.reason in ("faint", "circled") and not mark.circled and _is_remains(mark, sure)
    )


def _is_remains(mark: BoxMark, sure: BoxMark) -> bool:
    return mark.darkness <= _REMAINS_SHARE * sure.darkness


def answer_many(asked: MarkedRow, pen: float | None = None) -> AnswerReading:
    """A question with several choices: every sure mark counts; any box that is not sure makes it doubtful.

    `pen`: pen_darkness of the page. A weak stroke stays a doubt even by a weak pen: no other box of the question speaks
    for or against it.
    """
    marks = [_by_pen(mark, pen) if mark.state == "marked" else mark for mark in asked.marks]
    chosen = [place for place, mark in enumerate(marks) if mark.state == "marked" or mark.circled]
    unsure = [mark for mark in marks if mark.state == "unsure" and not mark.circled]
    if unsure:
        likely = [place for place, mark in enumerate(marks) if mark.probability > 0.5]
        return asked.doubtful(likely, unsure[0].reason)
    beside = any(
        mark.state == "empty" and (mark.beside_mm2 >= BESIDE_MM2 or mark.sectors >= BESIDE_SECTORS) for mark in marks
    )
    return asked.doubtful(chosen, "beside") if beside else asked.settled(chosen)


def answer_number(question: str, digits: Sequence[BoxMark]) -> AnswerReading:
    """Digit boxes: a person types what is written; blank only where no box holds any ink.

    Digit boxes stand side by side, so that what is around one is the outline of the next and says nothing.
    """
    if all(mark.state == "empty" or mark.reason == "circled" for mark in digits):
        inside = tuple(mark for mark in digits if mark.state == "empty")
        return MarkedRow(question, None, ("",) * len(inside), inside).settled([])
    return AnswerReading(question, None, (), "doubtful", "handwriting", 0.0)


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


def distrust_black_and_white(answers: Sequence[AnswerReading]) -> list[AnswerReading]:
    """The answers of a page in pure black and white, where a weak stroke leaves nothing at all.

    A blank is no promise there, however strong the other marks. Where most answers are blank or half lost, nor is a
    mark: it may be the corrected one, and the weak one beside it the answer.
    """
    shown = sum(answer.state == "clear" or answer.reason == "two_marks" for answer in answers)
    distrusted = ("blank",) if 2 * shown > len(answers) else ("blank", "clear")
    return [
        replace(answer, state="doubtful", reason="black_and_white", confidence=_DOUBT_CONFIDENCE)
        if answer.state in distrusted
        else answer
        for answer in answers
    ]


def distrust_blank(answer: AnswerReading) -> AnswerReading:
    """The answer on a photo so grainy that a faint stroke drowns: a blank is no promise there."""
    if answer.state != "blank":
        return answer
    return replace(answer, state="doubtful", reason="faint", confidence=_DOUBT_CONFIDENCE)


def _find_circled(marks: Sequence[BoxMark], marked: int) -> int | None:
    """The neighbour of a narrow mark that is likelier meant: a circle around one box cuts into the box beside it."""
    beside = [place for place in (marked - 1, marked + 1) if 0 <= place < len(marks) and marks[place].sectors]
    return max(beside, key=lambda place: marks[place].sectors) if marks[marked].narrow and beside else None


def _survivors(marks: Sequence[BoxMark], marked: Sequence[int]) -> Sequence[int]:
    """The sheet's rule for a mistake: fill the wrong box, mark the right one. Else all of them."""
    still_open = [place for place in marked if marks[place].open]
    filled = [place for place in marked if marks[place].filled]
    return still_open if len(still_open) == 1 and len(filled) == len(marked) - 1 else marked
