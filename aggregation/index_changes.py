"""What differs between two editions of the index: totals, ranks, grades, and every criterion's points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from aggregation.csv_files import csv_bytes, plain_text
from aggregation.index_marks import figures_made_up
from aggregation.index_values import Index
from aggregation.rounding import half_up
from forms.words import text

Points = Mapping[tuple[str, str, str], Decimal | None]
Totals = Mapping[str, tuple[Decimal | None, int | None, str]]
SIDES = ("before", "after")
CHANGE_COLUMNS = ("agency", "what", "before", "after", "petition", "why", "note")
_PLACES = 10


class Figures(NamedTuple):
    """What an edition said, or an index would say now; `made_up`: (agency, what) of the figures that are."""

    totals: Totals
    points: Points
    made_up: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Change:
    """One figure of an agency that differs; `what`: total, rank, grade or a criterion's code.

    `made_up`: of which sides, before or after, the figure is made up.
    """

    agency: str
    what: str
    before: str
    after: str
    petition: str = ""
    why: str = ""
    made_up: tuple[str, ...] = ()


def index_totals(index: Index) -> dict[str, tuple[Decimal | None, int | None, str]]:
    """Published total, rank and grade by agency."""
    return {
        each.agency.code: (each.published, each.rank, each.grade) for block in index.blocks for each in block.agencies
    }


def index_points(index: Index) -> dict[tuple[str, str, str], Decimal | None]:
    """Points by (agency, criterion, kind); a bonus or a penalty goes by its kind, after its limit."""
    found: dict[tuple[str, str, str], Decimal | None] = {}
    for block in index.blocks:
        for each in block.agencies:
            for one in each.parts:
                points = None if one.points is None else half_up(one.points, _PLACES).normalize()
                found[each.agency.code, one.criterion or one.kind.upper(), one.kind] = points
    return found


def index_figures(index: Index) -> Figures:
    """What an index would say."""
    return Figures(index_totals(index), index_points(index), figures_made_up(index))


def find_changes(
    before: Figures, after: Figures, reasons: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[Change, ...]:
    """Every figure that differs, agency by agency; `reasons`: (agency, criterion) -> petition's letter and why."""
    return tuple(_changes(before, after, reasons))


def _changes(before: Figures, after: Figures, reasons: Mapping[tuple[str, str], tuple[str, str]]) -> Iterator[Change]:
    for agency in dict.fromkeys((*before.totals, *after.totals)):
        old, new = (side.totals.get(agency, (None, None, "")) for side in (before, after))
        for what, one, other in zip(("total", "rank", "grade"), old, new, strict=True):
            if one != other:
                yield Change(agency, what, _said(one), _said(other), made_up=_mark(before, after, (agency, what)))
        keys = dict.fromkeys(key for side in (before, after) for key in side.points if key[0] == agency)
        for key in keys:
            one, other = (side.points.get(key) for side in (before, after))
            if one != other:
                marks = _mark(before, after, key[:2])
                yield Change(agency, key[1], _said(one), _said(other), *reasons.get(key[:2], ("", "")), marks)


def _mark(before: Figures, after: Figures, figure: tuple[str, str]) -> tuple[str, ...]:
    return tuple(name for name, side in zip(SIDES, (before, after), strict=True) if figure in side.made_up)


def changes_csv(changes: tuple[Change, ...]) -> bytes:
    """changes.csv: one row a figure that differs from the edition before; `note`: the sides on which it is made up."""
    mark = text("index.mark", "vi")
    rows = [
        (
            *(one.agency, one.what, one.before, one.after, plain_text(one.petition), plain_text(one.why)),
            f"{mark}: {', '.join(one.made_up)}" if one.made_up else "",
        )
        for one in changes
    ]
    return csv_bytes(CHANGE_COLUMNS, rows)


def _said(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
