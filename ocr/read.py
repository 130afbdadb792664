"""The order of work: one page image in, one reading out. Whatever the pixels are, a reading and never an exception."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from forms.code import SheetCode, find_code
from forms.layout import Box, DigitBox, Layout, LayoutBook, PageLayout
from ocr.answers import (
    MarkedRow,
    PageLoss,
    answer_many,
    answer_number,
    answer_one,
    answer_text,
    find_unsure,
    hold_against_ink,
    hold_against_sight,
    hold_against_words,
    is_blank,
)
from ocr.boxes import BoxPatches, read_boxes
from ocr.closer import look_closer
from ocr.codes import CodeFinding, find_sheet_code
from ocr.creases import without_creases
from ocr.elsewhere import find_elsewhere
from ocr.files import BadImage, PageImage, load_images
from ocr.ink import BoxInk, measure_ink
from ocr.light import even_out
from ocr.marks import FLOOR, BoxMark, judge_boxes, shows_nothing
from ocr.model import pen_darkness
from ocr.pictures import Gray, is_dithered, is_two_level, without_dither
from ocr.reading import AnswerReading, PageReading
from ocr.regions import has_writing
from ocr.register import Registration, find_registration, find_registration_by_codes, reduced
from ocr.rough import find_codes
from ocr.settle import settle_place
from ocr.shades import find_shaded
from ocr.specks import find_specked
from ocr.streaks import without_streaks
from ocr.waves import without_waves

MIN_SIDE_PX = 300  # an A4 page at 80 dpi has 660 across
GRAINY = 0.055  # of printed black, noise of a photo in poor light: 40 ordinary ones came to 0.047 at most
_BLANK_SHARE = 0.0005
_TEXT_PX_PER_MM = 4.0
_STREAKY, _STREAKED_BOXES = ("line_through", "beside"), 3  # where so many boxes look so, a streak may be the cause

_UNEVEN, _UNCLEAR_BOXES = 0.018, 4  # of printed black, the spread of paper; nine in ten pages with moire have more


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
    if looked == "too_few_markers":
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
    answers = _read_answers(pixels, looked, layout, printed, photo)
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


def _read_answers(
    pixels: Gray, place: Registration, layout: Layout, page: PageLayout, photo: bool
) -> tuple[AnswerReading, ...]:
    """One answer for every question and row of the page, in printed order of boxes, then numbers, then texts."""
    parts: list[Box | DigitBox] = [*page.boxes, *page.digits]
    if is_dithered(pixels):
        pixels = without_dither(pixels, place.px_per_mm)
    marks, loss, groups, ink = _judge_parts(pixels, place, parts, photo)
    if _is_wavy(marks, groups):
        clean = without_waves(pixels, place.px_per_mm)
        if clean is not None:
            pixels = clean
            marks, loss, groups, ink = _judge_parts(pixels, place, parts, photo)
    if sum(mark.reason in _STREAKY for mark in marks) >= _STREAKED_BOXES:
        clean = _without_lines(pixels, place)
        if clean is not None:
            pixels = clean
            marks, loss, groups, ink = _judge_parts(pixels, place, parts, photo)
    marks = _without_specks(marks, groups, loss)
    rows = list(_rows(page, marks, loss))
    if any(is_blank(row.marks) for row in rows):  # three questions in a hundred: most pages pay nothing
        rows = list(_rows(page, _with_shades(page, marks, groups, rows), loss))
    answers = _answer(layout, rows)
    unsure = find_unsure(rows, answers)
    if unsure and ink is not None:
        seen = _seen_closer(pixels, place, page, marks, groups, ink, unsure)
        again = list(_rows(page, seen, loss))
        answers = [hold_against_sight(*each) for each in zip(answers, _answer(layout, again), again, strict=True)]
    blank = [(answer.question, answer.row) for answer in answers if answer.state == "blank"]
    if blank:
        elsewhere = find_elsewhere(pixels, place, page, blank, lambda: pen_darkness(measure_ink(groups, len(parts))))
        answers = [hold_against_ink(one) if (one.question, one.row) in elsewhere else one for one in answers]
    for question in dict.fromkeys(digit.question for digit in page.digits):
        written = zip(page.digits, marks[len(page.boxes) :], strict=True)
        answers.append(answer_number(question, [mark for digit, mark in written if digit.question == question], loss))
    if page.texts:
        coarse = reduced(pixels, place, _TEXT_PX_PER_MM)
        texts = [(region, has_writing(*coarse, region)) for region in page.texts]
        beside = {region.question: region.option for region, ink in texts if region.option and ink}
        answers = [hold_against_words(answer, beside.get(answer.question)) for answer in answers]
        answers += [answer_text(region.question, ink) for region, ink in texts if region.option is None]
    return tuple(answers)


def _judge_parts(
    pixels: Gray, place: Registration, parts: Sequence[Box | DigitBox], photo: bool
) -> tuple[list[BoxMark], PageLoss | None, list[BoxPatches], BoxInk | None]:
    """What each box is, why weak ink may have left nothing on this page, the boxes' pictures and their ink."""
    two_level = is_two_level(pixels)
    groups = read_boxes(pixels, place, parts) if parts else []
    grainy = photo and max((group.noise for group in groups), default=0.0) > GRAINY
    loss: PageLoss | None = "black_and_white" if two_level else "faint" if grainy else None
    ink = measure_ink(groups, len(parts)) if parts else None
    marks = judge_boxes(groups, ink, two_level, grainy) if ink is not None else []
    return marks, loss, groups, ink


