"""A punched hole over an empty box: no promise, and never an answer; what a broad pen fills still is one."""

from __future__ import annotations

import cv2
import pytest

from ocr.pretend.pen import PenStyle
from tests.ocr.pressed import SCALE

BROAD = PenStyle("ballpoint_blue", 0.9, 0.9)


def spotted(pixels, box, right_mm: float, down_mm: float, wide_mm: float, grey: int):
    """A disc somewhere off the box's middle."""
    x, y = (SCALE * (at + side / 2 + off) for at, side, off in ((box.x, box.w, right_mm), (box.y, box.h, down_mm)))
    cv2.circle(pixels, (round(x * 16), round(y * 16)), round(8 * wide_mm * SCALE), grey, -1, cv2.LINE_AA, 4)
    return pixels


@pytest.mark.parametrize("wide_mm", [5.0, 5.5, 6.5])
@pytest.mark.parametrize("grey", [10, 130])
def test_a_punched_hole_over_an_empty_box_is_no_answer(desk, wide_mm, grey) -> None:
    for right_mm, down_mm in ((1.6, 0.4), (-2.0, 1.0), (0.5, 2.4), (-1.4, -1.9)):
        pixels = spotted(desk.write_all_but_last(), desk.box("q12", "2"), right_mm, down_mm, wide_mm, grey)
        answer = desk.read_last(pixels)
        assert (answer.state, answer.reason) == ("doubtful", "hole")


def test_a_hole_on_a_page_with_pale_ink_is_no_answer_without_it_either(desk) -> None:
    pixels = spotted(desk.write_all_but_last(), desk.box("q12", "2"), 1.6, 0.4, 5.5, 10)
    for row in range(1, 7):
        box = desk.box(f"q{row}", "5")
        spotted(pixels, box, 0, 0, 2.0, 225)
    assert desk.read_last(pixels).state == "doubtful"


@pytest.mark.parametrize("kind", ["fill", "hatch", "scribble", "cross"])
def test_what_a_broad_pen_fills_or_crosses_is_an_answer(desk, kind) -> None:
    answers = desk.read(desk.scan(desk.write_all_but_last(kind, BROAD), 0.4)).answers[:11]
    assert [answer.reason for answer in answers].count("hole") == 0
    assert [answer.state for answer in answers].count("clear") >= 10
