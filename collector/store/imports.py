"""Sheets for answers that were typed elsewhere: those that a table names, free ones for rows that name none.

Which row of a table took which sheet is kept as a hash, so that the same row never takes a second one; the hash tells
nobody the order of the rows.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, exists, insert, select

from collector.store.responses import STANDING, is_replaced
from collector.store.schema import agency as agencies
from collector.store.schema import cell, import_row, invitation_sheet, page, respondent_group, response, staged_sheet
from collector.store.schema import sheet as sheets
from collector.store.steps import CAME_IN

_Key = TypeVar("_Key", int, str)
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


_IS_FREE = (
    sheets.c.state == "printed",
    sheets.c.handover.is_(None),
    ~exists().where(response.c.sheet == sheets.c.id),
    ~exists().where(page.c.sheet == sheets.c.id),
    ~exists().where(staged_sheet.c.serial == sheets.c.serial),
    ~exists().where(import_row.c.sheet == sheets.c.id),
)


def find_free(conn: Connection, keys: Collection[int]) -> frozenset[int]:
    """Those of some sheets that list_free_sheets would list, by their keys."""
    found: set[int] = set()
    for part in _parts(sorted(keys)):
        found.update(conn.scalars(select(sheets.c.id).where(sheets.c.id.in_(part), *_IS_FREE)))
    return frozenset(found)


def list_free_sheets(conn: Connection, cells: Collection[int]) -> dict[tuple[str, str], list[ImportSheet]]:
    """The sheets of some cells that never left the house and that nothing came in for, by agency and group.

    The last original first: people hand out from the first one on. Reserves come at the end.
    """
    free: dict[tuple[str, str], list[ImportSheet]] = {}
    for part in _parts(sorted(cells)):
        query = (
            _select_sheets()
            .where(sheets.c.cell.in_(part), *_IS_FREE)
            .order_by(sheets.c.is_reserve, sheets.c.ordinal.desc())
        )
        for row in conn.execute(query):
            free.setdefault((row.agency, row.group), []).append(ImportSheet(**row._mapping))
    return free


def find_cells(conn: Connection) -> dict[tuple[str, str], tuple[int, int]]:
    """Of every cell, by agency and group, its key and how many serials it lacks of its target and reserve."""
    lacks = (cell.c.target + cell.c.reserve - cell.c.reserved).label("lacks")
    query = (
        select(agencies.c.code, respondent_group.c.code.label("group"), cell.c.id, lacks)
        .join_from(cell, agencies)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
    )
    return {(row.code, row.group): (row.id, max(0, row.lacks)) for row in conn.execute(query)}


def find_import_rows(conn: Connection, keys: Collection[str]) -> dict[str, ImportSheet]:
    """The sheets that rows took before, by the rows' keys."""
    found: dict[str, ImportSheet] = {}
    for part in _parts(sorted(keys)):
        query = _select_sheets().add_columns(import_row.c.key).join(import_row, import_row.c.sheet == sheets.c.id)
        for row in conn.execute(query.where(import_row.c.key.in_(part))):
            found[row.key] = ImportSheet(**{name: row._mapping[name] for name in ImportSheet.__dataclass_fields__})
    return found


def keep_import_rows(conn: Connection, sheets_of: Mapping[str, int]) -> None:
    """Note which rows, by their keys, took which sheets; IntegrityError where either is taken."""
    if sheets_of:
        conn.execute(
            insert(import_row),
            [{"id": secrets.randbits(63), "key": key, "sheet": sheet} for key, sheet in sheets_of.items()],
        )


def find_untouched(conn: Connection, keys: Collection[int]) -> frozenset[int]:
    """Those of some sheets that nothing came in for, and that are neither void nor replaced nor somebody's link."""
    query = select(sheets.c.id).where(
        sheets.c.id.in_(keys),
        sheets.c.state != "void",
        ~exists().where(response.c.sheet == sheets.c.id),
        ~exists().where(page.c.sheet == sheets.c.id),
        ~exists().where(invitation_sheet.c.sheet == sheets.c.id),
        ~is_replaced(sheets.c.id),
    )
    return frozenset(conn.scalars(query))


def find_settled(conn: Connection, keys: Collection[int]) -> dict[int, frozenset[str]]:
    """Of some sheets that are answered, the digests of what was said without paper and stands undisputed.

    A table that says the same tells nothing new: a sheet answered by phone stays one, as when an export is taken in.
    """
    found: dict[int, set[str]] = {}
    for part in _parts(sorted(keys)):
        query = (
            select(response.c.sheet, response.c.digest)
            .join_from(response, sheets, sheets.c.id == response.c.sheet)
            .where(sheets.c.id.in_(part), sheets.c.state.in_(CAME_IN))
            .where(response.c.copy == 0, response.c.state.in_(STANDING))
        )
        for sheet, digest in conn.execute(query):
            found.setdefault(sheet, set()).add(digest)
    return {sheet: frozenset(digests) for sheet, digests in found.items()}


def _parts(names: Sequence[_Key]) -> Iterator[Sequence[_Key]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]
