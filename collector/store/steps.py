"""What happened to sheets: acts of people (movements), and one line a sheet for every change (its steps).

Everything that changes a sheet's state goes through write_steps; the database holds a sheet to its last step. Knows
days alone and no times: a step may be an answer of an unlinked group.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, update

from collector.store.schema import cell, movement, sheet_step
from collector.store.schema import sheet as sheets
from collector.store.sheet_cells import CELL_NAMES, SHEETS_IN_CELLS
from collector.store.sheets import SheetState
from forms.response import Channel

MovementKind = Literal["handover", "return", "void", "release", "reprint", "correction"]
# What a sheet is of which something came in; each outweighs those before it: paper a table, a table a phone.
CAME_IN: tuple[SheetState, ...] = ("answered_phone", "imported", "returned")
CAME_AS: Mapping[Channel, SheetState] = {
    "phone": "answered_phone",
    "import": "imported",
    "typed": "returned",
    "paper": "returned",
}
_ELSEWHERE = tuple(state for state in get_args(SheetState) if state not in (*CAME_IN, "void"))
_AT_ONCE = 5000  # keys in one statement: both engines take 32,766 parameters
_KEPT = ("handover", "received", "received_day", "replaces")


@dataclass(frozen=True)
class Movement:
    """One act on sheets: `day` is when it happened, `recorded_day` when `who` wrote it down.

    `party` is the code of the agency or collector that took or brought the sheets, `letter` names the record.
    `act`: what was signed for it.
    """

    id: int
    kind: MovementKind
    party: str
    day: datetime.date
    letter: str
    who: str
    note: str
    recorded_day: datetime.date
    act: int | None = None


@dataclass(frozen=True)
class LedgerSheet:
    """A sheet as the accounting sees it; `handover`, `received` and `replaces` are keys, `step` is 0 at first."""

    id: int
    number: str
    agency: str
    group: str
    cell: int
    collector: str
    is_reserve: bool
    state: SheetState
    handover: int | None
    received: int | None
    received_day: datetime.date | None
    replaces: int | None
    step: int


@dataclass(frozen=True)
class Step:
    """A line of a sheet's log, with what the sheet was after it; `channel` where an answer moved it."""

    step: int
    before: SheetState
    after: SheetState
    day: datetime.date
    movement: int | None
    channel: Channel | None
    handover: int | None
    received: int | None
    received_day: datetime.date | None
    replaces: int | None


def hold_sheets(conn: Connection, keys: Collection[int]) -> list[LedgerSheet]:
    """Take hold of sheets until the transaction ends, always in one order so that nobody waits in a circle."""
    return [sheet for part in in_parts(keys) for sheet in _hold(conn, part)]


def find_ledger_sheet(conn: Connection, key: int) -> LedgerSheet | None:
    """A sheet as it is at this moment, not held."""
    return next((_make(row) for row in conn.execute(_query([key]))), None)


def in_parts(keys: Collection[int]) -> Iterator[list[int]]:
    """Keys in order, as many at a time as fit into one statement."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _hold(conn: Connection, keys: Sequence[int]) -> Iterator[LedgerSheet]:
    yield from map(_make, conn.execute(_query(keys).with_for_update(of=sheets)))


def _make(row: Row[Any]) -> LedgerSheet:
    return LedgerSheet(**{**row._mapping, "step": row.step or 0})


def _query(keys: Sequence[int]) -> Select[Any]:
    own = [sheets.c[name] for name in ("id", "number", "cell", "is_reserve", "state", "handover", "received")]
    return (
        select(
            *own,
            sheets.c.received_day,
            sheets.c.replaces,
            sheets.c.step,
            *CELL_NAMES,
            cell.c.collector,
        )
        .select_from(SHEETS_IN_CELLS)
        .where(sheets.c.id.in_(keys))
        .order_by(sheets.c.id)
    )


def record_movement(
    conn: Connection,
    kind: MovementKind,
    day: datetime.date,
    who: str,
    today: datetime.date,
    *,
    party: str = "",
    letter: str = "",
    note: str = "",
    act: int | None = None,
) -> int:
    """Append an act; its key, which is random."""
    key = secrets.randbits(63)
    values = {"kind": kind, "day": day, "who": who, "recorded_day": today}
    conn.execute(insert(movement).values(id=key, party=party, letter=letter, note=note, act=act, **values))
    return key


def write_steps(
    conn: Connection,
    changes: Sequence[tuple[LedgerSheet, LedgerSheet]],
    day: datetime.date,
    *,
    by: int | None = None,
    channel: Channel | None = None,
    void_reason: str | None = None,
) -> None:
    """Bring held sheets from what they are to what they shall be, one step each, by a movement or an answer.

    IntegrityError where the database does not allow it (schema.MOVES): check before.
    """
    if changes:
        add_steps(conn, changes, day, by=by, channel=channel)
        follow_steps(conn, changes, void_reason=void_reason)


def add_steps(
    conn: Connection,
    changes: Sequence[tuple[LedgerSheet, LedgerSheet]],
    day: datetime.date,
    *,
    by: int | None = None,
    channel: Channel | None = None,
) -> None:
    """The first half of write_steps: what becomes of held sheets, on record."""
    steps = [
        {"sheet": was.id, "step": was.step + 1, "before": was.state, "after": now.state, "day": day, **_kept(now)}
        for was, now in changes
    ]
    conn.execute(insert(sheet_step).values(movement=by, channel=channel), steps)


def follow_steps(
    conn: Connection, changes: Sequence[tuple[LedgerSheet, LedgerSheet]], *, void_reason: str | None = None
) -> None:
    """The second half of write_steps: the sheets as their last step says."""
    fresh = [{"key": was.id, **_kept(now), "state": now.state, "step": was.step + 1} for was, now in changes]
    names = (*_KEPT, "state", "step")
    conn.execute(
        update(sheets)
        .where(sheets.c.id == bindparam("key"))
        .values(void_reason=void_reason, **{name: bindparam(name) for name in names}),
        fresh,
    )


def _kept(sheet: LedgerSheet) -> dict[str, object]:
    return {name: getattr(sheet, name) for name in _KEPT}


def note_arrival(conn: Connection, sheet: int, channel: Channel, day: datetime.date) -> None:
    """Note on a held sheet that an answer or a page of it came in; a void sheet stays void, CAME_IN ranks."""
    note_arrivals(conn, [sheet], channel, day)


def note_arrivals(conn: Connection, keys: Collection[int], channel: Channel, day: datetime.date) -> None:
    """note_arrival for many held sheets."""
    state = CAME_AS[channel]
    outweighed = (*CAME_IN[: CAME_IN.index(state)], *_ELSEWHERE)
    changes = [
        (was, replace(was, state=state, received_day=min(day, was.received_day or day)))
        for was in hold_sheets(conn, keys)
        if was.state in outweighed
    ]
    write_steps(conn, changes, day, channel=channel)


def list_steps(conn: Connection, sheet: int) -> list[Step]:
    """The log of one sheet, oldest first."""
    columns = [sheet_step.c[name] for name in Step.__dataclass_fields__]
    rows = conn.execute(select(*columns).where(sheet_step.c.sheet == sheet).order_by(sheet_step.c.step))
    return [Step(**row._mapping) for row in rows]


def get_movements(conn: Connection, keys: Collection[int | None]) -> dict[int, Movement]:
    """Acts by their keys."""
    found: dict[int, Movement] = {}
    for part in in_parts({key for key in keys if key is not None}):
        rows = conn.execute(select(movement).where(movement.c.id.in_(part)))
        found |= {row.id: Movement(**row._mapping) for row in rows}
    return found
