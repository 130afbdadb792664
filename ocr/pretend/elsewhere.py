"""Marks of people who leave the boxes bare: words circled, underlined or struck, ticks and crosses beside them.

They find the words by the picture of the print that goes with a layout. Must not know answers or scanners.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np

from forms.geometry import BODY_LEFT_MM, BODY_RIGHT_MM, Rect
from forms.layout import Area, Box, PageLayout
from ocr.pictures import Gray
from ocr.pretend.pen import Mark, PenStyle, draw_mark, draw_strokes
from ocr.pretend.shapes import Points, smooth, turn, wobble
from ocr.printed import PX_PER_MM, print_slice, unpack_print

Way = Literal[
    "circled_words",
    "circled_number",
    "tick_after",
    "cross_beside",
    "underlined",
    "struck_words",
    "margin_left",
    "margin_right",
    "between_rows",
]
WAYS: tuple[Way, ...] = get_args(Way)
_GAP_MM = 2.2  # between words that belong together; a number stands further from its question
_LINE_MM = 3.6
_LONGEST_MM = 32.0


@dataclass(frozen=True)
class Words:
    """The place of a question: its own area, its boxes, a stretch of a line of its words, where that line ends, and the
    `number` before them.
    """

    area: Area
    boxes: Sequence[Box]
    words: Rect
    end: float
    number: Rect


def mark_elsewhere(
    pixels: Gray,
    page: PageLayout,
    boxes: Sequence[Box],
    way: Way,
    rng: np.random.Generator,
    pen: PenStyle,
    px_per_mm: float,
) -> bool:
    """One mark that stands in no box, in place; False where the layout says nothing of what is printed."""
    found = find_words(page, boxes, rng)
    if found is None:
        return False
    at, kind, size = _WAYS[way](found, rng)
    if isinstance(kind, str):
        square = tuple(value * px_per_mm for value in (at[0] - 2.1, at[1] - 2.1, 4.2, 4.2))
        draw_mark(pixels, square, Mark(kind, size, slant_deg=float(rng.normal(0, 6))), rng, pen, px_per_mm)  # type: ignore[arg-type]
    else:
        draw_strokes(pixels, [(at + wobble(kind, 0.12, rng)) * px_per_mm], rng, pen, px_per_mm)
    return True


def find_words(page: PageLayout, boxes: Sequence[Box], rng: np.random.Generator) -> Words | None:
    """Where a question's words stand; None where the layout says nothing of what is printed."""
    own = [area for area in page.areas if (area.question, area.row) == (boxes[0].question, boxes[0].row)]
    if not own or not page.printed:
        return None
    box = boxes[int(rng.integers(len(boxes)))]
    area = own[0]
    beside = len({round(each.y) for each in boxes}) == 1  # a row of a table: the words stand to the left
    left = BODY_LEFT_MM if beside else box.x + box.w + 1.0
    right = min(BODY_RIGHT_MM, area.x + area.w, *(each.x - 1.5 for each in boxes if beside))
    top = _first_line(page, Rect(left, area.y, right - left, area.h)) if beside else box.y + box.h / 2 - _LINE_MM / 2
    runs = _runs(page, Rect(left, top, right - left, _LINE_MM))
    if not runs:
        return None
    number, words = (runs[0], runs[1]) if beside and len(runs) > 1 else (runs[0], runs[0])
    if not beside:
        number = Rect(words.x, words.y, min(words.w, 3.5), words.h)
    start = words.x + (rng.uniform(0, max(0.0, words.w - _LONGEST_MM)) if beside else 0.0)
    stretch = Rect(start, words.y, min(words.w, _LONGEST_MM), words.h)
    return Words(area, boxes, stretch, words.x + words.w, number)


def _first_line(page: PageLayout, words: Rect) -> float:
    """The top of the first line of print, below the rule at the edge, mm."""
    within = Rect(words.x, words.y + 0.5, words.w, words.h - 1.0)
    inked = unpack_print(page.printed, page.width, page.height)[print_slice(within)].any(axis=1)
    return within.y + int(inked.argmax()) / PX_PER_MM


