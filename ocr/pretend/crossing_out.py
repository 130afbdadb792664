"""How people take back a page, or some questions of it: lines across, a cross, a scribble, a word written over it.

Knows the page's areas and pens; must not know answers or scanners. Lengths in mm of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import numpy as np

from forms.geometry import BODY_LEFT_MM, BODY_RIGHT_MM, Rect
from ocr.pretend.deeds import Desk
from ocr.pretend.shapes import Points, smooth, turn

CrossingOut = Literal["line", "cross", "z", "level", "upright", "steep_cross", "scribble", "word"]
CROSSINGS_OUT: tuple[CrossingOut, ...] = get_args(CrossingOut)
Line = tuple[tuple[float, float], tuple[float, float]]

_WORDS = "HuY", "Bo", "HoNG"  # void, drop, spoilt; small letters for those with the hook above
_STROKES: dict[str, list[list[tuple[float, float]]]] = {  # in a square of 1, y down; the hook is a stroke of its own
    "H": [[(0, 0), (0, 1)], [(0.75, 0), (0.75, 1)], [(0, 0.5), (0.75, 0.5)]],
    "u": [[(0, 0), (0, 0.75), (0.35, 1.1), (0.75, 0.75), (0.75, 0)], [(0.25, -0.2), (0.5, -0.3), (0.4, -0.1)]],
    "Y": [[(0, 0), (0.37, 0.5)], [(0.75, 0), (0.37, 0.5), (0.37, 1)]],
    "B": [[(0, 1), (0, 0), (0.65, 0.2), (0.05, 0.5)], [(0, 0.5), (0.8, 0.7), (0.6, 1.05), (0, 1)]],
    "o": [
        [(0.4, 0), (-0.1, 0.1), (-0.1, 0.9), (0.4, 1.05), (0.9, 0.9), (0.85, 0.1), (0.35, 0)],
        [(0.25, -0.2), (0.5, -0.3), (0.4, -0.1)],
    ],
    "N": [[(0, 1), (0, 0)], [(0, 0), (0.75, 1)], [(0.75, 1), (0.75, 0)]],
    "G": [[(0.8, 0.2), (0.3, -0.1), (-0.15, 0.5), (0.3, 1.1), (0.8, 0.85), (0.8, 0.55)], [(0.45, 0.55), (0.85, 0.55)]],
}
_ROUND = "uBoG"


def cross_out(desk: Desk, kind: CrossingOut | None = None) -> Rect:
    """One of CROSSINGS_OUT, any where none is named, drawn in place: the part of the page that it takes back."""
    chosen = kind or CROSSINGS_OUT[int(desk.rng.integers(len(CROSSINGS_OUT)))]
    return _WAYS[chosen](desk)


def _whole(desk: Desk) -> Rect:
    return Rect(0.0, 0.0, desk.page.width, desk.page.height)


def _corners(desk: Desk) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what is crossed from corner to corner."""
    rng = desk.rng
    return rng.uniform(15, 40), rng.uniform(45, 110), rng.uniform(165, 195), rng.uniform(220, 275)


def _draw_lines(desk: Desk, lines: Sequence[Line]) -> None:
    for start, end in lines:
        way = np.subtract(end, start)
        along = np.linspace(0, 1, 40)
        bow = 4 * along * (1 - along) * desk.rng.normal(0, 0.008)  # of its length: no arm swings quite straight
        desk.draw([np.array(start) + along[:, None] * way + bow[:, None] * np.array([-way[1], way[0]])])


def _line(desk: Desk) -> Rect:
    """One line from corner to corner."""
    left, top, right, bottom = _corners(desk)
    rising = desk.rng.random() < 0.5
    _draw_lines(desk, [((left, bottom), (right, top)) if rising else ((left, top), (right, bottom))])
    return _whole(desk)


def _cross(desk: Desk) -> Rect:
    """Two lines from corner to corner."""
    left, top, right, bottom = _corners(desk)
    _draw_lines(desk, [((left, bottom), (right, top)), ((left, top), (right, bottom))])
    return _whole(desk)


def _z(desk: Desk) -> Rect:
    """A line along the top, one down across, one along the foot."""
    left, top, right, bottom = _corners(desk)
    _draw_lines(desk, [((left, top), (right, top)), ((right, top), (left, bottom)), ((left, bottom), (right, bottom))])
    return _whole(desk)


def _level(desk: Desk) -> Rect:
    """One line across the page, as level as a hand draws it."""
    rng, asked = desk.rng, _questions(desk)
    y = rng.uniform(asked.y + 0.15 * asked.h, asked.y + 0.85 * asked.h)
    tilt = rng.normal(0, 3.0)
    _draw_lines(desk, [((rng.uniform(12, 30), y - tilt), (rng.uniform(172, 198), y + tilt))])
    return _whole(desk)


def _upright(desk: Desk) -> Rect:
    """One line down the page, as upright as a hand draws it."""
    rng, asked = desk.rng, _questions(desk)
    x = rng.uniform(BODY_LEFT_MM + 10, BODY_RIGHT_MM - 20)
    tilt = rng.normal(0, 4.0)
    top, bottom = asked.y + rng.uniform(-25, 8), asked.y + asked.h + rng.uniform(-8, 10)
    _draw_lines(desk, [((x - tilt, top), (x + tilt, bottom))])
    return _whole(desk)


