"""Unseen machines: scanners, fax, photocopiers and tired printers. Nobody tunes on them; see unseen.py."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.reading.unseen_glass import (
    Side,
    clipped,
    grain,
    lay,
    see,
    seed_noise,
    soften,
    to_jpeg,
    to_jpx_pdf,
    to_tiff,
)
from ocr.pictures import Gray

Make = Callable[[Side, np.random.Generator], bytes]


def _scanned(page: Gray, rng: np.random.Generator, dpi: int, noise: float = 2.0, skew_deg: float | None = None) -> Gray:
    seed_noise(rng)
    return see(lay(page, rng, dpi, skew_deg), rng, noise)


def office(side: Side, rng: np.random.Generator) -> bytes:
    """A feeder in good order."""
    return to_jpeg(
        _scanned(side.filled, rng, side.dpi, float(rng.uniform(0.8, 2.5))), int(rng.integers(75, 93)), side.dpi
    )


def worn(side: Side, rng: np.random.Generator) -> bytes:
    """A feeder that wants cleaning: noise, little contrast, strong compression."""
    seed_noise(rng)
    page = see(lay(side.filled, rng, side.dpi), rng, float(rng.uniform(4, 9)), (205, 235), (40, 85))
    return to_jpeg(page, int(rng.integers(45, 70)), side.dpi)


def skew_5(side: Side, rng: np.random.Generator) -> bytes:
    """Drawn in askew by 3.5 to 5 degrees."""
    skew = float(rng.choice([-1, 1]) * rng.uniform(3.5, 5.0))
    return to_jpeg(_scanned(side.filled, rng, side.dpi, 2.0, skew), 80, side.dpi)


def scaled(side: Side, rng: np.random.Generator) -> bytes:
    """Printed at 94 to 106 %, length and breadth a little apart."""
    height, width = side.filled.shape
    scale, apart = rng.uniform(0.94, 1.06), rng.uniform(-0.004, 0.004)
    turn = np.array([[scale * (1 + apart), 0, 0], [0, scale * (1 - apart), 0]])
    turn[:, 2] = (1 - scale) * np.array([width, height]) / 2
    page = cv2.warpAffine(side.filled, turn, (width, height), flags=cv2.INTER_AREA, borderValue=255)
    return to_jpeg(_scanned(np.asarray(page, np.uint8), rng, side.dpi), 80, side.dpi)


def _fax(side: Side, rng: np.random.Generator, lines_per_inch: int) -> bytes:
    """204 dots an inch across, one bit; a hit on the line shifts the rest of a row or repeats the row above."""
    seen = _scanned(side.filled, rng, side.dpi)
    size = round(seen.shape[1] * 204 / side.dpi), round(seen.shape[0] * lines_per_inch / side.dpi)
    coarse = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), np.uint8)
    level = rng.uniform(125, 165)
    sent = np.where(coarse < level, 0, 255).astype(np.uint8)
    for row in np.flatnonzero(rng.random(len(sent)) < rng.choice([0, 0.002, 0.01])):
        if rng.random() < 0.5 and row:
            sent[row] = sent[row - 1]
        else:
            start, far = int(rng.integers(sent.shape[1])), int(rng.integers(-12, 13))
            sent[row, start:] = np.roll(sent[row, start:], far)
    return to_tiff(sent, (204, lines_per_inch), "group3")


def fax(side: Side, rng: np.random.Generator) -> bytes:
    """Standard fax, 204 by 98 dots an inch."""
    return _fax(side, rng, 98)


def fax_fine(side: Side, rng: np.random.Generator) -> bytes:
    """Fine fax, 204 by 196 dots an inch."""
    return _fax(side, rng, 196)


def fax_bursts(side: Side, rng: np.random.Generator) -> bytes:
    """Fine fax over a poor line: bursts of up to five rows, each lost from somewhere on, white, drawn on or aside."""
    seen = _scanned(side.filled, rng, side.dpi)
    size = round(seen.shape[1] * 204 / side.dpi), round(seen.shape[0] * 196 / side.dpi)
    coarse = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), np.uint8)
    sent = np.where(coarse < rng.uniform(115, 170), 0, 255).astype(np.uint8)
    for first in rng.integers(0, len(sent) - 5, int(rng.poisson(6))).tolist():
        for row in range(first, first + int(rng.integers(1, 6))):
            start, how = int(rng.integers(sent.shape[1])), int(rng.integers(3))
            tail = sent[row, start:]
            far = int(rng.integers(-25, 26))
            sent[row, start:] = (np.full_like(tail, 255), sent[max(0, first - 1), start:], np.roll(tail, far))[how]
    return to_tiff(sent, (204, 196), "group3")


def _copied(page: Gray, rng: np.random.Generator, dpi: int) -> Gray:
    """One pass through a copier: toner spreads or is lost, greys go, specks come."""
    page = lay(page, rng, dpi, scale=float(rng.uniform(0.985, 1.015)))
    spread = soften(page, float(rng.uniform(0.6, 1.1)) * dpi / 200).astype(np.float32)
    spread += 9 * grain(page.shape, 2.0 * dpi / 200, rng) + 6 * grain(page.shape, 60 * dpi / 200, rng)
    middle, soft = rng.uniform(125, 185), rng.uniform(10, 24)
    copied = 250 - 235 / (1 + np.exp((spread - middle) / soft))
    missing = grain(page.shape, 1.5 * dpi / 200, rng) > rng.uniform(2.2, 3.2)
    copied[missing & (copied < 120)] += 120
    specks = rng.random(page.shape, dtype=np.float32) < 4e-6
    copied[cv2.dilate(specks.astype(np.uint8), np.ones((2, 2), np.uint8)) > 0] = 30
    return clipped(copied)


def copy_of_copy(side: Side, rng: np.random.Generator) -> bytes:
    """The filled sheet copied, the copy copied, that scanned."""
    page = _copied(_copied(side.filled, rng, side.dpi), rng, side.dpi)
    return to_jpeg(_scanned(page, rng, side.dpi), int(rng.integers(65, 88)), side.dpi)


def low_toner(side: Side, rng: np.random.Generator) -> bytes:
    """Printed by a cartridge at its end: print pale and patchy, in bands; the pen is as dark as ever."""
    width = side.blank.shape[1]
    bands = 0.18 * grain((1, width), 12 * side.px_per_mm, rng)[0]
    patches = bands[None, :] + 0.1 * grain(side.blank.shape, 3 * side.px_per_mm, rng)
    toner = np.clip(rng.uniform(0.4, 0.7) + patches, 0.18, 1.0)
    ink = np.minimum(1.0, (side.filled + 1.0) / (side.blank + 1.0))
    pale = 255 - toner * (255.0 - side.blank)
    return to_jpeg(_scanned(clipped(pale * ink), rng, side.dpi), 82, side.dpi)


def diffused(side: Side, rng: np.random.Generator) -> bytes:
    """One bit by error diffusion (Floyd and Steinberg 1976), as "photo" mode does."""
    from PIL import Image

    seen = _scanned(side.filled, rng, side.dpi)
    dots = Image.fromarray(seen).convert("1", dither=Image.Dither.FLOYDSTEINBERG)
    return to_tiff(np.asarray(dots, np.uint8) * 255, (side.dpi, side.dpi))


def ordered(side: Side, rng: np.random.Generator) -> bytes:
    """One bit by an ordered pattern of 4 by 4 (Bayer 1973)."""
    seen = _scanned(side.filled, rng, side.dpi)
    two = np.array([[0, 2], [3, 1]])
    four = np.block([[4 * two, 4 * two + 2], [4 * two + 3, 4 * two + 1]])
    height, width = seen.shape
    pattern = np.tile((four + 0.5) * 16, (-(-height // 4), -(-width // 4)))[:height, :width]
    return to_tiff(np.where(seen < pattern, 0, 255).astype(np.uint8), (side.dpi, side.dpi))


def _sauvola(side: Side, rng: np.random.Generator, always_black: float) -> bytes:
    seen = _scanned(side.filled, rng, side.dpi).astype(np.float32)
    window = 2 * round(rng.uniform(1.5, 4) * side.px_per_mm / 2) + 1
    mean = cv2.boxFilter(seen, -1, (window, window))
    spread = np.sqrt(np.maximum(cv2.boxFilter(seen * seen, -1, (window, window)) - mean * mean, 0))
    level = mean * (1 + rng.uniform(0.12, 0.34) * (spread / 128 - 1))
    level = np.maximum(level, always_black)
    return to_tiff(np.where(seen < level, 0, 255).astype(np.uint8), (side.dpi, side.dpi))


def adaptive(side: Side, rng: np.random.Generator) -> bytes:
    """One bit by the local mean and spread (Sauvola and Pietikainen 2000), solid areas kept, as office machines do."""
    return _sauvola(side, rng, float(rng.uniform(75, 105)))


def hollow(side: Side, rng: np.random.Generator) -> bytes:
    """The same without a bound for black: the insides of large black areas come out white."""
    return _sauvola(side, rng, 0.0)


def jpeg_30(side: Side, rng: np.random.Generator) -> bytes:
    """JPEG of quality 20 to 30."""
    return to_jpeg(_scanned(side.filled, rng, side.dpi), int(rng.integers(20, 31)), side.dpi)


def jpeg_2000(side: Side, rng: np.random.Generator) -> bytes:
    """JPEG 2000 in a PDF, compressed 25 to 60 times."""
    return to_jpx_pdf(_scanned(side.filled, rng, side.dpi), float(rng.uniform(25, 60)), side.dpi)


def enhanced(side: Side, rng: np.random.Generator) -> bytes:
    """ "Text enhancement": sharpened till halos stand around print, light greys blown to white."""
    seen = _scanned(side.filled, rng, side.dpi, 1.5).astype(np.float32)
    halo = seen + rng.uniform(1.2, 2.8) * (
        seen - cv2.GaussianBlur(seen, (0, 0), rng.uniform(1.0, 2.2) * side.dpi / 200)
    )
    low, high = rng.uniform(20, 60), rng.uniform(185, 220)
    return to_jpeg(clipped((halo - low) / (high - low) * 255), 80, side.dpi)


def descreened(side: Side, rng: np.random.Generator) -> bytes:
    """Descreening: everything soft."""
    seen = _scanned(side.filled, rng, side.dpi)
    soft = cv2.medianBlur(soften(seen, float(rng.uniform(1.0, 1.8)) * side.dpi / 200), 3)
    return to_jpeg(np.asarray(soft, np.uint8), 75, side.dpi)


def moire(side: Side, rng: np.random.Generator) -> bytes:
    """A halftone screen on the paper beats with the sensor's grid."""
    height, width = side.filled.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    period, angle = rng.uniform(2.1, 3.4), rng.uniform(0, np.pi)
    first = np.cos(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)
    turned = angle + np.radians(rng.uniform(1, 5))
    second = np.cos(2 * np.pi * (x * np.cos(turned) + y * np.sin(turned)) / (period * rng.uniform(0.97, 1.03)))
    screen = rng.uniform(8, 22) * first * second + rng.uniform(4, 10) * second
    return to_jpeg(_scanned(clipped(side.filled * 0.92 + screen), rng, side.dpi), 78, side.dpi)


