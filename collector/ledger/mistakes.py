"""A mistake put right: a hand-over, a return or a release that was recorded wrongly is taken back by another entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from sqlalchemy import Connection

from collector.ledger.holding import Done, Held, Note, check_reason, done, refuse, take_hold
from collector.ledger.journal import log_act, wait_for_signature
from collector.ledger.naming import Named
from collector.store import Store
from collector.store.accounts import find_workplace
from collector.store.clock import day_of
from collector.store.places import fill_places, settle_unissued
from collector.store.steps import (
    CAME_IN,
    LedgerSheet,
    Step,
    get_movements,
    list_steps,
    record_movement,
    write_steps,
)
from collector.store.traces import Trace
from forms.campaign import Campaign
from forms.errors import Problem
from forms.words import text

Undone = Literal["handover", "return", "release"]


def put_right(store: Store, campaign: Campaign, named: Named, what: Undone, note: Note) -> Done:
    """Take back the last hand-over, return or release of named sheets; `note.note` is the reason. Nothing is deleted.

    What came in of a sheet stays: one whose pages are there is returned, whatever was recorded. InputWrong where the
    last entry of a sheet is another one, without a reason, and for sheets of the agency where this person works. Where
    a sheet's last entry is this very correction, nothing changes.
    """
    refuse(check_reason(named, note))
    with store.write() as conn:
        return put_right_on(conn, campaign, named, what, note)


def put_right_on(conn: Connection, campaign: Campaign, named: Named, what: Undone, note: Note) -> Done:
    """put_right inside a transaction; without a wait where the note names the act that was signed for it."""
    held = take_hold(conn, campaign, named, note, own=find_workplace(conn, note.who))
    logs = {one.id: _Log(conn, list_steps(conn, one.id)) for one in held.sheets}
    fresh = [one for one in held.sheets if not logs[one.id].ends_with(note)]
    refuse(problem for one in fresh for problem in _check(held, one, logs[one.id], what))
    if note.act is None and (waits := wait_for_signature(conn, "correction", fresh, note, what=what)):
        return Done((), waits=waits)
    if fresh:
        key = record_movement(conn, "correction", note.day, note.who, day_of(), act=note.act, **note.words())
        changes = [(one, _before(held, one, logs[one.id], what)) for one in fresh]
        write_steps(conn, changes, note.day, by=key)
        log_act(conn, "correction", fresh, note, what=what)
        settle_unissued(conn, [one.id for one in fresh])
        for cell in sorted({one.cell for one in fresh}):
            fill_places(conn, cell)
    return done(fresh, len(held.sheets) - len(fresh))


class _Log:
    """A sheet's log: which entries of people still stand."""

    def __init__(self, conn: Connection, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._acts = get_movements(conn, {step.movement for step in steps})
        self.standing: list[Step] = []
        for step in steps:
            kind = self.kind(step)
            if kind == "correction":
                self.standing.pop()
            elif kind not in ("", "reprint"):
                self.standing.append(step)

    def kind(self, step: Step) -> str:
        """What an entry is; "" where an answer came in."""
        return "" if step.movement is None else self._acts[step.movement].kind

    def ends_with(self, note: Note) -> bool:
        """Whether the last entry is the correction that this one would be."""
        last = self._steps[-1].movement if self._steps else None
        act = self._acts[last] if last is not None else None
        return act is not None and (act.kind, act.day, act.note) == ("correction", note.day, note.note)

    def ahead_of(self, step: Step) -> Step | None:
        """The entry before another."""
        return self._steps[step.step - 2] if step.step > 1 else None


def _check(held: Held, sheet: LedgerSheet, log: _Log, what: Undone) -> Iterator[Problem]:
    last = log.kind(log.standing[-1]) if log.standing else ""
    if sheet.state == "void":
        yield Problem(sheet.number, text("sheets.is_void"), text("sheets.is_void_fix"))
    elif what == "handover" and sheet.id in held.invited:
        yield Problem(sheet.number, text("sheets.is_invited"), text("sheets.is_invited_fix"))
    elif last != what:
        wanted = text(f"sheets.kind_{what}")
        known = text(f"sheets.kind_{last}") if last else text("sheets.nothing")
        problem = text("sheets.not_last", wanted=wanted, last=known)
        yield Problem(sheet.number, problem, text("sheets.not_last_fix"))


def _before(held: Held, sheet: LedgerSheet, log: _Log, what: Undone) -> LedgerSheet:
    """What a sheet is without its last standing entry."""
    entry = log.standing[-1]
    earlier = log.ahead_of(entry)
    if what == "release":
        return replace(sheet, replaces=None)
    if what == "handover":
        bare = replace(sheet, handover=None)
        return bare if sheet.state in CAME_IN else replace(bare, state=entry.before)
    back = replace(
        sheet,
        state=entry.before,
        handover=earlier.handover if earlier else None,
        received=earlier.received if earlier else None,
        received_day=earlier.received_day if earlier else None,
    )
    return _with_trace(back, held.traces.get(sheet.id))


def _with_trace(sheet: LedgerSheet, trace: Trace | None) -> LedgerSheet:
    if trace is None:
        return sheet
    day = min(trace.day, sheet.received_day or trace.day)
    return replace(sheet, state=trace.state, received_day=day)
