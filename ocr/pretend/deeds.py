"""What people do to a question beside marking it: an arrow to another box, words struck, paint over a slip, a brace.

Drawn where the layout says; knows pens and print, must not know answers or scanners. Lengths in mm of the sheet.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import cv2
import numpy as np

from forms.geometry import BODY_LEFT_MM, Rect
from forms.layout import Box, PageLayout
from ocr.pictures import Gray
from ocr.pretend.elsewhere import find_words
from ocr.pretend.pen import Mark, PenStyle, draw_mark, draw_strokes
from ocr.pretend.shapes import Points, smooth, turn, wobble

Deed = Literal[
    "arrow",
    "arrow_to_words",
    "struck_question",
    "word_over",
    "painted_over",
    "painted_and_marked",
    "highlit",
    "checked",
]
DEEDS: tuple[Deed, ...] = get_args(Deed)
UNTOLD: tuple[Deed, ...] = ("arrow", "arrow_to_words", "struck_question", "word_over")
"""Deeds after which only a person can say what the question means."""
_HEAD_MM = 1.2, 2.4  # the sides of an arrow's head
_PAINT = 250  # correction fluid is a little greyer than the scanner's white paper
_CHECKER = PenStyle("checker", 0.5, 0.62, 0.1)  # red ballpoint as a grey scanner sees it


@dataclass(frozen=True)
class Desk:
    """A page, the hand and pen at work on it, and its scale."""

    pixels: Gray
    page: PageLayout
    rng: np.random.Generator
    pen: PenStyle
    px_per_mm: float

    def draw(self, strokes: Sequence[Points], pen: PenStyle | None = None) -> None:
        """Strokes in mm by a hand that is not quite steady, in place."""
        shaky = [wobble(stroke, 0.08, self.rng) * self.px_per_mm for stroke in strokes]
        draw_strokes(self.pixels, shaky, self.rng, pen or self.pen, self.px_per_mm)


def do_deed(desk: Desk, deed: Deed, boxes: Sequence[Box], marked: Box) -> bool:
    """One of DEEDS to a question, in place; `marked`: its box that holds the mark, for "highlit" its option alone.

    False where the question has no place for it.
    """
    return _DEEDS[deed](desk, boxes, marked)


def _arrow(desk: Desk, boxes: Sequence[Box], marked: Box) -> bool:
    """From the mark into another box of the question or up to it, level or arched over what is between."""
    other = _pick_other(desk, boxes, marked)
    if other is None:
        return False
    _draw_arrow(desk, np.array(marked.centre), np.array(other.centre), other.w / 2 + desk.rng.uniform(-1.5, 1.2))
    return True


def _arrow_to_words(desk: Desk, boxes: Sequence[Box], marked: Box) -> bool:
    """From the mark to the words behind another box; only where options stand in lines of their own."""
    other = _pick_other(desk, boxes, marked)
    if other is None or len({round(box.y) for box in boxes}) == 1:
        return False
    beyond = np.array([other.w / 2 + desk.rng.uniform(2.2, 6.0), desk.rng.uniform(-1.0, 1.0)])
    _draw_arrow(desk, np.array(marked.centre), other.centre + beyond, 0.0)
    return True


def _pick_other(desk: Desk, boxes: Sequence[Box], marked: Box) -> Box | None:
    """Another box of the question, most often the nearest."""
    others = sorted((box for box in boxes if box != marked), key=lambda box: math.dist(box.centre, marked.centre))
    return others[min(len(others) - 1, int(desk.rng.geometric(0.55)) - 1)] if others else None


def _draw_arrow(desk: Desk, start: Points, end: Points, short_mm: float) -> None:
    """An arrow that begins at the edge of the mark and ends `short_mm` before `end`; one in four has no head."""
    rng = desk.rng
    way = end - start
    length = float(np.hypot(*way))
    along = way / length
    across = np.array([along[1], -along[0]])
    begin, tip = start + along * rng.uniform(0.5, 2.6), end - along * short_mm
    bow = rng.choice([0.0, 1.0]) * rng.uniform(0.08, 0.35) * length * (1 if across[1] < 0 else -1)
    line = smooth(np.array([begin, (begin + tip) / 2 + across * bow, tip]))
    strokes = [line]
    if rng.random() < 0.75:
        back = line[-4] - tip
        back = back / np.hypot(*back)
        for side in (-1, 1):
            wing = turn((back * rng.uniform(*_HEAD_MM))[None], side * rng.uniform(22, 40))[0]
            strokes.append(np.array([tip + wing, tip + wing / 2, tip]))
    desk.draw(strokes)


def _struck_question(desk: Desk, boxes: Sequence[Box], _: Box) -> bool:
    """The question's words struck out, by one line or a long cross, its mark left standing."""
    found = find_words(desk.page, boxes, desk.rng)
    if found is None:
        return False
    words, rng = found.words, desk.rng
    left, right = words.x + rng.uniform(-2, 1), words.x + words.w + rng.uniform(-1, 2)
    top, bottom = found.area.y + 1.0, found.area.y + found.area.h - 1.0
    middle = words.centre[1] + rng.uniform(-0.3, 0.5)
    ways = ([(left, middle), (right, middle)],), ([(left, top), (right, bottom)], [(left, bottom), (right, top)])
    desk.draw([_dense(np.array(line)) for line in ways[int(rng.integers(2))]])
    return True


def _dense(ends: Points) -> Points:
    along = np.linspace(0, 1, 16)[:, None]
    return np.asarray(ends[0] + (ends[1] - ends[0]) * along)


