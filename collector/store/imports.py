"""Sheets for answers that were typed elsewhere: those that a table names, free ones for rows that name none.

Which row of a table took which sheet is kept as a hash, so that the same row never takes a second one; the hash tells
nobody the order of the rows.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, exists, insert, select

from collector.store.schema import agency as agencies
from collector.store.schema import cell, import_row, page, respondent_group, response
from collector.store.schema import sheet as sheets

_AT_ONCE = 5000  # both engines take 32,766 parameters


@dataclass(frozen=True)
class ImportSheet:
    """A sheet that answers may be for; `layout` is its key."""

    id: int
    serial: str
    number: str
    agency: str
    group: str
    layout: int
    state: str


def _select_sheets() -> Select[Any]:
    return (
        select(
            *(sheets.c[name] for name in ("id", "serial", "number", "layout", "state")),
            agencies.c.code.label("agency"),
            respondent_group.c.code.label("group"),
        )
        .join_from(sheets, cell, cell.c.id == sheets.c.cell)
        .join(agencies)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
    )


def find_named_sheets(conn: Connection, names: Collection[str]) -> dict[str, ImportSheet]:
    """The sheets of some proved serials and numbers, by the name that was asked for."""
    found: dict[str, ImportSheet] = {}
    for column in ("serial", "number"):
        for part in _parts(sorted(names)):
            for row in conn.execute(_select_sheets().where(sheets.c[column].in_(part))):
                found[row._mapping[column]] = ImportSheet(**row._mapping)
    return found


def list_free_sheets(conn: Connection, agency: str, group: str) -> list[ImportSheet]:
    """The sheets of a cell that never left the house and that nothing came in for.

    The last original first: people hand out from the first one on. Reserves come at the end.
    """
    answered = exists().where(response.c.sheet == sheets.c.id)
    scanned = exists().where(page.c.sheet == sheets.c.id)
    query = (
        _select_sheets()
        .where(agencies.c.code == agency, respondent_group.c.code == group)
        .where(sheets.c.state == "printed", sheets.c.handover.is_(None), ~answered, ~scanned)
        .order_by(sheets.c.is_reserve, sheets.c.ordinal.desc())
    )
    return [ImportSheet(**row._mapping) for row in conn.execute(query)]


def lacks_sheets(conn: Connection, agency: str, group: str) -> bool:
    """Whether a cell has fewer serials than its target and reserve."""
    query = (
        select(cell.c.reserved < cell.c.target + cell.c.reserve)
        .join_from(cell, agencies)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .where(agencies.c.code == agency, respondent_group.c.code == group)
    )
    return bool(conn.scalar(query))


def find_import_rows(conn: Connection, keys: Collection[str]) -> dict[str, ImportSheet]:
    """The sheets that rows took before, by the rows' keys."""
    found: dict[str, ImportSheet] = {}
    for part in _parts(sorted(keys)):
        query = _select_sheets().add_columns(import_row.c.key).join(import_row, import_row.c.sheet == sheets.c.id)
        for row in conn.execute(query.where(import_row.c.key.in_(part))):
            found[row.key] = ImportSheet(**{name: row._mapping[name] for name in ImportSheet.__dataclass_fields__})
    return found


def keep_import_row(conn: Connection, key: str, sheet: int) -> None:
    """Note that a row took a sheet; IntegrityError where either is taken."""
    conn.execute(insert(import_row).values(id=secrets.randbits(63), key=key, sheet=sheet))


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]
