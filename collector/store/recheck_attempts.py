"""Attempts at a call that reached nobody: noted one by one, so that nobody counts them in their head. Append-only."""

from __future__ import annotations

import datetime

from sqlalchemy import Connection, insert, select

from collector.store.clock import store_time
from collector.store.schema import recheck_attempt


def add_attempt(conn: Connection, draw: int, place: int, who: str, now: datetime.datetime | None = None) -> None:
    """Note one attempt at a place of a draw."""
    line = {"recheck_draw": draw, "place": place, "who": who, "at": store_time(now)}
    conn.execute(insert(recheck_attempt).values(line))


def list_attempts(conn: Connection) -> dict[tuple[int, int], tuple[datetime.datetime, ...]]:
    """The moments (UTC, oldest first) at which a place was called in vain: draw, place -> moments."""
    found: dict[tuple[int, int], tuple[datetime.datetime, ...]] = {}
    for row in conn.execute(select(recheck_attempt).order_by(recheck_attempt.c.id)):
        found[row.recheck_draw, row.place] = (*found.get((row.recheck_draw, row.place), ()), row.at)
    return found
