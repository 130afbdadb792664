"""What a phone does to the light it catches: blur, noise, ironing, sharpening, stripes, JPEG with its EXIF turn."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr.pretend.camera_settings import CameraSettings

Rgb = NDArray[np.uint8]
_TILE_PX = 512
_ORIENTATION, _LIES_LEFT, _LIES_RIGHT = 0x0112, 6, 8  # EXIF 2.32, 4.6.4: to be turned clockwise, anticlockwise


def expose(image: Rgb, px_per_mm: float, rng: np.random.Generator, settings: CameraSettings) -> Rgb:
    """What comes out of the sensor and the phone's own clean-up; the scale is that of the sheet."""
    image = _out_of_focus(image, px_per_mm, rng, settings)
    if rng.random() < settings.screens:
        image = _striped(image, rng.uniform(*settings.moire), rng)
    image = _noisy(image, rng.uniform(*settings.noise), rng)
    ironed = cv2.bilateralFilter(image, 5, 22, 1.2)
    weight = rng.uniform(*settings.smoothed)
    image = np.asarray(cv2.addWeighted(ironed, weight, image, 1 - weight, 0), np.uint8)
    gain, reach = rng.uniform(*settings.sharpened), rng.uniform(0.8, 1.8)
    soft = cv2.GaussianBlur(image, (0, 0), reach)
    return np.asarray(cv2.addWeighted(image, 1 + gain, soft, -gain, 0), np.uint8)


def _out_of_focus(image: Rgb, px_per_mm: float, rng: np.random.Generator, settings: CameraSettings) -> Rgb:
    blur = float(np.hypot(0.5, rng.uniform(*settings.defocus_mm) * px_per_mm))
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), blur), np.uint8)
    if rng.random() >= settings.shaken:
        return image
    length, angle = rng.uniform(*settings.motion_mm) * px_per_mm, rng.uniform(0, np.pi)
    side = 2 * int(np.ceil(length / 2)) + 3
    kernel = np.zeros((side * 8, side * 8), np.float32)
    half = 4 * length * np.array([np.cos(angle), np.sin(angle)])
    ends = [[round(float(value)) for value in side * 4 + sign * half] for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 6)
    small = cv2.resize(kernel, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.filter2D(image, -1, small / small.sum()), np.uint8)


def _striped(image: Rgb, strength: float, rng: np.random.Generator) -> Rgb:
    """A screen's or a fabric's fine pattern against that of the sensor: wide stripes, another phase in each colour."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, length, bent = rng.uniform(0, np.pi), rng.uniform(6, 60), rng.uniform(-2e-5, 2e-5)
    phase = (x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / length) + bent * (x - width / 2) ** 2
    striped = np.empty_like(image)
    for channel in range(3):
        gain = 1 + strength * np.sin(phase + 2.1 * channel)
        striped[:, :, channel] = np.rint(image[:, :, channel] * gain).clip(0, 255)
    return striped


def _noisy(image: Rgb, level: float, rng: np.random.Generator) -> Rgb:
    """Grain that neighbours share, as a colour filter's interpolation leaves it; a tile repeated, which JPEG hides."""
    grain = rng.standard_normal((_TILE_PX, _TILE_PX, 3), dtype=np.float32)
    shared = cv2.GaussianBlur(grain, (0, 0), 0.7)
    mixed = 0.4 * shared + 0.6 * shared.mean(axis=2, keepdims=True)
    tile = np.rint(mixed * (level / mixed.std())).astype(np.int16)
    height, width = image.shape[:2]
    repeats = (-(-height // _TILE_PX), -(-width // _TILE_PX), 1)
    noise = np.tile(tile, repeats)[:height, :width]
    return np.asarray(cv2.add(image, noise, dtype=cv2.CV_8U), np.uint8)


def encode_photo(image: Rgb, rng: np.random.Generator, settings: CameraSettings) -> bytes:
    """A colour JPEG with halved colour, upright or as the sensor lies and tagged so."""
    low, high = settings.jpeg_quality
    exif = Image.Exif()
    if rng.random() >= settings.upright:
        tag, turns = (_LIES_LEFT, 1) if rng.random() < 0.8 else (_LIES_RIGHT, -1)
        exif[_ORIENTATION] = tag
        image = np.ascontiguousarray(np.rot90(image, turns))
    content = io.BytesIO()
    picture = Image.fromarray(image)
    picture.save(content, "JPEG", quality=int(rng.integers(low, high + 1)), subsampling=2, exif=exif)
    return content.getvalue()
