"""Where a person decides: doubtful marks, and sheets answered twice. Every decision is logged and none deletes."""

from __future__ import annotations

import datetime
import json

from sqlalchemy import Connection, select

from collector.store import Store
from collector.store import conflicts as kept_conflicts
from collector.store.clock import store_time
from collector.store.codes import Codes, load_codes
from collector.store.conflicts import Conflict, Keep, Side, close_conflict, contest, open_conflicts
from collector.store.copies import list_copies, read_copy, write_copy
from collector.store.doubts import (
    Doubt,
    count_doubts,
    find_last_settlement,
    get_doubt,
    list_doubts,
    log_settlement,
    next_doubt,
)
from collector.store.responses import COUNTED, HeldSheet, agree, hold_sheet, list_kept, move_response, read_answers
from collector.store.schema import conflict, doubt, response
from collector.store.schema import sheet as sheets
from collector.store.typed import check_given, clean_value
from forms.errors import InputWrong, NotFound, Problem
from forms.words import text

__all__ = [
    "Conflict",
    "Doubt",
    "Keep",
    "Side",
    "count_doubts",
    "decide_conflict",
    "get_doubt",
    "list_conflicts",
    "list_doubts",
    "next_doubt",
    "settle_doubt",
    "unsettle_last",
]


def settle_doubt(
    store: Store,
    doubt_id: int,
    chosen: tuple[str, ...],
    who: str,
    why: str = "",
    now: datetime.datetime | None = None,
) -> None:
    """Decide a doubtful answer: option codes, a number as one string, or () for blank; skip rules are applied anew.

    The same decision again changes nothing, another one replaces it and both stay in the log. InputWrong for options
    that the question does not have, or several where one is asked for; NotFound.
    """
    with store.write() as conn:
        sheet = _hold_doubt(conn, doubt_id)
        codes = store.get_codes(conn, sheet.layout)
        known = get_doubt(conn, doubt_id)
        decided = _checked(codes, known.question, chosen)
        if known.chosen != decided:
            log_settlement(conn, doubt_id, json.dumps(decided), who, why, store_time(now))
            _follow(conn, codes, sheet, doubt_id)


def unsettle_last(store: Store, who: str, now: datetime.datetime | None = None) -> int | None:
    """Take back this person's last decision that still stands; the doubt's id, None where there is none."""
    with store.write() as conn:
        last = find_last_settlement(conn, who)
        if last is None:
            return None
        sheet = _hold_doubt(conn, last.doubt)
        last = find_last_settlement(conn, who)  # nobody changes it any more
        if last is None:
            return None
        log_settlement(conn, last.doubt, last.before, who, "", store_time(now), undoes=last.id)
        _follow(conn, store.get_codes(conn, sheet.layout), sheet, last.doubt)
        return int(last.doubt)


def _hold_doubt(conn: Connection, doubt_id: int) -> HeldSheet:
    of_doubt = select(response.c.sheet).join_from(doubt, response).where(doubt.c.id == doubt_id).scalar_subquery()
    sheet = hold_sheet(conn, sheets.c.id == of_doubt)
    if sheet is None:
        raise NotFound(text("store.no_doubt", doubt=doubt_id))
    return sheet


def _checked(codes: Codes, question: str, chosen: tuple[str, ...]) -> tuple[str, ...]:
    asked = codes.by_code[question]
    if asked.kind in ("one", "many"):
        problem = check_given(codes, asked, chosen, None)
        decided = codes.in_order(question, set(chosen))
    else:
        problem = check_given(codes, asked, chosen[1:], chosen[0] if chosen else None)
        value = clean_value(asked, chosen[0] if chosen and not problem else None)
        decided = (value,) if value else ()
    if problem is not None:
        raise InputWrong([Problem(question, problem)])
    return decided


def _follow(conn: Connection, codes: Codes, sheet: HeldSheet, doubt_id: int) -> None:
    """Bring the response of a doubt in line with what was decided, and see whether its twins still say the same."""
    key = conn.execute(select(doubt.c.response).where(doubt.c.id == doubt_id)).scalar_one()
    kept = list_kept(conn, sheet.id)
    own = next(one for one in kept if one.id == key)
    copy = list_copies(conn, sheet.id)[own.copy]
    answers = write_copy(conn, codes, own.id, copy, read_copy(conn, codes, copy))
    for twin in kept:
        is_live = own.state in (*COUNTED, "contested")
        if twin.twin_of == own.id and is_live and not agree(answers, read_answers(conn, codes, twin.id)):
            contest(conn, sheet, own, twin)
            own = next(one for one in list_kept(conn, sheet.id) if one.id == key)


def list_conflicts(conn: Connection, agency: str | None = None, only_open: bool = True) -> list[Conflict]:
    """Sheets answered twice, in the order of sheets."""
    return kept_conflicts.list_conflicts(conn, agency, only_open, load_codes)


def decide_conflict(
    store: Store, conflict_id: int, keep: Keep, who: str, why: str, now: datetime.datetime | None = None
) -> None:
    """Keep one side, which counts again once no other conflict of its sheet is open, or neither; nothing is deleted.

    The same decision again changes nothing. InputWrong where another decision was made, where the kept side misses
    pages or was set aside before, or without a reason; NotFound.
    """
    with store.write() as conn:
        of_conflict = select(conflict.c.sheet).where(conflict.c.id == conflict_id).scalar_subquery()
        sheet = hold_sheet(conn, sheets.c.id == of_conflict)
        if sheet is None:
            raise NotFound(text("store.no_conflict", conflict=conflict_id))
        row = conn.execute(select(conflict).where(conflict.c.id == conflict_id)).one()
        if row.decision == keep:
            return
        if row.decision is not None:
            raise InputWrong([Problem(sheet.serial, text("store.conflict_decided"))])
        if not why.strip():
            raise InputWrong([Problem(sheet.serial, text("store.conflict_reason"))])
        close_conflict(conn, conflict_id, keep, who, why, store_time(now))
        _decide(conn, sheet, (row.first, row.second), keep, who, store_time(now))


def _decide(
    conn: Connection, sheet: HeldSheet, sides: tuple[int, int], keep: Keep, who: str, at: datetime.datetime
) -> None:
    kept = {one.id: one for one in list_kept(conn, sheet.id)}
    winner = None if keep == "neither" else kept[sides[keep == "second"]]
    if winner is not None and (not winner.complete or winner.state == "set_aside"):
        reason = "store.conflict_set_aside" if winner.state == "set_aside" else "store.conflict_incomplete"
        raise InputWrong([Problem(sheet.serial, text(reason))])
    for key in sides:
        if winner is None or key != winner.id:
            move_response(conn, sheet.cell, kept[key], "set_aside")
            if winner is not None:
                _move_conflicts(conn, sheet, key, winner.id, who, at)
    if winner is not None and not open_conflicts(conn, winner.id):
        move_response(conn, sheet.cell, winner, "accepted")


def _move_conflicts(
    conn: Connection, sheet: HeldSheet, loser: int, winner: int, who: str, at: datetime.datetime
) -> None:
    """Whoever stood against the loser stands against the winner now."""
    for row in open_conflicts(conn, loser):
        other = row.second if row.first == loser else row.first
        close_conflict(conn, row.id, "moved", who, "", at)
        rivals = {side for one in open_conflicts(conn, winner) for side in (one.first, one.second)}
        if other not in rivals:
            by_key = {one.id: one for one in list_kept(conn, sheet.id)}
            contest(conn, sheet, by_key[winner], by_key[other])
