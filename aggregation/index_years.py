"""Ranks within a block, this year's and last year's, and the change between them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from aggregation.index_values import AgencyIndex, Unit
from aggregation.ranks import shared_ranks
from aggregation.rounding import half_up


def compare_years(agencies: list[AgencyIndex], places: int) -> tuple[Unit, list[AgencyIndex]]:
    """Ranks of both years within a block, and the change; by per cent of the maximum where the maxima differ."""
    before = [each for each in agencies if each.previous is not None]
    unit: Unit = "points"
    if any(_maximum(each) != each.maximum for each in before):
        unit = "percent"
    ranks = _rank(
        {each.agency.code: each.published for each in agencies if each.published is not None and not each.too_few}
    )
    shares = {each.agency.code: _earlier_percent(each) for each in before}
    earlier = _rank({code: share for code, share in shares.items() if share is not None})
    compared = []
    for each in agencies:
        code = each.agency.code
        change = None
        if each.published is not None and each.percent is not None and each.previous is not None:
            now, then = Fraction(each.published), each.previous.total
            if unit == "percent":
                now, then = each.percent, each.previous.total * 100 / _maximum(each)
            change = half_up(now - then, places)
        compared.append(replace(each, rank=ranks.get(code), previous_rank=earlier.get(code), change=change))
    return unit, compared


def _maximum(each: AgencyIndex) -> Fraction:
    """Last year's maximum of an agency."""
    given = each.previous.maximum if each.previous is not None else None
    return each.maximum if given is None else given


def _earlier_percent(each: AgencyIndex) -> Decimal | None:
    """Last year's total in per cent of its maximum, with more places than any two totals could differ in."""
    return None if each.previous is None else half_up(each.previous.total * 100 / _maximum(each), 12)


def _rank(totals: dict[str, Decimal]) -> dict[str, int]:
    return dict(zip(totals, shared_ranks(list(totals.values())), strict=True))


def in_rank_order(agencies: list[AgencyIndex]) -> tuple[AgencyIndex, ...]:
    """Highest first, those without a rank last, equal ones in the campaign's order."""
    return tuple(sorted(agencies, key=lambda each: (each.rank is None, each.rank or 0)))
