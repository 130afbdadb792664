"""The place of a sheet that does not lie flat, or of which markers are lost: by whatever printed marks are in sight.

A rough place is a homography through marks that a flat sheet would not have there, off by millimetres between them. It
serves to find the code; what the boxes say counts only once their outlines bear it out (ocr.settle).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
import zxingcpp

from forms.geometry import MID_MARK_MM, Rect, code_rects, marker_rects, mid_mark_rects
from ocr.bend import fit_bend
from ocr.markers import MID_REACH_MM, Points, find_mid_mark, mid_patch_mm
from ocr.pictures import Gray
from ocr.place import Registration, corners_mm, fit, project, sample

MAX_OFF_MM = 15.0  # of a mark from where the others place it: a letter's fold that stands open, at arm's length
MAX_SHAPE_MM = 1.6  # of a mark's corners from its own place: a sheet twice as wide as it should be has 4
_MID_REACH_MM = 12.0
_MID_PX_PER_MM = 6.0
_WHOLE_PAGE_PX = 2400
_LEAST_MARKS = 4


@dataclass(frozen=True, eq=False)
class SeenMark:
    """Something printed: where its points stand on the sheet (n, 2) in mm, and where they were found, px."""

    sheet_mm: Points
    image_px: Points


def find_rough_place(pixels: Gray, markers: Mapping[int, Points]) -> Registration | None:
    """The place by two markers and more, codes and mid-edge marks, four marks at least; None where they contradict."""
    seen = [SeenMark(corners_mm(marker), corners) for marker, corners in markers.items()]
    if len(seen) < len(marker_rects()):
        seen = _with_codes(pixels, seen)
    places = [place for place in [_place_by(pixels, seen, len(markers))] if place is not None]
    if not places and len(seen) >= _LEAST_MARKS:
        without = [seen[:number] + seen[number + 1 :] for number in range(len(seen))]
        tried = [_place_by(pixels, rest, min(len(markers), len(rest))) for rest in without]
        places = [place for place in tried if place is not None]
    return places[0] if len(places) == 1 else None


def find_mid_offset(
    pixels: Gray, place: Registration, rect: Rect, reach_mm: float = MID_REACH_MM
) -> tuple[float, float] | None:
    """How far a mid-edge mark stands from its place, mm to the right and down; None where it is not seen.

    A reach beyond the usual is for photographs, whose shadows are taken out first.
    """
    side = mid_patch_mm(reach_mm)
    around = Rect(rect.centre[0] - side / 2, rect.centre[1] - side / 2, side, side)
    patch = sample(pixels, place, around, _MID_PX_PER_MM)
    return find_mid_mark(_evenly_lit(patch) if reach_mm > MID_REACH_MM else patch, _MID_PX_PER_MM, reach_mm)


def _evenly_lit(patch: Gray) -> Gray:
    """A patch over its own paper, which a closing wider than the mark leaves."""
    side = round(1.5 * MID_MARK_MM * _MID_PX_PER_MM)
    paper = cv2.morphologyEx(patch, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return np.asarray(cv2.divide(patch, paper, scale=240), np.uint8)


def _place_by(pixels: Gray, seen: list[SeenMark], markers: int) -> Registration | None:
    first = _fitted(seen, markers)
    if first is None:
        return None
    both = [*seen, *_mid_marks(pixels, first)]
    if len(both) < _LEAST_MARKS:
        return None
    place = first if markers == len(marker_rects()) else _fitted(both, markers)
    if place is None or np.linalg.det(place.matrix[:2, :2]) <= 0:
        return None
    back = np.asarray(np.linalg.inv(place.matrix), np.float64)
    off = [project(back, mark.image_px) - mark.sheet_mm for mark in both]
    far = max(float(np.linalg.norm(each.mean(axis=0))) for each in off)
    bent = max(float(np.abs(each - each.mean(axis=0)).max()) for each in off)
    if far > MAX_OFF_MM or bent > MAX_SHAPE_MM:
        return None
    points = np.concatenate([mark.sheet_mm for mark in both])
    trust = np.concatenate([np.full(len(mark.sheet_mm), 4.0 / len(mark.sheet_mm)) for mark in both])
    middles = np.array([mark.sheet_mm.mean(axis=0) for mark in both])
    shapes = np.array([_drawn_out(mark.sheet_mm, each) for mark, each in zip(both, off, strict=True)])
    bend = fit_bend(points, np.concatenate(off), trust)
    return replace(place, bend=bend, marks_mm=middles, marks_shape=shapes)


def _drawn_out(points_mm: Points, off_mm: Points) -> Points:
    """(2, 2): how far a mark's points stand off more, x and y down, the further right and down they are on it."""
    if len(points_mm) < 3:
        return np.full((2, 2), np.nan)
    away = points_mm - points_mm.mean(axis=0)
    return np.asarray(np.linalg.lstsq(away, off_mm - off_mm.mean(axis=0), rcond=None)[0].T, np.float64)


def _fitted(seen: list[SeenMark], markers: int) -> Registration | None:
    pairs = np.concatenate([mark.sheet_mm for mark in seen]), np.concatenate([mark.image_px for mark in seen])
    fitted = fit(*pairs, affine=len(seen) == 2)
    return None if fitted is None else Registration(*fitted, markers=markers, rough=True)


def _mid_marks(pixels: Gray, place: Registration) -> Iterator[SeenMark]:
    for rect in mid_mark_rects():
        offset = find_mid_offset(pixels, place, rect, _MID_REACH_MM)
        if offset is not None:
            there = np.array([rect.centre])
            yield SeenMark(there, place.to_px(there + np.array(offset)))


def _with_codes(pixels: Gray, seen: list[SeenMark]) -> list[SeenMark]:
    """The marks and the codes that can be read, each as the one of the two that fits the marks."""
    fitted = _fitted(seen, len(seen))
    if fitted is None:
        return seen
    back = np.asarray(np.linalg.inv(fitted.matrix), np.float64)
    for _, corners in find_codes(pixels):
        middle = project(back, corners).mean(axis=0)
        nearest = min(code_rects(), key=lambda rect: float(np.linalg.norm(middle - rect.centre)))
        right, bottom = nearest.x + nearest.w, nearest.y + nearest.h
        printed = np.array([[nearest.x, nearest.y], [right, nearest.y], [right, bottom], [nearest.x, bottom]])
        seen = [*seen, SeenMark(printed, corners)]
    return seen


def find_codes(pixels: Gray) -> Iterator[tuple[str, Points]]:
    """What every code in the picture says, and its corners, clockwise from its own upper left."""
    times = max(1.0, max(pixels.shape) / _WHOLE_PAGE_PX)
    small = cv2.resize(pixels, None, fx=1 / times, fy=1 / times, interpolation=cv2.INTER_AREA)
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    for code in zxingcpp.read_barcodes(small, formats=formats):
        place = code.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        yield code.text, np.array([[point.x, point.y] for point in corners], np.float64) * times + (times - 1) / 2
