"""The queue of letters: what is to go out, what went, what the servers said. Knows no name and no address.

A letter is written down as `sending` before a server is given it, so a run that is killed leaves a trace: the next one
finds it and calls it `unsure`, for nobody knows whether the server took it.
"""

from __future__ import annotations

import datetime
import secrets
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, and_, exists, func, insert, or_, select, update

from collector.store.clock import VIET_NAM, day_of, store_time
from collector.store.invitations import has_answered, is_void
from collector.store.schema import agency, cell, invitation, letter, respondent_group

LetterState = Literal["queued", "sending", "unsure", "sent", "failed", "bounced", "opted_out", "answered", "void"]


@dataclass(frozen=True)
class Letter:
    """One letter; `number` is 0 for the invitation, 1 and on for reminders; times are UTC without a zone."""

    id: int
    invitation: int
    number: int
    state: LetterState
    message_id: str
    tries: int
    not_before: datetime.datetime | None
    last_try: datetime.datetime | None
    reply: str


def list_letters(conn: Connection) -> list[Letter]:
    """Every letter, by its random id."""
    return [Letter(**row._mapping) for row in conn.execute(select(letter).order_by(letter.c.id))]


def queue_letters(conn: Connection, invitations: Collection[int], number: int, domain: str) -> None:
    """Put a letter to each of some invited people into the queue, its Message-ID fixed from now on.

    IntegrityError for a second letter of a number, for a reminder without a letter that was sent before it, and for a
    reminder to somebody who opted out or answered.
    """
    rows = [
        {"id": secrets.randbits(63), "invitation": key, "number": number, "state": "queued", "tries": 0, "reply": ""}
        | {"message_id": f"<{secrets.token_hex(16)}@{domain}>"}
        for key in invitations
    ]
    if rows:
        conn.execute(insert(letter), rows)


def name_unsure(conn: Connection) -> int:
    """Call `unsure` what a run that is no more had begun to send; how many. Only for who holds the queue."""
    return conn.execute(update(letter).where(letter.c.state == "sending").values(state="unsure")).rowcount


def queue_unsure(conn: Connection) -> int:
    """Put what is unsure back into the queue, because a person said so; how many."""
    again = update(letter).where(letter.c.state == "unsure")
    return conn.execute(again.values(state="queued", not_before=None)).rowcount


def drop_needless(conn: Connection) -> None:
    """Take out of the queue what is for people who opted out or answered, or whose sheet was made void."""
    waiting = letter.c.state.in_(("queued", "unsure"))
    of_opted_out = select(invitation.c.id).where(invitation.c.opted_out_day.is_not(None))
    conn.execute(update(letter).where(waiting, letter.c.invitation.in_(of_opted_out)).values(state="opted_out"))
    of_answered = select(invitation.c.id).where(has_answered())
    conn.execute(update(letter).where(waiting, letter.c.invitation.in_(of_answered)).values(state="answered"))
    of_void = select(invitation.c.id).where(is_void())
    conn.execute(update(letter).where(waiting, letter.c.invitation.in_(of_void)).values(state="void"))


def list_due(conn: Connection, now: datetime.datetime) -> list[Letter]:
    """What may be sent at a moment: invitations before reminders, in no other order."""
    is_due = or_(letter.c.not_before.is_(None), letter.c.not_before <= store_time(now))
    query = select(letter).where(letter.c.state == "queued", is_due).order_by(letter.c.number, letter.c.id)
    return [Letter(**row._mapping) for row in conn.execute(query)]


def has_due(conn: Connection, now: datetime.datetime) -> bool:
    """Whether a letter may be sent at a moment."""
    is_due = or_(letter.c.not_before.is_(None), letter.c.not_before <= store_time(now))
    return bool(conn.scalar(select(exists().where(letter.c.state == "queued", is_due))))


def has_interrupted(conn: Connection) -> bool:
    """Whether a run began to send a letter and did not end it; one that is at work has."""
    return bool(conn.scalar(select(exists().where(letter.c.state == "sending"))))


def count_states(conn: Connection) -> dict[str, int]:
    """How many letters, invitations and reminders alike, are in each state."""
    rows = conn.execute(select(letter.c.state, func.count()).group_by(letter.c.state))
    return {row[0]: row[1] for row in rows}


def next_due(conn: Connection) -> datetime.datetime | None:
    """When the first of the letters that wait for another try may be tried."""
    found: datetime.datetime | None = conn.scalar(
        select(func.min(letter.c.not_before)).where(letter.c.state == "queued", letter.c.not_before.is_not(None))
    )
    return found


