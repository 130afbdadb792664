"""Decided doubts that a second person reads blind: which were drawn and wait, what was seen, and how it compares.

A doubt is drawn by the SHA-256 of CAMPAIGN|SERIAL|QUESTION|ROW|2 (ROW is empty but on matrix sheets) as a second look
is: its digits are kept with it from the beginning, so neither who decides nor what has a part in it, and nothing is
hashed when somebody opens the page.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Exists, Select, and_, exists, func, insert, or_, select

from collector.store.looks import Draw, Seen
from collector.store.schema import agency as agencies
from collector.store.schema import cell, doubt_reading, pending_act, question, reading_undone, respondent_group
from collector.store.schema import doubt as doubts
from collector.store.schema import layout as layouts
from collector.store.schema import response as responses
from collector.store.schema import settlement as settlements
from collector.store.schema import sheet as sheets
from collector.store.settlements import Signature
from collector.store.shown import SHOWN_NAMES, call_sheet

_rated, _later = agencies.alias("rated"), settlements.alias("later")


@dataclass(frozen=True)
class DecidedDoubt:
    """A doubt as somebody decided it, drawn for a second person; `chosen` is the JSON that the log holds."""

    doubt: int
    settlement: int
    chosen: str


@dataclass(frozen=True)
class Reading:
    """One mark by two people: what was decided first, what the second saw. `name`: what the sheet is called."""

    doubt: int
    name: str
    agency: str
    layout: str
    question: str
    row: str | None
    first: tuple[str, ...]
    first_who: str
    seen: Seen
    who: str
    agrees: bool


def list_decided(
    conn: Connection,
    rule: Draw,
    who: str,
    not_agency: str | None = None,
    *,
    after: int | None = None,
    doubt: int | None = None,
    limit: int | None = None,
) -> list[DecidedDoubt]:
    """The drawn doubts that this person may read and nobody has read again, in the order of their hashes.

    None that they decided about or signed for. `not_agency` leaves out sheets of that agency and rows that rate it;
    `after`: those behind a doubt alone; `doubt`: that one alone.
    """
    query = _select_decided(doubts.c.id.label("doubt"), settlements.c.id.label("settlement"), settlements.c.after)
    query = query.where(*_waits(rule, who, not_agency)).order_by(doubts.c.draw, doubts.c.id).limit(limit)
    if after is not None:
        place = select(doubts.c.draw).where(doubts.c.id == after).scalar_subquery()
        query = query.where(or_(doubts.c.draw > place, and_(doubts.c.draw == place, doubts.c.id > after)))
    if doubt is not None:
        query = query.where(doubts.c.id == doubt)
    return [DecidedDoubt(row.doubt, row.settlement, row.after) for row in conn.execute(query)]


def count_decided(conn: Connection, rule: Draw, who: str, not_agency: str | None = None) -> int:
    """How many list_decided would give without a limit."""
    found: int = conn.execute(_select_decided(func.count()).where(*_waits(rule, who, not_agency))).scalar_one()
    return found


def _waits(rule: Draw, who: str, not_agency: str | None) -> list[ColumnElement[bool]]:
    own = exists().where(_later.c.doubt == doubts.c.id, _later.c.who == who)
    signed = exists().where(pending_act.c.doubt == doubts.c.id, pending_act.c.signer == who)
    read = exists().where(doubt_reading.c.doubt == doubts.c.id, ~_is_undone())
    wanted = [doubts.c.draw < rule.end, ~own, ~signed, ~read]
    if not_agency is not None:
        wanted += [agencies.c.code != not_agency, func.coalesce(_rated.c.code, "") != not_agency]
    return wanted


def add_reading(conn: Connection, one: DecidedDoubt, seen: tuple[str, ...] | None, by: Signature) -> bool:
    """Keep what a second person saw; whether it is what was decided. IntegrityError where it may not be theirs."""
    said = None if seen is None else json.dumps(seen)
    before = select(func.count()).select_from(doubt_reading).where(doubt_reading.c.doubt == one.doubt)
    values = {"doubt": one.doubt, "settlement": one.settlement, "first": one.chosen, "seen": said}
    values |= {"round": 1 + conn.execute(before).scalar_one(), "who": by.who, "session": by.session, "at": by.at}
    conn.execute(insert(doubt_reading).values(**values, agrees=said == one.chosen))
    return said == one.chosen


def undo_reading(conn: Connection, who: str, session: str | None, at: datetime.datetime) -> int | None:
    """Note that this person's last reading of this session was taken back; the doubt, None without one.

    IntegrityError where somebody has decided about it anew.
    """
    query = select(doubt_reading.c.id, doubt_reading.c.doubt).where(
        doubt_reading.c.who == who, doubt_reading.c.session.is_not_distinct_from(session), ~_is_undone()
    )
    last = conn.execute(query.order_by(doubt_reading.c.id.desc()).limit(1)).one_or_none()
    if last is None:
        return None
    conn.execute(insert(reading_undone).values(doubt_reading=last.id, at=at))
    return int(last.doubt)


def count_undone(conn: Connection) -> int:
    """How many readings were taken back."""
    found: int = conn.execute(select(func.count()).select_from(reading_undone)).scalar_one()
    return found


def _is_undone() -> Exists:
    undone = select(reading_undone.c.id).where(reading_undone.c.doubt_reading == doubt_reading.c.id)
    return exists(undone).correlate_except(reading_undone)


def list_readings(conn: Connection) -> list[Reading]:
    """Every doubt that two people read, in the order in which the second did."""
    first = settlements.alias("first")
    query = (
        _select_decided(
            doubt_reading.c.doubt,
            *SHOWN_NAMES,
            question.c.code.label("question"),
            _rated.c.code.label("row"),
            *(doubt_reading.c[name] for name in ("first", "seen", "who", "agrees")),
            first.c.who.label("first_who"),
            standing=False,
        )
        .join(doubt_reading, doubt_reading.c.doubt == doubts.c.id)
        .join(first, first.c.id == doubt_reading.c.settlement)
        .where(~_is_undone())
        .order_by(doubt_reading.c.id)
    )
    return [_reading(row) for row in conn.execute(query)]


def _reading(row: Any) -> Reading:
    seen = None if row.seen is None else tuple(json.loads(row.seen))
    return Reading(
        row.doubt,
        call_sheet(row.number, row.agency, row.group),
        row.agency,
        row.layout,
        row.question,
        row.row,
        tuple(json.loads(row.first)),
        row.first_who,
        seen,
        row.who,
        row.agrees,
    )


def _select_decided(*columns: ColumnElement[Any], standing: bool = True) -> Select[Any]:
    """Of doubts, with sheet, cell and row; `standing`: with the decision that stands, of responses that may count."""
    query = (
        select(*columns)
        .select_from(doubts)
        .join(responses, responses.c.id == doubts.c.response)
        .join(sheets, sheets.c.id == responses.c.sheet)
        .join(cell, cell.c.id == sheets.c.cell)
        .join(agencies, agencies.c.id == cell.c.agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .join(layouts, layouts.c.id == sheets.c.layout)
        .join(question, question.c.id == doubts.c.question)
        .outerjoin(_rated, _rated.c.id == doubts.c.rated)
    )
    if not standing:
        return query
    after = settlements.alias("after")
    is_last = ~exists().where(after.c.doubt == settlements.c.doubt, after.c.id > settlements.c.id)
    of_doubt = and_(settlements.c.doubt == doubts.c.id, settlements.c.after.is_not(None), is_last)
    counting = responses.c.state.in_(("accepted", "held", "contested"))
    # What a table brought in has no picture to read again
    return query.join(settlements, of_doubt).where(doubts.c.state == "settled", doubts.c.page.is_not(None), counting)
