"""What an agency or the public may see of groups: small and unanimous cells hidden, and nobody can compute them back.

Published beside the cells are each agency's criterion points (weighted over its groups) and each block's group means
(weighted by answers). A hidden cell could be had from them by subtraction, or by solving several equations at once, so
more cells are hidden until none can. Where an agency has nothing left to hide behind, its criteria are hidden too and
its total stands alone; where a block's group has nothing left, that mean is hidden. Scores use every answer all the
same: this only decides what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from aggregation.suppression_bounds import Bounds, find_pinned
from aggregation.suppression_program import MOST, Sums, find_narrow
from aggregation.tables import COMBINED, Bools, Floats, Ints

# A cell whose value the equations fix to within a millionth counts as known.
_FIXED = 1 - 1e-6
_NOTHING = 1e-9  # an equation that the others hold already
# One decimal: more would tell the answers of a few people apart by arithmetic.
PLACES = 1


@dataclass(frozen=True)
class Cells:
    """One block: its agencies' cells, a column a criterion and group. `criterion`[column].

    n: answers (0: no cell). weight: share of the cell in its agency's points of the criterion, 0 where it has none.
    worth: the same in the agency's total. mean: in per cent.
    """

    criterion: Ints
    n: Ints
    weight: Floats
    worth: Floats
    mean: Floats

    @property
    def lines(self) -> Floats:
        """[column, criterion]: 1 where a column is of a criterion."""
        return np.asarray(self.criterion[:, None] == np.unique(self.criterion)[None, :], dtype=np.float64)


@dataclass(frozen=True)
class Shown:
    """Hidden cells, agencies of which only the total is shown, columns whose mean over the block is hidden."""

    hidden: Bools
    alone: Bools
    closed: Bools


def protect(cells: Cells, secret: Bools, smallest: int, closed: Bools | None = None) -> Shown:
    """Hide the secret cells, and as few others as keep them from being computed; `closed`: means hidden anyway."""
    hidden, there = secret & (cells.n > 0), cells.n > 0
    alone = np.zeros(len(hidden), dtype=np.bool_)
    closed = np.zeros(hidden.shape[1], dtype=np.bool_) if closed is None else closed.copy()
    criteria, narrow = np.unique(cells.criterion), np.zeros(hidden.shape, dtype=np.bool_)
    while True:
        unknown = hidden & ~_told_by_total(hidden, alone, cells)
        fixed = find_fixed(unknown, alone, closed, cells)
        weight = np.where(alone[:, None], 0.0, cells.weight)
        size = np.where(closed, 0.0, cells.n)
        by_row, by_column, pinned = find_pinned(unknown, cells.mean, cells.n, weight, cells.lines, size)
        pinned |= narrow
        narrow = np.zeros(hidden.shape, dtype=np.bool_)
        by_row |= pinned & ~by_column & ~alone[:, None]
        columns = (_too_few(unknown, cells.n, smallest, 0) | (pinned & ~by_row).any(axis=0)) & ~closed
        wanting = False
        for criterion in criteria:
            own = np.flatnonzero(cells.criterion == criterion)
            inside = unknown[:, own]
            rows = _too_few(inside & (cells.weight[:, own] > 0), cells.n[:, own], smallest, 1) & ~alone
            rows |= by_row[:, own].any(axis=1) & ~alone
            stuck = fixed[:, own] & ~columns[own]
            rows |= (stuck & (closed[own] | (inside.sum(axis=1, keepdims=True) < 2))).any(axis=1) & ~alone
            columns[own] |= (stuck & ~rows[:, None]).any(axis=0) & ~closed[own]
            left = there[:, own] & (cells.weight[:, own] > 0) & ~hidden[:, own]
            hidden[np.ix_(rows, own)] |= _smallest(left[rows], cells.n[np.ix_(rows, own)], 1)
            alone |= rows & ~left.any(axis=1)
            wanting |= bool(rows.any())
        left = there & ~hidden & columns
        hidden |= _smallest(left, cells.n, 0)
        closed |= columns & ~left.any(axis=0)
        hidden[alone] = there[alone]
        if wanting or columns.any():
            continue
        # What is fixed still, by several totals and means together, is freed by showing one mean less.
        open_ = unknown[fixed.any(axis=1)].any(axis=0) & ~closed
        if not open_.any():
            sums = Sums(cells.criterion, weight, cells.worth, size, alone)
            narrow = find_narrow(hidden, unknown, cells.mean, cells.n, sums)
            stuck = narrow & alone[:, None] & closed
            narrow &= ~stuck
            open_ = hidden[stuck.any(axis=1)].any(axis=0) & ~closed
        if open_.any():
            closed[np.where(open_, cells.n.sum(axis=0), np.inf).argmin()] = True
        elif not narrow.any():
            return Shown(hidden, alone, closed)


def _told_by_total(hidden: Bools, alone: Bools, cells: Cells) -> Bools:
    """Cells that an agency's total gives away, being all there is to it or for it is full or nothing.

    The total is public, whatever is hidden: they are no cover for others.
    """
    counting = hidden & (cells.worth > 0) & alone[:, None]
    bounds = Bounds(counting, cells.mean, cells.n)
    bounds.narrow(cells.worth, np.ones((len(cells.criterion), 1)))
    return np.asarray((counting & (counting.sum(axis=1, keepdims=True) == 1)) | bounds.pinned(), dtype=np.bool_)


def _too_few(hidden: Bools, n: Ints, smallest: int, axis: int) -> Bools:
    """Where the hidden cells together are one cell alone, or as small as what must not be shown."""
    whole = np.where(hidden, n, 0).sum(axis=axis)
    return np.asarray((whole > 0) & ((whole < smallest) | (hidden.sum(axis=axis) == 1)), dtype=np.bool_)


def _smallest(candidates: Bools, n: Ints, axis: int) -> Bools:
    """In every line the smallest of the candidates, if there are any."""
    size = np.where(candidates, n, np.iinfo(np.int64).max)
    first = np.zeros(candidates.shape, dtype=np.bool_)
    if candidates.size:
        np.put_along_axis(first, np.expand_dims(size.argmin(axis=axis), axis), True, axis)
    return first & candidates


def find_fixed(unknown: Bools, alone: Bools, closed: Bools, cells: Cells) -> Bools:
    """Which unknown cells follow from what is published.

    A cell follows where its unit vector lies in the span of the equations, that is where the projection onto that span
    has length 1. The agencies' equations (one a criterion, or the total where that stands alone) share no cell and are
    orthogonal; the columns' few are made so against them.
    """
    agency, column = np.nonzero(unknown)
    place = np.arange(len(agency))
    if not len(agency):
        return np.zeros(unknown.shape, dtype=np.bool_)
    factor = np.where(alone[agency], cells.worth[agency, column], cells.weight[agency, column])
    line = np.where(alone[agency], 0, 1 + cells.criterion[column]) + agency * (2 + int(cells.criterion.max()))
    lines, line = np.unique(line, return_inverse=True)
    length = np.sqrt(np.bincount(line, weights=factor**2))[line]
    unit = np.divide(factor, length, out=np.zeros_like(factor), where=length > 0)
    rows = sparse.csr_matrix((unit, (place, line)), shape=(len(place), len(lines)))
    size = np.where(closed[column], 0.0, cells.n[agency, column])
    norm = np.sqrt(np.bincount(column, weights=size**2, minlength=len(closed)))[column]
    share = np.divide(size, norm, out=np.zeros_like(size), where=norm > 0)
    columns = sparse.csr_matrix((share, (place, column)), shape=(len(place), len(closed)))
    apart = columns - rows @ (rows.T @ columns)
    values, vectors = np.linalg.eigh((apart.T @ apart).toarray())
    sound = values > _NOTHING
    basis = vectors[:, sound] / np.sqrt(values[sound])
    known = unit**2 + (np.asarray(apart @ basis) ** 2).sum(axis=1)
    fixed = np.zeros(unknown.shape, dtype=np.bool_)
    fixed[agency, column] = known > _FIXED
    return fixed


@dataclass(frozen=True)
class PublicTables:
    """What may be shown: `scores`, and `blocks`, which has no agency.

    Columns agency, block, criterion, group, n, mean_percent, hidden. mean_percent has one decimal and is NaN where it
    is hidden; hidden: "", "small", "unanimous" or "complement", which says why and is for the office alone
    (drop_reasons). A row of the group COMBINED is hidden where only the total may be shown; the total itself is always
    public, also an agency's that has a single cell. unchecked: blocks with more than MOST hidden cells, of which nobody
    has looked how narrowly all sums together bound them.
    """

    scores: pd.DataFrame
    blocks: pd.DataFrame
    unchecked: tuple[str, ...] = ()

    def drop_reasons(self) -> PublicTables:
        """The same with hidden as a bare yes or no: that a cell is unanimous is itself an answer.

        n is NaN where it is hidden, for it tells how many of a few said nothing, and whether a cell is hidden for its
        size; also of all groups together where one of them is hidden.
        """
        scores, blocks = (table.assign(hidden=table["hidden"] != "") for table in (self.scores, self.blocks))
        beside = scores.groupby(["agency", "criterion"], sort=False)["hidden"].transform("any")
        unsaid = scores["hidden"] | (beside & (scores["group"] == COMBINED))
        return PublicTables(
            scores.assign(n=scores["n"].astype("float64").mask(unsaid)),
            blocks.assign(n=blocks["n"].astype("float64").mask(blocks["hidden"])),
            self.unchecked,
        )


def suppress(cells: pd.DataFrame, smallest: int) -> PublicTables:
    """The public tables of `cells`, hiding cells of fewer than `smallest` answers to a question, and unanimous ones.

    cells: agency, block, criterion, group, n (fewest answers to one of its questions), mean_percent, weight (share of
    the group in the agency's points of the criterion), worth (share in its total), unanimous (all answers to one of
    its questions are alike).
    """
    cells = cells[cells["n"] > 0].reset_index(drop=True)
    why = np.where(cells["n"] < smallest, "small", np.where(cells["unanimous"], "unanimous", ""))
    cells = cells.assign(why=why if smallest else "")
    names = ["agency", "block", "criterion", "group", "n", "mean_percent", "hidden"]
    parts = [_suppress_block(part, smallest) for _, part in cells.groupby("block", sort=False)]
    if not parts:
        return PublicTables(pd.DataFrame(columns=names), pd.DataFrame(columns=names[1:]))
    scores, blocks = (pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))
    single = scores[(scores["group"] != COMBINED) & (scores["hidden"] != "")]
    hidden = single.groupby("block", sort=False).size()
    unchecked = tuple(str(block) for block in hidden.index[hidden > MOST])
    return PublicTables(scores[names], blocks[names[1:]], unchecked)


def _suppress_block(part: pd.DataFrame, smallest: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    at, agencies = pd.factorize(part["agency"])
    of, columns = pd.factorize(pd.MultiIndex.from_frame(part[["criterion", "group"]]))
    keys = pd.MultiIndex.from_tuples(list(columns), names=["criterion", "group"]).to_frame(index=False)
    shape = len(agencies), len(keys)
    n, mean, weight, worth = np.zeros(shape, dtype=np.int64), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    why = np.full(shape, "", dtype=object)
    columns_of = {"n": n, "mean_percent": mean, "weight": weight, "worth": worth, "why": why}
    for name, table in columns_of.items():
        table[at, of] = part[name].to_numpy()
    criterion, criteria = pd.factorize(keys["criterion"])
    # Where every agency's group is of one mind, the block's mean may say which.
    closed = ((why == "unanimous") | (n == 0)).all(axis=0)
    shown = protect(Cells(criterion.astype(np.int64), n, weight, worth, mean), why != "", smallest, closed)
    hidden = np.where(shown.hidden & (why == ""), "complement", why)[at, of]
    scores = part[["agency", "block", "criterion", "group", "n"]].assign(
        mean_percent=np.where(hidden == "", part["mean_percent"].round(PLACES), np.nan), hidden=hidden
    )
    block, together = part["block"].iloc[0], []
    for place, code in enumerate(criteria):
        own = criterion == place
        there = n[:, own].any(axis=1)
        combined = pd.DataFrame({"agency": agencies, "block": block, "criterion": code, "group": COMBINED})
        combined["n"] = n[:, own].sum(axis=1)
        points = np.round((weight * mean)[:, own].sum(axis=1), PLACES)
        combined["mean_percent"] = np.where(shown.alone, np.nan, points)
        combined["hidden"] = np.where(shown.alone, "complement", "")
        together.append(combined[there])
    whole = np.round((n * mean).sum(axis=0) / np.maximum(n.sum(axis=0), 1), PLACES)
    blocks = keys.assign(block=block, n=n.sum(axis=0), mean_percent=np.where(shown.closed, np.nan, whole))
    blocks["hidden"] = np.where(shown.closed, "small", "")
    return pd.concat([scores, *together]), blocks
