"""How often a reader is silently wrong at most, from answers that a person looked at blindly. Knows no database.

The bound is one-sided, 95 %, of Clopper and Pearson with the effective number of answers in place of their number (Korn
and Graubard 1998, Survey Methodology 24, 193-201). Answers of one sheet share its pen and its scan, so the effective
number is Kish's for sheets whose answers are all right or all wrong: (sum of n)^2 / (sum of n^2) over the n answers
looked at on each sheet. That is the worst case; where every sheet gave one answer it is their number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from aggregation.distributions import beta_quantile

LEVEL = 0.95
ENOUGH = 300  # with fewer, not even a check without any error shows that less than 1 % are wrong


@dataclass(frozen=True)
class Checked:
    """An answer that was looked at: its sheet's key, its boxes, the reader's claim (0..1), and what came of it.

    `is_open`: reader and second look differ, and nobody has decided yet.
    """

    sheet: int
    boxes: int
    confidence: float
    is_wrong: bool
    is_open: bool


@dataclass(frozen=True)
class ReaderBound:
    """Answers looked at on how many sheets; wrong and undecided ones; shares of answers, 0..1.

    `upper`: the bound, in which undecided answers count as wrong; `claimed`: the share that the reader itself expects
    to be wrong; `effective`: the effective number of answers.
    """

    looked: int
    sheets: int
    boxes: int
    wrong: int
    open: int
    effective: float
    upper: float
    claimed: float

    @property
    def is_enough(self) -> bool:
        """Whether so many were looked at that the bound says something."""
        return self.effective >= ENOUGH

    @property
    def upper_per_thousand(self) -> float:
        """Wrong answers in a thousand answers, at most."""
        return 1000 * self.upper

    @property
    def upper_per_million_boxes(self) -> float:
        """Wrong answers in a million boxes, at most."""
        return 1e6 * self.upper * self.looked / self.boxes if self.boxes else 1e6

    @property
    def claimed_per_thousand(self) -> float:
        """Wrong answers in a thousand answers, as the reader itself expects."""
        return 1000 * self.claimed


def bound_errors(checked: Iterable[Checked]) -> ReaderBound:
    """The bound; 1 where nothing was looked at."""
    answers = list(checked)
    looked = len(answers)
    by_sheet = Counter(one.sheet for one in answers)
    wrong, undecided = sum(one.is_wrong for one in answers), sum(one.is_open for one in answers)
    effective = looked**2 / sum(count**2 for count in by_sheet.values()) if looked else 0.0
    return ReaderBound(
        looked=looked,
        sheets=len(by_sheet),
        boxes=sum(one.boxes for one in answers),
        wrong=wrong,
        open=undecided,
        effective=effective,
        upper=_upper((wrong + undecided) / looked, effective) if looked else 1.0,
        claimed=sum(1 - one.confidence for one in answers) / looked if looked else 0.0,
    )


def _upper(share: float, number: float) -> float:
    """Clopper and Pearson's one-sided upper bound of a share that was found among a number, which may be broken."""
    if share >= 1:
        return 1.0
    return float(beta_quantile(LEVEL, share * number + 1, (1 - share) * number))
