"""Where a person decides: doubtful marks, and sheets answered twice. Every decision is logged and none deletes."""

from __future__ import annotations

import datetime
import json
from typing import Literal

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from collector.store import Store
from collector.store.clock import store_time
from collector.store.codes import Codes
from collector.store.conflicts import (
    Conflict,
    Keep,
    Side,
    close_conflict,
    contest,
    count_conflicts,
    get_conflict,
    list_conflicts,
    open_conflicts,
)
from collector.store.doubts import Doubt, count_doubts, get_doubt, is_raised_for, list_doubts, next_doubt
from collector.store.events import record_event
from collector.store.places import fill_places
from collector.store.responses import HeldSheet, hold_sheet, list_kept, move_response
from collector.store.schema import conflict, doubt, response
from collector.store.schema import sheet as sheets
from collector.store.settlements import Settlement, Signature, find_last_settlement, list_standing, log_settlement
from collector.store.settling import follow_settlement
from collector.store.shown import find_name
from collector.store.signing import ask_signature, find_own_sheets, find_runner
from collector.store.typed import check_given, clean_value
from collector.store.weighing import mark_decided
from forms.errors import InputWrong, NotFound, Problem
from forms.words import text

__all__ = [
    "Conflict",
    "Doubt",
    "Keep",
    "Side",
    "check_decided",
    "count_conflicts",
    "count_doubts",
    "decide_conflict",
    "get_conflict",
    "get_doubt",
    "is_raised_for",
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
    *,
    expected: Literal["open", "settled"] | None = None,
    session: str | None = None,
) -> bool:
    """Decide a doubtful answer: option codes, a number as one string, or () for blank; skip rules are applied anew.

    The same decision again changes nothing, another one replaces it and both stay in the log. False, and nothing
    changed, where the doubt is not as `expected`: of two people before the same doubt the second is told. `session`
    is a random label beside the name (Signature). InputWrong for options that the question does not have, or several
    where one is asked for, and without a reason about what a table left undecided; NotFound.
    """
    with store.write() as conn:
        return settle_on(conn, store, doubt_id, chosen, Signature(who, session, why, store_time(now)), expected)


def settle_on(
    conn: Connection,
    store: Store,
    doubt_id: int,
    chosen: tuple[str, ...],
    by: Signature,
    expected: Literal["open", "settled"] | None = None,
) -> bool:
    """settle_doubt inside a transaction; without a wait where `by` names the act that was signed for it."""
    sheet = hold_doubt(conn, doubt_id)
    codes = store.get_codes(conn, sheet.layout)
    known = get_doubt(conn, doubt_id)
    if expected not in (None, known.state):
        return False
    if write_decision(conn, codes, known, chosen, by) is not None:
        follow_settlement(conn, codes, sheet, doubt_id)
    return True


def write_decision(
    conn: Connection, codes: Codes, known: Doubt, chosen: tuple[str, ...], by: Signature, together: int | None = None
) -> int | None:
    """Log what was decided about a doubt of a held sheet, the line's key; None where it is so already, or waits.

    follow_settlement then has to bring the response in line. `together`: log_settlement.
    """
    decided = check_decided(codes, known.question, chosen)
    if known.source is not None and not by.why.strip():  # there is no picture that anybody else could look at
        raise InputWrong([Problem(known.name, text("store.doubt_ground"), text("store.doubt_ground_fix"))])
    if known.chosen == decided or (by.act is None and _waits(conn, known, decided, by)):
        return None
    line = log_settlement(conn, known.id, json.dumps(decided), by, together=together)
    record_event(
        conn, by.who, "doubt.settle", known.name, _say_place(known, by.why), by.at.replace(tzinfo=datetime.UTC)
    )
    return line


def _waits(conn: Connection, known: Doubt, decided: tuple[str, ...], by: Signature) -> bool:
    """Whether a decision waits for a second signature; InputWrong while another one about the same answer waits."""
    runner = find_runner(conn)
    if not runner or runner not in (known.agency, known.row):
        return False
    asked = {"doubt": known.id, "chosen": list(decided), "question": known.question}
    at = by.at.replace(tzinfo=datetime.UTC)
    try:
        ask_signature(conn, "doubt", runner, known.name, asked, by.who, by.why, at, doubt=known.id)
    except IntegrityError as error:
        raise InputWrong([Problem(known.name, text("sign.waits"), text("sign.waits_fix"))]) from error
    return True


