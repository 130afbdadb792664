"""The shade of a wrinkle in an empty box is softer and paler than the page's pen: no promise, and never an answer."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.pretend.pen import Mark, PenStyle, draw_mark
from tests.ocr.pressed import SCALE

PEN = PenStyle("ballpoint_blue", 0.45, 0.75)
LEFT_OUT = "q12"


def filled(desk, pen: PenStyle = PEN, kind="cross"):
    """All rows but one answered."""
    pixels = desk.blank()
    for row in range(1, 12):
        box = desk.box(f"q{row}", "3")
        draw_mark(
            pixels,
            tuple(SCALE * side for side in (box.x, box.y, box.w, box.h)),
            Mark(kind),
            np.random.default_rng(row),
            pen,
        )
    return pixels


def wrinkled(pixels, box, width_mm: float, depth: float, slope: float):
    """A soft dark line through the box, its other side lit."""
    shade = np.zeros(pixels.shape, np.float32)
    x, y = box.x + box.w / 2, box.y + box.h / 2
    ends = [[round((x + side * 5) * SCALE * 16), round((y + side * slope * 5) * SCALE * 16)] for side in (-1, 1)]
    cv2.line(shade, *ends, 1.0, max(1, round(0.5 * width_mm * SCALE)), cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(shade, (0, 0), 0.25 * width_mm * SCALE)
    lit = np.roll(soft, round(0.7 * width_mm * SCALE), axis=0)
    return np.rint((pixels * (1 - depth * soft) + 12 * lit).clip(0, 255)).astype(np.uint8)


@pytest.mark.parametrize("width_mm", [0.8, 1.2, 1.8])
@pytest.mark.parametrize("depth", [*(pytest.param(depth, marks=pytest.mark.slow) for depth in (0.25, 0.35)), 0.45])
def test_a_wrinkles_shade_in_an_empty_box_is_no_answer(desk, width_mm, depth) -> None:
    for slope in (0.1, 0.6, -1.0, 3.0):
        pixels = wrinkled(filled(desk), desk.box(LEFT_OUT, "2"), width_mm, depth, slope)
        answer = next(one for one in desk.read(desk.scan(pixels, 0.4)).answers if one.question == LEFT_OUT)
        assert answer.state != "clear"


@pytest.mark.parametrize("sigma", [0.4, 1.4])
@pytest.mark.parametrize("kind", ["cross", "tick", "stroke", "fill", "hatch", "scribble"])
def test_a_pens_own_marks_are_answers_in_focus_and_out_of_it(desk, kind, sigma) -> None:
    """The page's focus is the measure: what is soft everywhere is no wrinkle."""
    pixels = cv2.GaussianBlur(filled(desk, kind=kind), (0, 0), sigma)
    answers = desk.read(desk.scan(pixels, 0.4)).answers[:11]
    assert [answer.state for answer in answers].count("clear") >= 10


def test_a_mark_of_a_paler_pen_is_an_answer_for_it_is_as_sharp(desk) -> None:
    states = []
    for seed in range(6):
        pixels = filled(desk)
        box = desk.box(LEFT_OUT, "2")
        where = tuple(SCALE * side for side in (box.x, box.y, box.w, box.h))
        draw_mark(pixels, where, Mark("cross"), np.random.default_rng(seed), PenStyle("pencil", 0.5, 0.5, 0.3))
        answer = next(one for one in desk.read(desk.scan(pixels, 0.4)).answers if one.question == LEFT_OUT)
        assert answer.chosen == ("2",)
        states.append(answer.state)
    assert states == ["clear"] * 6
