"""What so many calls of a recheck detect, and what a share found is bounded by. Knows counts alone; shares are 0..1."""

from __future__ import annotations

import math
from fractions import Fraction

from aggregation.distributions import beta_quantile, hypergeometric_from

LEVEL = 0.95


def find_forged(share: Fraction, population: int) -> int:
    """How many of a cell are forged when this share is: rounded up, so that a share above 0 is one sheet at least."""
    return math.ceil(share * population)


def detect(population: int, forged: int, calls: int, sense: Fraction = Fraction(1)) -> Fraction:
    """The chance that `calls` drawn without return meet one of `forged` among `population` and recognise it, exactly.

    Hypergeometric, accepting on zero: P = 1 - sum_k h(k) (1 - sense)^k; with sense 1, 1 - C(N-D, n) / C(N, n).
    """
    calls = min(calls, population)
    whole = math.comb(population, calls)
    missed = sum(
        math.comb(forged, met) * math.comb(population - forged, calls - met) * (1 - sense) ** met
        for met in range(min(forged, calls) + 1)
    )
    return 1 - Fraction(missed) / whole


def find_calls(population: int, forged: int, chance: Fraction, sense: Fraction = Fraction(1)) -> int | None:
    """The fewest calls that detect with at least this chance; None where even calling everybody does not."""
    low, high = 0, population
    if detect(population, forged, high, sense) < chance:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if detect(population, forged, middle, sense) >= chance else (middle + 1, high)
    return low


def bound_share(found: int, asked: int, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of Clopper and Pearson (1934) for a share: found of asked; (0, 1) where nobody was asked."""
    if not asked:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = 0.0 if not found else float(beta_quantile(tail, found, asked - found + 1))
    high = 1.0 if found == asked else float(beta_quantile(1 - tail, found + 1, asked - found))
    return low, high


def compare_shares(found: int, asked: int, found_elsewhere: int, asked_elsewhere: int) -> float:
    """Fisher's exact test, one-sided: the chance of so many or more here, if here were like elsewhere."""
    marked, whole = found + found_elsewhere, asked + asked_elsewhere
    return float(hypergeometric_from(marked, whole, asked)[found])
