"""The place of a bent or tilted sheet set right by the outlines of its boxes, from what is sure to what is next to it.

Each box is looked for where its neighbours that are found already say that it should be, never further off than they
can tell; the whole becomes one smooth bend. Knows no mark and no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import PAGE_H_MM, Rect, marker_rects, mid_mark_rects
from ocr.bend import Points, fit_bend
from ocr.boxes import Outlined
from ocr.pictures import Gray
from ocr.place import Registration, project, reduced, sample
from ocr.ranks import find_median, find_percentile

MAX_MARK_OFF_MM = 3.0  # of a marker or mid-edge mark from where the bend that the boxes show puts it
MAX_UNSEEN_BEND_MM = 3.0  # where no mid-edge mark tells a bend from a row too far; rows are 6.8 mm apart and more
MAX_STRANGERS = 3  # outlines where a neighbour could be and none is; a place off by a row shows a row of them
MAX_STRAIN, MIN_DRAWN_OUT = 0.12, 0.5  # below, marks are too noisy to tell; a sheet beneath has 0.04, a bend 1
MIN_FOUND = 0.8  # of the boxes; hands and flaps may hide the rest. Places that were off by a row came to 0.65
MIN_CONTRAST = 0.05  # of the paper's light, an outline's least; print elsewhere seldom darkens four sides at once
_PX_PER_MM = 5.0
_REACH_MM = 4.0
_RIM_MM = 0.8
_OUTSIDE_PX = 3
_SIDE_LIMITS = -0.05, 0.3  # so that one dark line does not pass for four
_OWN_SHARE = 0.6  # of the page's usual contrast, an outline's least
_STRAY_MM = 1.0
_STEP_MOST_MM, _STRANGER_PX, _STRANGER_SHARE = 20.0, 3, 0.85  # letters come to two thirds of an outline
_NEAR_MM = 18.0
_SEARCH_MM, _SEARCH_SHARE, _SEARCH_MOST_MM = 0.5, 0.035, 3.0
_PITCH_SHARE = 0.3  # of the way to the next box: no outline is looked for nearer to its neighbour's place than its own
_ROUNDS, _FIRST_FOUND, _SETTLED_MM = 5, 0.3, 0.4


def settle_place(pixels: Gray, place: Registration, boxes: Sequence[Outlined]) -> Registration | None:
    """The place with the bend that the outlines of the boxes show; None where they do not bear it out.

    They do where most boxes are found, the sheet's own marks stay where they were seen, and no outlines stand where the
    neighbour of a box would be and none was printed: that is how a place looks that is off by a row or a column.
    """
    if not boxes:
        return None
    centres = np.array([(box.x + box.w / 2, box.y + box.h / 2) for box in boxes])
    fixed = _fixed_points(place)
    fixed_px = place.to_px(fixed)
    for _ in range(_ROUNDS):
        scores = _score_all(pixels, place, boxes)
        usual = float(find_median(scores.max(axis=(1, 2))))
        shifts, found = _grow(scores, centres, fixed, _shifts_to(place, fixed, fixed_px), usual)
        place, trusted = _bent_by(place, centres, shifts, found, fixed, fixed_px)
        if trusted < _FIRST_FOUND:
            return None
        if trusted >= MIN_FOUND and np.abs(shifts[found]).max() < _SETTLED_MM:
            break
    if trusted < MIN_FOUND:
        return None
    mid_seen = (np.abs(fixed[:, 1] - PAGE_H_MM / 2) < 1).any()
    bent_mm = float(np.linalg.norm(_bent(place, centres) - centres, axis=1).max())
    off_mm = float(np.linalg.norm(_shifts_to(place, fixed, fixed_px), axis=1).max())
    if off_mm > MAX_MARK_OFF_MM or (bent_mm > MAX_UNSEEN_BEND_MM and not mid_seen):
        return None
    if _count_strangers(pixels, place, boxes, centres, usual) > MAX_STRANGERS:
        return None
    if _has_others_marks(place, centres, fixed, fixed_px):
        return None
    return replace(place, rough=False)


def _has_others_marks(place: Registration, centres: Points, fixed: Points, fixed_px: Points) -> bool:
    """Whether a mark stands off from where the boxes next to it say, and is not drawn out as paper would be that bends.

    So a marker looks that lies on the sheet beneath, behind a corner that is folded over.
    """
    if place.marks_shape is None:
        return False
    marks_off = project(np.asarray(np.linalg.inv(place.matrix), np.float64), fixed_px) - fixed
    boxes_off = _bent(place, centres) - centres
    for mark, off, shape in zip(fixed, marks_off, place.marks_shape, strict=True):
        nearest = np.argsort(np.linalg.norm(centres - mark, axis=1))[:3]
        away = mark - centres[nearest].mean(axis=0)
        far = float(np.linalg.norm(away))
        strain = (off - boxes_off[nearest].mean(axis=0)) / far
        square = float(strain @ strain)
        if square > MAX_STRAIN**2 and float((shape @ away / far) @ strain) < MIN_DRAWN_OUT * square:  # never for NaN
            return True
    return False


def _bent(place: Registration, points_mm: Points) -> Points:
    return points_mm if place.bend is None else place.bend.moved(points_mm)


def _shifts_to(place: Registration, points_mm: Points, seen_px: Points) -> Points:
    """How far from its place, in mm of the sheet, each point was seen."""
    per_mm = place.affine_at(points_mm)[:, :, :2]
    return np.asarray(np.linalg.solve(per_mm, (seen_px - place.to_px(points_mm))[:, :, None])[:, :, 0], np.float64)


def _score_all(pixels: Gray, place: Registration, boxes: Sequence[Outlined]) -> NDArray[np.float32]:
    small, there = reduced(pixels, place, _PX_PER_MM)
    return np.stack([_outline_scores(small, there, box) for box in boxes])


def _count_strangers(
    pixels: Gray, place: Registration, boxes: Sequence[Outlined], centres: Points, usual: float
) -> int:
    """How many outlines of a box's size stand a step beside a box, where nothing of the kind was printed."""
    away = centres[None] - centres[:, None]
    apart = np.abs(away)
    steps = []
    for axis in (0, 1):
        inline = (apart[:, :, 1 - axis] < 1.0) & (apart[:, :, axis] > 1.0)
        steps.append(np.where(inline, apart[:, :, axis], np.inf).min(axis=1))
    strangers = []
    for number, box in enumerate(boxes):
        for axis in (0, 1):
            step = steps[axis][number]
            for sign in (-1, 1) if step < _STEP_MOST_MM else ():
                moved = centres[number] + np.eye(2)[axis] * sign * step
                if np.abs(moved - centres).max(axis=1).min() > 0.5 * step:
                    strangers.append(Rect(moved[0] - box.w / 2, moved[1] - box.h / 2, box.w, box.h))
    if not strangers:
        return 0
    reach = round(_PX_PER_MM * _REACH_MM)
    near = slice(reach - _STRANGER_PX, reach + _STRANGER_PX + 1)
    best = _score_all(pixels, place, strangers)[:, near, near].max(axis=(1, 2))
    return int((best >= _STRANGER_SHARE * usual).sum())


