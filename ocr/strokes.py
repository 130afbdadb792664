"""Strokes of a pen over a page, followed from spot to spot of those that a glance found dark. Decides nothing.

Between two spots a line runs where it is dark all the way wherever nothing is printed. What runs off the sheet, and
what is paler or broader than a pen's line, is none: creases, streaks, the edges of tape, the rims of stains. Nor is
what parts darker paper from lighter: the rim of a stain again, however like ink.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.layout import PageLayout
from ocr.glance import Spots, find_level
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.printed import PX_PER_MM, unpack_print
from ocr.ranks import find_median, find_percentile

Points = NDArray[np.float64]
Bools = NDArray[np.bool_]

_MOST_SPOTS, _NEIGHBOURS, _EDGE_MM = 500, 8, 16.0  # more show as much; joined to the next ones, over a heading at most
_LEAST_MM = 6.0  # of a stroke
_STEPS, _STEP_MM = 24, 0.3  # looked at from one spot to the next, and how finely aside of the straight way
# Where the line may run, and how broad it is looked at: a scribble's next one is further
_NEAR_MM, _BESIDE_MM = 0.9, 1.2
_ASIDE: Points = np.arange(-8.0, 9.0) * _STEP_MM
_CLEAR_SHARE, _HIDDEN_MM, _DARK_SHARE = 0.3, 6.0, 0.75  # of the way: not printed, hidden at most, dark where it is not
_PEN_SHARE, _INK, _DARK_INK = 0.6, 0.25, 0.35  # of the page's pen or, as it may be another's, of ink: anywhere, mostly
_BROAD_MM, _BROAD_INK = (0.75, 2.1), 0.42  # half as dark so broad: rims of stains are pale for that, no pen is broader
_RIM_STRAIGHT_MM, _STRAIGHT_SHARE = 45.0, 0.4  # on one line, of all: of a ring 90 mm across 17 mm are
_RIM_MM, _RIM_TINT, _RIM_SHARE = 1.3, 0.03, 25  # from the line, how much darker one side is there: most of its ways
_ALONG = 0.2, 8.0  # slopes either way: what is more level or upright runs along the sheet as creases and streaks do
_STRAIGHT_MM, _TOLD_MM = 2.0, 20.0  # off a straight line at most, and what tells its way
_BOWED_MM = 3.5  # where two such lines go on in each other
_GAP_MM, _GAP_SHARE = 30.0, 4.0  # where it goes on beyond print, of what is seen of it
_BENT_MM = 4.0  # a crease is seldom straight
# Off the picture's own upright or level: all spots of a streak, or most of them (per cent) where it is ragged
_STREAK_MM, _RAGGED_MM, _RAGGED_SHARE = 0.6, 0.35, (5, 95)
_FAR_PX, _FAR_SHARE = 6, (0.03, 0.15)  # from print, and of a stroke's spots, what lies there: of a piece, of all
_PENS_MM = 30.0  # on one line, of what hangs on to a line that runs off: then that may be a pen's, not a mark
_ENDS, _ON_LINE_MM = 40, 0.8  # spots between which a line is sought, and how far off it others lie
_RUNS_MM, _SIDES_MM, _SIDES_SHARE = 60.0, (4.0, 13.0), 0.3  # what may run off; from the sheet's edges, where it shows


@dataclass(frozen=True, eq=False)
class Stroke:
    """Spots (k, 2) that hang together, mm, how long the way through all of them is, how dark and how broad its line.

    `tint`: how much darker paper is on one side of the line than on the other.
    """

    spots: Points
    length_mm: float
    dark: float = 1.0
    broad_mm: float = 0.0
    tint: float = 0.0

    @property
    def size_mm(self) -> tuple[float, float]:
        """How wide and how high it is."""
        wide, high = np.ptp(self.spots, axis=0).tolist()
        return wide, high

    @property
    def reach_mm(self) -> float:
        """From corner to corner of what it lies in."""
        return float(np.hypot(*self.size_mm))


def find_strokes(pixels: Gray, place: Registration, page: PageLayout, spots: Spots, pen: float) -> list[Stroke]:
    """The strokes of a page's pen that show at the spots of a glance; `pen`: how dark it draws, of printed black."""
    seen = np.concatenate([np.column_stack([spots.x, spots.y]), spots.across])
    if len(seen) > _MOST_SPOTS:
        seen = seen[np.random.default_rng(0).permutation(len(seen))[:_MOST_SPOTS]]
    look = _Look(pixels, place, page, spots.shift_mm, max(find_level(pen), min(_PEN_SHARE * pen, _INK)))
    strokes = [each for each in _join(seen, *_follow(look, seen)) if _is_ink(each, pen)]
    strokes = _line_up([each for each in strokes if _share_far(look, each.spots) > _FAR_SHARE[0]])
    strokes = [each for each in strokes if _share_far(look, each.spots) >= _FAR_SHARE[1]]
    return [left for each in strokes for left in _without_running(look, each)]


