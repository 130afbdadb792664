"""Acts on sheets in the log that auditors read.

The log has times, and a sheet that goes out or comes back is in somebody's hand at that moment: of hand-overs, returns
and reprints it tells the cells and how many sheets, never which. What is decided about a sheet later on (void,
correction, release) names its number. Which sheets an act of a day was about stands in their own log, by days.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection

from collector.ledger.holding import Note
from collector.ledger.ranges import show_ranges
from collector.store.events import record_event
from collector.store.signing import ask_signature, find_own_sheets, find_runner
from collector.store.steps import LedgerSheet, MovementKind

_NAMED: tuple[MovementKind, ...] = ("void", "correction", "release")


def log_act(conn: Connection, kind: MovementKind, moved: Sequence[LedgerSheet], note: Note, **more: str) -> None:
    """Write an act on sheets into the log; `more`: further fields, such as party."""
    cells = sorted({f"{one.agency}-{one.group}" for one in moved})
    subject = show_ranges(one.number for one in moved) if kind in _NAMED else ", ".join(cells)
    fields = {"sheets": str(len(moved)), **more, "letter": note.letter}
    said = "; ".join(f"{name}={value}" for name, value in fields.items() if value)
    record_event(conn, note.who, f"sheets.{kind}", subject, f"{said}; {note.note}" if note.note else said)


def wait_for_signature(
    conn: Connection, kind: Literal["void", "correction"], sheets: Sequence[LedgerSheet], note: Note, **more: str
) -> int:
    """The number under which an act waits, where one of its sheets rates the agency that runs the survey; else 0."""
    runner = find_runner(conn)
    if not find_own_sheets(conn, runner, [one.id for one in sheets]):
        return 0
    numbers = sorted(one.number for one in sheets)
    asked = {"numbers": numbers, "day": note.day.isoformat(), "letter": note.letter, "note": note.note, **more}
    return ask_signature(conn, kind, runner, show_ranges(numbers), asked, note.who, note.note)
