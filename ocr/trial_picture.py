"""What can be measured of a trial page's picture: size, resolution, skew, greys, compression, what is cut off.

Knows no question and no answer; forms/trial_pages says where the grey steps stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import MM_PER_INCH, PAGE_H_MM, PAGE_W_MM, Rect, marker_rects
from forms.trial_pages import wedge_patches
from ocr.files import PageImage
from ocr.markers import find_markers
from ocr.pictures import Gray, is_two_level
from ocr.register import Registration, sample
from ocr.streaks import without_streaks

_CLAIM_OFF = 0.15  # a resolution that is further from the page's size than this is a default, not a claim
_A4_OFF = 0.015
_GREY_SHARE = 0.08  # of the pixels of the middle grey steps that must be grey; black and white leaves none
_MIDDLE_GREYS = (0.3, 0.7)
_COARSE_PX_PER_MM = 4.0
_BLOCK = 8
_BUSY = 25  # grey levels between the darkest and the lightest pixel of a block
_FEW = 40  # coefficients that a step is judged by
_BASE_STEPS = {(0, 1): 11, (1, 0): 12, (1, 1): 12, (0, 2): 10, (2, 0): 14}  # ITU-T T.81, table K.1, at quality 50


@dataclass(frozen=True)
class PagePicture:
    """What a page's picture shows.

    `scale`: printed size over true size, None where neither the file's dpi nor the picture's shape tells; `stretch`:
    across over down; `dpi` of the sheet's own millimetres where the file makes no claim; `darkness` 0..1 that printed
    black takes from the paper's light; `quality` of the JPEG, 1..100, None where none is found; `cut_mm`: how much of
    the paper each side (of the sheet as printed) lacks; `lost_markers`: ids; `streaked`: lines run down all of it.
    """

    dpi: float
    scale: float | None
    stretch: float
    skew_deg: float
    bend_mm: float
    darkness: float
    black_white: bool
    quality: int | None
    cut_mm: Mapping[str, float]
    lost_markers: tuple[int, ...]
    streaked: bool
    place: Registration
    paper_px_per_mm: float

    def place_mm(self, point_mm: tuple[float, float]) -> tuple[float, float]:
        """Where a point of the sheet lies in the picture, mm from its left and upper edge."""
        x, y = self.place.to_px(np.array([point_mm]))[0] / self.paper_px_per_mm
        return float(x), float(y)


def measure_page(image: PageImage, place: Registration, page: int) -> PagePicture:
    """Measure a page that was found."""
    middle = place.affine_at(np.array([[PAGE_W_MM / 2, PAGE_H_MM / 2]]))[0][:, :2]
    across, down = np.linalg.norm(middle, axis=0)
    px_per_mm = float(np.sqrt(across * down))
    paper = _paper_px_per_mm(image, px_per_mm)
    turn = float(np.degrees(np.arctan2(middle[1, 0], middle[0, 0])))
    scale = None if paper is None else px_per_mm / paper
    found = find_markers(image.pixels)
    return PagePicture(
        dpi=(paper or px_per_mm) * MM_PER_INCH,
        scale=scale,
        stretch=float(across / down),
        skew_deg=(turn + 45) % 90 - 45,
        bend_mm=max(abs(bend) for bend in place.bend_mm),
        darkness=_darkness(image.pixels, place),
        black_white=is_black_white(image.pixels, place, page),
        quality=jpeg_quality(image.pixels),
        cut_mm=_cut_mm(image.pixels, place, scale or 1.0),
        lost_markers=tuple(marker for marker in range(len(marker_rects())) if marker not in found),
        streaked=without_streaks(image.pixels, place) is not None,
        place=place,
        paper_px_per_mm=paper or px_per_mm,
    )


def _paper_px_per_mm(image: PageImage, px_per_mm: float) -> float | None:
    """Pixels per true millimetre: by the file's dpi, else by a picture that has the shape of A4."""
    if image.dpi is not None and abs(px_per_mm * MM_PER_INCH / image.dpi - 1) < _CLAIM_OFF:
        return image.dpi / MM_PER_INCH
    short, long = sorted(image.pixels.shape)
    if abs(long / short / (PAGE_H_MM / PAGE_W_MM) - 1) < _A4_OFF:
        return float(np.sqrt(short / PAGE_W_MM * long / PAGE_H_MM))
    return None


