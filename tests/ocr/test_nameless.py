"""Pages whose markers a tired printer or a threshold spoilt: their squares and the codes tell the place, or nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.geometry import MM_PER_INCH, marker_rects, mid_mark_rects
from forms.serial import make_serial
from ocr.blank import draw_blank
from ocr.register import Registration, find_registration
from tests.ocr.conftest import DPI, NUMBER

SCALE = DPI / MM_PER_INCH


def part(rect, rim_mm=1.0):
    top, left = round((rect.y - rim_mm) * SCALE), round((rect.x - rim_mm) * SCALE)
    return np.s_[top : top + round((rect.h + 2 * rim_mm) * SCALE), left : left + round((rect.w + 2 * rim_mm) * SCALE)]


def hollow(pixels):
    """The insides of black areas white, as a threshold by the surroundings leaves them."""
    for rect in (*marker_rects(), *mid_mark_rects()):
        black = (pixels[part(rect)] < 128).astype(np.uint8)
        pixels[part(rect)][cv2.erode(black, np.ones((7, 7), np.uint8)) > 0] = 255
    return pixels


def patchy(pixels):
    """Half of every marker printed pale, as a cartridge at its end does."""
    for rect in marker_rects():
        paper = pixels[part(rect)].astype(np.float32)
        toner = np.linspace(0.15, 1.0, paper.shape[1])[None]
        pixels[part(rect)] = (255 - toner * (255 - paper)).astype(np.uint8)
    return pixels


@pytest.mark.parametrize("spoil", [hollow, patchy])
@pytest.mark.parametrize("degrees", [0.0, -2.0, 178.5])
def test_a_page_is_read_by_its_codes_and_the_squares_of_its_spoilt_markers(desk, spoil, degrees) -> None:
    pixels = spoil(desk.blank())
    desk.draw(pixels, desk.box("q3", "4"))
    pixels = desk.scan(pixels, degrees)
    assert not isinstance(find_registration(pixels), Registration)
    reading = desk.read(pixels)
    answers = desk.answers(reading)
    assert reading.serial == desk.serial
    assert (answers["q3"].state, answers["q3"].chosen) == ("clear", ("4",))
    truly = cv2.getRotationMatrix2D((pixels.shape[1] / 2, pixels.shape[0] / 2), degrees, 1)
    for x, y in ((30, 60), (180, 60), (100, 250)):
        there = np.array(reading.transform) @ (x, y, 1)
        assert np.allclose(there[:2] / there[2], truly @ (x * SCALE, y * SCALE, 1), atol=0.15 * SCALE)


def test_a_spoilt_marker_out_of_its_place_makes_the_page_unreadable(desk) -> None:
    pixels = hollow(desk.blank())
    last = part(marker_rects()[3])
    moved = pixels[last].copy()
    pixels[last] = 255
    height, width = moved.shape
    top, left = last[0].start - round(2.5 * SCALE), last[1].start
    pixels[top : top + height, left : left + width] = moved
    assert desk.read(desk.scan(pixels)).status == "unreadable"


def test_codes_of_two_sheets_on_a_spoilt_page_are_not_chosen_between(desk) -> None:
    pixels = hollow(desk.blank())
    other = draw_blank(desk.page, DPI, "HTTPS://KHAOSAT.EXAMPLE.VN", make_serial(NUMBER, 77))
    pixels[: len(pixels) // 2] = hollow(other)[: len(pixels) // 2]
    assert desk.read(desk.scan(pixels)).status == "unreadable"


def test_a_code_alone_places_nothing(desk) -> None:
    pixels = desk.blank()
    for rect in marker_rects():
        pixels[part(rect)] = 255
    reading = desk.read(desk.scan(pixels))
    assert (reading.status, reading.reason) == ("unreadable", "no_markers")
