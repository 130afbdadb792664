"""How the people of sheets are reached, sealed; whoever reads them brings the keys. Joins no answer."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, update

from collector.store.clock import store_time
from collector.store.schema import agency, recheck_contact, respondent_group, sheet
from collector.store.sheet_cells import SHEETS_IN_CELLS

Source = Literal["linked", "stub"]


@dataclass(frozen=True)
class SealedContact:
    """One row: the sheet's key and cell, where the contact came from, under which key it is sealed."""

    sheet: int
    agency: str
    group: str
    source: Source
    key: str
    sealed: bytes = field(repr=False)


def list_contacts(conn: Connection, sheet_key: int | None = None) -> list[SealedContact]:
    """Every contact, by sheet; or that of one sheet."""
    query = (
        select(recheck_contact, agency.c.code, respondent_group.c.code.label("group"))
        .select_from(SHEETS_IN_CELLS)
        .join(recheck_contact, recheck_contact.c.sheet == sheet.c.id)
        .order_by(recheck_contact.c.sheet)
    )
    if sheet_key is not None:
        query = query.where(recheck_contact.c.sheet == sheet_key)
    return [
        SealedContact(row.sheet, row.code, row.group, row.source, row.key, row.sealed) for row in conn.execute(query)
    ]


def put_contacts(conn: Connection, contacts: Sequence[SealedContact], now: datetime.datetime | None = None) -> None:
    """Keep contacts, new ones in place of old ones; IntegrityError for a sheet of an unlinked group."""
    rows = [
        {"sheet": one.sheet, "at": store_time(now), "source": one.source, "key": one.key, "sealed": one.sealed}
        for one in contacts
    ]
    if rows:
        gone = delete(recheck_contact).where(recheck_contact.c.sheet.in_([one.sheet for one in contacts]))
        conn.execute(gone)
        conn.execute(insert(recheck_contact), rows)


def reseal_contacts(conn: Connection, contacts: Collection[SealedContact]) -> None:
    """Put new seals on rows that stay what they are."""
    for one in contacts:
        changed = update(recheck_contact).where(recheck_contact.c.sheet == one.sheet)
        conn.execute(changed.values(key=one.key, sealed=one.sealed))


def find_cells(conn: Connection) -> dict[str, tuple[int, str, str, bool]]:
    """Every sheet by its number: key, agency, group, and whether the group is linked."""
    query = (
        select(sheet.c.number, sheet.c.id, agency.c.code, respondent_group.c.code.label("group"))
        .add_columns(respondent_group.c.linked)
        .select_from(SHEETS_IN_CELLS)
    )
    return {row.number: (row.id, row.code, row.group, row.linked) for row in conn.execute(query)}
