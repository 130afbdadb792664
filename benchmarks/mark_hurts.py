"""What hurts the paper of training pages: creases, crumples, ridges, spills, rubbing, ink that seeps from the back.

For the closer look (ocr/closer.py) alone. Made up from how paper behaves in general, wider than any one sheet on
purpose; no row of the bench and no real sheet was looked at for them. Pages are uint8 grey, 255 = paper; a mark stays
what it was. Knows no label.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from forms.geometry import MM_PER_INCH
from ocr.pictures import Gray
from ocr.pretend.shapes import Points

Layer = np.ndarray
_COARSE_PX_PER_MM = 4.0


def crease(pixels: Gray, near_mm: Points, rng: np.random.Generator, dpi: int) -> Gray:
    """One to three folds right across the sheet or nearly, one of them through a place; print rubs off along them."""
    angle = float(rng.choice([0.0, np.pi / 2])) + rng.normal(0, 0.2)
    lines = []
    for number in range(int(rng.integers(1, 4))):
        along = np.array([np.cos(angle), np.sin(angle)])
        middle = near_mm + rng.normal(0, 2.5, 2) if number == 0 else rng.uniform((10, 10), (200, 287))
        reach = rng.uniform(-320, -40), rng.uniform(40, 320)
        at = np.linspace(*reach, 60)[:, None]
        wander = np.cumsum(rng.normal(0, rng.choice([0.02, 0.1, 0.3]), 60))[:, None] * along[::-1] * [-1, 1]
        lines.append(middle + at * along + wander)
        angle += rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.1)
    return _press(pixels, lines, rng, dpi, float(rng.uniform(0.05, 0.6)))


def crumple(pixels: Gray, near_mm: Points, rng: np.random.Generator, dpi: int) -> Gray:
    """A web of short creases from knot to knot over part of the sheet or all of it, every facet lit in its own way."""
    spread = float(rng.choice([25.0, 60.0, 150.0]))
    knots = near_mm + rng.uniform(-spread, spread, (int(rng.integers(8, 40)), 2))
    lines = []
    for start in knots:
        near = np.argsort(((knots - start) ** 2).sum(axis=1))[1 : int(rng.integers(2, 4))]
        for end in knots[near]:
            at = np.linspace(0, 1, 12)[:, None]
            lines.append(start + at * (end - start) + np.cumsum(rng.normal(0, 0.12, (12, 2)), axis=0))
    height, width = pixels.shape
    facets = rng.standard_normal((int(rng.integers(8, 30)), int(rng.integers(6, 22)))).astype(np.float32)
    lit = np.abs(cv2.resize(facets, (width, height), interpolation=cv2.INTER_LINEAR)) * np.float32(rng.uniform(0, 0.07))
    shaded = np.rint(pixels * (1 - lit)).astype(np.uint8)
    return _press(shaded, lines, rng, dpi, float(rng.uniform(0.03, 0.4)))


def _press(pixels: Gray, lines: list[Points], rng: np.random.Generator, dpi: int, depth: float) -> Gray:
    """Lines as creases: dark, a lighter edge beside, here more than there; where they are deep ink has come off."""
    scale, shape = dpi / MM_PER_INCH, pixels.shape
    dark, light, rubbed = (np.zeros(shape, np.uint8) for _ in range(3))
    for line in lines:
        width = max(1, round(float(rng.choice([0.1, 0.2, 0.4, 0.8])) * scale))
        points = np.rint(line * scale * 16).astype(np.int32)[:, None]
        beside = np.rint((line + rng.normal(0, 0.35, 2)) * scale * 16).astype(np.int32)[:, None]
        cv2.polylines(dark, [points], False, int(rng.integers(90, 255)), width, cv2.LINE_AA, 4)
        cv2.polylines(light, [beside], False, int(rng.integers(0, 255)), width, cv2.LINE_AA, 4)
        if rng.random() < 0.4:
            cv2.polylines(rubbed, [points], False, int(rng.integers(60, 255)), width, cv2.LINE_AA, 4)
    soft = float(rng.uniform(0.03, 0.3)) * scale
    here = _field(shape, rng, 0.5, 0.4)
    page, share = pixels.astype(np.float32), np.float32(depth / 255)
    page += (255 - page) * cv2.GaussianBlur(rubbed, (0, 0), 0.06 * scale) * here * np.float32(0.9 / 255)
    page *= 1 - cv2.GaussianBlur(dark, (0, 0), soft) * here * share
    page += cv2.GaussianBlur(light, (0, 0), 2 * soft) * here * np.float32(40 / 255)
    return np.rint(page.clip(0, 255)).astype(np.uint8)


def spill(pixels: Gray, near_mm: Points, rng: np.random.Generator, dpi: int) -> Gray:
    """A pool of some drink that dried, its edge ragged and dark, tide lines within, drops beside; ink may run in it."""
    height, width = (round(side * MM_PER_INCH / dpi * _COARSE_PX_PER_MM) for side in pixels.shape)
    y, x = (np.mgrid[0:height, 0:width] / _COARSE_PX_PER_MM).astype(np.float32)
    tone, wet = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    ragged = _field((height, width), rng, 0.0, 0.12, int(rng.integers(10, 40))) + _field(
        (height, width), rng, 0.0, 0.04, 120
    )
    radius = float(np.exp(rng.uniform(np.log(6), np.log(60))))
    centre = near_mm + rng.uniform(0, 1.15) * radius * _direction(rng)
    spots = [(centre, radius * part) for part in (1.0, *rng.uniform(0.4, 0.95, int(rng.integers(0, 3))))]
    spots += [(near_mm + rng.normal(0, 15, 2), float(rng.uniform(0.6, 5))) for _ in range(int(rng.integers(0, 6)))]
    stretch = rng.uniform(0.6, 1.5)
    body, edge = float(rng.uniform(0, 0.25)), float(rng.uniform(0.03, 0.5))
    for (left, top), reach in spots:
        far = np.sqrt(((x - left) * stretch) ** 2 + ((y - top) / stretch) ** 2) / reach + ragged
        inside = 1 / (1 + np.exp(((far - 1) * reach / float(rng.uniform(0.05, 0.4))).clip(-30, 30)))
        rim = np.exp(-(((far - 1) * reach / float(rng.uniform(0.25, 2.0))) ** 2).clip(0, 40)) * inside
        tone = np.maximum(tone, inside * body * float(rng.uniform(0.5, 1))) + rim * edge * float(rng.uniform(0.3, 1))
        wet = np.maximum(wet, inside)
    tone = tone * _field((height, width), rng, 1.0, 0.3, 14)
    whole = (pixels.shape[1], pixels.shape[0])
    tone, wet = (cv2.resize(each.astype(np.float32), whole, interpolation=cv2.INTER_LINEAR) for each in (tone, wet))
    page = pixels.astype(np.float32)
    if rng.random() < 0.35:
        run = cv2.GaussianBlur(page, (0, 0), float(rng.uniform(0.15, 0.6)) * dpi / MM_PER_INCH)
        page += (np.minimum(run, page) - page) * wet * np.float32(rng.uniform(0.2, 0.8))
    return np.rint(page * (1 - tone.clip(0, 0.7))).astype(np.uint8)


def ridge(pixels: Gray, near_mm: Points, rng: np.random.Generator, dpi: int) -> Gray:
    """Short bowed ridges here and there, the first near a place: dark where one turns from the light, pale beside."""
    scale, page = dpi / MM_PER_INCH, pixels.astype(np.float32)
    for number in range(int(rng.integers(3, 14))):
        middle = near_mm + (rng.normal(0, 1.5, 2) if number == 0 else rng.normal(0, 45, 2))
        along = _direction(rng)
        across = along[::-1] * [-1, 1]
        half, wide = np.exp(rng.uniform(np.log((1.5, 0.15)), np.log((25, 1.2))))
        at = np.linspace(-1, 1, 30)[:, None]
        line = middle + half * at * along + rng.normal(0, 0.12) * half * (1 - at**2) * across
        for off, light in ((0.0, -rng.uniform(0.04, 0.45)), (rng.uniform(0.7, 1.6) * wide, rng.uniform(0, 0.08))):
            drawn = np.zeros(pixels.shape, np.uint8)
            points = np.rint((line + off * across) * scale * 16).astype(np.int32)[:, None]
            cv2.polylines(drawn, [points], False, 255, max(1, round(wide * scale)), cv2.LINE_AA, 4)
            soft = cv2.GaussianBlur(drawn, (0, 0), float(rng.uniform(0.3, 0.8)) * wide * scale)
            page *= 1 + soft * np.float32(light / 255)
    return np.rint(page.clip(0, 255)).astype(np.uint8)


def rub(pixels: Gray, _: Points, rng: np.random.Generator, dpi: int) -> Gray:
    """Print and pen come off in patches and along bands, in grains too, as where toner is low or paper was handled."""
    patches = _field(pixels.shape, rng, 0.35, 0.25, int(rng.integers(5, 60)))
    if rng.random() < 0.5:
        bands = rng.uniform(0, 0.5, (1, int(rng.integers(10, 60)))).astype(np.float32)
        bands = bands if rng.random() < 0.5 else bands.T
        patches += cv2.resize(bands, pixels.shape[::-1], interpolation=cv2.INTER_CUBIC)
    grains = rng.standard_normal(pixels.shape, dtype=np.float32) * np.float32(rng.uniform(0, 0.5))
    grains = cv2.GaussianBlur(grains, (0, 0), float(rng.uniform(0.03, 0.15)) * dpi / MM_PER_INCH) * 2
    off = (patches + grains).clip(0, float(rng.uniform(0.3, 0.75)))
    return np.rint(pixels + (255 - pixels.astype(np.float32)) * off).astype(np.uint8)


def seep(pixels: Gray, behind: Gray, printed_behind: Gray, rng: np.random.Generator, dpi: int) -> Gray:
    """Pen from the other side, mirrored: it comes through far stronger than print, in blots, here more than there."""
    scale, side = dpi / MM_PER_INCH, pixels.shape[::-1]
    pen, print_ = (
        cv2.resize(each, side, interpolation=cv2.INTER_AREA)[:, ::-1].astype(np.float32)
        for each in (behind, printed_behind)
    )
    ink = (print_ - pen).clip(0) * np.float32(rng.uniform(0.1, 0.6)) + (255 - print_) * np.float32(rng.uniform(0, 0.15))
    shift = np.array([[1, 0, rng.normal(0, 2) * scale], [0, 1, rng.normal(0, 2) * scale]])
    ink = cv2.warpAffine(ink, shift, side, flags=cv2.INTER_LINEAR, borderValue=0)
    ink = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.05, 0.3)) * scale)
    blots = _field(pixels.shape, rng, 0.8, 0.6, int(rng.choice([20, 150])))
    return np.rint(pixels * (1 - (ink * blots).clip(0, 255) / np.float32(255))).astype(np.uint8)


def _field(shape: tuple[int, int], rng: np.random.Generator, mean: float, spread: float, cells: int = 14) -> Layer:
    """Smooth random numbers over a page, `cells` across it, from 0 where the mean is above it."""
    coarse = mean + spread * rng.standard_normal((round(cells * 1.4), cells)).astype(np.float32)
    field = cv2.resize(coarse.astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(field.clip(0) if mean else field, np.float32)


def _direction(rng: np.random.Generator) -> Points:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


HURTS: dict[str, tuple[Callable[[Gray, Points, np.random.Generator, int], Gray], float]] = {
    "crease": (crease, 0.28),
    "crumple": (crumple, 0.16),
    "ridge": (ridge, 0.16),
    "spill": (spill, 0.34),
    "rub": (rub, 0.06),
}
"""What may happen to the paper near a box, and how often each does."""
