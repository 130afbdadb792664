"""Rows of a fax that slipped aside are put back to the pixel; rows that only look lonely stay as they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.slips import without_slips
from tests.ocr.conftest import DPI

SLIPPED = {"q2": 7, "q5": -9, "q9": 12}


@pytest.fixture
def faxed(desk):
    """A page in black and white, a cross in each of three rows."""
    pixels = desk.blank()
    for question in SLIPPED:
        desk.draw(pixels, desk.box(question, "3"), "cross")
    return np.where(desk.scan(pixels, 0.0) < 140, 0, 255).astype(np.uint8)


def slip(pixels, desk):
    slipped = pixels.copy()
    for question, by in SLIPPED.items():
        box = desk.box(question, "3")
        row, start = (round(at * DPI / 25.4) for at in (box.y + box.h / 2, box.x - 40))
        slipped[row, start:] = np.roll(slipped[row, start:], by)
    return slipped


def test_rows_that_slipped_come_back_to_the_pixel(desk, faxed) -> None:
    slipped = slip(faxed, desk)
    assert np.count_nonzero(slipped != faxed) > 60
    assert np.array_equal(without_slips(slipped), faxed)


def test_a_page_whose_rows_stand_where_they_were_sent_stays(desk, faxed) -> None:
    assert without_slips(faxed) is None


def test_thin_rules_of_a_sheet_that_lies_askew_stay(desk, faxed) -> None:
    height, width = faxed.shape
    for y in range(200, height - 400, 70):
        cv2.line(faxed, (50, y), (width - 50, y + 150), 0, 1)
    assert without_slips(faxed) is None


def test_questions_with_slipped_rows_are_clear_again(desk, faxed, monkeypatch) -> None:
    pixels = slip(faxed, desk)
    answers = desk.answers(desk.read(pixels))
    assert {answers[question].state for question in SLIPPED} == {"clear"}
    assert {answers[question].chosen for question in SLIPPED} == {("3",)}
    monkeypatch.setattr("ocr.sight.without_slips", lambda _: None)
    monkeypatch.setattr("ocr.page_answers.find_unsure", lambda *_: set())  # the closer look settles them too
    before = desk.answers(desk.read(pixels))
    assert "doubtful" in {before[question].state for question in SLIPPED}, "nothing needed mending"
