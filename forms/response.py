"""A response: what one sheet answers, whether it came by phone, by paper or by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from forms.questionnaire import Question, Questionnaire

MAX_TEXT = 2000  # letters of a free text, composed (NFC)

Channel = Literal["paper", "phone", "typed", "import"]
# settled: a person decided; skipped: answered although the skip rule led past it, set aside.
State = Literal["clear", "blank", "doubtful", "settled", "skipped"]


@dataclass(frozen=True)
class Answer:
    """The answer to one question (and row on a matrix sheet); `chosen` holds option codes, `value` a number or text."""

    question: str
    row: str | None = None
    chosen: tuple[str, ...] = ()
    state: State = "clear"
    value: str | None = None


@dataclass(frozen=True)
class Response:
    """All answers of one sheet, one a question and row, blanks too; `seconds`: how long a phone had the form open.

    `as_above`: which of a matrix sheet's answers (question, row) were given as "the same as the agency above".
    `sources`: of a table that left answers undecided, FILE:ROW of each of them.
    """

    serial: str
    channel: Channel
    answers: tuple[Answer, ...]
    seconds: int | None = None
    as_above: frozenset[tuple[str, str]] = frozenset()
    sources: Mapping[tuple[str, str | None], str] = field(default_factory=dict)


def skipped_questions(questionnaire: Questionnaire, chosen: Mapping[str, Sequence[str]]) -> set[str]:
    """The questions that the skip rules lead past, given what was chosen (question -> option codes)."""
    order = [question.code for question in questionnaire.questions()]
    past: set[str] = set()
    for question in questionnaire.questions():
        rule = question.skip
        if rule is None or rule.question in past or not set(chosen.get(rule.question, ())) & set(rule.options):
            continue
        past.update(order[order.index(question.code) + 1 : order.index(rule.to)])
    return past


def set_skipped_aside(questionnaire: Questionnaire, answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The same answers, those that the skip rules lead past in state `skipped`, blanks too: nobody owed them.

    A doubtful answer skips nothing.
    """
    answers = tuple(answers)
    chosen = {answer.question: answer.chosen for answer in answers if answer.state in ("clear", "settled")}
    past = skipped_questions(questionnaire, chosen)
    return tuple(replace(answer, state="skipped") if answer.question in past else answer for answer in answers)


def is_answered(answer: Answer) -> bool:
    """Whether an answer says anything."""
    return bool(answer.chosen) or bool(answer.value)


def is_number(said: str, digits: int) -> bool:
    """Whether this is a whole number of at most so many digits, leading zeros aside."""
    return said.isascii() and said.isdigit() and len(said.lstrip("0")) <= digits


def blank_answer(question: Question, row: str | None = None) -> Answer:
    """No answer to a question."""
    return Answer(question.code, row, (), "blank")


def answers_digest(answers: Iterable[Answer]) -> str:
    """SHA-256 over what was answered, in any order of answers and options: equal digests, the same answers."""
    said = sorted(
        (answer.question, answer.row or "", sorted(answer.chosen), answer.value or "")
        for answer in answers
        if is_answered(answer) and answer.state != "skipped"
    )
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