def _darkness(pixels: Gray, place: Registration) -> float:
    """How much of the paper's light the black of the markers takes, the median of the four."""
    shares = []
    for rect in marker_rects():
        patch = sample(pixels, place, Rect(rect.x - 1, rect.y - 1, rect.w + 2, rect.h + 2), _COARSE_PX_PER_MM)
        dark, light = np.percentile(patch, (15, 90))
        shares.append(1 - dark / max(1.0, light))
    return float(np.median(shares))


def is_black_white(pixels: Gray, place: Registration, page: int) -> bool:
    """Whether a picture holds no greys, as it is or after a JPEG has softened them; on the back the grey steps tell."""
    if is_two_level(pixels):
        return True
    if page != 2:
        return False
    steps = [rect for grey, rect in wedge_patches() if _MIDDLE_GREYS[0] <= grey <= _MIDDLE_GREYS[1]]
    shares = []
    for rect in steps:
        inner = Rect(rect.x + 1, rect.y + 1, rect.w - 2, rect.h - 2)
        patch = sample(pixels, place, inner, place.px_per_mm) / 255
        shares.append(float(((patch > 0.2) & (patch < 0.85)).mean()))
    return float(np.median(shares)) < _GREY_SHARE


def _cut_mm(pixels: Gray, place: Registration, scale: float) -> dict[str, float]:
    """How far each edge of the paper lies outside the picture, at its middle, mm; 0 inside."""
    half_w, half_h = PAGE_W_MM / 2 / scale, PAGE_H_MM / 2 / scale
    centre = np.array([PAGE_W_MM / 2, PAGE_H_MM / 2])
    ends = {"left": (-half_w, 0.0), "right": (half_w, 0.0), "top": (0.0, -half_h), "bottom": (0.0, half_h)}
    height, width = pixels.shape
    cut = {}
    for side, end in ends.items():
        x, y = place.to_px((centre + end)[None])[0]
        outside = max(-x, x - (width - 1), -y, y - (height - 1), 0.0)
        cut[side] = float(outside / place.px_per_mm * scale)
    return cut


def jpeg_quality(pixels: Gray) -> int | None:
    """The quality a JPEG was written with, by the steps its coefficients stand on; None where they stand on none.

    Standard tables (ITU-T T.81, annex K) scaled as the common encoders do; other tables give a like quality.
    """
    blocks = _busy_blocks(pixels)
    ratios = []
    for (row, column), base in _BASE_STEPS.items():
        step = _step(blocks[:, row, column])
        if step:
            ratios.append(step / base)
    if len(ratios) < 3:
        return None
    ratio = float(np.median(ratios))
    return round(50 / ratio if ratio > 1 else 100 - 50 * ratio)


def _busy_blocks(pixels: Gray) -> NDArray[np.float32]:
    """(n, 8, 8): cosine coefficients of the blocks that hold print, on the grid of an untouched JPEG."""
    height, width = (size // _BLOCK * _BLOCK for size in pixels.shape)
    grid = pixels[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).swapaxes(1, 2)
    blocks = grid.reshape(-1, _BLOCK, _BLOCK)
    flat = blocks.reshape(len(blocks), -1)
    whole = (flat.min(axis=1) > 0) & (flat.max(axis=1) < 255)  # what was clipped lies on no step any more
    busy = blocks[whole & (np.ptp(flat, axis=1) > _BUSY)][:4000]
    return np.array([cv2.dct(block.astype(np.float32) - 128) for block in busy], np.float32).reshape(-1, _BLOCK, _BLOCK)


def _step(coefficients: NDArray[np.float32]) -> int | None:
    """The largest whole number that nearly all of these are multiples of; pixels rounded after decoding blur it."""
    best = None
    for step in range(4, 100):
        told = coefficients[np.abs(coefficients) > step / 2]
        if len(told) < _FEW:
            break
        if float(np.cos(2 * np.pi * told / step).mean()) > 0.8:
            best = step
    return best
