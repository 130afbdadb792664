"""Specks of dirt beside the boxes of an unanswered question, told from the tip of a mark that missed them all.

A stroke is long: what of it reaches into a box's surroundings either is long there too or goes on over their edge or
under the outline. What lies alone on clean paper and is shorter than any stroke is dirt. It settles blanks only, and no
mark.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.boxes import BoxPatches
from ocr.ink import find_level

SPECK_EXTENT_MM = 1.0  # as inside a box: 0.01 % of marks are shorter
_BEYOND_MM = 0.45  # from the outline's centre line: its grey, and what touches it, ends before


def find_specked(groups: list[BoxPatches], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n,) of the boxes `chosen` (n,), those around which nothing but lone specks stands."""
    specked = np.zeros(len(chosen), np.bool_)
    for patches in groups:
        for place in np.flatnonzero(chosen[patches.index]).tolist():
            specked[patches.index[place]] = _has_specks_alone(patches, place)
    return specked


def _has_specks_alone(patches: BoxPatches, place: int) -> bool:
    right, down = (
        half + round(_BEYOND_MM * scale)
        for half, scale in zip(patches.around_half_px, patches.around_px_per_mm, strict=True)
    )
    inked = (patches.around[place] > find_level(patches)).astype(np.uint8)
    y, x = inked.shape[0] // 2, inked.shape[1] // 2
    within = patches.own[place].copy()
    within[y - down : y + down + 1, x - right : x + right + 1] = False
    inked[y - down + 1 : y + down, x - right + 1 : x + right] = 0  # the box's own outline
    inner = cv2.erode(np.pad(within, 1).astype(np.uint8), np.ones((3, 3), np.uint8))[1:-1, 1:-1] > 0
    count, labels, about, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    for number in range(1, count):
        width, height = about[number, 2:4] / patches.around_px_per_mm
        if max(width, height) > SPECK_EXTENT_MM or (labels == number)[~inner].any():
            return False
    return True
