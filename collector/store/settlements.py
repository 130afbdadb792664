"""The log of what people decided about doubts: append-only, a decision is taken back by another line."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, exists, func, insert, or_, select, update

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


_later = settlements.alias("later")
_STANDS = ~exists().where(_later.c.doubt == settlements.c.doubt, _later.c.id > settlements.c.id)


def log_settlement(
    conn: Connection,
    doubt_id: int,
    after: str | None,
    by: Signature,
    undoes: int | None = None,
    together: int | None = None,
) -> int:
    """Settle or (`after` None) reopen a doubt and log it, the line's key; write_copy then brings the answer in line.

    `together`: the first line of those that are written in one go about a page, None in that one.
    """
    before = conn.execute(select(doubts.c.chosen).where(doubts.c.id == doubt_id)).scalar_one()
    line = {"doubt": doubt_id, "before": before, "after": after, "undoes": undoes, "together": together}
    key: int = conn.execute(insert(settlements).values(**line, **vars(by)).returning(settlements.c.id)).scalar_one()
    state = "open" if after is None else "settled"
    conn.execute(update(doubts).where(doubts.c.id == doubt_id).values(chosen=after, state=state))
    return key


def find_last_settlement(conn: Connection, who: str, session: str | None) -> int | None:
    """The key of the last line by which this person, in this session, decided what still stands.

    Of lines that were written in one go it is the first one's, which may stand no more.
    """
    query = select(func.coalesce(settlements.c.together, settlements.c.id)).where(
        settlements.c.who == who,
        settlements.c.session.is_not_distinct_from(session),
        settlements.c.undoes.is_(None),
        _STANDS,
    )
    found: int | None = conn.scalar(query.order_by(settlements.c.id.desc()).limit(1))
    return found


def list_standing(conn: Connection, first: int) -> list[Settlement]:
    """A line and those that were written in one go with it, as far as what they decided still stands."""
    in_one_go = or_(settlements.c.id == first, settlements.c.together == first)
    query = select(settlements.c.id, settlements.c.doubt, settlements.c.before).where(in_one_go, _STANDS)
    return [Settlement(**row._mapping) for row in conn.execute(query.order_by(settlements.c.id))]
