"""A mark seen whole: all ink that hangs together with what is in a box, on both sides of its outline.

What is measured inside the outline alone says little of a mark that reaches out of it: of a circle only the tips, of a
tick only its foot. A dot is short wherever it ends; a single line that begins and ends at the box takes nothing back,
nor does a ring around a bare one, for there is nothing under it. Knows no question; needs the picture of the print, so
that words are no ink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import Rect
from forms.layout import PageLayout
from ocr.boxes import BoxPatches
from ocr.glance import find_shift
from ocr.ink import find_level
from ocr.overlay import LEVEL, lay_over
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.printed import PX_PER_MM

STROKE_MM = 2.8  # a broad pen's dot is 2.2 mm across
REACH_MM = 3.5  # beyond the outline: what goes on further may lead somewhere, or go through words
LINE_MM, THICK_MM = 1.8, 1.6  # how far a line bends from its straight course, and its width: a felt tip's is 1.5
RING_SHARE, RING_REACH_MM = 0.8, 6.0  # of all ways out of the box, those on which a ring is crossed; it is large
LINE_PEN_SHARE = 0.6  # of the pen's darkness
_SHARE = 0.4  # of the mark's own darkness, from which on more of it is sought
_AROUND_MM = 7.0
_TOUCH_MM = 0.9  # beyond the outline, where ink begins that belongs to the box: a third of a millimetre hides by print
_BRIDGE_PX = 9  # an outline or a rule that a stroke crosses
_LEAST_PX = 6
_STEP_PX = 2.0
_MOST_PERCENTILE = 90
_WAYS = 24
_SIGHT_MM = 0.45  # beyond an outline's centre line, whose grey reaches out
_NEAR_PX = 5  # ink is the same where it is nearer than a third of a millimetre
_PASSED_SHARE = 0.5  # of all ways out of another box, those on which a ring that passes it is crossed


@dataclass(frozen=True)
class WholeMark:
    """Of ink that hangs together: `length_mm` and `width_mm` of the narrowest rectangle around it, `bend_mm` its spread
    across its own long axis, place by place, `thick_mm` how wide its strokes are, `over_mm` how far beyond the outline
    it reaches; `around` the share of all ways out of the box on which it is crossed; `darkness` 0..1 of printed black.
    `ink` (rows, columns) at PX_PER_MM from `corner_mm` of the sheet on: where it is.
    """

    length_mm: float
    width_mm: float
    bend_mm: float
    thick_mm: float
    over_mm: float
    around: float
    darkness: float
    ink: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), np.bool_), compare=False, repr=False)
    corner_mm: tuple[float, float] = (0.0, 0.0)

    @property
    def is_stroke(self) -> bool:
        """Longer than any dot, and no longer than a mark."""
        return self.length_mm >= STROKE_MM and self.over_mm <= REACH_MM

    def is_line(self, pen: float | None) -> bool:
        """One line of the page's pen, nothing else under or over it; `pen`: its darkness, None where none is known."""
        narrow = max(self.bend_mm, self.width_mm) <= LINE_MM
        return self.is_stroke and self._is_pens(pen) and narrow and self.length_mm >= 2 * self.bend_mm

    def is_ring(self, pen: float | None) -> bool:
        """One line of the page's pen, which must be known, all around the box: in a bare one it takes nothing back."""
        far = self.length_mm < STROKE_MM or self.over_mm > RING_REACH_MM
        return pen is not None and not far and self._is_pens(pen) and self.around >= RING_SHARE

    def passes(self, groups: Sequence[BoxPatches], number: int) -> bool:
        """Whether all that stands around another box of the page is this, which does not go around that box as well."""
        spots_mm, middle_mm = _find_spots(groups, number)
        places = np.rint((spots_mm - self.corner_mm) * PX_PER_MM).astype(np.intp)
        if not len(places) or (places < 0).any() or (places >= np.array(self.ink.shape[::-1])).any():
            return False
        near = cv2.dilate(self.ink.astype(np.uint8), np.ones((2 * _NEAR_PX + 1, 2 * _NEAR_PX + 1), np.uint8)) > 0
        ends = np.array(np.nonzero(self.ink)[::-1])
        share = _share_around(ends, (middle_mm - self.corner_mm) * PX_PER_MM)
        return bool(near[places[:, 1], places[:, 0]].all()) and share <= _PASSED_SHARE

    def _is_pens(self, pen: float | None) -> bool:
        return self.thick_mm <= THICK_MM and self.darkness >= LINE_PEN_SHARE * (pen or 0.0)


