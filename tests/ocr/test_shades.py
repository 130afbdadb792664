"""A stroke that a copier nearly ate leaves a shade, which makes a blank doubtful; light and grain do not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest


def shaded(pixels, desk, question, option, depth):
    """A stroke `depth` greys darker than paper in a box, as a copy's contrast leaves it."""
    ink = np.full(pixels.shape, 255, np.uint8)
    desk.draw(ink, desk.box(question, option), "tick", 0, width_mm=0.4)
    soft = cv2.GaussianBlur(255 - ink, (0, 0), 1.0).astype(np.float32) / 255
    return np.rint(pixels - depth * soft).clip(0, 255).astype(np.uint8)


def answered(desk, but):
    pixels = desk.blank()
    for row in range(1, 13):
        if f"q{row}" not in but:
            desk.draw(pixels, desk.box(f"q{row}", str(row % 5)))
    return pixels


@pytest.mark.parametrize("depth", [12, 16])
def test_a_blank_with_a_shade_in_one_of_its_boxes_is_a_persons(desk, depth) -> None:
    pixels = answered(desk, ("q4", "q9"))
    answers = desk.answers(desk.read(desk.scan(shaded(pixels, desk, "q4", "3", depth), 0.5, noise=1.5)))
    assert (answers["q4"].state, answers["q4"].chosen, answers["q4"].reason) == ("doubtful", (), "faint")
    assert answers["q9"].state == "blank"


def test_several_shades_leave_no_blank_of_the_page_a_promise(desk) -> None:
    pixels = answered(desk, ("q4", "q7", "q9"))
    for question in ("q4", "q7"):
        pixels = shaded(pixels, desk, question, "2", 14)
    answers = desk.answers(desk.read(desk.scan(pixels, noise=1.5)))
    assert {answers[question].state for question in ("q4", "q7", "q9")} == {"doubtful"}
    assert answers["q1"].state == "clear"


@pytest.mark.parametrize("noise", [0.0, *(pytest.param(noise, marks=pytest.mark.slow) for noise in (2.0, 6.0))])
def test_blanks_on_even_paper_in_uneven_light_stay_promises(desk, noise) -> None:
    for seed in range(6):
        pixels = answered(desk, ("q2", "q11"))
        light = np.linspace(1.0, 0.8, pixels.shape[1])[None] * np.linspace(0.9, 1.0, pixels.shape[0])[:, None]
        lit = np.rint(desk.scan(pixels, 0.7, seed=seed, noise=noise) * light).astype(np.uint8)
        answers = desk.answers(desk.read(lit))
        assert [answers[question].state for question in ("q2", "q11")] == ["blank", "blank"]


def test_a_page_left_blank_stays_blank(desk) -> None:
    answers = desk.answers(desk.read(desk.scan(desk.blank(), -1.0, seed=3)))
    assert {answers[f"q{row}"].state for row in range(1, 13)} == {"blank"}
