"""The picture of a layout's print (ocr.printed), drawn from the very page that is printed when its layout is made.

Apart from what reads the picture, for it loads all that composes a PDF. Knows no pen and no scan.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from forms.compose import Plan
from forms.geometry import PT_PER_MM
from forms.layout import Layout
from forms.pdf import SheetWriter
from ocr.printed import PX_PER_MM, pack_print

_TIMES = 2  # drawn finer than kept
_INKED = 0.15  # of a pixel that print covers, from which on it counts as printed: hairlines are 0.1 mm


def with_print(layout: Layout, plan: Plan) -> Layout:
    """The layout with the picture of its print; `plan` is how it is drawn. What is far from all areas is left white."""
    pages = [
        replace(page, printed=pack_print(drawn, page.areas) if page.areas else "")
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
