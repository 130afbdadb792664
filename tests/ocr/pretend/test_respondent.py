"""What is recorded as true is what was drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forms.layout import Box, Layout
from ocr.pictures import Gray
from ocr.pretend.crossing_out import CROSSINGS_OUT
from ocr.pretend.pen import PX_PER_MM
from ocr.pretend.respondent import FilledAnswer, fill_page
from ocr.pretend.settings import MarkingSettings, PenRange

PLAIN = MarkingSettings(
    pens={"ballpoint": PenRange(1.0, (0.4, 0.5), (0.8, 0.9), 0.1)},
    habits={"cross": 0.4, "tick": 0.3, "fill": 0.3},
    other_habit=0.0,
    faint_mark=0.0,
    partly_outside=0.0,
    long_tail=0.0,
    stray=0.0,
    corrected=0.0,
    two_marks=0.0,
    blank=0.0,
    empty_page=0.0,
)


def fill(layout: Layout, blank: Gray, settings: MarkingSettings, seed: int) -> tuple[Gray, list[FilledAnswer]]:
    """Page 1 filled by someone whom the seed decides."""
    page = blank.copy()
    rng = np.random.default_rng(seed)
    return page, fill_page(page, layout, layout.pages[0], {}, rng, settings, PX_PER_MM)


def inked(page: Gray, blank: Gray, box: Box) -> bool:
    """Whether a pen was inside a box: more than 3 % of it darker than as printed."""
    left, top = (round((at + 0.5) * PX_PER_MM) for at in (box.x, box.y))
    right, bottom = (round((at + 3.7) * PX_PER_MM) for at in (box.x, box.y))
    darker = blank[top:bottom, left:right].astype(int) - page[top:bottom, left:right] > 60
    return bool(darker.mean() > 0.03)


def inked_options(page: Gray, blank: Gray, layout: Layout, question: str) -> tuple[str, ...]:
    boxes = [box for box in layout.pages[0].boxes if box.question == question]
    return tuple(box.option for box in boxes if inked(page, blank, box))


@pytest.mark.parametrize("seed", range(8))
def test_the_truth_is_what_was_drawn(layout: Layout, blanks: list[Gray], seed: int) -> None:
    page, filled = fill(layout, blanks[0], PLAIN, seed)
    answers = {answer.question: answer for answer in filled if layout.questions[answer.question] in ("one", "many")}
    assert len(answers) == 20
    for question, answer in answers.items():
        assert answer.truth == inked_options(page, blanks[0], layout, question)
        assert answer.how == ("ordinary" if answer.truth else "blank")


def test_what_the_caller_wants_is_drawn(layout: Layout, blanks: list[Gray]) -> None:
    wanted = {(f"p1q{row}", None): ("3",) for row in range(19)} | {("p1q4", None): (), ("p1q19", None): ("5", "0")}
    page = blanks[0].copy()
    filled = fill_page(page, layout, layout.pages[0], wanted, np.random.default_rng(1), PLAIN, PX_PER_MM)
    truth = {(answer.question, answer.row): answer.truth for answer in filled}
    assert {key: truth[key] for key in wanted} == wanted
    assert inked_options(page, blanks[0], layout, "p1q19") == ("5", "0")


def test_a_correction_marks_two_boxes_and_means_one(layout: Layout, blanks: list[Gray]) -> None:
    page, filled = fill(layout, blanks[0], replace(PLAIN, corrected=1.0), 2)
    answers = [answer for answer in filled if layout.questions[answer.question] == "one"]
    assert {answer.how for answer in answers} == {"corrected"}
    for answer in answers:
        marked = inked_options(page, blanks[0], layout, answer.question)
        assert answer.truth is not None
        assert len(marked) == 2
        assert len(answer.truth) == 1
        assert set(answer.truth) < set(marked)


def test_two_marks_have_no_truth(layout: Layout, blanks: list[Gray]) -> None:
    page, filled = fill(layout, blanks[0], replace(PLAIN, two_marks=1.0), 3)
    answers = [answer for answer in filled if layout.questions[answer.question] == "one"]
    assert {(answer.how, answer.truth) for answer in answers} == {("two_marks", None)}
    assert {len(inked_options(page, blanks[0], layout, answer.question)) for answer in answers} == {2}


def test_what_is_rubbed_out_is_far_weaker_than_the_pen_and_means_nothing(layout: Layout, blanks: list[Gray]) -> None:
    page, filled = fill(layout, blanks[0], replace(PLAIN, erased=1.0), 2)
    answers = [answer for answer in filled if layout.questions[answer.question] == "one"]
    assert {answer.how for answer in answers} == {"erased"}
    assert {len(answer.truth or ()) for answer in answers} == {0, 1}
    for answer in answers:
        assert inked_options(page, blanks[0], layout, answer.question) == answer.truth
        boxes = [box for box in layout.pages[0].boxes if box.question == answer.question]
        touched = [box for box in boxes if deepest_grey(page, blanks[0], box) > 3]
        assert len(touched) == 1 + len(answer.truth or ())


def deepest_grey(page: Gray, blank: Gray, box: Box) -> float:
    """How many greys the inside of a box is darker than as printed, at its darkest."""
    left, top = (round((at + 0.8) * PX_PER_MM) for at in (box.x, box.y))
    right, bottom = (round((at + 3.4) * PX_PER_MM) for at in (box.x, box.y))
    return float((blank[top:bottom, left:right].astype(int) - page[top:bottom, left:right]).max())


def test_a_question_that_takes_many_is_never_corrected(layout: Layout, blanks: list[Gray]) -> None:
    _, filled = fill(layout, blanks[0], replace(PLAIN, corrected=1.0, two_marks=1.0, many_chosen=1.0), 3)
    many = next(answer for answer in filled if answer.question == "p1q19")
    assert (many.truth, many.how) == (("5", "4", "3", "2", "1", "0"), "ordinary")


def test_an_empty_page_stays_as_printed(layout: Layout, blanks: list[Gray]) -> None:
    page, filled = fill(layout, blanks[0], replace(PLAIN, empty_page=1.0), 4)
    assert np.array_equal(page, blanks[0])
    assert {(answer.truth, answer.how) for answer in filled} == {((), "blank")}


def test_stray_ink_beside_blank_answers_leaves_them_blank(layout: Layout, blanks: list[Gray]) -> None:
    page, filled = fill(layout, blanks[0], replace(PLAIN, blank=1.0, stray=1.0), 5)
    answers = [answer for answer in filled if layout.questions[answer.question] in ("one", "many")]
    assert {(answer.truth, answer.how) for answer in answers} == {((), "stray")}
    assert not np.array_equal(page, blanks[0])


def test_a_number_is_recorded_as_written(layout: Layout, blanks: list[Gray]) -> None:
    values = set()
    for seed in range(6):
        _, filled = fill(layout, blanks[0], replace(PLAIN, number_written=1.0), seed)
        number = next(answer for answer in filled if answer.question == "p1n")
        assert number.how == "written"
        assert number.value is not None
        assert 1 <= len(number.value) <= 3
        values.add(number.value)
    assert len(values) > 3


def test_answers_come_in_the_order_of_the_page_and_each_once(layout: Layout, blanks: list[Gray]) -> None:
    _, filled = fill(layout, blanks[0], MarkingSettings(), 6)
    assert [answer.question for answer in filled] == [f"p1q{row}" for row in range(20)] + ["p1n", "p1t"]


def test_rates_are_kept(layout: Layout, blanks: list[Gray]) -> None:
    settings = replace(PLAIN, blank=0.2)
    filled = [answer for seed in range(60) for answer in fill(layout, blanks[0], settings, seed)[1]]
    ones = [answer for answer in filled if layout.questions[answer.question] == "one"]
    share = sum(answer.how == "blank" for answer in ones) / len(ones)
    assert abs(share - 0.2) < 4 * (0.2 * 0.8 / len(ones)) ** 0.5


@pytest.mark.parametrize("kind", CROSSINGS_OUT)
def test_what_is_crossed_out_has_ink_over_it_and_no_truth_and_the_rest_keeps_its_own(layout, blanks, kind) -> None:
    crossing = replace(PLAIN, crossed_out=1.0, crossings_out=(kind,))
    for seed in range(6):
        before, stood = fill(layout, blanks[0], PLAIN, seed)
        page, filled = fill(layout, blanks[0], crossing, seed)
        rows = np.flatnonzero((page < before).any(axis=1)) / PX_PER_MM
        taken = {one.question for one in filled if one.how == "crossed_out"}
        assert taken
        assert all(one.truth is None for one in filled if one.question in taken)
        assert [one for one in filled if one.question not in taken] == [
            one for one in stood if one.question not in taken
        ]
        middles = [box.centre[1] for box in layout.pages[0].boxes if box.question in taken]
        assert min(middles) - 40 < rows.max()
        assert rows.min() < max(middles) + 40
        if kind in ("steep_cross", "scribble"):
            assert rows.min() - 4 < min(middles)
            assert max(middles) < rows.max() + 4
