"""Ranks on the published value, and how far each rank is known: rank sets from pairwise tests, Holm-adjusted.

Comparing whether intervals overlap would be too cautious, resampling ranks too bold where scores are close: Wright,
Klein, Wieczorek, Ranking populations based on sample survey data (US Census Bureau, RRS 2014-12); Mogstad, Romano,
Shaikh, Wilhelm, Inference for ranks (2023), doi 10.1093/restud/rdad006.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
from scipy.stats import norm

from aggregation.tables import Floats, Ints
from forms.rules import Band


def shared_ranks(values: Sequence[Decimal]) -> list[int]:
    """The rank of every value, highest first, equal values sharing the better rank: 1-2-2-4."""
    first: dict[Decimal, int] = {}
    for position, value in enumerate(sorted(values, reverse=True), start=1):
        first.setdefault(value, position)
    return [first[value] for value in values]


def holm_rank_sets(points: Floats, covariance: Floats, level: float = 0.05) -> tuple[Ints, Ints]:
    """The best and the worst rank that the data allow each agency, all true together with probability 1 - level.

    Best: 1 + the agencies significantly better; worst: all less those significantly worse. Two-sided normal tests of
    every pair. A pair whose variance is unknown (NaN) is never told apart, and still counts as a comparison.
    """
    size = len(points)
    left, right = np.triu_indices(size, 1)
    gap = points[left] - points[right]
    spread = covariance[left, left] + covariance[right, right] - 2 * covariance[left, right]
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * norm.sf(np.abs(gap) / np.sqrt(np.maximum(spread, 0.0)))
    p = np.where(gap == 0, 1.0, np.where(np.isnan(spread), 1.0, p))
    order = np.argsort(p, kind="stable")
    adjusted = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    apart = np.zeros(len(p), dtype=np.bool_)
    apart[order] = adjusted < level
    worse = np.where(gap > 0, right, left)[apart]
    better = np.where(gap > 0, left, right)[apart]
    return 1 + np.bincount(worse, minlength=size), size - np.bincount(better, minlength=size)


def find_grade(published: Decimal, maximum: Fraction, bands: Sequence[Band]) -> str | None:
    """The band with the highest lower bound that the published points reach, in per cent of the maximum; or None."""
    percent = Fraction(published) * 100 / maximum
    reached = [band for band in bands if percent >= Fraction(band.lower)]
    return max(reached, key=lambda band: band.lower).name if reached else None
