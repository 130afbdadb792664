"""Pretend handwriting: lines of scrawl that look like words and say nothing, and digits that are digits."""

from __future__ import annotations

import numpy as np

from ocr.pictures import Gray
from ocr.pretend.pen import PX_PER_MM, PenStyle, draw_strokes
from ocr.pretend.shapes import Points, smooth, turn, wobble

# Our own polylines, x and y in 0..1 of the digit's height box, one or more strokes a digit.
_DIGITS: dict[str, list[list[tuple[float, float]]]] = {
    "0": [[(0.55, 0), (0.1, 0.15), (0.0, 0.55), (0.2, 1), (0.6, 0.9), (0.75, 0.4), (0.55, 0), (0.4, 0.02)]],
    "1": [[(0.1, 0.3), (0.45, 0), (0.45, 0.02), (0.4, 1)]],
    "2": [[(0.05, 0.25), (0.3, -0.05), (0.75, 0.15), (0.5, 0.6), (0, 1), (0, 1), (0.75, 0.95)]],
    "3": [[(0.05, 0.1), (0.5, -0.08), (0.75, 0.25), (0.3, 0.45), (0.3, 0.45), (0.85, 0.65), (0.5, 1.05), (0, 0.9)]],
    "4": [[(0.5, 0), (0, 0.65), (0, 0.65), (0.8, 0.62)], [(0.6, 0.35), (0.5, 1.05)]],
    "5": [[(0.7, 0), (0.15, 0.02), (0.15, 0.02), (0.1, 0.45), (0.7, 0.4), (0.75, 0.9), (0.3, 1.05), (0, 0.9)]],
    "6": [[(0.6, 0), (0.1, 0.4), (0.05, 0.95), (0.6, 1.05), (0.75, 0.6), (0.3, 0.5), (0.08, 0.75)]],
    "7": [[(0, 0.05), (0.75, 0), (0.75, 0), (0.3, 1)], [(0.2, 0.5), (0.7, 0.45)]],
    "8": [[(0.6, 0.12), (0.2, -0.05), (0.1, 0.35), (0.7, 0.6), (0.6, 1.05), (0, 0.95), (0.15, 0.55), (0.65, 0.1)]],
    "9": [[(0.7, 0.15), (0.2, -0.05), (0, 0.4), (0.5, 0.5), (0.72, 0.1), (0.7, 0.5), (0.5, 1.05)]],
}


def draw_digit(
    page: Gray,
    box_px: tuple[float, float, float, float],
    digit: str,
    rng: np.random.Generator,
    pen: PenStyle,
    px_per_mm: float = PX_PER_MM,
) -> None:
    """One digit 0-9 in its box (x, y, w, h, pixels), in place."""
    x, y, w, h = box_px
    high = h * rng.uniform(0.5, 0.8)
    corner = np.array([x + w * rng.uniform(0.15, 0.35), y + (h - high) * rng.uniform(0.3, 0.7)])
    strokes = []
    for line in _DIGITS[digit]:
        points = wobble(smooth(np.array(line) + rng.normal(0, 0.04, (len(line), 2))), 0.02, rng)
        strokes.append(corner + turn(points, rng.normal(4, 4)) * high * np.array([0.8, 1.0]))
    draw_strokes(page, strokes, rng, pen, px_per_mm)


def draw_scrawl(
    page: Gray,
    region_px: tuple[float, float, float, float],
    rng: np.random.Generator,
    pen: PenStyle,
    px_per_mm: float = PX_PER_MM,
) -> None:
    """Free text in a region (x, y, w, h, pixels), in place: one line or more, the last one broken off."""
    x, y, w, h = region_px
    pitch = min(rng.uniform(7.0, 8.5) * px_per_mm, h)
    lines = int(rng.integers(1, max(1, int(h / pitch)) + 1))
    for line in range(lines):
        full = line < lines - 1
        length = w * (rng.uniform(0.85, 0.99) if full else rng.uniform(0.15, 0.8))
        strokes = _line_of_words(length, pitch * rng.uniform(0.26, 0.34), rng)
        origin = np.array([x + rng.uniform(0.5, 2) * px_per_mm, y + pitch * (line + 0.75)])
        draw_strokes(page, [origin + turn(points, rng.normal(-0.2, 0.3)) for points in strokes], rng, pen, px_per_mm)


def _line_of_words(length: float, x_height: float, rng: np.random.Generator) -> list[Points]:
    """Joined letters with marks above and below them, as in Vietnamese; baseline at y = 0."""
    strokes: list[Points] = []
    x = 0.0
    slant = rng.normal(0.25, 0.12)
    while x < length:
        letters = int(rng.integers(2, 6))
        points, x_end = _word(letters, x, x_height, rng)
        if x_end > length:
            break
        points[:, 0] -= points[:, 1] * slant
        strokes.append(smooth(points, 2))
        if rng.random() < 0.7:
            at = np.array([(x + x_end) / 2 + rng.normal(0, 0.3) * x_height, -x_height * rng.uniform(1.35, 1.7)])
            accent = np.array([(-0.25, 0.1), (0.0, -0.15), (0.25, 0.12)]) * rng.choice([-1, 1], 2)
            strokes.append(smooth(at + accent * x_height * rng.uniform(0.6, 1.2)))
        x = x_end + x_height * rng.uniform(0.9, 1.6)
    return strokes or [np.array([(0.0, 0.0), (length / 2, -x_height)])]


def _word(letters: int, x: float, x_height: float, rng: np.random.Generator) -> tuple[Points, float]:
    path = [(x, 0.0)]
    for _ in range(letters):
        wide = x_height * rng.uniform(0.6, 1.1)
        form = rng.random()
        top = -x_height * (rng.uniform(1.8, 2.3) if form < 0.18 else rng.uniform(0.85, 1.1))
        foot = x_height * (rng.uniform(0.8, 1.2) if form > 0.9 else rng.uniform(-0.1, 0.1))
        if form < 0.55:  # a round letter: back over its own top
            path += [
                (x + 0.7 * wide, top),
                (x + 0.05 * wide, top * 0.6),
                (x + 0.35 * wide, foot),
                (x + 0.75 * wide, top),
            ]
        else:  # a letter of arches
            path += [(x + 0.2 * wide, top), (x + 0.35 * wide, foot), (x + 0.6 * wide, top * 0.9)]
        x += wide
        path.append((x, foot * 0.3))
    return np.array(path), x
