"""The shade of a wrinkle in an empty box is softer and paler than the page's pen: no promise, and never an answer."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.pretend.pen import PenStyle
from tests.ocr.pressed import SCALE


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
        pixels = wrinkled(desk.write_all_but_last(), desk.box("q12", "2"), width_mm, depth, slope)
        answer = desk.read_last(pixels)
        assert answer.state != "clear"


@pytest.mark.parametrize("sigma", [0.4, 1.4])
@pytest.mark.parametrize("kind", ["cross", "tick", "stroke", "fill", "hatch", "scribble"])
def test_a_pens_own_marks_are_answers_in_focus_and_out_of_it(desk, kind, sigma) -> None:
    """The page's focus is the measure: what is soft everywhere is no wrinkle."""
    pixels = cv2.GaussianBlur(desk.write_all_but_last(kind), (0, 0), sigma)
    answers = desk.read(desk.scan(pixels, 0.4)).answers[:11]
    assert [answer.state for answer in answers].count("clear") >= 10


def test_a_mark_of_a_paler_pen_is_an_answer_for_it_is_as_sharp(desk) -> None:
    states = []
    for seed in range(6):
        pixels = desk.write_all_but_last()
        desk.write(pixels, desk.box("q12", "2"), "cross", PenStyle("pencil", 0.5, 0.5, 0.3), seed)
        answer = desk.read_last(pixels)
        assert answer.chosen == ("2",)
        states.append(answer.state)
    assert states == ["clear"] * 6
