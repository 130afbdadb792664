"""Figures of single sheets: runs of one answer, spread, distance from the rest, likeness to others.

A sheet is a row of levels[sheet, question]: positions from 1 in the order of the questionnaire, 0 where nothing was
answered. LongString, IRV and Mahalanobis distance as Curran (2016) and R's careless define them; likeness as
Kuriakose and Robbins (2016), where two blanks are not alike but not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from aggregation.tables import Bools, Floats, Ints

Levels = NDArray[np.int8]

# Below this share of questions that both answered, two sheets are not compared.
COMPARABLE = 0.8
_ROWS = 1024  # sheets compared with all others at once


def longest_runs(levels: Levels) -> Ints:
    """LongString: the longest run of one answer in neighbouring questions; a blank ends a run."""
    longest, run = np.zeros(len(levels), dtype=np.int64), np.zeros(len(levels), dtype=np.int64)
    for column in range(levels.shape[1]):
        here = levels[:, column]
        again = here == levels[:, column - 1] if column else np.zeros(len(levels), dtype=np.bool_)
        run = np.where(here == 0, 0, np.where(again, run + 1, 1))
        np.maximum(longest, run, out=longest)
    return longest


def mean_runs(levels: Levels) -> Floats:
    """The mean length of a sheet's runs of one answer; NaN where nothing is answered."""
    said = levels > 0
    begins = said.copy()
    begins[:, 1:] &= levels[:, 1:] != levels[:, :-1]
    runs = begins.sum(axis=1)
    return np.asarray(np.where(runs > 0, said.sum(axis=1) / np.maximum(runs, 1), np.nan), dtype=np.float64)


def answer_spread(levels: Levels) -> Floats:
    """IRV: the standard deviation of a sheet's answers (n - 1); low for a straight line."""
    said = levels > 0
    n = said.sum(axis=1)
    mean = levels.sum(axis=1) / np.maximum(n, 1)
    squares = (np.where(said, levels - mean[:, None], 0.0) ** 2).sum(axis=1)
    return np.asarray(np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), np.nan), dtype=np.float64)


def is_straight(levels: Levels) -> Bools:
    """Whether a sheet gives one answer to every question that it answers, three at least."""
    said = levels > 0
    highest = levels.max(axis=1, initial=0)
    same = (levels == highest[:, None]) | ~said
    return np.asarray(same.all(axis=1) & (said.sum(axis=1) >= 3), dtype=np.bool_)


def distances(levels: Levels) -> Floats:
    """Squared Mahalanobis distance of the sheets that answer everything from their mean; NaN for others."""
    found, whole = np.full(len(levels), np.nan), (levels > 0).all(axis=1)
    values = levels[whole].astype(np.float64)
    if len(values) > 1:
        gap = values - values.mean(axis=0)
        covariance = np.atleast_2d(np.cov(values, rowvar=False))
        found[whole] = np.einsum("ij,jk,ik->i", gap, np.linalg.pinv(covariance), gap)
    return found


def count_equal(one: Levels, other: Levels) -> NDArray[np.uint16]:
    """How many questions every pair [one, other] answers alike."""
    return _count_pairs(_pack(one, other), _pack(other, one))


def _pack(levels: Levels, beside: Levels) -> NDArray[np.uint64]:
    """The levels as bits [digit, word, sheet]: the binary digits of 64 questions in a word.

    Numbers of bits are counted on one core: small products of matrices on many wait for one another.
    """
    highest = int(max(levels.max(initial=0), beside.max(initial=0)))
    words = -(-levels.shape[1] // 64)
    digits = np.zeros((max(highest.bit_length(), 1), len(levels), words * 64), dtype=np.bool_)
    for digit, marks in enumerate(digits):
        marks[:, : levels.shape[1]] = levels >> digit & 1
    return np.packbits(digits, axis=2).view(np.uint64).swapaxes(1, 2)


def _count_pairs(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Questions with some digit set in both, and all digits equal."""
    found = np.zeros((one.shape[2], other.shape[2]), dtype=np.uint16)
    for word in range(one.shape[1]):
        differ = np.bitwise_xor.outer(one[0, word], other[0, word])
        for digit in range(1, len(one)):
            differ |= np.bitwise_xor.outer(one[digit, word], other[digit, word])
        said = np.bitwise_or.reduce(one[:, word])
        found += np.bitwise_count(said[:, None] & ~differ)
    return found


def likeness(one: Levels, other: Levels) -> Floats:
    """The share of equal answers of every pair [one, other], NaN where too little is answered by both."""
    both = count_equal((one > 0).astype(np.int8), (other > 0).astype(np.int8))
    equal = count_equal(one, other)
    enough = (both > 0) & (both >= COMPARABLE * one.shape[1])
    shares: Floats = np.full(both.shape, np.nan)
    np.divide(equal.astype(np.float64), both.astype(np.float64), out=shares, where=enough)
    return shares


def most_alike(levels: Levels) -> Floats:
    """The likeness of every sheet to the one most like it among the others; NaN where it is compared with none."""
    found = np.full(len(levels), np.nan)
    for start, shares in _strips(levels):
        rows = np.arange(len(shares))
        shares[rows, start + rows] = np.nan
        known = ~np.isnan(shares).all(axis=1)
        found[start + rows[known]] = np.nanmax(shares[known], axis=1)
    return found


def _strips(levels: Levels) -> Iterator[tuple[int, Floats]]:
    for start in range(0, len(levels), _ROWS):
        yield start, likeness(levels[start : start + _ROWS], levels)
