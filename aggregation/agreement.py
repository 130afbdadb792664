"""Two answers of one person to one question, held against each other: what phuc tra finds when it asks again.

Levels are positions on their scale, 1 the worst, K the best, NaN where there is no answer; a pair without both is left
out. Coefficients: Cohen (1968) weighted kappa; Gwet (2014) AC1 and AC2; Krippendorff (2011) alpha for two coders, pairs
without a gap. Alpha, ordinal, is the one to print: AC2 with quadratic weights calls chance agreement substantial where
nearly all answers lie on two levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from aggregation.distributions import student_above, student_quantile
from aggregation.tables import Floats

CONFIDENCE = 0.95

Metric = Literal["nominal", "ordinal", "interval"]
Weights = Literal["identity", "linear", "quadratic"]


@dataclass(frozen=True)
class Agreement:
    """How far second answers repeat the first; NaN where it cannot be said (no pair, or one level alone was used).

    exact, within_one: shares of the n pairs, 0..1. The coefficients are 1 for full agreement and 0 for chance's.
    """

    n: int
    exact: float
    within_one: float
    alpha_nominal: float
    alpha_ordinal: float
    alpha_interval: float
    kappa: float
    kappa_linear: float
    kappa_quadratic: float
    ac1: float
    ac2_linear: float
    ac2_quadratic: float


@dataclass(frozen=True)
class Shift:
    """Second answers less the first, in the unit of the values given: mean, its error and 95 % interval (Student's t).

    response_variance: half the variance of the gaps; reliability: 1 - response_variance / variance of second answers.
    """

    n: int
    clusters: int
    mean: float
    sd: float
    se: float
    low: float
    high: float
    t: float
    p: float
    response_variance: float
    reliability: float


def measure_agreement(first: ArrayLike, again: ArrayLike, levels: int) -> Agreement:
    """The agreement of pairs of levels 1..`levels`; ValueError for a level outside."""
    pairs = count_pairs(first, again, levels)
    n, gap = int(pairs.sum()), np.abs(np.subtract.outer(np.arange(levels), np.arange(levels)))
    return Agreement(
        n=n,
        exact=_divide(float(np.trace(pairs)), n),
        within_one=_divide(float(pairs[gap <= 1].sum()), n),
        alpha_nominal=krippendorff_alpha(pairs, "nominal"),
        alpha_ordinal=krippendorff_alpha(pairs, "ordinal"),
        alpha_interval=krippendorff_alpha(pairs, "interval"),
        kappa=cohen_kappa(pairs, "identity"),
        kappa_linear=cohen_kappa(pairs, "linear"),
        kappa_quadratic=cohen_kappa(pairs, "quadratic"),
        ac1=gwet_ac(pairs, "identity"),
        ac2_linear=gwet_ac(pairs, "linear"),
        ac2_quadratic=gwet_ac(pairs, "quadratic"),
    )


def count_pairs(first: ArrayLike, again: ArrayLike, levels: int) -> Floats:
    """How many pairs said level k first and level l again: [levels, levels]."""
    one, two = _complete(first, again)
    if len(one) and (min(one.min(), two.min()) < 1 or max(one.max(), two.max()) > levels):
        raise ValueError(f"levels lie in 1..{levels}")
    cells = (one.astype(np.int64) - 1) * levels + two.astype(np.int64) - 1
    return np.bincount(cells, minlength=levels * levels).reshape(levels, levels).astype(np.float64)


def krippendorff_alpha(pairs: Floats, metric: Metric = "ordinal") -> float:
    """1 - observed / expected disagreement; ordinal distance: (sum of n over the levels between, ends halved)^2."""
    both = pairs + pairs.T
    n, whole = both.sum(axis=0), both.sum()
    place = np.arange(len(n), dtype=np.float64)
    if metric == "nominal":
        distance = (place[:, None] != place[None, :]).astype(np.float64)
    else:
        ranks = np.cumsum(n) - n / 2 if metric == "ordinal" else place
        distance = np.subtract.outer(ranks, ranks) ** 2
    expected = float((np.outer(n, n) * distance).sum())
    return 1 - _divide(float((whole - 1) * (both * distance).sum()), expected)


def cohen_kappa(pairs: Floats, weights: Weights = "identity") -> float:
    """(observed - expected) / (1 - expected) with the two margins' expectation."""
    share = _shares(pairs)
    weight = _weights(len(pairs), weights)
    expected = float((weight * np.outer(share.sum(axis=1), share.sum(axis=0))).sum())
    return _divide(float((weight * share).sum()) - expected, 1 - expected)


def gwet_ac(pairs: Floats, weights: Weights = "identity") -> float:
    """Gwet's AC1 (identity) or AC2: expectation from the mean margin."""
    share, levels = _shares(pairs), len(pairs)
    weight = _weights(levels, weights)
    margin = (share.sum(axis=0) + share.sum(axis=1)) / 2
    expected = float(weight.sum() / (levels * (levels - 1)) * (margin * (1 - margin)).sum())
    return _divide(float((weight * share).sum()) - expected, 1 - expected)


def measure_shift(first: ArrayLike, again: ArrayLike, clusters: Sequence[object] | None = None) -> Shift:
    """The mean of `again - first` with its interval; `clusters`: whose pair each is, as a person's are not independent.

    Values in any unit (per cent of the maximum, say), NaN for none. Linearised by cluster, with one degree of freedom
    fewer than there are clusters; without `clusters` every pair is its own: the paired t test.
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(again, dtype=np.float64)
    known = ~np.isnan(one) & ~np.isnan(two)
    gap = (two - one)[known]
    whose = np.arange(len(gap)) if clusters is None else pd.factorize(np.asarray(clusters, dtype=object)[known])[0]
    n, size = len(gap), int(whose.max(initial=-1)) + 1
    mean = _divide(float(gap.sum()), n)
    influence = np.bincount(whose, weights=(gap - mean) / max(n, 1), minlength=size)
    se = float(np.sqrt(size / (size - 1) * (influence**2).sum())) if size > 1 else float("nan")
    half = float(student_quantile(0.5 + CONFIDENCE / 2, size - 1)) * se if size > 1 else float("nan")
    t = _divide(mean, se)
    sd = float(gap.std(ddof=1)) if n > 1 else float("nan")
    spread = float(two[known].var(ddof=1)) if n > 1 else float("nan")
    p = float(2 * student_above(abs(t), size - 1)) if size > 1 else float("nan")
    return Shift(n, size, mean, sd, se, mean - half, mean + half, t, p, sd**2 / 2, 1 - _divide(sd**2 / 2, spread))


def compare_sheets(pairs: pd.DataFrame) -> pd.DataFrame:
    """Of pairs (sheet, first, again; levels): sheet, n, n_differing, n_far (by more than one), shares of both."""
    known = pairs["first"].notna() & pairs["again"].notna()
    gap = (pairs["again"].astype(float) - pairs["first"].astype(float)).abs()
    marked = pd.DataFrame({"sheet": pairs["sheet"], "n": known, "n_differing": gap > 0, "n_far": gap > 1})
    table = marked.groupby("sheet", sort=True)[["n", "n_differing", "n_far"]].sum().reset_index()
    table["differing"], table["far"] = table["n_differing"] / table["n"], table["n_far"] / table["n"]
    return table


def _complete(first: ArrayLike, again: ArrayLike) -> tuple[Floats, Floats]:
    one, two = np.asarray(first, dtype=np.float64), np.asarray(again, dtype=np.float64)
    known = ~np.isnan(one) & ~np.isnan(two)
    return one[known], two[known]


def _weights(levels: int, kind: Weights) -> Floats:
    gap = np.abs(np.subtract.outer(np.arange(levels), np.arange(levels))) / max(levels - 1, 1)
    return np.asarray(gap == 0 if kind == "identity" else 1 - gap if kind == "linear" else 1 - gap**2, dtype=np.float64)


def _shares(pairs: Floats) -> Floats:
    whole = pairs.sum()
    return pairs / whole if whole else np.full(pairs.shape, np.nan)


def _divide(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
