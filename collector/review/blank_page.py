"""A page that its respondent took back as a whole: every mark of it that is still in doubt is left blank, in one go.

Each stays a decision of its own, as if a person had gone through them one by one: its line and its event, its draw for
a second reader, its second signature. All are written or none.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from collector.review.deciding import get_doubt, hold_doubt, write_decision
from collector.store import Store
from collector.store.clock import store_time
from collector.store.doubts import list_of_page
from collector.store.settlements import Signature
from collector.store.settling import follow_settlement

__all__ = ["LeftBlank", "leave_page_blank", "list_as_seen", "list_of_page"]


@dataclass(frozen=True)
class LeftBlank:
    """How many doubts of a page were decided, and how many decisions wait for a second signature."""

    decided: int
    waiting: int


def list_as_seen(conn: Connection, doubt_id: int, seen: Collection[int]) -> list[int]:
    """What list_of_page gives for a doubt; [] where these are not exactly the doubts that a person had `seen`."""
    open_now = list_of_page(conn, doubt_id)
    return open_now if set(open_now) == set(seen) else []


def leave_page_blank(
    store: Store,
    doubt_id: int,
    seen: Collection[int],
    who: str,
    why: str = "",
    now: datetime.datetime | None = None,
    *,
    session: str | None = None,
) -> LeftBlank | None:
    """Decide as blank what list_of_page gives for a doubt; unsettle_last takes back what nobody decides anew.

    None, and nothing changed, where these are not exactly the doubts that the person had `seen`. NotFound.
    """
    with store.write() as conn:
        sheet = hold_doubt(conn, doubt_id)
        open_now = list_as_seen(conn, doubt_id, seen)
        if not open_now:
            return None
        codes, by = store.get_codes(conn, sheet.layout), Signature(who, session, why, store_time(now))
        lines: list[int] = []
        for key in open_now:
            line = write_decision(conn, codes, get_doubt(conn, key), (), by, together=lines[0] if lines else None)
            lines += [] if line is None else [line]
        if lines:  # once for all: between them the response says what nobody decided
            follow_settlement(conn, codes, sheet, doubt_id)
    return LeftBlank(len(lines), len(open_now) - len(lines))
