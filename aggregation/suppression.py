"""What an agency or the public may see of groups: small and unanimous cells hidden, and nobody can compute them back.

Published beside the cells are each agency's criterion points (weighted over its groups) and each block's group means
(weighted by answers). A hidden cell could be had from them by subtraction, or by solving several equations at once, so
more cells are hidden until none can. Where an agency has nothing left to hide behind, its criteria are hidden too and
its total stands alone; where a block's group has nothing left, that mean is hidden. Scores use every answer all the
same: this only decides what is shown.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aggregation.tables import COMBINED, Bools, Floats, Ints

# A cell whose value the equations fix to within a millionth counts as known.
_FIXED = 1 - 1e-6
# One decimal: more would tell the answers of a few people apart by arithmetic.
PLACES = 1


@dataclass(frozen=True)
class Shown:
    """What may be shown of one criterion in one block: hidden cells, agencies and groups whose margin is hidden."""

    hidden: Bools
    agencies: Bools
    groups: Bools


def protect(n: Ints, weight: Floats, secret: Bools, smallest: int, closed: Bools | None = None) -> Shown:
    """Hide the secret cells of [agency, group], and as few others as keep them from being computed.

    n: answers (0: no cell). weight: share of the cell in its agency's published value, 0 where it has none. closed:
    groups whose mean over the block is hidden anyway.
    """
    there = n > 0
    hidden = secret & there
    agencies = np.zeros(len(n), dtype=np.bool_)
    groups = np.zeros(n.shape[1], dtype=np.bool_) if closed is None else closed.copy()
    while True:
        rows = hidden.any(axis=1) & ~agencies & _too_few(hidden & (weight > 0), n, smallest, 1)
        columns = hidden.any(axis=0) & ~groups & _too_few(hidden, n, smallest, 0)
        fixed = find_fixed(hidden, weight, n, agencies, groups)
        rows |= fixed.any(axis=1) & ~agencies & (hidden.sum(axis=1) < 2)
        columns |= (fixed & ~rows[:, None]).any(axis=0) & ~groups
        stuck = fixed & ~rows[:, None] & ~columns[None, :]
        rows |= stuck.any(axis=1)
        if not rows.any() and not columns.any():
            return Shown(hidden, agencies, groups)
        _hide_more(hidden, there & (weight > 0), n, rows, agencies)
        _hide_more(hidden.T, there.T, n.T, columns, groups)


def _too_few(hidden: Bools, n: Ints, smallest: int, axis: int) -> Bools:
    """Where the hidden cells together are one cell alone, or as small as what must not be shown."""
    whole = np.where(hidden, n, 0).sum(axis=axis)
    return np.asarray((whole > 0) & ((whole < smallest) | (hidden.sum(axis=axis) == 1)), dtype=np.bool_)


def _hide_more(hidden: Bools, candidates: Bools, n: Ints, lines: Bools, margins: Bools) -> None:
    """In every line hide the smallest cell still shown; where none is left, the line's margin."""
    free = candidates & ~hidden
    for line in np.flatnonzero(lines):
        left = np.flatnonzero(free[line])
        if len(left):
            hidden[line, left[np.argmin(n[line, left])]] = True
        else:
            margins[line] = True


def find_fixed(hidden: Bools, weight: Floats, n: Ints, agencies: Bools, groups: Bools) -> Bools:
    """Which hidden cells follow from the published margins: [agency, group].

    A cell follows where its unit vector lies in the span of the equations, that is where the projection onto that span
    has length 1. The agencies' equations share no cell and are orthogonal; the groups' few are made so against them.
    """
    rows = np.where(hidden & ~agencies[:, None], weight, 0.0)
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    rows = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    equations = []
    for group in np.flatnonzero(hidden.any(axis=0) & ~groups):
        column = np.zeros(n.shape)
        column[:, group] = np.where(hidden[:, group], n[:, group], 0)
        column /= np.sqrt((column**2).sum())
        equations.append((column - rows * (rows * column).sum(axis=1, keepdims=True)).ravel())
    known = rows**2
    if equations:
        left, values, _ = np.linalg.svd(np.array(equations).T, full_matrices=False)
        known = known + (left[:, values > 1e-9] ** 2).sum(axis=1).reshape(n.shape)
    return np.asarray(hidden & (known > _FIXED), dtype=np.bool_)


