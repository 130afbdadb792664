"""Every box of a page as a small upright patch of ink darkness, each set right by its own printed outline.

All boxes of one size are sampled in one pass; the page itself is never straightened. A box is placed by the best match
of its outline, never by the darkest spot, and a weak match by its neighbours. Knows no threshold of marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from forms.geometry import Rect, marker_rects
from ocr.pictures import Gray, find_levels
from ocr.place import Registration, reduced, sample_each
from ocr.ranks import find_median

Floats = NDArray[np.float32]
Placed = tuple[Gray, Registration]

PX_PER_MM = 8.0
RIM_MM = 0.6  # enough paper beside the outline to tell it by
AROUND_PX_PER_MM = 4.0
AROUND_RIM_MM = 3.5, 1.85  # to the sides, up and down: a table's lines stand further off, circles show
_LABEL_MM = 2.25  # to a side where no other box stands near, since a label may: they begin 2.9 mm off
_BARE_MM = 3.9  # half the way to a box so near that no label stands between; on the trial sheet one does, at 4.0
REACH_MM = 0.7  # how far from its place an outline is looked for
_AT_ONCE = 24  # patches whose pixels' places fit the processor's cache
_REACH_PX = round(PX_PER_MM * REACH_MM)
_LINE_PX = 3
_OUTSIDE_PX = 4  # where the paper beside an outline is measured, from the line's centre
MIN_OUTLINE = (
    0.12  # darkness of the line over the paper beside it, mean of the four sides; empty paper stays below 0.05
)
_NOT_BLACK = 0.6  # of the paper's light: where a marker should be there is none
_STRAY_MM = 0.25  # an outline further than this from where its neighbours are must be clearly the better match


class Outlined(Protocol):
    """A printed rectangle: x, y, w, h in mm along the centre line of its outline."""

    @property
    def x(self) -> float: ...  # noqa: D102
    @property
    def y(self) -> float: ...  # noqa: D102
    @property
    def w(self) -> float: ...  # noqa: D102
    @property
    def h(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class BoxPatches:
    """The boxes of one size. Ink is 0 where there is paper and 1 at printed black, the box's centre in the middle.

    `ink` (n, rows, columns) is fine, `around` (n, rows, columns) coarse and wider, for what stands beside the box,
    0 where `own` is false: that paper is nearer to another box, or may hold a label;
    the halves are px from the centre to the outline's centre line, x and y; the scales are px per mm, x and y.
    `outline` (n,): how well the outline was seen; `noise`: the standard deviation of clean paper in `ink`;
    `index` (n,): places in the sequence that was asked for; `room_mm` (n,): half the way to the nearest other outline;
    `middle_mm` (n, 2): where on the sheet each box was found; `paper` (n,): its paper's grey; `black`: how bright
    printed black is, as a share of that.
    """

    ink: Floats
    half_px: tuple[int, int]
    px_per_mm: tuple[float, float]
    around: Floats
    own: NDArray[np.bool_]
    around_half_px: tuple[int, int]
    around_px_per_mm: tuple[float, float]
    outline: Floats
    noise: float
    index: NDArray[np.intp]
    room_mm: Floats
    middle_mm: NDArray[np.float64]
    paper: Floats
    black: float

    def is_found(self) -> NDArray[np.bool_]:
        """(n,) the boxes whose outline was seen; all of them where none was."""
        seen = self.outline >= MIN_OUTLINE
        return np.asarray(seen if seen.any() else ~seen)


def read_boxes(pixels: Gray, place: Registration, boxes: Sequence[Outlined]) -> list[BoxPatches]:
    """The patches of all boxes, one group for each size of box."""
    bounds, groups = _plan_groups(tuple(boxes))
    fine, coarse = reduced(pixels, place, PX_PER_MM), reduced(pixels, place, AROUND_PX_PER_MM, bounds)
    black = _black_share(*fine)
    return [_read_group(fine, coarse, plan, black) for plan in groups]


@dataclass(frozen=True, eq=False)
class _Group:
    """What is the same on every picture of a layout's page, of its boxes of one size: see BoxPatches.

    `centres` (n, 2) mm; `right` and `down`, px from the middle of a fine patch with its reach, `wide` of `own`'s, of
    which all but the part `within` is nobody's.
    """

    index: NDArray[np.intp]
    centres: NDArray[np.float64]
    half: tuple[int, int]
    scale: tuple[float, float]
    right: NDArray[np.intp]
    down: NDArray[np.intp]
    around_half: tuple[int, int]
    around_scale: tuple[float, float]
    wide: tuple[NDArray[np.intp], NDArray[np.intp]]
    own: NDArray[np.bool_]
    within: tuple[slice, slice, slice]
    room_mm: Floats


@lru_cache(maxsize=32)  # a fifth of a MB each
def _plan_groups(boxes: tuple[Outlined, ...]) -> tuple[Rect, list[_Group]]:
    """What the boxes lie within, and the groups of one size each."""
    sizes = np.array([(box.w, box.h) for box in boxes])
    rooms = _rooms_mm(boxes)
    found = [np.flatnonzero((sizes == size).all(axis=1)) for size in sorted(set(map(tuple, sizes.tolist())))]
    groups = [_plan_group([boxes[number] for number in index], index, rooms[index]) for index in found]
    return surround(boxes), groups


def _plan_group(boxes: Sequence[Outlined], index: NDArray[np.intp], rooms_mm: NDArray[np.float64]) -> _Group:
    half, scale = _grid(boxes[0], PX_PER_MM)
    right, down = (_steps(size + round(PX_PER_MM * RIM_MM) + _REACH_PX) for size in half)
    around_half, around_scale = _grid(boxes[0], AROUND_PX_PER_MM)
    beside, above = (round(AROUND_PX_PER_MM * rim_mm) for rim_mm in AROUND_RIM_MM)
    wide = _steps(around_half[0] + beside), _steps(around_half[1] + above)
    own = _own_paper(wide, around_half, around_scale, np.where(rooms_mm > _BARE_MM, _LABEL_MM, rooms_mm))
    columns, rows = (np.flatnonzero(own.any(axis=axes)) for axes in ((0, 1), (0, 2)))
    within = np.s_[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    own.setflags(write=False)
    centres = np.array([(box.x + box.w / 2, box.y + box.h / 2) for box in boxes])
    room = rooms_mm.min(axis=1).astype(np.float32)
    return _Group(index, centres, half, scale, right, down, around_half, around_scale, wide, own, within, room)


def surround(parts: Sequence[Outlined]) -> Rect:
    """The rectangle of the sheet that all of some parts lie within."""
    left, top = min(part.x for part in parts), min(part.y for part in parts)
    return Rect(left, top, max(part.x + part.w for part in parts) - left, max(part.y + part.h for part in parts) - top)


def _rooms_mm(boxes: tuple[Outlined, ...]) -> NDArray[np.float64]:
    """(n, 4): how far each box's own paper reaches left, right, up and down: half the way to the next outline."""
    x, y, w, h = (np.array([getattr(box, name) for box in boxes]) for name in "xywh")
    beside = np.abs((y + h / 2)[:, None] - (y + h / 2)) < (h[:, None] + h) / 2
    above = np.abs((x + w / 2)[:, None] - (x + w / 2)) < (w[:, None] + w) / 2
    rooms = []
    for start, size, facing in ((x, w, beside), (y, h, above)):
        gap = start[:, None] - (start + size)  # from the end of the second box to the beginning of the first
        known = facing & ~np.eye(len(boxes), dtype=bool)
        before = np.where(known & (gap >= -1e-6), gap, np.inf).min(axis=1)
        after = np.where(known.T & (gap.T >= -1e-6), gap.T, np.inf).min(axis=1)
        rooms += [before / 2, after / 2]
    return np.column_stack(rooms)


