"""A computed index held against what was published of it, figure by figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from aggregation.index_values import AgencyIndex, BlockIndex, Index
from aggregation.rounding import half_up
from forms.numbers import find_number
from forms.published import PublishedFigure


@dataclass(frozen=True)
class Comparison:
    """A published figure, the computed one to as many places (None: there is none), and whether they are the same."""

    figure: PublishedFigure
    name: str
    computed: Decimal | str | None
    agrees: bool


def compare_published(index: Index, figures: Sequence[PublishedFigure]) -> tuple[Comparison, ...]:
    """Every figure beside what the index gives, in the order of the figures."""
    blocks = {block.code: block for block in index.blocks}
    agencies = {each.agency.code: each for block in index.blocks for each in block.agencies}
    found = []
    for figure in figures:
        if figure.code in agencies:
            name, value = agencies[figure.code].agency.name, _of_agency(agencies[figure.code], figure.measure)
        elif figure.code in blocks:
            name, value = blocks[figure.code].name, _of_block(blocks[figure.code], figure.measure)
        else:
            continue
        found.append(_compare(figure, name, value))
    return tuple(found)


def _compare(figure: PublishedFigure, name: str, value: Fraction | str | None) -> Comparison:
    written = find_number(figure.value)
    if isinstance(value, str) or value is None or written is None:
        return Comparison(figure, name, value if isinstance(value, str) else None, value == figure.value)
    places = max(0, -int(written.as_tuple().exponent))
    if figure.measure == "above":
        return Comparison(figure, name, half_up(value, max(places, 2)), value > Fraction(written))
    computed = half_up(value, places)
    return Comparison(figure, name, computed, computed == written)


def _of_agency(each: AgencyIndex, measure: str) -> Fraction | str | None:
    if measure == "grade":
        return each.grade
    value = {"total": each.published, "rank": each.rank, "change": each.change}[measure]
    return None if value is None else Fraction(value)


def _of_block(block: BlockIndex, measure: str) -> Fraction | str | None:
    if measure == "grade":
        return ", ".join(dict.fromkeys(each.grade for each in block.ranked if each.grade))
    if measure == "above":
        totals = [Fraction(each.published) for each in block.ranked if each.published is not None]
        return min(totals, default=None)
    return block.mean() if measure == "mean" else block.mean_change()
