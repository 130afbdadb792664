"""People to be asked, sealed: rows go in and come out as they are kept; whoever reads them brings the keys.

Nothing here joins a sheet or a response, and no order is kept: ids follow from a key, lists come out by id.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, false, func, insert, or_, select, update

from collector.store.clock import store_time
from collector.store.engine import Store
from collector.store.once import insert_once
from collector.store.schema import (
    agency,
    cell,
    meta,
    recheck_contact,
    recipient,
    recipient_import,
    recipient_mark,
    respondent_group,
    sheet,
)
from forms.errors import NotFound
from forms.words import text

_KEY_NAMES = ("contacts_seal", "contacts_mark")
_GONE = "contacts_gone "
Cell = tuple[str, str]  # agency, group


@dataclass(frozen=True)
class SealedPerson:
    """One row: whose cell, under which key, and what is sealed; `digest` is a keyed hash of all that was written."""

    id: int
    agency: str
    group: str
    key: str
    digest: str
    sealed: bytes = field(repr=False)
    marks: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Marked:
    """Who bears a mark."""

    id: int
    agency: str
    group: str
    digest: str


def hold_recipients(conn: Connection) -> None:
    """Let nobody else import, draw or erase until this transaction ends."""
    conn.execute(select(meta.c.value).where(meta.c.key == "campaign").with_for_update())


def find_key_names(conn: Connection) -> tuple[str, str] | None:
    """The names of the keys in use, to seal and to mark; None before the first import and once all is erased."""
    found = {row.key: row.value for row in conn.execute(select(meta).where(meta.c.key.in_(_KEY_NAMES)))}
    return (found[_KEY_NAMES[0]], found[_KEY_NAMES[1]]) if found else None


def set_key_names(conn: Connection, seal: str, mark: str) -> None:
    """Note which keys are in use from now on."""
    for key, value in zip(_KEY_NAMES, (seal, mark), strict=True):
        if not insert_once(conn, meta, {"key": key, "value": value}):
            conn.execute(update(meta).where(meta.c.key == key).values(value=value))


def note_gone_key(conn: Connection, name: str) -> None:
    """Note a key that is to be destroyed; its note goes once it is, so that a run that was cut off is finished."""
    insert_once(conn, meta, {"key": f"{_GONE}{name}", "value": name})


def list_gone_keys(conn: Connection) -> list[str]:
    """The names of keys that are to be destroyed."""
    return list(conn.scalars(select(meta.c.value).where(meta.c.key.startswith(_GONE, autoescape=True))))


def forget_gone_key(conn: Connection, name: str) -> None:
    """Take the note of a destroyed key away."""
    conn.execute(delete(meta).where(meta.c.key == f"{_GONE}{name}"))


def add_people(conn: Connection, people: Sequence[SealedPerson], who: str, now: datetime.datetime | None = None) -> int:
    """Keep the people of one imported list; gives the import's number. IntegrityError where one is there already."""
    line = {"at": store_time(now), "who": who, "people": len(people)}
    number: int = conn.execute(insert(recipient_import).values(line).returning(recipient_import.c.id)).scalar_one()
    agencies, groups = _keys(conn, agency), _keys(conn, respondent_group)
    rows, marks = [], []
    for person in sorted(people, key=lambda one: one.id):
        cell = {"agency": agencies[person.agency], "respondent_group": groups[person.group]}
        kept = {"key": person.key, "digest": person.digest, "sealed": person.sealed, "recipient_import": number}
        rows.append({"id": person.id, **cell, **kept})
        marks += [{"recipient": person.id, "kind": kind, "mark": mark, **cell} for kind, mark in person.marks.items()]
    if rows:
        conn.execute(insert(recipient), rows)
        conn.execute(insert(recipient_mark), marks)
    return number


def _keys(conn: Connection, table: Any) -> dict[str, int]:
    return {row.code: row.id for row in conn.execute(select(table.c.code, table.c.id))}


def find_marks(conn: Connection) -> dict[tuple[str, str], list[Marked]]:
    """Every mark of the campaign: kind, mark -> who bears it."""
    query = (
        select(recipient_mark.c.kind, recipient_mark.c.mark, recipient.c.id, agency.c.code, recipient.c.digest)
        .add_columns(respondent_group.c.code.label("group"))
        .join_from(recipient_mark, recipient)
        .join(agency, agency.c.id == recipient.c.agency)
        .join(respondent_group, respondent_group.c.id == recipient.c.respondent_group)
    )
    found: dict[tuple[str, str], list[Marked]] = {}
    for row in conn.execute(query):
        found.setdefault((row.kind, row.mark), []).append(Marked(row.id, row.code, row.group, row.digest))
    return found


