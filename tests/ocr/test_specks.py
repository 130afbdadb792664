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
    monkeypatch.setattr(ocr.page_answers, "find_specked", lambda *seen: seen[-1] & False)
    assert desk.answers(desk.read(pixels))["q5"].state == "doubtful", "it was not seen at all"


EDGE_MM = 2.25  # from the outline to where another's label may begin: no further is anything looked at


@pytest.mark.parametrize(
    ("ends", "state"),
    [
        ((EDGE_MM - 0.1, EDGE_MM + 0.1), "blank"),
        ((EDGE_MM - 0.2, EDGE_MM + 1.2), "doubtful"),  # goes on beyond what the box is looked at by
    ],
)
def test_what_touches_the_edge_of_sight_is_looked_at_on_the_page_itself(desk, ends, state) -> None:
    start, end = ((x, 0.2) for x in ends)
    assert answer(desk, (start, end, 0.3)).state == state


def test_pieces_of_a_broken_stroke_at_the_edge_of_sight_are_a_persons(desk) -> None:
    pieces = [((x, 0.2), (x + 0.15, 0.2), 0.3) for x in (EDGE_MM - 0.1, EDGE_MM + 0.6, EDGE_MM + 1.3)]
    assert answer(desk, *pieces).state == "doubtful"


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
