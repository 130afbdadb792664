"""Unseen spoilt paper of a second kind: a tea glass, damp that dried, tape. Nobody tunes on them; see unseen.py.

Drawn after those of unseen_paper.py were looked into, and not looked into themselves.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.reading.unseen_glass import (
    Field,
    Side,
    clipped,
    finish,
    grain,
    grid_mm,
    some_box,
)

Make = Callable[[Side, np.random.Generator], bytes]
_QUALITY = 72, 92


def tea_glass(side: Side, rng: np.random.Generator) -> bytes:
    """The foot of a tea glass, set down once or twice: rings not closed, of uneven strength, and splashes around."""
    x, y = grid_mm(side)
    soaked = np.zeros(side.filled.shape, np.float32)
    for _ in range(int(rng.integers(1, 3))):
        box, radius = some_box(side, rng), rng.uniform(22, 34)
        turn = rng.uniform(0, 2 * np.pi)
        middle = np.array([box.x, box.y]) + radius * np.array([np.cos(turn), np.sin(turn)]) + rng.normal(0, 2, 2)
        angle = np.arctan2(y - middle[1], x - middle[0])
        strength = np.clip(0.55 + 0.45 * np.cos(angle - rng.uniform(0, 2 * np.pi)) + 0.2 * np.cos(3 * angle), 0, 1)
        off = np.hypot(x - middle[0], y - middle[1]) - radius - 0.5 * np.cos(2 * angle + turn)
        wide = rng.uniform(0.8, 2.2)
        band = (np.abs(off) < wide) * (0.55 + 0.45 * np.square(off / wide))  # darker to both edges, as it dries
        soaked = np.maximum(soaked, rng.uniform(0.06, 0.22) * strength * band)
    for _ in range(int(rng.integers(4, 14))):
        box, radius = some_box(side, rng), rng.uniform(0.4, 3.0)
        away = np.hypot(x - box.x - rng.normal(0, 12), y - box.y - rng.normal(0, 12)) / radius
        soaked = np.maximum(soaked, rng.uniform(0.05, 0.2) * (away < 1) * (0.5 + 0.5 * away**4))
    soaked = cv2.GaussianBlur(soaked, (0, 0), 0.1 * side.px_per_mm)
    soaked *= 1 + 0.15 * grain(side.filled.shape, 1.5 * side.px_per_mm, rng)
    return finish(clipped(side.filled * (1 - np.clip(soaked, 0, 0.6))), rng, side.dpi, _QUALITY)


def damp(side: Side, rng: np.random.Generator) -> bytes:
    """Wet from one edge and dried: paper cockles, so that print shifts and light varies, and tide lines stay."""
    x, y = grid_mm(side)
    edge = [x, 210 - x, y, 297 - y][int(rng.integers(4))]
    reach = edge + 9 * grain(x.shape, 45 * side.px_per_mm, rng) + 2 * grain(x.shape, 10 * side.px_per_mm, rng)
    fronts = np.sort(rng.uniform(30, 150, int(rng.integers(1, 4))))
    wet = 1 / (1 + np.exp(-np.clip((fronts[-1] - reach) / 4, -30, 30)))
    along = (x + y * rng.uniform(-0.6, 0.6)) / rng.uniform(9, 20) + grain(x.shape, 60 * side.px_per_mm, rng)
    cockle = np.sin(2 * np.pi * along) * wet
    shift = rng.uniform(0.05, 0.3) * cockle
    where = [np.asarray((axis + shift) * side.px_per_mm, np.float32) for axis in (x, y)]
    page = cv2.remap(side.filled, *where, cv2.INTER_LINEAR, borderValue=255).astype(np.float32)
    light = 1 - 0.02 * wet - rng.uniform(0.01, 0.05) * (cockle + wet)
    for front in fronts:
        behind = (front - reach).astype(np.float32)
        tide = np.where(
            behind > 0, np.exp(-np.maximum(behind, 0) / rng.uniform(0.5, 3)), np.exp(np.minimum(behind, 0) / 0.15)
        )
        light -= rng.uniform(0.04, 0.18) * tide
    return finish(clipped(page * np.clip(light, 0.3, 1)), rng, side.dpi, _QUALITY)


def taped(side: Side, rng: np.random.Generator) -> bytes:
    """A tear across the page under clear tape that has yellowed: the edges of both, bubbles and dust."""
    x, y = grid_mm(side)
    box, slope = some_box(side, rng), rng.normal(0, 0.15)
    upright = rng.random() < 0.4
    across = (x - box.x if upright else y - box.y) + slope * ((y if upright else x) - 100) + rng.normal(0, 5)
    half = rng.choice([6.0, 9.0, 12.0])
    under = (np.abs(across) < half).astype(np.float32)
    light: Field = 1 - rng.uniform(0.02, 0.1) * under
    light += 0.012 * under * grain(x.shape, 1.2 * side.px_per_mm, rng)
    for sign in (-1, 1):
        light -= rng.uniform(0.05, 0.3) * np.exp(-np.square((across - sign * half) / rng.uniform(0.1, 0.3)))
    jagged = across + 0.6 * grain(x.shape, 3 * side.px_per_mm, rng) + 0.2 * grain(x.shape, 0.7 * side.px_per_mm, rng)
    light -= rng.uniform(0.1, 0.5) * np.exp(-np.square(jagged / rng.uniform(0.08, 0.25)))
    return finish(clipped(side.filled * np.clip(light, 0.2, 1.03)), rng, side.dpi, _QUALITY)


SPILLS: dict[str, Make] = {made.__name__: made for made in (tea_glass, damp, taped)}
