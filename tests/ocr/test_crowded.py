"""Boxes as close as on a matrix sheet: 2.6 mm from outline to outline, so that marks reach over to their neighbours."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.geometry import BOX_MM, MM_PER_INCH
from forms.layout import Box, Layout, LayoutBook, PageLayout
from forms.serial import make_serial
from ocr.blank import draw_blank
from ocr.files import PageImage
from ocr.pictures import Gray
from ocr.read import read_page
from ocr.reading import AnswerReading

DPI = 200
PX = DPI / MM_PER_INCH
PITCH_MM, ROW_MM = 6.8, 9.4
BOXES = tuple(
    Box("m1", f"A{row}", str(5 - column), round(90 + PITCH_MM * column, 3), round(60 + ROW_MM * row, 3), BOX_MM, BOX_MM)
    for row in range(12)
    for column in range(5)
)
PAGE = PageLayout(1, BOXES)
BOOK = LayoutBook("dense", ("",), {"LDENSE": Layout("LDENSE", 77, "dense", {"m1": "one"}, (PAGE,))})


def centre(row: int, column: int) -> tuple[float, float]:
    box = next(box for box in BOXES if (box.row, box.option) == (f"A{row}", str(5 - column)))
    return box.x + box.w / 2, box.y + box.h / 2


def cross(pixels: Gray, row: int, column: int, half_mm: float, dx_mm: float = 0.0) -> None:
    x, y = centre(row, column)
    for way in (-1, 1):
        ends = [round((x + dx_mm + way * side * half_mm) * PX) for side in (-1, 1)]
        tops = [round((y + side * half_mm) * PX) for side in (-1, 1)]
        cv2.line(pixels, (ends[0], tops[0]), (ends[1], tops[1]), 40, 4, cv2.LINE_AA)


def circle(pixels: Gray, row: int, column: int, radius_mm: float, dx_mm: float = 0.0) -> None:
    x, y = centre(row, column)
    cv2.circle(pixels, (round((x + dx_mm) * PX), round(y * PX)), round(radius_mm * PX), 40, 4, cv2.LINE_AA)


@pytest.fixture
def page() -> Gray:
    return draw_blank(PAGE, DPI, "", make_serial(77, 2025))


def read(pixels: Gray) -> dict[str | None, AnswerReading]:
    noisy = pixels + np.random.default_rng(5).normal(0, 3, pixels.shape)
    reading = read_page(PageImage("dense.jpg", 1, noisy.clip(0, 255).astype(np.uint8)), BOOK)
    assert (reading.status, reading.reason) == ("read", None)
    return {answer.row: answer for answer in reading.answers}


def test_an_empty_table_is_blank(page: Gray) -> None:
    assert {answer.state for answer in read(page).values()} == {"blank"}


@pytest.mark.parametrize("half_mm", [1.6, 2.1, 2.9])
def test_crosses_that_reach_out_of_their_boxes_stay_clear(page: Gray, half_mm: float) -> None:
    for row in range(12):
        cross(page, row, row % 5, half_mm)
    found = read(page)
    assert [(found[f"A{row}"].state, found[f"A{row}"].chosen) for row in range(12)] == [
        ("clear", (str(5 - row % 5),)) for row in range(12)
    ]


def test_rows_between_marked_rows_stay_blank(page: Gray) -> None:
    for row in range(0, 12, 2):
        for column in range(5):
            cross(page, row, column, 2.4)
    found = read(page)
    assert {found[f"A{row}"].state for row in range(1, 12, 2)} == {"blank"}
    assert {found[f"A{row}"].reason for row in range(0, 12, 2)} == {"two_marks"}


@pytest.mark.parametrize(("radius_mm", "dx_mm"), [(3.4, 0.0), (4.2, 0.0), (4.6, 0.4), (4.2, 1.0)])
def test_a_circle_that_cuts_into_the_next_box_is_never_taken_for_its_mark(
    page: Gray, radius_mm: float, dx_mm: float
) -> None:
    for row in range(12):
        circle(page, row, row % 4, radius_mm, dx_mm)
    for row, answer in read(page).items():
        meant = str(5 - int(str(row)[1:]) % 4)
        assert answer.state == "doubtful" or answer.chosen == (meant,), row
