"""Acts that wait for a second signature: asked for, found, decided. What a signature then does is not known here."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from collector.store.clock import store_time
from collector.store.events import record_event
from collector.store.schema import account, cell, meta, pending_act
from collector.store.schema import agency as agencies
from collector.store.schema import sheet as sheets
from collector.store.traces import find_rating

Kind = Literal["void", "correction", "doubt", "conflict", "petition", "strike", "restore"]
RUNS = "runs"  # the key in `meta`; sync_campaign keeps it


@dataclass(frozen=True)
class PendingAct:
    """An act that waits or waited; `account` is the key of who asked for it, None at the command line.

    `rests_on`: the account on whose word that of who asked rests, itself or who made it.
    """

    id: int
    kind: Kind
    agency: str
    subject: str
    asked: dict[str, Any]
    doubt: int | None
    conflict: int | None
    petition: int | None
    who: str
    account: int | None
    why: str
    at: datetime.datetime
    state: Literal["waiting", "signed", "refused"]
    signer: str | None
    signer_account: int | None
    reply: str | None
    decided_at: datetime.datetime | None
    rests_on: int | None


def find_runner(conn: Connection) -> str:
    """The code of the rated agency that runs the survey itself, "" for none."""
    return conn.scalar(select(meta.c.value).where(meta.c.key == RUNS)) or ""


def find_own_sheets(conn: Connection, runner: str, keys: Collection[int]) -> set[int]:
    """The sheets, of these, that are about an agency or rate it in a row."""
    if not runner:
        return set()
    of_agency = select(sheets.c.id).join_from(sheets, cell, cell.c.id == sheets.c.cell).join(agencies)
    wanted = set(keys)
    own = {key for key in conn.scalars(of_agency.where(agencies.c.code == runner)) if key in wanted}
    return own | find_rating(conn, runner, keys)


def ask_signature(
    conn: Connection,
    kind: Kind,
    runner: str,
    subject: str,
    asked: dict[str, Any],
    who: str,
    why: str,
    now: datetime.datetime | None = None,
    **more: int,
) -> int:
    """Keep an act that waits, its number; the same act again is the one that waits already.

    `more`: doubt, conflict or petition, of which one act alone waits: else IntegrityError.
    """
    written = json.dumps({"kind": kind, **asked}, sort_keys=True)
    known = conn.scalar(
        select(pending_act.c.id).where(pending_act.c.asked == written, pending_act.c.state == "waiting")
    )
    if known is not None:
        return int(known)
    values = {"kind": kind, "agency": runner, "subject": subject, "asked": written, "who": who, "why": why, **more}
    of_who = conn.scalar(select(account.c.id).where(account.c.shown_name == who))
    added = insert(pending_act).values(**values, account=of_who, at=store_time(now), state="waiting")
    key: int = conn.execute(added.returning(pending_act.c.id)).scalar_one()
    record_event(conn, who, "sign.ask", subject, f"number={key}; act={kind}; {why}".rstrip("; "), now)
    return key


def find_waiting(conn: Connection, **of: int) -> int | None:
    """The number of the act about a doubt, a conflict, a petition (doubt=, conflict=, petition=) that waits."""
    query = select(pending_act.c.id).where(pending_act.c.state == "waiting")
    for name, key in of.items():
        query = query.where(pending_act.c[name] == key)
    found: int | None = conn.scalar(query)
    return found


def hold_act(conn: Connection, key: int) -> PendingAct | None:
    """An act, held until the transaction ends."""
    row = conn.execute(_select().where(pending_act.c.id == key).with_for_update(of=pending_act)).one_or_none()
    return None if row is None else _act(row)


def list_acts(conn: Connection, waiting: bool, limit: int) -> list[PendingAct]:
    """Acts that wait, the oldest first; or those decided, the latest first."""
    query = _select()
    if waiting:
        query = query.where(pending_act.c.state == "waiting").order_by(pending_act.c.id)
    else:
        query = query.where(pending_act.c.state != "waiting").order_by(pending_act.c.decided_at.desc())
    return [_act(row) for row in conn.execute(query.limit(limit))]


def list_waiting(conn: Connection, *kinds: Kind) -> list[PendingAct]:
    """All of some kinds that wait, the oldest first."""
    query = _select().where(pending_act.c.state == "waiting", pending_act.c.kind.in_(kinds))
    return [_act(row) for row in conn.execute(query.order_by(pending_act.c.id))]


def count_waiting(conn: Connection) -> int:
    """How many acts of any kind wait for a signature."""
    query = select(func.count()).select_from(pending_act).where(pending_act.c.state == "waiting")
    return int(conn.execute(query).scalar_one())


def close_act(
    conn: Connection,
    act: PendingAct,
    state: Literal["signed", "refused"],
    signer: tuple[int, str],
    reply: str,
    now: datetime.datetime,
) -> None:
    """Write a signature (account's key and shown name) or a refusal down; IntegrityError where it may not be theirs."""
    key, name = signer
    values = {"state": state, "signer": name, "signer_account": key, "reply": reply, "decided_at": store_time(now)}
    conn.execute(update(pending_act).where(pending_act.c.id == act.id).values(**values))
    said = f"number={act.id}; act={act.kind}; by={act.who}; {reply}".rstrip("; ")
    if state == "signed":
        record_event(conn, name, "sign.give", act.subject, said, now)
    else:
        record_event(conn, name, "sign.refuse", act.subject, said, now)


def _select() -> Select[Any]:
    rests_on = func.coalesce(account.c.hand, account.c.id).label("rests_on")
    return select(pending_act, rests_on).outerjoin(account, account.c.id == pending_act.c.account)


def _act(row: Row[Any]) -> PendingAct:
    return PendingAct(**{**row._mapping, "asked": json.loads(row.asked)})
