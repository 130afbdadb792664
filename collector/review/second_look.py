"""The standing check of the reader: a person looks at drawn answers without seeing how they were read.

A look that agrees is counted. One that does not makes the answer doubtful: neither side overrides the other, whoever
reviews doubts decides with both in sight. Every look is kept, also one that was taken back.
"""

from __future__ import annotations

import datetime

from sqlalchemy import Connection

from collector.store import Store
from collector.store.clock import store_time
from collector.store.codes import Codes
from collector.store.doubts import is_decided
from collector.store.looks import (
    DrawnAnswer,
    Look,
    Seen,
    count_drawn,
    find_last_look,
    find_response,
    get_drawn,
    is_waiting,
    next_drawn,
    record_look,
    undo_look,
)
from collector.store.responses import HeldSheet, hold_sheet
from collector.store.schema import sheet as sheets
from collector.store.settlements import Signature
from collector.store.settling import follow_change
from collector.store.typed import check_given
from forms.errors import InputWrong, Problem

__all__ = [
    "DrawnAnswer",
    "Look",
    "Seen",
    "count_drawn",
    "get_drawn",
    "is_waiting",
    "look_again",
    "next_drawn",
    "take_back_look",
]


def look_again(
    store: Store,
    drawn_id: int,
    seen: Seen,
    who: str,
    now: datetime.datetime | None = None,
    *,
    session: str | None = None,
) -> bool:
    """Keep what a person saw in a drawn answer; False, and nothing changed, where somebody looked before.

    InputWrong for options that the question does not have, or for several codes where one is asked for; NotFound.
    """
    with store.write() as conn:
        sheet, codes, drawn = _hold_drawn(conn, store, drawn_id)
        if not is_waiting(conn, drawn_id):
            return False
        agrees = record_look(conn, drawn_id, _checked(codes, drawn.question, seen), _sign(who, session, now))
        if not agrees:
            _follow(conn, codes, sheet, drawn_id)
        return True


def take_back_look(
    store: Store, who: str, now: datetime.datetime | None = None, *, session: str | None = None
) -> int | None:
    """Take back this person's last look of this session; the drawn answer's id.

    None without one, or where somebody has decided about it meanwhile.
    """
    with store.write() as conn:
        last = find_last_look(conn, who, session)
        if last is None:
            return None
        sheet, codes, drawn = _hold_drawn(conn, store, last[1])
        asked, rated = codes.keys((drawn.question, drawn.row))
        if find_last_look(conn, who, session) != last or is_decided(conn, drawn.page, asked, rated):
            return None
        undo_look(conn, last[0], _sign(who, session, now))
        _follow(conn, codes, sheet, last[1])
        return last[1]


def _sign(who: str, session: str | None, now: datetime.datetime | None) -> Signature:
    return Signature(who, session, "", store_time(now))


def _hold_drawn(conn: Connection, store: Store, drawn_id: int) -> tuple[HeldSheet, Codes, DrawnAnswer]:
    drawn = get_drawn(conn, drawn_id)
    sheet = hold_sheet(conn, sheets.c.serial == drawn.serial)
    assert sheet is not None  # get_drawn joins it
    return sheet, store.get_codes(conn, sheet.layout), drawn


def _checked(codes: Codes, asked: str, seen: Seen) -> Seen:
    question = codes.by_code[asked]
    if seen is None or (seen == "several" and question.kind == "one"):
        return seen
    codes_seen = (seen,) if isinstance(seen, str) else seen
    problem = check_given(codes, question, codes_seen, None)
    if problem is not None:
        raise InputWrong([Problem(asked, problem)])
    return codes.in_order(asked, set(codes_seen))


def _follow(conn: Connection, codes: Codes, sheet: HeldSheet, drawn_id: int) -> None:
    """Bring the answer in line; a page that speaks for no response any more has none."""
    response = find_response(conn, drawn_id)
    if response is not None:
        follow_change(conn, codes, sheet, response)
