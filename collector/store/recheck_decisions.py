"""What people decided after a recheck, and which sheets do not count because of it. Nothing is ever deleted."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select

from collector.store.clock import store_time
from collector.store.counting import is_accepted, is_struck
from collector.store.schema import agency, cell, recheck_decision, recheck_struck, response, sheet

Scope = Literal["sheet", "collector", "agency"]


@dataclass(frozen=True)
class Decision:
    """Sheets that were struck, why and by whom; `undone`: by which later decision, None while it holds."""

    id: int
    scope: Scope
    subject: str
    who: str
    why: str
    at: datetime.datetime
    undone: int | None
    sheets: frozenset[int]

    @property
    def name(self) -> str:
        """How it is named on the command line."""
        return f"{self.scope}:{self.subject}"


def add_decision(
    conn: Connection,
    scope: Scope,
    subject: str,
    struck: Collection[int],
    who: str,
    why: str,
    now: datetime.datetime | None = None,
    act: int | None = None,
) -> int:
    """Keep a decision with the sheets it strikes; gives its number. `act`: what was signed for it."""
    line = {"scope": scope, "subject": subject, "who": who, "why": why, "at": store_time(now), "act": act}
    number: int = conn.execute(insert(recheck_decision).values(line).returning(recheck_decision.c.id)).scalar_one()
    if struck:
        rows = [{"recheck_decision": number, "sheet": key} for key in sorted(struck)]
        conn.execute(insert(recheck_struck), rows)
    return number


def undo_decision(
    conn: Connection,
    decision: Decision,
    who: str,
    why: str,
    now: datetime.datetime | None = None,
    act: int | None = None,
) -> None:
    """Take a decision back; IntegrityError where it was taken back already."""
    line = {"scope": "undo", "subject": decision.subject, "who": who, "why": why, "at": store_time(now), "act": act}
    conn.execute(insert(recheck_decision).values(**line, undoes=decision.id))


def list_decisions(conn: Connection) -> list[Decision]:
    """Every decision that strikes sheets, oldest first."""
    sheets: dict[int, set[int]] = {}
    for row in conn.execute(select(recheck_struck)):
        sheets.setdefault(row.recheck_decision, set()).add(row.sheet)
    rows = conn.execute(select(recheck_decision).order_by(recheck_decision.c.id)).all()
    undone = {row.undoes: row.id for row in rows if row.undoes is not None}
    return [
        Decision(
            row.id,
            row.scope,
            row.subject,
            row.who,
            row.why,
            row.at,
            undone.get(row.id),
            frozenset(sheets.get(row.id, ())),
        )
        for row in rows
        if row.undoes is None
    ]


@dataclass(frozen=True)
class CountedSheet:
    """A sheet whose answers are accepted; `party` handed it out."""

    key: int
    number: str
    agency: str
    party: str
    is_struck: bool


def list_counted(conn: Connection) -> list[CountedSheet]:
    """Every sheet whose answers are accepted, struck ones too, by agency and number."""
    query = (
        select(sheet.c.id, sheet.c.number, agency.c.code, cell.c.collector, is_struck(sheet.c.id).label("struck"))
        .join_from(response, sheet, sheet.c.id == response.c.sheet)
        .join(cell, cell.c.id == sheet.c.cell)
        .join(agency)
        .where(is_accepted())
        .order_by(agency.c.position, sheet.c.number)
    )
    return [
        CountedSheet(row.id, row.number, row.code, row.collector or row.code, bool(row.struck))
        for row in conn.execute(query)
    ]