def _read_group(
    fine: Placed,
    coarse: Placed,
    plan: _Group,
    black: float,
) -> BoxPatches:
    raw = _sample_patches(*fine, plan.centres, plan.right, plan.down, plan.scale)
    paper, noise = _paper_level(raw)
    score = _outline_scores(raw, plan.half, _REACH_PX) / _depth(paper, black)[:, None, None]
    shifts = _settle(score, plan.centres, _REACH_PX)
    ink = _darkness(_windows(raw, shifts, _REACH_PX), paper, black)
    rows, columns = (shifts + _REACH_PX).T
    moved = plan.centres + shifts[:, ::-1] / np.array(plan.scale)
    (across, along), within = plan.wide, plan.within
    near = _sample_patches(*coarse, moved, across[within[2]], along[within[1]], plan.around_scale)
    around = np.zeros(plan.own.shape, np.float32)
    np.copyto(around[within], _darkness(near, paper, black), where=plan.own[within])
    return BoxPatches(
        ink=ink,
        half_px=plan.half,
        px_per_mm=plan.scale,
        around=around,
        own=plan.own,
        around_half_px=plan.around_half,
        around_px_per_mm=plan.around_scale,
        outline=score[np.arange(len(raw)), rows, columns],
        noise=noise / (1 - black),
        index=plan.index,
        room_mm=plan.room_mm,
        middle_mm=moved,
        paper=paper,
        black=black,
    )


