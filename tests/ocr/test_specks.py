"""Dirt beside the boxes of an unanswered question is dirt; what may be the end of a mark that missed them is not."""

from __future__ import annotations

import cv2
import pytest

import ocr.page_answers
from forms.geometry import MM_PER_INCH
from tests.ocr.conftest import DPI

SCALE = DPI / MM_PER_INCH


def stroke(pixels, desk, start_mm, end_mm, width_mm=0.5):
    """From the right end of the outline of q5's box 4, mm to the right and down from its middle."""
    box = desk.box("q5", "4")
    ends = [(round((box.x + box.w + x) * SCALE), round((box.y + box.h / 2 + y) * SCALE)) for x, y in (start_mm, end_mm)]
    cv2.line(pixels, *ends, 30, round(width_mm * SCALE), cv2.LINE_AA)


def answer(desk, *strokes):
    pixels = desk.blank()
    for each in strokes:
        stroke(pixels, desk, *each)
    return desk.answers(desk.read(desk.scan(pixels)))["q5"]


def test_a_speck_beside_a_box_leaves_the_question_blank(desk, monkeypatch) -> None:
    box, pixels = desk.box("q5", "4"), desk.blank()
    x, y = round((box.x + box.w + 1.8) * SCALE), round((box.y + box.h / 2) * SCALE)
    pixels[y : y + 3, x - 3 : x] = 90
    pixels = desk.scan(pixels)
    assert desk.answers(desk.read(pixels))["q5"].state == "blank"
    monkeypatch.setattr(ocr.page_answers, "find_specked", lambda _, chosen: chosen & False)
    assert desk.answers(desk.read(pixels))["q5"].state == "doubtful", "it was not seen at all"


@pytest.mark.parametrize(
    "tip",
    [
        ((1.9, 0.0), (6.0, 0.5)),  # begins where nobody looks any more
        ((1.0, 0.3), (2.2, 0.3)),  # as long as a short stroke
        ((0.1, 1.0), (0.9, 1.0)),  # comes out of the outline
    ],
)
def test_the_end_of_a_stroke_beside_a_box_is_a_persons(desk, tip) -> None:
    assert answer(desk, tip).state == "doubtful"


def test_a_mark_and_a_speck_beside_a_box_are_a_persons(desk) -> None:
    assert answer(desk, ((1.3, -1.2), (1.4, -1.1)), ((0.6, 0.2), (2.0, 1.4))).state == "doubtful"
