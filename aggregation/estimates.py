"""Every mean with its error: criteria and groups of each agency from its sheets, single questions from the counts.

A single question's error needs no sheets, as each gives at most one answer to it:

    V = n / (n - 1) sum_l C_l (s_l - mean)^2 / m^2           n: sheets of the cell, m: valid answers

Cells of fewer than `pool_below` sheets take the variance pooled over their group and block, as the totals do.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from aggregation.counts import Tally
from aggregation.distributions import student_quantile
from aggregation.influence import Influences, Sample, Weighing, agency_levers, sample_groups
from aggregation.plan import Plan
from aggregation.points import AgencyPoints, CellTable, Means
from aggregation.tables import COMBINED, Floats, Ints
from aggregation.totals import CONFIDENCE, Spread, drawn_share, spread_points
from forms.rules import Scoring


def estimate_table(
    influences: list[Influences], cells: CellTable, points: list[AgencyPoints], plan: Plan, rules: Scoring
) -> pd.DataFrame:
    """One row an agency, criterion and group with a mean; COMBINED in the place of either or both: all of them."""
    mean, weight = cells.mean, cells.weight
    maximum = np.array([float(leaf.maximum) for leaf in plan.leaves])
    parts: list[pd.DataFrame] = []
    single: dict[int, list[tuple[int, Sample]]] = {}
    for each in influences:
        weighing, known = Weighing(each, plan, rules.small_cell.pool_below), each.heard > 0
        for column, leaf in enumerate(each.leaves):
            lever = np.zeros(each.heard.shape)
            lever[:, column] = known[:, column]
            sample = weighing.weigh(lever)
            single.setdefault(leaf, []).append((each.group, sample))
            spread = spread_points([sample], plan, rules)
            place = plan.leaves[leaf].code, plan.groups[each.group]
            shares = weight[:, leaf, each.group]
            parts.append(_rows(place, each.n, mean[:, leaf, each.group], spread, shares))
        whole = each.heard * maximum[list(each.leaves)]
        lever = whole / np.maximum(whole.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        own = np.nansum(lever * mean[:, list(each.leaves), each.group], axis=1)
        own[~known.any(axis=1)] = np.nan
        spread = spread_points([weighing.weigh(lever)], plan, rules)
        parts.append(_rows((COMBINED, plan.groups[each.group]), each.n, own, spread))
    parts += _combined(single, mean, weight, plan, rules)
    parts.append(_totals(influences, cells, points, plan, rules))
    return _in_order(parts, plan)


def _totals(
    influences: list[Influences], cells: CellTable, points: list[AgencyPoints], plan: Plan, rules: Scoring
) -> pd.DataFrame:
    """The agencies' unrounded points in per cent of their block's maximum, which is what years are compared in."""
    whole = np.array([float(plan.maximum(block)) for block in plan.agency_blocks])
    exact = np.array([np.nan if each.exact is None else float(each.exact) for each in points])
    percent = np.divide(exact * 100, whole, out=np.full(len(exact), np.nan), where=whole > 0)
    lever = agency_levers(cells, plan) * np.divide(100, whole, out=np.zeros_like(whole), where=whole > 0)[:, None, None]
    spread = spread_points(sample_groups(influences, lever, plan, rules.small_cell.pool_below), plan, rules)
    n = sum((each.n for each in influences), np.zeros(len(exact), dtype=np.int64))
    return _rows((COMBINED, COMBINED), n, percent, spread)


def _combined(
    single: dict[int, list[tuple[int, Sample]]], mean: Floats, weight: Floats, plan: Plan, rules: Scoring
) -> Iterator[pd.DataFrame]:
    for leaf, samples in single.items():
        scaled = []
        for group, sample in samples:
            share = weight[:, leaf, group]
            # A group without a weight brings no error either, not even an unknown one.
            variance = np.where(share > 0, sample.variance * share**2, 0.0)
            scaled.append(
                Sample(group, sample.n, variance, sample.freedom, sample.sheet, sample.agency, sample.influence)
            )
        known = (weight[:, leaf] > 0).any(axis=1) & ~np.isnan(mean[:, leaf]).all(axis=1)
        whole = np.where(known, np.nansum(weight[:, leaf] * mean[:, leaf], axis=1), np.nan)
        n = sum((sample.n for _, sample in samples), np.zeros(len(mean), dtype=np.int64))
        yield _rows((plan.leaves[leaf].code, COMBINED), n, whole, spread_points(scaled, plan, rules))


def _rows(
    place: tuple[str, str], n: object, mean: Floats, spread: Spread, weight: Floats | None = None
) -> pd.DataFrame:
    low, high = np.maximum(mean - spread.half_width, 0.0), np.minimum(mean + spread.half_width, 100.0)
    table = pd.DataFrame({"at": np.arange(len(mean)), "criterion": place[0], "group": place[1], "n": n})
    table["mean_percent"], table["se"], table["ci_low"], table["ci_high"] = mean, spread.se, low, high
    table["weight"] = np.nan if weight is None else weight
    return table[~np.isnan(mean)]


def _in_order(parts: list[pd.DataFrame], plan: Plan) -> pd.DataFrame:
    codes = [COMBINED, *(leaf.code for leaf in plan.leaves)]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["at", "criterion", "group"])
    rank = table["criterion"].map({code: place for place, code in enumerate(codes)})
    groups = table["group"].map({code: place for place, code in enumerate([*plan.groups, COMBINED])})
    table = table.iloc[np.lexsort((groups, rank, table["at"]))]
    at = table["at"].to_numpy(dtype=np.int64)
    table.insert(0, "agency", np.array(plan.agencies, dtype=object)[at])
    table.insert(1, "block", np.array(plan.agency_blocks, dtype=object)[at])
    return table.drop(columns="at").reset_index(drop=True)


def question_table(
    tally: Tally, means: Means, influences: list[Influences], plan: Plan, rules: Scoring
) -> pd.DataFrame:
    """One row an agency and scored question that anybody answered or left blank."""
    group_of = np.array([item.group for item in plan.items], dtype=np.int64)
    sheets = np.zeros((len(plan.agencies), len(plan.groups)), dtype=np.int64)
    for each in influences:
        sheets[:, each.group] = each.n
    n, sizes = sheets[:, group_of], means.sizes
    mean = means.sums / np.where(sizes > 0, sizes, 1) / means.unit
    gap = (means.percents[None, :, :] - mean[:, :, None]) * means.in_mean[None, :, :]
    squares = np.einsum("aio,aio->ai", tally.counts, gap**2) / np.maximum(sizes, 1) ** 2
    variance, freedom = _question_variance(squares, n, sizes, plan, rules)
    drawn = np.column_stack([drawn_share(sheets[:, group], group, plan, rules) for group in range(len(plan.groups))])
    se = np.sqrt(variance * (1 - drawn[:, group_of]) if len(plan.groups) else variance)
    half = np.where(se > 0, student_quantile(0.5 + CONFIDENCE / 2, freedom), 0.0 * se) * se
    agency, item = np.nonzero(sizes + tally.counts[:, :, -1])
    answered = sizes[agency, item] > 0
    shown = np.where(answered, mean[agency, item], np.nan)
    se, half = (np.where(answered, each[agency, item], np.nan) for each in (se, half))
    return pd.DataFrame(
        {
            "agency": np.array(plan.agencies, dtype=object)[agency],
            "block": np.array(plan.agency_blocks, dtype=object)[agency],
            "group": np.array([plan.groups[each.group] for each in plan.items], dtype=object)[item],
            "question": np.array([each.question for each in plan.items], dtype=object)[item],
            "criterion": np.array([plan.leaves[each.leaf].code for each in plan.items], dtype=object)[item],
            "n": n[agency, item],
            "n_valid": (tally.counts[:, :, :-1] * means.in_mean[None, :, :-1]).sum(axis=2)[agency, item],
            "n_blank": tally.counts[agency, item, -1],
            "mean_percent": shown,
            "se": se,
            "ci_low": np.maximum(shown - half, 0.0),
            "ci_high": np.minimum(shown + half, 100.0),
        }
    )


def _question_variance(squares: Floats, n: Ints, sizes: Ints, plan: Plan, rules: Scoring) -> tuple[Floats, Floats]:
    """Variance without correction and degrees of freedom, [agency, item]; small cells take their block's."""
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(n > 1, squares * n / (n - 1), np.nan)
        freedom = np.where(n > 1, n - 1.0, np.nan)
        blocks = np.array(plan.agency_blocks, dtype=object)
        for block in sorted(set(plan.agency_blocks)):
            inside = (blocks == block)[:, None] & (n > 1) & (sizes > 0)
            degrees = np.where(inside, n - 1, 0).sum(axis=0)
            pooled = np.where(inside, squares * n.astype(np.float64) ** 2, 0.0).sum(axis=0) / degrees
            small = (blocks == block)[:, None] & (n < rules.small_cell.pool_below) & (sizes > 0)
            variance = np.where(small, np.where(degrees > 0, pooled, np.nan) / n, variance)
            freedom = np.where(small, np.where(degrees > 0, degrees, np.nan), freedom)
    return variance, freedom
