"""The codes of several sheets in one picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.code import make_code, qr_matrix
from forms.serial import make_serial
from ocr.stacks import read_codes, read_stack

ADDRESS = "HTTPS://KHAOSAT.QUANGNINH.GOV.VN"
SERIALS = [make_serial(7, bits) for bits in range(1, 25)]


def picture_of(payloads, module_px, tilt_deg=0.0):
    """Codes laid out four in a row on a grey table, seen a little from the side, with the noise of a camera."""
    side = 33 * module_px
    step = side + 8 * module_px
    rows = -(-len(payloads) // 4)
    table = np.full((rows * step + step, 4 * step + step), 150, np.uint8)
    for place, payload in enumerate(payloads):
        code = np.where(np.kron(qr_matrix(payload), np.ones((module_px, module_px))), 20, 235).astype(np.uint8)
        paper = np.pad(code, 4 * module_px, constant_values=235)
        top, left = (place // 4) * step + step // 4, (place % 4) * step + step // 4
        table[top : top + len(paper), left : left + len(paper)] = paper
    height, width = table.shape
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), tilt_deg, 0.7)
    table = cv2.warpAffine(table, turned, (width, height), borderValue=150)
    noise = np.random.default_rng(1).normal(0, 6, table.shape)
    return np.clip(cv2.GaussianBlur(table, (0, 0), 0.8) + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("module_px", [5, 10])
@pytest.mark.parametrize("tilt_deg", [0.0, 7.0, -20.0])
def test_every_code_of_a_stack_is_read_once(module_px, tilt_deg):
    payloads = [make_code(ADDRESS, serial, 1 + place % 2) for place, serial in enumerate(SERIALS)]
    found = read_codes(picture_of(payloads, module_px, tilt_deg))
    assert sorted(code.serial for code in found) == sorted(SERIALS)


def test_codes_of_others_and_spoilt_serials_are_left_out():
    spoilt = SERIALS[0][:-1] + ("0" if SERIALS[0][-1] != "0" else "1")
    payloads = [make_code(ADDRESS, SERIALS[1], 1), make_code(ADDRESS, spoilt, 1), "HTTPS://EXAMPLE.VN/X"]
    assert [code.serial for code in read_codes(picture_of(payloads, 6))] == [SERIALS[1]]


def test_a_file_is_read_and_what_is_no_picture_holds_no_code(tmp_path):
    picture = tmp_path / "stack.png"
    cv2.imwrite(str(picture), picture_of([make_code("", serial, 1) for serial in SERIALS[:5]], 6))
    assert {code.serial for code in read_stack(picture)} == set(SERIALS[:5])
    assert read_stack(b"no picture") == []
    with pytest.raises(OSError, match="gone"):
        read_stack(tmp_path / "gone.png")
