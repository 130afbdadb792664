"""What is printed alike on every sheet of a layout, as a small picture that goes with the layout. Knows no pen.

Drawn from the very page that is printed, when its layout is made: who reads needs neither the PDF nor its typefaces.
"""

from __future__ import annotations

import base64
import tempfile
import zlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from forms.compose import Plan
from forms.geometry import PT_PER_MM, Rect
from forms.layout import Area, Layout
from forms.pdf import SheetWriter

PX_PER_MM = 6.0
NEAR_MM = 6.0  # around an area, so that what reaches over its edge is known
_TIMES = 2  # drawn finer than kept
_INKED = 0.15  # of a pixel that print covers, from which on it counts as printed: hairlines are 0.1 mm


def with_print(layout: Layout, plan: Plan) -> Layout:
    """The layout with the picture of its print; `plan` is how it is drawn. What is far from all areas is left white."""
    pages = [
        replace(page, printed=_pack(drawn, page.areas) if page.areas else "")
        for page, drawn in zip(layout.pages, _draw(plan), strict=True)
    ]
    return replace(layout, pages=tuple(pages))


def _draw(plan: Plan) -> list[NDArray[np.bool_]]:
    scale = PX_PER_MM * _TIMES / PT_PER_MM * (1 - 1e-6)  # PDFium rounds up
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "print.pdf"
        writer = SheetWriter(path, plan, "")
        writer.add_empty()
        writer.close()
        with closing(pdfium.PdfDocument(path)) as document:
            return [_shrunk(page.render(scale=scale, grayscale=True).to_numpy()) for page in document]


def _shrunk(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    rows, columns = (size // _TIMES for size in pixels.shape[:2])
    coarse = cv2.resize(pixels[: rows * _TIMES, : columns * _TIMES], (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(coarse <= 255 * (1 - _INKED))


def _pack(inked: NDArray[np.bool_], areas: Sequence[Area]) -> str:
    """Rows of bits, black 1, every row less the one above it, deflated, in base 85."""
    kept = np.zeros_like(inked)
    for area in areas:
        near = print_slice(Rect(area.x - NEAR_MM, area.y - NEAR_MM, area.w + 2 * NEAR_MM, area.h + 2 * NEAR_MM))
        kept[near] = inked[near]
    changed = kept.copy()
    changed[1:] ^= kept[:-1]
    return base64.b85encode(zlib.compress(np.packbits(changed, axis=1).tobytes(), 9)).decode()


def print_slice(rect: Rect) -> tuple[slice, slice]:
    """Where a rectangle of the sheet lies in the picture: rows, columns."""
    top, left = max(0, round(rect.y * PX_PER_MM)), max(0, round(rect.x * PX_PER_MM))
    bottom, right = round((rect.y + rect.h) * PX_PER_MM), round((rect.x + rect.w) * PX_PER_MM)
    return slice(top, bottom), slice(left, right)


@lru_cache(maxsize=8)  # 2 MB each
def unpack_print(packed: str, width_mm: float, height_mm: float) -> NDArray[np.uint8]:
    """The picture of a page's print, 1 where something is printed, PX_PER_MM; ValueError where it is none."""
    rows, columns = round(height_mm * PX_PER_MM), round(width_mm * PX_PER_MM)
    try:
        stored = zlib.decompress(base64.b85decode(packed))
    except zlib.error as error:
        raise ValueError("a damaged picture of the print") from error
    bits = np.frombuffer(stored, np.uint8).reshape(rows, -1)
    return np.unpackbits(np.bitwise_xor.accumulate(bits, axis=0), axis=1)[:, :columns].copy()
