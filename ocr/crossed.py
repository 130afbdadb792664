"""A page, or some questions of it, that somebody crossed out: what is marked there may not hold.

Told by strokes of a pen that run from one question into others: a line across or down the page, a cross, a scribble,
the letters of a word written over it. They are followed from spot to spot of those that a glance found dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import Rect
from forms.layout import PageLayout
from ocr.glance import AnswerKey, Spots, find_level, list_areas
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.printed import PX_PER_MM, unpack_print

Points = NDArray[np.float64]
Bools = NDArray[np.bool_]

_LONG_MM, _TIMES = 100.0, 2.2  # of lines that take back a page; longer than that, of their reach, a scribble is
_MOST = 0.8  # of the questions: an upright one takes back what it runs over
_ACROSS_MM, _LEAN, _ENDS_MM = 100.0, 0.1, (80.0, 140.0)  # of a level one; its slope at most, and where it ends at least
_INTO_MM = 4.0  # how far a stroke reaches into each of two questions at least
_PIECE_MM, _TOGETHER_MM = 12.0, 80.0  # of a stroke that counts, and of all that cross out some questions
_WIDE_MM, _HIGH_MM = 45.0, 18.0  # a seal is smaller, a signature less high
_NARROW_MM = 8.0  # a brace or a line beside some boxes
_TURNS = 1.5  # of their reach, the least that is no single line
_WORD_SHARE, _WORD_MM = 0.9, 0.09  # as wide as high, and its length a square mm at most: else a cross or a scribble
_SPOTS = 5, 500  # that show a stroke, and at most
_EDGE_MM, _NEIGHBOURS = 16.0, 8  # from spot to spot: over a heading; and to how many
_STEPS, _NEAR_MM, _BESIDE_MM, _STEP_MM = (
    24,
    0.9,
    1.2,
    0.3,
)  # looked at between two; aside of the straight way, and how finely
_ASIDE: Points = np.arange(-8.0, 9.0) * _STEP_MM
_CLEAR_SHARE, _HIDDEN_MM, _DARK_SHARE = 0.3, 6.0, 0.75  # of the way: not printed, hidden at most, dark where it is not
_PEN_SHARE, _INK, _DARK_INK = 0.6, 0.25, 0.35  # of the page's pen or, as it may be another's, of ink: anywhere, mostly
_BROAD_MM, _BROAD_INK = (0.75, 2.1), 0.42  # half as dark so broad: rims of stains are pale for that, no pen is broader
_SLOPES = 0.2, 8.0  # either way: what is more level or upright runs along the sheet as creases and streaks do
_STRAIGHT_MM, _TOLD_MM = 2.0, 20.0  # off a straight line at most, and what tells its way
_GAP_MM, _GAP_SHARE = 30.0, 4.0  # where it goes on beyond print, of what is seen of it
_RUNS_MM, _SIDES_MM, _SIDES_SHARE = 60.0, (4.0, 13.0), 0.3  # what may run off; from the sheet's edges, where it shows


@dataclass(frozen=True)
class Crossing:
    """What is crossed out: the `whole` page, or the questions and rows `keys`."""

    whole: bool = False
    keys: frozenset[AnswerKey] = frozenset()


@dataclass(frozen=True, eq=False)
class _Stroke:
    """Spots (k, 2) that hang together, mm, how long the way through all of them is, how dark and how broad its line."""

    spots: Points
    length_mm: float
    dark: float = 1.0
    broad_mm: float = 0.0


_NOTHING = Crossing()
_found: WeakKeyDictionary[Spots, Crossing] = WeakKeyDictionary()


def is_crossed_out(pixels: Gray, place: Registration, page: PageLayout, spots: Spots, pen: float) -> bool:
    """Whether the whole page is; `spots`: what a glance found dark, `pen`: how dark the page's draws, of black."""
    return find_crossing(pixels, place, page, spots, pen).whole


def find_crossing(pixels: Gray, place: Registration, page: PageLayout, spots: Spots, pen: float) -> Crossing:
    """What strokes of that pen run over; looked for once for the same `spots`."""
    if len(spots.x) + len(spots.across) < _SPOTS[0]:
        return _NOTHING
    if spots not in _found:
        _found[spots] = _weigh(_find_strokes(pixels, place, page, spots, pen), list_areas(page))
    return _found[spots]


