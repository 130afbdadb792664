"""What befalls training pages beyond the pretend scanner's settings: what shines through, stains, local thresholds.

Pages are uint8 grey, 255 = paper. Every range is wider than the published ones on purpose. Knows no label.
"""

from __future__ import annotations

import cv2
import numpy as np

from forms.geometry import MM_PER_INCH
from ocr.pictures import Gray
from ocr.pretend.shapes import Points, turn


def solid(rng: np.random.Generator, line: float) -> list[Points]:
    """A square or a round spot filled from edge to edge, mostly smaller than its box, by lines `line` boxes apart."""
    wide, high = rng.uniform(0.25, 0.5, 2)
    down = np.arange(-high, high, min(line, 0.2))
    round_spot = rng.random() < 0.4
    reach = wide * np.sqrt(np.maximum(0.02, 1 - (down / high) ** 2)) if round_spot else np.full(len(down), wide)
    side = np.where(np.arange(len(down)) % 2, 1, -1)
    knots = np.repeat(np.column_stack([side * reach, down]), 2, axis=0)
    knots[1::2, 0] *= -1
    return [turn(knots + rng.normal(0, 0.02, knots.shape), float(rng.normal(0, 12)))]


def shine_through(pixels: Gray, behind: Gray, rng: np.random.Generator, dpi: int) -> Gray:
    """The other side mirrored, soft, a little aside, here more than there."""
    scale = dpi / MM_PER_INCH
    if behind.shape != pixels.shape:
        behind = cv2.resize(behind, pixels.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.uint8)
    ghost = cv2.GaussianBlur(behind[:, ::-1], (0, 0), float(rng.uniform(0.06, 0.35)) * scale)
    shift = np.array([[1, 0, rng.normal(0, 1.5) * scale], [0, 1, rng.normal(0, 1.5) * scale]])
    ghost = cv2.warpAffine(ghost, shift, pixels.shape[::-1], flags=cv2.INTER_LINEAR, borderValue=255)
    coarse = 1 + 0.35 * rng.standard_normal((14, 10)).astype(np.float32) * (rng.random() < 0.5)
    field = cv2.resize(coarse, pixels.shape[::-1], interpolation=cv2.INTER_CUBIC)
    strength = np.clip(field * np.float32(rng.uniform(0.03, 0.28)), 0, 0.35)
    return np.rint(pixels * (1 - strength * (1 - ghost.astype(np.float32) / 255))).astype(np.uint8)


def stain(pixels: Gray, middle_mm: Points, rng: np.random.Generator, dpi: int) -> Gray:
    """A ring and what is inside it, near a place of the page; ink under it stays what it was."""
    scale = dpi / MM_PER_INCH
    layer = np.zeros(pixels.shape, np.float32)
    radius = rng.uniform(6, 45)
    angle = rng.uniform(0, 2 * np.pi)
    far = rng.uniform(0, 1.1) * radius
    spot = (middle_mm + far * np.array([np.cos(angle), np.sin(angle)])) * scale * 16
    where = [round(value) for value in spot.tolist()]
    axes = [round(radius * scale * 16 * part) for part in (1.0, float(rng.uniform(0.7, 1)))]
    tilt, rim = float(rng.uniform(0, 180)), max(1, round(rng.uniform(0.4, 4) * scale))
    cv2.ellipse(layer, where, axes, tilt, 0, 360, float(rng.uniform(0, 0.16)), -1, cv2.LINE_AA, 4)
    cv2.ellipse(layer, where, axes, tilt, 0, 360, float(rng.uniform(0.05, 0.4)), rim, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(layer, (0, 0), float(rng.uniform(0.15, 1.0)) * scale)
    return np.rint(pixels * (1 - soft)).astype(np.uint8)


def threshold_locally(image: Gray, rng: np.random.Generator, dpi: int) -> Gray:
    """Black and white by the mean of the surroundings, as office machines do: black is what is darker by a share."""
    side = 2 * round(rng.uniform(0.8, 4) * dpi / MM_PER_INCH) + 1
    mean = cv2.blur(image, (side, side)).astype(np.float32)
    level = np.maximum(mean * (1 - float(rng.uniform(0.08, 0.35))), float(rng.uniform(60, 110)))
    return np.where(image < level, 0, 255).astype(np.uint8)
