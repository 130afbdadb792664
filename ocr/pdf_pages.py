"""The pages of a PDF as grey pixels. A scanned page is one embedded picture: taken raw, a ninth of drawing's cost.

PDFium is not thread-safe: one document at a time in a process. What is not one upright picture is drawn: several
layers (the "compact PDF" of an office machine), strips, print beside the picture. Knows no sheet and no marker.
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

from ocr.pdf_picture import PT_PER_INCH, find_picture, find_resolution, is_jpeg
from ocr.pictures import (
    BadPicture,
    Gray,
    check_jpeg,
    check_size,
    darker_channel,
    decode_jpeg,
    may_be_coloured,
)

RENDER_DPI = 200
_MOST_DPI = 300  # more than the reader looks at, which is 8 pixels a millimetre, 203 dpi
_PAGES_AN_OPENING = 16  # PDFium keeps every stream that it has read until the document is closed
_JPEG_STREAM = re.compile(rb"stream\r?\n(\xff\xd8\xff.*?)\r?\n?endstream", re.DOTALL)

PdfPage = tuple[Gray, float | None] | BadPicture


def open_pdf(source: Path | bytes) -> pdfium.PdfDocument:
    """An opened document; BadPicture: encrypted or damaged_file."""
    pdfium_c.FPDF_LoadMemDocument(b"", 0, None)  # fails: else an earlier file's fault may be told of this one
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
    pages = len(document)
    document.close()
    if pages == 0:
        yield BadPicture("damaged_file")
    for first in range(start - 1, pages, _PAGES_AN_OPENING):
        with closing(open_pdf(source)) as document:
            for index in range(first, min(pages, first + _PAGES_AN_OPENING)):
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
            return find_picture(page) or _drawn(page)
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


def _drawn(page: pdfium.PdfPage) -> tuple[Gray, float]:
    pictures = list(page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE]))
    for picture in filter(is_jpeg, pictures):
        check_size(*picture.get_px_size())
        check_jpeg(bytes(picture.get_data(decode_simple=True)))  # PDFium draws what it can, and says nothing
    # The finest of its pictures, as far as the reader looks; at least the usual: a mask may be finer than what it masks
    dpi = float(np.clip(max(map(find_resolution, pictures), default=0.0), RENDER_DPI, _MOST_DPI))
    scale = dpi / PT_PER_INCH
    width, height = page.get_size()
    check_size(width * scale, height * scale)
    grey = not (pictures and may_be_coloured(width * scale, height * scale))
    pixels = darker_channel(np.array(page.render(scale=scale, grayscale=grey).to_numpy()))
    if pictures and pixels.min() == pixels.max():
        raise BadPicture("damaged_file")  # what PDFium cannot decode it leaves white: not to be taken for an empty page
    return pixels, dpi
