"""Words beside an option that is not chosen are a person's; what darkens their line and is no pen's stroke is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.pretend.pen import PenStyle
from tests.ocr.pressed import PEN, SCALE, draw, line


def ticked(press, option: int = 0) -> np.ndarray:
    """A page of crosses, of several choices one that has no line beside it."""
    pixels = press.pixels.copy()
    for question, place in (("q1", 1), ("q2", 0), ("q3", 2), ("q4", option)):
        box = press.boxes(question)[place]
        draw(pixels, box.x + 2.1, box.y + 2.1, "cross")
    return pixels


def region(press):
    return next(text for text in press.page.texts if text.option)


def write(press, pixels: np.ndarray, pen: PenStyle, letters: int) -> None:
    at = region(press)
    x, y = at.x + 6 + np.arange(8 * letters) * 0.35, at.y + at.h - 2.2 + 0.9 * np.sin(np.arange(8 * letters) * 1.7)
    line(pixels, *zip(x.tolist(), y.tolist(), strict=True), pen=pen)


@pytest.mark.parametrize(
    ("pen", "letters"),
    [(PEN, 6), (PEN, 2), (PenStyle("pencil", 0.4, 0.16), 5), (PenStyle("felt_tip", 1.2, 0.9), 3)],
    ids=["words", "a short word", "in faint pencil beside a strong pen", "by a felt tip"],
)
def test_words_beside_what_is_not_chosen_are_a_persons(press, desk, pen, letters) -> None:
    pixels = ticked(press)
    write(press, pixels, pen, letters)
    answer = press.read(desk.scan(pixels, 0.3))["q4", None]
    assert (answer.state, answer.reason, answer.chosen) == ("doubtful", "words_beside", ("a",))


def test_words_beside_what_is_chosen_are_its_words(press, desk) -> None:
    pixels = ticked(press, 2)
    write(press, pixels, PEN, 6)
    answer = press.read(desk.scan(pixels, 0.3))["q4", None]
    assert (answer.state, answer.chosen) == ("clear", ("c",))


def test_a_soft_shade_over_their_line_is_no_word(press, desk, monkeypatch) -> None:
    at, pixels = region(press), ticked(press)
    ends = [(round((at.x + x) * SCALE), round((at.y + y) * SCALE)) for x, y in ((8, 1.0), (40, at.h - 1.0))]
    shade = cv2.GaussianBlur(cv2.line(np.zeros(pixels.shape, np.float32), *ends, 1.0, 40), (0, 0), 16)
    pixels = np.rint(pixels * (1 - 0.16 * shade)).astype(np.uint8)
    assert press.read(desk.scan(pixels, 0.3))["q4", None].state == "clear"
    monkeypatch.setattr("ocr.page_answers.has_words", lambda *_: True)
    assert press.read(desk.scan(pixels, 0.3))["q4", None].reason == "words_beside", "nothing darkens the line"
