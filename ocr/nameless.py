"""Corner markers whose pattern is spoilt: told by their outlines, where a code of the sheet says that they stand.

A cartridge at its end prints a marker in patches, a threshold by the surroundings leaves black areas hollow; either way
the square is there and its name is not. What is found so must fit a flat sheet as named markers must (ocr.register).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from forms.geometry import Rect, code_rects, marker_rects
from ocr.markers import Points, find_squares, sharpen
from ocr.pictures import Gray
from ocr.place import corners_mm, fit, project

MAX_CODE_OFF_MM = 1.0  # of a code's corners from where the markers put them, which are found to a module's part
_REACH_MM, _REACH_SHARE, _REACH_MOST_MM = 1.5, 0.06, 12.0  # of the way to what is known: a code's own corners err
_SHAPE_MM = 0.8  # of a square's corners from its middle: a code's finder, the next largest square, has 1.6


def find_nameless_markers(pixels: Gray, codes: Sequence[Points]) -> Mapping[int, Points]:
    """Marker id -> corners, as find_markers gives; `codes`: corners of codes of this sheet, from their own upper left.

    None where no code, or more than one way of taking the codes, leads to markers that bear it out.
    """
    squares = find_squares(pixels)
    ways = [_grow(code, rect, squares) for code in codes for rect in code_rects()]
    found = [markers for markers in ways if len(markers) >= 3 and _bears_out(markers, codes)]
    best = max(found, key=len, default={})
    if any(not np.array_equal(best[marker], corners) for other in found for marker, corners in other.items()):
        return {}
    return {marker: sharpen(pixels, corners) for marker, corners in best.items()}


def _grow(code: Points, rect: Rect, squares: Sequence[Points]) -> dict[int, Points]:
    """The markers that are found when `code` is taken for the one at `rect`, from the nearest on."""
    known_mm, known_px = _corners(rect), code
    found: dict[int, Points] = {}
    away = [float(np.linalg.norm(np.subtract(marker.centre, rect.centre))) for marker in marker_rects()]
    for marker in np.argsort(away).tolist():
        place = fit(known_mm, known_px, affine=True)
        if place is None:
            return {}
        there = corners_mm(marker)
        far = float(np.linalg.norm(known_mm - there.mean(axis=0), axis=1).min())
        reach = min(_REACH_MOST_MM, _REACH_MM + _REACH_SHARE * far)
        square = _best(np.asarray(np.linalg.inv(place[0]), np.float64), there, squares, reach)
        if square is not None:
            found[marker] = square
            known_mm, known_px = np.concatenate([known_mm, there]), np.concatenate([known_px, square])
    return found


def _best(back: Points, there: Points, squares: Sequence[Points], reach_mm: float) -> Points | None:
    """The square that looks most like a marker's outline, its corners in the marker's order."""
    best, least = None, _SHAPE_MM
    for square in squares:
        seen = project(back, square)
        off = seen.mean(axis=0) - there.mean(axis=0)
        if np.linalg.norm(off) > reach_mm:
            continue
        away = np.linalg.norm((seen - off)[:, None] - there, axis=2)  # (seen, marker's corners)
        order = away.argmin(axis=0)
        shape = float(away.min(axis=0).max())
        if len(set(order.tolist())) == len(there) and shape < least:
            best, least = square[order], shape
    return best


def _bears_out(markers: Mapping[int, Points], codes: Sequence[Points]) -> bool:
    """Whether every code stands at one of the two places of a code, by the markers."""
    fitted = fit(np.concatenate([corners_mm(marker) for marker in markers]), np.concatenate(list(markers.values())))
    if fitted is None:
        return False
    back = np.asarray(np.linalg.inv(fitted[0]), np.float64)
    printed = [_corners(rect) for rect in code_rects()]
    offs = (min(float(np.abs(project(back, code) - each).max()) for each in printed) for code in codes)
    return all(off <= MAX_CODE_OFF_MM for off in offs)


def _corners(rect: Rect) -> Points:
    right, bottom = rect.x + rect.w, rect.y + rect.h
    return np.array([[rect.x, rect.y], [right, rect.y], [right, bottom], [rect.x, bottom]])
