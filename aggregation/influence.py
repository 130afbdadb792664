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

import numpy as np

from aggregation.counts import Tally
from aggregation.plan import Plan
from aggregation.points import AgencyPoints, Means
from aggregation.tables import Floats, Ints


@dataclass(frozen=True)
class Sample:
    """One group's part of the uncertainty: per agency n, variance of points without correction, degrees of freedom.

    NaN where nothing can be said. `sheet`, `agency`, `influence`: one entry a part.
    """

    n: Ints
    variance: Floats
    freedom: Floats
    sheet: Ints
    agency: Ints
    influence: Floats


def sample_groups(tally: Tally, means: Means, points: list[AgencyPoints], plan: Plan, pool_below: int) -> list[Sample]:
    """The uncertainty that each group brings to each agency's points."""
    share, lever = _shares(means, plan), _levers(points, plan)
    order = np.argsort(tally.parts.group, kind="stable")
    leaves = [sorted({item.leaf for item in plan.items if item.group == group}) for group in range(len(plan.groups))]
    widths = np.array([len(each) for each in leaves], dtype=np.int64)[tally.parts.group[order]]
    starts = np.zeros(len(order), dtype=np.int64)
    starts[order] = np.cumsum(widths) - widths
    column = np.array([leaves[item.group].index(item.leaf) for item in plan.items], dtype=np.int64)
    slots = plan.blank_slot + 1
    column_of_slot = np.tile(np.repeat(column, slots), len(plan.agencies))
    bins = starts[tally.row_part] + column_of_slot[tally.row_slot]
    worth = _worth(means, share).ravel()[tally.row_slot]
    flat = np.asarray(np.bincount(bins, weights=worth, minlength=int(widths.sum())), dtype=np.float64)
    bounds = np.searchsorted(tally.parts.group[order], np.arange(len(plan.groups) + 1))
    samples, start = [], 0
    for group, own in enumerate(leaves):
        parts = order[bounds[group] : bounds[group + 1]]
        z = flat[start : start + len(parts) * len(own)].reshape(len(parts), len(own))
        start += z.size
        heard = _heard(means, plan, group, own)
        samples.append(_sample(tally, parts, z, lever[:, own, group], heard, plan, pool_below))
    return samples


def _shares(means: Means, plan: Plan) -> Floats:
    """How much of its criterion an item carries in its group: [agency, item], over the items that were answered."""
    share = np.zeros(means.sizes.shape)
    for items in plan.item_positions.values():
        weights = np.array([float(plan.items[item].weight) for item in items])
        here = weights * (means.sizes[:, list(items)] > 0)
        whole = here.sum(axis=1, keepdims=True)
        share[:, list(items)] = np.divide(here, whole, out=np.zeros_like(here), where=whole > 0)
    return share


def _levers(points: list[AgencyPoints], plan: Plan) -> Floats:
    """Points of the agency for one per cent of a group in a criterion: [agency, criterion, group]."""
    lever = np.zeros((len(plan.agencies), len(plan.leaves), len(plan.groups)))
    for agency, each in enumerate(points):
        for criterion in each.criteria:
            for cell in criterion.cells:
                if cell.mean_percent is not None:
                    weight = cell.weight * plan.leaves[criterion.leaf].maximum / 100 * each.scale
                    lever[agency, criterion.leaf, cell.group] = float(weight)
    return lever


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


def _sample(tally: Tally, parts: Ints, z: Floats, lever: Floats, heard: Floats, plan: Plan, pool_below: int) -> Sample:
    agency, size = tally.parts.agency[parts], len(plan.agencies)
    n = np.bincount(agency[tally.parts.counted[parts]], minlength=size)
    influence = np.einsum("pc,pc->p", z, lever[agency])
    squares = np.bincount(agency, weights=influence**2, minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(n > 1, squares * n / (n - 1), np.nan)
    freedom = np.where(n > 1, n - 1.0, np.nan)
    blocks = np.array(plan.agency_blocks, dtype=object)
    for block in sorted(set(plan.agency_blocks)):
        inside = blocks == block
        small = np.flatnonzero(inside & (n > 0) & (n < pool_below))
        if len(small):
            pooled, degrees = _pool(z, agency, n, heard * inside[:, None])
            for each in small:
                variance[each], freedom[each] = _pooled_variance(pooled, degrees, lever[each], int(n[each]))
    silent = ~lever.any(axis=1)
    variance[silent], freedom[silent] = 0.0, np.inf
    return Sample(n, variance, freedom, tally.parts.sheet[parts], agency, influence)


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
