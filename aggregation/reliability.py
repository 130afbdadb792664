"""Whether a questionnaire's questions measure one thing: Cronbach's alpha with Feldt's interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregation.distributions import fisher_quantile
from aggregation.tables import Floats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Reliability:
    """Alpha over n sheets and k questions; NaN where it cannot be said. `standardised`: from correlations alone."""

    n: int
    k: int
    alpha: float
    standardised: float
    mean_correlation: float
    low: float
    high: float


def measure_reliability(values: Floats) -> Reliability:
    """Alpha of values[sheet, question] (NaN: no answer) over the sheets that answer every question.

    alpha = k / (k - 1) (1 - sum of variances / variance of the sum); interval after Feldt (1965).
    """
    whole = values[~np.isnan(values).any(axis=1)]
    n, k = whole.shape
    if n < 2 or k < 2:
        return Reliability(n, k, *[float("nan")] * 5)
    alpha, standardised, mean = _alphas(np.cov(whole, rowvar=False))
    tail = (1 - CONFIDENCE) / 2
    high, low = (1 - (1 - alpha) * fisher_quantile(share, n - 1, (n - 1) * (k - 1)) for share in (tail, 1 - tail))
    return Reliability(n, k, alpha, standardised, mean, float(low), float(high))


def pairwise_alpha(values: Floats) -> tuple[float, float]:
    """Alpha and standardised alpha where each pair of questions takes all sheets that answer both."""
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    n = known.T.astype(np.float64) @ known
    sums = filled.T @ known
    alpha, standardised, _ = _alphas((filled.T @ filled - sums * sums.T / n) / (n - 1))
    return alpha, standardised


def _alphas(covariance: Floats) -> tuple[float, float, float]:
    k, whole, sd = len(covariance), covariance.sum(), np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = float((covariance / np.outer(sd, sd))[np.tril_indices(k, -1)].mean())
    alpha = k / (k - 1) * (1 - np.trace(covariance) / whole) if whole else float("nan")
    return float(alpha), k * mean / (1 + (k - 1) * mean), mean
