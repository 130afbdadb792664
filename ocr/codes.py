"""The sheet code of a page image, by a cascade from cheap to thorough; and whose sheet the code makes it.

ROI, then pre-processed copies, then a repaint of everything in the symbol that is known beforehand, for the first code
and the second; the whole page last. A code counts only once its serial's check proves it. Knows no box and no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from forms.code import MODULES, SheetCode, find_code, find_stack_code, qr_matrix
from forms.geometry import CODE_MM, Rect, code_rects
from ocr.bent_code import CELL_PX, follow_modules
from ocr.blurred_code import REACH, STEPS, tell_modules
from ocr.pictures import Gray
from ocr.place import Registration, sample, sample_each

_ROI_PX_PER_MM = 8.0
_ROI_MARGIN_MM = 3.5
_GREY_PX = 4
_SPREAD_MM = 0.4  # by which print of a copy of copies has grown; a module has 0.6
_SHIFTS_MM = (0.0, -0.15, 0.15, -0.3, 0.3)
_WHOLE_PAGE_PX = 2400  # longest side for a search of the whole page: 200 dpi
_LIKE_OURS = re.compile(r"(?:.*/P/)?(?:[0-9A-Z]{4}-?){4}-[0-9]{1,2}")


@dataclass(frozen=True)
class CodeFinding:
    """The proved code, or None. `foreign`: another's code stands where both of ours belong, or anywhere on a page
    without markers; `spoilt`: a payload of our shape whose check does not hold; `several`: two pages' codes are proved;
    `stack`: campaign and stack where the page is a stack's cover.
    """

    code: SheetCode | None
    foreign: bool = False
    spoilt: bool = False
    several: bool = False
    stack: tuple[str, str] | None = None


def find_sheet_code(pixels: Gray, place: Registration | None) -> CodeFinding:
    """The code of a page, registered or not; no code is taken where two different ones are proved on one image."""
    seen: dict[str, set[int]] = {}
    if place is not None:
        rois = list(sample_each(pixels, place, list(map(_grown, code_rects())), _ROI_PX_PER_MM))
        for number, payload in _placed_payloads(pixels, place, rois):
            if code := find_code(payload):
                # A corner that is folded over shows the sheet beneath, with a code where ours should be
                beside = {find_code(other) for other in _decode(rois[1 - number])} - {None, code}
                return CodeFinding(None, several=True) if beside else CodeFinding(code)
            seen.setdefault(payload, set()).add(number)
    everywhere = _decode(_shrunk(pixels))
    proved = {code for payload in everywhere if (code := find_code(payload))}
    if len(proved) == 1:
        return CodeFinding(proved.pop())
    if proved:
        return CodeFinding(None, several=True)
    if place is not None and not seen and not everywhere:
        bent = {code for payload in _bent_payloads(pixels, place) if (code := find_code(payload))}
        if bent:
            return CodeFinding(bent.pop()) if len(bent) == 1 else CodeFinding(None, several=True)
    stacks = {stack for payload in everywhere if (stack := find_stack_code(payload))}
    spoilt = any(_LIKE_OURS.fullmatch(payload.strip().upper()) for payload in (*seen, *everywhere))
    others = len(set().union(*seen.values())) == len(code_rects()) if place is not None else bool(everywhere)
    cover = stacks.pop() if len(stacks) == 1 and not spoilt else None
    return CodeFinding(None, foreign=others and not spoilt, spoilt=spoilt, stack=cover)


def _placed_payloads(pixels: Gray, place: Registration, rois: Sequence[Gray]) -> Iterator[tuple[int, str]]:
    """What can be read at code 0 and code 1, the cheap ways for both before the dear ones."""
    for number, roi in enumerate(rois):
        yield from ((number, payload) for payload in _decode(roi))
    for number, roi in enumerate(rois):
        for copy in _prepared(roi):
            yield from ((number, payload) for payload in _decode(copy))
    for number, rect in enumerate(code_rects()):
        yield from ((number, payload) for payload in _sharpened_payloads(pixels, place, rect))
    for number, rect in enumerate(code_rects()):
        yield from ((number, payload) for payload in _repainted_payloads(pixels, place, rect))


def _grown(rect: Rect) -> Rect:
    return Rect(
        rect.x - _ROI_MARGIN_MM, rect.y - _ROI_MARGIN_MM, rect.w + 2 * _ROI_MARGIN_MM, rect.h + 2 * _ROI_MARGIN_MM
    )


def _decode(pixels: Gray) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(pixels, formats=_formats())]


def _formats() -> zxingcpp.BarcodeFormats:
    # The family QRCode also yields phantom Micro QR codes; kept at the module, it would be told to leak at its end
    return zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


def _prepared(roi: Gray) -> Iterator[Gray]:
    """Blurred, halved, doubled, two-level, thinned: each mends another kind of damage."""
    yield cv2.GaussianBlur(roi, (0, 0), 1.2).astype(np.uint8)
    yield cv2.resize(roi, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8)
    yield cv2.resize(roi, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    blurred = cv2.GaussianBlur(roi, (0, 0), 1.0)
    yield cv2.threshold(blurred, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1].astype(np.uint8)
    side = round(_SPREAD_MM * _ROI_PX_PER_MM)
    yield cv2.dilate(roi, np.ones((side, side), np.uint8)).astype(np.uint8)


@cache
def _known_modules() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which modules every code of ours has alike (finders, separators, timing, alignment, format), and their values.

    ISO/IEC 18004:2015, 6.3 and table E.1: version 4 has one alignment pattern, centred on module 26.
    """
    known = np.zeros((MODULES, MODULES), bool)
    known[:9, :9] = known[:9, -8:] = known[-8:, :9] = True
    known[6, :] = known[:, 6] = True
    known[24:29, 24:29] = True
    return known, np.array(qr_matrix("0"), bool)