def _is_ink(stroke: Stroke, pen: float) -> bool:
    """Whether a stroke is as dark as ink, and as narrow, on paper alike on both sides.

    Rims of stains are bent, and broad for what they are dark, or part stained paper from clean on most of their ways.
    """
    if stroke.tint >= _RIM_TINT:
        return False
    rim = stroke.broad_mm >= _BROAD_MM[0] and not _has_straight(stroke.spots)
    least = _BROAD_INK if rim else min(_PEN_SHARE * pen, _DARK_INK)
    return stroke.dark >= least and stroke.broad_mm <= _BROAD_MM[1]


def _pair(spots: Points) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Each spot and its next neighbours, and how far apart they are, the closest pairs first."""
    apart = np.hypot(*(spots[:, None] - spots).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    count = min(_NEIGHBOURS, len(spots) - 1)
    near = np.argpartition(apart, count - 1, axis=1)[:, :count]
    pairs = np.sort(np.column_stack([np.repeat(np.arange(len(spots)), count), near.ravel()]), axis=1)
    pairs = np.unique(pairs, axis=0)
    length = apart[pairs[:, 0], pairs[:, 1]]
    order = np.argsort(length, kind="stable")[: int((length <= _EDGE_MM).sum())]
    return pairs[order], length[order]


def _join(
    spots: Points, pairs: NDArray[np.intp], length: NDArray[np.float64], lines: NDArray[np.float64]
) -> Iterator[Stroke]:
    """The strokes that pairs (n, 2) of spots make; `lines` (n, 3): how dark, broad and tinted it is between them."""
    group, ways = np.arange(len(spots)), np.zeros(len(spots))
    for one, other, way in zip(*pairs.T.tolist(), length.tolist(), strict=True):
        keep, lose = group[one], group[other]
        if keep != lose:
            group[group == lose] = keep
            ways[keep] += ways[lose] + way
    for number in np.flatnonzero(ways * (group == np.arange(len(spots))) >= _LEAST_MM).tolist():
        ways_of = lines[group[pairs[:, 0]] == number]
        dark, broad = find_median(ways_of[:, :2].T).tolist()
        tint = find_percentile(ways_of[:, 2], _RIM_SHARE)
        yield Stroke(spots[group == number], float(ways[number]), dark, broad, tint)


def _line_up(strokes: list[Stroke]) -> list[Stroke]:
    """The strokes, straight ones that go on in each other beyond what print hides as one."""
    lined: list[Stroke] = []
    bent: list[Stroke] = []
    for stroke in sorted(strokes, key=lambda each: -each.length_mm):
        if not _is_straight(stroke.spots):
            bent.append(stroke)
            continue
        place = next((at for at, each in enumerate(lined) if _goes_on(each.spots, stroke.spots)), None)
        if place is None:
            lined.append(stroke)
            continue
        both = np.concatenate([lined[place].spots, stroke.spots])
        length_mm = lined[place].length_mm + stroke.length_mm
        joined = Stroke(both, min(length_mm, float(np.hypot(*np.ptp(both, axis=0)))))
        if _is_straight(both):
            lined[place] = joined
        else:
            bent.append(joined)
            del lined[place]
    return lined + bent


def _is_straight(spots: Points) -> bool:
    return bool(_aside(spots).max() <= _STRAIGHT_MM)


def _has_straight(spots: Points) -> bool:
    """Whether a line is straight, or so far as no rim is: one of a Z's or of a cross's."""
    if _is_straight(spots):
        return True
    on_line = spots[_find_straight(spots)]
    return len(on_line) >= _STRAIGHT_SHARE * len(spots) and _reach(on_line) >= _RIM_STRAIGHT_MM


def _goes_on(spots: Points, others: Points) -> bool:
    """Whether others go on in a straight line of spots, as far as that tells its way."""
    if np.hypot(*np.ptp(spots, axis=0)) < _TOLD_MM:
        return False
    middle, along = _fit_line(spots)
    reach = np.abs((spots - middle) @ along).max()
    way = np.abs((others - middle) @ along)
    aside = np.abs((others - middle) @ np.array([-along[1], along[0]])).max()
    most = _BOWED_MM if np.hypot(*np.ptp(others, axis=0)) >= _TOLD_MM else _STRAIGHT_MM
    return bool(aside <= most * max(1.0, way.max() / reach) and way.min() <= reach + max(_GAP_MM, _GAP_SHARE * reach))


def _aside(spots: Points) -> Points:
    """(n,) how far, mm, each spot lies off the line through all of them."""
    middle, along = _fit_line(spots)
    return np.asarray(np.abs((spots - middle) @ np.array([-along[1], along[0]])))


def _fit_line(spots: Points) -> tuple[Points, Points]:
    """The middle of a line through spots, and its way, of length 1."""
    middle = spots.mean(axis=0)
    return middle, np.linalg.svd(spots - middle, full_matrices=False)[2][0]


def _without_running(look: _Look, stroke: Stroke) -> list[Stroke]:
    """The stroke, none where it runs off the sheet; where marks hang on to a straight line that does, what they are.

    Where they are longer than marks, the line may be theirs: a page crossed out over a crease.
    """
    if _runs_off(look, stroke.spots):
        return []
    straight = _find_straight(stroke.spots)
    left = stroke.spots[~straight]
    if (
        not straight.any()
        or _reach(left[_find_straight(left)]) >= _PENS_MM
        or not _runs_off(look, stroke.spots[straight])
    ):
        return [stroke]
    shorter = replace(stroke, spots=left, length_mm=stroke.length_mm * float((~straight).mean()))
    return [shorter] if _reach(left) >= _LEAST_MM else []


def _reach(spots: Points) -> float:
    """From corner to corner of what spots lie in, mm; 0 of none."""
    return float(np.hypot(*np.ptp(spots, axis=0))) if len(spots) else 0.0


def _find_straight(spots: Points) -> Bools:
    """(n,) which spots lie on the straight line that most lie on, of all from one to another far from it; or none."""
    some = spots[:: max(1, -(-len(spots) // _ENDS))]
    first, second = (some[each] for each in np.triu_indices(len(some), 1))
    apart = np.hypot(*(second - first).T)
    first, way = first[apart >= _TOLD_MM], (second - first)[apart >= _TOLD_MM]
    across = np.column_stack([-way[:, 1], way[:, 0]]) / apart[apart >= _TOLD_MM, None]
    near = np.abs(((spots - first[:, None]) * across[:, None]).sum(axis=2)) <= _ON_LINE_MM
    return np.asarray(near[near.sum(axis=1).argmax()]) if len(way) else np.zeros(len(spots), np.bool_)


def _runs_off(look: _Look, spots: Points) -> bool:
    """Whether a long straight stroke shows in the sheet's outermost paper: a crease, a streak, the edge of a tape.

    On either side, if it runs along the sheet, else on both, as where it is bent. So does what runs along the
    picture's own edge: a streak.
    """
    if np.hypot(*np.ptp(spots, axis=0)) < _RUNS_MM:
        return False
    for _ in range(2):  # what else hangs on to it tells nothing: a ring around a box that a crease runs through
        aside = _aside(spots)
        spots = spots[aside <= max(_STRAIGHT_MM, find_percentile(aside, 80))]
    (middle, along), most = _fit_line(spots), float(_aside(spots).max())
    straight = most <= _STRAIGHT_MM
    if most > _BENT_MM:
        return False
    found, px_per_mm = look.place.to_px(spots), look.place.px_per_mm
    off, most_off = (np.ptp(each, axis=0).min() for each in (found, np.percentile(found, _RAGGED_SHARE, axis=0)))
    if straight and (off <= _STREAK_MM * px_per_mm or most_off <= _RAGGED_MM * px_per_mm):
        return True
    size = np.array([look.page.width, look.page.height])
    axis = int(abs(along[1]) > abs(along[0]))
    sides = []
    for side in (0.0, size[axis]):
        edge = np.abs(side - np.array(_SIDES_MM))
        ends = middle + ((edge - middle[axis]) / along[axis])[:, None] * along
        within = bool(((ends > 0) & (ends < size)).all())
        sides.append(within and look.shows_line(ends))
    slope = abs(along[1]) / max(1e-3, abs(along[0]))
    return all(sides) if not straight or _ALONG[0] <= slope <= _ALONG[1] else any(sides)


def _share_far(look: _Look, spots: Points) -> float:
    """How much of it lies far from print: where print stands off its place, letters look like strokes."""
    printed = unpack_print(look.page.printed, look.page.width, look.page.height)
    reach = np.arange(-_FAR_PX, _FAR_PX + 1)
    square = np.stack(np.meshgrid(reach, reach), axis=2).reshape(-1, 2)
    # Looked at around few spots: to spread all print of a page that far takes a millisecond
    at = (spots * PX_PER_MM).astype(np.intp).clip(0, (printed.shape[1] - 1, printed.shape[0] - 1))
    return float((_pick(printed, at[:, None] + square) == 0).all(axis=1).mean())


def _follow(look: _Look, spots: Points) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """The pairs (n, 2) of spots that a line joins, the closest first, how far apart, how dark, broad, tinted (n, 3)."""
    pairs, length = _pair(spots)
    light, paper, free = look.sample(spots, pairs)
    near = np.abs(_ASIDE) <= _NEAR_MM
    darkness = np.where(free, 1 - light / paper, 0.0)
    peak = darkness[:, :, near].max(axis=2)
    dark = peak > look.level
    clear = dark | free[:, :, near].all(axis=2)
    white = clear.sum(axis=1)
    told = (white >= _CLEAR_SHARE * _STEPS) | (length <= _HIDDEN_MM)
    held = told & (dark.sum(axis=1) >= _DARK_SHARE * white)
    narrow = np.abs(_ASIDE) <= _BESIDE_MM  # a scribble's next line is further
    broad = (darkness[held][:, :, narrow] > peak[held, :, None] / 2).sum(axis=2) * _STEP_MM
    lines = np.column_stack([(each * dark[held]).sum(axis=1) for each in (peak[held], broad)])
    lines /= dark[held].sum(axis=1)[:, None].clip(1)
    profile = np.median(darkness[held], axis=1)
    return pairs[held], length[held], np.column_stack([lines, _find_tint(profile)])


def _find_tint(profile: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) by how much darkness (n, asides) jumps from one side of a line to the other.

    What darkens on both sides as steeply, a shadow that the line runs along, does not jump.
    """
    sides = [_ASIDE <= -_RIM_MM, _ASIDE >= _RIM_MM]
    away = [_ASIDE[side] - _ASIDE[side].mean() for side in sides]
    left, right = (profile[:, side] @ (off / (off**2).sum()) for side, off in zip(sides, away, strict=True))
    slope = np.where(left * right > 0, np.sign(left) * np.minimum(np.abs(left), np.abs(right)), 0.0)
    before, behind = (profile[:, side].mean(axis=1) for side in sides)
    apart = _ASIDE[sides[1]].mean() - _ASIDE[sides[0]].mean()
    return np.asarray(np.abs(behind - before - slope * apart))


