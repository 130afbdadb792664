"""What a checked table says is written beside the store's answers, part by part, and is an import once it is whole.

Until then nothing of it counts, claims a sheet or keeps anybody off one: whoever is killed meanwhile leaves rows that
the next import, or the next start of the console, puts away.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection

from collector.files import hold_file
from collector.imports.places import Placed
from collector.settings import DATA
from collector.store import Store
from collector.store.events import record_event
from collector.store.imports import find_free, find_import_rows
from collector.store.open_imports import (
    StagedRow,
    drop_staged,
    find_begun_import,
    hold_import,
    make_whole,
    open_import,
    put_away_import,
    stage,
)
from forms.errors import WorkFailed
from forms.typed_sheets import TypedSheet
from forms.words import text

_ROWS_AT_ONCE = 500  # written in some hundredths of a second
_LOCK = "import.lock"
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Staging:
    """A table that is to be staged: `dumped` answers by where a row stands, `place` finds other sheets for rows.

    `pause` behind a part, of the time that it took.
    """

    name: str
    sha256: str
    new_serials: bool
    dumped: Mapping[str, tuple[int, str]]
    counts: Mapping[str, int]
    place: Callable[[Sequence[TypedSheet]], Sequence[Placed]]
    report: Report = field(default=lambda *_: None)
    pause: float = 0.0


def hold_staging(store: Store) -> AbstractContextManager[None]:
    """Be the only one who stages, so that no two tables find the same free sheets; WorkFailed while somebody else does.

    Where there are no such locks, an import whose rows another one put away ends with WorkFailed.
    """
    return hold_file(store.folder.resolve() / DATA / _LOCK, _busy())


def put_away_cut_off(store: Store) -> None:
    """Put away what somebody who was killed had staged, where nobody stages at this moment."""
    with store.read() as conn:
        begun = find_begun_import(conn)
    if begun is not None and not begun.is_whole:
        with suppress(WorkFailed), hold_staging(store):
            put_away_begun(store)


def put_away_begun(store: Store) -> None:
    """The same under hold_staging: an import that is not whole has nobody who works on it."""
    with store.read() as conn:
        begun = find_begun_import(conn)
    if begun is not None and not begun.is_whole:
        _put_away(store, begun.id)


def stage_whole(
    store: Store, planned: Sequence[Placed], table: Staging, who: str, now: datetime.datetime
) -> int | None:
    """Stage rows for their sheets, from when on the import is decided; its key, None where another one came first.

    Under hold_staging, `now` is aware. Whatever ends it before puts away what is there.
    """
    put_away_begun(store)
    with store.write() as conn:
        if find_begun_import(conn) is not None:
            return None
        key = open_import(conn, table.name, table.sha256, table.new_serials, who, now)
    with ExitStack() as undo:
        undo.callback(_put_away, store, key)
        _stage_parts(store, key, planned, table)
        with store.write() as conn:
            _hold(conn, key)
            make_whole(conn, key, table.counts)
        undo.pop_all()
    return key


def _stage_parts(store: Store, key: int, planned: Sequence[Placed], table: Staging) -> None:
    """All rows, in the order of serials, which tells nothing; rows whose free sheet somebody took find another one."""
    done, total = 0, len(planned)
    while planned:
        ordered, lost = sorted(planned, key=lambda one: one.sheet.serial), []
        for start in range(0, len(ordered), _ROWS_AT_ONCE):
            began = time.monotonic()
            part = ordered[start : start + _ROWS_AT_ONCE]
            with store.write() as conn:
                gone = _stage_part(conn, key, part, table.dumped)
            lost += gone
            done += len(part) - len(gone)
            table.report(done, total)
            time.sleep(table.pause * (time.monotonic() - began))
        planned = table.place([one.typed for one in lost]) if lost else ()


def _stage_part(
    conn: Connection, key: int, part: Sequence[Placed], dumped: Mapping[str, tuple[int, str]]
) -> list[Placed]:
    """Stage some rows; those whose sheet was free and is so no longer."""
    _hold(conn, key)
    fresh = [one for one in part if one.is_fresh]
    free, known = find_free(conn, [one.sheet.id for one in fresh]), find_import_rows(conn, {one.key for one in fresh})
    lost = [one for one in fresh if one.sheet.id not in free or one.key in known]
    found = {one.typed.where for one in lost}
    staged = ((one, one.key if one.is_fresh else None) for one in part if one.typed.where not in found)
    stage(conn, key, [StagedRow(one.sheet.serial, *dumped[one.typed.where], row) for one, row in staged])
    return lost


def _hold(conn: Connection, key: int) -> None:
    if not hold_import(conn, key).is_open:  # put away by another one, where nothing holds that off
        raise _busy()


def _put_away(store: Store, key: int) -> None:
    left = 1
    while left:
        with store.write() as conn:
            left = drop_staged(conn, key, _ROWS_AT_ONCE)
    with store.write() as conn:
        kept = hold_import(conn, key)
        if not kept.is_open:  # somebody else was a moment earlier, where nothing holds that off
            return
        put_away_import(conn, key)
        record_event(conn, kept.who, "import.put_away", kept.name, f"sha256={kept.sha256}")


def _busy() -> WorkFailed:
    return WorkFailed(text("import.busy"))
