"""Pictures for people: the row of a question or a whole page, upright, cut on demand from the stored image."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from forms.errors import NotFound
from forms.geometry import BODY_BOTTOM_MM, BODY_LEFT_MM, BODY_RIGHT_MM, BODY_TOP_MM, PAGE_W_MM, Rect
from forms.layout import PageLayout, question_rect
from forms.words import text
from ocr.files import BadImage, PageImage, load_images
from ocr.pictures import Gray
from ocr.reading import Matrix
from ocr.register import Registration, reduced, sample

MAX_CROP_PX_PER_MM = 8.0
_HEAD_MM = 30.0  # how far above its boxes a question's words may begin
_LABEL_MM = 2.5
_EDGE_MM = 0.5  # above and below an area: a hair of its neighbours at most
_ROUND_BOX_MM = 0.9  # a mark's strokes reach over the outline; a neighbour's box or label stands further away
_STRIP_GAP_PX = 3
_JPEG_QUALITY = 70


def load_image(source: Path | bytes, number: int, name: str | None = None) -> PageImage:
    """One page image of a file, counted from 1; NotFound where there is none or it cannot be read. Raises OSError."""
    loaded = next(load_images(source, name, start=number), None)
    if loaded is None or isinstance(loaded, BadImage):
        reason = "no_such_image" if loaded is None else loaded.reason
        raise NotFound(text(f"reading.reason_{reason}"))
    return loaded


def crop_question(
    image: PageImage,
    transform: Matrix,
    page: PageLayout,
    question: str,
    row: str | None = None,
    margin_mm: float = 2.0,
    px_per_mm: float = MAX_CROP_PX_PER_MM,
) -> bytes:
    """PNG of the question's words and boxes from margin to margin, upright; NotFound where the page has no such row.

    Where the layout knows the question's own areas, all of each, one under the other, margins of the paper included.

    `transform` is the reading's (sheet mm to px).
    """
    answer = question_rect(page, question, row)
    if answer is None:
        raise NotFound(text("reading.reason_no_such_question"))
    top, bottom = _words_top(page, answer), answer.y + answer.h + margin_mm
    left, right = min(BODY_LEFT_MM, answer.x), max(BODY_RIGHT_MM, answer.x + answer.w)
    own = [area for area in page.areas if (area.question, area.row) == (question, row)]
    strips = {(top, bottom)}
    if own:  # whoever looks sees what was looked at: a mark in the margin too, and nothing of the rows between
        strips = {(area.y - _EDGE_MM, area.y + area.h + _EDGE_MM) for area in own}
        left, right = min(left, *(area.x for area in own)), max(right, *(area.x + area.w for area in own))
    rects = [Rect(left - margin_mm, top, right - left + 2 * margin_mm, end - top) for top, end in sorted(strips)]
    return _png(np.vstack([_cut(image.pixels, transform, rect, px_per_mm) for rect in rects]))


def crop_marks(
    image: PageImage, transform: Matrix, page: PageLayout, question: str, row: str | None = None, px_per_mm: float = 5.0
) -> bytes:
    """PNG of the boxes of a question and row alone, side by side in their order; NotFound where it has none.

    Nothing between the boxes is on it: no words, no number, and no handwriting but what stands in a box. The paper is
    made white, as its tone would tell which pictures come from one sheet.
    """
    boxes = [box for box in page.boxes if (box.question, box.row) == (question, row)]
    if not boxes:
        raise NotFound(text("reading.reason_no_such_question"))
    around = 2 * _ROUND_BOX_MM
    w, h = max(box.w for box in boxes) + around, max(box.h for box in boxes) + around
    rects = [Rect(box.x - _ROUND_BOX_MM, box.y - _ROUND_BOX_MM, w, h) for box in boxes]
    pieces = [_cut(image.pixels, transform, rect, px_per_mm) for rect in rects]
    gap = np.full((pieces[0].shape[0], _STRIP_GAP_PX), 255, dtype=np.uint8)
    strip = np.hstack([part for piece in pieces for part in (piece, gap)][:-1])
    paper = max(1.0, float(np.median(np.hstack(pieces))))
    return _png(np.minimum(strip * (255 / paper), 255).astype(np.uint8))


def crop_page(
    image: PageImage, transform: Matrix | None, page: PageLayout | None = None, height_px: int = 1200
) -> bytes:
    """PNG preview of the page, upright where the transform is known, else as scanned, downscaled to a height."""
    return _png(_shrink_page(image, transform, page, height_px))


def crop_small_page(image: PageImage, transform: Matrix | None, height_px: int = 508) -> bytes:
    """JPEG of the page as crop_page has it, to tell it from others in a list: about 20 kB where the PNG takes 300."""
    return _jpeg(_shrink_page(image, transform, None, height_px))


def crop_body(image: PageImage, transform: Matrix, page: PageLayout, px_per_mm: float = 4.0) -> bytes:
    """JPEG of all that a page asks, from edge to edge, upright; its codes and numbers, above and below, are not on it.

    What is written by hand in free texts is whitened: a hand may tell who wrote.
    """
    body = _cut(image.pixels, transform, Rect(0.0, BODY_TOP_MM, PAGE_W_MM, BODY_BOTTOM_MM - BODY_TOP_MM), px_per_mm)
    scale = body.shape[1] / PAGE_W_MM
    for words in page.texts:
        left, top = scale * (words.x - _EDGE_MM), scale * (words.y - _EDGE_MM - BODY_TOP_MM)
        right, bottom = left + scale * (words.w + 2 * _EDGE_MM), top + scale * (words.h + 2 * _EDGE_MM)
        body[max(0, round(top)) : round(bottom), max(0, round(left)) : round(right)] = 255
    return _jpeg(body)


def _shrink_page(image: PageImage, transform: Matrix | None, page: PageLayout | None, height_px: int) -> Gray:
    if transform is None:
        scale = min(1.0, height_px / image.pixels.shape[0])
        return cv2.resize(image.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
    size = PageLayout(1, ()) if page is None else page
    return _cut(image.pixels, transform, Rect(0, 0, size.width, size.height), height_px / size.height)


def _words_top(page: PageLayout, answer: Rect) -> float:
    """Where the question's words begin: under whatever stands above its boxes."""
    parts = [(part.y + part.h) for group in (page.boxes, page.digits, page.texts) for part in group]
    above = [bottom for bottom in parts if bottom <= answer.y + 0.1]
    return max([*above, BODY_TOP_MM - _LABEL_MM, answer.y - _HEAD_MM])


def _cut(pixels: Gray, transform: Matrix, rect: Rect, px_per_mm: float) -> Gray:
    place = Registration(np.array(transform), residual_mm=0.0, markers=0)
    scale = min(px_per_mm, max(1.0, place.px_per_mm))
    return sample(*reduced(pixels, place, scale), rect, scale)


def _png(pixels: Gray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def _jpeg(pixels: Gray) -> bytes:
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
