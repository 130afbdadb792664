"""Sheet millimetres to image pixels: a homography over the corners of the markers, and the bend that a feeder leaves.

Rejects rather than guesses: a page that does not fit the bounds below is a person's. Knows no code and no answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

import numpy as np

from forms.geometry import mid_mark_rects
from ocr.markers import Points, find_markers, find_spoilt_markers
from ocr.nameless import find_nameless_markers
from ocr.pictures import Gray
from ocr.place import Registration, corners_mm, fit, reduced, sample
from ocr.rough import find_mid_offset, find_rough_place

__all__ = [
    "MIN_PX_PER_MM",
    "RegisterReason",
    "Registration",
    "find_registration",
    "find_registration_by_codes",
    "reduced",
    "sample",
]

MAX_RESIDUAL_MM = 0.6
MAX_RESIDUAL_OF_THREE_MM = 0.3
MAX_RESIDUAL_OF_SQUARES_MM = 0.35  # their corners are found to a pixel of 100 dpi where they are too thin to sharpen
MAX_BEND_MM = 1.5
MIN_PX_PER_MM = 3.2  # 80 dpi; below, a box line is thinner than a third of a pixel
_AFFINE_MM = 0.12

RegisterReason = Literal["no_markers", "too_few_markers", "distorted", "too_coarse"]


def find_registration(pixels: Gray, spoilt: bool = False) -> Registration | RegisterReason:
    """The page's place in the image, or why there is none; `spoilt`: markers in shadows and ill printed ones count too.

    Four markers that agree; else the three that both mid-edge marks bear out, if they bear out no other three; else a
    rough place for a sheet that does not lie flat, or lost two markers.
    """
    markers = find_spoilt_markers(pixels) if spoilt else find_markers(pixels)
    looked = _find_flat(pixels, markers)
    if len(markers) < 2 or (isinstance(looked, Registration) and looked.is_flat):
        return looked
    rough = find_rough_place(pixels, markers)
    if rough is None:
        return replace(looked, rough=True) if isinstance(looked, Registration) else looked
    return rough if rough.px_per_mm >= MIN_PX_PER_MM else "too_coarse"


def find_registration_by_codes(pixels: Gray, codes: Sequence[Points]) -> Registration | None:
    """The place of a flat sheet whose markers cannot be told by their patterns; `codes`: corners of its codes, px."""
    looked = _find_flat(pixels, find_nameless_markers(pixels, codes))
    flat = isinstance(looked, Registration) and looked.is_level and looked.residual_mm <= MAX_RESIDUAL_OF_SQUARES_MM
    return looked if isinstance(looked, Registration) and flat else None


def _find_flat(pixels: Gray, markers: Mapping[int, Points]) -> Registration | RegisterReason:
    if len(markers) < 3:
        return "too_few_markers" if markers else "no_markers"
    four = _fit_four(markers) if len(markers) == 4 else None
    place = _check(pixels, four) if four else "distorted"
    if isinstance(place, Registration) or place == "too_coarse":
        return place
    checked = [_check(pixels, three) for three in _fit_threes(markers)]
    places = [place for place in checked if isinstance(place, Registration)]
    if len(places) == 1:
        return places[0]
    return "too_few_markers" if len(markers) == 3 and "too_few_markers" in checked else "distorted"


def _check(pixels: Gray, found: Registration) -> Registration | RegisterReason:
    if np.linalg.det(found.matrix[:2, :2]) <= 0:
        return "distorted"
    return "too_coarse" if found.px_per_mm < MIN_PX_PER_MM else _with_mid_marks(pixels, found)


def _pairs(markers: Mapping[int, Points]) -> tuple[Points, Points]:
    return np.concatenate([corners_mm(marker) for marker in markers]), np.concatenate(list(markers.values()))


def _fit_four(markers: Mapping[int, Points]) -> Registration | None:
    fitted = fit(*_pairs(markers))
    return Registration(*fitted, markers=4) if fitted is not None and fitted[1] <= MAX_RESIDUAL_MM else None


def _fit_threes(markers: Mapping[int, Points]) -> list[Registration]:
    """Every three of the markers that fit by themselves; three always nearly do, so that they need a witness."""
    subsets = [{marker: markers[marker] for marker in three} for three in combinations(markers, 3)]
    return [three for three in map(_fit_three, subsets) if three is not None]


def _fit_three(markers: Mapping[int, Points]) -> Registration | None:
    """An affine map where it fits, as a scanner gives: it carries to the lost corner better than a homography."""
    pairs = _pairs(markers)
    for affine, bound in ((True, _AFFINE_MM), (False, MAX_RESIDUAL_OF_THREE_MM)):
        fitted = fit(*pairs, affine=affine)
        if fitted is not None and fitted[1] <= bound:
            return Registration(*fitted, markers=3)
    return None


def _with_mid_marks(pixels: Gray, found: Registration) -> Registration | RegisterReason:
    """The registration with its bend, where the mid-edge marks allow it; three markers need both of them in sight."""
    offsets = [find_mid_offset(pixels, found, rect) for rect in mid_mark_rects()]
    seen = [offset for offset in offsets if offset is not None]
    if found.markers == 3 and len(seen) < len(offsets):
        return "too_few_markers"
    most_down = MAX_RESIDUAL_MM if found.markers == 3 else MAX_BEND_MM
    if any(abs(x) > MAX_RESIDUAL_MM or abs(y) > most_down for x, y in seen):
        return "distorted"
    if not seen:
        return found
    bends = [offset[1] if offset else seen[0][1] for offset in offsets]
    return replace(found, bend_mm=(bends[0], bends[1]))
