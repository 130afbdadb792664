"""Marks and ways of taking one back that no respondent of the published settings draws: wider habits for training.

Strokes of points as in ocr/pretend/shapes.py: the box reaches from -0.5 to 0.5, y downwards. Made up from how people
mark in general, wider than any one hand on purpose; no real mark was looked at for them. Knows no pixel and no label.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ocr.pretend.shapes import Points, circle, cross, smooth, strike, through, turn

Shape = Callable[[np.random.Generator], list[Points]]


def sloppy_cross(rng: np.random.Generator) -> list[Points]:
    """Two lines of unlike length that cross anywhere and at any angle, either of them bowed or gone over again."""
    lean, open_deg = rng.normal(0, 12), float(np.clip(rng.normal(90, 22), 35, 145))
    meet = rng.normal(0, 0.1, 2)
    strokes = []
    for angle in (lean + open_deg / 2, lean - open_deg / 2):
        before, after = rng.uniform(0.3, 0.85, 2)
        bow = rng.normal(0, 0.1)
        knots = np.array([(-before, 0.0), (-before / 2, bow), (after / 2, bow), (after, rng.normal(0, 0.06))])
        strokes.append(smooth(meet + turn(knots, angle)))
    return _gone_over(strokes, 0.25, rng)


def pressed_cross(rng: np.random.Generator) -> list[Points]:
    """A cross begun again, two or three lines beside one another either way, all of them within a box's size."""
    strokes = cross(rng)[:2]
    for _ in range(int(rng.integers(1, 4))):
        again = strokes[int(rng.integers(2)) % len(strokes)]
        strokes.append(turn(again * rng.uniform(0.6, 1.1), rng.normal(0, 9)) + rng.normal(0, 0.05, 2))
    return strokes


def looped_cross(rng: np.random.Generator) -> list[Points]:
    """A cross in one go: down, round in a loop beside or below the box's middle, and up across the first line."""
    side = rng.choice([-1, 1])
    knots = [(-0.4, -0.42), (0.38, 0.4), (0.55, rng.uniform(-0.1, 0.3)), (0.4, -0.4), (-0.42, 0.42)]
    loop = smooth(np.array(knots) * [side, 1] + rng.normal(0, 0.07, (5, 2)), 4)
    return [loop]


def curved_tick(rng: np.random.Generator) -> list[Points]:
    """A tick with a round foot and a bowed tail, short or as long as two boxes, seldom twice."""
    foot = np.array([rng.normal(-0.08, 0.1), rng.uniform(0.15, 0.5)])
    start = np.array([rng.uniform(-0.6, -0.2), rng.uniform(-0.25, 0.2)])
    tail = foot + rng.uniform(0.5, 1.9) * turn(np.array([1.0, 0.0]), rng.uniform(-75, -25))
    bow = (foot + tail) / 2 + rng.normal(0, 0.14, 2)
    feet = [foot] * int(rng.integers(1, 3))
    line = smooth(np.array([start, *feet, bow, tail]))
    if rng.random() < 0.15:
        return [line, line + np.array([rng.uniform(0.1, 0.3), rng.normal(0, 0.06)])]
    return _gone_over([line], 0.12, rng)


def hook(rng: np.random.Generator) -> list[Points]:
    """A v, a hook or a bow through the box, open to any side, its ends over the outline as often as not."""
    wide, deep = rng.uniform(0.25, 0.65), rng.uniform(0.3, 0.7)
    knots = np.array([(-wide, -deep), (rng.normal(0, 0.1), deep), (wide, -deep * rng.uniform(0.4, 1.5))])
    turned = turn(knots, float(rng.choice([0, 0, 0, 90, 180, 270])) + rng.normal(0, 15))
    return [smooth(turned, int(rng.integers(1, 4)))]


