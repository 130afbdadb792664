"""Outlines printed unevenly keep no question from being blank; a stroke of a pen along an outline does."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.geometry import MM_PER_INCH
from tests.ocr.conftest import DPI


def uneven(desk, seed: int) -> np.ndarray:
    """The page as a tired printer draws it: one side in six is a row of dots thicker, next to what was printed."""
    pixels, rng, scale = desk.blank(), np.random.default_rng(seed), DPI / MM_PER_INCH
    for box in desk.page.boxes:
        near, far = (
            (round(scale * each) - 1 for each in (box.x, box.y)),
            (scale * (box.x + box.w), scale * (box.y + box.h)),
        )
        (left, top), (right, bottom) = near, (round(each) + 1 for each in far)
        sides = ((left, top), (right, top)), ((left, bottom), (right, bottom)), ((left, top), (left, bottom))
        for first, last in (side for side in sides if rng.random() < 1 / 6):
            cv2.line(pixels, first, last, 60)
    return pixels


def answered(desk, pixels: np.ndarray, but: str) -> np.ndarray:
    for row in range(1, 13):
        if f"q{row}" != but:
            desk.draw(pixels, desk.box(f"q{row}", str(row % 5)))
    return pixels


def read(desk, pixels: np.ndarray, question: str) -> str:
    return desk.answers(desk.read(desk.scan(pixels, 0.3, noise=1.5)))[question].state


def underlined(desk, pixels: np.ndarray, question: str, width_mm: float) -> np.ndarray:
    box, scale = desk.box(question, "2"), DPI / MM_PER_INCH
    y, ends = round((box.y + box.h) * scale), (round((box.x + part * box.w) * scale) for part in (0.05, 0.95))
    left, right = ends
    return cv2.line(pixels, (left, y), (right, y), 30, round(width_mm * scale), cv2.LINE_AA)


@pytest.mark.parametrize("question", ["q2", "q4", "q7", "q9"])
def test_a_blank_on_a_page_of_uneven_outlines_is_blank(desk, question, monkeypatch) -> None:
    pixels = answered(desk, uneven(desk, 1), question)
    assert read(desk, pixels, question) == "blank"
    monkeypatch.setattr("ocr.uneven.LEAST_BOXES", 999)
    assert read(desk, pixels, question) == "doubtful", "its outlines are even"


@pytest.mark.parametrize("width_mm", [0.5, 0.7])
@pytest.mark.parametrize("paper", ["even", "uneven"])
def test_a_stroke_along_an_outline_is_a_persons(desk, paper, width_mm) -> None:
    pixels = desk.blank() if paper == "even" else uneven(desk, 1)
    pixels = underlined(desk, answered(desk, pixels, "q5"), "q5", width_mm)
    assert read(desk, pixels, "q5") == "doubtful"


def test_where_nothing_is_answered_uneven_outlines_are_a_persons(desk) -> None:
    """Nobody marked along outlines there, as far as anything tells."""
    pixels = uneven(desk, 0)
    states = desk.answers(desk.read(desk.scan(pixels, 0.3, noise=1.5)))
    assert "doubtful" in {states[f"q{row}"].state for row in range(1, 13)}
    assert "clear" not in {states[f"q{row}"].state for row in range(1, 13)}
