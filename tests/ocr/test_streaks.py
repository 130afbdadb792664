"""Streaks are taken out of the picture before anybody is asked, and dithered pages become the greys they stand for."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr.pictures import is_dithered, without_dither
from ocr.register import Registration, find_registration
from ocr.streaks import without_streaks

PX = 200 / 25.4
ROWS = [f"q{row}" for row in range(1, 13)]


@pytest.fixture
def answered(desk):
    """A page with a cross in every row, the options in turn."""
    pixels = desk.blank()
    for row, question in enumerate(ROWS, 1):
        desk.draw(pixels, desk.box(question, str(row % 5)), "cross")
    return pixels


def check(desk, pixels) -> None:
    answers = {answer.question: answer for answer in desk.read(pixels).answers}
    assert [answers[question].state for question in ROWS] == ["clear"] * 12
    assert [answers[question].chosen for question in ROWS] == [(str(row % 5),) for row in range(1, 13)]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("slope", [0.0, 0.008])
def test_a_streak_down_a_column_of_boxes_leaves_the_answers(desk, answered, slope, turned) -> None:
    box = desk.box("q3", "2")
    x = (box.x + 0.4 * box.w) * PX
    height = answered.shape[0]
    ends = [(x - slope * height / 2, 0), (x + slope * height / 2, height)]
    cv2.line(answered, *(tuple(round(value) for value in end) for end in ends), 110, 2)
    pixels = desk.scan(answered, 0.0 if slope == 0 else float(np.degrees(slope)))
    check(desk, np.rot90(pixels).copy() if turned else pixels)


def test_a_clean_page_and_columns_of_boxes_have_no_streaks(desk, answered) -> None:
    pixels = desk.scan(answered, 0.0)
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    assert without_streaks(pixels, place) is None


def test_a_pens_line_down_some_boxes_is_no_streak(desk, answered) -> None:
    first, last = desk.box("q3", "2"), desk.box("q9", "2")
    ends = [(round((box.x + 2) * PX), round(box.y * PX)) for box in (first, last)]
    cv2.line(answered, *ends, 60, 3)
    place = find_registration(answered)
    assert isinstance(place, Registration)
    assert without_streaks(answered, place) is None


@pytest.mark.parametrize("kind", [Image.Dither.FLOYDSTEINBERG, Image.Dither.ORDERED])
def test_a_dithered_page_is_read_by_its_greys(desk, answered, kind) -> None:
    grey = np.asarray(answered * 0.93, np.uint8)
    pixels = np.asarray(Image.fromarray(desk.scan(grey, 0.5)).convert("1", dither=kind).convert("L"))
    assert is_dithered(pixels)
    assert not is_dithered(without_dither(pixels, PX))
    check(desk, pixels)


def test_plain_black_and_white_is_not_dithered(desk, answered) -> None:
    pixels = desk.scan(answered, 0.5)
    assert not is_dithered(pixels)
    assert not is_dithered(np.where(pixels < 150, 0, 255).astype(np.uint8))