def unsettle_last(
    store: Store, who: str, now: datetime.datetime | None = None, *, session: str | None = None
) -> int | None:
    """Take back this person's last decision of this session that still stands; the doubt's id, None without one.

    What was decided in one go is taken back in one go, but for what somebody has decided anew; the id of the first.
    """
    with store.write() as conn:
        first = find_last_settlement(conn, who, session)
        lines = [] if first is None else list_standing(conn, first)
        if first is None or not lines:
            return None
        sheet = hold_doubt(conn, lines[0].doubt)
        lines = list_standing(conn, first)  # nobody changes them any more
        if not lines:
            return None
        for line in lines:
            _take_back(conn, line, Signature(who, session, "", store_time(now)))
        follow_settlement(conn, store.get_codes(conn, sheet.layout), sheet, lines[0].doubt)
        return lines[0].doubt


def _take_back(conn: Connection, line: Settlement, by: Signature) -> None:
    known = get_doubt(conn, line.doubt)
    if (runner := find_runner(conn)) and runner in (known.agency, known.row):
        raise InputWrong([Problem(known.name, text("sign.no_undo"), text("sign.no_undo_fix"))])
    log_settlement(conn, line.doubt, line.before, by, undoes=line.id)
    record_event(conn, by.who, "doubt.undo", known.name, _say_place(known, ""), by.at.replace(tzinfo=datetime.UTC))


def _say_place(known: Doubt, why: str) -> str:
    """Which answer of a sheet a line of the log is about; never what it says."""
    fields = {"case": "" if known.number else str(known.id), "question": known.question, "row": known.row or ""}
    said = "; ".join(f"{name}={value}" for name, value in fields.items() if value)
    return f"{said}; {why}" if why else said


def hold_doubt(conn: Connection, doubt_id: int) -> HeldSheet:
    """Take hold of the sheet of a doubt; NotFound."""
    of_doubt = select(response.c.sheet).join_from(doubt, response).where(doubt.c.id == doubt_id).scalar_subquery()
    sheet = hold_sheet(conn, sheets.c.id == of_doubt)
    if sheet is None:
        raise NotFound(text("store.no_doubt", doubt=doubt_id))
    return sheet


def check_decided(codes: Codes, question: str, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """What a person decided, as it is kept; InputWrong for what the question does not have."""
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


def decide_conflict(
    store: Store, conflict_id: int, keep: Keep, who: str, why: str, now: datetime.datetime | None = None
) -> None:
    """Keep one side, which counts again once no other conflict of its sheet is open, or neither; nothing is deleted.

    The same decision again changes nothing. InputWrong where another decision was made, where the kept side misses
    pages or was set aside before, or without a reason; NotFound.
    """
    with store.write() as conn:
        decide_on(conn, conflict_id, keep, who, why, now)


def decide_on(
    conn: Connection,
    conflict_id: int,
    keep: Keep,
    who: str,
    why: str,
    now: datetime.datetime | None = None,
    *,
    signed: bool = False,
) -> None:
    """decide_conflict inside a transaction; `signed`: the second signature is there."""
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
    name = find_name(conn, sheet.id)
    runner = find_runner(conn)
    if not signed and find_own_sheets(conn, runner, [sheet.id]):
        asked = {"conflict": str(conflict_id), "keep": keep}
        try:
            ask_signature(conn, "conflict", runner, name, asked, who, why, now, conflict=conflict_id)
        except IntegrityError as error:
            raise InputWrong([Problem(sheet.serial, text("sign.waits"), text("sign.waits_fix"))]) from error
        return
    close_conflict(conn, conflict_id, keep, who, why, store_time(now))
    _decide(conn, sheet, (row.first, row.second), keep, who, store_time(now))
    case = "" if sheet.linked else f"case={conflict_id}; "
    record_event(conn, who, "conflict.decide", name, f"{case}keep={keep}; {why}", now)


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
            move_response(conn, sheet, kept[key], "set_aside")
            if winner is not None:
                _move_conflicts(conn, sheet, key, winner.id, who, at)
    if winner is None:
        fill_places(conn, sheet.cell)
    elif not open_conflicts(conn, winner.id):
        move_response(conn, sheet, winner, "accepted")
    mark_decided(conn, sheet.id)


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
