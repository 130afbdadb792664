"""Unseen photographs by a phone: perspective, a curled sheet, shadows, blur, a table behind. Nobody tunes on them."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from benchmarks.reading.unseen_glass import Side, clipped, grain
from ocr.pictures import Gray

Make = Callable[[Side, np.random.Generator], bytes]
_WIDE_PX, _HIGH_PX = 2250, 3000


def _photograph(side: Side, rng: np.random.Generator, hard: float) -> bytes:
    """`hard` 0..1: how far off the camera is, how dim and how unsteady the hand."""
    picture, mask = _shoot(_curl(side, rng, hard), rng, hard)
    table = rng.uniform(60, 170) + 18 * grain(picture.shape, 40, rng)
    light = _light(picture.shape, rng, hard)
    seen = np.where(mask > 127, 0.08 * 255 + picture * 0.9, table) * light
    seen = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), rng.uniform(0.6, 1.0 + 0.7 * hard))
    if hard and rng.random() < 0.5:
        seen = _shake(seen, rng)
    seen *= rng.uniform(165, 240) / max(float(np.quantile(seen[::8, ::8], 0.97)), 1.0)  # a phone sets its exposure
    noise = rng.uniform(2, 4 + 7 * hard)
    seen += noise * rng.standard_normal(seen.shape, dtype=np.float32)
    content = io.BytesIO()
    colour = np.array([1.0, rng.uniform(0.94, 1.0), rng.uniform(0.8, 0.97)])  # lamps are warm
    Image.fromarray(clipped(seen[..., None] * colour)).save(content, "JPEG", quality=int(rng.integers(72, 92)))
    return content.getvalue()


def _curl(side: Side, rng: np.random.Generator, hard: float) -> Gray:
    """The sheet does not lie flat: print bows by up to a millimetre or two."""
    height, width = side.filled.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    far = (0.3 + 1.2 * hard) * side.px_per_mm
    bow = rng.uniform(-far, far) * np.sin(np.pi * x / width + rng.uniform(-0.5, 0.5))
    side_bow = rng.uniform(-far, far) * 0.5 * np.sin(np.pi * y / height)
    bent = cv2.remap(side.filled, x + side_bow, (y + bow).astype(np.float32), cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(bent, np.uint8)


def _shoot(page: Gray, rng: np.random.Generator, hard: float) -> tuple[np.ndarray, Gray]:
    height, width = page.shape
    margin = rng.uniform(0.03, 0.08 + 0.06 * hard)
    high = _HIGH_PX * (1 - 2 * margin)
    wide = min(high * width / height, _WIDE_PX * (1 - 2 * margin))
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [wide / 2, wide / 2 * height / width]
    corners = corners * (1 - rng.uniform(0, 0.02 + 0.06 * hard, (4, 2)))
    turn = np.radians(rng.normal(0, 2 + 3 * hard))
    corners = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    to = (corners + np.array([_WIDE_PX / 2, _HIGH_PX / 2])).astype(np.float32)
    start = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(start, to)
    size = (_WIDE_PX, _HIGH_PX)
    shot = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_CUBIC, borderValue=255)
    mask = cv2.warpPerspective(np.full_like(page, 255), matrix, size, flags=cv2.INTER_LINEAR, borderValue=0)
    return shot.astype(np.float32), np.asarray(mask, np.uint8)


def _light(shape: tuple[int, ...], rng: np.random.Generator, hard: float) -> np.ndarray:
    """A lamp to one side, and the shadow of a hand or of the phone, its edge soft or sharp."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lamp = rng.uniform(0, (width, height))
    light = rng.uniform(0.75, 1.0) - rng.uniform(0.1, 0.25 + 0.3 * hard) * np.hypot(x - lamp[0], y - lamp[1]) / height
    if rng.random() < 0.4 + 0.5 * hard:
        angle, at = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3) * width
        across = (x - width / 2) * np.cos(angle) + (y - height / 2) * np.sin(angle) - at
        edge = rng.uniform(8, 150)
        light *= 1 - rng.uniform(0.1, 0.2 + 0.35 * hard) / (1 + np.exp(-across / edge))
    return np.asarray(light, np.float32)


def _shake(seen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A hand moves by a few pixels while the picture is taken."""
    length, kernel = int(rng.integers(3, 7)), np.zeros((9, 9), np.float32)
    way = np.array([np.cos(turn := rng.uniform(0, np.pi)), np.sin(turn)]) * length / 2
    ends = [tuple(np.rint(4 + sign * way).astype(int).tolist()) for sign in (-1, 1)]
    cv2.line(kernel, *ends, 1.0, 1, cv2.LINE_AA)
    return np.asarray(cv2.filter2D(seen, -1, kernel / kernel.sum()), np.float32)


def snapshot(side: Side, rng: np.random.Generator) -> bytes:
    """Taken with care, by daylight."""
    return _photograph(side, rng, 0.0)


def snapshot_hard(side: Side, rng: np.random.Generator) -> bytes:
    """Taken in passing: aslant, in the shadow, not quite steady."""
    return _photograph(side, rng, float(rng.uniform(0.4, 1.0)))


CAMERAS: dict[str, Make] = {made.__name__: made for made in (snapshot, snapshot_hard)}
