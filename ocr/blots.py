"""Ink that no pen leaves as a mark: several dots and nothing else, or a disc broader than any stroke, a punched hole.

One dot is told by what is measured of the whole box (ocr.marks); two reach as far as a stroke does, so each is measured
by itself. A hole with something dark behind it is as solid as a filled box, but wider than a hand fills one.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import Rect
from ocr.boxes import BoxPatches
from ocr.ink import SOLID, BoxInk, find_level
from ocr.marks import BLOT_EXTENT_MM, BLOT_SHARE, SPECK_EXTENT_MM
from ocr.pictures import Gray
from ocr.place import Registration, sample

# Punches make 5 to 6.6 mm. Of 212 boxes that broad pens filled on four kinds of scan the broadest were 5.0 mm, none of
# 4.5 and more further than 0.7 mm off the box's middle
HOLE_MM, HOLE_OFF_MM, HOLE_ANYWHERE_MM = 4.5, 1.2, 5.4
_DOTS_INWARD_MM = 0.6  # from the outline's centre line
_HOLE_EDGE_MM2 = 0.5  # ink on the outline beyond what is printed there: a hole as wide as that covers more
_AROUND_MM, _PX_PER_MM = 7.0, 6.0


def find_blots(
    pixels: Gray, place: Registration, groups: Sequence[BoxPatches], ink: BoxInk, asked: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(n,) of the boxes `asked` for, in which ink was measured, those that hold dots or a hole and no stroke."""
    found = np.zeros(len(asked), np.bool_)
    for patches in groups:
        for row, number in enumerate(patches.index.tolist()):
            if asked[number]:
                wide = ink.edge_mm2[number] >= _HOLE_EDGE_MM2 and _is_hole(pixels, place, patches, row)
                found[number] = wide or _are_dots(patches, row)
    return found


def _are_dots(patches: BoxPatches, row: int) -> bool:
    """Whether two dots or more stand inside, a disc among them, and each piece of ink is a dot by itself."""
    right, down = (
        half - round(_DOTS_INWARD_MM * scale) for half, scale in zip(patches.half_px, patches.px_per_mm, strict=True)
    )
    smooth = cv2.blur(patches.ink[row], (3, 3))
    y, x = smooth.shape[0] // 2, smooth.shape[1] // 2
    inked = smooth[y - down : y + down + 1, x - right : x + right + 1] > find_level(patches)
    count, _, about, _ = cv2.connectedComponentsWithStats(inked.astype(np.uint8), connectivity=8)
    sides, area = about[1:, 2:4], about[1:, 4]
    extent = (sides / np.array(patches.px_per_mm)).max(axis=1, initial=0.0)
    disc = (extent <= BLOT_EXTENT_MM) & (area > BLOT_SHARE * sides.prod(axis=1))
    short = extent <= SPECK_EXTENT_MM
    return count > 2 and bool((short | disc).all() and (disc & ~short).any())


def _is_hole(pixels: Gray, place: Registration, patches: BoxPatches, row: int) -> bool:
    """Whether a disc that is solid and broader than a filled box reaches into the box."""
    x, y = patches.middle_mm[row].tolist()
    around = sample(pixels, place, Rect(x - _AROUND_MM, y - _AROUND_MM, 2 * _AROUND_MM, 2 * _AROUND_MM), _PX_PER_MM)
    darkness = (1 - around / float(patches.paper[row])) / (1 - patches.black)
    depth = cv2.distanceTransform((darkness > SOLID).astype(np.uint8), cv2.DIST_L2, 5) / _PX_PER_MM
    rows, columns = np.nonzero(depth >= HOLE_MM / 2)
    middles = (np.column_stack([columns, rows]) + 0.5) / _PX_PER_MM - _AROUND_MM
    half = np.array(patches.half_px) / np.array(patches.px_per_mm)
    deep, off = depth[rows, columns], np.abs(middles)
    reaches_in = np.linalg.norm((off - half).clip(0), axis=1) < deep
    apart = (off.max(axis=1, initial=0.0) >= HOLE_OFF_MM) | (deep >= HOLE_ANYWHERE_MM / 2)
    return bool((reaches_in & apart).any())
