"""The pages of a PDF as grey pixels. A scanned page is one embedded picture: taken raw, a ninth of drawing's cost.

PDFium is not thread-safe: one document at a time in a process. Knows no sheet and no marker.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ocr.pictures import BadPicture, Gray, check_size, decode_jpeg

RENDER_DPI = 200
PT_PER_INCH = 72
_EVEN_SCALE = 0.1  # a picture stretched more than this in one direction is drawn, not taken raw
_INSIDE_PT = 3.0
_INVISIBLE_TEXT = 3  # PDF 32000-1:2008, table 106: text that an OCR program laid under the scan
_JPEG_STREAM = re.compile(rb"stream\r?\n(\xff\xd8\xff.*?)\r?\n?endstream", re.DOTALL)

PdfPage = tuple[Gray, float | None] | BadPicture


def open_pdf(source: Path | bytes) -> pdfium.PdfDocument:
    """An opened document; BadPicture: encrypted or damaged_file."""
    try:
        return pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        locked = error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)
        raise BadPicture("encrypted" if locked else "damaged_file") from error


def load_pages(source: Path | bytes, start: int = 1) -> Iterator[PdfPage]:
    """Each page from `start` on as pixels and dpi, or why it cannot be read; one page in memory at a time."""
    try:
        document = open_pdf(source)
    except BadPicture as bad:
        if bad.reason == "damaged_file":
            yield from _rescue(source, start)
        yield bad
        return
    with closing(document):
        if len(document) == 0:
            yield BadPicture("damaged_file")
        for index in range(start - 1, len(document)):
            yield _load_page(document, index)


def count_pages(source: Path | bytes) -> int:
    """How many items load_pages gives."""
    try:
        with closing(open_pdf(source)) as document:
            return max(1, len(document))
    except BadPicture as bad:
        return 1 + (sum(1 for _ in _jpeg_streams(source)) if bad.reason == "damaged_file" else 0)


def _load_page(document: pdfium.PdfDocument, index: int) -> PdfPage:
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return BadPicture("damaged_file")
    with closing(page):
        try:
            return _embedded(page) or _drawn(page)
        except BadPicture as bad:
            return bad
        except (pdfium.PdfiumError, cv2.error, ValueError):
            return BadPicture("damaged_file")


def _rescue(source: Path | bytes, start: int) -> Iterator[PdfPage]:
    """The complete JPEG streams of a document whose table of contents is gone, in the order of the file."""
    for number, stream in enumerate(_jpeg_streams(source), 1):
        if number >= start:
            try:
                yield decode_jpeg(stream)
            except BadPicture as bad:
                yield bad


def _jpeg_streams(source: Path | bytes) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield from (match[1] for match in _JPEG_STREAM.finditer(source))
        return
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield from (match[1] for match in _JPEG_STREAM.finditer(content))


def _embedded(page: pdfium.PdfPage) -> tuple[Gray, float] | None:
    """The page's only picture, turned as a viewer would show it; None where the page must be drawn."""
    picture = _only_picture(page)
    if picture is None:
        return None
    width, height = picture.get_px_size()
    check_size(width, height)
    right, down = _axes(picture.get_matrix(), page.get_rotation())
    turns = _quarter_turns(right, down)
    dots = width / max(1e-6, float(np.hypot(*right))), height / max(1e-6, float(np.hypot(*down)))
    if turns is None or abs(dots[0] / dots[1] - 1) > _EVEN_SCALE:
        return None
    pixels = _pixels(picture)
    return None if pixels is None else (_turned(pixels, *turns), dots[0] * PT_PER_INCH)


def _only_picture(page: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The picture, if it is all that the page shows and no crop hides a part of it."""
    pictures = []
    for item in page.get_objects(max_depth=1):
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            pictures.append(item)
        elif item.type != pdfium_c.FPDF_PAGEOBJ_TEXT or pdfium_c.FPDFTextObj_GetTextRenderMode(item) != _INVISIBLE_TEXT:
            return None
    if len(pictures) != 1 or pdfium_c.FPDFPage_GetAnnotCount(page):
        return None
    left, bottom, right, top = pictures[0].get_bounds()
    x0, y0, x1, y1 = page.get_bbox()
    inside = min(left - x0, bottom - y0, x1 - right, y1 - top) > -_INSIDE_PT
    return pictures[0] if inside else None


def _axes(matrix: pdfium.PdfMatrix, rotation: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the picture's right and down point on the shown page (x right, y down), in points."""
    a, b, c, d, _, _ = matrix.get()
    right, down = (a, -b), (-c, d)
    for _ in range(rotation // 90):
        right, down = (-right[1], right[0]), (-down[1], down[0])
    return right, down


def _quarter_turns(right: tuple[float, float], down: tuple[float, float]) -> tuple[bool, int] | None:
    """(mirrored left to right first, clockwise quarter turns) that show it upright; None if it stands askew."""
    longest = max(map(abs, (*right, *down)))
    signs = [round(value / longest * 1000) for value in (*right, *down)]
    if longest == 0 or 0 not in signs[:2] or 0 not in signs[2:] or not any(signs[:2]) or not any(signs[2:]):
        return None
    mirrored = right[0] * down[1] - right[1] * down[0] < 0
    x, y = (-right[0], -right[1]) if mirrored else right
    return mirrored, (0 if x > 0 else 2) if abs(x) > abs(y) else (1 if y > 0 else 3)


def _turned(pixels: Gray, mirrored: bool, quarters: int) -> Gray:
    pixels = np.fliplr(pixels) if mirrored else pixels
    return np.ascontiguousarray(np.rot90(pixels, -quarters))


def _pixels(picture: pdfium.PdfImage) -> Gray | None:
    """The picture's own pixels; None for a kind whose colours only drawing gets right."""
    filters = picture.get_filters(skip_simple=True)
    if filters == ["DCTDecode"]:
        return decode_jpeg(bytes(picture.get_data(decode_simple=True)))[0]
    about = picture.get_metadata()
    if about.colorspace not in (pdfium_c.FPDF_COLORSPACE_DEVICEGRAY, pdfium_c.FPDF_COLORSPACE_DEVICERGB):
        return None  # stencils, indexed and CMYK pictures
    bitmap = picture.get_bitmap()
    pixels = np.array(bitmap.to_numpy())
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        return pixels[:, :, 0]
    return cv2.cvtColor(pixels[:, :, :3], cv2.COLOR_BGR2GRAY).astype(np.uint8) if pixels.ndim == 3 else pixels


def _drawn(page: pdfium.PdfPage) -> tuple[Gray, float]:
    scale = RENDER_DPI / PT_PER_INCH
    width, height = page.get_size()
    check_size(width * scale, height * scale)
    pixels = np.array(page.render(scale=scale, grayscale=True).to_numpy())
    return pixels[:, :, 0] if pixels.ndim == 3 else pixels, RENDER_DPI
