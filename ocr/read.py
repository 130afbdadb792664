"""The order of work: one page image in, one reading out. Whatever the pixels are, a reading and never an exception."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from forms.code import SheetCode, find_code
from forms.layout import Layout, LayoutBook, PageLayout
from ocr.codes import CodeFinding, find_sheet_code
from ocr.files import BadImage, PageImage, load_images
from ocr.light import even_out
from ocr.page_answers import answer_page
from ocr.pictures import Gray
from ocr.reading import PageReading
from ocr.register import Registration, find_registration, find_registration_by_codes
from ocr.rough import find_codes
from ocr.settle import settle_place
from ocr.sight import see_boxes

MIN_SIDE_PX = 300  # an A4 page at 80 dpi has 660 across
_BLANK_SHARE = 0.0005


def read_file(source: Path | bytes, book: LayoutBook, name: str | None = None) -> Iterator[PageReading]:
    """A reading for every page image of a file; a bad file or page is one too. Raises OSError only."""
    for loaded in load_images(source, name):
        yield read_image(loaded, book)


def read_image(loaded: PageImage | BadImage, book: LayoutBook) -> PageReading:
    """The reading of what load_images gave: of a page, or of one that could not be loaded."""
    if isinstance(loaded, BadImage):
        return PageReading(loaded.file, loaded.image, "unreadable", loaded.reason)
    return read_page(loaded, book)


def read_page(image: PageImage, book: LayoutBook) -> PageReading:
    """One page: find its markers, prove its code, read its boxes. `ms` is this call's own wall time."""
    started = time.perf_counter()
    try:
        reading = _read(image, book)
    except (cv2.error, np.linalg.LinAlgError, ValueError, IndexError, ZeroDivisionError, OverflowError):
        # Pixels that no step foresaw: a person looks at the page, the batch goes on
        reading = PageReading(image.file, image.image, "unreadable", "damaged_page")
    return replace(reading, ms=(time.perf_counter() - started) * 1000)


def _read(image: PageImage, book: LayoutBook) -> PageReading:
    page = PageReading(image.file, image.image, "foreign", "nothing_of_ours")
    if image.pixels.ndim != 2 or min(image.pixels.shape) < MIN_SIDE_PX:
        return page
    looked = find_registration(image.pixels)
    if looked == "too_few_markers" or (looked == "no_markers" and not _is_blank(image.pixels)):
        again = find_registration(image.pixels, spoilt=True)
        looked = again if isinstance(again, Registration) else looked
    found = find_sheet_code(image.pixels, looked if isinstance(looked, Registration) else None)
    if isinstance(looked, str) and found.code is not None:
        looked = _find_by_codes(image.pixels, found.code) or looked
    if isinstance(looked, Registration):
        page = replace(page, rotation=looked.rotation, transform=looked.as_rows())
    if found.code is None:
        return _without_code(page, looked, found, image.pixels, book.campaign)
    layout = book.find_layout(found.code.serial)
    if found.code.address not in book.addresses or layout is None:
        return replace(page, reason="unknown_layout" if found.code.address in book.addresses else "other_address")
    ours = replace(page, serial=found.code.serial, sheet_page=found.code.page, layout=layout.id)
    printed = _find_page(layout, found.code)
    if printed is None:
        return replace(ours, status="unreadable", reason="no_such_page")
    if isinstance(looked, str):
        return replace(ours, status="unreadable", reason=looked)
    pixels, photo = image.pixels, False
    if looked.rough:
        photo = not looked.is_level
        pixels = even_out(pixels, looked.px_per_mm) if photo else pixels
        settled = settle_place(pixels, looked, [*printed.boxes, *printed.digits])
        if settled is None:
            pixels, photo = image.pixels, False
            settled = _find_by_codes(pixels, found.code)
        if settled is None:
            return replace(ours, status="unreadable", reason="distorted")
        looked, ours = settled, replace(ours, transform=settled.as_rows())
    answers = answer_page(see_boxes(pixels, looked, layout, printed, photo), looked, layout, printed)
    return replace(ours, status="read", reason=None, answers=answers)


def _find_by_codes(pixels: Gray, code: SheetCode) -> Registration | None:
    """The place by the codes of the sheet where its markers are spoilt; None where the codes in place say otherwise."""
    corners = [corners for payload, corners in find_codes(pixels) if find_code(payload) == code]
    place = find_registration_by_codes(pixels, corners)
    return place if place is not None and find_sheet_code(pixels, place).code == code else None


def _without_code(
    page: PageReading, looked: Registration | str, found: CodeFinding, pixels: Gray, campaign: str
) -> PageReading:
    """Ours but not to be read, or not ours: markers or a payload of our shape make it ours; a cover is no sheet."""
    if found.several:
        return replace(page, status="unreadable", reason="several_pages")
    if found.spoilt:
        return replace(page, status="unreadable", reason="wrong_serial")
    if found.stack is not None and not isinstance(looked, Registration):  # a cover that lies on a sheet hides answers
        ours = found.stack[0] == campaign.lower()
        return replace(page, reason="stack_cover" if ours else "not_ours", stack=found.stack[1] if ours else None)
    if found.foreign:
        return replace(page, reason="not_ours")
    if isinstance(looked, Registration):
        return replace(page, status="unreadable", reason="no_code")
    if looked != "no_markers":
        return replace(page, status="unreadable", reason=looked)
    return replace(page, reason="blank_page" if _is_blank(pixels) else "nothing_of_ours")


def _find_page(layout: Layout, code: SheetCode) -> PageLayout | None:
    return next((page for page in layout.pages if page.page == code.page), None)


def _is_blank(pixels: Gray) -> bool:
    """Nothing but paper inside the outer twentieth, where scanners draw shadows."""
    side_px = 400
    shrink = min(1.0, side_px / min(pixels.shape))
    small = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    rim = [round(size / 20) for size in small.shape]
    inner = small[rim[0] : -rim[0], rim[1] : -rim[1]]
    paper = float(np.percentile(inner, 80))
    return paper > 100 and float((inner < 0.75 * paper).mean()) <= _BLANK_SHARE
