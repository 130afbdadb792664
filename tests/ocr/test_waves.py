"""Waves over a whole page are taken out of it, and pages without any stay as they are."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.register import Registration, find_registration
from ocr.waves import without_waves

ROWS = [f"q{row}" for row in range(1, 13)]


@pytest.fixture
def answered(desk):
    """A page with a faint cross in every row but one, the options in turn."""
    pixels = desk.blank()
    for row, question in enumerate(ROWS[:-1], 1):
        desk.draw(pixels, desk.box(question, str(row % 5)), "cross", 110)
    return pixels


def waved(pixels, *waves):
    """Waves of so many greys, so many px long, running so many degrees from the horizontal."""
    y, x = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]]
    wavy = pixels * 0.9
    for greys, length_px, degrees in waves:
        along = x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))
        wavy = wavy + greys * np.cos(2 * np.pi * along / length_px)
    return np.rint(wavy).clip(0, 255).astype(np.uint8)


def place_of(pixels):
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    return place


@pytest.mark.parametrize("waves", [[(10, 31, 60)], [(9, 22, 20), (4, 57, 100)]])
def test_waves_over_a_page_leave_its_answers(desk, answered, waves) -> None:
    pixels = waved(desk.scan(answered, 0.4), *waves)
    answers = {answer.question: answer for answer in desk.read(pixels).answers}
    assert [answers[question].state for question in ROWS] == [*["clear"] * 11, "blank"]
    assert [answers[question].chosen for question in ROWS[:-1]] == [(str(row % 5),) for row in range(1, 12)]


def test_a_wave_is_taken_out_to_a_grey_or_two(desk, answered) -> None:
    pixels = desk.scan(answered, 0.0)
    wavy = waved(pixels, (10, 31, 60))
    clean = without_waves(wavy, place_of(wavy).px_per_mm)
    assert clean is not None
    off = np.abs(clean.astype(float) - waved(pixels))[300:-300, 200:-200]
    assert np.percentile(off, 95) <= 2


def test_a_page_without_waves_has_none(desk, answered) -> None:
    light = np.linspace(1.0, 0.85, answered.shape[1])[None]
    pixels = np.rint(desk.scan(answered, 0.7, noise=6.0) * light).astype(np.uint8)
    assert without_waves(pixels, place_of(pixels).px_per_mm) is None
