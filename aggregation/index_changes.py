"""What differs between two editions of the index: totals, ranks, grades, and every criterion's points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from aggregation.csv_files import csv_bytes, plain_text
from aggregation.index_marks import figures_made_up
from aggregation.index_values import Index
from aggregation.rounding import half_up
from forms.words import text

Points = Mapping[tuple[str, str, str], Decimal | None]
Totals = Mapping[str, tuple[Decimal | None, int | None, str]]
CHANGE_COLUMNS = ("agency", "what", "before", "after", "petition", "why", "note")
_PLACES = 10


@dataclass(frozen=True)
class Change:
    """One figure of an agency that differs; `what`: total, rank, grade or a criterion's code."""

    agency: str
    what: str
    before: str
    after: str
    petition: str = ""
    why: str = ""


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


def find_changes(
    before: tuple[Totals, Points], after: tuple[Totals, Points], reasons: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[Change, ...]:
    """Every figure that differs, agency by agency; `reasons`: (agency, criterion) -> petition's letter and why."""
    return tuple(_changes(before, after, reasons))


def _changes(
    before: tuple[Totals, Points], after: tuple[Totals, Points], reasons: Mapping[tuple[str, str], tuple[str, str]]
) -> Iterator[Change]:
    for agency in dict.fromkeys((*before[0], *after[0])):
        old, new = (side[0].get(agency, (None, None, "")) for side in (before, after))
        for what, one, other in zip(("total", "rank", "grade"), old, new, strict=True):
            if one != other:
                yield Change(agency, what, _said(one), _said(other))
        keys = dict.fromkeys(key for side in (before, after) for key in side[1] if key[0] == agency)
        for key in keys:
            one, other = (side[1].get(key) for side in (before, after))
            if one != other:
                yield Change(agency, key[1], _said(one), _said(other), *reasons.get(key[:2], ("", "")))


def changes_csv(changes: tuple[Change, ...], index: Index) -> bytes:
    """changes.csv: one row a figure that differs from the edition before; `note`: what of them is made up."""
    made_up, mark = figures_made_up(index), text("index.mark", "vi")
    notes = [mark if (one.agency, one.what) in made_up else "" for one in changes]
    rows = [
        (one.agency, one.what, one.before, one.after, *map(plain_text, (one.petition, one.why)), note)
        for one, note in zip(changes, notes, strict=True)
    ]
    return csv_bytes(CHANGE_COLUMNS, rows)


def _said(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
