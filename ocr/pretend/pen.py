"""The pretend pen: ink on a grey page. Knows pens, strokes and pixels; must not know questions or truth.

A page is uint8 grey, 255 = untouched paper; ink darkens what is there. Coordinates are continuous pixels: the centre of
the upper left pixel is (0.5, 0.5), so that mm times pixels per mm needs no correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import MM_PER_INCH
from ocr.pictures import Gray
from ocr.pretend.settings import PenRange
from ocr.pretend.shapes import SHAPES, MarkKind, Points, turn, wobble

PX_PER_MM = 200 / MM_PER_INCH
FINE = 4  # strokes are drawn this many times finer and averaged down: smooth edges at any width
_SHIFT = 4  # fractional bits of OpenCV's drawing coordinates


@dataclass(frozen=True)
class PenStyle:
    """One pen in one hand; width in mm, darkness 0..1, see settings.PenRange for the rest."""

    name: str
    width_mm: float
    darkness: float
    roughness: float = 0.15
    skips: float = 0.0
    pressure_sd: float = 0.12
    faint: bool = False


@dataclass(frozen=True)
class Mark:
    """One mark: its kind, its size in boxes, its centre's distance from the box's centre in boxes, its slant."""

    kind: MarkKind
    size: float = 1.0
    dx: float = 0.0
    dy: float = 0.0
    slant_deg: float = 0.0


def pick_pen(pens: dict[str, PenRange], rng: np.random.Generator) -> PenStyle:
    """A pen out of the published ranges, by their shares."""
    shares = np.array([pen.share for pen in pens.values()])
    name = list(pens)[int(rng.choice(len(pens), p=shares / shares.sum()))]
    made = pens[name]
    return PenStyle(
        name,
        float(rng.uniform(*made.width_mm)),
        float(rng.uniform(*made.darkness)),
        made.roughness,
        made.skips,
        float(rng.uniform(0.05, 0.2)),
        made.faint,
    )


def draw_mark(
    page: Gray,
    box_px: tuple[float, float, float, float],
    mark: Mark,
    rng: np.random.Generator,
    pen: PenStyle,
    px_per_mm: float = PX_PER_MM,
) -> None:
    """One mark in or around a box (x, y, w, h of its outline, pixels), in place; what leaves the page is cut off."""
    x, y, w, h = box_px
    centre = np.array([x + w * (0.5 + mark.dx), y + h * (0.5 + mark.dy)])
    strokes = []
    for points in SHAPES[mark.kind](rng):
        shaky = wobble(points, 0.025, rng)
        strokes.append(centre + turn(shaky, mark.slant_deg) * mark.size * np.array([w, h]))
    draw_strokes(page, strokes, rng, pen, px_per_mm)


def smear(page: Gray, box_px: tuple[float, float, float, float], px_per_mm: float) -> None:
    """Rub over the inside of a box, in place: what is there runs into its surroundings by a sixth of a millimetre."""
    x, y, w, h = box_px
    rim = round(0.4 * px_per_mm)
    inside = page[round(y) + rim : round(y + h) - rim, round(x) + rim : round(x + w) - rim]
    inside[:] = cv2.GaussianBlur(inside, (0, 0), px_per_mm / 6)


def draw_strokes(
    page: Gray, strokes: Sequence[Points], rng: np.random.Generator, pen: PenStyle, px_per_mm: float = PX_PER_MM
) -> None:
    """Strokes in page pixels, in place; where strokes cross, the ink adds up."""
    # Of its own, because it takes as many numbers as there are pixels: at any dpi the hand goes on alike
    grain_rng = np.random.default_rng(int(rng.integers(1 << 62)))
    reach = int(np.ceil(pen.width_mm * px_per_mm)) + 2
    points = np.concatenate(strokes)
    height, width = page.shape
    left, top = np.maximum(np.floor(points.min(axis=0)).astype(int) - reach, 0)
    right, bottom = np.minimum(np.ceil(points.max(axis=0)).astype(int) + reach, (width, height))
    if right <= left or bottom <= top:
        return
    tile = page[top:bottom, left:right]
    light = np.ones(tile.shape, dtype=np.float32)
    for stroke in strokes:
        start, end = _around(stroke - (left, top), reach, tile.shape)
        lit = light[start[1] : end[1], start[0] : end[0]]
        lit *= 1 - np.float32(pen.darkness) * _coverage(lit.shape, stroke - (left, top) - start, rng, pen, px_per_mm)
    grain = grain_rng.random(tile.shape, dtype=np.float32)
    light += (1 - light) * pen.roughness * grain
    tile[:] = np.rint(tile * light).astype(np.uint8)


def _around(stroke: Points, reach: int, shape: tuple[int, ...]) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """First and end (x, y) of the pixels that one of many strokes may cover: drawing all for each would take longer."""
    size = np.array(shape[::-1])
    start = np.clip(np.floor(stroke.min(axis=0)).astype(int) - reach, 0, size - 1)
    return start, np.clip(np.ceil(stroke.max(axis=0)).astype(int) + reach, start + 1, size)


def _coverage(
    shape: tuple[int, ...], stroke: Points, rng: np.random.Generator, pen: PenStyle, px_per_mm: float
) -> NDArray[np.float32]:
    """How far one stroke covers each pixel, 0..1; pressure changes slowly along it and lifts at its end."""
    fine = np.zeros((shape[0] * FINE, shape[1] * FINE), dtype=np.uint8)
    # A pixel of the fine grid has its centre half a fine pixel in; OpenCV draws on centres.
    coordinates = np.rint((stroke * FINE - 0.5) * (1 << _SHIFT)).astype(np.int32)
    starts = np.arange(0, max(1, len(stroke) - 1), 5)
    pressure = 1 + pen.pressure_sd * np.cumsum(rng.normal(0, 0.5, len(starts)))
    pressure = np.clip(pressure, 0.6, 1.25)
    pressure[-1] *= rng.uniform(0.65, 1.0)
    lifted = rng.random(len(starts)) < pen.skips
    if 2 * lifted.sum() > len(lifted):
        lifted = ~lifted  # people press again: a line that is mostly gap would have no truth
    for start, force, gap in zip(starts, pressure, lifted, strict=True):
        level = 255 * min(1.0, force) * (rng.uniform(0, 0.35) if gap else 1.0)
        thickness = max(1, round(pen.width_mm * px_per_mm * FINE * (0.55 + 0.45 * force)))
        piece = coordinates[start : start + 6]
        cv2.polylines(fine, [piece], False, level, thickness, cv2.LINE_8, _SHIFT)
    small = cv2.resize(fine, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32) / np.float32(255)
