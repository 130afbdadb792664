"""Answers that people typed or posted, held against the sheet they are for."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Container, Mapping
from typing import Protocol

from collector.store.codes import Codes, Place
from forms.errors import InputWrong, Problem
from forms.questionnaire import Question, Questionnaire
from forms.response import MAX_TEXT, Answer, Response, blank_answer, is_answered, is_number, set_skipped_aside
from forms.words import text


class Asking(Protocol):
    """What a sheet asks: Codes of a layout, or a questionnaire for which no sheet is known yet."""

    @property
    def questionnaire(self) -> Questionnaire:
        """The questions and what may be answered."""

    @property
    def by_code(self) -> Mapping[str, Question]:
        """Question by code."""

    @property
    def options(self) -> Container[tuple[str, str]]:
        """Question and option, by their codes."""

    @property
    def places(self) -> Container[Place]:
        """Where answers stand."""


def typed_answers(codes: Codes, response: Response) -> tuple[Answer, ...]:
    """One answer for everything the sheet asks, blanks too, skipped ones set aside; InputWrong with every problem."""
    return set_skipped_aside(codes.questionnaire, given_answers(codes, response))


def given_answers(codes: Codes, response: Response) -> tuple[Answer, ...]:
    """The same before any skip rule."""
    problems = [Problem(answer.question, problem) for answer, problem in find_problems(codes, response)]
    if problems:
        raise InputWrong(problems)
    is_import = response.channel == "import"
    given = {(answer.question, answer.row): _clean(codes, answer, is_import) for answer in response.answers}
    return tuple(given.get(place) or blank_answer(codes.by_code[place[0]], place[1]) for place in codes.places)


def find_problems(codes: Asking, response: Response) -> list[tuple[Answer, str]]:
    """Every answer that its sheet cannot take, and what is wrong with it."""
    counts = Counter((answer.question, answer.row) for answer in response.answers)
    return [
        (answer, problem)
        for answer in response.answers
        if (problem := _find_problem(codes, answer, counts[answer.question, answer.row])) is not None
    ]


def _find_problem(codes: Asking, answer: Answer, count: int) -> str | None:
    if (answer.question, answer.row) not in codes.places:
        row = "" if answer.row is None else f" ({answer.row})"
        return text("store.no_question", question=answer.question + row)
    if count > 1:
        return text("store.answered_twice", question=answer.question)
    asked = codes.by_code[answer.question]
    if answer.state == "doubtful" and len(answer.chosen) > 1:  # two marks that nobody has decided about
        wrong = [check_given(codes, asked, (code,), answer.value) for code in answer.chosen]
        return next(filter(None, wrong), None)
    return check_given(codes, asked, answer.chosen, answer.value)


def check_given(codes: Asking, asked: Question, chosen: tuple[str, ...], value: str | None) -> str | None:
    """What is wrong with an answer to a question; None where nothing is."""
    if asked.kind in ("one", "many"):
        unknown = [code for code in chosen if (asked.code, code) not in codes.options]
        if unknown or (value and codes.questionnaire.find_specify(asked) is None):
            return text("store.no_option", question=asked.code, options=", ".join(unknown) or value)
        if asked.kind == "one" and len(set(chosen)) > 1:
            return text("store.one_option", question=asked.code)
        return _find_too_long(asked, value)
    if chosen:
        return text("store.no_option", question=asked.code, options=", ".join(chosen))
    if asked.kind == "number" and value and not is_number(value.strip(), asked.digits):
        return text("store.not_a_number", question=asked.code, digits=asked.digits)
    return _find_too_long(asked, value)


def _find_too_long(asked: Question, value: str | None) -> str | None:
    if value and len(value) > MAX_TEXT:
        return text("store.text_too_long", question=asked.code, limit=MAX_TEXT)
    return None


def clean_value(asked: Question, value: str | None) -> str | None:
    """A number without leading zeros, a text in NFC without what PostgreSQL cannot keep; None for nothing."""
    plain = unicodedata.normalize("NFC", value or "").replace("\x00", "").strip()
    return str(int(plain)) if asked.kind == "number" and plain else plain or None


def _clean(codes: Codes, answer: Answer, is_import: bool) -> Answer:
    """As it is kept: what was doubtful or settled where it comes from stays so, and so does a text nobody typed."""
    asked = codes.by_code[answer.question]
    options = codes.in_order(asked.code, set(answer.chosen))
    state = answer.state if is_import and answer.state in ("doubtful", "settled") else "clear"
    cleaned = Answer(asked.code, answer.row, options, state, clean_value(asked, answer.value))
    is_ink = is_import and asked.kind == "text" and answer.state == "clear"
    return cleaned if is_answered(cleaned) or state != "clear" or is_ink else blank_answer(asked, answer.row)
