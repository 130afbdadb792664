"""A copy made so light that print is thin: marks may have left nothing there, so that nothing is promised blank."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.pretend.pen import Mark, PenStyle, draw_mark, draw_strokes
from tests.ocr.pressed import SCALE

PENCIL, BALLPOINT = PenStyle("pencil", 0.5, 0.4, 0.45), PenStyle("ballpoint_blue", 0.45, 0.75)


def filled(desk, pen: PenStyle, rows: int):
    pixels = desk.blank()
    for row in range(1, rows + 1):
        box = desk.box(f"q{row}", "3")
        where = tuple(SCALE * side for side in (box.x, box.y, box.w, box.h))
        draw_mark(pixels, where, Mark("cross"), np.random.default_rng(row), pen)
    return pixels


def copied(pixels, white: float = 255.0, power: float = 1.0):
    """By a machine that makes all greys above `white` paper, and lifts the others."""
    soft = cv2.GaussianBlur(pixels, (0, 0), 0.9).astype(np.float32)
    return np.rint(255 * (soft / white).clip(0, 1) ** power).astype(np.uint8)


@pytest.mark.parametrize("pen", [PENCIL, BALLPOINT])
@pytest.mark.parametrize("rows", [0, 2, 12])
@pytest.mark.parametrize(("white", "power"), [(190, 1.0), (165, 1.0), (140, 1.0), (115, 1.0), (204, 0.5), (230, 0.3)])
def test_no_blank_is_promised_on_a_copy_made_far_too_light(desk, pen, rows, white, power) -> None:
    answers = desk.read(desk.scan(copied(filled(desk, pen, rows), white, power), 0.4)).answers[:13]
    assert {answer.state for answer in answers} <= {"clear", "doubtful"}
    assert all(answer.chosen == ("3",) for answer in answers if answer.state == "clear")


@pytest.mark.parametrize("rows", [0, 2, 10])
@pytest.mark.parametrize("sigma", [0.0, 1.2])
def test_questions_left_out_on_a_good_scan_stay_blank_in_focus_and_out_of_it(desk, rows, sigma) -> None:
    pixels = filled(desk, BALLPOINT, rows)
    pixels = cv2.GaussianBlur(pixels, (0, 0), sigma) if sigma else pixels
    answers = desk.read(desk.scan(pixels, 0.4)).answers[:13]
    assert [answer.state for answer in answers] == ["clear"] * rows + ["blank"] * (13 - rows)


def test_a_sure_mark_is_read_on_a_light_copy_and_what_is_missing_is_a_persons(desk) -> None:
    answers = desk.read(desk.scan(copied(filled(desk, BALLPOINT, 10), 190), 0.4)).answers[:13]
    assert [answer.state for answer in answers[:10]].count("clear") >= 8
    assert {(answer.state, answer.reason) for answer in answers[10:]} == {("doubtful", "faint")}


def whitened(pixels):
    """By a machine that makes white of all that is lighter than a grey, and print as black as it was."""
    return np.rint(255 * ((pixels.astype(np.float32) - 90) / (205 - 90)).clip(0, 1)).astype(np.uint8)


def grained(pixels, spread: float):
    grain = np.random.default_rng(1).standard_normal(pixels.shape).astype(np.float32)
    return np.rint(pixels + spread * grain).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("strong", [0, 1])
@pytest.mark.parametrize("rows", [0, 1, 11])
def test_a_deskewed_scan_made_white_promises_no_blank_for_one_strong_stroke_among_weak_ones(desk, rows, strong) -> None:
    pixels = filled(desk, PenStyle("pencil", 0.35, 0.2, 0.3), rows)
    if strong:  # a checker's, or a staple
        desk.draw(pixels, desk.box("q12", "3"))
    answers = desk.read(np.roll(whitened(desk.scan(pixels)), (6, 5), (0, 1))).answers[:14]
    assert "blank" not in {answer.state for answer in answers}


def test_a_page_that_was_drawn_is_white_by_itself_and_may_be_blank(desk) -> None:
    assert {answer.state for answer in desk.read(desk.blank()).answers[:13]} == {"blank"}


@pytest.mark.parametrize("rows", [0, 1, 12])
def test_paper_that_a_machine_made_white_promises_no_blank_where_no_strong_pen_is_seen(desk, rows) -> None:
    scanned = whitened(desk.scan(filled(desk, PenStyle("pencil", 0.35, 0.2, 0.3), rows), 0.4))
    assert "blank" not in {answer.state for answer in desk.read(scanned).answers[:13]}


def test_on_paper_made_white_blanks_beside_a_strong_pens_marks_stay_blank(desk) -> None:
    answers = desk.read(whitened(desk.scan(filled(desk, BALLPOINT, 10), 0.4))).answers[:13]
    assert [answer.state for answer in answers] == ["clear"] * 10 + ["blank"] * 3


def test_on_paper_made_white_rings_around_boxes_show_a_strong_pen_too(desk) -> None:
    pixels, turns = desk.blank(), np.linspace(0.2, 2 * np.pi + 0.3, 60)
    for row in range(1, 9):
        box = desk.box(f"q{row}", "3")
        ring = np.column_stack([box.x + 2.1 + 3.4 * np.cos(turns), box.y + 2.1 + 3.4 * np.sin(turns)])
        draw_strokes(pixels, [ring * SCALE], np.random.default_rng(row), BALLPOINT, SCALE)
    answers = desk.read(whitened(desk.scan(pixels, 0.4))).answers[:13]
    assert [answer.state for answer in answers] == ["clear"] * 8 + ["blank"] * 5


def test_a_pen_that_the_papers_grain_nearly_drowns_promises_no_blank(desk) -> None:
    scanned = grained(desk.scan(filled(desk, PenStyle("pencil", 0.35, 0.15, 0.3), 10), 0.4), 8)
    answers = desk.read(scanned).answers[:13]
    assert [answer.state for answer in answers] == ["clear"] * 10 + ["doubtful"] * 3


def test_where_no_pen_is_seen_but_several_boxes_look_marked_no_question_is_promised_blank(desk) -> None:
    scanned = grained(desk.scan(filled(desk, PenStyle("red", 0.4, 0.12, 0.5, 0.4), 6), 0.4), 5)
    answers = desk.read(scanned).answers[:13]
    assert [answer.state for answer in answers].count("clear") == 3
    assert {answer.reason for answer in answers[6:]} == {"faint"}
