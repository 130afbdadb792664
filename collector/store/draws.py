"""Draws from the list of people: what was drawn, by which seed, by whom, why again. Append-only, without a name."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from collector.store.clock import store_time
from collector.store.recipients import Cell, get_cell_keys
from collector.store.schema import agency, recipient_draw, recipient_drawn, recipient_import, respondent_group


@dataclass(frozen=True)
class Draw:
    """One draw of one cell; `frame` people stood in it, `digest` says which; `last_import`: none came in later lists.

    `people`: the ids in the order drawn, the reserves behind the first `size`. `at` is UTC without a zone.
    """

    agency: str
    group: str
    round: int
    seed: str
    frame: int
    digest: str
    size: int
    reserve: int
    last_import: int
    at: datetime.datetime
    who: str
    why: str | None
    people: tuple[int, ...] = ()


def add_draw(
    conn: Connection, cell: Cell, drawn: Sequence[int], size: int, made: dict[str, object], now: datetime.datetime
) -> None:
    """Keep a draw; `made` holds round, seed, frame, digest, recipient_import, who, why.

    IntegrityError where the cell has a draw of that round already.
    """
    keys = get_cell_keys(conn, cell)
    line = {"agency": keys[0], "respondent_group": keys[1], "size": size, "reserve": len(drawn) - size}
    added = insert(recipient_draw).values(**line, **made, at=store_time(now)).returning(recipient_draw.c.id)
    number = conn.execute(added).scalar_one()
    rows = [
        {"recipient_draw": number, "place": place, "recipient": person} for place, person in enumerate(drawn, start=1)
    ]
    conn.execute(insert(recipient_drawn), rows)


def list_draws(conn: Connection) -> list[Draw]:
    """Every draw, by cell in the folder's order, then by round."""
    query = (
        select(recipient_draw, agency.c.code.label("agency_code"), respondent_group.c.code.label("group_code"))
        .join_from(recipient_draw, agency)
        .join(respondent_group)
        .order_by(agency.c.position, respondent_group.c.position, recipient_draw.c.round)
    )
    people: dict[int, list[int]] = {}
    for row in conn.execute(
        select(recipient_drawn).order_by(recipient_drawn.c.recipient_draw, recipient_drawn.c.place)
    ):
        people.setdefault(row.recipient_draw, []).append(row.recipient)
    return [
        Draw(
            row.agency_code, row.group_code, row.round, row.seed, row.frame, row.digest, row.size, row.reserve,
            row.recipient_import, row.at, row.who, row.why, tuple(people[row.id]),
        )
        for row in conn.execute(query)
    ]  # fmt: skip


def last_draws(conn: Connection) -> dict[Cell, Draw]:
    """The draw that holds in each cell: its last."""
    return {(draw.agency, draw.group): draw for draw in list_draws(conn)}


def last_import(conn: Connection) -> int:
    """The number of the latest import; 0 before the first."""
    return conn.scalar(select(func.max(recipient_import.c.id))) or 0
