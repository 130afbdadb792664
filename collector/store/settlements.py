"""The log of what people decided about doubts: append-only, a decision is taken back by another line."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from collector.store.schema import doubt as doubts
from collector.store.schema import settlement as settlements


@dataclass(frozen=True)
class Signature:
    """Who decides, why and when (UTC without a zone).

    `session` is a random label of their stay at the console, for two people may give the same name; it opens nothing.
    `act`: what somebody else signed for it.
    """

    who: str
    session: str | None
    why: str
    at: datetime.datetime
    act: int | None = None


@dataclass(frozen=True)
class Settlement:
    """A line of the log: what a doubt was before it, as a JSON list, None for open."""

    id: int
    doubt: int
    before: str | None


def log_settlement(
    conn: Connection, doubt_id: int, after: str | None, by: Signature, undoes: int | None = None
) -> None:
    """Settle or (`after` None) reopen a doubt and log it; write_copy then brings the answer in line."""
    before = conn.execute(select(doubts.c.chosen).where(doubts.c.id == doubt_id)).scalar_one()
    line = {"doubt": doubt_id, "before": before, "after": after, "undoes": undoes}
    conn.execute(insert(settlements).values(**line, **vars(by)))
    state = "open" if after is None else "settled"
    conn.execute(update(doubts).where(doubts.c.id == doubt_id).values(chosen=after, state=state))


def find_last_settlement(conn: Connection, who: str, session: str | None) -> Settlement | None:
    """The last line in which this person, in this session, decided what still stands."""
    later = settlements.alias("later")
    is_last = ~select(later.c.id).where(later.c.doubt == settlements.c.doubt, later.c.id > settlements.c.id).exists()
    row = conn.execute(
        select(settlements.c.id, settlements.c.doubt, settlements.c.before)
        .where(
            settlements.c.who == who,
            settlements.c.session.is_not_distinct_from(session),
            settlements.c.undoes.is_(None),
            is_last,
        )
        .order_by(settlements.c.id.desc())
        .limit(1)
    ).one_or_none()
    return Settlement(**row._mapping) if row is not None else None
