"""`phieu import`: answers typed elsewhere go through the one door, all of a table or none.

A row that names its sheet, by serial or by number, answers that sheet. One that names none takes a free sheet of its
cell, and keeps it: the same row again is the same answer. What is wrong is told before anything is kept.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from collector.import_places import Placed, Placing
from collector.intake import accept_response_on
from collector.store import Store
from collector.store.codes import Codes
from collector.store.events import record_event
from collector.store.imports import keep_import_row
from collector.store.typed import find_problems
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.response import Response
from forms.typed_sheets import load_typed_sheets
from forms.words import text

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportSummary:
    """What became of the sheets of a table; `empty` answered nothing and were left out, `placed` named no sheet."""

    sheets: int
    accepted: int
    same: int
    conflict: int
    over_quota: int
    held: int
    empty: int
    placed: int
    doubtful: int


class _DryRun(Exception):
    """Ends a transaction that was only to be tried."""


def import_answers(
    store: Store,
    campaign: Campaign,
    path: Path,
    who: str,
    now: datetime.datetime,
    *,
    dry_run: bool = False,
    new_serials: bool = False,
    report: Report = lambda *_: None,
) -> ImportSummary:
    """Take the table in, in one transaction; `now` is aware.

    `dry_run`: find out what would become of it, and keep nothing. `new_serials`: the serials in the table are those of
    other sheets and only tell its rows apart. InputWrong with every problem of the table.
    """
    typed, problems = load_typed_sheets(path, campaign)
    if new_serials:
        typed = [replace(one, serial="", id=one.serial or one.id) for one in typed]
    store = replace(store, codes={})  # what is read of layouts in a transaction that is undone is not to be kept
    summary: ImportSummary | None = None
    try:
        with store.write() as conn:
            placed = Placing(conn, store, campaign).place(typed, problems)
            problems += _find_wrong_answers(conn, store, placed)
            if problems:
                raise InputWrong(problems)
            summary = _accept(conn, store, campaign, placed, now, report)
            if summary.sheets > summary.same + summary.empty:
                sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
                record_event(conn, who, "import", path.name, json.dumps({**vars(summary), "sha256": sha256}), now)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    assert summary is not None
    return summary


def _find_wrong_answers(conn: Connection, store: Store, placed: Iterable[Placed]) -> list[Problem]:
    problems = []
    for one in placed:
        codes = store.get_codes(conn, one.sheet.layout)
        response = Response(one.sheet.serial, "import", one.typed.answers)
        for answer, what in find_problems(codes, response):
            where = one.typed.places.get((answer.question, answer.row), one.typed.where)
            problems.append(Problem(where, what, _say_options(codes, answer.question)))
    return problems


def _say_options(codes: Codes, question: str) -> str:
    asked = codes.by_code.get(question)
    if asked is None:
        return text("import.not_asked_fix")
    known = ", ".join(level.code for level in codes.questionnaire.levels(asked))
    return text("import.options_fix", known=known) if known else ""


def _accept(
    conn: Connection,
    store: Store,
    campaign: Campaign,
    placed: Sequence[Placed],
    now: datetime.datetime,
    report: Report,
) -> ImportSummary:
    """Through the door in the order of serials, which is random: no order of rows stays behind."""
    outcomes: Counter[str] = Counter()
    fresh = 0
    for done, one in enumerate(sorted(placed, key=lambda one: one.sheet.serial), 1):
        response = Response(one.sheet.serial, "import", one.typed.answers)
        outcome = accept_response_on(conn, store, campaign, response, now)
        outcomes[outcome.reason or outcome.status] += 1
        if one.is_fresh and outcome.status != "refused":
            keep_import_row(conn, one.key, one.sheet.id)
            fresh += 1
        report(done, len(placed))
    doubtful = sum(answer.state == "doubtful" for one in placed for answer in one.typed.answers)
    counts = {name: outcomes[name] for name in ("accepted", "same", "conflict", "over_quota", "held", "empty")}
    return ImportSummary(sheets=len(placed), placed=fresh, doubtful=doubtful, **counts)
