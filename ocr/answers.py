"""What the boxes of one question say together: clear, blank or doubtful, a reason, a best guess. Knows no pixel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import prod

from ocr.marks import BESIDE_MM2, BESIDE_SECTORS, BoxMark
from ocr.reading import AnswerReading

MAX_CONFIDENCE = 0.9999  # no tuning run was long enough to promise more
_HALF_LOST = ("faint", "small", "speck")
_DOUBT_CONFIDENCE = 0.5  # a doubtful answer never claims more


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


def answer_one(asked: MarkedRow) -> AnswerReading:
    """A one-choice question: one sure mark and nothing else to think about is clear, two marks never are."""
    marks = asked.marks
    marked = [place for place, mark in enumerate(marks) if mark.state == "marked"]
    unsure = [place for place, mark in enumerate(marks) if mark.state == "unsure"]
    if len(marked) == 1 and all(marks[place].reason == "speck" for place in unsure):
        return asked.settled(marked)
    if len(marked) > 1:
        return asked.doubtful(_survivors(marks, marked), "two_marks")
    if marked and unsure:
        circled = any(marks[place].circled for place in unsure)
        return asked.doubtful(marked, "two_marks" if circled else marks[unsure[0]].reason)
    if len(unsure) == 1 and marks[unsure[0]].circled:
        return asked.settled(unsure)
    if unsure:
        best = max(unsure, key=lambda place: marks[place].probability)
        return asked.doubtful([best] if marks[best].probability > 0.5 else [], marks[best].reason)
    best = max(range(len(marks)), key=lambda place: (marks[place].sectors, marks[place].beside_mm2))
    beside = any(mark.sectors >= BESIDE_SECTORS or mark.beside_mm2 >= BESIDE_MM2 for mark in marks)
    return asked.doubtful([best], "beside") if beside else asked.settled([])


def answer_many(asked: MarkedRow) -> AnswerReading:
    """A question with several choices: every sure mark counts; any box that is not sure makes it doubtful."""
    chosen = [place for place, mark in enumerate(asked.marks) if mark.state == "marked" or mark.circled]
    unsure = [mark for mark in asked.marks if mark.state == "unsure" and not mark.circled]
    if unsure:
        likely = [place for place, mark in enumerate(asked.marks) if mark.probability > 0.5]
        return asked.doubtful(likely, unsure[0].reason)
    beside = any(mark.state == "empty" and mark.beside_mm2 >= BESIDE_MM2 for mark in asked.marks)
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


def distrust_blanks(answers: Sequence[AnswerReading]) -> list[AnswerReading]:
    """The answers of a page in pure black and white, where a weak pen leaves nothing at all.

    A blank stays a promise only where the page shows that its pen comes through: sure marks, and none half lost.
    """
    pen_shows = any(answer.state == "clear" and answer.chosen for answer in answers)
    half_lost = any(answer.reason in _HALF_LOST for answer in answers)
    if pen_shows and not half_lost:
        return list(answers)
    return [
        replace(answer, state="doubtful", reason="black_and_white", confidence=_DOUBT_CONFIDENCE)
        if answer.state == "blank"
        else answer
        for answer in answers
    ]


def _survivors(marks: Sequence[BoxMark], marked: Sequence[int]) -> Sequence[int]:
    """The sheet's rule for a mistake: fill the wrong box, mark the right one. Else all of them."""
    still_open = [place for place in marked if marks[place].open]
    filled = [place for place in marked if marks[place].filled]
    return still_open if len(still_open) == 1 and len(filled) == len(marked) - 1 else marked
