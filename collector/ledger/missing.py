"""What is missing, and what was done: sheets still out or not scanned yet, by unit; the acts on record."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, select

from aggregation.csv_files import csv_bytes, plain_text
from collector.ledger.ranges import show_ranges
from collector.store.deadlines import find_due_days
from collector.store.schema import agency as agencies
from collector.store.schema import cell, movement, respondent_group, sheet_step
from collector.store.schema import sheet as sheets
from collector.store.steps import Movement
from collector.store.traces import is_scanned
from forms.words import text

Lack = Literal["out", "unscanned"]


@dataclass(frozen=True)
class MissingLine:
    """Sheets of a cell that one party has or had: still `out`, or brought back and `unscanned`; numbers as ranges.

    `day` and `letter` are those of the hand-over, of the return where they are unscanned; `due` is their last day.
    """

    lack: Lack
    agency: str
    agency_name: str
    group: str
    group_name: str
    party: str
    day: datetime.date | None
    letter: str
    due: datetime.date | None
    count: int
    numbers: str
    ordinals: tuple[int, ...] = ()


@dataclass(frozen=True)
class ActLine:
    """An act on record, how many sheets it moved, and their numbers as ranges."""

    act: Movement
    after: str
    count: int
    numbers: str


def list_missing(conn: Connection, agency: str = "") -> list[MissingLine]:
    """What is missing, in the order of agencies and groups in the campaign folder; of one agency or of all."""
    due = find_due_days(conn)
    wanted: tuple[tuple[Lack, Any, ColumnElement[bool]], ...] = (
        ("out", sheets.c.handover, sheets.c.state == "handed_out"),
        ("unscanned", sheets.c.received, (sheets.c.state == "returned") & ~is_scanned()),
    )
    lines = []
    for lack, act, condition in wanted:
        rows: dict[tuple[Any, ...], list[tuple[str, int]]] = {}
        for row in conn.execute(_select_missing(act, condition, agency)):
            rows.setdefault(tuple(row)[:-2], []).append((row.number, row.ordinal))
        for (place, group_place, key, *known), named in rows.items():
            code, name, group, group_name, party, day, letter = known
            fields = (code, name, group, group_name, party or "", day, letter or "", due.get(key))
            numbers, ordinals = zip(*named, strict=True)
            line = MissingLine(lack, *fields, len(numbers), show_ranges(numbers), ordinals)
            lines.append(((place, group_place), line))
    return [line for _, line in sorted(lines, key=lambda entry: entry[0])]


def _select_missing(act: ColumnElement[Any], condition: ColumnElement[bool], agency: str) -> Select[Any]:
    query = (
        select(
            agencies.c.position,
            respondent_group.c.position.label("group_position"),
            cell.c.id,
            agencies.c.code,
            agencies.c.name,
            respondent_group.c.code.label("group"),
            respondent_group.c.name.label("group_name"),
            movement.c.party,
            movement.c.day,
            movement.c.letter,
            sheets.c.number,
            sheets.c.ordinal,
        )
        .join_from(sheets, cell, cell.c.id == sheets.c.cell)
        .join(agencies)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .outerjoin(movement, movement.c.id == act)
        .where(condition)
        .order_by(movement.c.day, movement.c.letter, movement.c.party, sheets.c.ordinal)
    )
    return query.where(agencies.c.code == agency) if agency else query


def missing_csv(lines: Iterable[MissingLine]) -> bytes:
    """The list as a table that opens in a spreadsheet: UTF-8 with BOM."""
    heads = ("agency", "agency_name", "group", "lack", "party", "day", "letter", "due", "count", "numbers")
    return csv_bytes([text(f"sheets.head_{name}") for name in heads], map(_fields, lines))


def _fields(line: MissingLine) -> tuple[object, ...]:
    lack = text(f"sheets.lack_{line.lack}")
    names = (line.agency, plain_text(line.agency_name), plain_text(line.group_name))
    act = (plain_text(line.party), line.day, plain_text(line.letter))
    return (*names, lack, *act, line.due, line.count, line.numbers)


def list_acts(conn: Connection, agency: str = "", limit: int = 100) -> list[ActLine]:
    """The latest acts by the day on which they were recorded; of one agency's sheets or of all."""
    query = (
        select(movement, sheet_step.c.after, sheets.c.number)
        .join_from(movement, sheet_step, sheet_step.c.movement == movement.c.id)
        .join(sheets, sheets.c.id == sheet_step.c.sheet)
        .where(movement.c.id.in_(_latest(agency, limit)))
        .order_by(movement.c.recorded_day.desc(), movement.c.day.desc(), movement.c.kind, movement.c.id)
    )
    query = query if not agency else query.join(cell, cell.c.id == sheets.c.cell).join(agencies)
    found: dict[tuple[Movement, str], list[str]] = {}
    for row in conn.execute(query.where(agencies.c.code == agency) if agency else query):
        act = Movement(**{name: row._mapping[name] for name in Movement.__dataclass_fields__})
        found.setdefault((act, row.after), []).append(row.number)
    return [ActLine(act, after, len(numbers), show_ranges(numbers)) for (act, after), numbers in found.items()]


def _latest(agency: str, limit: int) -> Select[Any]:
    query = select(movement.c.id).order_by(movement.c.recorded_day.desc(), movement.c.day.desc(), movement.c.id)
    if agency:
        of_agency = select(sheet_step.c.movement).join_from(sheet_step, sheets, sheets.c.id == sheet_step.c.sheet)
        of_agency = of_agency.join(cell, cell.c.id == sheets.c.cell).join(agencies).where(agencies.c.code == agency)
        query = query.where(movement.c.id.in_(of_agency.where(sheet_step.c.movement.is_not(None))))
    return query.limit(limit)
