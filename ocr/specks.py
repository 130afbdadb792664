"""Specks of dirt beside the boxes of an unanswered question, told from the tip of a mark that missed them all.

A stroke is long: what of it reaches into a box's surroundings either is long there too or goes on over their edge or
under the outline. What touches the edge is looked at on the page itself. What lies alone on clean paper and is shorter
than any stroke is dirt. It settles blanks only, and no mark.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.boxes import AROUND_PX_PER_MM, BoxPatches, read_closer
from ocr.ink import find_level
from ocr.pictures import Gray
from ocr.place import Registration

SPECK_EXTENT_MM = 1.0  # as inside a box: 0.01 % of marks are shorter
_BEYOND_MM = 0.45  # from the outline's centre line: its grey, and what touches it, ends before
_WIDER_MM = 2.5  # beyond what a box is looked at by: a stroke that goes on there is longer than a speck at once
_GAP_MM = 1.0  # pieces no further apart may be one stroke of a pen that breaks


def find_specked(
    pixels: Gray, place: Registration, groups: list[BoxPatches], chosen: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(n,) of the boxes `chosen` (n,), those around which nothing but lone specks stands."""
    specked = np.zeros(len(chosen), np.bool_)
    for patches in groups:
        for number in np.flatnonzero(chosen[patches.index]).tolist():
            specked[patches.index[number]] = _has_specks_alone(pixels, place, patches, number)
    return specked


def _has_specks_alone(pixels: Gray, place: Registration, patches: BoxPatches, number: int) -> bool:
    right, down = (
        half + round(_BEYOND_MM * scale)
        for half, scale in zip(patches.around_half_px, patches.around_px_per_mm, strict=True)
    )
    inked = (patches.around[number] > find_level(patches)).astype(np.uint8)
    y, x = inked.shape[0] // 2, inked.shape[1] // 2
    within = patches.own[number].copy()
    within[y - down : y + down + 1, x - right : x + right + 1] = False
    inked[y - down + 1 : y + down, x - right + 1 : x + right] = 0  # the box's own outline
    inner = cv2.erode(np.pad(within, 1).astype(np.uint8), np.ones((3, 3), np.uint8))[1:-1, 1:-1] > 0
    count, labels, about, middles = cv2.connectedComponentsWithStats(inked, connectivity=8)
    over_the_edge = []
    for part in range(1, count):
        width, height = about[part, 2:4] / patches.around_px_per_mm
        if max(width, height) > SPECK_EXTENT_MM:
            return False
        if (labels == part)[~inner].any():
            over_the_edge.append((middles[part] - (x, y)) / patches.around_px_per_mm)
    return not over_the_edge or _lie_alone(pixels, place, patches, number, over_the_edge)


def _lie_alone(
    pixels: Gray, place: Registration, patches: BoxPatches, number: int, spots_mm: list[NDArray[np.float64]]
) -> bool:
    """Whether what stands at each spot, mm from the box's middle, is a lone speck in a wider look, nothing hidden."""
    reach_mm = max(side // 2 for side in patches.own[number].shape) / min(patches.around_px_per_mm) + _WIDER_MM
    half_px = round(reach_mm * AROUND_PX_PER_MM)
    wide = read_closer(pixels, place, patches, np.array([number]), half_px, AROUND_PX_PER_MM)[0]
    inked = wide > find_level(patches)
    gap = 2 * round(_GAP_MM * AROUND_PX_PER_MM / 2) + 1
    _, labels = cv2.connectedComponents(cv2.dilate(inked.astype(np.uint8), np.ones((gap, gap), np.uint8)))
    for column, row in spots_mm:
        here = labels[half_px + round(row * AROUND_PX_PER_MM), half_px + round(column * AROUND_PX_PER_MM)]
        held = inked & (labels == here)
        if not here or max(np.ptp(along) + 1 for along in np.nonzero(held)) > SPECK_EXTENT_MM * AROUND_PX_PER_MM:
            return False
    return True