def _runs(page: PageLayout, line: Rect) -> list[Rect]:
    """The runs of words along a line of print."""
    inked = unpack_print(page.printed, page.width, page.height)[print_slice(line)].any(axis=0)
    places = np.flatnonzero(inked)
    if not len(places):
        return []
    parts = np.split(places, np.flatnonzero(np.diff(places) > _GAP_MM * PX_PER_MM) + 1)
    return [
        Rect(line.x + part[0] / PX_PER_MM, line.y, (part[-1] - part[0] + 1) / PX_PER_MM, line.h)
        for part in parts
        if part[-1] - part[0] > PX_PER_MM
    ]


_Drawn = tuple[Points, "str | Points", float]


def _ring(rect: Rect, rng: np.random.Generator) -> _Drawn:
    angle = np.linspace(0, 2 * np.pi * rng.uniform(0.95, 1.15), 70) + rng.uniform(0, 6.3)
    wide, high = rect.w / 2 + rng.uniform(0.8, 2.0), rect.h / 2 + rng.uniform(0.5, 1.3)
    ring = np.stack([wide * np.cos(angle), high * np.sin(angle)], axis=1)
    return np.array(rect.centre), turn(ring, rng.normal(0, 3)), 1.0


def _line(rect: Rect, y_mm: float, rng: np.random.Generator) -> _Drawn:
    half = rect.w / 2 + rng.uniform(-0.5, 2.0)
    ends = smooth(np.array([(-half, 0.0), (0.0, rng.normal(0, 0.25)), (half, 0.0)]))
    return np.array([rect.centre[0], y_mm]), turn(ends, rng.normal(0, 1.0)), 1.0


def _beside(found: Words, rng: np.random.Generator, kind: str) -> _Drawn:
    """Behind the words, before the next box."""
    words = found.words
    right = [box.x for box in found.boxes if box.x > found.end and abs(box.y + box.h / 2 - words.centre[1]) < 8]
    x = min(found.end + rng.uniform(2.5, 6.0), *(x - 4.5 for x in right), BODY_RIGHT_MM + 6)
    return np.array([x, words.centre[1] + rng.normal(0, 0.6)]), kind, float(rng.uniform(0.7, 1.2))


def _margin(found: Words, rng: np.random.Generator, left: bool) -> _Drawn:
    x = rng.uniform(21, 27) if left else BODY_RIGHT_MM + rng.uniform(2.5, 9)
    y = found.area.y + rng.uniform(0.35, 0.65) * found.area.h
    return np.array([x, y]), str(rng.choice(["cross", "tick"])), float(rng.uniform(0.7, 1.2))


def _between(found: Words, rng: np.random.Generator) -> _Drawn:
    """On the edge of the area, between two columns of boxes or behind the last."""
    xs = sorted({box.x + box.w / 2 for box in found.boxes})
    middles = [(first + second) / 2 for first, second in pairwise(xs)] or [xs[0] + 8.0]
    x = middles[int(rng.integers(len(middles)))]
    return np.array([x, found.area.y + rng.uniform(-0.3, 0.6)]), str(rng.choice(["cross", "tick"])), 0.75


_WAYS: dict[Way, Callable[[Words, np.random.Generator], _Drawn]] = {
    "circled_words": lambda found, rng: _ring(found.words, rng),
    "circled_number": lambda found, rng: _ring(found.number, rng),
    "tick_after": lambda found, rng: _beside(found, rng, "tick"),
    "cross_beside": lambda found, rng: _beside(found, rng, "cross"),
    "underlined": lambda found, rng: _line(found.words, found.words.y + found.words.h * rng.uniform(0.88, 1.02), rng),
    "struck_words": lambda found, rng: _line(found.words, found.words.centre[1] + rng.uniform(-0.1, 0.5), rng),
    "margin_left": lambda found, rng: _margin(found, rng, True),
    "margin_right": lambda found, rng: _margin(found, rng, False),
    "between_rows": _between,
}
