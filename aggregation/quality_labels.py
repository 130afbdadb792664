"""Signs that a single sheet bears or not: does an agency have more of them than chance would deal it?

Chance deals the signs of a group in a block out among its sheets at random: the hypergeometric distribution, exactly
what permuting the sheets over the agencies would give. It is calibrated on this campaign alone. Agencies really differ
in how content people are, and content people give one answer throughout more often: straight lines and runs are dealt
out among sheets as content as theirs, so that a cell's p is that of a sum of such numbers, exact too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import pandas as pd

from aggregation.distributions import hypergeometric_from
from aggregation.quality_sheets import GroupSheets
from aggregation.sheet_indices import is_straight, longest_runs
from aggregation.tables import Bools, Floats, Ints

# A cell is flagged where chance would do as much in one case of a hundred.
ALARM = 0.01
# Fewer sheets than this say nothing.
FEWEST = 5
# Nobody reads a question and answers it in less (Huang and others, 2012).
SECONDS_A_QUESTION = 2.0
# A sheet of which this share was taken over from the agency above says little of its agencies apart.
AS_ABOVE_SHARE = 0.5
# Signs that content people's sheets bear more often; classes of how content a sheet is, and sheets in one at least: in
# a small class the sheets that somebody forged would be compared with one another.
CONTENT = ("straight_line", "long_run")
GRADES, A_GRADE = 10, 100
# Nobody is late before a week has gone since the middle sheet of the cell came in.
LATE_DAYS = 7.0


@dataclass(frozen=True)
class Sign:
    """One sign in one group and block, one entry an agency that has enough sheets.

    found of n, expected by chance, p of so many or more; `chance`: how likely honest chance flags this cell.
    """

    name: str
    agency: Ints
    n: Ints
    found: Floats
    expected: Floats
    p: Floats
    chance: Floats


def find_labels(sheets: GroupSheets) -> dict[str, tuple[Bools, Bools]]:
    """Every sign by its name: which sheets it is looked for in, and which bear it."""
    every = np.ones(len(sheets.agency), dtype=np.bool_)
    straight, asked = is_straight(sheets.levels), sheets.levels.shape[1]
    labels = {"straight_line": (every, straight)} if asked >= 3 else {}
    if not sheets.is_matrix and asked >= 6:
        long = longest_runs(sheets.levels) >= max(5, -(-asked // 2))
        labels["long_run"] = (~straight, long & ~straight)
    seconds = sheets.journey["seconds"].to_numpy(dtype=np.float64)
    timed = ~np.isnan(seconds)
    if timed.any():
        answered = (sheets.levels > 0).sum(axis=1)
        middle = float(np.median(seconds[timed]))
        fast = timed & ((seconds < SECONDS_A_QUESTION * answered) | (seconds < middle / 2))
        labels["too_fast"] = (timed, fast)
    above = sheets.journey["as_above"].to_numpy(dtype=np.float64)
    if sheets.is_matrix and not np.isnan(above).all():
        labels["as_above"] = (~np.isnan(above), above >= AS_ABOVE_SHARE)
    late = _late(sheets)
    if late is not None:
        labels["late"] = late
    return labels


def _late(sheets: GroupSheets) -> tuple[Bools, Bools] | None:
    """Sheets a week after the middle of their cell, and three times its middle half's span behind that half."""
    day = sheets.journey["received_day"].to_numpy(dtype=np.float64)
    known = ~np.isnan(day)
    if not known.any():
        return None
    cells = pd.Series(day).groupby(sheets.agency)
    low, middle, high = (cells.transform("quantile", share).to_numpy() for share in (0.25, 0.5, 0.75))
    return known, known & (day > high + 3 * (high - low)) & (day >= middle + LATE_DAYS)


def grade_content(sheets: GroupSheets, looked: Bools, blocks: Ints) -> Ints:
    """How content each sheet is: its class among its block's sheets by their means, classes about equally large.

    Content people give one answer throughout more often, and some agencies have more of them.
    """
    grade, mean = np.zeros(len(looked), dtype=np.int64), np.nan_to_num(sheets.mean_percent, nan=-1.0)
    for block in np.unique(blocks[sheets.agency[looked]]):
        inside = looked & (blocks[sheets.agency] == block)
        grades = max(1, min(GRADES, int(inside.sum()) // A_GRADE))
        bounds = np.unique(np.quantile(mean[inside], np.linspace(0, 1, grades + 1)[1:-1]))
        grade[inside] = np.searchsorted(bounds, mean[inside], side="right")
    return grade


def weigh_labels(
    name: str, looked: Bools, borne: Bools, agency: Ints, blocks: Ints, classes: Ints | None = None
) -> list[Sign]:
    """The sign by agency, block by block; `blocks`[agency]. Sheets are dealt out within their class, if any."""
    place = np.zeros(len(agency), dtype=np.int64) if classes is None else classes
    shape = len(blocks), int(place.max(initial=0)) + 1
    n, found = (_count_places(agency, place, chosen, shape) for chosen in (looked, looked & borne))
    signs = []
    for block in np.unique(blocks[n.any(axis=1)]):
        inside = blocks == block
        whole, marked = n[inside].sum(axis=0), found[inside].sum(axis=0)
        chosen = np.flatnonzero(inside & (n.sum(axis=1) >= FEWEST))
        if not len(chosen) or whole.sum() == n[chosen[0]].sum():  # one agency alone has nobody to be compared with
            continue
        deals = [_deal_class(*each) for each in zip(marked.tolist(), whole.tolist(), strict=True)]
        tails = {size: _deal_out(size, deals) for size in {tuple(n[cell].tolist()) for cell in chosen}}
        borne_by, sheets = found[chosen].sum(axis=1), n[chosen].sum(axis=1)
        tail = [tails[tuple(n[cell].tolist())] for cell in chosen]
        p = np.array([each[so_many] for each, so_many in zip(tail, borne_by, strict=True)])
        # Of the fewest that raise the alarm
        chance = np.array([each[each <= ALARM][0] for each in tail])
        expected = n[chosen] @ (marked / np.maximum(whole, 1))
        signs.append(Sign(name, chosen, sheets, borne_by.astype(np.float64), expected, p, chance))
    return signs


def _count_places(agency: Ints, place: Ints, chosen: Bools, shape: tuple[int, int]) -> Ints:
    counted = np.bincount(agency[chosen] * shape[1] + place[chosen], minlength=shape[0] * shape[1])
    return np.asarray(counted.reshape(shape), dtype=np.int64)


def _deal_out(size: tuple[int, ...], deals: Sequence[Callable[[int], Floats]]) -> Floats:
    """P(X >= k) for k = 0 .. n + 1, X the marked among so many sheets of each class; `deals`: the same by class."""
    parts = [deal(drawn) for deal, drawn in zip(deals, size, strict=True) if drawn]
    if len(parts) == 1:
        return parts[0]
    terms = np.ones(1)
    for tail in parts:
        terms = np.convolve(terms, -np.diff(tail))
    return np.append(np.minimum(np.cumsum(terms[::-1])[::-1], 1.0), 0.0)


def _deal_class(marked: int, whole: int) -> Callable[[int], Floats]:
    """hypergeometric_from of a class, worked out once for every number drawn."""
    return cache(partial(hypergeometric_from, marked, whole))