def _bent_by(
    place: Registration,
    centres: Points,
    shifts: Points,
    found: NDArray[np.bool_],
    fixed: Points,
    fixed_px: Points,
) -> tuple[Registration, float]:
    """The place bent to the boxes that were found, and the share of all boxes that agree with it."""
    base = replace(place, bend_mm=(0.0, 0.0), bend=None)
    points = np.concatenate([fixed, centres])
    seen_px = np.concatenate([fixed_px, place.to_px(centres + shifts)])
    off = project(np.asarray(np.linalg.inv(base.matrix), np.float64), seen_px) - points
    stray = np.array([_strays(centres, shifts, found, number) for number in range(len(centres))])
    agreed = found & ~stray
    trust = np.concatenate([np.full(len(fixed), 2.0), np.where(agreed, 1.0, 0.01)])
    return replace(base, bend=fit_bend(points, off, trust)), float(agreed.mean())


def _strays(centres: Points, shifts: Points, found: NDArray[np.bool_], number: int) -> bool:
    """Whether a box was found elsewhere than the others around it say; a crease may run between them."""
    others = found.copy()
    others[number] = False
    if not others.any():
        return True
    nearest = float(np.linalg.norm(centres[others] - centres[number], axis=1).min())
    expected = _expected(centres[others], shifts[others], centres[number], nearest)
    return bool(np.linalg.norm(expected - shifts[number]) > _STRAY_MM)


def _fixed_points(place: Registration) -> Points:
    """What the first place was found by."""
    if place.marks_mm is not None:
        return place.marks_mm
    return np.array([rect.centre for rect in (*marker_rects(), *mid_mark_rects())])


