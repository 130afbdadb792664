"""Responses: who claims a serial, which count, and the places of a quota cell.

A response that claims its serial is the one that answered it; the database allows one. It counts (`accepted`) as long
as its cell has a place, which one conditional UPDATE takes; unless a reserve sheet was released in the place of its
sheet, or the campaign holds answers to sheets that were never recorded as handed out.
"""

from __future__ import annotations

import datetime
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    Integer,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from collector.store.schema import agency as agencies
from collector.store.schema import cell, conflict, meta, respondent_group
from collector.store.schema import response as responses
from collector.store.schema import sheet as sheets
from forms.response import Answer, Channel, answers_digest
from forms.serial import ALPHABET

ResponseState = Literal["accepted", "contested", "over_quota", "held", "set_aside", "void"]
STANDING: tuple[ResponseState, ...] = ("accepted", "over_quota", "held")  # undisputed: they count if there is a place
RECEIPT_SYMBOLS = 10  # 50 random bits: nobody guesses one, a person can read it out


@dataclass(frozen=True)
class HeldSheet:
    """A sheet that nobody else changes until the transaction ends; `cell` and `layout` are keys."""

    id: int
    serial: str
    cell: int
    layout: int
    state: str
    linked: bool


@dataclass(frozen=True)
class Kept:
    """A response in the store; `copy` is 0 unless it came on paper, `fought` says it is or was a side of a conflict.

    `given`: how many rows its answers are, where it is made and did not come on paper.
    """

    id: int
    channel: Channel
    copy: int
    claims: bool
    state: ResponseState
    complete: bool
    twin_of: int | None
    digest: str
    receipt: str
    fought: bool
    given: int | None = None


_SHEETS = (
    select(sheets.c.id, sheets.c.serial, sheets.c.cell, sheets.c.layout, sheets.c.state, respondent_group.c.linked)
    .join_from(sheets, cell)
    .join(respondent_group)
)


def hold_sheet(conn: Connection, which: ColumnElement[bool], skip_locked: bool = False) -> HeldSheet | None:
    """Take hold of the one sheet of a condition; everything that changes what a sheet answers begins with this.

    With `skip_locked`, None where somebody else holds it.
    """
    row = conn.execute(_SHEETS.where(which).with_for_update(of=sheets, skip_locked=skip_locked)).one_or_none()
    return HeldSheet(**row._mapping) if row is not None else None


def find_sheets(conn: Connection, serials: Collection[str]) -> dict[str, HeldSheet]:
    """Sheets by their serials, only looked at, not held."""
    rows = conn.execute(_SHEETS.where(sheets.c.serial.in_(serials)))
    return {row.serial: HeldSheet(**row._mapping) for row in rows}


_FOUGHT = exists().where(or_(conflict.c.first == responses.c.id, conflict.c.second == responses.c.id))
_LIST_KEPT = (  # once: to put it together takes longer than to ask the database
    select(*(responses.c[name] for name in Kept.__dataclass_fields__ if name != "fought"), _FOUGHT.label("fought"))
    .where(responses.c.sheet == bindparam("of_sheet"))
    .order_by(responses.c.claims.desc(), responses.c.copy, responses.c.digest)
)


def list_kept(conn: Connection, sheet: int) -> list[Kept]:
    """Every response of a sheet: the one that claims it, then by copy and content, for no order of arrival is kept."""
    return [Kept(**row._mapping) for row in conn.execute(_LIST_KEPT, {"of_sheet": sheet})]


class GivenReceipt(NamedTuple):
    """The sheet and the state of the response that a receipt was given for; `at` is kept for linked groups alone."""

    serial: str
    number: str
    state: ResponseState
    linked: bool
    agency: str
    day: datetime.date
    at: datetime.datetime | None


def find_given(conn: Connection, receipt: str) -> GivenReceipt | None:
    """What a receipt (ten symbols) was given for; None where no response has it."""
    when = responses.c.received_day, responses.c.received_at
    columns = sheets.c.serial, sheets.c.number, responses.c.state, responses.c.linked, agencies.c.code, *when
    query = select(*columns).join_from(responses, sheets).join(cell).join(agencies)
    row = conn.execute(query.where(responses.c.receipt == receipt)).one_or_none()
    return GivenReceipt(*row) if row is not None else None


def find_kept(conn: Connection, receipt: str) -> int | None:
    """The key of the response that a receipt, as people see it, was given for."""
    key: int | None = conn.scalar(select(responses.c.id).where(responses.c.receipt == receipt.replace("-", "")))
    return key


def find_principal(kept: Iterable[Kept]) -> Kept | None:
    """The response that a new one is held against: who claims the serial, else a contested one, else a decided one."""
    kept = [one for one in kept if one.twin_of is None]
    for wanted in (*STANDING, "contested", "set_aside"):
        for one in kept:
            if one.state == wanted and (wanted != "set_aside" or one.fought):
                return one
    return None


def keep_response(
    conn: Connection,
    sheet: HeldSheet,
    channel: Channel,
    answers: Collection[Answer],
    state: ResponseState,
    day: datetime.date,
    *,
    copy: int = 0,
    complete: bool = True,
    twin_of: int | None = None,
    at: datetime.datetime | None = None,
    seconds: int | None = None,
) -> Kept:
    """Store a response without its answers; standing ones claim the serial. `at` is kept for linked groups only."""
    fresh = make_response(channel, answers, state, copy=copy, complete=complete, twin_of=twin_of)
    conn.execute(insert(responses).values(response_row(sheet, fresh, day, at=at, seconds=seconds)))
    return fresh