@dataclass(frozen=True, eq=False)
class _Look:
    """At the paper between spots of a page: the picture, the place of its sheet, and what counts as dark there."""

    pixels: Gray
    place: Registration
    page: PageLayout
    shift_mm: Points
    level: float

    def sample(self, spots: Points, pairs: NDArray[np.intp]) -> tuple[NDArray[np.uint8], NDArray[np.float64], Bools]:
        """Along the way from one spot of a pair to the other and beside it (n, steps, asides): light, paper, free."""
        near = _near_print(self.page.printed, self.page.width, self.page.height)
        free = _pick(near, _spread(spots * PX_PER_MM, pairs, _ASIDE * PX_PER_MM)) == 0
        found = self.place.to_px(spots + self.shift_mm)
        light = _pick(self.pixels, _spread(found, pairs, _ASIDE * self.place.px_per_mm))
        paper = _mean(light, free)
        return light, _mean(light, free & (light >= paper)), free

    def shows_line(self, ends: Points) -> bool:
        """Whether most of the way between two points is darker near by than half of what counts as dark."""
        light, paper, _ = self.sample(ends, np.array([[0, 1]]))
        return bool(((1 - light / paper).max(axis=2) > self.level / 2).mean() >= _SIDES_SHARE)


def _mean(light: Gray, held: Bools) -> NDArray[np.float64]:
    """(n, 1, 1) of the light where it counts."""
    total = (light * held.view(np.uint8)).sum(axis=(1, 2), dtype=np.int64)
    return np.asarray((total / held.sum(axis=(1, 2)).clip(1)).clip(1))[:, None, None]


