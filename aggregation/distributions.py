"""The distributions that significance and intervals are asked of: tails P(X > x) and quantiles.

The functions are SciPy's special ones, on which its scipy.stats stands; importing that would make every start of a
program that computes anything a second longer. Shapes broadcast; values where nothing is defined come out as NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]  # as in aggregation.tables, whose pandas a command that only counts need not load


def normal_above(z: ArrayLike) -> Floats:
    """The standard normal's P(Z > z), exact far out too."""
    return np.asarray(special.ndtr(np.negative(z)), dtype=np.float64)


def normal_quantile(p: ArrayLike) -> Floats:
    """The z with P(Z <= z) = p."""
    return np.asarray(special.ndtri(p), dtype=np.float64)


def student_above(t: ArrayLike, freedom: ArrayLike) -> Floats:
    """Student's P(T > t) for these degrees of freedom."""
    return np.asarray(special.stdtr(freedom, np.negative(t)), dtype=np.float64)


def student_quantile(p: ArrayLike, freedom: ArrayLike) -> Floats:
    """The t with P(T <= t) = p for these degrees of freedom."""
    return np.asarray(special.stdtrit(freedom, p), dtype=np.float64)


def chi2_above(x: ArrayLike, freedom: ArrayLike) -> Floats:
    """Chi-square's P(X > x) for these degrees of freedom."""
    return np.asarray(special.chdtrc(freedom, x), dtype=np.float64)


def chi2_below(x: ArrayLike, freedom: ArrayLike) -> Floats:
    """Chi-square's P(X <= x) for these degrees of freedom."""
    return np.asarray(special.chdtr(freedom, x), dtype=np.float64)


def chi2_median(freedom: ArrayLike) -> Floats:
    """The middle of chi-square for these degrees of freedom."""
    return np.asarray(2 * special.gammaincinv(np.divide(freedom, 2), 0.5), dtype=np.float64)


def fisher_above(f: ArrayLike, above: ArrayLike, below: ArrayLike) -> Floats:
    """Fisher's P(F > f), degrees of freedom of the numerator and of the denominator."""
    return np.asarray(special.fdtrc(above, below, f), dtype=np.float64)


def fisher_quantile(p: ArrayLike, above: ArrayLike, below: ArrayLike) -> Floats:
    """The f with P(F <= f) = p, degrees of freedom of the numerator and of the denominator."""
    return np.asarray(special.fdtri(above, below, p), dtype=np.float64)


def beta_quantile(p: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """The share with P(share <= it) = p under the beta distribution."""
    return np.asarray(special.betaincinv(a, b, p), dtype=np.float64)


def poisson_from(count: ArrayLike, mean: ArrayLike) -> Floats:
    """Poisson's P(X >= count)."""
    above = np.asarray(count, dtype=np.float64) - 1
    return np.where(above < 0, 1.0, special.pdtrc(np.maximum(above, 0.0), mean))


def hypergeometric_from(marked: int, whole: int, drawn: int) -> Floats:
    """P(X >= k) for k = 0 .. drawn + 1, X of the marked being among so many drawn of the whole.

    Each term follows from its neighbour, from the likeliest outwards, and all of them add up to one.
    """
    low, high = max(0, drawn - (whole - marked)), min(drawn, marked)
    k = np.arange(low + 1, high + 1)
    ratios = (marked - k + 1) / k * ((drawn - k + 1) / (whole - marked - drawn + k))
    middle = int(np.count_nonzero(ratios > 1))
    up, down = np.cumprod(ratios[middle:]), np.cumprod(1 / ratios[:middle][::-1])[::-1]
    terms = np.concatenate((down, [1.0], up))
    tails = np.cumsum(terms[::-1])[::-1] / terms.sum()
    return np.concatenate((np.ones(low), tails, np.zeros(drawn + 1 - high)))
