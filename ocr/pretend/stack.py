"""Pretend scans as the files that office scanners write: one PDF or one TIFF of many pages. Same pages, same bytes."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from forms.geometry import MM_PER_INCH, PT_PER_MM
from ocr.pictures import Gray

_PT_PER_INCH = MM_PER_INCH * PT_PER_MM
_TRAILER_BYTES = 1024
_ID = re.compile(rb"/ID\[<[0-9A-F]+><[0-9A-F]+>\]")
_DATE = re.compile(rb"/CreationDate\(D:[0-9]{14}")


def render_pages(pdf: Path, first: int, count: int, dpi: int) -> list[Gray]:
    """`count` pages of a printed PDF from page `first` (from 1) as grey pixels, 255 = paper."""
    pages = []
    scale = dpi / _PT_PER_INCH * (1 - 1e-6)  # PDFium rounds up: a page of whole pixels must not become one wider
    with closing(pdfium.PdfDocument(pdf)) as document:
        for number in range(first - 1, first - 1 + count):
            with closing(document[number]) as page:
                bitmap = page.render(scale=scale, grayscale=True)
                pixels = np.array(bitmap.to_numpy(), dtype=np.uint8)
                pages.append(pixels.reshape(pixels.shape[:2]))
    return pages


def write_pdf(jpegs: Sequence[bytes], path: Path, dpi: int) -> None:
    """One PDF page a JPEG, each embedded untouched as its DCT stream."""
    with closing(pdfium.PdfDocument.new()) as document:
        for content in jpegs:
            image = pdfium.PdfImage.new(document)
            image.load_jpeg(io.BytesIO(content), inline=True)
            width, height = (size * _PT_PER_INCH / dpi for size in image.get_px_size())
            image.set_matrix(pdfium.PdfMatrix().scale(width, height))
            with closing(document.new_page(width, height)) as page:
                page.insert_obj(image)
                page.gen_content()
        document.save(path)
    _settle_id(path, hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in jpegs)).hexdigest())


def _settle_id(path: Path, digest: str) -> None:
    """PDFium writes a random file id and the time of day; put the content's digest and a fixed time, as long, there."""
    with path.open("r+b") as file:
        for start, whence in ((0, 0), (-min(_TRAILER_BYTES, path.stat().st_size), 2)):
            file.seek(start, whence)
            at = file.tell()
            part = file.read(_TRAILER_BYTES)
            mark = digest[:32].upper().encode()
            part = _ID.sub(b"/ID[<" + mark + b"><" + mark + b">]", part)
            part = _DATE.sub(b"/CreationDate(D:20000101000000", part)
            file.seek(at)
            file.write(part)


def write_tiff(pages: Sequence[Gray], path: Path, dpi: int, quality: int = 80) -> None:
    """A TIFF of many pages: CCITT group 4 where every page is pure black and white, else JPEG."""
    path.write_bytes(encode_tiff(pages, dpi, quality))


def encode_tiff(pages: Sequence[Gray], dpi: int, quality: int = 80) -> bytes:
    """The bytes of such a TIFF."""
    one_bit = all(is_one_bit(page) for page in pages)
    images = [
        Image.fromarray(page).convert("1", dither=Image.Dither.NONE) if one_bit else Image.fromarray(page)
        for page in pages
    ]
    content = io.BytesIO()
    options = {"compression": "group4"} if one_bit else {"compression": "jpeg", "quality": quality}
    images[0].save(content, "TIFF", save_all=True, append_images=images[1:], dpi=(dpi, dpi), **options)
    return content.getvalue()


def is_one_bit(page: Gray) -> bool:
    """Whether a page is pure black and white."""
    levels = cv2.calcHist([page], [0], None, [256], [0, 256])
    return bool(levels[1:255].sum() == 0)
