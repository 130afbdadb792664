"""The recheck's seeds, frame and draws. Append-only; what was drawn is a serial or an id, never a name."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, or_, select

from collector.store.clock import store_time
from collector.store.counting import is_accepted
from collector.store.draws import last_draws
from collector.store.invitations import has_answered
from collector.store.recipients import Cell, list_frame
from collector.store.schema import (
    agency,
    cell,
    invitation,
    recheck_contact,
    recheck_draw,
    recheck_place,
    recheck_seed,
    recheck_widening,
    respondent_group,
    response,
    sheet,
)
from forms.draw import show_id


@dataclass(frozen=True)
class Seed:
    """A commitment; `answers` counted when it was made, `why` where it came late or instead of another."""

    id: int
    round: int
    commitment: str
    answers: int
    at: datetime.datetime
    who: str
    why: str | None


@dataclass(frozen=True)
class Unit:
    """Something that a call can check: a sheet by its serial, or a person of a hand-out list by their id."""

    unit: str
    group: str
    cell: int
    sheet: int | None = None
    recipient: int | None = None


@dataclass(frozen=True)
class RecheckPlace:
    """A place of a draw, from 1; `number` is the sheet's, "" for a person of a list; `party` is who handed it out."""

    place: int
    unit: str
    group: str
    cell: int
    party: str
    sheet: int | None
    recipient: int | None
    number: str


@dataclass(frozen=True)
class RecheckDraw:
    """The draw of an agency; `widened`: every place is open since a forgery was confirmed. `at` is UTC."""

    id: int
    agency: str
    seed: Seed
    revealed: str
    frame: int
    digest: str
    size: int
    attempts: int
    flagged: str | None
    at: datetime.datetime
    who: str
    widened: bool
    places: tuple[RecheckPlace, ...]


def count_answers(conn: Connection) -> int:
    """How many responses were accepted by now; those of an import under way too, for they are known."""
    return conn.scalar(select(func.count()).select_from(response).where(response.c.state == "accepted")) or 0


def list_seeds(conn: Connection) -> list[Seed]:
    """Every commitment, the one that holds last."""
    return [Seed(**row._mapping) for row in conn.execute(select(recheck_seed).order_by(recheck_seed.c.round))]


def add_seed(
    conn: Connection, commitment: str, answers: int, who: str, why: str, now: datetime.datetime | None = None
) -> None:
    """Keep a commitment; IntegrityError where it is late, or another is there, and no reason is given."""
    number = 1 + len(list_seeds(conn))
    line = {"round": number, "commitment": commitment, "answers": answers, "who": who, "why": why or None}
    conn.execute(insert(recheck_seed).values(**line, at=store_time(now)))


@dataclass(frozen=True)
class Replaced:
    """Of a drawn list, the people who left their places, and the reserves who took them."""

    left: frozenset[int] = frozenset()
    took: frozenset[int] = frozenset()


