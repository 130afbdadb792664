"""`phieu import`: answers typed elsewhere go through the one door, all of a table or none.

A row that names its sheet, by serial or by number, answers that sheet. One that names none takes a free sheet of its
cell, and keeps it: the same row again is the same answer. What is wrong is told before anything is kept. A table that
is right is staged in one short transaction and then taken in part by part, so that others get their turn; it counts
from the moment when all of it is in, and what was cut off goes on with the next import.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from collector.imports.parts import PAUSE, ImportSummary, find_under_way, finish_import, sum_up
from collector.imports.places import Placed, Placing, find_keys
from collector.store import Store
from collector.store.accounts import find_held, find_workplace
from collector.store.codes import Codes
from collector.store.imports import find_settled, keep_import_rows
from collector.store.open_imports import dump_answers, find_open_import, open_import, stage
from collector.store.traces import find_rating
from collector.store.typed import find_problems, typed_answers
from collector.tried_copy import copy_to_try
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.response import Response, answers_digest, is_answered
from forms.typed_sheets import TypedSheet, load_typed_sheets
from forms.words import text

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class _Table:
    """A table with what was worked out before anything is locked; rows are named by where they stand.

    `keys` of rows without a serial; `dumped`: answers as they are staged; `checked`: rows with the layouts that they
    were held against; `empty`: rows that answer nothing; `settled`: rows that are kept already, with their sheets.
    """

    name: str
    sha256: str
    new_serials: bool
    typed: Sequence[TypedSheet]
    keys: dict[str, str]
    dumped: dict[str, tuple[int, str]]
    checked: Collection[tuple[str, int]] = ()
    empty: Collection[str] = ()
    settled: Collection[tuple[str, int]] = ()


def import_answers(
    store: Store,
    campaign: Campaign,
    path: Path,
    who: str,
    now: datetime.datetime,
    *,
    dry_run: bool = False,
    new_serials: bool = False,
    called: str = "",
    report: Report = lambda *_: None,
    resumed: Callable[[str, ImportSummary], None] = lambda *_: None,
) -> ImportSummary:
    """Take the table in; `now` is aware. `resumed` hears of an import of another table that was finished first.

    `dry_run`: do it to a copy of the store, so that nothing is kept and nobody waits. `new_serials`: the serials in
    the table are those of other sheets and only tell its rows apart. `called`: what people call a file that lies under
    a name of our own.
    InputWrong with every problem of the table; rows about the agency at which `who` works are among them.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    typed, problems = load_typed_sheets(path, campaign)
    if new_serials:
        typed = [replace(one, serial="", id=one.serial or one.id) for one in typed]
    dumped = {one.where: (len(one.answers), dump_answers(one.answers)) for one in typed}
    table = _Table(called or path.name, sha256, new_serials, typed, find_keys(typed, problems), dumped)
    if not dry_run:
        return _import(store, campaign, table, problems, who, now, report, resumed, PAUSE)
    _refuse_open(store)
    with copy_to_try(store, campaign) as copy:
        _refuse_open(copy)
        return _import(copy, campaign, table, problems, who, now, report, resumed, 0.0)


def _refuse_open(store: Store) -> None:
    with store.read() as conn:
        if under_way := find_under_way(conn):
            raise InputWrong([under_way])


def _import(
    store: Store,
    campaign: Campaign,
    table: _Table,
    problems: Sequence[Problem],
    who: str,
    now: datetime.datetime,
    report: Report,
    resumed: Callable[[str, ImportSummary], None],
    pause: float,
) -> ImportSummary:
    while True:
        going = _finish_open(store, campaign, table, report, resumed)
        if going is not None:
            return going
        # What is read of layouts in a transaction that is undone is not to be kept.
        trying = replace(store, codes={})
        key, summary = _begin(trying, campaign, _check(trying, campaign, table, list(problems), who), who, now)
        if key == 0:
            return summary
        if key is not None:
            return finish_import(store, campaign, key, report, pause)


