"""The sheet code under damage: read as long as it can be proved, never otherwise."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.code import qr_matrix
from forms.geometry import MM_PER_INCH, code_rects
from forms.serial import make_serial
from ocr.codes import _known_modules, find_sheet_code
from ocr.register import Registration, find_registration

DPI = 200
NUMBER = 77


@pytest.fixture(scope="module")
def sheet(desk):
    """A scanned page whose second code is gone, and its place."""
    pixels = desk.blank()
    rect, scale = code_rects()[1], DPI / MM_PER_INCH
    pixels[round(rect.y * scale) :, : round((rect.x + rect.w + 1) * scale)][
        : round(22 * scale), round(26 * scale) :
    ] = 255
    scanned = desk.scan(pixels, 1.0)
    place = find_registration(scanned)
    assert isinstance(place, Registration)
    return scanned, place


def code_area(pixels, place):
    """The pixels of the first code in a scan that lies almost straight."""
    rect = code_rects()[0]
    (left, top), (right, bottom) = place.to_px(np.array([[rect.x, rect.y], [rect.x + rect.w, rect.y + rect.h]]))
    return pixels[round(top) : round(bottom), round(left) : round(right)]


def damage(area, kind) -> None:
    rng = np.random.default_rng(3)
    side = min(area.shape)
    if kind == "finder":
        cv2.circle(area, (side // 8, side // 8), side // 6, 30, -1)
    elif kind == "pen":
        cv2.line(area, (0, side // 3), (side, side // 2), 30, 4)
    elif kind == "salt":
        area[rng.random(area.shape) < 0.06] = 255
        area[rng.random(area.shape) < 0.06] = 0
    elif kind == "blur":
        area[:] = cv2.GaussianBlur(area, (0, 0), 1.9)
    elif kind == "faded":
        area[:] = 150 + area // 5
    elif kind == "stain":
        area[: side // 4, side // 3 : 2 * side // 3] = 40


@pytest.mark.parametrize("kind", ["none", "finder", "pen", "salt", "blur", "faded", "stain"])
def test_a_damaged_code_is_still_read(desk, sheet, kind) -> None:
    pixels, place = sheet[0].copy(), sheet[1]
    damage(code_area(pixels, place), kind)
    found = find_sheet_code(pixels, place)
    assert found.code is not None
    assert (found.code.serial, found.code.page) == (desk.serial, 1)


def cockle(pixels, long_mm, far_mm, phase):
    """The page as damp leaves it, in waves of such a length along both sides, print that far off its place."""
    height, width = pixels.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turn, far = 2 * np.pi / (long_mm * DPI / MM_PER_INCH), far_mm * DPI / MM_PER_INCH
    aside, down = far * np.sin(y * turn + phase), far * np.sin(x * turn + 2 * phase)
    return cv2.remap(pixels, (x + aside).astype(np.float32), (y + down).astype(np.float32), cv2.INTER_LINEAR)


@pytest.mark.parametrize(("long_mm", "far_mm", "phase"), [(18, 0.4, 2.0), (22, 0.4, 1.0), (26, 0.55, 1.0)])
def test_a_code_on_paper_that_cockled_is_read_along_its_modules(desk, long_mm, far_mm, phase) -> None:
    pixels = cockle(desk.scan(desk.blank(), 0.5), long_mm, far_mm, phase)
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    found = find_sheet_code(pixels, place)
    assert found.code is not None
    assert (found.code.serial, found.code.page) == (desk.serial, 1)


@pytest.mark.parametrize("across", [(1.1, 0.0), (0.7, 1.1), (0.0, 1.0)])
def test_a_shaken_code_is_read_by_how_its_known_modules_look(desk, sheet, across) -> None:
    scale, kernel = DPI / MM_PER_INCH, np.zeros((13, 13), np.float32)
    ends = [tuple(round(6 + sign * each * scale / 2) for each in across) for sign in (-1, 1)]
    cv2.line(kernel, *ends, 1.0, 1)
    pixels = cv2.filter2D(sheet[0], -1, kernel / kernel.sum())
    found = find_sheet_code(pixels, sheet[1])
    assert found.code is not None
    assert (found.code.serial, found.code.page) == (desk.serial, 1)


def test_a_code_damaged_beyond_repair_gives_nothing(sheet) -> None:
    pixels, place = sheet[0].copy(), sheet[1]
    area = code_area(pixels, place)
    area[:, : area.shape[1] // 2] = 30
    found = find_sheet_code(pixels, place)
    assert (found.code, found.foreign, found.spoilt) == (None, False, False)


def test_a_page_without_a_place_is_searched_whole(desk, sheet) -> None:
    found = find_sheet_code(np.ascontiguousarray(np.rot90(sheet[0])), None)
    assert found.code is not None
    assert found.code.serial == desk.serial


def test_what_is_repainted_is_the_same_in_every_code_of_ours() -> None:
    known, values = _known_modules()
    for payload in ("HTTPS://A.VN/P/0123456789ABCDEF-1", "0123456789ABCDEF-12", "X"):
        assert (np.array(qr_matrix(payload))[known] == values[known]).all()


@pytest.mark.parametrize("folded", [0, 1])
def test_a_folded_corner_that_shows_the_sheet_beneath_names_neither(desk, folded) -> None:
    rect, scale = code_rects()[folded], DPI / MM_PER_INCH
    pixels, beneath = desk.blank(), desk.blank(serial=make_serial(NUMBER, 20_140_321))
    left, top = (round((side - 2) * scale) for side in (rect.x, rect.y))
    there = np.s_[top : top + round(24 * scale), left : left + round(24 * scale)]
    pixels[there] = beneath[there]
    reading = desk.read(desk.scan(pixels, 1.0))
    assert (reading.status, reading.reason, reading.serial) == ("unreadable", "several_pages", None)
