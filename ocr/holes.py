"""A disc broader than any box is filled, with something dark behind it: a punched hole, which is no mark.

It is as solid as a filled box, so that what is measured in the box alone cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import Rect
from ocr.boxes import BoxPatches
from ocr.ink import SOLID, BoxInk
from ocr.pictures import Gray
from ocr.place import Registration, sample_each

Floats = NDArray[np.float32]

# Punches make 5 to 6.6 mm. Of 212 boxes that broad pens filled on four kinds of scan the broadest were 5.0 mm, none of
# 4.5 and more further than 0.7 mm off the box's middle
HOLE_MM, HOLE_OFF_MM, HOLE_ANYWHERE_MM = 4.5, 1.2, 5.4
_EDGE_MM2 = 0.5  # ink on the outline beyond what is printed there: a hole as broad as that covers more
_AROUND_MM, _PX_PER_MM = 7.0, 6.0
_SQUARE_PX = 2 * int(0.95 * HOLE_MM / 2 * _PX_PER_MM / np.sqrt(2)) + 1  # depths are told to 3 %
# Lines narrower than that are no part of it; and its area, of the disc's that it holds: of 38 drawn holes 1.11 at most,
# of two boxes that a marker filled as broadly 1.17 and 1.61
_OPEN_MM, _ROUND_SHARE = 1.0, 1.14


def find_holes(
    pixels: Gray, place: Registration, groups: Sequence[BoxPatches], ink: BoxInk, asked: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(n,) of the boxes `asked` for, those that a hole reaches into."""
    held = asked & (ink.edge_mm2 >= _EDGE_MM2)
    found = np.zeros(len(asked), np.bool_)
    for patches in groups:
        rows = np.flatnonzero(held[patches.index])
        corners = (patches.middle_mm[rows] - _AROUND_MM).tolist()
        rects = [Rect(x, y, 2 * _AROUND_MM, 2 * _AROUND_MM) for x, y in corners]
        for row, around in zip(rows.tolist(), sample_each(pixels, place, rects, _PX_PER_MM), strict=True):
            darkness = (1 - around / float(patches.paper[row])) / (1 - patches.black)
            found[patches.index[row]] = _is_hole(darkness > SOLID, patches)
    return found


def _is_hole(dark: NDArray[np.bool_], patches: BoxPatches) -> bool:
    """Whether a disc that is solid and broader than a filled box, or as broad and beside its middle, reaches in.

    `dark`: what is, around the middle of a box of `patches`.
    """
    if not _holds_square(dark):  # most boxes, at a fifth of what measuring depths takes
        return False
    depth = cv2.distanceTransform(dark.astype(np.uint8), cv2.DIST_L2, 5) / _PX_PER_MM
    rows, columns = np.nonzero(depth >= HOLE_MM / 2)
    off = np.abs((np.column_stack([columns, rows]) + 0.5) / _PX_PER_MM - _AROUND_MM)
    half, deep = np.array(patches.half_px) / np.array(patches.px_per_mm), depth[rows, columns]
    reaches_in = np.linalg.norm((off - half).clip(0), axis=1) < deep
    apart = (off.max(axis=1, initial=0.0) >= HOLE_OFF_MM) | (deep >= HOLE_ANYWHERE_MM / 2)
    held = np.flatnonzero(reaches_in & apart)
    return bool(held.size) and _is_round(dark, rows[held], columns[held], deep[held].astype(np.float32))


def _holds_square(dark: NDArray[np.bool_]) -> bool:
    """Whether a square somewhere is all dark that any disc of a hole's size holds."""
    return bool(cv2.erode(dark.astype(np.uint8), np.ones((_SQUARE_PX, _SQUARE_PX), np.uint8)).any())


def _is_round(dark: NDArray[np.bool_], rows: NDArray[np.intp], columns: NDArray[np.intp], deep: Floats) -> bool:
    """Whether what is dark around the deepest of some places is a disc: what a pen fills has a rim in and out."""
    size = 2 * round(_OPEN_MM * _PX_PER_MM / 2) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    labels = cv2.connectedComponents(cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, disc))[1]
    deepest = int(deep.argmax())
    own = labels == labels[rows[deepest], columns[deepest]]
    reach_px = float(deep[deepest]) * _PX_PER_MM + 0.5  # from a pixel's middle to the edge of the next
    return float(own.sum()) <= _ROUND_SHARE * np.pi * reach_px**2