def _find_own(conn: Connection, placed: Sequence[Placed], who: str) -> Iterator[Problem]:
    """Sheets about the agency at which whoever imports works, or that rate it, or not of the one they are held to."""
    own, held = find_workplace(conn, who), find_held(conn, who)
    rating = find_rating(conn, own, [one.sheet.id for one in placed]) if own else set()
    for one in placed:
        if own and (own == one.sheet.agency or one.sheet.id in rating):
            yield Problem(one.typed.where, text("import.own", agency=own), text("import.own_fix"))
        if held not in ("", one.sheet.agency):
            yield Problem(one.typed.where, text("sheets.outside", agency=held), text("sheets.outside_fix"))


def _finish_open(
    store: Store,
    campaign: Campaign,
    table: _Table,
    report: Report,
    resumed: Callable[[str, ImportSummary], None],
) -> ImportSummary | None:
    """Finish what was cut off; its summary where that was this very table."""
    with store.read() as conn:
        open_ = find_open_import(conn)
        if open_ is None:
            return None
    summary = finish_import(store, campaign, open_.id, report)
    if (open_.sha256, open_.new_serials) == (table.sha256, table.new_serials):
        return summary
    resumed(open_.name, summary)
    return None


def _check(store: Store, campaign: Campaign, table: _Table, problems: list[Problem], who: str) -> _Table:
    """Hold the table against the sheets it would take; InputWrong with every problem.

    Nobody waits meanwhile, unless cells without serials have to be given theirs, which then stay.
    """
    with store.read() as conn:
        lacks_sheets = Placing(conn, store, campaign, table.keys).lacks_sheets(table.typed)
    with store.write() if lacks_sheets else store.read() as conn:
        placed = Placing(conn, store, campaign, table.keys).place(table.typed, problems)
        problems += [*_find_wrong_answers(conn, store, placed), *_find_own(conn, placed, who)]
        if problems:
            raise InputWrong(problems)
        digests = find_settled(conn, {one.sheet.id for one in placed if not one.is_fresh})
        empty, settled = set(), set()
        for one in placed:
            response = Response(one.sheet.serial, "import", one.typed.answers)
            answers = typed_answers(store.get_codes(conn, one.sheet.layout), response)
            if not any(is_answered(answer) or answer.state == "clear" for answer in answers):
                empty.add(one.typed.where)
            elif one.sheet.id in digests and answers_digest(answers) in digests[one.sheet.id]:
                settled.add((one.typed.where, one.sheet.id))
    checked = {(one.typed.where, one.sheet.layout) for one in placed}
    return replace(table, checked=checked, empty=empty, settled=settled)


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


def _begin(
    store: Store, campaign: Campaign, table: _Table, who: str, now: datetime.datetime
) -> tuple[int | None, ImportSummary]:
    """Stage a checked table, from when on it is taken; the import's key.

    0 and what became of it where there is nothing to stage; None where another import came first.
    """
    with store.write() as conn:
        if find_open_import(conn) is not None:
            return None, ImportSummary()
        placed = _place_again(conn, store, campaign, table, who)
        fresh = [one for one in placed if one.typed.where not in table.empty]
        staged = [one for one in fresh if (one.typed.where, one.sheet.id) not in table.settled]
        counts = _count(placed, fresh, staged)
        if not staged:
            return 0, sum_up(counts)
        keep_import_rows(conn, {one.key: one.sheet.id for one in staged if one.is_fresh})
        key = open_import(conn, table.name, table.sha256, table.new_serials, who, now, counts)
        stage(conn, key, {one.sheet.serial: table.dumped[one.typed.where] for one in staged})
        return key, ImportSummary()


def _place_again(conn: Connection, store: Store, campaign: Campaign, table: _Table, who: str) -> list[Placed]:
    """Sheets for all rows once more, now that nobody else takes any; most have been held against theirs already."""
    problems: list[Problem] = []
    placed = Placing(conn, store, campaign, table.keys).place(table.typed, problems)
    others = [one for one in placed if (one.typed.where, one.sheet.layout) not in table.checked]
    problems += [*_find_wrong_answers(conn, store, others), *_find_own(conn, others, who)]
    if problems:
        raise InputWrong(problems)
    return placed


def _count(placed: Sequence[Placed], fresh: Sequence[Placed], staged: Sequence[Placed]) -> dict[str, int]:
    return {
        "sheets": len(placed),
        "empty": len(placed) - len(fresh),
        "same": len(fresh) - len(staged),
        "placed": sum(one.is_fresh for one in staged),
        "doubtful": sum(answer.state == "doubtful" for one in placed for answer in one.typed.answers),
    }
