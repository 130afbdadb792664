"""Unseen mishaps to the paper: coffee, folds, crumples, dirt on the glass, holes, staples. Nobody tunes on them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.reading.unseen_glass import (
    Side,
    clipped,
    finish,
    grain,
    grid_mm,
    lay,
    see,
    seed_noise,
    soften,
    some_box,
    to_jpeg,
)
from ocr.pictures import Gray

Make = Callable[[Side, np.random.Generator], bytes]
_QUALITY = 70, 90


def spilt_coffee(side: Side, rng: np.random.Generator) -> bytes:
    """Two or three stains with ragged, darker rims over boxes, and drops."""
    x, y = grid_mm(side)
    light = np.ones(side.filled.shape, np.float32)
    for _ in range(int(rng.integers(2, 4))):
        box = some_box(side, rng)
        centre = np.array([box.x, box.y]) + rng.normal(0, 8, 2)
        ragged = 2.0 * grain(side.filled.shape, 9 * side.px_per_mm, rng)
        inside = rng.uniform(8, 28) - np.hypot(x - centre[0], y - centre[1]) + ragged
        stain = rng.uniform(0.04, 0.16) / (1 + np.exp(-np.clip(inside / 0.25, -40, 40)))
        rim = rng.uniform(0.1, 0.4) * np.exp(-np.square(inside / rng.uniform(0.4, 1.0)))
        light *= 1 - stain - rim
    return finish(clipped(side.filled * np.clip(light, 0.25, 1)), rng, side.dpi, _QUALITY)


def folds(side: Side, rng: np.random.Generator) -> bytes:
    """Folded in three as for an envelope, and once across boxes: creases dark or bright, and the paper shifts there."""
    x, y = grid_mm(side)
    box = some_box(side, rng)
    upright = rng.random() < 0.33
    creases = [(False, 99.0 + rng.normal(0, 2)), (False, 198.0 + rng.normal(0, 2))]
    creases.append((upright, (box.x if upright else box.y) + rng.uniform(0, 4)))
    dx, dy, shade = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
    for upright, at in creases:
        away = (x - at if upright else y - at) + rng.normal(0, 0.01) * ((y if upright else x) - 105)
        away += 0.15 * grain((1, x.shape[1]), 4 * side.px_per_mm, rng)
        pull = rng.uniform(0.1, 0.4) * np.exp(-np.square(away / rng.uniform(1.5, 4))) * np.sign(away)
        dx, dy = (dx + pull, dy) if upright else (dx, dy + pull)
        shade += rng.choice([-1, 0.5]) * rng.uniform(40, 130) * np.exp(-np.square(away / rng.uniform(0.12, 0.35)))
        shade += rng.uniform(-14, 6) * np.tanh(away / 3) * np.exp(-np.abs(away) / 12)
    bent = _bend(side, x + dx, y + dy)
    return finish(clipped(bent + shade), rng, side.dpi, _QUALITY)


def crumpled(side: Side, rng: np.random.Generator) -> bytes:
    """Crumpled and smoothed out: print up to 0.6 mm off its place, and the light of the slopes."""
    x, y = grid_mm(side)
    far = [rng.uniform(0.15, 0.6) * _unit(grain(x.shape, rng.uniform(12, 35) * side.px_per_mm, rng)) for _ in "xy"]
    # creases stand where a random field changes its sign: its absolute value has a sharp valley there
    height = sum(weight * np.abs(grain(x.shape, size * side.px_per_mm, rng)) for size, weight in ((25, 1.0), (11, 0.4)))
    slope = cv2.Sobel(np.asarray(height, np.float32), cv2.CV_32F, 1, 0) + cv2.Sobel(height, cv2.CV_32F, 0, 1)
    shade = slope * rng.uniform(5, 14) / max(float(slope.std()), 1e-6)
    bent = _bend(side, x + far[0], y + far[1])
    return finish(clipped(bent * 0.95 + np.clip(shade, -45, 12)), rng, side.dpi, _QUALITY)


def _bend(side: Side, x_mm: np.ndarray, y_mm: np.ndarray) -> Gray:
    where = [np.asarray(axis * side.px_per_mm, np.float32) for axis in (x_mm, y_mm)]
    return np.asarray(cv2.remap(side.filled, *where, cv2.INTER_LINEAR, borderValue=255), np.uint8)


def _unit(field: np.ndarray) -> np.ndarray:
    return np.asarray(field / max(float(np.abs(field).max()), 1e-6), np.float32)


def dirty_glass(side: Side, rng: np.random.Generator) -> bytes:
    """Streaks along the feed, dark and bright, a hair to a millimetre wide: over boxes, along their edge, beside."""
    seed_noise(rng)
    page = see(lay(side.filled, rng, side.dpi), rng).astype(np.float32)
    for _ in range(int(rng.integers(2, 6))):
        box = some_box(side, rng)
        x = (box.x + rng.uniform(-1.5, box.w + 1.5)) * side.px_per_mm
        width = max(1, round(rng.uniform(0.08, 0.9) * side.px_per_mm))
        start, stop = (0, len(page)) if rng.random() < 0.7 else sorted(rng.integers(0, len(page), 2).tolist())
        depth = float(rng.choice([-1, 1], p=[0.8, 0.2]) * rng.uniform(15, 170))
        swing = 0.7 + 0.3 * grain((len(page), 1), 10 * side.px_per_mm, rng)
        page[start:stop, int(x) : int(x) + width] += depth * swing[start:stop]
    return to_jpeg(clipped(page), 80, side.dpi)


def bleed_through(side: Side, rng: np.random.Generator) -> bytes:
    """Ink of the other side soaks through: its pen more than its print, blotted, here and there."""
    behind = side.behind if side.behind is not None else np.full_like(side.filled, 255)
    behind = cv2.resize(behind, side.filled.shape[::-1], interpolation=cv2.INTER_AREA)
    ghost = soften(np.ascontiguousarray(behind[:, ::-1]), float(rng.uniform(0.1, 0.35)) * side.px_per_mm)
    shift = np.rint(rng.normal(0, 0.5, 2) * side.px_per_mm).astype(int)
    ghost = np.roll(ghost, (int(shift[0]), int(shift[1])), (0, 1))
    soaked = np.clip(rng.uniform(0.06, 0.2) * (1 + 0.4 * grain(ghost.shape, 15 * side.px_per_mm, rng)), 0.02, 0.32)
    return finish(clipped(side.filled - soaked * (255.0 - ghost)), rng, side.dpi, _QUALITY)


def onion_skin(side: Side, rng: np.random.Generator) -> bytes:
    """Airmail paper before a white lid: the other side is seen through fibres that scatter it, a little askew."""
    behind = side.behind if side.behind is not None else np.full_like(side.filled, 255)
    height, width = side.filled.shape
    mirrored = cv2.resize(behind, (width, height), interpolation=cv2.INTER_AREA)[:, ::-1]
    turn = cv2.getRotationMatrix2D(
        (width / 2, height / 2), float(rng.normal(0, 0.15)), float(rng.uniform(0.997, 1.003))
    )
    turn[:, 2] += rng.normal(0, 0.7, 2) * side.px_per_mm
    flat = cv2.warpAffine(np.ascontiguousarray(mirrored), turn, (width, height), borderValue=255)
    near, far = (soften(np.asarray(flat, np.uint8), size * side.px_per_mm) for size in (0.15, 0.9))
    lost = 1 - (0.65 * near + 0.35 * far) / 255
    fibres = np.clip(1 + 0.25 * grain(side.filled.shape, 0.5 * side.px_per_mm, rng), 0.4, 1.6)
    return finish(clipped(side.filled * (1 - rng.uniform(0.08, 0.28) * fibres * lost)), rng, side.dpi, _QUALITY)


def holes(side: Side, rng: np.random.Generator) -> bytes:
    """Two or four holes at an edge, at times through boxes' margin, the lid black or white behind them."""
    page, scale = side.filled.copy(), side.px_per_mm
    edge = float(rng.choice([11.0, 12.0, 200.0])) + rng.normal(0, 1)
    for y in ((108.5, 188.5), (28.5, 108.5, 188.5, 268.5))[int(rng.integers(2))]:
        centre = (round(edge * scale), round((y + rng.normal(0, 1)) * scale))
        cv2.circle(
            page, centre, round(rng.uniform(2.5, 3.2) * scale), float(rng.choice([10, 90, 250])), -1, cv2.LINE_AA
        )
    return finish(page, rng, side.dpi, _QUALITY)


