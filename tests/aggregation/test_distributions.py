"""The distributions against SciPy's own, with the numbers of degrees, cells and tails that a campaign has."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import stats

from aggregation import distributions as ours

Z = np.array([-37.0, -8.2, -1.96, -0.1, 0.0, 0.4, 1.96, 5.0, 30.0])
P = np.array([1e-12, 0.001, 0.025, 0.3, 0.5, 0.95, 0.975, 1 - 1e-9])
FREEDOM = np.array([1.0, 1.7, 4.0, 33.5, 2000.0, 1e7])[:, None]
POSITIVE = np.array([0.0, 1e-6, 0.3, 1.0, 7.5, 120.0])


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (lambda: ours.normal_above(Z), lambda: stats.norm.sf(Z)),
        (lambda: ours.normal_quantile(P), lambda: stats.norm.ppf(P)),
        (lambda: ours.student_above(Z, FREEDOM), lambda: stats.t.sf(Z, FREEDOM)),
        (lambda: ours.student_quantile(P, FREEDOM), lambda: stats.t.ppf(P, FREEDOM)),
        (lambda: ours.chi2_above(POSITIVE, FREEDOM), lambda: stats.chi2.sf(POSITIVE, FREEDOM)),
        (lambda: ours.chi2_below(POSITIVE, FREEDOM), lambda: stats.chi2.cdf(POSITIVE, FREEDOM)),
        (lambda: ours.chi2_median(FREEDOM), lambda: stats.chi2.median(FREEDOM)),
        (lambda: ours.fisher_above(POSITIVE, 5, FREEDOM), lambda: stats.f.sf(POSITIVE, 5, FREEDOM)),
        (lambda: ours.fisher_quantile(P, 5, FREEDOM), lambda: stats.f.ppf(P, 5, FREEDOM)),
        (lambda: ours.beta_quantile(P, 3.5, FREEDOM), lambda: stats.beta.ppf(P, 3.5, FREEDOM)),
        (lambda: ours.poisson_from(np.arange(40.0), 3.3), lambda: stats.poisson.sf(np.arange(40.0) - 1, 3.3)),
    ],
    ids=[
        *("above", "quantile", "t", "t-quantile", "chi2", "chi2-below", "chi2-median"),
        *("f", "f-quantile", "beta", "poisson"),
    ],
)
def test_a_distribution_says_what_scipy_says(found: Callable[[], Any], expected: Callable[[], Any]) -> None:
    np.testing.assert_allclose(found(), expected(), rtol=1e-12, atol=0)


@pytest.mark.parametrize("freedom", [0.0, -1.0, float("nan")])
def test_without_degrees_of_freedom_nothing_is_said(freedom: float) -> None:
    assert np.isnan(ours.student_quantile(0.975, freedom))


def test_student_with_endless_freedom_is_normal() -> None:
    assert ours.student_quantile(0.975, np.inf) == pytest.approx(stats.norm.ppf(0.975), rel=1e-12)


@pytest.mark.parametrize(
    ("marked", "whole", "drawn"),
    [*product([0, 1, 7, 19, 20], [20], [1, 13, 20]), (300, 2000, 55), (1999, 2000, 700), (40, 50_000, 1_000)],
)
def test_of_marked_ones_among_those_drawn(marked: int, whole: int, drawn: int) -> None:
    k = np.arange(drawn + 2)
    expected = stats.hypergeom.sf(k - 1, whole, marked, drawn)
    np.testing.assert_allclose(ours.hypergeometric_from(marked, whole, drawn), expected, rtol=1e-10, atol=1e-300)


def test_scoring_starts_without_the_slow_part_of_scipy() -> None:
    program = "import sys, aggregation.scores, aggregation.quality; print('scipy.stats' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
