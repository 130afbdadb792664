"""Whether neighbours in the stack are more alike than in other orders of the same sheets, found by shuffling them.

Sheets of one person lie together and are alike. The sheets of every stack are shuffled again and again, so that the
null is the campaign's own answers, whatever their distribution: so many shuffles reach what was found, and the share
of orders that would be flagged is counted in the same shuffles. Cells that few shuffles reach are shuffled on until
ten do (Besag and Clifford, Biometrika 78 (1991) 301-304): p is exact at every stop and small enough to be adjusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from aggregation.quality_labels import ALARM, FEWEST, Sign
from aggregation.quality_sheets import GroupSheets
from aggregation.sheet_indices import Levels, likeness
from aggregation.tables import Floats, Ints

# Shuffles of every cell, of which with the order as it lies so many may reach it where it is flagged.
SHUFFLES = 999
_HITS = round(ALARM * (SHUFFLES + 1))
# Shuffles of a cell that hardly one reaches: enough that a single cell of all can stand after adjustment.
_MOST, _A_CELL = 100_000, 40
_LONGEST_STACK = 1000
_AT_ONCE = 2_000_000  # neighbours
_DIGITS = 9  # sums that differ behind them are equal


def find_order(sheets: GroupSheets, rng: np.random.Generator) -> Sign | None:
    """Neighbours in the stack more alike than in other orders of the same stacks; found, expected: mean likeness."""
    file, image = (sheets.journey[name].to_numpy(dtype=np.float64) for name in ("file", "image"))
    order = np.lexsort((image, file, sheets.agency))
    order = order[file[order] >= 0]
    if not len(order):
        return None
    agency, file, levels = sheets.agency[order], file[order], sheets.levels[order]
    begins = np.flatnonzero(np.diff(agency, prepend=-1) != 0)
    seed, most = int(rng.integers(2**63)), max(_MOST, _A_CELL * len(begins)) - 1
    rows: list[tuple[float, ...]] = []
    for start, end in zip(begins, [*begins[1:], len(agency)], strict=True):
        stacks = list(_stacks(levels[start:end], file[start:end])) if end - start >= FEWEST else []
        weighed = _weigh_order(stacks, seed, most) if stacks else None
        if weighed is not None:
            pairs = sum(len(stack) - 1 for stack in stacks)
            expected = sum(stack.sum() / len(stack) for stack in stacks)
            found = sum(np.trace(stack, 1) for stack in stacks)
            rows.append((agency[start], end - start, found / pairs, expected / pairs, *weighed))
    if not rows:
        return None
    cell, n, found, expected, p, chance = np.array(rows, dtype=np.float64).T
    return Sign("scan_order", cell.astype(np.int64), n.astype(np.int64), found, expected, p, chance)


def _stacks(levels: Levels, file: Floats) -> Iterator[Floats]:
    """The likeness within each stack of three sheets or more, in the order of `file`.

    Pairs that are not compared take the stack's mean.
    """
    begins = np.flatnonzero(np.diff(file, prepend=-1.0) != 0)
    for first, end in zip(begins, [*begins[1:], len(file)], strict=True):
        for start in range(first, end, _LONGEST_STACK):
            stack = levels[start : min(start + _LONGEST_STACK, end)]
            if len(stack) >= 3:
                alike = likeness(stack, stack)
                np.fill_diagonal(alike, np.nan)
                known = ~np.isnan(alike)
                alike = np.where(known, alike, alike[known].mean() if known.any() else 0.0)
                np.fill_diagonal(alike, 0.0)
                yield alike


def _weigh_order(stacks: Sequence[Floats], seed: int, most: int) -> tuple[float, float] | None:
    """p of the order as it lies, and the share of orders that would be flagged; None where all orders are equal.

    All orders being equally likely, each of those seen, the first one among them, is as likely to be the one found:
    so the share of them that so few others reach is the chance of a flag, ties and all.
    """
    found = round(float(sum(np.trace(stack, 1) for stack in stacks)), _DIGITS)
    shuffled = _shuffle(stacks, seed, 0, SHUFFLES)
    seen = np.sort(np.append(shuffled, found))
    if seen[0] == seen[-1]:
        return None
    reached = len(seen) - np.searchsorted(seen, seen, side="left")
    chance = float((reached <= _HITS).mean())
    hits, done, batch = int((shuffled >= found).sum()), SHUFFLES, 0
    if hits >= _HITS:
        return (hits + 1) / (SHUFFLES + 1), chance
    while done < most:
        batch += 1
        count = min(most - done, max(SHUFFLES, _AT_ONCE // sum(map(len, stacks))))
        further = np.flatnonzero(_shuffle(stacks, seed, batch, count) >= found)
        if hits + len(further) >= _HITS:
            return _HITS / (done + int(further[_HITS - hits - 1]) + 1), chance
        hits, done = hits + len(further), done + count
    return (hits + 1) / (done + 1), chance


def _shuffle(stacks: Sequence[Floats], seed: int, batch: int, count: int) -> Floats:
    """The sum over neighbours in so many orders of the stacks, each shuffled by itself."""
    pairs = _neighbours if batch else _first_neighbours
    sums = (
        stack.ravel().take(pairs(seed, place, batch, count, len(stack))).sum(axis=1)
        for place, stack in enumerate(stacks)
    )
    return np.asarray(np.round(sum(sums), _DIGITS), dtype=np.float64)


def _neighbours(seed: int, place: int, batch: int, count: int, n: int) -> Ints:
    """[order, neighbours]: where in a stack's flat table of likeness the pairs of neighbours of random orders stand."""
    rng = np.random.default_rng([seed, place, batch, n])
    orders = rng.permuted(np.broadcast_to(np.arange(n), (count, n)), axis=1)
    return np.asarray(orders[:, :-1] * n + orders[:, 1:], dtype=np.int64)


# Stacks of one size share their first shuffles: making these takes longer than using them.
_first_neighbours = lru_cache(maxsize=32)(_neighbours)
