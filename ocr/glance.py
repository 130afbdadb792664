"""A glance at the paper between the words of a page's questions: what runs over them is dark there. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import BODY_LEFT_MM, BODY_RIGHT_MM, Rect
from forms.layout import Box, DigitBox, PageLayout, TextRegion
from ocr.boxes import BoxPatches
from ocr.overlay import LEVEL
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.printed import NEAR_MM, PX_PER_MM, print_slice, unpack_print
from ocr.ranks import find_median

AnswerKey = tuple[str, str | None]
Mask = NDArray[np.bool_]

BOX_RIM_MM = 1.2  # what is in a box, or touches it, is another's to judge
EDGE_MM = 1.0  # beside a rule at an area's edge
_FAINT_LEVEL, _FAINT_SHARE = 0.07, 0.5  # what a pen draws that is fainter than LEVEL looks for
_THICK_PX = 2  # the least of a line's own width
_LINE_PX, _LINE_SHARE = 8, 0.15  # how high a line of words is, and how much of its most a row of it holds
_GAP_PX, _GAP_SHARE = 5, 0.7  # how wide the white between two of its words, and of its height at most
_APART_PX = 24  # where there is no such white
_NEXT_MM = 5.0  # before the first words and behind the last
_RULE_PX = 60
_ROWS_MM, _PIECE_PX = 5.0, 79  # how far apart rows are, about, and how long their pieces are
_HEAD_MM = 5.0  # beyond an area, whose print is kept as well
_LINE_MM = 4.0  # of a heading


@dataclass(frozen=True)
class Words:
    """Where questions have their words; `keys`: those that share the place; `columns`: of the page, that look there."""

    rect: Rect
    keys: frozenset[AnswerKey]
    columns: slice


@dataclass(frozen=True, eq=False)
class Looks:
    """Where a glance looks at the paper, along n short ways of m spots each, PX_PER_MM apart.

    `start` (n, 2): the first spot of each, mm; `axis`: 0 to the right, 1 down; `free` (n, m): where nothing is printed
    near.
    """

    start: NDArray[np.float64]
    axis: int
    free: Mask

    def find_dark(
        self, pixels: Gray, place: Registration, shift_mm: NDArray[np.float64], level: float
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """What is darker than its way's paper for a line's width: which way (k,), and the middle (k, 2), mm."""
        count = self.free.shape[1]
        half_mm = count / 2 / PX_PER_MM
        middles = self.start + shift_mm
        middles[:, self.axis] += half_mm
        affine = place.affine_at(middles).astype(np.float32)
        steps = (np.arange(count) / PX_PER_MM - half_mm).astype(np.float32)
        across, down = (affine[:, each, self.axis, None] * steps + affine[:, each, 2, None] for each in (0, 1))
        light = cv2.remap(pixels, across, down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        paper = (light * self.free.view(np.uint8)).sum(axis=1, dtype=np.int32) / self._white_px
        dark = (light < ((1 - level) * paper).astype(np.uint8)[:, None]) & self.free
        for _ in range(_THICK_PX - 1):
            dark[:, 1:] &= dark[:, :-1]
        held = np.flatnonzero(dark.any(axis=1))
        edges = np.diff(dark[held].view(np.int8), axis=1, prepend=0, append=0)
        (some, first), (_, last) = np.nonzero(edges > 0), np.nonzero(edges < 0)
        ways = held[some]
        at = self.start[ways]
        at[:, self.axis] += (first + last - 1) / 2 / PX_PER_MM
        return ways, at

    @cached_property
    def _white_px(self) -> NDArray[np.int32]:
        """(n,) how many spots of each way are free, 1 at least."""
        return np.asarray(self.free.sum(axis=1, dtype=np.int32).clip(1))


@dataclass(frozen=True, eq=False)
class Glances:
    """Where a glance looks at a page: `down` columns between the words and beside them, `across` the areas' rows.

    `label` (n, m) of the columns: the number of the box whose words stand there, -1 for the question's own.
    """

    places: tuple[Words, ...]
    down: Looks
    label: NDArray[np.int16]
    across: Looks


@dataclass(frozen=True, eq=False)
class Spots:
    """What a glance found dark, arrays (k,) from left to right in each place: the `column`, and where, mm.

    `across` (l, 2): what is dark along the rows; `shift_mm`: how far right and down all of them lie in the picture.
    """

    glances: Glances
    column: NDArray[np.intp]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    across: NDArray[np.float64]
    shift_mm: NDArray[np.float64]


def find_spots(
    pixels: Gray, place: Registration, page: PageLayout, groups: Sequence[BoxPatches], level: float
) -> Spots:
    """What is darker between the words than the paper, as thick as a pen's line, where nothing is printed.

    `groups`: the boxes as they were found; `level`: how much darker, of the paper's light.
    """
    glances = list_glances(page)
    shift_mm = find_shift(page.boxes, groups)
    column, at = glances.down.find_dark(pixels, place, shift_mm, level)
    _, across = glances.across.find_dark(pixels, place, shift_mm, level)
    return Spots(glances, column, at[:, 0], at[:, 1], across, shift_mm)


def find_shift(
    boxes: Sequence[Box], groups: Sequence[BoxPatches], numbers: Sequence[int] | None = None
) -> NDArray[np.float64]:
    """How far right and down, mm, the boxes of a page, or of some `numbers`, were found from where they should be."""
    centres = np.array([box.centre for box in boxes])
    off = []
    for patches in groups:
        if patches.index.max() < len(centres):  # not digits
            asked = patches.is_found() if numbers is None else patches.is_found() & np.isin(patches.index, numbers)
            off.append((patches.middle_mm - centres[patches.index])[asked])
    found = np.concatenate(off) if off else np.zeros((0, 2))
    return find_median(found.T) if len(found) else np.zeros(2)


def find_level(pen: float) -> float:
    """From which darkness, of the paper's light, something may be of a pen so dark; 0: of no known pen."""
    return max(_FAINT_LEVEL, min(LEVEL, _FAINT_SHARE * pen)) if pen else LEVEL


