"""Text regions: writing is seen, ruled lines and streaks are none."""

from __future__ import annotations

import cv2
import pytest

from forms.geometry import MM_PER_INCH
from ocr.regions import has_writing
from ocr.register import Registration, find_registration

DPI = 200


def is_written(desk, pixels) -> bool:
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    return has_writing(pixels, place, desk.page.texts[0])


def write(pixels, words: str, level: int) -> None:
    at = round(34 * DPI / MM_PER_INCH), round(227 * DPI / MM_PER_INCH)
    cv2.putText(pixels, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.9, level, 2, cv2.LINE_AA)


@pytest.mark.parametrize("degrees", [-2.0, 0.0, 2.0])
def test_ruled_lines_are_no_writing(desk, degrees) -> None:
    assert not is_written(desk, desk.scan(desk.blank(), degrees))


def test_a_streak_of_the_scanner_is_no_writing(desk) -> None:
    scanned = desk.scan(desk.blank(), 1.0)
    scanned[:, 700:702] //= 2
    assert not is_written(desk, scanned)


@pytest.mark.parametrize("level", [30, 120, 180])
@pytest.mark.parametrize("words", ["Khong", "Can bo giai quyet nhanh hon, it giay to hon nua nhe"])
def test_writing_is_seen_faint_or_short(desk, words, level) -> None:
    pixels = desk.blank()
    write(pixels, words, level)
    assert is_written(desk, desk.scan(pixels, 1.0))