def _sharpened_payloads(pixels: Gray, place: Registration, rect: Rect) -> list[str]:
    """The symbol drawn afresh as it looks once its blur is undone, what is known of it drawn right."""
    known, values = _known_modules()
    rim, cells = REACH / STEPS * CODE_MM / MODULES, STEPS * MODULES + 2 * REACH
    around = Rect(rect.x - rim, rect.y - rim, rect.w + 2 * rim, rect.h + 2 * rim)
    finely = sample(pixels, place, around, cells * _GREY_PX / around.w)
    greys = finely.reshape(cells, _GREY_PX, cells, _GREY_PX).mean(axis=(1, 3))
    return _decode_drawn(np.where(known, values, tell_modules(greys, known, values)))


def _repainted_payloads(pixels: Gray, place: Registration, rect: Rect) -> Iterator[str]:
    """The symbol measured module by module and drawn afresh, what is known of it drawn right; searched around."""
    known, values = _known_modules()
    for dy in _SHIFTS_MM:
        for dx in _SHIFTS_MM:
            moved = Rect(rect.x + dx, rect.y + dy, rect.w, rect.h)
            symbol = sample(pixels, place, moved, MODULES * CELL_PX / CODE_MM)
            cells = symbol.reshape(MODULES, CELL_PX, MODULES, CELL_PX)[:, 1:-1, :, 1:-1].mean(axis=(1, 3))
            levels = cells.clip(0, 255).astype(np.uint8)
            dark = cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1].astype(bool)
            yield from _decode_drawn(np.where(known, values, dark))


def _decode_drawn(dark: NDArray[np.bool_]) -> list[str]:
    return _decode(np.kron(np.where(np.pad(dark, 4), 0, 255), np.ones((4, 4))).astype(np.uint8))


def _bent_payloads(pixels: Gray, place: Registration) -> Iterator[str]:
    """What either symbol says once its modules are followed: from where its finders are seen, then from its place."""
    known, values = _known_modules()
    scale = MODULES * CELL_PX / CODE_MM
    margin, side = _ROI_MARGIN_MM * scale, MODULES * CELL_PX
    placed = np.array([[0, 0], [side, 0], [side, side], [0, side]]) + margin
    for patch in sample_each(pixels, place, list(map(_grown, code_rects())), scale):
        for corners in (*_seen_corners(patch), placed):
            looks = follow_modules(patch, corners, known, values)
            read = (_decode_drawn(np.where(known, values, dark)) for dark in looks)
            yield from next((payloads for payloads in read if payloads), [])


def _seen_corners(patch: Gray) -> Iterator[NDArray[np.float64]]:
    """The corners of a symbol that is seen and cannot be read, clockwise from its own upper left, px."""
    for found in zxingcpp.read_barcodes(patch, formats=_formats(), return_errors=True):
        at = found.position
        corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        yield np.array([[corner.x, corner.y] for corner in corners], np.float64)


def _shrunk(pixels: Gray) -> Gray:
    shrink = _WHOLE_PAGE_PX / max(pixels.shape)
    if shrink >= 1:
        return pixels
    return cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.uint8)
