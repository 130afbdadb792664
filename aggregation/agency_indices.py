"""Figures of agencies against the rest: Pearson's chi-square of a question's answers, intraclass correlation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregation.distributions import chi2_above, fisher_above
from aggregation.tables import Floats, Ints


@dataclass(frozen=True)
class Contrast:
    """One entry an agency, against all others in one question: chi-square, degrees of freedom, p, Cramer's V."""

    chisq: Floats
    freedom: Ints
    p: Floats
    cramer_v: Floats


@dataclass(frozen=True)
class Clustering:
    """One-way analysis of sheets within agencies: mean squares, effective size, ICC(1), F test, design effect."""

    between: float
    within: float
    size: float
    icc: float
    f: float
    p: float
    design_effect: float


def contrast_agencies(counts: Ints) -> Contrast:
    """Every agency's counts[agency, level] against the sum of the others'; levels nobody chose do not count."""
    whole = counts.sum(axis=0)
    used = counts[:, whole > 0].astype(np.float64)
    rest = used.sum(axis=0) - used
    total = float(used.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        chisq = np.zeros(len(used))
        for part in (used, rest):
            expected = part.sum(axis=1, keepdims=True) * used.sum(axis=0) / total
            chisq += np.where(expected > 0, (part - expected) ** 2 / expected, 0.0).sum(axis=1)
        freedom = np.full(len(used), max(used.shape[1] - 1, 0))
        v = np.sqrt(chisq / total / np.minimum(freedom, 1))
    return Contrast(chisq, freedom, chi2_above(chisq, freedom), v)


def measure_clustering(values: Floats, agency: Ints) -> Clustering | None:
    """How far sheets of one agency are alike in `values`; None without two agencies and a sheet to spare.

    ICC(1) = (MSB - MSW) / (MSB + (n0 - 1) MSW); design effect 1 + (mean size - 1) ICC.
    """
    sizes = np.bincount(agency)
    sizes, labels = sizes[sizes > 0], np.unique(agency, return_inverse=True)[1]
    groups, n = len(sizes), len(values)
    if groups < 2 or n <= groups:
        return None
    means = np.bincount(labels, weights=values) / sizes
    between = float((sizes * (means - values.mean()) ** 2).sum() / (groups - 1))
    within = float(((values - means[labels]) ** 2).sum() / (n - groups))
    size = float((n - (sizes**2).sum() / n) / (groups - 1))
    spread = between + (size - 1) * within
    icc = (between - within) / spread if spread else float("nan")
    f = between / within if within else float("inf") if between else float("nan")  # all sheets alike tell nothing
    p = float(fisher_above(f, groups - 1, n - groups))
    return Clustering(between, within, size, icc, f, p, 1 + (n / groups - 1) * icc)
