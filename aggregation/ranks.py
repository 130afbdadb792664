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

from aggregation.distributions import normal_above, normal_quantile
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
    covariance: [agency, agency], or variances [agency] where no two are correlated.
    """
    size = len(points)
    p, better, worse = _small_p(points, covariance, level)
    order = np.argsort(p, kind="stable")
    # Pairs with a greater p than the level are apart in no step, so that the others keep their places in the order.
    steps = size * (size - 1) // 2 - np.arange(len(p))
    apart = order[np.maximum.accumulate(p[order] * steps) < level] if len(p) else order
    return 1 + np.bincount(worse[apart], minlength=size), size - np.bincount(better[apart], minlength=size)


def _small_p(points: Floats, covariance: Floats, level: float) -> tuple[Floats, Ints, Ints]:
    """Every pair whose p is below the level: p, the better one, the worse one. Row by row, as pairs are many."""
    variance = np.diag(covariance) if covariance.ndim == 2 else covariance
    least = -normal_quantile(level / 2)
    found: list[tuple[Floats, Ints, Ints]] = [(np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for left in range(len(points) - 1):
        gap = points[left] - points[left + 1 :]
        spread = variance[left] + variance[left + 1 :]
        if covariance.ndim == 2:
            spread = spread - 2 * covariance[left, left + 1 :]
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.abs(gap) / np.sqrt(np.maximum(spread, 0.0))
        known = np.flatnonzero((z > least) & (gap != 0))
        right = left + 1 + known
        up = gap[known] > 0
        found.append((2 * normal_above(z[known]), np.where(up, left, right), np.where(up, right, left)))
    p, better, worse = (np.concatenate(column) for column in zip(*found, strict=True))
    return p, better, worse


def find_grade(published: Decimal, maximum: Fraction, bands: Sequence[Band]) -> str | None:
    """The band with the highest lower bound that the published points reach, in per cent of the maximum; or None."""
    percent = Fraction(published) * 100 / maximum
    reached = [band for band in bands if percent >= Fraction(band.lower)]
    return max(reached, key=lambda band: band.lower).name if reached else None