def list_people(conn: Connection, cells: Iterable[Cell] | None = None) -> list[SealedPerson]:
    """The sealed rows of some cells, or all, by id."""
    query = (
        select(recipient.c.id, agency.c.code.label("agency"), respondent_group.c.code.label("group"))
        .add_columns(recipient.c.key, recipient.c.digest, recipient.c.sealed)
        .join_from(recipient, agency)
        .join(respondent_group)
        .order_by(recipient.c.id)
    )
    if cells is not None:
        query = query.where(_in_cells(conn, cells))
    return [SealedPerson(**row._mapping) for row in conn.execute(query)]


def list_frame(conn: Connection) -> dict[Cell, dict[int, int]]:
    """Who stands in each cell, without a name: cell -> id -> the number of the import; cells in the folder's order."""
    query = (
        select(agency.c.code, respondent_group.c.code.label("group"), recipient.c.id, recipient.c.recipient_import)
        .join_from(recipient, agency)
        .join(respondent_group)
        .order_by(agency.c.position, respondent_group.c.position, recipient.c.id)
    )
    frame: dict[Cell, dict[int, int]] = {}
    for row in conn.execute(query):
        frame.setdefault((row.code, row.group), {})[row.id] = row.recipient_import
    return frame


def count_people(conn: Connection) -> int:
    """How many people are kept: of the list, and contacts of sheets for the recheck."""
    tables = (recipient, recheck_contact)
    return sum(conn.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def first_import(conn: Connection) -> datetime.datetime | None:
    """When the oldest list of which anybody is still kept was imported (UTC without a zone)."""
    oldest = (
        select(func.min(recipient_import.c.at)).join_from(recipient, recipient_import),
        select(func.min(recheck_contact.c.at)),
    )
    found: list[datetime.datetime] = [at for query in oldest if (at := conn.scalar(query)) is not None]
    return min(found, default=None)


def reseal_people(conn: Connection, people: Iterable[SealedPerson]) -> None:
    """Put new seals on rows that stay what they are."""
    for person in people:
        sealed = update(recipient).where(recipient.c.id == person.id)
        conn.execute(sealed.values(key=person.key, sealed=person.sealed))


def erase_people(conn: Connection, cells: Iterable[Cell] | None = None) -> int:
    """Destroy the rows of some cells, or all, and their marks; gives how many people they were.

    Once nobody is left the names of the keys are forgotten too: the caller destroys the keys.
    """
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA secure_delete = ON")  # freed space is overwritten with zeros
    gone = delete(recipient) if cells is None else delete(recipient).where(_in_cells(conn, cells))
    people = conn.execute(gone).rowcount + _erase_contacts(conn, cells)
    if not count_people(conn):
        conn.execute(delete(meta).where(meta.c.key.in_(_KEY_NAMES)))
    return people


def _erase_contacts(conn: Connection, cells: Iterable[Cell] | None) -> int:
    gone = delete(recheck_contact)
    if cells is not None:
        keys = [get_cell_keys(conn, one) for one in cells]
        own = or_(false(), *(and_(cell.c.agency == key[0], cell.c.respondent_group == key[1]) for key in keys))
        gone = gone.where(recheck_contact.c.sheet.in_(select(sheet.c.id).join_from(sheet, cell).where(own)))
    return conn.execute(gone).rowcount


def _in_cells(conn: Connection, cells: Iterable[Cell]) -> ColumnElement[bool]:
    keys = [get_cell_keys(conn, cell) for cell in cells]
    return or_(false(), *(and_(recipient.c.agency == key[0], recipient.c.respondent_group == key[1]) for key in keys))


def sweep_recipients(store: Store) -> None:
    """Write the tables anew, so that nothing that was erased is left between rows or in SQLite's log.

    It rewrites the whole database of SQLite. Backups and archived logs that were made before keep what they hold.
    """
    if store.engine.dialect.name == "sqlite":
        connection = store.engine.raw_connection()  # VACUUM stands in no transaction, and we begin one by habit
        try:
            connection.cursor().execute("VACUUM")
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("VACUUM FULL recipient")
        conn.exec_driver_sql("VACUUM FULL recipient_mark")
        conn.exec_driver_sql("VACUUM FULL recheck_contact")
        for table in ("letter", "invitation_sheet", "invitation"):
            conn.exec_driver_sql(f"VACUUM FULL {table}")


def get_cell_keys(conn: Connection, cell: Cell) -> tuple[int, int]:
    """The keys of a cell's agency and group; NotFound where the store has not heard of them."""
    keys = _keys(conn, agency).get(cell[0]), _keys(conn, respondent_group).get(cell[1])
    if keys[0] is None or keys[1] is None:
        raise NotFound(text("store.no_cell", agency=cell[0], group=cell[1]))
    return keys[0], keys[1]


def list_cells_of(conn: Connection, code: str) -> frozenset[Cell]:
    """The cells whose lists an agency answers for: its own, and those where it hands out."""
    query = select(agency.c.code, respondent_group.c.code).join_from(cell, agency, agency.c.id == cell.c.agency)
    query = query.join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
    found = conn.execute(query.where(or_(agency.c.code == code, cell.c.collector == code)))
    return frozenset((own, group) for own, group in found)
