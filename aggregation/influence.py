"""How far a score would move with other respondents: each part's influence on its agency, in one pass, no resampling.

Linearised (Taylor) variance of a sum of ratios with sheets as units and agency x group as strata, as in Lumley, Complex
Surveys (2010), chapter 2, and as R's survey package computes it:

    z_ic = sum_q share_q r_iq (s_iq - mean_q) / m_q          influence of part i on the group's mean of criterion c
    e_i  = sum_c lever_c z_ic                                its influence on the agency's points
    V    = n / (n - 1) sum_i e_i^2                           n: all parts of the sample, also those with blanks

Cells with fewer than `pool_below` parts take V = lever' P lever / n, P the covariance of n z pooled over the cells of
the same group and block, with its degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from aggregation.counts import Tally
from aggregation.plan import Plan
from aggregation.points import CellTable, Means
from aggregation.tables import Floats, Ints

_ROWS = 3_000_000  # answers held in wide numbers at once


@dataclass(frozen=True)
class Influences:
    """One group's parts and what each does to the means of the group's criteria (`leaves`): z[part, criterion].

    `n`: parts of every agency's sample. `heard`: 1 where the group has an answer to a criterion of an agency, else 0.
    """

    group: int
    leaves: tuple[int, ...]
    n: Ints
    heard: Floats
    sheet: Ints
    agency: Ints
    z: Floats


@dataclass(frozen=True)
class Sample:
    """One group's part of the uncertainty: per agency n, variance of points without correction, degrees of freedom.

    NaN where nothing can be said. `sheet`, `agency`, `influence`: one entry a part.
    """

    group: int
    n: Ints
    variance: Floats
    freedom: Floats
    sheet: Ints
    agency: Ints
    influence: Floats


def find_influences(tally: Tally, means: Means, plan: Plan) -> list[Influences]:
    """What every part does to the means of its group, group by group."""
    share = _shares(means, plan)
    order = np.argsort(tally.parts.group, kind="stable")
    leaves = [sorted({item.leaf for item in plan.items if item.group == group}) for group in range(len(plan.groups))]
    widths = np.array([len(each) for each in leaves], dtype=np.int64)[tally.parts.group[order]]
    starts = np.zeros(len(order), dtype=np.int64)
    starts[order] = np.cumsum(widths) - widths
    column = np.array([leaves[item.group].index(item.leaf) for item in plan.items], dtype=np.int64)
    slots = plan.blank_slot + 1
    column_of_slot = np.tile(np.repeat(column, slots), len(plan.agencies))
    worth = _worth(means, share).ravel()
    flat = np.zeros(int(widths.sum()))
    for first in range(0, len(tally.row_slot), _ROWS):
        part, slot = tally.row_part[first : first + _ROWS], tally.row_slot[first : first + _ROWS]
        np.add.at(flat, starts[part] + column_of_slot[slot], worth[slot])
    bounds = np.searchsorted(tally.parts.group[order], np.arange(len(plan.groups) + 1))
    found, start = [], 0
    for group, own in enumerate(leaves):
        parts = order[bounds[group] : bounds[group + 1]]
        z = flat[start : start + len(parts) * len(own)].reshape(len(parts), len(own))
        start += z.size
        found.append(_influences(tally, parts, z, group, tuple(own), _heard(means, plan, group, own)))
    return found


def _influences(tally: Tally, parts: Ints, z: Floats, group: int, leaves: tuple[int, ...], heard: Floats) -> Influences:
    agency = tally.parts.agency[parts]
    n = np.bincount(agency[tally.parts.counted[parts]], minlength=len(heard))
    return Influences(group, leaves, n, heard, tally.parts.sheet[parts], agency, z)


def sample_groups(influences: list[Influences], lever: Floats, plan: Plan, pool_below: int) -> list[Sample]:
    """The uncertainty that each group brings to each agency's points; `lever`[agency, criterion, group]."""
    return [Weighing(each, plan, pool_below).weigh(lever[:, list(each.leaves), each.group]) for each in influences]


