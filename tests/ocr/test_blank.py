"""The drawn reference page: exact at any resolution."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.code import find_code
from forms.geometry import BOX_LINE_MM, MM_PER_INCH, marker_rects
from ocr.blank import draw_blank


@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_opencvs_own_dictionary_knows_the_markers(desk, dpi) -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    corners, ids, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(desk.blank(dpi))
    found = dict(zip(np.asarray(ids).reshape(-1).tolist(), corners, strict=True))
    assert set(found) == {0, 1, 2, 3}
    for number, rect in enumerate(marker_rects()):
        centre = found[number].reshape(4, 2).mean(axis=0) * MM_PER_INCH / dpi
        assert centre == pytest.approx(rect.centre, abs=0.3)


def test_both_codes_hold_the_sheets_address_serial_and_page(desk) -> None:
    import zxingcpp

    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    codes = [find_code(code.text) for code in zxingcpp.read_barcodes(desk.blank(), formats=formats)]
    assert len(codes) == 2
    assert {(code.address, code.serial, code.page) for code in codes} == {
        ("HTTPS://KHAOSAT.EXAMPLE.VN", desk.serial, 1)
    }


@pytest.mark.parametrize("dpi", [100, 200, 300, 600])
def test_the_ink_of_an_outline_does_not_depend_on_the_resolution(desk, dpi) -> None:
    box, scale = desk.page.boxes[0], dpi / MM_PER_INCH
    pixels = draw_blank(desk.page, dpi)
    top, left = round((box.y - 1) * scale), round((box.x - 1) * scale)
    side = round((box.w + 2) * scale)
    ink_mm2 = (1 - pixels[top : top + side, left : left + side] / 255.0).sum() / scale**2
    assert ink_mm2 == pytest.approx(4 * box.w * BOX_LINE_MM, rel=0.03)


def test_a_page_without_a_serial_has_no_code(desk) -> None:
    assert draw_blank(desk.page, 100).sum() > draw_blank(desk.page, 100, "", desk.serial).sum()