def read_closer(
    pixels: Gray, place: Registration, patches: BoxPatches, chosen: NDArray[np.intp], half_px: int, px_per_mm: float
) -> Floats:
    """(n, rows, columns): darkness of the boxes `chosen`, places in `patches`, and of all that stands around them.

    Nothing is masked: neighbours' marks and print are in sight where they are as near as that.
    """
    steps, scale = _steps(half_px), (px_per_mm, px_per_mm)
    middles, half_mm = patches.middle_mm[chosen], half_px / px_per_mm
    corner, size = middles.min(axis=0) - half_mm, np.ptp(middles, axis=0) + 2 * half_mm
    fine = reduced(pixels, place, px_per_mm, Rect(*corner.tolist(), *size.tolist()))
    raw = _sample_patches(*fine, middles, steps, steps, scale)
    return _darkness(raw, patches.paper[chosen], patches.black)


def _grid(box: Outlined, px_per_mm: float) -> tuple[tuple[int, int], tuple[float, float]]:
    """The half size in whole pixels, and the px per mm that make it whole: outlines then lie on pixel centres."""
    half = max(4, round(px_per_mm * box.w / 2)), max(4, round(px_per_mm * box.h / 2))
    return half, (2 * half[0] / box.w, 2 * half[1] / box.h)


def _black_share(pixels: Gray, place: Registration) -> float:
    """How bright printed black is, as a share of the paper: the median over the markers that are not lost."""
    rects = [Rect(rect.x - 1, rect.y - 1, rect.w + 2, rect.h + 2) for rect in marker_rects()]
    patches = np.stack([patch.reshape(-1) for patch in sample_each(pixels, place, rects, 4.0)])
    dark, light = find_levels(patches, (15, 90))
    shares = (dark / np.maximum(1.0, light)).tolist()
    return float(find_median(np.array([share for share in shares if share < _NOT_BLACK] or [_NOT_BLACK])))


def _steps(half: int) -> NDArray[np.intp]:
    """The pixels of a patch from its middle."""
    return np.arange(-half, half + 1)


