"""The tail of a tick that reaches up to a question left blank is that tick's; whatever may be its own mark is not."""

from __future__ import annotations

import pytest

from ocr.pretend.pen import PenStyle
from ocr.tails import find_tails
from tests.ocr.pressed import draw, line


def ticked(press, *tip: tuple[float, float]) -> tuple:
    """The page with a tick in q2's second box that ends at tips, mm from the right lower corner of the box above."""
    pixels, box, above = press.pixels.copy(), press.boxes("q2")[1], press.boxes("q1")[1]
    ends = [(above.x + above.w + x, above.y + above.h + y) for x, y in tip]
    line(pixels, (box.x + 0.9, box.y + 1.0), (box.x + 1.7, box.y + 3.6), *ends)
    return pixels, above


def read(press, desk, pixels) -> dict[str, str]:
    answers = press.read(desk.scan(pixels, 0.4))
    assert answers["q2", None].chosen == ("4",)
    return {question: answers[question, None].state for question in ("q1", "q2")}


@pytest.mark.parametrize("tip", [(0.2, 1.2), (1.2, 1.6), (2.2, 1.0)])
def test_a_tail_of_a_tick_below_leaves_the_question_blank(press, desk, tip, monkeypatch) -> None:
    pixels, _ = ticked(press, tip)
    assert read(press, desk, pixels) == {"q1": "blank", "q2": "clear"}
    monkeypatch.setattr("ocr.page_answers.find_tails", lambda *_: {})
    assert read(press, desk, pixels)["q1"] == "doubtful", "nothing of it was seen at the boxes"


def test_a_tail_that_comes_up_to_the_outline_is_a_persons(press, desk) -> None:
    pixels, _ = ticked(press, (-0.8, -0.6))
    assert read(press, desk, pixels)["q1"] == "doubtful"


def test_a_tail_that_turns_on_its_way_is_a_persons(press, desk) -> None:
    """As where a second stroke, of the question above, begins at it."""
    pixels, _ = ticked(press, (0.4, 1.2), (3.4, 1.6))
    assert read(press, desk, pixels)["q1"] == "doubtful"


def test_a_stroke_beside_a_tail_is_a_persons(press, desk) -> None:
    pixels, above = ticked(press, (0.4, 1.2))
    line(pixels, (above.x - 1.0, above.y + above.h + 0.9), (above.x + 1.2, above.y + above.h + 3.0))
    assert read(press, desk, pixels)["q1"] == "doubtful"


def test_a_mark_of_the_row_above_that_ends_in_a_box_below_is_a_persons(press, desk) -> None:
    """Most of it lies with the question above."""
    pixels, box, above = press.pixels.copy(), press.boxes("q2")[1], press.boxes("q1")[1]
    draw(pixels, box.x + 2.1, box.y + 2.1, "cross")
    line(pixels, (above.x + 5.5, above.y - 1.0), (above.x + 5.8, above.y + 6.5), (box.x + 2.4, box.y + 2.0))
    assert read(press, desk, pixels)["q1"] == "doubtful"


@pytest.mark.parametrize(
    ("kind", "begin", "end"), [("fill", (1.5, 0.0), (2.4, 2.1)), ("cross", (1.0, 0.8), (1.7, 2.2))]
)
def test_a_stroke_of_its_own_that_runs_into_a_mark_below_is_a_persons(press, desk, kind, begin, end) -> None:
    pixels, box, above = press.pixels.copy(), press.boxes("q2")[1], press.boxes("q1")[1]
    draw(pixels, box.x + 2.1, box.y + 2.1, kind)
    line(pixels, (above.x + above.w + begin[0], above.y + above.h + begin[1]), (box.x + end[0], box.y + end[1]))
    assert read(press, desk, pixels)["q1"] == "doubtful"


def test_a_stroke_of_its_own_that_begins_where_a_tail_ends_is_a_persons(press, desk) -> None:
    pixels, box, above = press.pixels.copy(), press.boxes("q2")[1], press.boxes("q1")[1]
    line(pixels, (box.x + 0.9, box.y + 1.0), (box.x + 1.7, box.y + 3.6), (box.x + 4.2, box.y - 0.3))
    line(pixels, (box.x + 4.5, box.y - 1.1), (above.x + above.w + 1.4, above.y + above.h + 0.6))
    assert read(press, desk, pixels)["q1"] == "doubtful"


def test_a_faint_mark_on_the_other_side_of_the_box_is_a_persons(press, desk) -> None:
    pixels, above = ticked(press, (1.2, 1.6))
    faint = PenStyle("pencil", 0.4, 0.09)
    line(pixels, (above.x - 1.6, above.y), (above.x - 1.9, above.y + 3.5), pen=faint)
    assert read(press, desk, pixels)["q1"] == "doubtful"


def test_a_line_that_goes_on_through_more_questions_is_no_tail(press, desk) -> None:
    pixels, box, below = press.pixels.copy(), press.boxes("q2")[1], press.boxes("q3")[1]
    above = press.boxes("q1")[1]
    line(pixels, (above.x + 6.0, above.y + 5.0), (box.x + 2.0, box.y + 2.0), (below.x - 2.0, below.y + 5.0))
    answers = press.read(desk.scan(pixels, 0.4))
    assert {answers[question, None].state for question in ("q1", "q3")} == {"doubtful"}


def test_a_layout_without_its_print_knows_no_tails(press) -> None:
    assert find_tails(press.pixels, None, press.bare.pages[0], [], [], [0]) == {}  # type: ignore[arg-type]
