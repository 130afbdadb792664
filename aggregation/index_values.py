"""What the index is made of: one agency, one block, the whole. Values only, exact; knows no words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from forms.campaign import Agency
from forms.index_points import GivenPoints, PreviousTotal
from forms.index_rules import IndexRules
from forms.rules import Scoring

Unit = Literal["points", "percent"]
Told = Literal["up", "down", "same"]


@dataclass(frozen=True)
class Noise:
    """A change beside what sampling alone makes, in the block's unit: both years' errors, half width of the 95 % band.

    told: up or down where Holm's adjusted p over the block is below 5 %, else same.
    """

    se: float
    se_before: float
    half_width: float
    p: float
    p_holm: float
    told: Told


@dataclass(frozen=True)
class AgencyIndex:
    """One agency. Points are exact and after the limits; None where they are not known.

    parts: criterion by criterion, then bonus and penalty. appraised: with the external points, which index.csv has no
    column for; external: these alone, None where there are none. maximum: of its block. published: the total as it is
    published; stated: it comes from a row TOTAL because its parts are not all known. change: on last year's total,
    higher is better, in the block's unit; rank_change: places gained. se: of the total, in points; None where it is not
    known. too_few: its survey has fewer valid sheets than the rules rank from, so neither rank nor grade. veiled: so
    few that the public is not told its total, from which the appraised points could be taken away. noise: how far two
    totals may lie apart by sampling alone.
    """

    agency: Agency
    maximum: Fraction
    parts: tuple[GivenPoints, ...] = ()
    survey: Fraction | None = None
    appraised: Fraction | None = None
    external: Fraction | None = None
    bonus: Fraction = Fraction(0)
    penalty: Fraction = Fraction(0)
    published: Decimal | None = None
    stated: GivenPoints | None = None
    grade: str = ""
    rank: int | None = None
    previous: PreviousTotal | None = None
    change: Decimal | None = None
    previous_rank: int | None = None
    se: float | None = None
    too_few: bool = False
    veiled: bool = False
    noise: Noise | None = None

    @property
    def rank_change(self) -> int | None:
        """Places gained on last year, below 0 where it fell; None where either rank is not known."""
        return None if self.rank is None or self.previous_rank is None else self.previous_rank - self.rank

    @property
    def council(self) -> Fraction | None:
        """The appraised points without the external ones."""
        return self.appraised if self.appraised is None or self.external is None else self.appraised - self.external

    @property
    def percent(self) -> Fraction | None:
        """The published total in per cent of the maximum."""
        return None if self.published is None else Fraction(self.published) * 100 / self.maximum


@dataclass(frozen=True)
class BlockIndex:
    """One block: its agencies in rank order, those without a rank last; `unit` of changes: points, or per cent of the
    maximum where last year's maximum was another."""

    code: str
    name: str
    maximum: Fraction
    unit: Unit
    agencies: tuple[AgencyIndex, ...]

    @property
    def ranked(self) -> tuple[AgencyIndex, ...]:
        """The agencies that have a total."""
        return tuple(each for each in self.agencies if each.published is not None)

    @property
    def placed(self) -> tuple[AgencyIndex, ...]:
        """The agencies that have a total and a rank."""
        return tuple(each for each in self.ranked if each.rank is not None)

    def mean(self) -> Fraction | None:
        """The mean of the published totals."""
        totals = [Fraction(each.published) for each in self.ranked if each.published is not None]
        return sum(totals, Fraction(0)) / len(totals) if totals else None

    def mean_change(self) -> Fraction | None:
        """The mean change of the agencies that have one."""
        changes = [Fraction(each.change) for each in self.agencies if each.change is not None]
        return sum(changes, Fraction(0)) / len(changes) if changes else None


@dataclass(frozen=True)
class Index:
    """The whole index, in the campaign's order of blocks."""

    blocks: tuple[BlockIndex, ...]
    scoring: Scoring
    rules: IndexRules
    left_out: frozenset[tuple[str, str]] = frozenset()
