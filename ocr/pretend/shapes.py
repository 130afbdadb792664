"""The shapes of pretend pen marks: strokes of points, before any ink.

A mark is drawn around the origin; its box reaches from -0.5 to 0.5 in x and y (y downwards), of any size on paper.
Must not know pixels, pens or sheets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
MarkKind = Literal[
    "cross", "tick", "fill", "hatch", "scribble", "stroke", "circle", "blacken", "strike", "through", "dot", "dash"
]


def smooth(control: Points, rounds: int = 3) -> Points:
    """A polyline with its corners cut `rounds` times (Chaikin's algorithm); both ends stay."""
    points = np.asarray(control, dtype=np.float64)
    for _ in range(rounds):
        before, after = points[:-1], points[1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], cut, points[-1:]])
    return points


def wobble(points: Points, amount: float, rng: np.random.Generator) -> Points:
    """The same stroke by a hand that is not quite steady: slow sideways waves of about `amount`."""
    along = np.linspace(0, 1, len(points))[:, None]
    waves = rng.uniform(0.6, 2.6, (2, 2))
    phases = rng.uniform(0, 2 * np.pi, (2, 2))
    sway: Points = np.sin(2 * np.pi * waves[0] * along + phases[0]) + np.sin(2 * np.pi * waves[1] * along + phases[1])
    return points + amount * 0.7 * sway


def turn(points: Points, angle_deg: float) -> Points:
    """Points turned about the origin, clockwise on the page."""
    sine, cosine = np.sin(np.radians(angle_deg)), np.cos(np.radians(angle_deg))
    turned: Points = points @ np.array([[cosine, sine], [-sine, cosine]])
    return turned


def _jitter(points: list[tuple[float, float]], amount: float, rng: np.random.Generator) -> Points:
    return np.array(points) + rng.normal(0, amount, (len(points), 2))


def cross(rng: np.random.Generator) -> list[Points]:
    """Two strokes; sometimes gone over again, sometimes without lifting the pen between them."""
    bend = rng.normal(0, 0.07, 2)
    down = smooth(_jitter([(-0.46, -0.46), (bend[0], -bend[0]), (0.46, 0.46)], 0.09, rng))
    up = smooth(_jitter([(0.46, -0.48), (bend[1], bend[1]), (-0.46, 0.46)], 0.09, rng))
    if rng.random() < 0.16:
        link = smooth(np.array([down[-1], down[-1] + [0.12, -0.2], up[0]]))
        strokes = [np.concatenate([down, link, up])]
    else:
        strokes = [down, up]
    if rng.random() < 0.14:
        strokes += [stroke + rng.normal(0, 0.06, 2) for stroke in (down, up)]
    return strokes


def tick(rng: np.random.Generator) -> list[Points]:
    """Down to the foot and up to the right, as often beyond the box as inside."""
    tail = rng.uniform(0.45, 1.0), -rng.uniform(0.4, 0.95)
    foot = rng.normal(-0.08, 0.07), rng.uniform(0.25, 0.5)
    start = rng.uniform(-0.5, -0.28), rng.normal(-0.02, 0.12)
    middle = (foot[0] + tail[0]) / 2 - 0.05, (foot[1] + tail[1]) / 2 + 0.06
    return [smooth(np.array([start, foot, foot, middle, tail]))]


def _zigzag(passes: int, edge: float, rng: np.random.Generator) -> Points:
    along = np.linspace(-0.47, 0.47, 2 * passes)
    side = np.where(np.arange(2 * passes) % 2 == 0, -0.46, 0.46)
    points = np.stack([side, along], axis=1) + rng.normal(0, edge, (2 * passes, 2)) * [1.0, 0.45]
    return smooth(points, 2)


def _hatching(passes: int, edge: float, slant_deg: float, rng: np.random.Generator) -> Points:
    """A zigzag along a slant, its ends pulled in to the square."""
    turned = turn(_zigzag(passes, edge, rng) * 1.25, slant_deg)
    reach = np.abs(rng.normal(0.5, edge, (len(turned), 2)))
    return np.clip(turned, -reach, reach)


def fill(rng: np.random.Generator) -> list[Points]:
    """Filled by going to and fro, mostly twice, some corners left white."""
    strokes = [_hatching(int(rng.integers(7, 11)), 0.06, rng.uniform(-50, -15), rng)]
    if rng.random() < 0.75:
        strokes.append(_hatching(int(rng.integers(6, 10)), 0.07, rng.uniform(10, 80), rng) * 0.94)
    return strokes