def _answer(layout: Layout, rows: Sequence[MarkedRow]) -> list[AnswerReading]:
    return [answer_many(row) if layout.questions[row.question] == "many" else answer_one(row) for row in rows]


def _seen_closer(
    pixels: Gray,
    place: Registration,
    page: PageLayout,
    marks: list[BoxMark],
    groups: list[BoxPatches],
    ink: BoxInk,
    unsure: set[tuple[str, str | None]],
) -> list[BoxMark]:
    """The marks, those of unsure questions that show anything as a second, closer look finds them."""
    looked_at = np.zeros(len(marks), np.bool_)
    looked_at[: len(page.boxes)] = [(box.question, box.row) in unsure for box in page.boxes]
    two_level = is_two_level(pixels)
    looked_at &= ~shows_nothing(ink, two_level)
    first = np.array([mark.chances for mark in marks])
    chances = np.maximum(look_closer(pixels, place, groups, ink, two_level, first, looked_at), FLOOR)
    seen = zip(marks, chances.tolist(), looked_at.tolist(), strict=True)
    return [replace(mark, chances=tuple(each)) if looked else mark for mark, each, looked in seen]


def _is_wavy(marks: list[BoxMark], groups: list[BoxPatches]) -> bool:
    """Whether paper is so uneven, and boxes so hard to tell, that waves over the picture are worth looking for."""
    unclear = sum(not mark.settles and not (mark.bare and mark.reason is None) for mark in marks)
    return unclear >= _UNCLEAR_BOXES and max((group.noise for group in groups), default=0.0) >= _UNEVEN


def _without_lines(pixels: Gray, place: Registration) -> Gray | None:
    """The picture without streaks of a dirty glass and without creases; None where it shows none."""
    clean = without_streaks(pixels, place)
    smooth = without_creases(pixels if clean is None else clean, place)
    return clean if smooth is None else smooth


def _without_specks(marks: list[BoxMark], groups: list[BoxPatches], loss: PageLoss | None) -> list[BoxMark]:
    """What touches a bare box is no sign of a mark that missed it where it is dirt and no more; else as they are."""
    touched = np.array([mark.touched and mark.bare and mark.reason is None for mark in marks], np.bool_)
    if loss is not None or not touched.any():
        return marks
    specked = find_specked(groups, touched).tolist()
    return [replace(mark, touched=False) if dirt else mark for mark, dirt in zip(marks, specked, strict=True)]


def _with_shades(
    page: PageLayout, marks: list[BoxMark], groups: list[BoxPatches], rows: Sequence[MarkedRow]
) -> list[BoxMark]:
    """The marks, those of blanks told apart that are darker than other bare boxes of the page."""
    blank = {(row.question, row.row) for row in rows if is_blank(row.marks)}
    answered = {(row.question, row.row) for row in rows if any(mark.settles for mark in row.marks)}
    asked = [(box.question, box.row) for box in page.boxes]
    among = [np.zeros(len(marks), np.bool_) for _ in (blank, answered)]
    for held, keys in zip(among, (blank, answered), strict=True):
        held[: len(asked)] = [key in keys for key in asked]
    shaded = find_shaded(groups, np.array([is_blank([mark]) for mark in marks]), *among)
    return [replace(mark, shaded=True) if dark else mark for mark, dark in zip(marks, shaded, strict=True)]


def _rows(page: PageLayout, marks: list[BoxMark], loss: PageLoss | None) -> Iterator[MarkedRow]:
    grouped: dict[tuple[str, str | None], list[int]] = {}
    for number, box in enumerate(page.boxes):
        grouped.setdefault((box.question, box.row), []).append(number)
    for (question, row), numbers in grouped.items():
        options = tuple(page.boxes[number].option for number in numbers)
        yield MarkedRow(question, row, options, tuple(marks[number] for number in numbers), loss)
