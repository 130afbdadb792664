"""Files of the recheck: what an auditor draws from, and the caller's list (personal data, mode 0600)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aggregation.csv_files import csv_bytes, plain_text
from collector.files import private_file, write_whole
from collector.recheck.contacts import Caller
from collector.recheck.drawing import Drawn, list_drawn
from collector.store import Store
from collector.store.clock import day_of
from collector.store.recheck_calls import last_calls
from collector.store.rechecks import list_units
from forms.days import show_day
from forms.errors import InputWrong, Problem
from forms.headings import heading_aliases
from forms.recheck import show_call
from forms.recheck_tables import RESULTS
from forms.words import text
from forms.workbook import write_workbook

KINDS = (".csv", ".xlsx")
CALLER_COLUMNS = ("call", "group", "sheet", "reserve", "name", "phone", "procedure")


def check_kind(path: Path) -> None:
    """InputWrong unless a table can be written under this name."""
    if path.suffix not in KINDS:
        raise InputWrong([Problem(str(path), text("recheck.table_kind"), text("recheck.table_kind_fix"))])


def write_callers(callers: Sequence[Caller], path: Path) -> None:
    """The caller's list; only its owner may read it."""
    check_kind(path)
    rows = [
        (one.call, one.group, one.sheet, "1" if one.is_reserve else "0", *map(plain_text, words))
        for one in callers
        for words in [(one.name, one.phone, one.procedure)]
    ]
    content = csv_bytes(CALLER_COLUMNS, rows)
    if path.suffix == ".xlsx":
        content = write_workbook(partial(_fill, rows=rows))
    with private_file(path) as unfinished:
        unfinished.write_bytes(content)


def _heading(column: str) -> str:
    return next(iter(heading_aliases(RESULTS.name, column)), column)


def _fill(workbook: Any, styles: Mapping[str, Any], rows: Sequence[Sequence[str]]) -> None:
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, [_heading(column) for column in CALLER_COLUMNS], styles["head"])
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            sheet.write_string(line, place, value, styles["text"])
    sheet.freeze_panes(1, 1)
    sheet.autofit()


def write_frame(store: Store, path: Path) -> int:
    """All that may be called, without a name: what an auditor draws from. As drawn where a draw is; gives how many."""
    drawn = list_drawn(store)
    with store.read() as conn:
        units = list_units(conn)
    rows = {(one.draw.agency, place.group, place.unit) for one in drawn for place in one.draw.places}
    done = {one.draw.agency for one in drawn}
    rows |= {(code, unit.group, unit.unit) for code, found in units.items() if code not in done for unit in found}
    write_whole(path, csv_bytes(("agency", "group", "unit"), sorted(rows)))
    return len(rows)


def write_draws(store: Store, path: Path) -> int:
    """Every draw in its whole order, the seed and its commitment beside it; gives how many agencies."""
    drawn = list_drawn(store)
    with store.read() as conn:
        calls = last_calls(conn)
    columns = (
        *("agency", "commitment", "committed_day", "answers_then", "seed", "frame", "frame_sha256", "size", "flagged"),
        *("day", "who", "widened", "place", "open", "call", "group", "unit", "outcome"),
    )

    def rows() -> Iterator[tuple[object, ...]]:
        for one in drawn:
            for place in one.draw.places:
                call = calls.get((one.draw.id, place.place))
                shown = show_call(one.draw.agency, place.place)
                last = (shown, place.group, place.unit, call.outcome if call else "")
                yield *_line(one), place.place, int(place.place <= one.open), *last

    write_whole(path, csv_bytes(columns, rows()))
    return len(drawn)


def _line(one: Drawn) -> Iterable[object]:
    draw, seed = one.draw, one.draw.seed
    committed = show_day(day_of(seed.at.replace(tzinfo=datetime.UTC)))
    day = show_day(day_of(draw.at.replace(tzinfo=datetime.UTC)))
    first = (draw.agency, seed.commitment, committed, seed.answers, draw.revealed, draw.frame, draw.digest)
    return *first, draw.size, plain_text(draw.flagged or ""), day, plain_text(draw.who), int(draw.widened)