@lru_cache(maxsize=32)
def list_glances(page: PageLayout) -> Glances:
    """Where to look for lines through the words of a page's questions and across them, beside or around their boxes."""
    printed = unpack_print(page.printed, page.width, page.height)
    words, free = printed > 0, cv2.dilate(printed, np.ones((3, 3), np.uint8)) == 0
    parts: tuple[Box | DigitBox | TextRegion, ...] = (*page.boxes, *page.texts, *page.digits)
    for part in parts:
        rim = Rect(part.x - BOX_RIM_MM, part.y - BOX_RIM_MM, part.w + 2 * BOX_RIM_MM, part.h + 2 * BOX_RIM_MM)
        words[print_slice(rim)] = free[print_slice(rim)] = False
    areas = list_areas(page)
    high = round(max((area.h for area in areas), default=0.0) * PX_PER_MM)
    places: list[Words] = []
    looks: list[tuple[NDArray[np.float64], Mask, NDArray[np.int16]]] = []
    for area, keys in areas.items():
        rows, columns = print_slice(Rect(area.x, area.y + EDGE_MM, area.w, area.h - 2 * EDGE_MM))
        boxes = own_boxes(page, keys)
        at = _pick_columns(words[rows, columns]) + columns.start
        beside = _beside(area, at)
        if len(at):
            left, right = max(area.x, at[0] / PX_PER_MM - _NEXT_MM), min(area.x + area.w, at[-1] / PX_PER_MM + _NEXT_MM)
            before = sum(len(look[0]) for look in looks)
            rect = Rect(left, area.y, right - left, area.h)
            places.append(Words(rect, keys, slice(before, before + len(at))))
        tops, seen = _look_down(free, rows, np.concatenate([at, beside]), high)
        looks.append((tops, seen, _label_spots(tops, high, area, boxes)))
    for head in _list_heads(areas):
        rows, _ = print_slice(Rect(head.x, head.y + EDGE_MM, head.w, head.h - 2 * EDGE_MM))
        tops, seen = _look_down(free, rows, _beside(head, np.zeros(0, np.intp)), high)
        looks.append((tops, seen, np.full(seen.shape, -1, np.int16)))
    if not looks:
        looks = [(np.zeros((0, 2)), np.zeros((0, high), np.bool_), np.zeros((0, high), np.int16))]
    tops, seen, label = (np.concatenate(each) for each in zip(*looks, strict=True))
    return Glances(tuple(places), Looks(tops, 1, seen), label, _pick_rows(free, list(areas)))


def _look_down(free: Mask, rows: slice, columns: NDArray[np.intp], high: int) -> tuple[NDArray[np.float64], Mask]:
    """The first spot (n, 2) of each column, mm, and where nothing is printed near, (n, high), false below the rows."""
    tops = np.column_stack([columns + 0.5, np.full(len(columns), rows.start + 0.5)]) / PX_PER_MM
    seen = np.zeros((len(columns), high), np.bool_)
    seen[:, : rows.stop - rows.start] = free[rows].T[columns]
    return tops, seen


def _list_heads(areas: Iterable[Rect]) -> list[Rect]:
    """Headings between areas, as far as their print is kept."""
    downwards = sorted(areas, key=lambda area: area.y)
    between = [(above.y + above.h, below.y) for above, below in pairwise(downwards)]
    return [
        Rect(BODY_LEFT_MM, top, BODY_RIGHT_MM - BODY_LEFT_MM, bottom - top)
        for top, bottom in between
        if _LINE_MM <= bottom - top <= 2 * NEAR_MM
    ]