def _steep_cross(desk: Desk) -> Rect:
    """A cross higher than wide over some questions that stand one below the other."""
    rng = desk.rng
    part = _some_questions(desk, rng.uniform(55, 90))
    width = part.h * rng.uniform(0.35, 0.95)
    left = rng.uniform(BODY_LEFT_MM + 2, BODY_RIGHT_MM - 2 - width)
    right, top, bottom = left + width, part.y + rng.uniform(0, 3), part.y + part.h - rng.uniform(0, 3)
    _draw_lines(desk, [((left, bottom), (right, top)), ((left, top), (right, bottom))])
    return part


def _scribble(desk: Desk) -> Rect:
    """To and fro over some questions, as loops or as a zigzag, level or slanting."""
    rng = desk.rng
    part = _some_questions(desk, rng.uniform(25, 80))
    width, turns = rng.uniform(50, 150), int(rng.integers(5, 13))
    along = np.linspace(0, 1, 2 * turns + 1)
    if rng.random() < 0.5:  # down in level strokes
        knots = np.column_stack([np.where(np.arange(len(along)) % 2, 0.5, -0.5) * width, (along - 0.5) * part.h])
    else:  # on in steep ones
        knots = np.column_stack([(along - 0.5) * width, np.where(np.arange(len(along)) % 2, 0.5, -0.5) * part.h])
    knots += rng.normal(0, 0.03, knots.shape) * [width, part.h]
    middle = np.array([rng.uniform(BODY_LEFT_MM + width / 2, BODY_RIGHT_MM - width / 2), part.centre[1]])
    path = smooth(_dense(knots), 3 if rng.random() < 0.5 else 1)
    desk.draw([middle + turn(path, rng.normal(0, 6)).clip([-width, -part.h / 2], [width, part.h / 2])])
    return part


def _word(desk: Desk) -> Rect:
    """A word of refusal in large letters over the questions, level, rising or falling."""
    rng, asked = desk.rng, _questions(desk)
    word = _WORDS[int(rng.integers(len(_WORDS)))]
    high = rng.uniform(22, min(60.0, 0.8 * asked.h))
    wide = min(high * rng.uniform(0.6, 1.1), 165 / len(word))
    slant, lean = rng.normal(0, 0.08), rng.choice([0.0, rng.normal(-20, 12)])
    middle = np.array([rng.uniform(90, 120), asked.y + asked.h * rng.uniform(0.35, 0.65)])
    for place, letter in enumerate(word):
        for given in _STROKES[letter]:
            stroke = np.array(given) + rng.normal(0, 0.03, (len(given), 2))
            path = smooth(stroke, 4) if letter in _ROUND else stroke
            across, down = (path[:, 0] + 1.15 * (place - len(word) / 2)) * wide, (path[:, 1] - 0.5) * high
            desk.draw([_dense(middle + turn(np.column_stack([across - slant * down, down]), lean))])
    return _whole(desk)


def _dense(path: Points) -> Points:
    """More points along a path, so that the pen's pressure can change."""
    at = np.linspace(0, len(path) - 1, max(12, 6 * len(path)))
    return np.stack([np.interp(at, np.arange(len(path)), path[:, axis]) for axis in (0, 1)], axis=1)


def _questions(desk: Desk) -> Rect:
    """From the first question's top to the last one's foot."""
    tops, feet = zip(*_bands(desk), strict=True)
    return Rect(BODY_LEFT_MM, min(tops), BODY_RIGHT_MM - BODY_LEFT_MM, max(feet) - min(tops))


def _some_questions(desk: Desk, high_mm: float) -> Rect:
    """Some questions that follow each other, about so high together, two at least where there are."""
    bands = _bands(desk)
    first = int(desk.rng.integers(max(1, len(bands) - 1)))
    last = first + 1 if first + 1 < len(bands) else first
    while last + 1 < len(bands) and bands[last + 1][1] - bands[first][0] <= high_mm:
        last += 1
    while first > 0 and bands[last][1] - bands[first - 1][0] <= high_mm:
        first -= 1
    return Rect(BODY_LEFT_MM, bands[first][0], BODY_RIGHT_MM - BODY_LEFT_MM, bands[last][1] - bands[first][0])


def _bands(desk: Desk) -> list[tuple[float, float]]:
    """Top and foot of every question, or row of a table, by its boxes, downwards."""
    spans: dict[tuple[str, str | None], tuple[float, float]] = {}
    for box in desk.page.boxes:
        top, foot = spans.get((box.question, box.row), (box.y, box.y + box.h))
        spans[box.question, box.row] = min(top, box.y - 2.5), max(foot, box.y + box.h + 2.5)
    return sorted(set(spans.values()))


_WAYS: dict[CrossingOut, Callable[[Desk], Rect]] = {
    "line": _line,
    "cross": _cross,
    "z": _z,
    "level": _level,
    "upright": _upright,
    "steep_cross": _steep_cross,
    "scribble": _scribble,
    "word": _word,
}
