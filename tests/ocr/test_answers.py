"""What the boxes of a question say together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.answers import (
    MarkedRow,
    answer_many,
    answer_number,
    answer_one,
    answer_text,
    distrust_blanks,
    hold_against_words,
)
from ocr.marks import BoxMark

EMPTY = BoxMark("empty", None, 0.001)
CROSS = BoxMark("marked", None, 0.999)
FILLED = BoxMark("marked", None, 0.999, filled=True, open=False)
FAINT = BoxMark("unsure", "faint", 0.8)
WEAKER = BoxMark("unsure", "faint", 0.3)
SPECK = BoxMark("unsure", "speck", 0.1)
CIRCLED = BoxMark("unsure", "circled", 0.9, circled=True, beside_mm2=5.0)
HALF_CIRCLED = BoxMark("unsure", "circled", 0.6, beside_mm2=3.0)
BESIDE = BoxMark("empty", None, 0.001, beside_mm2=1.2, sectors=1)
WIDE_ARC = BoxMark("empty", None, 0.001, sectors=3)
LOST = BoxMark("unsure", "box_not_found", 0.001)


def row(*marks: BoxMark) -> MarkedRow:
    return MarkedRow("q1", None, tuple("54321"[: len(marks)]), marks)


@pytest.mark.parametrize(
    ("marks", "state", "chosen", "reason"),
    [
        ((EMPTY, CROSS, EMPTY), "clear", ("4",), None),
        ((EMPTY, FILLED, EMPTY), "clear", ("4",), None),
        ((EMPTY, EMPTY, EMPTY), "blank", (), None),
        ((CROSS, EMPTY, CROSS), "doubtful", ("5", "3"), "two_marks"),
        ((CROSS, EMPTY, FILLED), "doubtful", ("5",), "two_marks"),
        ((FILLED, EMPTY, FILLED), "doubtful", ("5", "3"), "two_marks"),
        ((FILLED, CROSS, FILLED), "doubtful", ("4",), "two_marks"),
        ((CROSS, FAINT, EMPTY), "doubtful", ("5",), "faint"),
        ((EMPTY, FAINT, EMPTY), "doubtful", ("4",), "faint"),
        ((WEAKER, FAINT, EMPTY), "doubtful", ("4",), "faint"),
        ((EMPTY, WEAKER, EMPTY), "doubtful", (), "faint"),
        ((CROSS, SPECK, EMPTY), "clear", ("5",), None),
        ((EMPTY, SPECK, EMPTY), "doubtful", (), "speck"),
        ((EMPTY, CIRCLED, EMPTY), "clear", ("4",), None),
        ((CROSS, CIRCLED, EMPTY), "doubtful", ("5",), "two_marks"),
        ((CIRCLED, CIRCLED, EMPTY), "doubtful", ("5",), "circled"),
        ((EMPTY, HALF_CIRCLED, EMPTY), "doubtful", ("4",), "circled"),
        ((EMPTY, BESIDE, EMPTY), "doubtful", ("4",), "beside"),
        ((EMPTY, WIDE_ARC, EMPTY), "doubtful", ("4",), "beside"),
        ((CROSS, BESIDE, WIDE_ARC), "clear", ("5",), None),
        ((CROSS, LOST, EMPTY), "doubtful", ("5",), "box_not_found"),
        ((EMPTY, LOST, EMPTY), "doubtful", (), "box_not_found"),
    ],
)
def test_a_one_choice_question(marks, state, chosen, reason) -> None:
    answer = answer_one(row(*marks))
    assert (answer.state, answer.chosen, answer.reason) == (state, chosen, reason)


@pytest.mark.parametrize(
    ("marks", "state", "chosen", "reason"),
    [
        ((CROSS, EMPTY, FILLED), "clear", ("5", "3"), None),
        ((EMPTY, EMPTY, EMPTY), "blank", (), None),
        ((CROSS, FAINT, EMPTY), "doubtful", ("5", "4"), "faint"),
        ((CROSS, SPECK, EMPTY), "doubtful", ("5",), "speck"),
        ((CROSS, CIRCLED, EMPTY), "clear", ("5", "4"), None),
        ((CROSS, BESIDE, EMPTY), "doubtful", ("5",), "beside"),
    ],
)
def test_a_question_with_several_choices(marks, state, chosen, reason) -> None:
    answer = answer_many(row(*marks))
    assert (answer.state, answer.chosen, answer.reason) == (state, chosen, reason)


def test_a_number_is_typed_by_a_person_and_its_neighbours_outlines_are_no_ink() -> None:
    assert (answer_number("n", [BESIDE, HALF_CIRCLED]).state, answer_number("n", []).state) == ("blank", "blank")
    written = answer_number("n", [EMPTY, SPECK])
    assert (written.state, written.chosen, written.reason) == ("doubtful", (), "handwriting")


def test_a_text_is_only_told_from_nothing() -> None:
    assert (answer_text("t", True).state, answer_text("t", True).chosen) == ("clear", ())
    assert answer_text("t", False).state == "blank"


def test_words_beside_an_option_that_is_not_marked_are_for_a_person_to_judge() -> None:
    blank, other, meant = (answer_one(row(*marks)) for marks in ((EMPTY, EMPTY), (CROSS, EMPTY), (EMPTY, CROSS)))
    for answer in (blank, other):
        judged = hold_against_words(answer, "4")
        assert (judged.state, judged.reason, judged.chosen) == ("doubtful", "words_beside", answer.chosen)
        assert hold_against_words(answer, None) == answer
    assert hold_against_words(meant, "4") == meant


def test_in_black_and_white_a_blank_needs_a_pen_that_shows() -> None:
    strong, blank, faint = answer_one(row(CROSS, EMPTY)), answer_one(row(EMPTY, EMPTY)), answer_one(row(FAINT, EMPTY))
    assert distrust_blanks([strong, blank]) == [strong, blank]
    for others in ([blank], [strong, faint, blank]):
        judged = distrust_blanks(others)
        assert judged[:-1] == others[:-1]
        assert (judged[-1].state, judged[-1].reason, judged[-1].chosen) == ("doubtful", "black_and_white", ())


KINDS = (EMPTY, CROSS, FILLED, FAINT, WEAKER, SPECK, CIRCLED, HALF_CIRCLED, BESIDE, WIDE_ARC, LOST)


@given(marks=st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
def test_two_marks_are_never_clear_and_ink_is_never_blank(marks) -> None:
    answer = answer_one(row(*marks))
    if sum(mark.state == "marked" for mark in marks) > 1:
        assert (answer.state, answer.reason) == ("doubtful", "two_marks")
    if answer.state == "blank":
        assert set(marks) <= {EMPTY}
    if answer.state == "clear":
        assert len(answer.chosen) == 1
    for each in (answer, answer_many(row(*marks))):
        assert 0 <= each.confidence <= 1
        assert set(each.chosen) <= set("54321"[: len(marks)])
        assert (each.reason is None) == (each.state != "doubtful")
