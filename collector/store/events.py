"""The log of what staff did: append-only, by triggers. It never tells when somebody answered."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from collector.store.clock import store_time
from collector.store.schema import event


@dataclass(frozen=True)
class Event:
    """One line of the log; `at` is UTC without a zone."""

    id: int
    at: datetime.datetime
    who: str
    action: str
    subject: str
    detail: str


def record_event(
    conn: Connection, who: str, action: str, subject: str, detail: str = "", now: datetime.datetime | None = None
) -> None:
    """Append a line: a verb such as "print" or "sheet.void", and what it was done to (never a response)."""
    line = {"at": store_time(now), "who": who, "action": action, "subject": subject, "detail": detail}
    conn.execute(insert(event).values(line))


def list_events(conn: Connection, action: str | None = None) -> list[Event]:
    """The whole log, or its lines with one verb, oldest first."""
    query = select(event).order_by(event.c.id)
    chosen = query if action is None else query.where(event.c.action == action)
    return [Event(**row._mapping) for row in conn.execute(chosen)]
