"""Marks softer and paler than the page's other strokes: the shade of a wrinkle, which no pen drew.

A pen's line has an edge as sharp as the scanner sees anything; paper that bends away from the light darkens little by
little. Each box's steepest change is held against how dark it is, and that against the page's other strokes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.boxes import BoxPatches, Floats
from ocr.ink import BoxInk
from ocr.model import PEN_STROKES, is_stroke, pen_darkness

# Of the sharpest quarter of the page's strokes, and of its pen: 12 of 31 wrinkles that were read as marks are as soft
# and as pale, none of 3,457 marks in twelve rows
SOFT_SHARE, SHARP_PERCENTILE, PALE_SHARE = 0.75, 75, 0.85
_INWARD_PX = 5  # from the outline's centre line, whose own edge is sharp
_STEEPEST = 0.02  # of the interior: the share over which its darkest and its steepest places are averaged
_LEAST_DARK = 0.02


def find_soft(groups: list[BoxPatches], ink: BoxInk) -> NDArray[np.bool_]:
    """(n,) the boxes whose stroke is softer and paler than the page's; none where too few strokes tell of a pen."""
    soft, strokes = np.zeros(len(ink.darkness), np.bool_), is_stroke(ink)
    pale = strokes & (ink.darkness < PALE_SHARE * (pen_darkness(ink) or 0.0))
    if strokes.sum() < PEN_STROKES or not pale.any():
        return soft
    sharpness = np.full(len(soft), np.nan)
    for patches in groups:
        held = np.flatnonzero(strokes[patches.index])
        if len(held):
            sharpness[patches.index[held]] = _sharpness(patches, held)
    return np.asarray(pale & (sharpness < SOFT_SHARE * np.nanpercentile(sharpness, SHARP_PERCENTILE)))


def _sharpness(patches: BoxPatches, held: NDArray[np.intp]) -> Floats:
    """(n,) the steepest change of darkness in each interior, a mm, as a share of how dark it is at most."""
    right, down = (max(3, half - _INWARD_PX) for half in patches.half_px)
    y, x = patches.ink.shape[1] // 2, patches.ink.shape[2] // 2
    ink = patches.ink[held]
    smooth = cv2.blur(ink.reshape(-1, ink.shape[2]), (3, 3)).reshape(ink.shape).astype(np.float32, copy=False)
    inner = smooth[:, y - down : y + down + 1, x - right : x + right + 1]
    across = (inner[:, 1:-1, 2:] - inner[:, 1:-1, :-2]) * np.float32(patches.px_per_mm[0] / 2)
    along = (inner[:, 2:, 1:-1] - inner[:, :-2, 1:-1]) * np.float32(patches.px_per_mm[1] / 2)
    steepest = _most(np.hypot(across, along).astype(np.float32))
    return np.asarray(steepest / _most(inner).clip(_LEAST_DARK), np.float32)


def _most(values: Floats) -> Floats:
    """(n,) the mean of each one's largest."""
    flat = values.reshape(len(values), -1)
    count = max(3, round(_STEEPEST * flat.shape[1]))
    return np.asarray(np.partition(flat, -count, axis=1)[:, -count:].mean(axis=1), np.float32)
