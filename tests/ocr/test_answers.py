"""What the boxes of a question say together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.answers import (
    LEAST,
    MAX_CONFIDENCE,
    MarkedRow,
    _settle_quickly,
    answer_many,
    answer_number,
    answer_one,
    answer_text,
    hold_against_words,
)
from ocr.marks import FLOOR, BoxMark
from ocr.weighing import list_meanings, weigh_meanings


def sight(empty: float, marked: float, trace: float, odd: float, *reason: str, **rest) -> BoxMark:
    """A box that fits each class so well, and what would be said of it."""
    chances = tuple(max(FLOOR, chance) for chance in (empty, marked, trace, odd))
    return BoxMark(chances, *reason, **{"bare": False, **rest})


EMPTY = sight(0.99, 0, 0.01, 0, bare=True)
CROSS = sight(0, 0.99, 0.005, 0.005, "taken_back")
FILLED = sight(0, 0.99, 0, 0.01, "taken_back", filled=True, open=False)
FAINT = sight(0.1, 0.15, 0.73, 0.02, "faint")
REMAINS = sight(0.1, 0.03, 0.86, 0.01, "faint", weak=True)
SPECK = sight(0.05, 0.002, 0.94, 0.008, "speck")
CIRCLE = sight(0, 0.95, 0, 0.05, "circled", bare=True)
RINGED = sight(0, 0.2, 0, 0.8, "circled")
STRUCK = sight(0, 0.05, 0, 0.95, "taken_back")
BESIDE = sight(0.1, 0.01, 0.1, 0.79, "beside", bare=True)
NEAR = sight(0.9, 0.001, 0.09, 0.01, "beside", bare=True)
LOST = sight(0.99, 0, 0.01, 0, "box_not_found", bare=True, doubt=True)
EATEN = sight(0.96, 0.03, 0.01, 0, bare=True)


def row(*marks: BoxMark) -> MarkedRow:
    return MarkedRow("q1", None, tuple("543210"[: len(marks)]), marks)


@pytest.mark.parametrize(
    ("odd", "reason", "narrow", "state"),
    [
        (0.6, "taken_back", False, "clear"),
        (0.7, "taken_back", False, "doubtful"),
        (0.6, "taken_back", True, "doubtful"),
        (0.6, "line_through", False, "doubtful"),
        (0.6, "circled", False, "doubtful"),
        (0.4, "circled", True, "clear"),
    ],
)
def test_a_mark_may_look_as_much_taken_back_unless_a_line_goes_out_or_is_all_there_is(
    odd, reason, narrow, state
) -> None:
    mark = sight(0, 1 - odd, 0, odd, reason, narrow=narrow)
    assert answer_one(row(EMPTY, mark, EMPTY)).state == state
    assert answer_many(row(EMPTY, mark, EMPTY)).state == state


@pytest.mark.parametrize(("trace", "state"), [(0.05, "clear"), (0.2, "clear"), (0.45, "doubtful")])
def test_a_first_look_settles_no_mark_that_a_stack_with_much_left_out_makes_doubtful(trace, state) -> None:
    """A wrinkle in a question left out looks so; by how common blanks usually are each of them is surely marked."""
    mark = sight(0, 0.98 - trace, trace, 0.02, "taken_back")
    assert answer_one(row(EMPTY, mark, EMPTY, EMPTY, EMPTY, EMPTY)).state == state


def test_a_crease_through_a_whole_row_unsettles_no_sure_mark_in_it() -> None:
    trace = sight(0, 0.04, 0.92, 0.04, "line_through")
    answer = answer_one(row(trace, trace, CROSS, trace, trace, trace))
    assert (answer.state, answer.chosen) == ("clear", ("3",))


@pytest.mark.parametrize(
    ("paler", "mark", "state"),
    [(0.2, "cross", "clear"), (0.3, "cross", "doubtful"), (0.2, "filled", "doubtful"), (0.2, "pale", "doubtful")],
)
def test_what_is_far_paler_than_a_questions_own_mark_is_likelier_dirt_than_a_second_one(paler, mark, state) -> None:
    """A filled box may be the wrong one, and a cross is paler than that; what settles nothing is no measure."""
    how = {"cross": {}, "filled": {"filled": True, "open": False}, "pale": {"pale": True}}[mark]
    rim = sight(0.02, 0.24, 0.66, 0.08, "line_through", darkness=paler)
    answer = answer_one(row(EMPTY, rim, sight(0, 0.99, 0.005, 0.005, "taken_back", darkness=0.5, **how), EMPTY))
    assert answer.state == state
    assert state == "doubtful" or answer.chosen == ("3",)


@pytest.mark.parametrize("likeness", [(0.01, 0.6, 0.03, 0.36), (0.01, 0.05, 0.01, 0.93)])
def test_soft_ink_beside_a_sure_mark_is_the_shade_of_a_wrinkle_whatever_else_it_looks_like(likeness) -> None:
    """It takes nothing back, for no pen drew it; where no other box is surely marked it may be the mark."""
    shade = sight(*likeness, "line_through", darkness=0.4, soft=True)
    cross = sight(0, 0.99, 0.005, 0.005, "taken_back", darkness=0.5)
    assert answer_one(row(EMPTY, shade, cross, EMPTY)).chosen == ("3",)
    assert answer_one(row(EMPTY, shade, cross, EMPTY)).state == "clear"
    assert answer_one(row(EMPTY, replace(shade, soft=False), cross, EMPTY)).state == "doubtful"
    assert answer_one(row(EMPTY, shade, EMPTY)).state == "doubtful"


@pytest.mark.parametrize(("trace", "settles"), [(0.63, True), (0.7, False)])
def test_a_mark_that_a_trace_fits_far_better_is_no_promise(trace, settles) -> None:
    mark = sight(0, 0.99 - trace, trace, 0.01, "taken_back")
    assert mark.settles is settles
    assert answer_many(row(EMPTY, mark, EMPTY)).state == "doubtful"


def test_a_second_mark_that_is_seen_as_one_stays_one_however_pale() -> None:
    faint, strong = (sight(0, 0.97, 0.025, 0.005, "taken_back", darkness=dark) for dark in (0.2, 0.5))
    assert answer_one(row(EMPTY, faint, strong, EMPTY)).state == "doubtful"


def test_a_pale_stroke_that_would_settle_its_question_alone_is_a_second_mark_beside_a_darker_one() -> None:
    """As a pen that runs out leaves it; where a trace fits it far better it is dirt as before."""
    strong = sight(0, 0.98, 0.013, 0.007, "taken_back", darkness=0.3)
    tick = sight(0, 0.555, 0.429, 0.016, "taken_back", darkness=0.14)
    assert answer_one(row(tick, EMPTY, EMPTY, strong)).reason == "two_marks"
    dirt = sight(0, 0.24, 0.744, 0.016, "taken_back", darkness=0.14)
    assert answer_one(row(dirt, EMPTY, EMPTY, strong)).state == "clear"


def test_soft_ink_as_dark_as_the_mark_beside_it_is_no_shade_of_a_wrinkle() -> None:
    soft = sight(0, 0.92, 0.077, 0.003, "faint", darkness=0.33, soft=True)
    for darkness, state in ((0.35, "doubtful"), (0.5, "clear")):
        mark = sight(0, 0.98, 0.015, 0.005, "taken_back", darkness=darkness)
        assert answer_one(row(soft, mark, EMPTY)).state == state


def test_a_crease_through_a_whole_row_leaves_a_blank_and_two_marks_to_a_person() -> None:
    trace = sight(0, 0.04, 0.92, 0.04, "line_through")
    assert answer_one(row(*[trace] * 6)).state == "doubtful"
    assert answer_one(row(trace, CROSS, trace, CROSS, trace, trace)).reason == "two_marks"


def test_what_is_paler_than_the_pen_and_goes_on_around_its_box_settles_nothing() -> None:
    pale = sight(0, 0.97, 0.02, 0.01, "faint", pale=True)
    assert answer_one(row(EMPTY, pale, EMPTY)).state == "doubtful"
    assert answer_many(row(EMPTY, pale, CROSS)).state == "doubtful"


@pytest.mark.parametrize(
    ("marks", "state", "chosen", "reason"),
    [
        ((EMPTY, CROSS, EMPTY), "clear", ("4",), None),
        ((EMPTY, FILLED, EMPTY), "clear", ("4",), None),
        ((EMPTY, CIRCLE, EMPTY), "clear", ("4",), None),
        ((EMPTY, EMPTY, EMPTY), "blank", (), None),
        ((CROSS, EMPTY, CROSS), "doubtful", ("5", "3"), "two_marks"),
        ((CROSS, EMPTY, FILLED), "doubtful", ("5",), "two_marks"),
        ((FILLED, EMPTY, FILLED), "doubtful", ("5", "3"), "two_marks"),
        ((FILLED, CROSS, FILLED), "doubtful", ("4",), "two_marks"),
        ((CROSS, CIRCLE, EMPTY), "doubtful", ("5", "4"), "two_marks"),
        ((EMPTY, FAINT, EMPTY), "doubtful", ("4",), "faint"),
        ((CROSS, FAINT, EMPTY), "doubtful", ("5",), "faint"),
        ((CROSS, SPECK, EMPTY), "clear", ("5",), None),
        ((EMPTY, SPECK, EMPTY), "doubtful", (), "speck"),
        ((CROSS, REMAINS, EMPTY), "clear", ("5",), None),
        ((EMPTY, REMAINS, EMPTY), "doubtful", (), "faint"),
        ((EMPTY, RINGED, EMPTY), "doubtful", ("4",), "circled"),
        ((CROSS, RINGED, EMPTY), "doubtful", ("5",), "circled"),
        ((EMPTY, STRUCK, EMPTY), "doubtful", ("4",), "taken_back"),
        ((CROSS, STRUCK, EMPTY), "doubtful", ("5",), "taken_back"),
        ((EMPTY, BESIDE, EMPTY), "doubtful", (), "beside"),
        ((EMPTY, NEAR, EMPTY), "doubtful", (), "beside"),
        ((CROSS, NEAR, EMPTY), "clear", ("5",), None),
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
        ((CROSS, EMPTY, CROSS), "clear", ("5", "3"), None),
        ((FILLED, EMPTY, FILLED), "clear", ("5", "3"), None),
        ((EMPTY, EMPTY, FILLED), "clear", ("3",), None),
        ((CROSS, EMPTY, FILLED), "doubtful", ("5",), "taken_back"),
        ((CROSS, CROSS, FILLED), "doubtful", ("5", "4"), "taken_back"),
        ((EMPTY, EMPTY, EMPTY), "blank", (), None),
        ((CROSS, FAINT, EMPTY), "doubtful", ("5",), "faint"),
        ((CROSS, SPECK, EMPTY), "doubtful", ("5",), "speck"),
        ((CROSS, CIRCLE, EMPTY), "clear", ("5", "4"), None),
        ((CROSS, BESIDE, EMPTY), "doubtful", ("5",), "beside"),
        ((CROSS, STRUCK, EMPTY), "doubtful", ("5", "4"), "taken_back"),
    ],
)
def test_a_question_with_several_choices(marks, state, chosen, reason) -> None:
    answer = answer_many(row(*marks))
    assert (answer.state, answer.chosen, answer.reason) == (state, chosen, reason)


def test_where_a_page_loses_ink_a_sure_mark_is_a_promise_and_a_blank_is_none() -> None:
    """One mark of a question is seen and a second is lost far less often than its only one."""
    marked, blank = (MarkedRow("q1", None, tuple("543"), marks, "black_and_white") for marks in SEEN_AND_NOT)
    assert (answer_one(marked).state, answer_one(marked).chosen) == ("clear", ("4",))
    judged = answer_one(blank)
    assert (judged.state, judged.reason, judged.chosen) == ("doubtful", "black_and_white", ())


SEEN_AND_NOT = ((EATEN, CROSS, EATEN), (EATEN, EATEN, EATEN))


def test_a_number_is_typed_by_a_person_and_its_neighbours_outlines_are_no_ink() -> None:
    assert (answer_number("n", [BESIDE, CIRCLE]).state, answer_number("n", []).state) == ("blank", "blank")
    written = answer_number("n", [EMPTY, SPECK])
    assert (written.state, written.chosen, written.reason) == ("doubtful", (), "handwriting")
    assert answer_number("n", [EMPTY, EMPTY], "black_and_white").reason == "black_and_white"


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


KINDS = (EMPTY, CROSS, FILLED, FAINT, REMAINS, SPECK, CIRCLE, RINGED, STRUCK, BESIDE, NEAR, LOST, EATEN)


@given(marks=st.lists(st.sampled_from(KINDS), min_size=1, max_size=6))
def test_two_marks_are_never_clear_and_ink_is_never_blank(marks) -> None:
    answer = answer_one(row(*marks))
    if sum(mark in (CROSS, FILLED, CIRCLE) for mark in marks) > 1:
        assert (answer.state, answer.reason) == ("doubtful", "two_marks")
    if answer.state == "blank":
        assert set(marks) <= {EMPTY}
    if answer.state == "clear":
        assert len(answer.chosen) == 1
    assert (answer.confidence >= LEAST) == (answer.state != "doubtful")
    for each in (answer, answer_many(row(*marks))):
        assert 0 <= each.confidence <= 1
        assert set(each.chosen) <= set("543210"[: len(marks)])
        assert (each.reason is None) == (each.state != "doubtful")


@given(
    st.lists(st.sampled_from([EMPTY, EMPTY, EMPTY, CROSS, FILLED, CIRCLE, SPECK, NEAR, LOST]), min_size=1, max_size=6)
)
def test_a_row_that_is_settled_quickly_is_weighed_as_with_every_meaning_listed(marks) -> None:
    quick, chances = _settle_quickly(row(*marks)), weigh_meanings(marks)
    if quick is None:
        return
    kind, places = list_meanings(len(marks))[chances.index(max(chances))]
    assert (kind, quick.chosen) == ("one", tuple("543210"[place] for place in places))
    assert quick.confidence == pytest.approx(min(MAX_CONFIDENCE, max(chances)), abs=1e-9)
    assert marks[places[0]].settles
    assert not any(mark.doubt for mark in marks)
