"""Totals: an agency's published points with standard error, interval, rank, rank set and grade."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from aggregation.counts import Tally
from aggregation.distributions import student_quantile
from aggregation.influence import Sample
from aggregation.plan import Plan
from aggregation.points import AgencyPoints, Means
from aggregation.ranks import find_grade, holm_rank_sets, shared_ranks
from aggregation.tables import Bools, Floats, Ints
from forms.rules import Scoring

CONFIDENCE = 0.95

_COLUMNS = ["agency", "block", "survey_points", "se", "ci_low", "ci_high"]
_COLUMNS += ["rank", "rank_low", "rank_high", "grade", "n_valid"]


@dataclass(frozen=True)
class Spread:
    """Per agency: standard error, degrees of freedom, half width of the interval; NaN where they cannot be known."""

    se: Floats
    freedom: Floats
    half_width: Floats


def spread_points(samples: list[Sample], plan: Plan, rules: Scoring) -> Spread:
    """The published uncertainty of what these groups' samples add up to, with the finite population correction.

    The correction only where the rules ask for it. Interval: Student's t with Satterthwaite's degrees of freedom,
    (sum V)^2 / sum(V^2 / df) over the groups.
    """
    variances, squares = np.zeros(len(plan.agencies)), np.zeros(len(plan.agencies))
    for sample in samples:
        part = sample.variance * (1 - drawn_share(sample.n, sample.group, plan, rules))
        variances += part
        squares += part**2 / sample.freedom
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.where(variances > 0, variances**2 / squares, np.inf)
    se = np.sqrt(variances)
    half_width = np.where(se > 0, student_quantile(0.5 + CONFIDENCE / 2, freedom), 0.0 * se) * se
    return Spread(se, np.where(np.isnan(se), np.nan, freedom), half_width)


def drawn_share(n: Ints, group: int, plan: Plan, rules: Scoring) -> Floats:
    """The share of a group's people at each agency whom the sample holds; 0 where that does not count."""
    if rules.population != "quota":
        return np.zeros(len(n))
    return np.fmin(1.0, np.nan_to_num(n / plan.population[:, group]))


def compare(samples: list[Sample], agencies: list[int]) -> Floats:
    """The covariance of the points of these agencies without finite population correction: [agency, agency].

    Agencies are correlated where the same sheets rate several of them.
    Where none do, their variances alone: [agency].
    """
    covariance = sum((sample.variance[agencies] for sample in samples), np.zeros(len(agencies)))
    for sample in samples:
        chosen = np.isin(sample.agency, agencies)
        sheets, codes = np.unique(sample.sheet[chosen], return_inverse=True)
        if len(sheets) == chosen.sum():
            continue
        if covariance.ndim == 1:
            covariance = np.diag(covariance)
        columns = np.searchsorted(agencies, sample.agency[chosen])
        rated = np.zeros((len(sheets), len(agencies)))
        rated[codes, columns] = sample.influence[chosen]
        length = np.sqrt((rated**2).sum(axis=0))
        alike = (rated.T @ rated) / np.maximum(np.outer(length, length), np.finfo(float).tiny)
        np.fill_diagonal(alike, 0.0)
        sd = np.sqrt(sample.variance[agencies])
        covariance += alike * np.outer(sd, sd)
    return covariance


def total_table(
    tally: Tally,
    means: Means,
    samples: list[Sample],
    spread: Spread,
    points: list[AgencyPoints],
    plan: Plan,
    rules: Scoring,
) -> pd.DataFrame:
    """One row an agency in the campaign's order; None where nothing is valid, and where a bound cannot be known.

    Neither rank nor grade where an agency has fewer sheets than the rules rank from: nobody's place counts it either.
    """
    heard = heard_parts(tally, means, plan, rules)
    few = heard < rules.rank_from.n_valid
    ranks = rank_blocks(samples, points, plan, few)
    rows = []
    for agency, code in enumerate(plan.agencies):
        block, each = plan.agency_blocks[agency], points[agency]
        rank, low, high = ranks.get(agency, (None, None, None))
        bounds = _bounds(each.exact, spread.half_width[agency], plan.maximum(block))
        se = None if each.exact is None or np.isnan(spread.se[agency]) else float(spread.se[agency])
        grade = (
            None
            if each.published is None or few[agency]
            else find_grade(each.published, plan.maximum(block), rules.bands)
        )
        published = None if each.published is None else float(each.published)
        rows.append((code, block, published, se, *bounds, rank, low, high, grade or "", int(heard[agency])))
    kinds = dict.fromkeys(["rank", "rank_low", "rank_high", "n_valid"], "Int64")
    floats = dict.fromkeys(["survey_points", "se", "ci_low", "ci_high"], "float64")
    return pd.DataFrame(rows, columns=_COLUMNS).astype(kinds | floats)


def rank_blocks(
    samples: list[Sample], points: list[AgencyPoints], plan: Plan, few: Bools | None = None
) -> dict[int, tuple[int, int, int]]:
    """Rank, best and worst rank of every agency with points, within its block; not of those with too `few` sheets."""
    found: dict[int, tuple[int, int, int]] = {}
    for block in sorted(set(plan.agency_blocks)):
        published: dict[int, Decimal] = {}
        exact: list[float] = []
        for agency, each in enumerate(points):
            if plan.agency_blocks[agency] != block or (few is not None and few[agency]):
                continue
            if each.published is not None and each.exact is not None:
                published[agency] = each.published
                exact.append(float(each.exact))
        agencies = list(published)
        lows, highs = holm_rank_sets(np.array(exact), compare(samples, agencies))
        for agency, rank, low, high in zip(agencies, shared_ranks(list(published.values())), lows, highs, strict=True):
            # Rounding may draw level what the tests tell apart: the rank set never excludes the rank itself.
            found[agency] = rank, min(rank, int(low)), max(rank, int(high))
    return found


def heard_parts(tally: Tally, means: Means, plan: Plan, rules: Scoring) -> Ints:
    """Sheets with at least one answer that has a per cent and a weight in the points, by agency.

    Sheets of a group that weighs nothing would otherwise rank an agency that hardly anybody else rated.
    """
    counts = means.in_mean.copy()
    counts[:, plan.blank_slot] = False
    for position, item in enumerate(plan.items):
        if not item.weight or not rules.group_weight(plan.leaves[item.leaf].code, plan.groups[item.group]):
            counts[position] = False
    said = np.zeros(len(tally.parts.agency), dtype=np.bool_)
    said[tally.row_part[counts.ravel()[tally.row_slot % counts.size]]] = True
    return np.bincount(tally.parts.agency[said], minlength=len(plan.agencies))


def _bounds(exact: Fraction | None, half_width: float, maximum: Fraction) -> tuple[float | None, float | None]:
    if exact is None or np.isnan(half_width):
        return None, None
    return max(0.0, float(exact) - half_width), min(float(maximum), float(exact) + half_width)