def _outline_scores(pixels: Gray, place: Registration, box: Outlined) -> NDArray[np.float32]:
    """(2 reach + 1, 2 reach + 1) at steps of 1 / _PX_PER_MM: how much darker the four lines are than what lies outside
    them, of the paper's light.
    """
    half = round(_PX_PER_MM * box.w / 2)
    scale = 2 * half / box.w
    tall = round(scale * box.h / 2)
    reach, rim = round(_PX_PER_MM * _REACH_MM), round(_PX_PER_MM * _RIM_MM)
    columns, rows = 2 * (half + reach + rim) + 1, 2 * (tall + reach + rim) + 1
    around = Rect(0, 0, columns / scale, rows / scale)
    middle = Rect(box.x + (box.w - around.w) / 2, box.y + (box.h - around.h) / 2, around.w, around.h)
    patch = sample(pixels, place, middle, scale).astype(np.float32)
    patch /= max(1.0, find_percentile(patch, 70))
    sides = []
    for line, out, kernel in (
        ((tall, 0), (tall + _OUTSIDE_PX, 0), (2 * half - 1, 1)),
        ((-tall, 0), (-tall - _OUTSIDE_PX, 0), (2 * half - 1, 1)),
        ((0, half), (0, half + _OUTSIDE_PX), (1, 2 * tall - 1)),
        ((0, -half), (0, -half - _OUTSIDE_PX), (1, 2 * tall - 1)),
    ):
        mean = np.asarray(cv2.boxFilter(patch, cv2.CV_32F, kernel), np.float32)
        sides.append(_window(mean, out, reach) - _window(mean, line, reach))
    return np.asarray(np.clip(sides, *_SIDE_LIMITS).mean(axis=0), np.float32)


def _window(mean: NDArray[np.float32], at: tuple[int, int], reach: int) -> NDArray[np.float32]:
    top, left = mean.shape[0] // 2 + at[0] - reach, mean.shape[1] // 2 + at[1] - reach
    return mean[top : top + 2 * reach + 1, left : left + 2 * reach + 1]


def _grow(
    scores: NDArray[np.float32], centres: Points, known: Points, shifts: Points, usual: float
) -> tuple[Points, NDArray[np.bool_]]:
    """The shift (n, 2) of each box in mm, and whether it was found: from the sheet's marks inwards, nearest first."""
    result, found = np.zeros((len(centres), 2)), np.zeros(len(centres), bool)
    waiting = np.linalg.norm(centres[:, None] - known, axis=2).min(axis=1)
    left = np.ones(len(centres), bool)
    apart = np.linalg.norm(centres[:, None] - centres, axis=2) + np.where(np.eye(len(centres), dtype=bool), 99.0, 0.0)
    most = (_PITCH_SHARE * apart.min(axis=1)).clip(max=_SEARCH_MOST_MM)
    least = max(MIN_CONTRAST, _OWN_SHARE * usual)
    for _ in range(len(centres)):
        number = int(np.where(left, waiting, np.inf).argmin())
        left[number] = False
        expected = _expected(known, shifts, centres[number], float(waiting[number]))
        search = min(float(most[number]), _SEARCH_MM + _SEARCH_SHARE * float(waiting[number]))
        shift, score = _best_near(scores[number], expected, search)
        result[number], found[number] = shift, score >= least
        if found[number]:
            known, shifts = np.vstack([known, centres[number]]), np.vstack([shifts, shift])
            waiting = np.minimum(waiting, np.linalg.norm(centres - centres[number], axis=1))
    return result, found


def _expected(known: Points, shifts: Points, centre: Points, nearest_mm: float) -> Points:
    """The shift at a place by a plane through those of its neighbours, the nearest counting most."""
    away = known - centre
    width = max(_NEAR_MM, 1.5 * nearest_mm)
    weight = np.exp(-np.square(away).sum(axis=1) / (2 * width**2)) + 1e-4
    columns = np.column_stack([np.ones(len(known)), away / 100]) * np.sqrt(weight)[:, None]
    stiff = np.diag([0.0, 0.3, 0.3])
    solved = np.linalg.lstsq(
        np.vstack([columns, stiff]), np.vstack([shifts * np.sqrt(weight)[:, None], np.zeros((3, 2))]), rcond=None
    )[0]
    return np.asarray(solved[0], np.float64)


def _best_near(score: NDArray[np.float32], expected: Points, search_mm: float) -> tuple[Points, float]:
    """The best outline within reach of where it is expected: its shift in mm, to a part of a pixel, and its score."""
    reach, search = score.shape[0] // 2, search_mm * _PX_PER_MM
    steps = np.arange(-reach, reach + 1)
    x, y = expected * _PX_PER_MM
    allowed = (np.abs(steps - y) <= search)[:, None] & (np.abs(steps - x) <= search)
    if not allowed.any():
        return expected, 0.0
    row, column = np.unravel_index(int(np.where(allowed, score, -1.0).argmax()), score.shape)
    at = np.array([_between(score[row], int(column)), _between(score[:, column], int(row))])
    return (at - reach) / _PX_PER_MM, float(score[row, column])


def _between(line: NDArray[np.float32], at: int) -> float:
    """The top of the parabola through a maximum and its neighbours."""
    if not 0 < at < len(line) - 1:
        return float(at)
    before, here, after = (float(value) for value in line[at - 1 : at + 2])
    bow = before - 2 * here + after
    return at + (float(np.clip((before - after) / (2 * bow), -0.5, 0.5)) if bow < 0 else 0.0)