def begin_sending(conn: Connection, key: int, now: datetime.datetime) -> bool:
    """Write down that a letter is being given to a server; False where it is no longer wanted or no longer waits."""
    wanted = exists().where(
        invitation.c.id == letter.c.invitation, invitation.c.opted_out_day.is_(None), ~has_answered(), ~is_void()
    )
    begun = update(letter).where(letter.c.id == key, letter.c.state == "queued", wanted)
    values = {"state": "sending", "tries": letter.c.tries + 1, "last_try": store_time(now)}
    return bool(conn.execute(begun.values(**values)).rowcount)


def end_sending(
    conn: Connection, one: Letter, state: LetterState, reply: str, not_before: datetime.datetime | None = None
) -> None:
    """Write down what became of a letter that was being sent."""
    waits = store_time(not_before) if not_before else None
    ended = update(letter).where(letter.c.id == one.id, letter.c.state == "sending")
    conn.execute(ended.values(state=state, reply=reply, not_before=waits))


def count_tried(conn: Connection, now: datetime.datetime) -> int:
    """How many letters were tried on the day in Viet Nam of a moment."""
    begin = datetime.datetime.combine(day_of(now), datetime.time(), VIET_NAM)
    return conn.scalar(select(func.count()).where(letter.c.last_try >= store_time(begin))) or 0


def note_bounce(conn: Connection, key: int, reply: str) -> bool:
    """Note that a letter that went out came back undelivered; False where that is on record."""
    came_back = update(letter).where(letter.c.id == key, letter.c.state.in_(("sent", "unsure")))
    return bool(conn.execute(came_back.values(state="bounced", reply=reply)).rowcount)


def list_to_remind(conn: Connection, number: int, cells: Collection[tuple[str, str]] | None = None) -> list[int]:
    """Invitations whose letter before the reminder of a number was sent, and that nobody answered or opted out of."""
    earlier, later = letter.alias("earlier"), letter.alias("later")
    query = (
        select(invitation.c.id, agency.c.code, respondent_group.c.code.label("group"))
        .join_from(invitation, cell, cell.c.id == invitation.c.cell)
        .join(agency, agency.c.id == cell.c.agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .join(earlier, and_(earlier.c.invitation == invitation.c.id, earlier.c.number == number - 1))
        .where(invitation.c.opted_out_day.is_(None), ~has_answered(), ~is_void(), earlier.c.state == "sent")
        .where(~exists().where(later.c.invitation == invitation.c.id, later.c.number == number))
        .order_by(invitation.c.id)
    )
    return [row.id for row in conn.execute(query) if cells is None or (row.code, row.group) in cells]


@dataclass(frozen=True)
class CellCount:
    """How far the letters of a cell are; `sent`, `bounced`, `waiting`, ... count people by their first letter.

    `by_hand` people have no e-mail; `reminded` got a reminder at least; `unsure` counts letters of any number;
    of `void` people the sheet was made void.
    """

    agency: str
    group: str
    invited: int = 0
    by_hand: int = 0
    waiting: int = 0
    sent: int = 0
    failed: int = 0
    bounced: int = 0
    unsure: int = 0
    reminded: int = 0
    opted_out: int = 0
    void: int = 0
    answered: int = 0


def count_cells(conn: Connection) -> list[CellCount]:
    """Every cell where somebody is invited, in the order of the campaign folder; no person can be told from it."""
    people = (
        select(invitation.c.id, invitation.c.reach, invitation.c.opted_out_day, has_answered().label("answered"))
        .add_columns(is_void().label("void"))
        .add_columns(agency.c.code, respondent_group.c.code.label("group"))
        .join_from(invitation, cell, cell.c.id == invitation.c.cell)
        .join(agency, agency.c.id == cell.c.agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .order_by(agency.c.position, respondent_group.c.position)
    )
    states: dict[int, dict[int, str]] = {}
    for row in conn.execute(select(letter.c.invitation, letter.c.number, letter.c.state)):
        states.setdefault(row.invitation, {})[row.number] = row.state
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in conn.execute(people):
        counts.setdefault((row.code, row.group), Counter()).update(_standing(row, states.get(row.id, {})))
    return [CellCount(named[0], named[1], **count) for named, count in counts.items()]


def _standing(person: object, letters: dict[int, str]) -> list[str]:
    """What one person counts as."""
    first = {"queued": "waiting", "sending": "waiting", "sent": "sent", "failed": "failed", "bounced": "bounced"}
    found = ["invited"] + (["by_hand"] if getattr(person, "reach", "") == "hand" else [])
    found += [first[letters[0]]] if letters.get(0) in first else []
    found += ["unsure"] * sum(state == "unsure" for state in letters.values())
    found += ["reminded"] if any(number and state == "sent" for number, state in letters.items()) else []
    found += ["opted_out"] if getattr(person, "opted_out_day", None) else []
    found += ["void"] if getattr(person, "void", False) else []
    return found + (["answered"] if getattr(person, "answered", False) else [])