def _pick_rows(free: Mask, areas: Sequence[Rect]) -> Looks:
    """Rows through areas and the headings between where they are whitest, in pieces with paper of their own."""
    rules = cv2.morphologyEx((~free).astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, _RULE_PX), np.uint8))
    rim = np.ones((2 * round(EDGE_MM * PX_PER_MM) + 1, 1), np.uint8)  # one that stands a little off is no pen's line
    free = free & (cv2.dilate(rules, rim) == 0)
    left, right = round(BODY_LEFT_MM * PX_PER_MM), round(BODY_RIGHT_MM * PX_PER_MM)
    known = np.zeros(len(free), np.bool_)  # of what is far from all areas no print is kept
    for area in areas:
        known[print_slice(Rect(area.x, area.y - _HEAD_MM, area.w, area.h + 2 * _HEAD_MM))[0]] = True
    chosen = [
        int(some[free[some, left:right].sum(axis=1).argmax()])
        for top, bottom in _runs(known)
        for some in np.array_split(np.arange(top, bottom), max(1, round((bottom - top) / PX_PER_MM / _ROWS_MM)))
    ]
    starts = np.arange(left, right, _PIECE_PX).tolist()
    at = np.array([(row, start) for row in chosen for start in starts], np.intp).reshape(-1, 2)
    seen = free[at[:, :1], np.minimum(at[:, 1:] + np.arange(_PIECE_PX), free.shape[1] - 1)]
    return Looks(np.asarray((at[:, ::-1] + 0.5) / PX_PER_MM, np.float64), 0, seen)


def _beside(area: Rect, words: NDArray[np.intp]) -> NDArray[np.intp]:
    """Columns where no words are, as far apart as those through words at most."""
    left, right = max(area.x, BODY_LEFT_MM), min(area.x + area.w, BODY_RIGHT_MM)
    even = np.arange(left * PX_PER_MM, right * PX_PER_MM, _APART_PX).astype(np.intp)
    return even[[not len(words) or np.abs(words - each).min() >= _APART_PX / 2 for each in even.tolist()]]


@lru_cache(maxsize=32)
def list_areas(page: PageLayout) -> dict[Rect, frozenset[AnswerKey]]:
    """Where questions have their words, beside or around their boxes, and those that share them; no heads of tables."""
    boxes: dict[AnswerKey, list[Box]] = {}
    for box in page.boxes:
        boxes.setdefault((box.question, box.row), []).append(box)
    areas: dict[Rect, set[AnswerKey]] = {}
    for area in page.areas:
        key = area.question, area.row
        if any(area.y <= box.y < area.y + area.h for box in boxes.get(key, ())):
            areas.setdefault(Rect(area.x, area.y, area.w, area.h), set()).add(key)
    return {rect: frozenset(keys) for rect, keys in areas.items()}


def _label_spots(
    tops_mm: NDArray[np.float64], high: int, rect: Rect, boxes: Sequence[tuple[int, Box]]
) -> NDArray[np.int16]:
    """(n, high) the number of the box whose words stand at each spot below `tops_mm`, -1 for the question's own."""
    label = np.full((len(tops_mm), high), -1, np.int16)
    x, y = tops_mm[:, 0], tops_mm[0, 1] + np.arange(high) / PX_PER_MM
    for number, box in boxes:
        words = label_rect(rect, box, [each for _, each in boxes])
        across, down = (x >= words.x) & (x < words.x + words.w), (y >= words.y) & (y < words.y + words.h)
        label[np.ix_(across, down)] = number
    return label


def _pick_columns(words: Mask) -> NDArray[np.intp]:
    """Columns through the white between the words of each line, and between those where they are far apart."""
    sums = words.sum(axis=1)
    chosen: set[int] = set()
    for top, bottom in _runs(sums > _LINE_SHARE * sums.max()):
        if bottom - top < _LINE_PX:
            continue
        inked = _runs(np.asarray(words[top:bottom].any(axis=0)))
        for (_, left), (right, _) in pairwise(inked):
            if _GAP_PX <= right - left <= _GAP_SHARE * (bottom - top):
                chosen.add((left + right) // 2)
    some = sorted(chosen)
    for left, right in pairwise(some):
        count = (right - left) // _APART_PX
        chosen.update(left + (right - left) * part // (count + 1) for part in range(1, count + 1))
    return np.array(sorted(chosen), np.intp)


def _runs(held: Mask) -> list[tuple[int, int]]:
    """Where each run of true begins and ends."""
    edges: list[int] = np.flatnonzero(np.diff(held.astype(np.int8), prepend=0, append=0)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def own_boxes(page: PageLayout, keys: frozenset[AnswerKey]) -> list[tuple[int, Box]]:
    """The boxes of some questions with their numbers on the page."""
    return [(number, box) for number, box in enumerate(page.boxes) if (box.question, box.row) in keys]


def label_rect(rect: Rect, box: Box, boxes: Sequence[Box]) -> Rect:
    """Where the words of an option stand: behind its box, up to the next one to the right and the next row below."""
    left = box.x + box.w
    right = min((each.x for each in boxes if each.x > left and abs(each.y - box.y) < box.h), default=rect.x + rect.w)
    below = min((each.y for each in boxes if each.y > box.y + box.h), default=rect.y + rect.h)
    return Rect(left, box.y - 1.0, max(0.0, right - left), below - box.y)
