"""The pretend phone: a filled page becomes a colour photograph, with the truth of where each point of it went.

Pages come as uint8 grey, 255 = paper, drawn more finely than the photo will be; the same generator, the same photo.
Must not know questions or answers; settings are in camera_settings.CameraSettings.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import MM_PER_INCH, PAGE_H_MM, PAGE_W_MM
from ocr.pictures import Gray
from ocr.pretend.camera_paper import BentPaper, bend_paper
from ocr.pretend.camera_scene import Rgb, add_fingers, draw_table, shed_light
from ocr.pretend.camera_sensor import encode_photo, expose
from ocr.pretend.camera_settings import CameraSettings
from ocr.pretend.camera_view import CORNERS_MM, View, point_camera

# What inks take from red, green and blue, so that a grey camera sees the same; ITU-R BT.601 weighs them 0.30 0.59 0.11
_INKS = np.array([[1.2, 1.05, 0.21], [1.0, 1.0, 1.0], [0.25, 1.35, 1.12]])
_INK_SHARES = 0.72, 0.23, 0.05


@dataclass(frozen=True, eq=False)
class Photo:
    """A JPEG, and the view it was taken from: `view.to_px` tells where a point of the sheet is once it is upright."""

    content: bytes
    view: View


def take_photo(
    page: Gray, dpi: int, rng: np.random.Generator, settings: CameraSettings, printed: Gray | None = None
) -> Photo:
    """Photograph a filled page; where the page as printed is given, what was written on it gets a pen's colour."""
    paper = bend_paper(rng, settings)
    view = point_camera(paper, rng, settings)
    sheet = _shaded(_coloured(page, printed, rng), paper, rng, dpi / MM_PER_INCH)
    px_per_mm = view.px_per_mm
    image = _lay_on_table(sheet, dpi / MM_PER_INCH, view, rng, settings)
    if rng.random() < settings.hands:
        first = int(rng.integers(4))
        edge = view.to_px(CORNERS_MM)[[first, (first + 1) % 4]]
        add_fingers(image, edge, rng.uniform(*settings.finger_mm) * px_per_mm, px_per_mm, rng)
    image = shed_light(image, rng, settings)
    image = expose(image, px_per_mm, rng, settings)
    return Photo(encode_photo(image, rng, settings), view)


def _coloured(page: Gray, printed: Gray | None, rng: np.random.Generator) -> Rgb:
    ink = _INKS[int(rng.choice(len(_INKS), p=_INK_SHARES))]
    if printed is None:
        return np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2RGB), np.uint8)
    written = cv2.subtract(printed, page)
    channels = [cv2.subtract(printed, cv2.multiply(written, np.ones_like(written), scale=float(part))) for part in ink]
    return np.asarray(cv2.merge(channels), np.uint8)


def _shaded(sheet: Rgb, paper: BentPaper, rng: np.random.Generator, px_per_mm: float) -> Rgb:
    """The sheet with the shading of its slopes, and its creases cracked or dirty."""
    rows, columns = np.arange(0.5, PAGE_H_MM), np.arange(0.5, PAGE_W_MM)
    grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    z = paper.in_space(grid)[:, 2].reshape(len(rows), len(columns))
    down, right = np.gradient(z)
    towards = rng.uniform(0, 2 * np.pi)
    shade = 1 - rng.uniform(0.2, 0.7) * (right * np.cos(towards) + down * np.sin(towards))
    light = np.rint(128 * shade.clip(0.5, 1.5)).astype(np.uint8)
    height, width = sheet.shape[:2]
    full = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
    bright = cv2.multiply(sheet, cv2.merge([full] * 3), scale=0.92 / 128)
    for crease in paper.creases:
        wide = max(1, round(rng.uniform(0.15, 0.5) * px_per_mm))
        at = round((crease.at_mm + (PAGE_W_MM, PAGE_H_MM)[crease.axis] / 2) * px_per_mm)
        band = np.s_[:, at : at + wide] if crease.axis == 0 else np.s_[at : at + wide]
        bright[band] = (bright[band].astype(np.float32) * rng.uniform(0.7, 1.05)).clip(0, 255).astype(np.uint8)
    return np.asarray(bright, np.uint8)


def _lay_on_table(
    sheet: Rgb, sheet_px_per_mm: float, view: View, rng: np.random.Generator, settings: CameraSettings
) -> Rgb:
    image = draw_table(view.width, view.height, rng, settings)
    px_per_mm = view.px_per_mm
    shrink = sheet_px_per_mm / px_per_mm
    if shrink > 1.1:  # what the frame cannot resolve it averages
        sheet = np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.45 * float(np.sqrt(shrink**2 - 1))), np.uint8)
    x_mm, y_mm = view.sheet_map()
    inside = ((x_mm > 0) & (x_mm < PAGE_W_MM) & (y_mm > 0) & (y_mm < PAGE_H_MM)).astype(np.uint8) * 255
    x_px, y_px = x_mm * np.float32(sheet_px_per_mm) - 0.5, y_mm * np.float32(sheet_px_per_mm) - 0.5
    seen = cv2.remap(sheet, x_px, y_px, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    depth = rng.uniform(0.5, 2.5) * px_per_mm
    cast = cv2.GaussianBlur(inside, (0, 0), depth).astype(np.float32) * np.float32(rng.uniform(0.1, 0.5) / 255)
    _darken(image, cast)
    edge = _soft(inside)
    return np.asarray((image * (1 - edge) + seen * edge).astype(np.uint8))


def _soft(inside: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(inside, (0, 0), 0.6)[:, :, None] / np.float32(255), np.float32)


def _darken(image: Rgb, share: NDArray[np.float32]) -> None:
    image[:] = (image * (1 - share)[:, :, None]).astype(np.uint8)