@dataclass(frozen=True)
class PublicTables:
    """What may be shown: `scores`, and `blocks`, which has no agency.

    Columns agency, block, criterion, group, n, mean_percent, hidden. mean_percent has one decimal and is NaN where it
    is hidden; hidden: "", "small", "unanimous" or "complement", which says why and is for the office alone
    (drop_reasons). A row of the group COMBINED is hidden where only the total may be shown; the total itself is always
    public, also an agency's that has a single cell.
    """

    scores: pd.DataFrame
    blocks: pd.DataFrame

    def drop_reasons(self) -> PublicTables:
        """The same with hidden as a bare yes or no: that a cell is unanimous is itself an answer."""
        return PublicTables(*(table.assign(hidden=table["hidden"] != "") for table in (self.scores, self.blocks)))


def suppress(cells: pd.DataFrame, smallest: int) -> PublicTables:
    """The public tables of `cells`, hiding cells of fewer than `smallest` answers to a question, and unanimous ones.

    cells: agency, block, criterion, group, n (fewest answers to one of its questions), mean_percent, weight (share of
    the group in the agency's points of the criterion), unanimous (all answers to one of its questions are alike).
    """
    cells = cells[cells["n"] > 0].reset_index(drop=True)
    why = np.where(cells["n"] < smallest, "small", np.where(cells["unanimous"], "unanimous", ""))
    cells = cells.assign(why=why if smallest else "")
    while True:
        parts = [_suppress_part(part, key, smallest) for key, part in cells.groupby(["block", "criterion"], sort=False)]
        alone = {agency for part in parts for agency in part.alone}
        bare = cells["agency"].isin(alone) & (cells["why"] == "")
        if not bare.any():
            break
        # Of such an agency only the total may be shown: hidden whole, in every criterion.
        cells.loc[bare, "why"] = "complement"
    names = ["agency", "block", "criterion", "group", "n", "mean_percent", "hidden"]
    if not parts:
        return PublicTables(pd.DataFrame(columns=names), pd.DataFrame(columns=names[1:]))
    scores = pd.concat([part.scores for part in parts], ignore_index=True)
    hidden = (scores["group"] == COMBINED) & scores["agency"].isin(alone)
    scores.loc[hidden, "mean_percent"], scores.loc[hidden, "hidden"] = np.nan, "complement"
    return PublicTables(scores[names], pd.concat([part.blocks for part in parts], ignore_index=True)[names[1:]])


@dataclass(frozen=True)
class _Part:
    scores: pd.DataFrame
    blocks: pd.DataFrame
    alone: list[str]


def _suppress_part(part: pd.DataFrame, key: Hashable, smallest: int) -> _Part:
    """One criterion in one block; `alone`: agencies of which only the total may be shown."""
    block, criterion = key if isinstance(key, tuple) else (key, "")
    at, agencies = pd.factorize(part["agency"])
    of, groups = pd.factorize(part["group"])
    shape = len(agencies), len(groups)
    n, weight, mean = np.zeros(shape, dtype=np.int64), np.zeros(shape), np.zeros(shape)
    why = np.full(shape, "", dtype=object)
    for table, name in ((n, "n"), (weight, "weight"), (mean, "mean_percent"), (why, "why")):
        table[at, of] = part[name].to_numpy()
    # Where every agency's group is of one mind, the block's mean may say which.
    closed = ((why == "unanimous") | (n == 0)).all(axis=0)
    shown = protect(n, weight, why != "", smallest, closed)
    hidden = np.where(shown.hidden & (why == ""), "complement", why)[at, of]
    scores = part[["agency", "block", "criterion", "group", "n"]].assign(
        mean_percent=np.where(hidden == "", part["mean_percent"].round(PLACES), np.nan), hidden=hidden
    )
    combined = pd.DataFrame({"agency": agencies, "block": block, "criterion": criterion, "group": COMBINED})
    combined["n"], combined["hidden"] = n.sum(axis=1), ""
    combined["mean_percent"] = np.round((weight * mean).sum(axis=1), PLACES)
    whole = np.where(shown.groups, np.nan, np.round((n * mean).sum(axis=0) / np.maximum(n.sum(axis=0), 1), PLACES))
    blocks = pd.DataFrame({"block": block, "criterion": criterion, "group": groups, "n": n.sum(axis=0)})
    blocks["mean_percent"], blocks["hidden"] = whole, np.where(shown.groups, "small", "")
    return _Part(pd.concat([scores, combined]), blocks, list(agencies[shown.agencies]))
