"""The log of what staff did: append-only and chained, by triggers. It never tells when somebody answered.

record_event is its only writer. Lines wait until the transaction ends and are then appended one behind the other, so
that the one lock they need on PostgreSQL is the last thing taken and held only while the transaction is written down:
two people at work wait for each other no longer than that, and never in a circle. Answers write no line.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, insert, or_, select

from collector.store.chain import START, Event, Head, hash_line
from collector.store.clock import VIET_NAM, store_time
from collector.store.schema import event

WAITING = "phieu_events"
LOG_LOCK = 0x50484C4F  # any number that nothing else here locks
_AT_ONCE = 1000


@dataclass(frozen=True)
class Filter:
    """Which lines: by days of Viet Nam, both included, by name, by act; `cell` is what a sheet's number begins with."""

    first_day: datetime.date | None = None
    last_day: datetime.date | None = None
    who: str = ""
    action: str = ""
    cell: str = ""


def record_event(
    conn: Connection, who: str, action: str, subject: str, detail: str = "", now: datetime.datetime | None = None
) -> None:
    """Append a line when this transaction of store.write() ends: a verb such as "print" or "void", and what it was
    done to (never a response)."""
    line = {"at": store_time(now), "who": who, "action": action, "subject": subject, "detail": detail}
    conn.get_execution_options()[WAITING].append(line)


def append_events(conn: Connection) -> None:
    """Write the lines that wait; store.write() does so at its end."""
    waiting: list[dict[str, Any]] = conn.get_execution_options()[WAITING]
    if not waiting:
        return
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(LOG_LOCK)))
    head = get_head(conn)
    for line in waiting:
        fields = {name: _clean(line[name]) for name in ("who", "action", "subject", "detail")}
        number = head.count + 1
        own = hash_line(number, line["at"], **fields, prev=head.hash)
        conn.execute(insert(event).values(id=number, at=line["at"], **fields, prev=head.hash, hash=own))
        head = Head(number, own)
    waiting.clear()


def get_head(conn: Connection) -> Head:
    """The last line's number and hash."""
    row = conn.execute(select(event.c.id, event.c.hash).order_by(event.c.id.desc()).limit(1)).one_or_none()
    return Head(0, START) if row is None else Head(row.id, row.hash)


def list_events(conn: Connection) -> list[Event]:
    """The whole log, oldest first."""
    return list(read_events(conn))


def read_events(conn: Connection) -> Iterator[Event]:
    """The whole log, oldest first, some lines at a time."""
    last = 0
    while rows := conn.execute(select(event).where(event.c.id > last).order_by(event.c.id).limit(_AT_ONCE)).all():
        yield from (Event(**row._mapping) for row in rows)
        last = rows[-1].id


def find_events(conn: Connection, wanted: Filter, limit: int | None = None, offset: int = 0) -> list[Event]:
    """Lines, the newest first."""
    query = _narrow(select(event), wanted).order_by(event.c.id.desc()).offset(offset)
    return [Event(**row._mapping) for row in conn.execute(query if limit is None else query.limit(limit))]


def count_events(conn: Connection, wanted: Filter) -> int:
    """How many lines there are."""
    return int(conn.scalar(_narrow(select(func.count()).select_from(event), wanted)) or 0)


def list_names(conn: Connection) -> tuple[list[str], list[str]]:
    """Everybody who did something, and all that was done, as the log has it."""
    who, action = (
        list(conn.scalars(select(column).distinct().order_by(column))) for column in (event.c.who, event.c.action)
    )
    return who, action


def _narrow(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.first_day is not None:
        query = query.where(event.c.at >= _begin(wanted.first_day))
    if wanted.last_day is not None:
        query = query.where(event.c.at < _begin(wanted.last_day + datetime.timedelta(days=1)))
    if wanted.who:
        query = query.where(event.c.who == wanted.who)
    if wanted.action:
        query = query.where(event.c.action == wanted.action)
    if wanted.cell:
        query = query.where(
            or_(*(column.contains(wanted.cell, autoescape=True) for column in (event.c.subject, event.c.detail)))
        )
    return query


def _begin(day: datetime.date) -> datetime.datetime:
    return store_time(datetime.datetime.combine(day, datetime.time(), VIET_NAM))


def _clean(written: str) -> str:
    """What both databases keep as it is: no half of a letter, as a file's name may have, and no NUL."""
    return written.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