def hatch(rng: np.random.Generator) -> list[Points]:
    """One zigzag with white between its lines."""
    return [_hatching(int(rng.integers(3, 6)), 0.05, rng.uniform(-60, -25), rng)]


def scribble(rng: np.random.Generator) -> list[Points]:
    """Loops that wander over the box and change their size and lean as they go."""
    loops = rng.uniform(3, 6)
    angle = np.linspace(0, 2 * np.pi * loops, int(24 * loops))
    radius = _uneven(angle, 0.33, 0.22, rng)
    ring = np.stack([radius * np.cos(angle), rng.uniform(0.6, 1.0) * radius * np.sin(angle)], axis=1)
    drift = np.linspace(-0.22, 0.22, len(angle))[:, None] * rng.choice([-1, 1], 2) * rng.uniform(0.3, 1, 2)
    return [turn(ring, rng.uniform(-40, 40)) + drift]


def _uneven(angle: Points, mean: float, spread: float, rng: np.random.Generator) -> Points:
    """A radius along an angle that no hand keeps: three slow waves around its mean."""
    radius: Points = np.full(len(angle), mean)
    for _ in range(3):
        radius += mean * spread * rng.normal() * np.sin(angle * rng.uniform(0.2, 1.3) + rng.uniform(0, 6.3))
    return radius.clip(mean / 3)


def stroke(rng: np.random.Generator) -> list[Points]:
    """One line through the box: slanting, level or upright."""
    angle = float(rng.choice([-45, -45, -30, 0, 45, 90])) + rng.normal(0, 8)
    half = rng.uniform(0.4, 0.65)
    return [smooth(turn(np.array([(-half, 0.0), (0.0, rng.normal(0, 0.05)), (half, 0.0)]), angle))]


def circle(rng: np.random.Generator) -> list[Points]:
    """A ring around the box that overshoots its own beginning, or does not quite come to it."""
    angle = np.linspace(0, 2 * np.pi * rng.uniform(0.95, 1.15), 60)
    radius = _uneven(angle, 1.0, 0.05, rng)
    wide, high = rng.uniform(0.78, 1.0), rng.uniform(0.7, 0.9)
    ring = np.stack([wide * radius * np.cos(angle), high * radius * np.sin(angle)], axis=1)
    return [turn(ring, rng.normal(-90, 40) if rng.random() < 0.5 else rng.normal(0, 12))]


def blacken(rng: np.random.Generator) -> list[Points]:
    """Filled on purpose and beyond the outline, to take a mark back."""
    return [_hatching(int(rng.integers(9, 13)), 0.08, slant, rng) * 1.12 for slant in rng.uniform(-70, 70, 3)]


def strike(rng: np.random.Generator) -> list[Points]:
    """Struck out: a few long lines through box and mark."""
    lines = _zigzag(int(rng.integers(2, 5)), 0.08, rng) * [1.7, 0.7]
    return [turn(lines, rng.normal(-8, 8))]


def through(rng: np.random.Generator) -> list[Points]:
    """One long line through box and label, to take a mark back."""
    half = rng.uniform(0.9, 2.2)
    return [smooth(turn(np.array([(-half, 0.0), (0.0, rng.normal(0, 0.08)), (half, 0.0)]), rng.normal(0, 6)))]


def dot(rng: np.random.Generator) -> list[Points]:
    """A point where the pen rested."""
    return [rng.normal(0, 0.03, (4, 2))]


def dash(rng: np.random.Generator) -> list[Points]:
    """A short line that means nothing."""
    half = rng.uniform(0.12, 0.35)
    return [smooth(turn(np.array([(-half, 0.0), (0.0, rng.normal(0, 0.05)), (half, 0.0)]), rng.uniform(0, 180)))]


SHAPES: dict[MarkKind, Callable[[np.random.Generator], list[Points]]] = {
    "cross": cross,
    "tick": tick,
    "fill": fill,
    "hatch": hatch,
    "scribble": scribble,
    "stroke": stroke,
    "circle": circle,
    "blacken": blacken,
    "strike": strike,
    "through": through,
    "dot": dot,
    "dash": dash,
}
