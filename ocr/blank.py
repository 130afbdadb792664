"""A blank page drawn from its layout alone: markers, codes, mid-edge marks and box outlines, and no words.

The reference that tests and benchmarks draw on. What a printer really prints is forms' business, not this module's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forms.code import make_code, qr_matrix
from forms.geometry import BOX_LINE_MM, MARKER_BITS, MM_PER_INCH, Rect, code_rects, marker_rects, mid_mark_rects
from forms.layout import Box, DigitBox, PageLayout
from ocr.pictures import Gray

_Canvas = NDArray[np.float32]


def draw_blank(page: PageLayout, dpi: float = 200, address: str = "", serial: str = "", dark: float = 1.0) -> Gray:
    """The page at any dpi, 255 = paper; `dark` 0..1 is how black its ink is. Without a serial, no codes are drawn."""
    scale = dpi / MM_PER_INCH
    canvas = np.ones((round(page.height * scale), round(page.width * scale)), np.float32)
    for bits, rect in zip(MARKER_BITS, marker_rects(), strict=True):
        _modules(canvas, scale, rect, [[bit == "1" for bit in row] for row in bits], dark)
    for rect in mid_mark_rects():
        _fill(canvas, scale, rect, dark)
    if serial:
        modules = qr_matrix(make_code(address, serial, page.page))
        for rect in code_rects():
            _modules(canvas, scale, rect, modules, dark)
    outlined: tuple[Box | DigitBox, ...] = (*page.boxes, *page.digits)
    for part in outlined:
        _outline(canvas, scale, Rect(part.x, part.y, part.w, part.h), dark)
    return np.rint(canvas * 255).astype(np.uint8)


def _modules(canvas: _Canvas, scale: float, rect: Rect, modules: list[list[bool]], dark: float) -> None:
    """A square pattern; runs of a row are filled in one piece, so that no seam shows between them."""
    size = rect.w / len(modules)
    for row, cells in enumerate(modules):
        edges = np.flatnonzero(np.diff(np.array([False, *cells, False]).astype(np.int8)))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            run = Rect(rect.x + float(first) * size, rect.y + row * size, float(last - first) * size, size)
            _fill(canvas, scale, run, dark)


def _outline(canvas: _Canvas, scale: float, rect: Rect, dark: float) -> None:
    line, half = BOX_LINE_MM, BOX_LINE_MM / 2
    for y in (rect.y, rect.y + rect.h):
        _fill(canvas, scale, Rect(rect.x - half, y - half, rect.w + line, line), dark)
    for x in (rect.x, rect.x + rect.w):
        _fill(canvas, scale, Rect(x - half, rect.y + half, line, rect.h - line), dark)


def _fill(canvas: _Canvas, scale: float, rect: Rect, dark: float) -> None:
    """Darken each pixel by the share of it that the rectangle covers: exact edges at any dpi."""
    rows, row_share = _shares(rect.y * scale, (rect.y + rect.h) * scale, canvas.shape[0])
    columns, column_share = _shares(rect.x * scale, (rect.x + rect.w) * scale, canvas.shape[1])
    area = canvas[rows, columns]
    np.maximum(area - dark * np.outer(row_share, column_share), 0, out=area)


def _shares(start: float, end: float, length: int) -> tuple[slice, NDArray[np.float32]]:
    first, last = max(0, int(start)), min(length, int(np.ceil(end)))
    edges = np.arange(first, max(first, last) + 1)
    covered = np.minimum(edges[1:], end) - np.maximum(edges[:-1], start)
    return slice(first, max(first, last)), covered.clip(0, 1).astype(np.float32)