def stapled_again(side: Side, rng: np.random.Generator) -> bytes:
    """A staple in a corner, one across boxes, the shadow of the corner bent up, and rust."""
    page, scale = side.filled.astype(np.float32), side.px_per_mm
    corner = rng.choice([0, 1], 2)
    x, y = grid_mm(side)
    box = some_box(side, rng)
    at = np.array([8 + 194 * corner[0], 8 + 281 * corner[1]]) + rng.normal(0, 2, 2)
    reach = np.abs(x - 210 * corner[0]) + np.abs(y - 297 * corner[1])
    page -= rng.uniform(20, 70) * np.exp(-np.square((reach - rng.uniform(14, 26)) / 1.2))
    drawn = clipped(page)
    for centre in (at, np.array([box.x, box.y]) + rng.uniform(-6, 10, 2)):
        half = 5.5 * np.array([np.cos(turn := rng.uniform(0, np.pi)), np.sin(turn)])
        ends = [tuple(np.rint((centre + sign * half) * scale).astype(int).tolist()) for sign in (-1, 1)]
        cv2.line(drawn, *ends, float(rng.uniform(30, 140)), max(1, round(0.5 * scale)), cv2.LINE_AA)
        for end in ends:
            cv2.circle(drawn, end, round(0.5 * scale), 60.0, -1, cv2.LINE_AA)
    return finish(drawn, rng, side.dpi, _QUALITY)


MISHAPS: dict[str, Make] = {
    made.__name__: made
    for made in (spilt_coffee, folds, crumpled, dirty_glass, bleed_through, onion_skin, holes, stapled_again)
}