def make_response(
    channel: Channel,
    answers: Collection[Answer],
    state: ResponseState,
    *,
    copy: int = 0,
    complete: bool = True,
    twin_of: int | None = None,
) -> Kept:
    """A response as it is to be stored, with a key and a receipt of its own."""
    return Kept(
        id=secrets.randbits(63),
        channel=channel,
        copy=copy,
        claims=state in STANDING,
        state=state,
        complete=complete,
        twin_of=twin_of,
        digest=answers_digest(answers),
        receipt="".join(secrets.choice(ALPHABET) for _ in range(RECEIPT_SYMBOLS)),
        fought=False,
        given=None if copy else sum(max(1, len(one.chosen)) for one in answers),
    )


def response_row(
    sheet: HeldSheet,
    kept: Kept,
    day: datetime.date,
    *,
    at: datetime.datetime | None = None,
    seconds: int | None = None,
) -> dict[str, object]:
    """The row of a response."""
    values = {name: value for name, value in vars(kept).items() if name != "fought"}
    times = {"received_day": day, "received_at": at if sheet.linked else None, "seconds": seconds}
    return {**values, "sheet": sheet.id, "linked": sheet.linked, **times}


_RESERVE = sheets.alias("reserve")  # once: to name its columns takes longer than to ask the database


def is_replaced(sheet: ColumnElement[int]) -> Exists:
    """The condition that a reserve sheet was released in the place of a sheet."""
    return exists(select(_RESERVE.c.id).where(_RESERVE.c.replaces == sheet)).correlate_except(_RESERVE)


def is_holding() -> Exists:
    """The condition that the campaign holds answers to sheets that were never recorded as handed out."""
    return exists(select(meta.c.key).where(meta.c.key == "unissued", meta.c.value == "hold"))


_UNISSUED = select(sheets.c.id).where(sheets.c.id == bindparam("of_sheet"), sheets.c.handover.is_(None), is_holding())
_TAKING = (
    update(cell)
    .where(cell.c.id == bindparam("of_cell"), cell.c.accepted < cell.c.target)
    .where(~is_replaced(bindparam("of_sheet", type_=Integer)))
    .values(accepted=cell.c.accepted + 1)
)


def take_place(conn: Connection, sheet: HeldSheet) -> ResponseState:
    """Take a place in a sheet's cell: `accepted`, `held` where no hand-over is on record, else `over_quota`."""
    if conn.scalar(_UNISSUED, {"of_sheet": sheet.id}) is not None:
        return "held"
    which = {"of_sheet": sheet.id, "of_cell": sheet.cell}
    if conn.execute(_TAKING, which).rowcount:
        return "accepted"
    # Whoever gives a place back in this moment looks for those who wait: held, the cell lets them see this one.
    conn.execute(select(cell.c.id).where(cell.c.id == sheet.cell).with_for_update())
    return "accepted" if conn.execute(_TAKING, which).rowcount else "over_quota"


def take_places(conn: Connection, keys: Sequence[int]) -> dict[int, ResponseState]:
    """take_place for many held sheets, by their keys, in their order; none was replaced by a reserve sheet."""
    query = select(sheets.c.id, sheets.c.cell, sheets.c.handover.is_(None) & is_holding()).where(sheets.c.id.in_(keys))
    cells = {key: (None if is_held else of_cell) for key, of_cell, is_held in conn.execute(query)}
    wanted = Counter(cells[key] for key in keys)
    room = select(cell.c.target - cell.c.accepted).with_for_update()
    left: dict[int | None, int] = {}
    for of_cell, count in sorted((one, count) for one, count in wanted.items() if one is not None):
        left[of_cell] = min(count, int(conn.scalar(room.where(cell.c.id == of_cell)) or 0))
        taken = {"accepted": cell.c.accepted + left[of_cell]}
        conn.execute(update(cell).where(cell.c.id == of_cell).values(taken))
    states: dict[int, ResponseState] = {}
    for key in keys:
        of_cell = cells[key]
        states[key] = "held" if of_cell is None else "accepted" if left[of_cell] > 0 else "over_quota"
        if of_cell is not None:
            left[of_cell] -= 1
    return states


def move_response(conn: Connection, sheet: HeldSheet, kept: Kept, state: ResponseState) -> Kept:
    """Give a response a state; a place in its cell is taken or given back with it.

    `accepted` may become `over_quota` or `held`, as take_place says.
    """
    if kept.state == "accepted" and state != "accepted":
        conn.execute(update(cell).where(cell.c.id == sheet.cell).values(accepted=cell.c.accepted - 1))
    if state == "accepted" and kept.state != "accepted":
        state = take_place(conn, sheet)
    # A contested response keeps its claim, so that no third one slips in while a person has not decided.
    claims = state in STANDING or (state == "contested" and kept.claims)
    twin_of = kept.twin_of if state == "set_aside" else None
    conn.execute(update(responses).where(responses.c.id == kept.id).values(state=state, claims=claims, twin_of=twin_of))
    return replace(kept, state=state, claims=claims, twin_of=twin_of)
