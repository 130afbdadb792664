"""Creases of folded paper: lines, a little wavy, from one edge of the sheet to the other, found and taken out.

Looked for only on pages where lines run through boxes, so that other pages pay nothing. A pen's line begins and ends on
the sheet, a printed one does too; a crease goes on into the margin, where nobody prints and hardly anybody writes.
Where it is as dark as around paper takes its place; what is darker there is print or pen and stays.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import PAGE_H_MM, PAGE_W_MM
from ocr.pictures import Gray, shrink_by
from ocr.place import Registration
from ocr.streaks import DARKER

MOST = 3  # creases that run one way: a letter has two
LEAST_SHARE = 0.85  # of the way from edge to edge on which the line is seen; print comes to 0.79
LEAST_MARGIN_SHARE = 0.75  # and of its way through either margin; print comes to 0.2
WIDEST_MM = 1.2
_PX_PER_MM = 4.0
_STEP_MM = 2.0
_BESIDE_MM = 0.8
_MARGIN_MM = 10.0
_EDGE_MM = 2.0  # of the sheet, whose own shadow is a line
_SIDEWAYS = 2  # px a step at most: a slant of 14 degrees
_BEND_COST = 0.05  # for each of them, where a step on which the line is seen counts 1
_STRAIGHT_SHARE = 0.6
_ALIKE_MM = 24.0  # along a crease, over which it is as dark
_USUAL = 60  # percent of the rows there are as dark at most: the others hold print
_ALIKE, _OFF_MM = 1.3, 0.25  # how much darker than that, and how far off its way, it still is the crease alone
_PAPER_MM = 3.0

Path = NDArray[np.float64]


def without_creases(pixels: Gray, place: Registration) -> Gray | None:
    """A copy without lines that run from edge to edge of the sheet, down or across; None where there is none."""
    times = max(1, round(place.px_per_mm / _PX_PER_MM))
    clean = pixels.copy()
    small = shrink_by(pixels, times)
    inside = _on_sheet(small.shape, place, times)
    found = [
        _clean_view(view, seen, held, times, place.px_per_mm)
        for view, seen, held in ((clean, small, inside), (clean.T, small.T, inside.T))
    ]
    return clean if any(found) else None


def _on_sheet(shape: tuple[int, ...], place: Registration, times: int) -> NDArray[np.uint8]:
    corners = np.array([(_EDGE_MM, _EDGE_MM), (PAGE_W_MM - _EDGE_MM, _EDGE_MM)])
    corners = np.concatenate([corners, np.array([PAGE_W_MM, PAGE_H_MM]) - corners])
    inside = np.zeros(shape, np.uint8)
    cv2.fillPoly(inside, [np.rint(place.to_px(corners) / times).astype(np.int32)], 1.0)
    return inside


def _clean_view(view: Gray, small: Gray, inside: NDArray[np.uint8], times: int, px_per_mm: float) -> bool:
    """Take lines down the view out of it, in place; whether there were any."""
    per_mm = px_per_mm / times
    step, beside = max(1, round(_STEP_MM * per_mm)), max(1, round(_BESIDE_MM * per_mm))
    size = small.shape[1], len(small) // step
    rows = len(small) // step * step
    mean = cv2.resize(np.ascontiguousarray(small[:rows]), size, interpolation=cv2.INTER_AREA).astype(np.int16)
    held = cv2.resize(np.ascontiguousarray(inside[:rows]), size, interpolation=cv2.INTER_NEAREST) > 0
    darker = np.zeros_like(mean)
    darker[:, beside:-beside] = np.minimum(mean[:, : -2 * beside], mean[:, 2 * beside :]) - mean[:, beside:-beside]
    darker[~held] = 0
    strips = np.flatnonzero(held.any(axis=1))
    darker = darker[strips]
    fine: Gray | None = None
    for _ in range(MOST):
        path = _find_path(darker, round(_MARGIN_MM * per_mm / step))
        if path is None:
            break
        if fine is None:  # of the view as it was; most pages show no line and never need it
            whole, strips_high = np.ascontiguousarray(view[: rows * times]), (view.shape[1], size[1])
            fine = np.asarray(cv2.resize(whole, strips_high, interpolation=cv2.INTER_AREA)[strips], np.uint8)
        way, half = _look_closer(fine, path * times + times // 2, px_per_mm)
        middles = (strips + 0.5) * step * times
        _lighten(view, np.interp(np.arange(len(view)), middles, way), half, px_per_mm)
        columns = path[:, None] + np.arange(-2 * beside, 2 * beside + 1)
        darker[np.arange(len(path))[:, None], columns.clip(0, darker.shape[1] - 1)] = 0
    return fine is not None


def _find_path(darker: NDArray[np.int16], margin: int) -> NDArray[np.intp] | None:
    """(strips,) the column on each strip of the line that is seen on most of them; None where it is no crease."""
    seen = darker > DARKER
    if not _may_reach_margin(seen[:margin]) and not _may_reach_margin(seen[-margin:]):
        return None  # most pages: nothing of the search below need be done
    worth = seen + darker.clip(0, 64).astype(np.float32) / 640
    moves = range(-_SIDEWAYS, _SIDEWAYS + 1)
    best, came = worth[0], np.zeros(darker.shape, np.int8)
    for strip in range(1, len(worth)):
        padded = np.pad(best, _SIDEWAYS, constant_values=-1.0)
        choices = np.stack([padded[_SIDEWAYS + move :][: len(best)] - _BEND_COST * abs(move) for move in moves])
        chosen = choices.argmax(axis=0)
        came[strip] = chosen - _SIDEWAYS
        best = np.take_along_axis(choices, chosen[None], 0)[0] + worth[strip]
    path = np.zeros(len(worth), np.intp)
    path[-1] = best.argmax()
    for strip in range(len(worth) - 1, 0, -1):
        path[strip - 1] = path[strip] + came[strip, path[strip]]
    on_path = seen[np.arange(len(path)), path]
    through = max(on_path[:margin].mean(), on_path[-margin:].mean())
    return path if on_path.mean() >= LEAST_SHARE and through >= LEAST_MARGIN_SHARE else None


def _may_reach_margin(seen: NDArray[np.bool_]) -> bool:
    """Whether a line that moves no faster than a path may could be seen on enough of a margin's strips."""
    reach = 2 * _SIDEWAYS * len(seen) + 1
    near = cv2.dilate(seen.astype(np.uint8), np.ones((1, reach), np.uint8))
    return bool(near.mean(axis=0).max() >= LEAST_MARGIN_SHARE)