def list_units(conn: Connection, replaced: Mapping[Cell, Replaced] | None = None) -> dict[str, list[Unit]]:
    """All that may be called, by agency: counting sheets with a contact, and where a cell has none, people of its list.

    Of a list that people were drawn from, those drawn; of people who were invited, those who are said to have taken
    part (_find_part_takers), whether they were drawn at first or took somebody's place. `replaced` tells, by cell, what
    is known besides. In no order.
    """
    query = (
        select(
            agency.c.code, sheet.c.serial, respondent_group.c.code.label("group"), cell.c.id.label("cell"), sheet.c.id
        )
        .join_from(recheck_contact, sheet)
        .join(response, response.c.sheet == sheet.c.id)
        .join(cell, cell.c.id == sheet.c.cell)
        .join(agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .where(is_accepted(), respondent_group.c.linked)
    )
    units: dict[str, list[Unit]] = {}
    for row in conn.execute(query):
        units.setdefault(row.code, []).append(Unit(row.serial, row.group, row.cell, sheet=row.id))
    covered = {unit.cell for found in units.values() for unit in found}
    for code, group, key, people in _list_people(conn, replaced or {}):
        if key not in covered and people:
            units.setdefault(code, []).extend(Unit(show_id(one), group, key, recipient=one) for one in people)
    return units


def _list_people(conn: Connection, replaced: Mapping[Cell, Replaced]) -> list[tuple[str, str, int, Collection[int]]]:
    """Agency, group, cell and people of every hand-out list."""
    query = select(agency.c.code, respondent_group.c.code.label("group"), cell.c.id).join_from(cell, agency)
    cells = {(row.code, row.group): row.id for row in conn.execute(query.join(respondent_group))}
    drawn = {key: draw.people[: draw.size] for key, draw in last_draws(conn).items()}
    takes_part = _find_part_takers(conn)
    lists: list[tuple[str, str, int, Collection[int]]] = []
    for key, listed in list_frame(conn).items():
        if key in cells:
            people = [one for one in drawn.get(key, listed) if one in listed and one not in takes_part]
            people += [one for one in listed if takes_part.get(one)]
            other = replaced.get(key, Replaced())
            stay = [one for one in people if one not in other.left]
            people = stay + sorted(other.took.intersection(listed).difference(stay))
            lists.append((*key, cells[key], people))
    return lists


def _find_part_takers(conn: Connection) -> dict[int, bool]:
    """Of every invited person whether a call may ask them: of a linked group, those whose sheet was answered.

    Of an unlinked group all of them: no list of calls tells who answered there.
    """
    asked = select(invitation.c.recipient, or_(~invitation.c.linked, has_answered()).label("asked"))
    return {row.recipient: bool(row.asked) for row in conn.execute(asked.where(invitation.c.bound))}


def add_recheck(
    conn: Connection, code: str, order: Sequence[Unit], made: dict[str, object], now: datetime.datetime | None = None
) -> None:
    """Keep the draw of an agency, its whole order.

    `made` holds recheck_seed, seed, digest, size, attempts, flagged, who.

    IntegrityError where the agency is drawn already.
    """
    key = conn.scalar(select(agency.c.id).where(agency.c.code == code))
    line = {"agency": key, "frame": len(order), "at": store_time(now), **made}
    number = conn.execute(insert(recheck_draw).values(line).returning(recheck_draw.c.id)).scalar_one()
    rows = [
        {
            "recheck_draw": number,
            "place": place,
            "unit": unit.unit,
            "cell": unit.cell,
            "sheet": unit.sheet,
            "recipient": unit.recipient,
        }
        for place, unit in enumerate(order, 1)
    ]
    conn.execute(insert(recheck_place), rows)


def find_largest(conn: Connection) -> int:
    """How many are called first where most are; 0 where nothing was drawn."""
    return conn.scalar(select(func.max(recheck_draw.c.size))) or 0


def list_rechecks(conn: Connection, code: str | None = None, most: int | None = None) -> list[RecheckDraw]:
    """Every draw (or that of one agency) with its places, in the folder's order of agencies.

    `most`: of draws that were not widened, no places after this one.
    """
    seeds = {seed.id: seed for seed in list_seeds(conn)}
    widened = set(conn.scalars(select(recheck_widening.c.recheck_draw)))
    places = _list_places(conn, code, most)
    query = select(recheck_draw, agency.c.code).join_from(recheck_draw, agency).order_by(agency.c.position)
    if code is not None:
        query = query.where(agency.c.code == code)
    return [
        RecheckDraw(
            row.id, row.code, seeds[row.recheck_seed], row.seed, row.frame, row.digest, row.size, row.attempts,
            row.flagged, row.at, row.who, row.id in widened, tuple(places[row.id]),
        )
        for row in conn.execute(query)
    ]  # fmt: skip


def _list_places(conn: Connection, code: str | None, most: int | None) -> dict[int, list[RecheckPlace]]:
    columns = (*(recheck_place.c[name] for name in ("recheck_draw", "place", "unit", "cell", "sheet", "recipient")),)
    query = (
        select(*columns, respondent_group.c.code.label("group"), cell.c.collector, agency.c.code, sheet.c.number)
        .join_from(recheck_place, cell, cell.c.id == recheck_place.c.cell)
        .join(agency, agency.c.id == cell.c.agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .outerjoin(sheet, sheet.c.id == recheck_place.c.sheet)
        .order_by(recheck_place.c.recheck_draw, recheck_place.c.place)
    )
    if code is not None:
        drawn = select(recheck_draw.c.id).join_from(recheck_draw, agency).where(agency.c.code == code)
        query = query.where(recheck_place.c.recheck_draw.in_(drawn))
    if most is not None:
        widened = recheck_place.c.recheck_draw.in_(select(recheck_widening.c.recheck_draw))
        query = query.where((recheck_place.c.place <= most) | widened)
    places: dict[int, list[RecheckPlace]] = {}
    for row in conn.execute(query):
        one = (row.place, row.unit, row.group, row.cell, row.collector or row.code, row.sheet, row.recipient)
        places.setdefault(row.recheck_draw, []).append(RecheckPlace(*one, row.number or ""))
    return places