def _weigh(strokes: Sequence[_Stroke], areas: Mapping[Rect, frozenset[AnswerKey]]) -> Crossing:
    """What strokes cross out together."""
    keys: set[AnswerKey] = set()
    some: list[_Stroke] = []
    for stroke in strokes:
        wide, high = np.ptp(stroke.spots, axis=0).tolist()
        over = [rect for rect in areas if _reaches(stroke.spots, rect)]
        if wide >= _ACROSS_MM and high <= _LEAN * wide and _ends_beyond(stroke.spots):
            row = _find_row(stroke.spots, areas)
            if not row:
                return Crossing(True)
            keys |= row
        elif _count_rows(over) > 1 and _is_long(stroke, over, areas):
            if high < _SLOPES[1] * wide or _are_most(over, areas):
                return Crossing(True)
            keys.update(*(areas[rect] for rect in over))
        elif np.hypot(wide, high) >= _PIECE_MM and (_count_rows(over) > 1 or high >= _HIGH_MM):
            some.append(stroke)
    whole, crossed = _weigh_together(some, areas)
    return Crossing(whole, frozenset(keys | crossed))


def _weigh_together(
    strokes: Sequence[_Stroke], areas: Mapping[Rect, frozenset[AnswerKey]]
) -> tuple[bool, set[AnswerKey]]:
    """Whether a cross, a scribble or a word takes back the page, and which questions they run over."""
    broad = [stroke for stroke in strokes if np.ptp(stroke.spots[:, 0]) >= _NARROW_MM]
    length = sum(stroke.length_mm for stroke in strokes)
    if length < _TOGETHER_MM or not broad:
        return False, set()
    together = np.concatenate([stroke.spots for stroke in strokes])
    wide, high = np.ptp(together, axis=0).tolist()
    if max(wide, high) < _WIDE_MM or high < _HIGH_MM or length < _TURNS * np.hypot(wide, high):
        return False, set()
    over = [rect for rect in areas if _reaches(together, rect)]
    whole = _count_rows(over) > 1 and wide >= max(_WIDE_MM, _WORD_SHARE * high) and length <= _WORD_MM * wide * high
    return whole, set().union(*(areas[rect] for rect in over))


def _is_long(stroke: _Stroke, over: Sequence[Rect], areas: Mapping[Rect, frozenset[AnswerKey]]) -> bool:
    """Whether it may be a line, or two, that take back a page: long, or over most of its questions."""
    reach = float(np.hypot(*np.ptp(stroke.spots, axis=0)))
    least = _WIDE_MM if _are_most(over, areas) else _LONG_MM
    return least <= reach and stroke.length_mm <= _TIMES * reach


def _are_most(over: Sequence[Rect], areas: Mapping[Rect, frozenset[AnswerKey]]) -> bool:
    return _count_rows(over) >= _MOST * _count_rows(list(areas))


def _count_rows(areas: Sequence[Rect]) -> int:
    """How many of them stand one below the other."""
    return len({area.y for area in areas})


def _ends_beyond(spots: Points) -> bool:
    """Whether a level line goes on beyond the words of a question, over its boxes."""
    left, right = spots[:, 0].min(), spots[:, 0].max()
    return bool(left <= _ENDS_MM[0] and right >= _ENDS_MM[1])


def _reaches(spots: Points, rect: Rect) -> bool:
    (left, top), (right, bottom) = spots.min(axis=0), spots.max(axis=0)
    beside = left > rect.x + rect.w or right < rect.x
    return not beside and bool(min(bottom, rect.y + rect.h) - max(top, rect.y) >= _INTO_MM)


def _find_row(spots: Points, areas: Mapping[Rect, frozenset[AnswerKey]]) -> frozenset[AnswerKey]:
    """The table's row that a level line strikes and no other; none where it runs over more than one, or elsewhere."""
    top, bottom = spots[:, 1].min(), spots[:, 1].max()
    held = [keys for rect, keys in areas.items() if rect.y <= top and bottom <= rect.y + rect.h]
    keys = frozenset().union(*held)
    return keys if len({row for _, row in keys}) == 1 and all(row is not None for _, row in keys) else frozenset()


def _find_strokes(pixels: Gray, place: Registration, page: PageLayout, spots: Spots, pen: float) -> list[_Stroke]:
    """The strokes of a pen that show at the spots."""
    seen = np.concatenate([np.column_stack([spots.x, spots.y]), spots.across])
    if len(seen) > _SPOTS[1]:
        seen = seen[np.random.default_rng(0).permutation(len(seen))[: _SPOTS[1]]]
    look = _Look(pixels, place, page, spots.shift_mm, max(find_level(pen), min(_PEN_SHARE * pen, _INK)))
    strokes = _line_up([each for each in _join(seen, *_follow(look, seen)) if _is_ink(each, pen)])
    return [each for each in strokes if not _runs_off(look, each.spots)]


