"""Decided doubts that a second person reads blind: which were drawn and wait, what was seen, and how it compares.

A decided doubt is drawn by the SHA-256 of CAMPAIGN|SERIAL|QUESTION|ROW|2 (ROW is empty but on matrix sheets) as a
second look is; neither who decided nor what has a part in it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, insert, select

from collector.store.again_schema import doubt_reading
from collector.store.looks import Draw, Seen
from collector.store.schema import agency as agencies
from collector.store.schema import cell, question, respondent_group
from collector.store.schema import doubt as doubts
from collector.store.schema import layout as layouts
from collector.store.schema import response as responses
from collector.store.schema import settlement as settlements
from collector.store.schema import sheet as sheets
from collector.store.settlements import Signature
from collector.store.shown import call_sheet, shown_number
from collector.store.signing_schema import pending_act

_DIGITS = 16
_rated, _later = agencies.alias("rated"), settlements.alias("later")


@dataclass(frozen=True)
class DecidedDoubt:
    """A doubt as somebody decided it, drawn for a second person; `chosen` is the JSON that the log holds."""

    doubt: int
    settlement: int
    chosen: str
    draw: str


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


def list_decided(conn: Connection, rule: Draw, who: str, not_agency: str | None = None) -> list[DecidedDoubt]:
    """The drawn doubts that this person may read and nobody has read again, in the order of their hashes.

    None that they decided about or signed for. `not_agency` leaves out sheets of that agency and rows that rate it.
    """
    own = exists().where(_later.c.doubt == doubts.c.id, _later.c.who == who)
    signed = exists().where(pending_act.c.doubt == doubts.c.id, pending_act.c.signer == who)
    query = _select_decided(
        doubts.c.id, settlements.c.id.label("settlement"), settlements.c.after, sheets.c.serial, question.c.code
    ).where(~own, ~signed, ~exists().where(doubt_reading.c.doubt == doubts.c.id))
    if not_agency is not None:
        query = query.where(agencies.c.code != not_agency, func.coalesce(_rated.c.code, "") != not_agency)
    found = []
    for row in conn.execute(query):
        digits = _digits(f"{rule.campaign}|{row.serial}|{row.code}|{row.row or ''}|2")
        if int(digits, 16) < rule.share * 16**_DIGITS:
            found.append(DecidedDoubt(row.id, row.settlement, row.after, digits))
    return sorted(found, key=lambda one: (one.draw, one.doubt))


def add_reading(conn: Connection, one: DecidedDoubt, seen: tuple[str, ...] | None, by: Signature) -> bool:
    """Keep what a second person saw; whether it is what was decided. IntegrityError where it may not be theirs."""
    said = None if seen is None else json.dumps(seen)
    values = {"doubt": one.doubt, "settlement": one.settlement, "first": one.chosen, "seen": said}
    conn.execute(insert(doubt_reading).values(**values, agrees=said == one.chosen, who=by.who, at=by.at))
    return said == one.chosen


def list_readings(conn: Connection) -> list[Reading]:
    """Every doubt that two people read, in the order in which the second did."""
    first = settlements.alias("first")
    query = (
        _select_decided(
            doubt_reading.c.doubt,
            shown_number(),
            agencies.c.code.label("agency"),
            respondent_group.c.code.label("group"),
            layouts.c.code.label("layout"),
            question.c.code.label("question"),
            *(doubt_reading.c[name] for name in ("first", "seen", "who", "agrees")),
            first.c.who.label("first_who"),
            standing=False,
        )
        .join(doubt_reading, doubt_reading.c.doubt == doubts.c.id)
        .join(first, first.c.id == doubt_reading.c.settlement)
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


def _digits(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()[:_DIGITS]


def _select_decided(*columns: ColumnElement[Any], standing: bool = True) -> Select[Any]:
    """Of doubts, with sheet, cell and row; `standing`: with the decision that stands, of responses that may count."""
    query = (
        select(*columns, _rated.c.code.label("row"))
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
    return query.join(settlements, of_doubt).where(doubts.c.state == "settled", counting)
