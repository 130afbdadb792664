"""The index as tables for scripts: index.csv, fields.csv with every criterion, index-notes.csv with every remark."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from aggregation.csv_files import csv_bytes, plain_text
from aggregation.index_marks import row_mark
from aggregation.index_values import AgencyIndex, Index
from aggregation.rounding import half_up
from forms.campaign import Criterion
from forms.index_points import GivenPoints

INDEX_COLUMNS = ("agency", "block", "survey", "appraised", "bonus", "penalty", "total", "change", "rank", "grade")
FIELD_COLUMNS = ("agency", "block", "field", "criterion", "kind", "max", "points", "percent", "note", "source")
NOTE_COLUMNS = ("agency", "block", "what", "points", "note", "source")
_PERCENT_PLACES = 4


def index_csv(index: Index) -> bytes:
    """index.csv: one row an agency of the campaign, block by block in rank order; empty where nothing is known.

    The ten columns are promised; an eleventh, `note`, names those whose figure is made up, where there is one at all.
    """
    places = index.scoring.rounding.places
    rows, notes = [], []
    for block in index.blocks:
        for each in block.agencies:
            points = (each.survey, each.appraised, each.bonus, each.penalty)
            shown = [_fixed(value, places) for value in points]
            ends = (_fixed(each.published, places), _fixed(each.change, places), each.rank, each.grade)
            rows.append((each.agency.code, block.code, *shown, *ends))
            notes.append(row_mark(each))
    if any(notes):
        return csv_bytes((*INDEX_COLUMNS, "note"), [(*row, note) for row, note in zip(rows, notes, strict=True)])
    return csv_bytes(INDEX_COLUMNS, rows)


def fields_csv(index: Index, criteria: tuple[Criterion, ...]) -> bytes:
    """fields.csv: one row an agency and criterion that has points of its own, bonus and penalty without a field.

    The points of an agency's rows, exact to ten decimals, bonus added and penalty taken off, are its total before
    rounding and before what the rules leave out or limit.
    """
    fields = find_field(criteria)
    rows = []
    for block in index.blocks:
        for each in block.agencies:
            for one in each.parts:
                rows.append((each.agency.code, block.code, fields.get(one.criterion, ""), *_part(one)))
    return csv_bytes(FIELD_COLUMNS, rows)


def notes_csv(index: Index) -> bytes:
    """index-notes.csv: where points come from, and what is made up of them."""
    places = index.scoring.rounding.places
    rows = [
        (each.agency.code, block.code, what, _fixed(points, places), plain_text(note), plain_text(source))
        for block in index.blocks
        for each in block.agencies
        for what, points, note, source in _remarks(each)
    ]
    return csv_bytes(NOTE_COLUMNS, rows)


def _remarks(each: AgencyIndex) -> Iterator[tuple[str, Fraction | None, str, str]]:
    if each.stated is not None:
        yield "total", each.stated.points, each.stated.note, each.stated.source
    for kind in ("survey", "appraised", "external", "bonus", "penalty"):
        said: dict[tuple[str, str], Fraction] = {}
        for one in each.parts:
            if one.kind == kind and (one.note or one.source):
                said[one.note, one.source] = said.get((one.note, one.source), Fraction(0)) + (one.points or 0)
        for (note, source), points in said.items():
            yield kind, points, note, source
    if each.previous is not None and (each.previous.note or each.previous.source):
        yield "previous", each.previous.total, each.previous.note, each.previous.source


def find_field(criteria: tuple[Criterion, ...]) -> dict[str, str]:
    """The field (topmost criterion) of every criterion."""
    parents = {one.code: one.parent for one in criteria}
    found = {}
    for code in parents:
        top = code
        while parents[top]:
            top = parents[top]
        found[code] = top
    return found


def _part(one: GivenPoints) -> tuple[object, ...]:
    extra = one.kind in ("bonus", "penalty")
    percent = None if extra or one.points is None or not one.maximum else one.points * 100 / one.maximum
    maximum = None if extra else _exact(one.maximum)
    points = None if one.points is None else _exact(one.points)
    shown = None if percent is None else half_up(percent, _PERCENT_PLACES)
    return one.criterion, one.kind, maximum, points, shown, plain_text(one.note), plain_text(one.source)


def _exact(value: Fraction) -> Decimal:
    return half_up(value, 10)


def _fixed(value: Fraction | Decimal | None, places: int) -> str | None:
    return None if value is None else f"{half_up(Fraction(value), places):f}"
