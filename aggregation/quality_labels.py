"""Signs that a single sheet bears or not: does an agency have more of them than chance would deal it?

Chance deals the signs of a group in a block out among its sheets at random: the hypergeometric distribution, exactly
what permuting the sheets over the agencies would give. It is calibrated on this campaign alone. Agencies really differ
in how content people are, so more of them than chance deals may still be honest.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def weigh_labels(name: str, looked: Bools, borne: Bools, agency: Ints, blocks: Ints) -> list[Sign]:
    """The sign by agency, block by block; `blocks`[agency]."""
    n = np.bincount(agency[looked], minlength=len(blocks))
    found = np.bincount(agency[looked & borne], minlength=len(blocks))
    signs = []
    for block in np.unique(blocks[n > 0]):
        inside = blocks == block
        whole, marked = int(n[inside].sum()), int(found[inside].sum())
        chosen = np.flatnonzero(inside & (n >= FEWEST))
        if not len(chosen) or whole == n[chosen[0]]:  # one agency alone has nobody to be compared with
            continue
        tails = {size: hypergeometric_from(marked, whole, size) for size in map(int, np.unique(n[chosen]))}
        p = np.array([tails[int(n[cell])][found[cell]] for cell in chosen])
        chances = {size: tail[tail <= ALARM][0] for size, tail in tails.items()}  # of the fewest that raise the alarm
        chance = np.array([chances[int(n[cell])] for cell in chosen])
        expected = n[chosen].astype(np.float64) * (marked / whole)
        signs.append(Sign(name, chosen, n[chosen], found[chosen].astype(np.float64), expected, p, chance))
    return signs