def _sample_patches(
    pixels: Gray,
    place: Registration,
    centres: NDArray[np.float64],
    right: NDArray[np.intp],
    down: NDArray[np.intp],
    scale: tuple[float, float],
) -> Gray:
    """(n, rows, columns) grey; each patch by its own affine map, which differs from the homography by under 0.01 px."""
    affines = (place.affine_at(centres) / np.array([*scale, 1.0])).astype(np.float32)
    u, v = right.astype(np.float32), down.astype(np.float32)
    columns = affines[:, :, 2, None] + affines[:, :, 0, None] * u
    rows = affines[:, :, 1, None] * v
    found = np.empty((len(centres), len(v) * len(u)), np.uint8)
    maps = np.empty((2, min(_AT_ONCE, len(centres)), len(v), len(u)), np.float32)
    for first in range(0, len(centres), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        part = maps[:, : len(columns[some])]
        np.add(columns[some].swapaxes(0, 1)[:, :, None, :], rows[some].swapaxes(0, 1)[:, :, :, None], out=part)
        across, along = part.reshape(2, -1, found.shape[1])  # long rows: OpenCV maps them an eighth faster
        cv2.remap(pixels, across, along, cv2.INTER_LINEAR, found[some], borderValue=255)
    return found.reshape(len(centres), len(v), len(u))


def _paper_level(raw: Gray) -> tuple[Floats, float]:
    """The paper's grey around each box, which takes shadows and yellow paper out, and the noise as a share of it."""
    low, paper = find_levels(raw[:, ::4, ::4].reshape(len(raw), -1), (40, 70)).astype(np.float32)
    noise = float(find_median((paper - low) / paper.clip(1)))
    return paper, noise / 0.78  # from the 40th to the 70th percentile of a normal distribution


def _depth(paper: Floats, black: float) -> Floats:
    """How many greys lie between paper and printed black, per box."""
    return np.asarray((paper * np.float32(1 - black)).clip(1), np.float32)


def _darkness(raw: Gray, paper: Floats, black: float) -> Floats:
    darkness = raw.astype(np.float32)
    np.subtract(paper[:, None, None], darkness, out=darkness)
    return np.divide(darkness, _depth(paper, black)[:, None, None], out=darkness)


def _own_paper(
    steps: tuple[NDArray[np.intp], NDArray[np.intp]],
    half: tuple[int, int],
    scale: tuple[float, float],
    rooms_mm: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """The surroundings without what is nearer to another box: its outline and the marks that reach out of it."""
    inside = []
    for axis, (place, half_px, px_per_mm) in enumerate(zip(steps, half, scale, strict=True)):
        before, after = rooms_mm[:, 2 * axis, None], rooms_mm[:, 2 * axis + 1, None]
        inside.append((-place - half_px <= before * px_per_mm) & (place - half_px <= after * px_per_mm))
    return np.asarray(inside[0][:, None, :] & inside[1][:, :, None])


def _outline_scores(raw: Gray, half: tuple[int, int], reach: int) -> Floats:
    """(n, 2 reach + 1, 2 reach + 1): greys by which the outline's lines are darker than the paper just outside, at each
    shift. From one table of sums over all patches: a third of the time of averaging them, to the same bits.
    """
    count, rows, columns = raw.shape
    sums = cv2.integral(raw.reshape(-1, columns)).astype(np.int32, copy=False)
    below, right = sums.strides
    table: NDArray[np.int32] = as_strided(sums, (count, rows + 1, columns + 1), (rows * below, below, right))
    y, x, side = rows // 2 - reach, columns // 2 - reach, 2 * reach + 1
    wide, tall = 2 * half[0] - 3, 2 * half[1] - 3  # the corners, where two lines meet, are left out
    across = _sums_over(table, 2, x - wide // 2, wide, side)
    along = _sums_over(table, 1, y - tall // 2, tall, side)
    total = np.zeros((count, side, side), np.float32)
    for sign in (-1, 1):
        sides = (across, 1, y + sign * half[1], wide), (along, 2, x + sign * half[0], tall)
        for lines, axis, middle, length in sides:
            share = np.float32(1 / (length * _LINE_PX))
            line, paper = (
                _sums_over(lines, axis, middle + off - _LINE_PX // 2, _LINE_PX, side).astype(np.float32) * share
                for off in (0, sign * _OUTSIDE_PX)
            )
            total += paper - line
    return total / np.float32(4)


def _sums_over(table: NDArray[np.int32], axis: int, first: int, length: int, count: int) -> NDArray[np.int32]:
    """Of running sums: those over `length` places along an axis that begin at `first` and the `count` - 1 after it."""
    ahead = (slice(None),) * axis
    return table[(*ahead, slice(first + length, first + length + count))] - table[(*ahead, slice(first, first + count))]


def _settle(score: Floats, centres: NDArray[np.float64], reach: int) -> NDArray[np.intp]:
    """The shift (rows, columns) of each box: its own outline's, unless it strays from the others for little gain."""
    count, side, _ = score.shape
    own = np.column_stack(np.divmod(score.reshape(count, -1).argmax(axis=1), side)) - reach
    best = score.reshape(count, -1).max(axis=1)
    expected = _smooth_shifts(own, best, centres).clip(-reach, reach)
    there = score[np.arange(count), expected[:, 0] + reach, expected[:, 1] + reach]
    strays = np.abs(own - expected).max(axis=1) > _STRAY_MM * PX_PER_MM
    yields = (best < MIN_OUTLINE) | (strays & (there > 0.6 * best))
    return np.where(yields[:, None], expected, own).astype(np.intp)


def _smooth_shifts(own: NDArray[np.intp], best: Floats, centres: NDArray[np.float64]) -> NDArray[np.intp]:
    """Where the outlines of the page say that each box should be: a plane through the shifts, outliers left out."""
    trusted = best >= MIN_OUTLINE
    columns = np.column_stack([np.ones(len(own)), (centres - centres.mean(axis=0)) / 100])
    for _ in range(3):
        if trusted.sum() < 6:
            middle = np.median(own[best >= MIN_OUTLINE], axis=0) if (best >= MIN_OUTLINE).any() else np.zeros(2)
            return np.tile(np.rint(middle).astype(np.intp), (len(own), 1))
        plane = np.linalg.lstsq(columns[trusted], own[trusted].astype(np.float64), rcond=None)[0]
        expected: NDArray[np.float64] = columns @ plane
        before = trusted
        trusted = (best >= MIN_OUTLINE) & (np.abs(own - expected).max(axis=1) <= _STRAY_MM * PX_PER_MM)
        if np.array_equal(trusted, before):  # the next round would be this one again
            break
    return np.rint(expected).astype(np.intp)


def _windows(raw: Gray, shifts: NDArray[np.intp], reach: int) -> Gray:
    """Each patch without its reach, moved by its shift."""
    count, rows, columns = raw.shape
    moved = np.empty((count, rows - 2 * reach, columns - 2 * reach), np.uint8)
    for number, (top, left) in enumerate((shifts + reach).tolist()):
        moved[number] = raw[number, top : top + moved.shape[1], left : left + moved.shape[2]]
    return moved