def _look_closer(fine: Gray, path: NDArray[np.intp], px_per_mm: float) -> tuple[Path, int]:
    """Where a line runs on each strip, px of the whole view, and how far it reaches to either side of that."""
    widest, off = round(WIDEST_MM * px_per_mm), round(_OFF_MM * px_per_mm)
    strips = np.arange(len(path))[:, None]
    near = cv2.blur(fine[strips, (path[:, None] + np.arange(-off - 1, off + 2)).clip(0, fine.shape[1] - 1)], (3, 1))
    own = path + near[:, 1:-1].argmin(axis=1) - off
    way = _straightened(own.astype(np.float64))
    profile = np.median(
        fine[strips, (way[:, None] + np.arange(-widest, widest + 1)).clip(0, fine.shape[1] - 1)], axis=0
    )
    dark = np.flatnonzero(min(profile[0], profile[-1]) - profile > DARKER / 4)
    return way.astype(np.float64), 1 + (int(np.abs(dark - widest).max()) if len(dark) else 1)


def _straightened(own: Path) -> NDArray[np.intp]:
    """A way on each strip, px: a straight line where most of it lies on one, for outlines beside it draw it off."""
    strips, held = np.arange(len(own)), np.ones(len(own), np.bool_)
    for _ in range(3):
        line = np.polyval(np.polyfit(strips[held], own[held], 1), strips)
        off = np.abs(own - line)
        held = off <= max(1.5, float(np.median(off)))
    if (off <= 1.5).mean() < _STRAIGHT_SHARE:
        line = cv2.blur(cv2.medianBlur(own.astype(np.float32)[:, None], 5), (1, 3))[:, 0].astype(np.float64)
    return np.asarray(np.rint(line), np.intp)


def _lighten(view: Gray, path: Path, half: int, px_per_mm: float) -> None:
    """Along a line that runs down, in place: paper where it is no darker than most rows around, else as much lighter.

    So print and strokes that cross it, or run along it for a while, stay.
    """
    beside, along = half + round(_PAPER_MM * px_per_mm), round(_ALIKE_MM * px_per_mm)
    rows, middle = np.arange(len(view))[:, None], np.rint(path).astype(int)[:, None]
    columns = (middle + np.arange(-beside, beside + 1)).clip(0, view.shape[1] - 1)
    paper = np.percentile(view[rows, columns], 75, axis=1).astype(np.float32)
    paper = cv2.blur(paper[:, None], (1, round(_PAPER_MM * px_per_mm)))
    columns = columns[:, beside - half : beside + half + 1]
    band = view[rows, columns].astype(np.float32)
    depth = (paper - band).clip(0)
    for first in range(0, len(view), along // 2):
        here = slice(first, first + along // 2)
        near = depth[max(0, first - along // 4) : first + 3 * along // 4]
        usual = np.percentile(near, _USUAL, axis=0).astype(np.float32)[None]
        about = cv2.dilate(usual, np.ones((1, 2 * round(_OFF_MM * px_per_mm) + 1), np.uint8))
        lighter = np.minimum(band[here] + usual, np.maximum(paper[here], band[here]))
        band[here] = np.where(depth[here] <= _ALIKE * about + DARKER / 2, np.maximum(band[here], paper[here]), lighter)
    view[rows, columns] = np.rint(band).astype(np.uint8)
