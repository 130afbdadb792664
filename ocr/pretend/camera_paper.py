"""A sheet of paper that does not lie flat: rolled up a little in one direction, and creased. Knows no pixel.

Points are (n, 2) in mm on the flat sheet, from its upper left; in space (n, 3) in mm from the sheet's middle, x to the
right, y down, z away from who looks at it, so that what stands off the table has a negative z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forms.geometry import PAGE_H_MM, PAGE_W_MM
from ocr.pretend.camera_settings import CameraSettings, Range

Points = NDArray[np.float64]
_HALF_MM = 190.0  # further than the sheet's corners are from its middle
_ALONG_MM = np.arange(-_HALF_MM, _HALF_MM + 1)


@dataclass(frozen=True, eq=False)
class Crease:
    """A fold across the whole sheet: at `at_mm` along x (`axis` 0) or y (1) from the middle, `rad` up or down."""

    axis: int
    at_mm: float
    rad: float


@dataclass(frozen=True, eq=False)
class BentPaper:
    """A cylinder with any profile, its height (mm) known for each millimetre of paper across its axis, and creases."""

    direction_rad: float
    place_mm: Points
    height_mm: Points
    creases: tuple[Crease, ...]

    def in_space(self, points_mm: Points) -> Points:
        """Where the points of the flat sheet are; paper bends and does not stretch."""
        flat = points_mm - np.array([PAGE_W_MM, PAGE_H_MM]) / 2
        z = np.zeros(len(flat))
        for crease in self.creases:
            off = flat[:, crease.axis] - crease.at_mm
            flat[:, crease.axis] = crease.at_mm + off * np.cos(crease.rad)
            z -= np.abs(off) * np.sin(crease.rad)
        across = np.array([np.cos(self.direction_rad), np.sin(self.direction_rad)])
        s = flat @ across
        moved = flat + (np.interp(s, _ALONG_MM, self.place_mm) - s)[:, None] * across
        return np.column_stack([moved, z - np.interp(s, _ALONG_MM, self.height_mm)])


def bend_paper(rng: np.random.Generator, settings: CameraSettings) -> BentPaper:
    """Draw how a sheet bends."""
    kinds, shares = list(settings.curls), np.array(list(settings.curls.values()))
    kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    wanted = rng.uniform(*settings.curl_mm)
    direction = float(rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.25) if rng.random() < 0.8 else rng.uniform(0, 3.2))
    height = _profile(kind, wanted * rng.choice([-0.4, 1.0, 1.0]), rng)
    slope = np.gradient(height).clip(-0.9, 0.9)
    place = np.cumsum(np.cos(np.arcsin(slope)))
    creases = _creases(rng, settings.fold_deg) if rng.random() < settings.folds else ()
    return BentPaper(direction, place - place[len(place) // 2], height, creases)


def _profile(kind: str, wanted_mm: float, rng: np.random.Generator) -> Points:
    if kind == "arch":  # held at two sides
        return wanted_mm * (1 - (_ALONG_MM / rng.uniform(105, 150)) ** 2)
    if kind == "edge":  # one side lifts off the table
        begins = rng.uniform(-30, 70)
        lifted = ((_ALONG_MM - begins) / (120 - begins)).clip(0)
        return 2 * wanted_mm * lifted**2 * rng.choice([-1, 1]) if rng.random() < 0.1 else 2 * wanted_mm * lifted**2
    length = rng.uniform(110, 240)
    return 0.7 * wanted_mm * np.sin(2 * np.pi * _ALONG_MM / length + rng.uniform(0, 6.3))


def _creases(rng: np.random.Generator, fold_deg: Range) -> tuple[Crease, ...]:
    """A letter's folds: across the middle, in thirds, or in four."""
    kind = rng.choice(["half", "thirds", "quarters", "upright"], p=[0.45, 0.2, 0.25, 0.1])
    places = {"half": [(1, 0.0)], "thirds": [(1, -50.0), (1, 49.0)], "quarters": [(1, 0.0), (0, 0.0)]}
    return tuple(
        Crease(axis, at + rng.normal(0, 3), np.radians(rng.uniform(*fold_deg)) * rng.choice([-0.6, 1.0]))
        for axis, at in places.get(str(kind), [(0, 0.0)])
    )
