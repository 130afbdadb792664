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
    distrust_black_and_white,
    hold_against_words,
    pen_darkness,
)
from ocr.marks import BoxMark

EMPTY = BoxMark("empty", None, 0.001)
CROSS = BoxMark("marked", None, 0.999, darkness=0.5, is_stroke=True)
FILLED = BoxMark("marked", None, 0.999, filled=True, open=False, darkness=0.6, is_stroke=True)
FAINT = BoxMark("unsure", "faint", 0.8, darkness=0.2, is_stroke=True)
REMAINS = BoxMark("unsure", "faint", 0.8, darkness=0.1, is_stroke=True)
WEAKER = BoxMark("unsure", "faint", 0.3)
SPECK = BoxMark("unsure", "speck", 0.1)
CIRCLED = BoxMark("unsure", "circled", 0.9, circled=True, beside_mm2=5.0, darkness=0.5)
HALF_CIRCLED = BoxMark("unsure", "circled", 0.6, beside_mm2=3.0)
BESIDE = BoxMark("empty", None, 0.001, beside_mm2=1.2, sectors=1)
WIDE_ARC = BoxMark("empty", None, 0.001, sectors=3, darkness=0.5)
SHADOW = BoxMark("empty", None, 0.001, sectors=3, darkness=0.1)
LOST = BoxMark("unsure", "box_not_found", 0.001)
STROKE = BoxMark("marked", None, 0.99, narrow=True, darkness=0.5, is_stroke=True)


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
        ((EMPTY, STROKE, EMPTY), "clear", ("4",), None),
        ((WIDE_ARC, STROKE, EMPTY), "doubtful", ("5",), "circled"),
        ((EMPTY, STROKE, BESIDE), "doubtful", ("3",), "circled"),
        ((EMPTY, EMPTY, STROKE, EMPTY, WIDE_ARC), "doubtful", ("3",), "beside"),
        ((BESIDE, CROSS, EMPTY), "clear", ("4",), None),
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
        ((CROSS, BESIDE, EMPTY), "clear", ("5",), None),
        ((CROSS, WIDE_ARC, EMPTY), "doubtful", ("5",), "beside"),
        ((CROSS, SHADOW, EMPTY), "clear", ("5",), None),
        ((CROSS, REMAINS, EMPTY), "clear", ("5",), None),
        ((EMPTY, REMAINS, EMPTY), "doubtful", ("4",), "faint"),
        ((WIDE_ARC, CIRCLED, EMPTY), "doubtful", ("4",), "beside"),
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


def test_a_weak_mark_counts_where_the_pen_of_the_page_is_as_weak() -> None:
    weak_pen, strong_pen = pen_darkness([FAINT, FAINT, FAINT]), pen_darkness([CROSS, CROSS, CROSS])
    assert answer_one(row(EMPTY, FAINT), weak_pen).state == "clear"
    assert answer_one(row(EMPTY, FAINT), strong_pen).state == "doubtful"
    assert answer_one(row(FAINT, FAINT), weak_pen).reason == "two_marks"
    assert answer_many(row(EMPTY, FAINT)).state == "doubtful"


def test_words_beside_an_option_that_is_not_marked_are_for_a_person_to_judge() -> None:
    blank, other, meant = (answer_one(row(*marks)) for marks in ((EMPTY, EMPTY), (CROSS, EMPTY), (EMPTY, CROSS)))
    for answer in (blank, other):
        judged = hold_against_words(answer, "4")
        assert (judged.state, judged.reason, judged.chosen) == ("doubtful", "words_beside", answer.chosen)
        assert hold_against_words(answer, None) == answer
    assert hold_against_words(meant, "4") == meant


def test_two_marks_tell_nothing_of_a_pen() -> None:
    assert pen_darkness([FAINT, FAINT, EMPTY, SPECK]) is None


def test_in_black_and_white_no_blank_is_a_promise() -> None:
    strong, blank = answer_one(row(CROSS, EMPTY)), answer_one(row(EMPTY, EMPTY))
    judged = distrust_black_and_white([strong, strong, blank])
    assert judged[:2] == [strong, strong]
    assert (judged[2].state, judged[2].reason, judged[2].chosen) == ("doubtful", "black_and_white", ())


def test_in_black_and_white_a_mark_among_blanks_is_no_promise_either() -> None:
    """Its pen is mostly lost: the one filled box may be the mistake, and the answer beside it gone."""
    filled, blank = answer_one(row(FILLED, EMPTY)), answer_one(row(EMPTY, EMPTY))
    judged = distrust_black_and_white([filled, blank, blank])
    assert {answer.state for answer in judged} == {"doubtful"}
    assert judged[0].chosen == ("5",)


KINDS = (EMPTY, CROSS, FILLED, FAINT, REMAINS, WEAKER, SPECK, CIRCLED, HALF_CIRCLED, BESIDE, WIDE_ARC, LOST)


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
