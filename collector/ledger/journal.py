"""Acts on sheets in the log that auditors read.

The log has times, and a sheet that goes out or comes back is in somebody's hand at that moment: of hand-overs, returns
and reprints it tells the cells and how many sheets, never which. What is decided about a sheet later on (void,
correction, release) names its number. Which sheets an act of a day was about stands in their own log, by days.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from collector.ledger.holding import Note
from collector.ledger.ranges import show_ranges
from collector.store.events import record_event
from collector.store.steps import LedgerSheet, MovementKind

_NAMED: tuple[MovementKind, ...] = ("void", "correction", "release")


def log_act(conn: Connection, kind: MovementKind, moved: Sequence[LedgerSheet], note: Note, **more: str) -> None:
    """Write an act on sheets into the log; `more`: further fields, such as party."""
    cells = sorted({f"{one.agency}-{one.group}" for one in moved})
    subject = show_ranges(one.number for one in moved) if kind in _NAMED else ", ".join(cells)
    fields = {"sheets": str(len(moved)), **more, "letter": note.letter}
    said = "; ".join(f"{name}={value}" for name, value in fields.items() if value)
    record_event(conn, note.who, f"sheets.{kind}", subject, f"{said}; {note.note}" if note.note else said)
