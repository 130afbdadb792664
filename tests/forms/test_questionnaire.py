from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from forms.questionnaire import Questionnaire
from forms.response import Answer, answers_digest, set_skipped_aside, skipped_questions

LEVELS = [{"code": "1", "label": "Có", "percent": 100}, {"code": "0", "label": "Không", "percent": 0}]


def asked(**changes: Any) -> Questionnaire:
    questions = [
        {"code": "q1", "text": "Một?", "kind": "one", "scale": "co", "skip": {"if": "q1 in [0]", "to": "q4"}},
        {"code": "q2", "text": "Hai?", "kind": "one", "scale": "co"},
        {"code": "q3", "text": "Ba?", "kind": "many", "options": LEVELS},
        {"code": "q4", "text": "Bốn?", "kind": "text"},
    ]
    content = {
        "code": "thu",
        "title": "Phiếu",
        "scales": {"co": LEVELS},
        "sections": [{"title": "A", "questions": questions}],
    }
    return Questionnaire.model_validate(content | changes)


def test_who_answers_so_skips_what_lies_between() -> None:
    assert skipped_questions(asked(), {"q1": ["0"]}) == {"q2", "q3"}
    assert skipped_questions(asked(), {"q1": ["1"]}) == set()
    assert skipped_questions(asked(), {}) == set()


def test_answers_to_skipped_questions_are_set_aside_and_kept() -> None:
    answers = (Answer("q1", chosen=("0",)), Answer("q2", chosen=("1",)), Answer("q4", value="abc"))
    assert [answer.state for answer in set_skipped_aside(asked(), answers)] == ["clear", "skipped", "clear"]
    assert set_skipped_aside(asked(), answers)[1].chosen == ("1",)


def test_a_doubtful_answer_skips_nothing() -> None:
    answers = (Answer("q1", chosen=("0",), state="doubtful"), Answer("q2", chosen=("1",)))
    assert [answer.state for answer in set_skipped_aside(asked(), answers)] == ["doubtful", "clear"]


def test_the_digest_forgets_order_and_blanks_but_no_answer() -> None:
    first = (Answer("q1", chosen=("1",)), Answer("q3", chosen=("1", "0")), Answer("q2", state="blank"))
    again = (Answer("q3", chosen=("0", "1")), Answer("q1", chosen=("1",)))
    other = (Answer("q3", chosen=("0",)), Answer("q1", chosen=("1",)))
    assert answers_digest(first) == answers_digest(again) != answers_digest(other)


def test_what_is_printed_changes_the_digest_and_what_is_only_scored_does_not() -> None:
    def scored(percent: int, label: str) -> str:
        levels = [{"code": "1", "label": label, "percent": percent}, LEVELS[1]]
        return asked(scales={"co": levels}).printed_digest()

    assert scored(100, "Có") == scored(60, "Có") != scored(100, "Đúng")


def test_a_choice_needs_levels_and_a_text_has_none() -> None:
    for question in (
        {"code": "q1", "text": "?", "kind": "one"},
        {"code": "q1", "text": "?", "kind": "text", "scale": "co"},
    ):
        with pytest.raises(ValidationError):
            asked(sections=[{"title": "A", "questions": [question]}])
