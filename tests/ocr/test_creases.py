"""A crease from edge to edge of the sheet is taken out of the picture, a pen's line is not, and marks stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.creases import without_creases
from ocr.register import Registration, find_registration

PX = 200 / 25.4
ROWS = [f"q{row}" for row in range(1, 13)]


def creased(pixels, x_mm, slant=0.0, wave_mm=0.0, depth=90.0, width_mm=0.2):
    """A line down the page, darker than paper, that slants and waves."""
    height, width = pixels.shape
    y = np.arange(height)
    way = x_mm * PX + slant * (y - height / 2) + wave_mm * PX * np.sin(y / (5 * PX))
    away = np.arange(width)[None] - way[:, None]
    shade = depth * np.exp(-np.square(away / (width_mm * PX)))
    return np.rint(pixels - shade).clip(0, 255).astype(np.uint8)


@pytest.fixture
def answered(desk):
    """A page with a cross in every row but one, the options in turn."""
    pixels = desk.blank()
    for row, question in enumerate(ROWS[:-1], 1):
        desk.draw(pixels, desk.box(question, str(row % 5)), "cross")
    return pixels


@pytest.mark.parametrize(("slant", "wave_mm"), [(0.0, 0.0), (0.08, 0.0), (-0.02, 0.15)])
def test_a_crease_down_a_column_of_boxes_leaves_the_answers(desk, answered, slant, wave_mm) -> None:
    box = desk.box("q6", "3")
    pixels = creased(answered, box.x + box.w / 2, slant, wave_mm)
    answers = {answer.question: answer for answer in desk.read(desk.scan(pixels, 0.3)).answers}
    assert [answers[question].state for question in ROWS[:-1]] == ["clear"] * 11
    assert [answers[question].chosen for question in ROWS] == [*((str(row % 5),) for row in range(1, 12)), ()]


@pytest.mark.parametrize("below", [0.2, 0.5])
def test_a_wavy_crease_across_rows_of_boxes_leaves_the_answers(desk, answered, below) -> None:
    pixels = answered
    for question in ("q3", "q7"):
        box = desk.box(question, "1")
        pixels = creased(pixels.T, box.y + below * box.h, wave_mm=0.2, depth=150, width_mm=0.4).T
    answers = {answer.question: answer for answer in desk.read(desk.scan(pixels.copy(), 0.3)).answers}
    assert [answers[question].state for question in ROWS] == [*["clear"] * 11, "blank"]
    assert [answers[question].chosen for question in ROWS[:-1]] == [(str(row % 5),) for row in range(1, 12)]


def test_what_a_crease_covers_becomes_paper_and_the_outlines_stay(desk, answered) -> None:
    box = desk.box("q12", "3")
    pixels = creased(answered, box.x + box.w / 2, 0.01, 0.1)
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    clean = without_creases(pixels, place)
    assert clean is not None
    across = slice(round((box.x + 1) * PX), round((box.x + box.w - 1) * PX))
    inside = slice(round((box.y + 1) * PX), round((box.y + box.h - 1) * PX))
    assert pixels[inside, across].min() < 190
    assert clean[inside, across].min() > 235
    edge = slice(round(box.y * PX) - 2, round(box.y * PX) + 3)
    assert clean[edge, across].min(axis=0).max() < 140


@pytest.mark.parametrize("columns", [["q2", "q10"], ["q1", "q12"]])
def test_a_pens_line_down_a_column_is_no_crease(desk, answered, columns) -> None:
    first, last = (desk.box(question, "2") for question in columns)
    ends = [(round((box.x + 2) * PX), round((box.y + far) * PX)) for box, far in ((first, -6), (last, 10))]
    cv2.line(answered, *ends, 60, 3)
    place = find_registration(answered)
    assert isinstance(place, Registration)
    assert without_creases(answered, place) is None


def test_print_and_the_edge_of_the_sheet_are_no_creases(desk, answered) -> None:
    pixels = desk.scan(answered, 2.0)
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    assert without_creases(pixels, place) is None