def _is_ink(stroke: _Stroke, pen: float) -> bool:
    """Whether a stroke is as dark as ink, and as narrow: the rims of stains are broad for what they are dark."""
    least = _BROAD_INK if stroke.broad_mm >= _BROAD_MM[0] else min(_PEN_SHARE * pen, _DARK_INK)
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
) -> Iterator[_Stroke]:
    """The strokes that pairs (n, 2) of spots make; `lines` (n, 2): how dark and how broad it is between them."""
    group, ways = np.arange(len(spots)), np.zeros(len(spots))
    for one, other, way in zip(*pairs.T.tolist(), length.tolist(), strict=True):
        keep, lose = group[one], group[other]
        if keep != lose:
            group[group == lose] = keep
            ways[keep] += ways[lose] + way
    for number in np.flatnonzero(ways * (group == np.arange(len(spots))) >= _PIECE_MM / 2).tolist():
        dark, broad = np.median(lines[group[pairs[:, 0]] == number], axis=0).tolist()
        yield _Stroke(spots[group == number], float(ways[number]), dark, broad)


def _line_up(strokes: list[_Stroke]) -> list[_Stroke]:
    """The strokes, straight ones that go on in each other beyond what print hides as one."""
    lined: list[_Stroke] = []
    for stroke in sorted(strokes, key=lambda each: -each.length_mm):
        place = next((at for at, each in enumerate(lined) if _goes_on(each.spots, stroke.spots)), None)
        if place is None:
            lined.append(stroke)
        else:
            both = np.concatenate([lined[place].spots, stroke.spots])
            lined[place] = _Stroke(both, lined[place].length_mm + stroke.length_mm)
    return lined


def _goes_on(spots: Points, others: Points) -> bool:
    """Whether both are one straight line."""
    if np.hypot(*np.ptp(spots, axis=0)) < _TOLD_MM:
        return False
    middle, along = _fit_line(spots)
    reach = np.abs((spots - middle) @ along).max()
    way = np.abs((others - middle) @ along)
    aside = np.abs((np.concatenate([spots, others]) - middle) @ np.array([-along[1], along[0]])).max()
    return bool(
        aside <= _STRAIGHT_MM * max(1.0, way.max() / reach) and way.min() <= reach + max(_GAP_MM, _GAP_SHARE * reach)
    )


def _fit_line(spots: Points) -> tuple[Points, Points]:
    """The middle of a line through spots, and its way, of length 1."""
    middle = spots.mean(axis=0)
    return middle, np.linalg.svd(spots - middle, full_matrices=False)[2][0]


def _runs_off(look: _Look, spots: Points) -> bool:
    """Whether a long straight stroke shows in the sheet's outermost paper: a crease, a streak, the edge of a tape.

    On either side, if it runs along the sheet, else on both.
    """
    middle, along = _fit_line(spots)
    aside = (spots - middle) @ np.array([-along[1], along[0]])
    if np.hypot(*np.ptp(spots, axis=0)) < _RUNS_MM or np.abs(aside).max() > _STRAIGHT_MM:
        return False
    size = np.array([look.page.width, look.page.height])
    axis = int(abs(along[1]) > abs(along[0]))
    sides = []
    for side in (0.0, size[axis]):
        edge = np.abs(side - np.array(_SIDES_MM))
        ends = middle + ((edge - middle[axis]) / along[axis])[:, None] * along
        within = bool(((ends > 0) & (ends < size)).all())
        sides.append(within and look.shows_line(ends))
    slope = abs(along[1]) / max(1e-3, abs(along[0]))
    return all(sides) if _SLOPES[0] <= slope <= _SLOPES[1] else any(sides)


def _follow(look: _Look, spots: Points) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """The pairs (n, 2) of spots that a line joins, the closest first, how far apart, how dark and broad it is."""
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
    return pairs[held], length[held], lines


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


@lru_cache(maxsize=8)
def _near_print(packed: str, width_mm: float, height_mm: float) -> Gray:
    """Where something is printed or may show, as unpack_print has it."""
    return np.asarray(cv2.dilate(unpack_print(packed, width_mm, height_mm), np.ones((3, 3), np.uint8)), np.uint8)


def _pick(picture: Gray, points_px: Points) -> Gray:
    """The picture's values at points (..., 2), right and down; beyond its edge those of the edge."""
    across, down = (points_px[..., axis].astype(np.intp) for axis in (0, 1))
    return np.asarray(picture[down.clip(0, picture.shape[0] - 1), across.clip(0, picture.shape[1] - 1)], np.uint8)
