"""A page, or some questions of it, that somebody crossed out: what is marked there may not hold.

Told by strokes of a pen that run from one question into others: a line across or down the page, a cross, a scribble,
the letters of a word written over it. They are followed from spot to spot of those that a glance found dark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forms.geometry import Rect
from forms.layout import PageLayout
from ocr.glance import AnswerKey, Spots, list_areas
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.strokes import Stroke, find_strokes

Points = NDArray[np.float64]

_LONG_MM, _TIMES = 95.0, 2.2  # of lines that take back a page; longer than that, of their reach, a scribble is
_SEEN_SHARE = 0.5  # of their reach, what must be seen of them
_MOST, _UPRIGHT = 0.8, 8.0  # of the questions; the slope of an upright one, which takes back no more than it runs over
_ACROSS_MM, _LEAN, _ENDS_MM = 100.0, 0.1, (80.0, 140.0)  # of a level one; its slope at most, and where it ends at least
_INTO_MM = 4.0  # how far a stroke reaches into each of two questions at least
_PIECE_MM = 12.0  # of a stroke that counts
_WIDE_MM, _HIGH_MM = 38.0, 18.0  # a seal is smaller (36 mm), a signature less high
_NARROW_MM = 8.0  # a brace or a line beside some boxes
_TURNS = 1.5  # of their reach, the least that is no single line
# Of a word: as wide as high, and how long its strokes are at most a square mm or, where it is small, a mm of width and
# height (a scribble else). One of a cross's strokes reaches nearly as far as both, which are twice as long as that
_WORD_SHARE, _WORD_MM, _WORD_TIMES, _CROSS_SHARE, _CROSS_TIMES = 0.9, 0.09, 2.3, 0.8, 2.1
_TALL_MM = 25.0  # of a word over one question alone that takes back the page
_SPOTS = 5  # that show a stroke


@dataclass(frozen=True)
class Crossing:
    """What is crossed out: the `whole` page, or the questions and rows `keys`."""

    whole: bool = False
    keys: frozenset[AnswerKey] = frozenset()


def find_crossing(pixels: Gray, place: Registration, page: PageLayout, spots: Spots, pen: float) -> Crossing:
    """What strokes run over; `spots`: what a glance found dark, `pen`: how dark the page's draws, of printed black."""
    if len(spots.x) + len(spots.across) < _SPOTS:
        return Crossing()
    return _weigh(find_strokes(pixels, place, page, spots, pen), list_areas(page))


def _weigh(strokes: Sequence[Stroke], areas: Mapping[Rect, frozenset[AnswerKey]]) -> Crossing:
    """What strokes cross out together."""
    keys: set[AnswerKey] = set()
    some: list[Stroke] = []
    for stroke in strokes:
        wide, high = stroke.size_mm
        over = [rect for rect in areas if _reaches(stroke.spots, rect)]
        if wide >= _ACROSS_MM and high <= _LEAN * wide and _ends_beyond(stroke.spots):
            row = _find_row(stroke.spots, areas)
            if not row:
                return Crossing(True)
            keys |= row
        elif _count_rows(over) > 1 and _is_long(stroke, over, areas):
            if high < _UPRIGHT * wide or _are_most(over, areas):
                return Crossing(True)
            keys.update(*(areas[rect] for rect in over))
        elif stroke.reach_mm >= _PIECE_MM and (_count_rows(over) > 1 or high >= _HIGH_MM):
            some.append(stroke)
    whole, crossed = _weigh_together(some, areas)
    return Crossing(whole, frozenset(keys | crossed))


def _weigh_together(
    strokes: Sequence[Stroke], areas: Mapping[Rect, frozenset[AnswerKey]]
) -> tuple[bool, set[AnswerKey]]:
    """Whether a cross, a scribble or a word takes back the page, and which questions they run over."""
    broad = [stroke for stroke in strokes if stroke.size_mm[0] >= _NARROW_MM]
    length = sum(stroke.length_mm for stroke in strokes)
    if not broad:
        return False, set()
    together = np.concatenate([stroke.spots for stroke in strokes])
    wide, high = np.ptp(together, axis=0).tolist()
    if max(wide, high) < _WIDE_MM or high < _HIGH_MM or length < _TURNS * np.hypot(wide, high):
        return False, set()
    over = [rect for rect in areas if _reaches(together, rect)]
    reach = float(np.hypot(wide, high))
    cross = length < _CROSS_TIMES * reach and max(stroke.reach_mm for stroke in strokes) >= _CROSS_SHARE * reach
    whole = _is_word(wide, high, length, _count_rows(over), cross)
    return whole, set().union(*(areas[rect] for rect in over))


def _is_word(wide: float, high: float, length: float, rows: int, cross: bool) -> bool:
    """Whether strokes of a length, together so wide and high, mm, over so many questions are a word over the page."""
    if not rows or wide < max(_WIDE_MM, _WORD_SHARE * high):
        return False
    small = not cross and length <= _WORD_TIMES * (wide + high)
    return (rows > 1 or (not cross and high >= _TALL_MM)) and (small or length <= _WORD_MM * wide * high)


def _is_long(stroke: Stroke, over: Sequence[Rect], areas: Mapping[Rect, frozenset[AnswerKey]]) -> bool:
    """Whether it may be a line, or two, that take back a page: long, or over most of its questions."""
    least = _WIDE_MM if _are_most(over, areas) else _LONG_MM
    return stroke.reach_mm >= least and _SEEN_SHARE <= stroke.length_mm / stroke.reach_mm <= _TIMES


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
