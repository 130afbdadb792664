"""An import that is staged goes through the door, some thousand answers at a time, and then counts all at once.

Whoever is killed on the way leaves an open import, which counts nowhere; whoever imports next finishes it. Two
processes at the same one do no harm: each part is one transaction, and takes only what still waits.
"""

from __future__ import annotations

import datetime
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection

from collector.intake_many import Ready, accept_many_on, prepare_responses
from collector.store import Store
from collector.store.events import record_event
from collector.store.imports import keep_import_rows
from collector.store.open_imports import (
    AnswerImport,
    close_import,
    count_staged,
    find_open_import,
    find_waiting,
    hold_import,
    list_staged,
    note_taken,
)
from forms.campaign import Campaign
from forms.errors import Problem
from forms.words import text

PAUSE = 1.0  # of the time that a part took: who waits for a turn on SQLite looks again every so often


@dataclass(frozen=True)
class ImportSummary:
    """What became of the sheets of a table.

    `empty` answered nothing and were left out; `placed` named no sheet; `void`: their sheet was made void meanwhile.
    """

    sheets: int = 0
    accepted: int = 0
    same: int = 0
    conflict: int = 0
    over_quota: int = 0
    held: int = 0
    void: int = 0
    empty: int = 0
    placed: int = 0
    doubtful: int = 0


def sum_up(counts: Mapping[str, int]) -> ImportSummary:
    """The summary of an import's counts."""
    return ImportSummary(**counts)


def find_under_way(conn: Connection, lang: str | None = None) -> Problem | None:
    """What is to be said while an import is open: which one, how far it is, how it is finished."""
    kept = find_open_import(conn)
    return None if kept is None else say_under_way(conn, kept, lang)


def say_under_way(conn: Connection, kept: AnswerImport, lang: str | None = None) -> Problem:
    """The same of an import that is open."""
    sheets = kept.counts["sheets"]
    what = text("import.under_way", lang, done=sheets - count_staged(conn), sheets=sheets)
    return Problem(kept.name, what, text("import.under_way_fix", lang, file=kept.name))


def finish_import(
    store: Store,
    campaign: Campaign,
    key: int,
    report: Callable[[int, int], None] = lambda *_: None,
    pause: float = PAUSE,
) -> ImportSummary:
    """Take in whatever of an import still waits, and let all of it count; `report` hears of sheets done and in all.

    `pause` behind a part, of the time that it took: 0 where nobody waits.
    """
    with store.read() as conn:
        total = count_staged(conn)
    done, last = 0, ""
    while ready := _prepare_next(store, last):
        began = time.monotonic()
        with store.write() as conn:
            take_part(conn, store, campaign, key, ready)
        done, last = done + len(ready), ready[-1].sheet.serial
        report(min(done, total), total)
        time.sleep(pause * (time.monotonic() - began))
    with store.write() as conn:
        return close_on(conn, key)


def _prepare_next(store: Store, after: str) -> list[Ready]:
    """The next staged sheets behind a serial, ready for the door; empty where none waits."""
    with store.read() as conn:
        return prepare_responses(conn, store, list_staged(conn, after))


def take_part(conn: Connection, store: Store, campaign: Campaign, key: int, ready: Sequence[Ready]) -> None:
    """Through the door with those that still wait, at the moment when their import began."""
    kept = hold_import(conn, key)
    waiting = find_waiting(conn, [one.sheet.serial for one in ready])
    ready = [one for one in ready if one.sheet.serial in waiting]
    rows = ((waiting[one.sheet.serial], one.sheet.id) for one in ready)
    keep_import_rows(conn, {row: sheet for row, sheet in rows if row is not None})
    taken = accept_many_on(conn, store, campaign, ready, kept.at.replace(tzinfo=datetime.UTC))
    counts = Counter(kept.counts)
    counts.update(one.outcome.reason or one.outcome.status for one in taken)
    responses = {one.sheet.serial: as_.key for one, as_ in zip(ready, taken, strict=True)}
    note_taken(conn, key, counts, responses)


def close_on(conn: Connection, key: int) -> ImportSummary:
    """Let an import count that is in as a whole, with its line in the log; once, whoever comes first."""
    kept = hold_import(conn, key)
    summary = sum_up(kept.counts)
    if not kept.is_open:
        return summary
    close_import(conn, key)
    if summary.sheets > summary.same + summary.empty:
        detail = json.dumps({**asdict(summary), "sha256": kept.sha256})
        record_event(conn, kept.who, "import", kept.name, detail, kept.at.replace(tzinfo=datetime.UTC))
    return summary
