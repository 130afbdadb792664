"""The pretend scanner: a printed and filled page becomes a grey picture as an office scanner gives it.

Pages are uint8 grey, 255 = paper. Must not know questions or truth; settings are in settings.ScannerSettings.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import MM_PER_INCH
from ocr.pictures import Gray
from ocr.pretend.settings import ScannerSettings

_NOISE_PX = 512


@dataclass(frozen=True)
class Placement:
    """Where the page lies in the picture. `matrix` (3 x 3) takes page pixels to picture pixels, continuous coordinates.

    `rotation` is 0, 90, 180 or 270: how far the sheet's top is turned clockwise. `width`, `height`: the picture's, px.
    """

    matrix: NDArray[np.float64]
    rotation: int
    width: int
    height: int


def place(shape: tuple[int, ...], rng: np.random.Generator, settings: ScannerSettings) -> Placement:
    """Draw how a page of a shape (rows, columns) lies on the glass."""
    height, width = shape
    turns = list(settings.rotations)
    shares = np.array(list(settings.rotations.values()))
    rotation = turns[int(rng.choice(len(turns), p=shares / shares.sum()))]
    skew = float(np.clip(rng.normal(0, settings.skew_sd_deg), -settings.skew_cut_deg, settings.skew_cut_deg))
    scale = 1 + float(np.clip(rng.normal(0, settings.scale_sd), -settings.scale_cut, settings.scale_cut))
    stretch = rng.normal(0, settings.stretch_sd)
    shift = rng.normal(0, settings.shift_sd_mm * settings.dpi / MM_PER_INCH, 2)
    angle = np.radians(rotation + skew)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turned @ np.diag([scale, scale * (1 + stretch)])
    out = (height, width) if rotation in (90, 270) else (width, height)
    offset = np.array(out) / 2 + shift - linear @ np.array([width / 2, height / 2])
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = linear, offset
    return Placement(matrix, rotation, *out)


def scan(page: Gray, rng: np.random.Generator, settings: ScannerSettings, placement: Placement | None = None) -> Gray:
    """The page as scanned at settings.dpi, which must be the page's own resolution; the page itself stays as it is."""
    placement = placement or place(page.shape, rng, settings)
    if rng.random() < settings.uneven_feed_share:
        page = _feed_unevenly(page, rng.uniform(*settings.uneven_feed_mm) * settings.dpi / MM_PER_INCH, rng)
    image = _lay_on_glass(page, placement, rng.random() < settings.dark_lid_share, rng)
    blur = rng.uniform(*settings.blur_px) * settings.dpi / 200
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), blur), dtype=np.uint8)
    image = _light(image, rng, settings)
    _soil(image, rng, settings)
    image = _add_noise(image, rng.uniform(*settings.noise), rng)
    if settings.one_bit:
        threshold = rng.uniform(*settings.one_bit_threshold)
        image = np.asarray(cv2.threshold(image, threshold, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
    return image


def encode_jpeg(image: Gray, quality: int, dpi: int) -> bytes:
    """JPEG bytes of a grey picture, its resolution written into the JFIF header."""
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    content = bytearray(encoded.tobytes())
    # JFIF 1.02: marker SOI, APP0, length, "JFIF\0", version, then units (1 = per inch) and two densities
    assert content[6:11] == b"JFIF\0"
    content[13:18] = bytes([1]) + dpi.to_bytes(2) * 2
    return bytes(content)


def pick_quality(rng: np.random.Generator, settings: ScannerSettings) -> int:
    """A JPEG quality out of the settings' range."""
    low, high = settings.jpeg_quality
    return int(rng.integers(low, high + 1))


def _feed_unevenly(page: Gray, far_px: float, rng: np.random.Generator) -> Gray:
    """Rows drawn apart and pushed together along the feed by up to far_px."""
    rows = np.arange(len(page), dtype=np.float32)
    wave = np.sin(rows / len(page) * np.pi * rng.uniform(1, 3) + rng.uniform(0, 6.3))
    source = np.clip(rows + far_px * wave, 0, len(page) - 1.001)
    above = source.astype(np.intp)
    part = (source - above).astype(np.float32)[:, None]
    mixed = page[above] * (1 - part) + page[above + 1] * part
    return np.rint(mixed).astype(np.uint8)


def _lay_on_glass(page: Gray, placement: Placement, dark_lid: bool, rng: np.random.Generator) -> Gray:
    lid = float(rng.uniform(20, 90) if dark_lid else rng.uniform(246, 255))
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # OpenCV's pixel centres are whole numbers, ours are not
    matrix = np.linalg.inv(half) @ placement.matrix @ half
    size = (placement.width, placement.height)
    image = cv2.warpAffine(page, matrix[:2], size, flags=cv2.INTER_LINEAR, borderValue=lid)
    height, width = page.shape
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]]) @ placement.matrix[:2].T
    shadow = float(rng.uniform(150, 235))
    cv2.polylines(image, [np.rint(corners).astype(np.int32)], True, shadow, 1, cv2.LINE_AA)
    return np.asarray(image, dtype=np.uint8)


def _light(image: Gray, rng: np.random.Generator, settings: ScannerSettings) -> Gray:
    """Paper and ink get their grey levels, and the light falls off towards a side."""
    paper, black = rng.uniform(*settings.paper), rng.uniform(*settings.black)
    levels = np.rint(np.linspace(black, paper, 256)).astype(np.uint8)
    image = np.asarray(cv2.LUT(image, levels), dtype=np.uint8)
    across, down = np.linspace(-0.5, 0.5, 24), np.linspace(-0.5, 0.5, 32)
    slope = rng.normal(0, settings.light, 3)
    field = 1 + slope[0] * across[None, :] + slope[1] * down[:, None] + slope[2] * np.square(across[None, :] * 2)
    field /= field.max()
    small = np.rint(field * 255).astype(np.uint8)
    full = cv2.resize(small, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(image, full, scale=1 / 255), dtype=np.uint8)


def _soil(image: Gray, rng: np.random.Generator, settings: ScannerSettings) -> None:
    """Dust, and now and then a streak down the picture from dirt on the glass."""
    height, width = image.shape
    px_per_mm = settings.dpi / MM_PER_INCH
    for _ in range(int(rng.poisson(settings.dust))):
        centre = rng.uniform(0, (width, height)) * 16
        radius = max(8, round(rng.uniform(0.03, 0.18) * px_per_mm * 16))
        cv2.circle(image, centre.astype(int).tolist(), radius, float(rng.uniform(60, 200)), -1, cv2.LINE_AA, 4)
    if rng.random() < settings.streak_share:
        left = int(rng.integers(width - 3))
        band = image[:, left : left + int(rng.integers(1, 4))]
        band[:] = np.clip(band.astype(np.int16) - int(rng.integers(15, 90)), 0, 255)


def _add_noise(image: Gray, level: float, rng: np.random.Generator) -> Gray:
    """Sensor noise of a standard deviation in grey levels; one tile repeated, which JPEG and the eye do not notice."""
    if level <= 0:
        return image
    tile = np.rint(rng.standard_normal((_NOISE_PX, _NOISE_PX), dtype=np.float32) * level).astype(np.int16)
    height, width = image.shape
    repeats = -(-height // _NOISE_PX), -(-width // _NOISE_PX)
    noise = np.tile(tile, repeats)[:height, :width]
    return np.asarray(cv2.add(image, noise, dtype=cv2.CV_8U), dtype=np.uint8)