def _word_over(desk: Desk, _: Sequence[Box], marked: Box) -> bool:
    """A short word of refusal written over the box and its mark."""
    rng = desk.rng
    high, width = rng.uniform(2.0, 3.2), rng.uniform(7, 11)
    letters = int(rng.integers(4, 6))
    knots = np.stack([np.linspace(-0.5, 0.5, 4 * letters) * width, rng.uniform(-0.5, 0.5, 4 * letters) * high], axis=1)
    knots[:, 0] += rng.normal(0, 0.35, len(knots))
    desk.draw([marked.centre + rng.uniform(-0.8, 0.8, 2) + smooth(knots)])
    return True


def _painted_over(desk: Desk, boxes: Sequence[Box], marked: Box) -> bool:
    """Another box crossed first, and correction fluid over that; what was below shows a little where it is thin."""
    other = _pick_other(desk, boxes, marked)
    if other is None:
        return False
    _cross(desk, other)
    _paint(desk, other)
    return True


def _painted_and_marked(desk: Desk, _: Sequence[Box], marked: Box) -> bool:
    """Correction fluid over the box, and the mark made anew on it."""
    _paint(desk, marked)
    _cross(desk, marked)
    return True


def _cross(desk: Desk, box: Box) -> None:
    scale = desk.px_per_mm
    draw_mark(
        desk.pixels,
        (box.x * scale, box.y * scale, box.w * scale, box.h * scale),
        Mark("cross", 1.0),
        desk.rng,
        desk.pen,
        scale,
    )


def _paint(desk: Desk, box: Box) -> None:
    """A blotch of white with an uneven edge that hides most of what is under it."""
    rng, scale = desk.rng, desk.px_per_mm
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    away = rng.uniform(0.55, 0.95) * box.w * (1 + 0.12 * np.sin(3 * angle + rng.uniform(0, 6)))
    ring = box.centre + rng.normal(0, 0.4, 2) + np.stack([away * np.cos(angle), away * np.sin(angle)], axis=1)
    cover = np.zeros(desk.pixels.shape, np.float32)
    cv2.fillPoly(cover, [np.rint(ring * scale * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    cover = cv2.GaussianBlur(cover, (0, 0), 0.1 * scale) * np.float32(rng.uniform(0.85, 1.0))
    desk.pixels[:] = np.rint(desk.pixels * (1 - cover) + _PAINT * cover).astype(np.uint8)


def _highlit(desk: Desk, boxes: Sequence[Box], marked: Box) -> bool:
    """A highlighter's stroke over the box and, where they stand beside it, the words; nothing else is marked."""
    rng, scale = desk.rng, desk.px_per_mm
    reach = rng.uniform(0.5, 2.0), rng.uniform(0.5, 2.0 if len({round(box.y) for box in boxes}) == 1 else 30.0)
    half = rng.uniform(1.5, 2.8)
    band = Rect(marked.x - reach[0], marked.centre[1] - half, marked.w + sum(reach), 2 * half)
    top, left = round(band.y * scale), round(band.x * scale)
    part = desk.pixels[top : top + round(band.h * scale), left : left + round(band.w * scale)]
    part[:] = (
        np.rint(part * (1 - rng.uniform(0.06, 0.45)) * rng.normal(1, 0.01, part.shape)).clip(0, 255).astype(np.uint8)
    )
    return True


def _checked(desk: Desk, boxes: Sequence[Box], marked: Box) -> bool:
    """A checker's red tick at the question's number, in the margin or behind the boxes, over whatever is there."""
    rng = desk.rng
    y = marked.centre[1] + rng.normal(0, 1.2)
    ways = (
        BODY_LEFT_MM - rng.uniform(1, 6),
        BODY_LEFT_MM + rng.uniform(0, 8),
        max(box.x for box in boxes) + rng.uniform(5, 11),
    )
    at = np.array([float(ways[int(rng.integers(3))]), y])
    size = rng.uniform(4, 9)
    tick = np.array([(-0.4, 0.0), (-0.1, 0.35), (-0.1, 0.35), (0.25, -0.15), (0.65, -0.7)]) * size
    desk.draw([at + smooth(tick)], replace(_CHECKER, darkness=float(rng.uniform(0.4, 0.75))))
    return True


def draw_brace(desk: Desk, rows: Sequence[Sequence[Box]]) -> None:
    """One mark for several rows: a brace or a line beside the boxes or down between two columns, often a cross too."""
    rng = desk.rng
    top, bottom = rows[0][0].centre[1] - 2.0, rows[-1][0].centre[1] + 2.0
    xs = sorted(box.x for box in rows[0])
    column = int(rng.integers(len(xs)))
    x = xs[column] + 4.2 + rng.uniform(1.5, 3.5) if rng.random() < 0.5 else xs[-1] + 4.2 + rng.uniform(2.0, 6.0)
    tip = rng.uniform(1.5, 3.0)
    middle = (top + bottom) / 2
    brace = smooth(
        np.array(
            [
                (x - tip, top),
                (x, top + 1),
                (x, middle - 1),
                (x + tip, middle),
                (x, middle + 1),
                (x, bottom - 1),
                (x - tip, bottom),
            ]
        )
    )
    line = _dense(np.array([(x, top), (x, bottom)]))
    desk.draw([brace if rng.random() < 0.6 else line])
    if rng.random() < 0.6:
        at, size = np.array([x + tip + 3.0, middle]), rng.uniform(1.5, 2.2)
        desk.draw([_dense(at + size * np.array(ends)) for ends in ([(-1, -1), (1, 1)], [(-1, 1), (1, -1)])])


_DEEDS: dict[Deed, Callable[[Desk, Sequence[Box], Box], bool]] = {
    "arrow": _arrow,
    "arrow_to_words": _arrow_to_words,
    "struck_question": _struck_question,
    "word_over": _word_over,
    "painted_over": _painted_over,
    "painted_and_marked": _painted_and_marked,
    "highlit": _highlit,
    "checked": _checked,
}