def agency_levers(cells: CellTable, plan: Plan) -> Floats:
    """Points of the agency for one per cent of a group in a criterion: [agency, criterion, group]."""
    maximum = np.array([float(leaf.maximum) for leaf in plan.leaves])
    lever = cells.weight * maximum[None, :, None] / 100 * cells.scale[:, None, None]
    return np.asarray(np.where(np.isnan(cells.mean), 0.0, lever), dtype=np.float64)


class Weighing:
    """The variance of any weighted sum of one group's means; what small cells borrow is computed once."""

    def __init__(self, influences: Influences, plan: Plan, pool_below: int) -> None:
        self.influences, self.pool_below = influences, pool_below
        self.blocks = np.array(plan.agency_blocks, dtype=object)

    def weigh(self, lever: Floats) -> Sample:
        """The sample for one lever [agency, criterion of the group]."""
        found = self.influences
        n, size = found.n, len(lever)
        influence = np.einsum("pc,pc->p", found.z, lever[found.agency])
        squares = np.bincount(found.agency, weights=influence**2, minlength=size)
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = np.where(n > 1, squares * n / (n - 1), np.nan)
        freedom = np.where(n > 1, n - 1.0, np.nan)
        small = np.flatnonzero((n > 0) & (n < self.pool_below))
        for agency in small:
            pooled, degrees = self.pools[self.blocks[agency]]
            variance[agency], freedom[agency] = _pooled_variance(pooled, degrees, lever[agency], int(n[agency]))
        silent = ~lever.any(axis=1)
        variance[silent], freedom[silent] = 0.0, np.inf
        return Sample(found.group, n, variance, freedom, found.sheet, found.agency, influence)

    @cached_property
    def pools(self) -> dict[str, tuple[Floats, Floats]]:
        """The pooled covariance and its degrees of freedom, by block."""
        found = self.influences
        return {
            block: _pool(found.z, found.agency, found.n, found.heard * (self.blocks == block)[:, None])
            for block in sorted(set(self.blocks))
        }


def _shares(means: Means, plan: Plan) -> Floats:
    """How much of its criterion an item carries in its group: [agency, item], over the items that were answered."""
    share = np.zeros(means.sizes.shape)
    for items in plan.item_positions.values():
        weights = np.array([float(plan.items[item].weight) for item in items])
        here = weights * (means.sizes[:, list(items)] > 0)
        whole = here.sum(axis=1, keepdims=True)
        share[:, list(items)] = np.divide(here, whole, out=np.zeros_like(here), where=whole > 0)
    return share


def _worth(means: Means, share: Floats) -> Floats:
    """What one answer adds to its part's z: [agency, item, option]."""
    sizes = np.maximum(means.sizes, 1)
    mean = means.sums / sizes / means.unit
    gap = (means.percents[None, :, :] - mean[:, :, None]) * means.in_mean[None, :, :]
    return np.asarray(gap * (share / sizes)[:, :, None], dtype=np.float64)


def _heard(means: Means, plan: Plan, group: int, leaves: list[int]) -> Floats:
    """1 where a group has any answer to a criterion of an agency, else 0: [agency, criterion]."""
    columns = [means.sizes[:, list(plan.item_positions[leaf, group])].sum(axis=1) > 0 for leaf in leaves]
    return np.array(columns, dtype=np.float64).T.reshape(len(plan.agencies), len(leaves))


def _pool(z: Floats, agency: Ints, n: Ints, heard: Floats) -> tuple[Floats, Floats]:
    """The covariance of n z over the cells that heard both criteria, and its degrees of freedom (0: nothing known)."""
    heard = heard * (n > 1)[:, None]
    scaled = z * heard[agency] * n[agency][:, None]
    degrees = (heard * (n - 1.0)[:, None]).T @ heard
    products = scaled.T @ scaled
    return np.divide(products, degrees, out=np.zeros_like(products), where=degrees > 0), degrees


def _pooled_variance(pooled: Floats, degrees: Floats, lever: Floats, n: int) -> tuple[float, float]:
    known = np.diag(degrees)[lever > 0]
    if not len(known) or not known.all():
        return float("nan"), float("nan")
    return max(float(lever @ pooled @ lever), 0.0) / n, float(known.min())
