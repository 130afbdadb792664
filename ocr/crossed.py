"""A page that somebody crossed out by a long slanting line: what is marked on it may not hold."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.layout import PageLayout
from ocr.glance import Spots, find_level
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.printed import PX_PER_MM, unpack_print

Points = NDArray[np.float64]

_LENGTH_MM, _STRAIGHT_MM = 100.0, (20.0, 160.0)  # of a line; as far as it is straight, between words and in all
_SLOPES = 0.2, 8.0  # either way: creases, streaks and a machine's lines run along the sheet
_SPOTS, _PAIRS, _LINES = (3, 400), 800, 20  # between words, that show a line; weighed, and looked at
_NEAR_MM = 0.9  # how far from straight
_STEP_MM, _ASIDE_MM, _PAPER_MM, _PLACED = 0.3, 0.2, 3.0, 10  # along it and beside; one in ten is placed
_PARTS, _FREE_SHARE, _DARK_SHARE = 7, 0.15, 0.8  # of its length: in each of so many, not printed, and dark of that
_PEN_SHARE, _INK = 0.6, 0.25  # as dark as the page's pen or, as it may be another's, as ink: a tape's edge is paler


def is_crossed_out(pixels: Gray, place: Registration, page: PageLayout, spots: Spots, pen: float) -> bool:
    """Whether such a line of that pen, of printed black, runs over the questions; `spots`: what a glance found dark."""
    found = np.column_stack([spots.x, spots.y])
    if not _SPOTS[0] <= len(found) <= _SPOTS[1]:
        return False
    level = max(find_level(pen), min(_PEN_SHARE * pen, _INK))
    return any(_is_dark(pixels, place, page, first, second, level) for first, second in _pick_lines(found))


def _pick_lines(spots: Points) -> Points:
    """(n, 2, 2) ends of lines as slanting as they may be along which most spots lie, of some where there are many."""
    first, second = np.triu_indices(len(spots), 1)
    way = np.abs(spots[second] - spots[first])
    length, slope = np.hypot(*way.T), way[:, 1] / way[:, 0].clip(1e-3)
    fits = (length >= _STRAIGHT_MM[0]) & (length <= _STRAIGHT_MM[1]) & (slope >= _SLOPES[0]) & (slope <= _SLOPES[1])
    chosen = np.random.default_rng(0).permutation(np.flatnonzero(fits))[:_PAIRS]
    begin, end = spots[first[chosen], None], spots[second[chosen], None]
    ways, lengths = end - begin, length[chosen, None]
    from_begin = spots - begin
    off = np.abs(from_begin[..., 0] * ways[..., 1] - from_begin[..., 1] * ways[..., 0]) / lengths
    along = (from_begin * ways).sum(axis=2) / lengths**2
    counts = ((off <= _NEAR_MM) & (along >= 0) & (along <= 1)).sum(axis=1)
    best = np.argsort(-counts, kind="stable")[:_LINES]
    return np.asarray(np.concatenate([begin, end], axis=1)[best[counts[best] >= _SPOTS[0]]])


def _is_dark(pixels: Gray, place: Registration, page: PageLayout, first: Points, second: Points, level: float) -> bool:
    """Whether it is dark for long along a line, wherever nothing is printed; where it bends a little, beside it."""
    along = (second - first) / np.hypot(*(second - first))
    steps = np.arange(-_STRAIGHT_MM[1] / 2, _STRAIGHT_MM[1] / 2, _STEP_MM)
    aside = np.arange(-_PAPER_MM, _PAPER_MM, _ASIDE_MM)
    points = (first + second) / 2 + steps[:, None, None] * along + aside[:, None] * np.array([-along[1], along[0]])
    free = _pick(_near_print(page.printed, page.width, page.height), points * PX_PER_MM) == 0
    ends = place.to_px(points[::_PLACED, [0, -1]].reshape(-1, 2)).reshape(-1, 4)  # a bent sheet's take their time
    count = np.arange(len(steps))
    left, right = np.array([np.interp(count, count[::_PLACED], each) for each in ends.T]).reshape(2, 2, -1)
    share = np.linspace(0, 1, len(aside))[:, None, None]
    light = _pick(pixels, (left * (1 - share) + right * share).transpose(2, 0, 1))
    near = np.abs(aside) <= _NEAR_MM
    clear = free[:, near].all(axis=1)
    sides = [np.median(light[:, side], axis=1) for side in (aside < -_NEAR_MM, aside > _NEAR_MM)]
    paper = np.minimum(*sides)  # beside the edge of a shadow it is dark on one side
    dark = clear & (light[:, near].min(axis=1) < (1 - level) * paper)
    part = round(_LENGTH_MM / _PARTS / _STEP_MM)
    seen, inked = (np.convolve(each, np.ones(part), "valid") for each in (clear, dark))
    holds = (seen >= _FREE_SHARE * part) & (inked >= _DARK_SHARE * seen)
    places = len(holds) - (_PARTS - 1) * part
    return bool(np.all([holds[number * part : number * part + places] for number in range(_PARTS)], axis=0).any())


@lru_cache(maxsize=8)
def _near_print(packed: str, width_mm: float, height_mm: float) -> Gray:
    """Where something is printed or may show, as unpack_print has it."""
    return np.asarray(cv2.dilate(unpack_print(packed, width_mm, height_mm), np.ones((3, 3), np.uint8)), np.uint8)


def _pick(picture: Gray, points_px: Points) -> Gray:
    """The picture's values at points (..., 2), right and down; beyond its edge those of the edge."""
    across, down = (points_px[..., axis].astype(np.intp) for axis in (0, 1))
    return np.asarray(picture[down.clip(0, picture.shape[0] - 1), across.clip(0, picture.shape[1] - 1)], np.uint8)
