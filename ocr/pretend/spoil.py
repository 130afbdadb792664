"""Bad pages: what happens to a few sheets before they reach the scanner. Kinds and shares are in settings.bad_pages."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.code import qr_matrix
from forms.geometry import MM_PER_INCH, Rect, code_rects
from ocr.pictures import Gray
from ocr.pretend.pen import PenStyle, draw_strokes
from ocr.pretend.writing import draw_scrawl

# These come as pages of their own into the stack; the others happen to a page of a sheet.
EXTRA_PAGES = ("blank", "foreign")

_THICK = PenStyle("felt_tip", 1.4, 0.95, 0.03)
_FOREIGN_CODES = ("HTTPS://EXAMPLE.COM/MENU", "0123456789", "HTTPS://EXAMPLE.ORG/P/HELLO-1")


def spoil(page: Gray, kind: str, rng: np.random.Generator, dpi: int) -> Gray:
    """A spoiled copy of a page; `kind` is one of settings.bad_pages, else KeyError."""
    return _KINDS[kind](page.copy(), rng, dpi / MM_PER_INCH)


def _folded_corner(page: Gray, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """A corner folded away behind the page, with its marker; the scanner's lid shows."""
    triangle, _ = _dog_ear(page, rng, px_per_mm, 50, 64)
    cv2.fillPoly(page, [triangle], float(rng.uniform(225, 255)))
    cv2.line(page, triangle[1].tolist(), triangle[2].tolist(), 170.0, 2, cv2.LINE_AA)
    return page


def _folded_over(page: Gray, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """A corner folded over the front: the flap shows its white back and hides answers."""
    triangle, across = _dog_ear(page, rng, px_per_mm, 55, 90)
    flap = np.array([across, triangle[1], triangle[2]])
    cv2.fillPoly(page, [triangle], 250.0)
    cv2.fillPoly(page, [flap], 246.0)
    cv2.polylines(page, [flap], True, 165.0, 2, cv2.LINE_AA)
    return page


def _dog_ear(
    page: Gray, rng: np.random.Generator, px_per_mm: float, low: float, high: float
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """A corner triangle with legs of low..high mm (corner first), and where its tip lands when folded over."""
    height, width = page.shape
    corner = np.array([rng.choice([0, width]), rng.choice([0, height])], dtype=np.float64)
    inward = np.where(corner > 0, -1.0, 1.0)
    legs = rng.uniform(low, high, 2) * px_per_mm
    first, second = corner + inward * legs * (1, 0), corner + inward * legs * (0, 1)
    along = (second - first) / np.linalg.norm(second - first)
    foot = first + along * np.dot(corner - first, along)
    return np.rint([corner, first, second]).astype(np.int32), np.rint(2 * foot - corner).astype(np.int32)


def _scribbled_code(page: Gray, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """Both codes scrawled over with a felt tip."""
    for rect in code_rects():
        turns = np.linspace(0, 2 * np.pi * rng.uniform(7, 10), 200)
        centre = np.array(rect.centre) + np.linspace(-7, 7, 200)[:, None] * [1, rng.uniform(-0.4, 0.4)]
        radius = rect.w * rng.uniform(0.38, 0.5)
        coil = centre + radius * np.stack([0.5 * np.cos(turns), np.sin(turns)], axis=1)
        draw_strokes(page, [coil * px_per_mm], rng, _THICK, px_per_mm)
    return page


def _cut_off(page: Gray, rng: np.random.Generator, _: float) -> Gray:
    """Half the page is missing: torn, or fed only in part."""
    height = len(page)
    edge = int(height * rng.uniform(0.4, 0.6))
    missing = slice(edge, None) if rng.random() < 0.5 else slice(None, edge)
    page[missing] = int(rng.uniform(235, 255))
    page[edge : edge + 2] = 180
    return page


def _blank(page: Gray, _: np.random.Generator, __: float) -> Gray:
    """An empty sheet of paper."""
    page[:] = 255
    return page


def _foreign(page: Gray, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """Some other paper: grey lines in place of print, handwriting, and mostly somebody else's code."""
    page[:] = 255
    width = page.shape[1]
    for y in np.arange(40, 240, 7.5) * px_per_mm:
        if rng.random() < 0.8:
            end = int(width * rng.uniform(0.5, 0.88))
            page[int(y) : int(y + 2.2 * px_per_mm), int(width * 0.12) : end : 5] = 60
    area = (25 * px_per_mm, 240 * px_per_mm, 150 * px_per_mm, 30 * px_per_mm)
    draw_scrawl(page, area, rng, PenStyle("gel", 0.5, 0.85), px_per_mm)
    if rng.random() < 0.7:
        where = Rect(float(rng.uniform(20, 160)), float(rng.uniform(10, 25)), 22.0, 22.0)
        _draw_code(page, _FOREIGN_CODES[int(rng.integers(len(_FOREIGN_CODES)))], where, px_per_mm)
    return page


def _draw_code(page: Gray, payload: str, rect: Rect, px_per_mm: float) -> None:
    dark = np.array(qr_matrix(payload), dtype=np.uint8)
    side = int(rect.w * px_per_mm)
    left, top = int(rect.x * px_per_mm), int(rect.y * px_per_mm)
    modules = cv2.resize((1 - dark) * 255, (side, side), interpolation=cv2.INTER_NEAREST)
    page[top : top + side, left : left + side] = modules


_KINDS: dict[str, Callable[[Gray, np.random.Generator, float], Gray]] = {
    "folded_corner": _folded_corner,
    "folded_over": _folded_over,
    "scribbled_code": _scribbled_code,
    "cut_off": _cut_off,
    "blank": _blank,
    "foreign": _foreign,
}
