"""Editions of the index, and the petitions between them with their decisions. All of it is append-only.

Points and totals are exact decimals as text.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, insert, select

from collector.store.clock import store_time
from collector.store.schema import agency, edition, edition_point, edition_total, petition, petition_decision

EDITIONS = ("du-kien", "sau-kien-nghi", "chinh-thuc")  # in their order, place 1 to 3


@dataclass(frozen=True)
class Petition:
    """What an agency asks about a criterion (or BONUS, PENALTY), by which letter; decision "" while it is open.

    before, after: the criterion's points; after None where the decision changes nothing. `turn`: decisions stand in the
    order in which they were made, whatever the numbers of their petitions; 0 while it is open.
    """

    number: int
    agency: str
    criterion: str
    letter: str
    day: datetime.date
    asks: str
    decision: str = ""
    before: Decimal | None = None
    after: Decimal | None = None
    reply: str = ""
    why: str = ""
    who: str = ""
    at: datetime.datetime | None = None
    turn: int = 0


@dataclass(frozen=True)
class Totals:
    """An agency in an edition; `made_up`: its total and what follows from it rested on what said so of itself."""

    agency: str
    block: str
    total: Decimal | None
    rank: int | None
    grade: str
    made_up: bool


@dataclass(frozen=True)
class Edition:
    """What an edition said; points by (agency, criterion, kind), `made_up`: those whose row said so of itself."""

    code: str
    digest: str
    totals: tuple[Totals, ...]
    points: dict[tuple[str, str, str], Decimal | None]
    made_up: frozenset[tuple[str, str, str]]

    @property
    def has_made_up(self) -> bool:
        """Whether any of its figures is."""
        return bool(self.made_up) or any(one.made_up for one in self.totals)


@dataclass(frozen=True)
class MadeEdition:
    """Who made an edition, and when (UTC)."""

    code: str
    digest: str
    who: str
    at: datetime.datetime


def add_petition(conn: Connection, asked: Petition, now: datetime.datetime | None = None) -> int:
    """Keep a petition and give its number; IntegrityError where its letter asks that already, or all is official."""
    key = conn.execute(select(agency.c.id).where(agency.c.code == asked.agency)).scalar_one()
    values = {"criterion": asked.criterion, "letter": asked.letter, "day": asked.day, "asks": asked.asks}
    added = insert(petition).values(agency=key, **values, at=store_time(now), who=asked.who).returning(petition.c.id)
    return int(conn.execute(added).scalar_one())


def add_decision(conn: Connection, decided: Petition, now: datetime.datetime | None = None) -> None:
    """Keep what was decided about a petition; IntegrityError where it has a decision, or all is official."""
    points = {"before": _written(decided.before), "after": _written(decided.after)}
    said = {"decision": decided.decision, "reply": decided.reply, "why": decided.why, "who": decided.who}
    conn.execute(insert(petition_decision).values(petition=decided.number, **points, **said, at=store_time(now)))


def list_petitions(conn: Connection) -> list[Petition]:
    """Every petition in the order of arrival, with its decision where there is one."""
    done = petition_decision.c
    last = done.who.label("decider"), done.at, done.id.label("turn")
    columns = (done.decision, done.before, done.after, done.reply, done.why, *last)
    asked = petition.c
    query = (
        select(asked.id, agency.c.code, asked.criterion, asked.letter, asked.day, asked.asks, asked.who, *columns)
        .join_from(petition, agency)
        .outerjoin(petition_decision)
        .order_by(asked.id)
    )
    return [
        Petition(
            row.id, row.code, row.criterion, row.letter, row.day, row.asks, row.decision or "", _number(row.before),
            _number(row.after), row.reply or "", row.why or "", row.decider or row.who, row.at,
            row.turn or 0,
        )
        for row in conn.execute(query)
    ]  # fmt: skip


def add_edition(conn: Connection, made: Edition, who: str, now: datetime.datetime | None = None) -> None:
    """Keep an edition; IntegrityError where it or a later one is there, or a petition is open behind the first."""
    place = EDITIONS.index(made.code) + 1
    values = {"place": place, "digest": made.digest, "at": store_time(now), "who": who}
    number = conn.execute(insert(edition).values(values).returning(edition.c.id)).scalar_one()
    keys = {row.code: row.id for row in conn.execute(select(agency.c.code, agency.c.id))}
    _insert(conn, edition_total, (
        {"edition": number, "agency": keys[one.agency], "block": one.block, "total": _written(one.total),
         "rank": one.rank, "grade": one.grade, "made_up": one.made_up}
        for one in made.totals
    ))  # fmt: skip
    _insert(conn, edition_point, (
        {"edition": number, "agency": keys[code], "criterion": criterion, "kind": kind, "points": _written(points),
         "made_up": (code, criterion, kind) in made.made_up}
        for (code, criterion, kind), points in made.points.items()
    ))  # fmt: skip


def find_edition(conn: Connection, code: str) -> Edition | None:
    """An edition as it was made; None before that."""
    row = conn.execute(select(edition).where(edition.c.place == EDITIONS.index(code) + 1)).one_or_none()
    if row is None:
        return None
    totals = conn.execute(
        select(agency.c.code, edition_total)
        .join_from(edition_total, agency)
        .where(edition_total.c.edition == row.id)
        .order_by(edition_total.c.id)
    )
    points = conn.execute(
        select(agency.c.code, edition_point)
        .join_from(edition_point, agency)
        .where(edition_point.c.edition == row.id)
        .order_by(edition_point.c.id)
    ).all()
    return Edition(
        code,
        row.digest,
        tuple(Totals(one.code, one.block, _number(one.total), one.rank, one.grade, one.made_up) for one in totals),
        {(one.code, one.criterion, one.kind): _number(one.points) for one in points},
        frozenset((one.code, one.criterion, one.kind) for one in points if one.made_up),
    )


def list_editions(conn: Connection) -> list[MadeEdition]:
    """The editions that there are, in their order."""
    rows = conn.execute(select(edition).order_by(edition.c.place))
    return [MadeEdition(EDITIONS[row.place - 1], row.digest, row.who, row.at) for row in rows]


def _insert(conn: Connection, table: object, rows: Iterable[dict[str, object]]) -> None:
    kept = list(rows)
    if kept:
        conn.execute(insert(table), kept)  # type: ignore[arg-type]  # any of the tables above


def _written(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