def loop(rng: np.random.Generator) -> list[Points]:
    """A ring or a spiral within the box, closed or not, drawn once or several times over."""
    angle = np.linspace(0, 2 * np.pi * rng.uniform(0.85, 3.5), 70) + rng.uniform(0, 6.3)
    first, last = rng.uniform(0.1, 0.48, 2)
    radius = np.linspace(first, last, len(angle)) * (1 + 0.1 * np.sin(angle * rng.uniform(0.3, 1.4)))
    flat = rng.uniform(0.6, 1.0)
    return [turn(np.column_stack([radius * np.cos(angle), flat * radius * np.sin(angle)]), rng.uniform(0, 180))]


def spilt_hatch(rng: np.random.Generator) -> list[Points]:
    """Lines side by side at any angle, lifted or not, dense or wide, some of them over the outline."""
    lines, reach = int(rng.integers(3, 9)), rng.uniform(0.35, 0.6)
    angle = rng.uniform(0, 180)
    at = np.linspace(-0.4, 0.4, lines) * rng.uniform(0.7, 1.15)
    ends = [
        turn(np.array([(-reach + rng.normal(0, 0.08), y), (0.0, y + rng.normal(0, 0.04)), (reach, y)]), angle)
        for y in at
    ]
    ends = [each + rng.normal(0, 0.03, 2) for each in ends]
    if rng.random() < 0.5:
        return [smooth(np.concatenate([each if place % 2 else each[::-1] for place, each in enumerate(ends)]), 2)]
    return [smooth(each) for each in ends]


def star(rng: np.random.Generator) -> list[Points]:
    """Three or four lines through one point, as people press who want to be seen."""
    angles = np.linspace(0, 180, int(rng.integers(3, 5)), endpoint=False) + rng.normal(0, 14)
    reach = rng.uniform(0.3, 0.55)
    lines = [turn(np.array([(-reach, 0.0), (0.0, rng.normal(0, 0.05)), (reach, 0.0)]), angle) for angle in angles]
    return [smooth(line + rng.normal(0, 0.06, 2)) for line in lines]


def _gone_over(strokes: list[Points], share: float, rng: np.random.Generator) -> list[Points]:
    """Some strokes once more, nearly where they are."""
    again = [turn(stroke, rng.normal(0, 5)) * rng.uniform(0.8, 1.1) for stroke in strokes if rng.random() < share]
    return [*strokes, *(stroke + rng.normal(0, 0.04, 2) for stroke in again)]


WIDER: dict[str, Shape] = {
    "sloppy_cross": sloppy_cross,
    "pressed_cross": pressed_cross,
    "looped_cross": looped_cross,
    "curved_tick": curved_tick,
    "hook": hook,
    "loop": loop,
    "spilt_hatch": spilt_hatch,
    "star": star,
}


def _long_line(rng: np.random.Generator) -> list[Points]:
    """One or two lines through the box and beyond both of its sides, level or at any slant, straight or wavy."""
    angle = rng.normal(0, 8) if rng.random() < 0.6 else rng.uniform(0, 180)
    lines = []
    for _ in range(1 + int(rng.random() < 0.35)):
        ends = -rng.uniform(0.85, 2.6), rng.uniform(0.85, 2.6)
        along = np.linspace(*ends, 7)
        wavy = rng.choice([0.02, 0.05, 0.12])
        line = np.column_stack([along, rng.normal(0, wavy, 7) + rng.normal(0, 0.15)])
        lines.append(smooth(turn(line, angle)))
    return lines


def _large_cross(rng: np.random.Generator) -> list[Points]:
    """A cross over box and mark, far larger than the box."""
    return [stroke * rng.uniform(1.7, 2.6) for stroke in cross(rng)[:2]]


TAKES_BACK: dict[str, Shape] = {
    "line": _long_line,
    "line_again": _long_line,
    "through": through,
    "strike": strike,
    "ring": circle,
    "large_cross": _large_cross,
}
"""What is drawn over a mark so that it counts no more, and is seen outside the box; a scribble alone is a mark."""
