"""A page that somebody crossed out: what is marked there is read by nobody but a person."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from forms.layout import PageLayout
from ocr.pictures import Gray
from ocr.pretend.deeds import Desk, cross_out
from tests.ocr.pressed import PEN, SCALE, Press, draw, line

QUESTIONS = ("q1", "q2", "q3", "q4")


def answered(press: Press) -> Gray:
    """The page with a cross in the first box of each question."""
    pixels = press.pixels.copy()
    for question in QUESTIONS:
        box = press.boxes(question)[0]
        draw(pixels, box.x + 2.1, box.y + 2.1, "cross")
    return pixels


def falling(pixels: Gray) -> None:
    line(pixels, (25, 70), (185, 250))


def rising(pixels: Gray) -> None:
    line(pixels, (30, 235), (190, 60))


def both(pixels: Gray) -> None:
    falling(pixels)
    rising(pixels)


def steep(pixels: Gray) -> None:
    line(pixels, (80, 262), (122, 60))


def bowed(pixels: Gray) -> None:
    line(pixels, (30, 235), (70, 188), (110, 145), (150, 103), (190, 64))


def flat_z(pixels: Gray) -> None:
    line(pixels, (30, 90), (185, 92), (32, 190), (188, 188))


@pytest.mark.parametrize("way", [falling, rising, both, steep, bowed, flat_z])
def test_no_answer_of_a_page_crossed_out_is_promised(press, desk, way: Callable[[Gray], None]) -> None:
    pixels = answered(press)
    way(pixels)
    answers = press.read(desk.scan(pixels, 0.7))
    assert {answers[question, None].state for question in QUESTIONS} == {"doubtful"}
    assert "struck_page" in {answers[question, None].reason for question in QUESTIONS}


def test_what_was_marked_stays_the_best_guess(press, desk) -> None:
    pixels = answered(press)
    rising(pixels)
    assert press.read(desk.scan(pixels))["q2", None].chosen == ("5",)


def test_a_matrix_crossed_out_by_anybody_is_a_persons(matrix, desk) -> None:
    for seed in range(4):
        pixels = matrix.pixels.copy()
        for box in matrix.page.boxes:
            if box.option == "4":
                draw(pixels, box.x + 2.1, box.y + 2.1, "tick", seed=seed)
        questions = PageLayout(1, matrix.page.boxes)
        cross_out(Desk(pixels, questions, np.random.default_rng(seed), PEN, SCALE))
        assert "clear" not in {answer.state for answer in matrix.read(desk.scan(pixels, -0.5)).values()}


def creased(pixels: Gray) -> None:
    for x in range(pixels.shape[1]):
        y = round(120 * SCALE + 0.03 * x)
        pixels[y : y + 3, x] = np.minimum(pixels[y : y + 3, x], 120)


def taped(pixels: Gray) -> None:
    """The pale edge of a strip of tape, askew."""
    for x in range(pixels.shape[1]):
        y = round(70 * SCALE + 0.6 * x)
        pixels[y : y + 3, x] = np.minimum(pixels[y : y + 3, x], 215)


def shaded(pixels: Gray) -> None:
    """The edge of a shadow, or of a sheet that lay on this one."""
    rows, columns = np.indices(pixels.shape)
    below = rows > 60 * SCALE + 0.9 * columns
    pixels[below] = (pixels[below] * 0.7).astype(np.uint8)


def noted(pixels: Gray) -> None:
    """A line from a mark to a word in the margin."""
    line(pixels, (127, 119), (150, 130), (196, 140))


def ruled(pixels: Gray) -> None:
    """Down between two columns of boxes, as by a ruler."""
    line(pixels, (152, 90), (152, 240))


@pytest.mark.parametrize("what", [creased, taped, shaded, noted, ruled])
def test_other_lines_cross_no_page_out(press, desk, what: Callable[[Gray], None]) -> None:
    pixels = answered(press)
    what(pixels)
    assert press.read(desk.scan(pixels))["q1", None].state == "clear"


def test_a_layout_without_its_print_crosses_nothing_out(press, desk) -> None:
    pixels = answered(press)
    rising(pixels)
    assert press.read(desk.scan(pixels), press.bare)["q1", None].state == "clear"