def _spread(spots: Points, pairs: NDArray[np.intp], aside: NDArray[np.float64]) -> Points:
    """(n, steps, asides, 2) points from one spot of each pair to the other, and to both sides of the way."""
    begin, way = spots[pairs[:, 0]], spots[pairs[:, 1]] - spots[pairs[:, 0]]
    across = np.column_stack([-way[:, 1], way[:, 0]]) / np.hypot(*way.T)[:, None].clip(1e-6)
    middles = begin[:, None] + np.linspace(0, 1, _STEPS)[:, None] * way[:, None]
    return np.asarray(middles[:, :, None] + aside[:, None] * across[:, None, None])


@lru_cache(maxsize=2)  # 2 MB each; the two sides of a sheet follow each other
def _near_print(packed: str, width_mm: float, height_mm: float) -> Gray:
    """Where something is printed or may show, as unpack_print has it."""
    return np.asarray(cv2.dilate(unpack_print(packed, width_mm, height_mm), np.ones((3, 3), np.uint8)), np.uint8)


def _pick(picture: Gray, points_px: Points | NDArray[np.intp]) -> Gray:
    """The picture's values at points (..., 2), right and down; beyond its edge those of the edge."""
    across, down = (points_px[..., axis].astype(np.intp) for axis in (0, 1))
    return np.asarray(picture[down.clip(0, picture.shape[0] - 1), across.clip(0, picture.shape[1] - 1)], np.uint8)