def jitter(side: Side, rng: np.random.Generator) -> bytes:
    """A feeder that slips: rows repeated, skipped, and drawn apart by up to 0.5 mm over the page."""
    page = lay(side.filled, rng, side.dpi)
    height = len(page)
    speed = 1 + 0.01 * grain((height, 1), 9 * side.px_per_mm, rng)[:, 0]
    slips = np.where(rng.random(height) < 4 / height, rng.uniform(-0.25, 0.25, height) * side.px_per_mm, 0)
    path = np.cumsum(speed + slips)
    drift = path - np.linspace(path[0], path[-1], height)
    far = 0.5 * side.px_per_mm
    rows = np.arange(height) + drift * min(1.0, far / max(float(np.abs(drift).max()), 1e-6))
    columns = np.arange(page.shape[1], dtype=np.float32)
    where = np.broadcast_to(rows.astype(np.float32)[:, None], page.shape)
    fed = cv2.remap(page, np.broadcast_to(columns, page.shape).copy(), where.copy(), cv2.INTER_LINEAR, borderValue=255)
    seed_noise(rng)
    return to_jpeg(see(np.asarray(fed, np.uint8), rng), 80, side.dpi)


MACHINES: dict[str, Make] = {
    made.__name__: made
    for made in (
        *(
            office,
            worn,
            skew_5,
            scaled,
            fax,
            fax_fine,
            fax_bursts,
            copy_of_copy,
            low_toner,
            diffused,
            ordered,
            adaptive,
            hollow,
        ),
        *(jpeg_30, jpeg_2000, enhanced, descreened, moire, jitter),
    )
}
