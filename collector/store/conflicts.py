"""Conflicts: two responses of one sheet that differ. Both are kept, neither counts until a person has decided."""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, or_, select, update

from collector.store.codes import Codes, load_codes
from collector.store.places import fill_places
from collector.store.response_answers import read_answers
from collector.store.responses import STANDING, HeldSheet, Kept, move_response
from collector.store.schema import agency as agencies
from collector.store.schema import cell, respondent_group
from collector.store.schema import conflict as conflicts
from collector.store.schema import layout as layouts
from collector.store.schema import response as responses
from collector.store.schema import sheet as sheets
from collector.store.shown import SHOWN_NAMES, call_sheet, place_in_cell
from forms.errors import NotFound
from forms.response import Answer, Channel
from forms.words import text

Keep = Literal["first", "second", "neither"]
_first, _second = responses.alias("first"), responses.alias("second")
# Of two conflicts of one sheet either may stand first: their keys are random.
_ORDER = (agencies.c.position, respondent_group.c.position, place_in_cell(conflicts.c.id), conflicts.c.id)


@dataclass(frozen=True)
class Side:
    """One of the two responses of a conflict; `complete` is False while pages of its paper are missing."""

    response: int
    channel: Channel
    complete: bool
    received_day: datetime.date
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Conflict:
    """A sheet answered twice, differently.

    "moved": the side that lost elsewhere was a side here too; another conflict goes on with the one that was kept.
    `number` is "" in an unlinked group, where nothing that shows answers names the sheet.
    """

    id: int
    serial: str
    number: str
    agency: str
    group: str
    layout: str
    first: Side
    second: Side
    state: Literal["open", "decided"]
    decision: Literal["first", "second", "neither", "moved"] | None
    who: str | None
    why: str | None

    @property
    def name(self) -> str:
        """What the sheet is called beside its answers."""
        return call_sheet(self.number, self.agency, self.group)


def contest(conn: Connection, sheet: HeldSheet, first: Kept, second: Kept) -> None:
    """Set two responses against each other; one that stood stops counting, and its place goes to who waits for one."""
    sides = {"first": first.id, "second": second.id}
    # A key that counts would tell in which order people answered.
    conn.execute(insert(conflicts).values(id=secrets.randbits(63), sheet=sheet.id, state="open", **sides))
    if first.state in STANDING:
        move_response(conn, sheet, first, "contested")
    if second.state != "contested":
        move_response(conn, sheet, second, "contested")
    if first.state == "accepted":
        fill_places(conn, sheet.cell)


def close_conflict(conn: Connection, conflict: int, decision: str, who: str, why: str, at: datetime.datetime) -> None:
    """Write a decision into a conflict."""
    values = {"state": "decided", "decision": decision, "who": who, "why": why, "decided_at": at}
    conn.execute(update(conflicts).where(conflicts.c.id == conflict).values(values))


def came_second(conn: Connection, response: int) -> bool:
    """Whether a response ever stood against one that was there before it."""
    return conn.scalar(select(conflicts.c.id).where(conflicts.c.second == response).limit(1)) is not None


def open_conflicts(conn: Connection, response: int) -> list[Row[Any]]:
    """The open conflicts of a response: id, first, second."""
    either = or_(conflicts.c.first == response, conflicts.c.second == response)
    query = select(conflicts.c.id, conflicts.c.first, conflicts.c.second).where(conflicts.c.state == "open", either)
    return list(conn.execute(query.order_by(conflicts.c.id)))


def list_conflicts(
    conn: Connection,
    agency: str | None = None,
    only_open: bool = True,
    limit: int | None = None,
    offset: int = 0,
) -> list[Conflict]:
    """Sheets answered twice, in the order of sheets; `agency` is the sheet's."""
    query = _select_conflicts().where(*_within(agency, only_open)).order_by(*_ORDER).limit(limit).offset(offset)
    codes: dict[int, Codes] = {}
    return [_conflict(conn, row, codes) for row in conn.execute(query).all()]


def count_conflicts(conn: Connection, agency: str | None = None, only_open: bool = True) -> int:
    """How many conflicts list_conflicts would give without a limit."""
    query = _select_conflicts(func.count()).where(*_within(agency, only_open))
    count: int = conn.execute(query).scalar_one()
    return count


def get_conflict(conn: Connection, conflict_id: int) -> Conflict:
    """A conflict, open or decided; NotFound."""
    row = conn.execute(_select_conflicts().where(conflicts.c.id == conflict_id)).one_or_none()
    if row is None:
        raise NotFound(text("store.no_conflict", conflict=conflict_id))
    return _conflict(conn, row, {})


def _within(agency: str | None, only_open: bool) -> list[ColumnElement[bool]]:
    wanted = [] if agency is None else [agencies.c.code == agency]
    return [*wanted, conflicts.c.state == "open"] if only_open else wanted


def _select_conflicts(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*(columns or _conflict_columns()))
        .select_from(conflicts)
        .join(sheets, sheets.c.id == conflicts.c.sheet)
        .join(cell)
        .join(agencies)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .join(layouts, layouts.c.id == sheets.c.layout)
        .join(_first, _first.c.id == conflicts.c.first)
        .join(_second, _second.c.id == conflicts.c.second)
    )


def _conflict_columns() -> list[ColumnElement[Any]]:
    sides = [
        column
        for name, side in (("first", _first), ("second", _second))
        for column in (
            side.c.id.label(f"{name}_response"),
            side.c.channel.label(f"{name}_channel"),
            side.c.complete.label(f"{name}_complete"),
            side.c.received_day.label(f"{name}_received_day"),
        )
    ]
    return [
        conflicts.c.id,
        sheets.c.serial,
        *SHOWN_NAMES,
        layouts.c.id.label("layout_key"),
        conflicts.c.state,
        conflicts.c.decision,
        conflicts.c.who,
        conflicts.c.why,
        *sides,
    ]


def _conflict(conn: Connection, row: Row[Any], known: dict[int, Codes]) -> Conflict:
    if row.layout_key not in known:
        known[row.layout_key] = load_codes(conn, row.layout_key)
    own = ("id", "serial", "number", "agency", "group", "layout", "state", "decision", "who", "why")
    fields: dict[str, Any] = {name: row._mapping[name] for name in own}
    for name in ("first", "second"):
        side = ("response", "channel", "complete", "received_day")
        given: dict[str, Any] = {one: row._mapping[f"{name}_{one}"] for one in side}
        fields[name] = Side(**given, answers=read_answers(conn, known[row.layout_key], given["response"]))
    return Conflict(**fields)
