"""A punched hole over an empty box: no promise, and never an answer; what a broad pen fills still is one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.pretend.pen import Mark, PenStyle, draw_mark
from tests.ocr.pressed import SCALE

PEN = PenStyle("ballpoint_blue", 0.45, 0.75)
BROAD = PenStyle("ballpoint_blue", 0.9, 0.9)
LEFT_OUT = "q12"


def filled(desk, pen: PenStyle = PEN, kind="cross"):
    """All rows but one answered."""
    pixels = desk.blank()
    for row in range(1, 12):
        box = desk.box(f"q{row}", "3")
        sides = tuple(SCALE * side for side in (box.x, box.y, box.w, box.h))
        draw_mark(pixels, sides, Mark(kind), np.random.default_rng(row), pen)
    return pixels


def spotted(pixels, box, right_mm: float, down_mm: float, wide_mm: float, grey: int):
    """A disc somewhere off the box's middle."""
    x, y = (SCALE * (at + side / 2 + off) for at, side, off in ((box.x, box.w, right_mm), (box.y, box.h, down_mm)))
    cv2.circle(pixels, (round(x * 16), round(y * 16)), round(8 * wide_mm * SCALE), grey, -1, cv2.LINE_AA, 4)
    return pixels


def answer_of(desk, pixels):
    return next(one for one in desk.read(desk.scan(pixels, 0.4)).answers if one.question == LEFT_OUT)


@pytest.mark.parametrize("wide_mm", [5.0, 5.5, 6.5])
@pytest.mark.parametrize("grey", [10, 130])
def test_a_punched_hole_over_an_empty_box_is_no_answer(desk, wide_mm, grey) -> None:
    for right_mm, down_mm in ((1.6, 0.4), (-2.0, 1.0), (0.5, 2.4), (-1.4, -1.9)):
        pixels = spotted(filled(desk), desk.box(LEFT_OUT, "2"), right_mm, down_mm, wide_mm, grey)
        answer = answer_of(desk, pixels)
        assert (answer.state, answer.reason) == ("doubtful", "hole")


def test_a_hole_on_a_page_with_pale_ink_is_no_answer_without_it_either(desk) -> None:
    pixels = spotted(filled(desk), desk.box(LEFT_OUT, "2"), 1.6, 0.4, 5.5, 10)
    for row in range(1, 7):
        box = desk.box(f"q{row}", "5")
        spotted(pixels, box, 0, 0, 2.0, 225)
    assert answer_of(desk, pixels).state == "doubtful"


@pytest.mark.parametrize("kind", ["fill", "hatch", "scribble", "cross"])
def test_what_a_broad_pen_fills_or_crosses_is_an_answer(desk, kind) -> None:
    answers = desk.read(desk.scan(filled(desk, BROAD, kind), 0.4)).answers[:11]
    assert [answer.reason for answer in answers].count("hole") == 0
    assert [answer.state for answer in answers].count("clear") >= 10
