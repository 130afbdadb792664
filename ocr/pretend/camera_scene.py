"""What a phone sees besides the sheet: the table, fingers, light, shadows and shine. Pictures are RGB, uint8."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pretend.camera_settings import CameraSettings

Rgb = NDArray[np.uint8]
Field = NDArray[np.float32]
_LIGHT_STEP = 4
_SKIN = np.array([[224, 172, 138], [198, 140, 105], [168, 112, 80], [236, 190, 160]])


def draw_table(width: int, height: int, rng: np.random.Generator, settings: CameraSettings) -> Rgb:
    """The table under the sheet, as large as the frame."""
    kinds, shares = list(settings.tables), np.array(list(settings.tables.values()))
    kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    size = (height // 4 + 1, width // 4 + 1)
    drawn = {"wood": _wood, "dark": _plain, "white": _plain, "cloth": _cloth, "papers": _papers}[kind](size, rng)
    if kind in ("dark", "white"):
        level = rng.uniform(12, 70) if kind == "dark" else rng.uniform(215, 250)
        drawn = np.asarray(drawn + level + rng.uniform(-8, 8, 3), np.float32)
    rough = drawn.clip(0, 255).astype(np.uint8)
    full = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(full, np.uint8)


def _noise(size: tuple[int, int], rng: np.random.Generator, blur: tuple[float, float]) -> Field:
    grain = rng.standard_normal(size, dtype=np.float32)
    soft = cv2.GaussianBlur(grain, (0, 0), sigmaX=blur[0], sigmaY=blur[1])
    return np.asarray(soft / max(1e-6, float(soft.std())), np.float32)


def _plain(size: tuple[int, int], rng: np.random.Generator) -> Field:
    spots = 3 * _noise(size, rng, (12, 12)) + 2 * _noise(size, rng, (0.8, 0.8))
    return np.asarray(np.repeat(spots[:, :, None], 3, axis=2), np.float32)


def _wood(size: tuple[int, int], rng: np.random.Generator) -> Field:
    along = rng.random() < 0.5
    grain = 14 * _noise(size, rng, (60, 1.2) if along else (1.2, 60)) + 10 * _noise(size, rng, (90, 9))
    tone = np.array([[176, 128, 82], [120, 78, 48], [205, 170, 125], [92, 56, 38]])[int(rng.integers(4))]
    wood = tone + grain[:, :, None] * np.array([1.0, 0.85, 0.7])
    planks = np.arange(size[0] if along else size[1]) % int(rng.integers(90, 260)) < 2
    wood[planks if along else slice(None), slice(None) if along else planks] *= 0.6
    return np.asarray(wood, np.float32)


def _cloth(size: tuple[int, int], rng: np.random.Generator) -> Field:
    """A chequered or flowered tablecloth: squares that are no markers."""
    ground, print_ = rng.uniform(150, 245, 3), rng.uniform(20, 200, 3)
    y, x = np.mgrid[0 : size[0], 0 : size[1]]
    pitch = int(rng.integers(9, 40))
    if rng.random() < 0.6:
        held = ((x // pitch) % 2) ^ ((y // pitch) % 2)
    else:
        held = (x % (2 * pitch) - pitch) ** 2 + (y % (2 * pitch) - pitch) ** 2 < (0.6 * pitch) ** 2
    cloth = np.where(held[:, :, None], print_, ground) + 5 * _noise(size, rng, (0.7, 0.7))[:, :, None]
    return np.asarray(cloth, np.float32)


def _papers(size: tuple[int, int], rng: np.random.Generator) -> Field:
    """Other papers that lie about, with print on them."""
    desk = _wood(size, rng)
    for _ in range(int(rng.integers(2, 6))):
        page = np.full((297, 210, 3), rng.uniform(205, 250), np.float32)
        for line in range(20, 280, int(rng.integers(6, 14))):
            for start in range(20, 180, 14):
                if rng.random() < 0.8:
                    page[line : line + 3, start : start + int(rng.integers(5, 13))] = rng.uniform(20, 90)
        scale = float(rng.uniform(0.7, 1.3)) * min(size) / 260
        turn = np.array(cv2.getRotationMatrix2D((105, 148), float(rng.uniform(-180, 180)), scale), np.float64)
        turn[:, 2] += rng.uniform(0, (size[1], size[0])) - (105, 148)
        cv2.warpAffine(page, turn, size[::-1], dst=desk, borderMode=cv2.BORDER_TRANSPARENT)
    return desk


def add_fingers(
    image: Rgb, edge_px: NDArray[np.float64], over_px: float, px_per_mm: float, rng: np.random.Generator
) -> None:
    """A thumb, or two fingers, that hold the sheet: from outside over its edge (two points, clockwise) by over_px."""
    start, end = edge_px
    along = (end - start) / np.linalg.norm(end - start)
    inward = np.array([-along[1], along[0]])
    skin = _SKIN[int(rng.integers(len(_SKIN)))] * rng.uniform(0.6, 1.05)
    middle = start + (end - start) * rng.uniform(0.08, 0.92)
    for number in range(int(rng.integers(1, 3))):
        radius = rng.uniform(6.5, 10) * px_per_mm
        lean = inward + along * rng.uniform(-0.5, 0.5)
        tip = middle + along * number * 2.1 * radius + lean * (over_px - radius)
        root = tip - lean * 150 * px_per_mm
        shade = cv2.GaussianBlur(_capsule(image.shape, root, tip, radius * 1.15), (0, 0), max(1.0, 1.5 * px_per_mm / 4))
        image[:] = _mixed(image, np.zeros(3), shade.astype(np.float32) * np.float32(0.35 / 255))
        flesh = cv2.GaussianBlur(_capsule(image.shape, root, tip, radius), (0, 0), 1.0)
        image[:] = _mixed(image, skin, flesh.astype(np.float32) / np.float32(255))


def _capsule(
    shape: tuple[int, ...], root: NDArray[np.float64], tip: NDArray[np.float64], radius: float
) -> NDArray[np.uint8]:
    mask = np.zeros(shape[:2], np.uint8)
    ends = [[round(float(value)) for value in point] for point in (root, tip)]
    cv2.line(mask, ends[0], ends[1], 255.0, max(1, round(2 * radius)), cv2.LINE_AA)
    return mask


def _mixed(image: Rgb, colour: NDArray[np.float64], share: Field) -> Rgb:
    rows, columns = np.flatnonzero(share.max(axis=1) > 0), np.flatnonzero(share.max(axis=0) > 0)
    if not len(rows):
        return image
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    weight = share[part][:, :, None]
    image[part] = (image[part] * (1 - weight) + colour.astype(np.float32) * weight).astype(np.uint8)
    return image


def shed_light(image: Rgb, rng: np.random.Generator, settings: CameraSettings) -> Rgb:
    """Light that falls off, shadows, the lamp's colour, exposure, stray light and shine."""
    height, width = image.shape[:2]
    size = (height // _LIGHT_STEP + 1, width // _LIGHT_STEP + 1)
    y, x = np.mgrid[-0.5 : 0.5 : size[0] * 1j, -0.5 : 0.5 : size[1] * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 - rng.uniform(*settings.uneven) * (0.5 + x * np.cos(angle) + y * np.sin(angle))
    light *= 1 - rng.uniform(*settings.vignette) * 2 * (x**2 + y**2)
    if rng.random() < settings.shadows:
        light *= _shadow(size, rng, settings)
    light /= float(light.max())
    lamp = np.array([1.0, rng.uniform(0.92, 1.0), rng.uniform(0.75, 1.0)])
    lamp = lamp[::-1] if rng.random() < 0.3 else lamp
    level, flare = rng.uniform(*settings.paper) / 255, rng.uniform(*settings.flare) / 255
    shine = _shine(x, y, rng, settings) if rng.random() < settings.glares else np.zeros(size, np.float32)
    tone = rng.uniform(*settings.tone)
    lit = np.empty_like(image)
    for channel in range(3):
        gain = cv2.resize((light * np.float32(level * lamp[channel])), (width, height), interpolation=cv2.INTER_LINEAR)
        extra = cv2.resize(shine, (width, height), interpolation=cv2.INTER_LINEAR)
        seen = image[:, :, channel].astype(np.float32) / 255 * gain
        seen = level * (seen / level) ** np.float32(tone)
        seen = flare + seen * (1 - flare)
        lit[:, :, channel] = np.rint(255 * (seen + extra * (1 - seen))).clip(0, 255)
    return lit


def _shadow(size: tuple[int, int], rng: np.random.Generator, settings: CameraSettings) -> Field:
    """The phone's shadow, with the hand that holds it: a slanting slab from one side into the frame."""
    mask = np.zeros(size, np.uint8)
    span = max(size)
    middle = rng.uniform(0.15, 0.85, 2) * np.array(size[::-1])
    away = rng.uniform(0, 2 * np.pi)
    for _ in range(int(rng.integers(1, 3))):
        away += rng.normal(0, 0.4)
        wide = rng.uniform(0.15, 0.5) * span
        across, along = np.array([-np.sin(away), np.cos(away)]), np.array([np.cos(away), np.sin(away)])
        corners = [middle + wide / 2 * across, middle - wide / 2 * across]
        corners += [corner + 2 * span * along for corner in corners[::-1]]
        cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 255.0, cv2.LINE_AA)
    hard = rng.random() < settings.hard_shadows
    soft = rng.uniform(0.6, 4) if hard else rng.uniform(0.02, 0.08) * span
    edge = cv2.GaussianBlur(mask, (0, 0), soft).astype(np.float32) / np.float32(255)
    return np.asarray(1 - np.float32(1 - rng.uniform(*settings.shadow)) * edge, np.float32)


def _shine(x: Field, y: Field, rng: np.random.Generator, settings: CameraSettings) -> Field:
    middle, wide = rng.uniform(-0.4, 0.4, 2), rng.uniform(0.05, 0.25, 2)
    spot = np.exp(-(((x - middle[0]) / wide[0]) ** 2) - ((y - middle[1]) / wide[1]) ** 2)
    return np.asarray(rng.uniform(*settings.glare) * spot, np.float32)
