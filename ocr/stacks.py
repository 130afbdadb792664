"""One picture of several sheets laid out, or a scan of them: every code of ours in it. Knows no campaign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from forms.code import SheetCode, find_code
from ocr.files import BadImage, load_images
from ocr.pictures import Gray

_TILES = 3
_OVERLAP = 0.25


def read_stack(source: Path | bytes) -> list[SheetCode]:
    """The proved codes in every image of a file, one a serial, in reading order; OSError where it cannot be opened.

    A code that cannot be read is not there: whoever counts the sheets sees that the numbers differ.
    """
    found: dict[str, SheetCode] = {}
    for image in load_images(source):
        if not isinstance(image, BadImage):
            for code in read_codes(image.pixels):
                found.setdefault(code.serial, code)
    return list(found.values())


def read_codes(pixels: Gray) -> list[SheetCode]:
    """The proved codes in a picture, one a serial: in the whole, then in overlapping parts of it at twice the size.

    The parts are for codes that are small in the picture: a detector looks for finder patterns at few scales.
    """
    found: dict[str, SheetCode] = {}
    for part in (pixels, *_parts(pixels)):
        for code in _decode(part):
            found.setdefault(code.serial, code)
    return list(found.values())


def _parts(pixels: Gray) -> Iterator[Gray]:
    height, width = pixels.shape
    for row in range(_TILES):
        for column in range(_TILES):
            top, bottom = _span(row, height)
            left, right = _span(column, width)
            part = pixels[top:bottom, left:right]
            yield cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def _span(place: int, length: int) -> tuple[int, int]:
    size = length / _TILES
    return max(0, int((place - _OVERLAP) * size)), min(length, int((place + 1 + _OVERLAP) * size))


def _decode(pixels: Gray) -> Iterator[SheetCode]:
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    for barcode in zxingcpp.read_barcodes(pixels, formats=formats):
        code = find_code(barcode.text)
        if code is not None:
            yield code
