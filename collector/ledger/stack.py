"""A stack of sheets as a hand scanner reads it, one by one: can this sheet be recorded? Writes nothing.

The act itself checks all of the stack again (collector.ledger.acts), so what changed meanwhile is noticed there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from collector.ledger.acts import ReturnedAs, check_handover, check_return
from collector.ledger.holding import Note, check_held, look_up
from collector.ledger.naming import Named, find_sheets
from collector.store.steps import find_ledger_sheet
from forms.errors import InputWrong, Problem
from forms.words import text

Stacked = Literal["handover", "return"]


@dataclass(frozen=True)
class Looked:
    """The sheet of a code by number and cell (SXD-CD), or `why` it does not belong on the stack and what to do."""

    number: str
    cell: str
    why: str = ""
    fix: str = ""


def look_at(conn: Connection, typed: str, named: Named, act: Stacked, state: ReturnedAs, note: Note) -> Looked:
    """What was scanned or typed; ranges and lists belong into the form, one code is one sheet."""
    try:
        keys = find_sheets(conn, named)
    except InputWrong as wrong:
        return _refused(typed, wrong.problems[0])
    sheet = find_ledger_sheet(conn, keys[0]) if len(keys) == 1 else None
    if sheet is None:
        return Looked(typed, "", text("sheets.stack_many"), text("sheets.stack_many_fix"))
    foreign = next(check_held(conn, [sheet], note.who), None)
    if foreign:
        return _refused(sheet.number, foreign)
    held = look_up(conn, [sheet])
    found = check_handover(held, sheet) if act == "handover" else check_return(held, sheet, state, note)
    problem = next(found, None)
    return _refused(sheet.number, problem) if problem else Looked(sheet.number, f"{sheet.agency}-{sheet.group}")


def _refused(number: str, problem: Problem) -> Looked:
    return Looked(number, "", problem.what, problem.fix)
