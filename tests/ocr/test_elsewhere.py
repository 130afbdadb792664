"""Marks that stand in no box, but by the printed words or in the margin: no blank is promised beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from forms.layout import LayoutBook, dump_layouts, load_layouts
from ocr.evidence import crop_question
from ocr.files import PageImage
from ocr.pictures import Gray
from ocr.pretend.elsewhere import WAYS, mark_elsewhere
from ocr.pretend.pen import draw_strokes
from ocr.printed import unpack_print
from ocr.read import read_page
from tests.ocr.pressed import PEN, SCALE, draw, line

Scan = Callable[..., Gray]


@pytest.fixture
def scan(desk) -> Scan:
    return desk.scan


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("question", ["q1", "q2", "q4"])
def test_a_mark_by_the_words_or_in_the_margin_is_a_persons(press, scan, way, question) -> None:
    pixels = press.pixels.copy()
    seed = 11 if way == "between_rows" else 5
    assert mark_elsewhere(pixels, press.page, press.boxes(question), way, np.random.default_rng(seed), PEN, SCALE)
    answers = press.read(scan(pixels, 0.7))
    assert answers[question, None].state == "doubtful"
    others = [answer for key, answer in answers.items() if key[0] != question]
    assert sum(answer.state != "blank" for answer in others) <= (way == "between_rows")


@pytest.mark.parametrize("degrees", [0.0, 1.5, -3.0])
def test_questions_left_out_stay_blank(press, matrix, scan, degrees) -> None:
    for one in (press, matrix):
        assert one.doubted(scan(one.pixels, degrees, noise=5.0)) == set()


def test_a_layout_without_its_print_is_read_as_it_always_was(press, scan) -> None:
    pixels = press.pixels.copy()
    mark_elsewhere(pixels, press.page, press.boxes("q1"), "circled_words", np.random.default_rng(5), PEN, SCALE)
    assert press.doubted(scan(pixels)) == {("q1", None)}
    assert press.read(scan(pixels), press.bare)["q1", None].state == "blank"


def test_a_ring_round_an_agency_doubts_its_row_and_no_other(matrix, scan) -> None:
    pixels = matrix.pixels.copy()
    name = next(area for area in matrix.page.areas if area.row == "SYT")
    angle = np.linspace(0, 6.6, 60)
    middle = np.array([43.0, name.y + name.h / 2])
    ring = middle + np.column_stack([8.0 * np.cos(angle), 3.2 * np.sin(angle)])
    draw_strokes(pixels, [ring * SCALE], np.random.default_rng(1), PEN)
    assert matrix.doubted(scan(pixels)) == {(f"q{number}", "SYT") for number in (1, 2, 3)}


def test_a_line_down_the_names_of_several_agencies_doubts_every_row_of_them(matrix, scan) -> None:
    pixels = matrix.pixels.copy()
    names = [next(area for area in matrix.page.areas if area.row == row) for row in ("SXD", "SYT", "STC")]
    line(pixels, (35.0, names[0].y + names[0].h / 2), (36.5, names[2].y + names[2].h / 2))
    assert matrix.doubted(scan(pixels)) == {
        (f"q{number}", row) for number in (1, 2, 3) for row in ("SXD", "SYT", "STC")
    }


def test_a_ring_round_a_level_above_a_table_doubts_the_rows_left_out(press, scan) -> None:
    pixels = press.pixels.copy()
    box = press.boxes("q2")[1]
    head = next(area for area in press.page.areas if area.question == "q1" and area.y < press.boxes("q1")[0].y - 9)
    angle = np.linspace(0, 6.6, 60)
    middle = np.array([box.x + 2.1, head.y + head.h - 3.6])
    ring = middle + np.column_stack([5.5 * np.cos(angle), 2.4 * np.sin(angle)])
    draw_strokes(pixels, [ring * SCALE], np.random.default_rng(1), PEN)
    own = press.boxes("q3")[0]
    draw(pixels, own.x + 2.1, own.y + 2.1, "cross")
    answers = press.read(scan(pixels))
    reasons = {key[0]: (answer.state, answer.reason) for key, answer in answers.items()}
    assert reasons["q1"] == reasons["q2"] == ("doubtful", "elsewhere")
    assert (reasons["q3"][0], reasons["q4"][0]) == ("clear", "blank")


def test_a_tick_behind_the_last_column_doubts_the_last_question_of_the_row(matrix, scan) -> None:
    pixels = matrix.pixels.copy()
    box = matrix.boxes("q3", "STC")[-1]
    draw(pixels, 196.0, box.y + 2.1, "tick")
    assert matrix.doubted(scan(pixels)) == {("q3", "STC")}


def test_a_long_tail_from_the_row_below_is_that_rows(press, scan) -> None:
    pixels = press.pixels.copy()
    box = press.boxes("q2")[1]
    draw(pixels, box.x + 2.6, box.y + 1.0, "tick", 2.1, seed=4)
    answers = press.read(scan(pixels))
    assert answers["q1", None].reason != "elsewhere"
    assert answers["q2", None].state != "blank"


@pytest.mark.parametrize("wide_mm", [0.6, 1.2, 1.8, -1.2, -1.8])
def test_a_short_stroke_over_the_rule_between_two_rows_is_no_blank(press, scan, wide_mm) -> None:
    """Where it crosses the rule nothing of it is seen, and either half is shorter than a stroke."""
    pixels = press.pixels.copy()
    own = press.boxes("q1")[0]
    draw(pixels, own.x + 2.1, own.y + 2.1, "cross")
    rule = next(area.y for area in press.page.areas if area.question == "q2" and area.y > own.y)
    middle = press.boxes("q2")[1].x + 10.6
    line(pixels, (middle - wide_mm, rule + 1.9), (middle + wide_mm, rule - 1.9))
    answers = press.read(scan(pixels, 0.7))
    assert (answers["q1", None].state, answers["q2", None].reason) == ("clear", "elsewhere")


def test_a_stroke_below_a_rule_is_that_rows_whatever_ends_above_it(press, scan) -> None:
    pixels = press.pixels.copy()
    own, box = press.boxes("q1")[0], press.boxes("q1")[1]
    draw(pixels, own.x + 2.1, own.y + 2.1, "cross")
    rule = next(area.y for area in press.page.areas if area.question == "q2" and area.y > own.y)
    line(pixels, (box.x + 6.4, rule - 4.0), (box.x + 8.6, rule - 0.8), (box.x + 12.6, rule - 8.0))
    line(pixels, (box.x + 9.6, rule + 0.8), (box.x + 9.6, rule + 3.6))
    answers = press.read(scan(pixels, 0.7))
    assert (answers["q1", None].state, answers["q2", None].reason) == ("clear", "elsewhere")


def test_what_no_pen_drew_sends_nobody_to_look(press, scan) -> None:
    """The shadow of a punched hole, a crease from edge to edge, specks, a broad stain, a streak on the glass."""
    pixels = press.pixels.copy()
    area = next(area for area in press.page.areas if area.question == "q2")
    middle = round(area.y + area.h / 2)
    cv2.circle(pixels, (round(12 * SCALE), round(middle * SCALE)), round(3 * SCALE), 90, 2, cv2.LINE_AA)
    cv2.line(pixels, (0, round((middle + 5) * SCALE)), (1653, round((middle - 1) * SCALE)), 140, 3, cv2.LINE_AA)
    pixels[:, round(100 * SCALE) : round(100 * SCALE) + 2] = 150
    for x in range(90, 180, 9):
        pixels[round((middle + 3) * SCALE), round(x * SCALE)] = 60
    stain = np.zeros(pixels.shape, np.float32)
    cv2.circle(stain, (round(60 * SCALE), round(middle * SCALE)), round(9 * SCALE), 0.25, -1)
    pixels = np.rint(pixels * (1 - cv2.GaussianBlur(stain, (0, 0), 4))).astype(np.uint8)
    assert "elsewhere" not in {answer.reason for answer in press.read(scan(pixels)).values()}


def test_words_written_on_lines_for_words_are_no_mark_of_the_question_above(press, scan) -> None:
    pixels = press.pixels.copy()
    region = next(region for region in press.page.texts if region.question == "q5")
    for step in range(12):
        draw(pixels, region.x + 6 + 5 * step, region.y + 3.5, "scribble", 1.2, seed=step)
    answers = press.read(scan(pixels))
    assert answers["q4", None].state == "blank"
    assert answers["q5", None].reason == "handwriting"


def test_a_mark_in_a_box_is_read_whatever_stands_elsewhere(press, scan) -> None:
    pixels = press.pixels.copy()
    box = press.boxes("q3")[0]
    draw(pixels, box.x + 2.1, box.y + 2.1, "cross")
    draw(pixels, 196.0, box.y + 2.1, "tick")
    answer = press.read(scan(pixels))["q3", None]
    assert (answer.state, answer.chosen) == ("clear", ("5",))


def test_whoever_looks_sees_the_mark_in_the_margin(press, scan) -> None:
    marked = press.pixels.copy()
    area = next(area for area in press.page.areas if area.question == "q2")
    line(marked, (192, area.y + 3), (195, area.y + 6), (200, area.y + 2))
    book = LayoutBook("thu", ("",), {press.layout.id: press.layout})
    reading = read_page(PageImage("a", 1, marked), book)
    assert reading.transform is not None
    crops = [
        cv2.imdecode(
            np.frombuffer(crop_question(PageImage("a", 1, pixels), reading.transform, press.page, "q2"), np.uint8), 0
        )
        for pixels in (marked, press.pixels)
    ]
    assert (crops[0] < crops[1] - 60).sum() > 50


def test_the_picture_of_a_row_holds_its_tables_head_and_no_row_between(press) -> None:
    marked = press.pixels.copy()
    for box in press.boxes("q2"):
        draw(marked, box.x + 2.1, box.y + 2.1, "fill")
    book = LayoutBook("thu", ("",), {press.layout.id: press.layout})
    transform = read_page(PageImage("a", 1, press.pixels), book).transform
    assert transform is not None
    both = [crop_question(PageImage("a", 1, pixels), transform, press.page, "q3") for pixels in (marked, press.pixels)]
    assert both[0] == both[1]
    height_mm = cv2.imdecode(np.frombuffer(both[0], np.uint8), 0).shape[0] / SCALE
    areas = {(area.y, area.h) for area in press.page.areas if area.question == "q3"}
    assert height_mm == pytest.approx(sum(h for _, h in areas) + 2, abs=1.0)


def test_the_print_goes_with_the_layout_and_is_no_part_of_its_name(press) -> None:
    book = LayoutBook("thu", ("",), {press.layout.id: press.layout})
    again = load_layouts(dump_layouts(book)).layouts[press.layout.id]
    assert again == press.layout
    assert again.id == press.bare.id
    drawn = unpack_print(press.page.printed, press.page.width, press.page.height)
    box = press.boxes("q1")[0]
    edge, inside = round(box.y * 6), round((box.y + 2.1) * 6)
    middle = round((box.x + 2.1) * 6)
    assert drawn[edge - 1 : edge + 2, middle].any()
    assert not drawn[inside, middle]


def test_a_damaged_print_promises_nothing(press) -> None:
    pages = (replace(press.page, printed="0" + press.page.printed), *press.layout.pages[1:])
    book = LayoutBook("thu", ("",), {press.layout.id: replace(press.layout, pages=pages)})
    reading = read_page(PageImage("a", 1, press.pixels), book)
    assert reading.status == "unreadable"


@pytest.mark.parametrize("head", ["brace", "line"])
def test_one_brace_for_several_rows_that_were_left_out_doubts_every_one_of_them(press, scan, head) -> None:
    """It stands beside the boxes or runs straight down between two columns, through each row and out again."""
    pixels = press.pixels.copy()
    rows = [press.boxes(question) for question in ("q1", "q2", "q3")]
    top, bottom = rows[0][0].y, rows[-1][0].y + 4.2
    x = rows[0][-1].x + 8.0 if head == "brace" else (rows[0][1].x + rows[0][2].x + 4.2) / 2
    tip = 2.5 if head == "brace" else 0.0
    line(
        pixels,
        (x, top),
        (x, (top + bottom) / 2 - 1),
        (x + tip, (top + bottom) / 2),
        (x, (top + bottom) / 2 + 1),
        (x, bottom),
    )
    answers = press.read(scan(pixels, 0.6))
    assert [answers[question, None].state for question in ("q1", "q2", "q3")] == ["doubtful"] * 3
    assert answers["q4", None].state == "blank"