def see_whole(
    pixels: Gray, place: Registration, page: PageLayout, groups: Sequence[BoxPatches], number: int, darkness: float
) -> WholeMark | None:
    """What hangs together with the ink, of that `darkness` (0..1 of printed black), in one box of the page.

    None where the layout keeps no print, where there is hardly any ink, or where it goes on out of sight.
    """
    if not page.printed:
        return None
    box, black = page.boxes[number], 1 - groups[0].black
    shift_mm = find_shift(page.boxes, groups, [number])
    found = Rect(box.x + float(shift_mm[0]), box.y + float(shift_mm[1]), box.w, box.h)
    laid = lay_over(pixels, place, page, found, _AROUND_MM).moved(shift_mm)
    inked = (laid.dark > max(LEVEL, _SHARE * darkness * black)) & laid.free
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_BRIDGE_PX, _BRIDGE_PX))
    _, labels = cv2.connectedComponents(cv2.morphologyEx(inked.astype(np.uint8), cv2.MORPH_CLOSE, kernel))
    at_box = laid.covered(found, _TOUCH_MM)
    held = inked & np.isin(labels, np.unique(labels[at_box][inked[at_box]]))
    rows, columns = np.nonzero(held)
    ends = np.array([columns, rows]) if len(rows) >= _LEAST_PX else np.zeros((2, 1), np.intp)
    if ends.min() == 0 or (ends.max(axis=1) >= np.array(held.shape[::-1]) - 1).any():
        return None
    first, last = ends.min(axis=1) / PX_PER_MM, (ends.max(axis=1) + 1) / PX_PER_MM
    begins = np.array([found.x - laid.rect.x, found.y - laid.rect.y])
    over = max((begins - first).max(), (last - begins - (found.w, found.h)).max())
    sides = cv2.minAreaRect(ends.T.astype(np.float32))[1]
    thick = 2 * np.percentile(cv2.distanceTransform(held.astype(np.uint8), cv2.DIST_L2, 3)[held], _MOST_PERCENTILE)
    length, width = ((each(sides) + 1) / PX_PER_MM for each in (max, min))
    middle = begins + np.array([found.w, found.h]) / 2
    return WholeMark(
        length,
        width,
        _bend(ends),
        float(thick) / PX_PER_MM,
        float(over),
        _share_around(ends, middle * PX_PER_MM),
        float(laid.dark[held].mean()) / black,
        held,
        (laid.rect.x, laid.rect.y),
    )


def _share_around(points: NDArray[np.intp], middle: NDArray[np.float64]) -> float:
    """Of all ways out of a place, both in px, the share on which any of the points (2, n) lies."""
    right, down = points - middle[:, None]
    return len(np.unique(np.floor(np.arctan2(down, right) / (2 * np.pi / _WAYS)) % _WAYS)) / _WAYS


def _find_spots(groups: Sequence[BoxPatches], number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where ink is seen around a box of the page, (n, 2) mm of the sheet, and the middle of the box."""
    patches = next(each for each in groups if number in each.index)
    here = int(np.flatnonzero(patches.index == number)[0])
    inked = patches.around[here] > find_level(patches)
    y, x = inked.shape[0] // 2, inked.shape[1] // 2
    right, down = (
        half + round(_SIGHT_MM * scale)
        for half, scale in zip(patches.around_half_px, patches.around_px_per_mm, strict=True)
    )
    inked[y - down + 1 : y + down, x - right + 1 : x + right] = False
    rows, columns = np.nonzero(inked)
    middle_mm = patches.middle_mm[here]
    return middle_mm + np.column_stack([columns - x, rows - y]) / patches.around_px_per_mm, middle_mm


def _bend(points: NDArray[np.intp]) -> float:
    """How far, mm, points (2, n) in px spread across their own long axis, place by place along it, but for a tenth."""
    away = (points - points.mean(axis=1, keepdims=True)).T
    along, across = (away @ np.linalg.svd(away, full_matrices=False)[2].T).T
    steps = ((along - along.min()) / _STEP_PX).astype(np.intp)
    most, least = np.full(steps.max() + 1, -np.inf), np.full(steps.max() + 1, np.inf)
    np.maximum.at(most, steps, across)
    np.minimum.at(least, steps, across)
    spread = (most - least)[np.isfinite(most)] + 1
    return float(np.percentile(spread, _MOST_PERCENTILE)) / PX_PER_MM
