"""How much a count proves: upper bounds of an error rate, boxes taken one by one and taken sheet by sheet.

`independent` is Clopper and Pearson's bound as if every box erred on its own. Boxes of one sheet share a pen and a scan
(those of one source page a hand), so what they prove is less. `by_sheet` is the largest of that bound and two more:

- bootstrap: sheets drawn anew with replacement, the 95th percentile of the error rate. With no error at all every draw
  has none, and with errors on a handful of sheets it is known to be too tight: hence the next.
- effective count: Korn and Graubard (Survey Methodology 24, 1998, p. 193): Clopper and Pearson on the counts divided by
  the design effect, with their correction for few sheets. The design effect is measured on the errors themselves where
  at least MANY sheets hold one. Below that the caller says what to assume: for wrong boxes that of the doubtful answers
  of the same run, for what makes a reader doubt is what makes it err, and at least WHOLE_ANSWER, for a swapped answer
  is two wrong boxes at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, t

LEVEL = 0.95
MANY = 5
WHOLE_ANSWER = 2.0
ROUNDS = 2000

Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Bounds:
    """95 % upper bounds of a share 0..1, and the design effect the second rests on."""

    independent: float
    by_sheet: float
    design_effect: float


def upper_bound(wrong: float, decided: float) -> float:
    """Clopper and Pearson's one-sided 95 % upper bound of a share; 1 where nothing was decided."""
    return float(beta.ppf(LEVEL, wrong + 1, decided - wrong)) if decided > wrong else 1.0


def interval(right: float, count: float) -> tuple[float, float]:
    """Clopper and Pearson's two-sided 95 % interval of a share."""
    tail = (1 - LEVEL) / 2
    low = float(beta.ppf(tail, right, count - right + 1)) if right > 0 else 0.0
    high = float(beta.ppf(1 - tail, right + 1, count - right)) if right < count else 1.0
    return low, high


def design_effect(errors: ArrayLike, sizes: ArrayLike) -> float:
    """How many times the variance of the error rate is that of independent boxes; at least 1.

    `errors` and `sizes`: errors and boxes of each sheet. The variance of a ratio by linearisation (Cochran, Sampling
    Techniques, 1977, section 6.3).
    """
    wrong, count = np.asarray(errors, np.float64), np.asarray(sizes, np.float64)
    total, sheets = count.sum(), len(count)
    rate = wrong.sum() / total if total else 0.0
    if sheets < 2 or not 0 < rate < 1:
        return 1.0
    between = sheets / (sheets - 1) * np.square(wrong - rate * count).sum() / total**2
    return max(1.0, float(between / (rate * (1 - rate) / total)))


def bootstrap_bound(errors: ArrayLike, sizes: ArrayLike, rounds: int = ROUNDS, seed: int = 1) -> float:
    """The 95th percentile of the error rate over sheets drawn anew with replacement; 0 where nothing erred."""
    wrong, count = np.asarray(errors, np.float64), np.asarray(sizes, np.float64)
    if not wrong.any():
        return 0.0
    draws = np.random.default_rng(seed).multinomial(len(count), np.full(len(count), 1 / len(count)), size=rounds)
    boxes = draws @ count
    return float(np.quantile((draws @ wrong)[boxes > 0] / boxes[boxes > 0], LEVEL))


def effective_bound(wrong: float, decided: float, effect: float, sheets: int) -> float:
    """Clopper and Pearson on counts divided by a design effect, widened for few sheets; 1 with fewer than two."""
    if sheets < 2 or decided < 2:
        return 1.0
    few = float((t.ppf(LEVEL, decided - 1) / t.ppf(LEVEL, sheets - 1)) ** 2)
    count = min(decided, decided / effect * few)
    return upper_bound(wrong / decided * count, count)


def find_bounds(errors: ArrayLike, sizes: ArrayLike, stand_in: float = 1.0) -> Bounds:
    """Both bounds of an error rate; `stand_in`: a design effect to assume where too few sheets err to measure one."""
    wrong, count = np.asarray(errors, np.float64), np.asarray(sizes, np.float64)
    effect = design_effect(wrong, count)
    if np.count_nonzero(wrong) < MANY:
        effect = max(effect, stand_in)
    alone = upper_bound(float(wrong.sum()), float(count.sum()))
    shared = effective_bound(float(wrong.sum()), float(count.sum()), effect, int(np.count_nonzero(count)))
    return Bounds(alone, max(alone, shared, bootstrap_bound(wrong, count)), effect)
