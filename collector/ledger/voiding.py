"""Sheets made void, for good: their answers count for nothing from then on, and are kept."""

from __future__ import annotations

import datetime
from dataclasses import replace

from sqlalchemy import Connection, update

from collector.ledger.holding import Done, Note, check_reason, done, refuse, take_hold
from collector.ledger.journal import log_act, wait_for_signature
from collector.ledger.naming import Named
from collector.store import Store
from collector.store.accounts import find_workplace
from collector.store.clock import day_of, store_time
from collector.store.conflicts import close_conflict, open_conflicts
from collector.store.places import fill_places
from collector.store.responses import STANDING, HeldSheet, hold_sheet, list_kept, move_response
from collector.store.schema import page
from collector.store.schema import sheet as sheets
from collector.store.steps import add_steps, follow_steps, record_movement
from forms.campaign import Campaign

_PAGES_IN_USE = ("read", "duplicate", "conflict", "waiting")


def void_sheets(store: Store, campaign: Campaign, named: Named, note: Note) -> Done:
    """Make named sheets void; `note.note` is the reason. What they were answered is kept and counts no more.

    InputWrong without a reason, for whole cells, and for sheets of the agency where this person works. Sheets
    that are void stay as they are. Sheets that rate the agency which runs the survey wait for a second signature.
    """
    refuse(check_reason(named, note))
    with store.write() as conn:
        return void_on(conn, campaign, named, note)


def void_on(conn: Connection, campaign: Campaign, named: Named, note: Note) -> Done:
    """void_sheets inside a transaction; without a wait where the note names the act that was signed for it."""
    held = take_hold(conn, campaign, named, note, own=find_workplace(conn, note.who))
    fresh = sorted((one for one in held.sheets if one.state != "void"), key=lambda one: (one.cell, one.id))
    if note.act is None and (waits := wait_for_signature(conn, "void", fresh, note)):
        return Done((), waits=waits)
    if fresh:
        key = record_movement(conn, "void", note.day, note.who, day_of(), act=note.act, **note.words())
        changes = [(one, replace(one, state="void")) for one in fresh]
        # Answers stop counting once it is on record why, and a sheet is void once none of its answers counts.
        add_steps(conn, changes, note.day, by=key)
        for one in fresh:
            sheet = hold_sheet(conn, sheets.c.id == one.id)
            assert sheet is not None  # it is held already
            _void_answers(conn, sheet, note, store_time())
        follow_steps(conn, changes, void_reason=note.note)
        log_act(conn, "void", fresh, note)
    for cell in sorted({one.cell for one in fresh}):
        fill_places(conn, cell)
    return done(fresh, len(held.sheets) - len(fresh))


def _void_answers(conn: Connection, sheet: HeldSheet, note: Note, at: datetime.datetime) -> None:
    for kept in list_kept(conn, sheet.id):
        for row in open_conflicts(conn, kept.id):
            close_conflict(conn, row.id, "neither", note.who, note.note, at)
        if kept.state in (*STANDING, "contested"):
            move_response(conn, sheet, kept, "void")
    in_use = (page.c.sheet == sheet.id, page.c.status.in_(_PAGES_IN_USE))
    conn.execute(update(page).where(*in_use).values(status="void"))
