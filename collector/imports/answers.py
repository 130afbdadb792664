"""`phieu import`: answers typed elsewhere go through the one door, all of a table or none.

A row that names its sheet, by serial or by number, answers that sheet. One that names none takes a free sheet of its
cell, and keeps it: the same row again is the same answer. What is wrong is told before anything is kept. A table that
is right is staged part by part, is decided once all of it is staged, and is then taken in part by part, so that others
get their turn; it counts from the moment when all of it is in. What was cut off before it was decided is put away by
the next import, what was cut off later goes on with it.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from collector.imports.judging import find_wrong_answers, find_wrong_elsewhere
from collector.imports.parts import PAUSE, ImportSummary, find_under_way, finish_import, sum_up
from collector.imports.places import Placed, Placing, find_keys, give_serials
from collector.imports.staging import Staging, hold_staging, stage_whole
from collector.store import Store
from collector.store.accounts import find_held, find_workplace
from collector.store.imports import find_settled
from collector.store.open_imports import dump_answers, find_open_import
from collector.store.traces import find_rating
from collector.store.typed import typed_answers
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

    `keys` of rows without a serial; `dumped`: answers as they are staged; `placed`: rows with the sheets that they were
    held against; `empty`: rows that answer nothing; `settled`: rows that are kept already.
    """

    name: str
    sha256: str
    new_serials: bool
    typed: Sequence[TypedSheet]
    keys: dict[str, str]
    dumped: dict[str, tuple[int, str]]
    placed: Sequence[Placed] = ()
    empty: Collection[str] = ()
    settled: Collection[str] = ()

    def is_new(self, one: Placed) -> bool:
        """Whether a row says anything that is not there yet."""
        return one.typed.where not in self.empty and one.typed.where not in self.settled


@dataclass(frozen=True)
class _How:
    """Whom an import tells how far it is, how long it lets others in between, and what keeps a second one off."""

    report: Report
    staging: Report
    resumed: Callable[[str, ImportSummary], None]
    pause: float = PAUSE
    alone: Callable[[Store], AbstractContextManager[None]] = hold_staging


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
    staging: Report = lambda *_: None,
    resumed: Callable[[str, ImportSummary], None] = lambda *_: None,
) -> ImportSummary:
    """Take the table in; `now` is aware. `staging` hears of rows written beside the answers, `report` of those taken.

    `resumed` hears of an import of another table that was finished first.

    `dry_run`: do it to a copy of the store, so that nothing is kept and nobody waits. `new_serials`: the serials in
    the table are those of other sheets and only tell its rows apart. `called`: what people call a file that lies under
    a name of our own.
    InputWrong with every problem of the table; rows about the agency at which `who` works are among them.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    typed, problems = load_typed_sheets(path, campaign)
    if new_serials:
        typed = [replace(one, serial="", id=one.serial or one.id) for one in typed]
    name = called or path.name
    dumped = {one.where: (len(one.answers), dump_answers(one.answers, _name_places(one, path, name))) for one in typed}
    table = _Table(name, sha256, new_serials, typed, find_keys(typed, problems), dumped)
    how = _How(report, staging, resumed)
    if not dry_run:
        return _import(store, campaign, table, problems, who, now, how)
    _refuse_open(store)
    with copy_to_try(store, campaign) as copy:
        _refuse_open(copy)
        alone = replace(how, pause=0.0, alone=lambda _: nullcontext())
        return _import(copy, campaign, table, problems, who, now, alone)


def _name_places(one: TypedSheet, path: Path, name: str) -> dict[tuple[str, str | None], str]:
    """Where the answers of a row stand, by what people call the file."""
    return {place: name + where.removeprefix(path.name) for place, where in one.places.items()}


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
    how: _How,
) -> ImportSummary:
    while True:
        going = _finish_open(store, campaign, table, how)
        if going is not None:
            return going
        checked = _check(store, campaign, table, list(problems), who, how.pause)
        planned = [one for one in checked.placed if checked.is_new(one)]
        if not planned:
            return sum_up(_count(checked, planned))
        staging = _make_staging(store, campaign, checked, planned, who, how)
        with how.alone(store):
            key = stage_whole(store, planned, staging, who, now)
        if key is not None:
            return finish_import(store, campaign, key, how.report, how.pause)


def _make_staging(
    store: Store, campaign: Campaign, table: _Table, planned: Sequence[Placed], who: str, how: _How
) -> Staging:
    place = partial(_place_again, store, campaign, table, who, how.pause)
    words = table.name, table.sha256, table.new_serials
    return Staging(*words, table.dumped, _count(table, planned), place, how.staging, how.pause)


def _find_own(conn: Connection, placed: Sequence[Placed], left: Sequence[TypedSheet], who: str) -> Iterator[Problem]:
    """Sheets about the agency at which whoever imports works, or that rate it, or not of the one they are held to.

    And rows about these that have no sheet.
    """
    own, held = find_workplace(conn, who), find_held(conn, who)
    rating = find_rating(conn, own, [one.sheet.id for one in placed]) if own else set()
    named = [(one.typed.where, one.sheet.agency, one.sheet.id in rating) for one in placed]
    for where, agency, rates_own in (*named, *((one.where, one.agency, False) for one in left)):
        if own and (agency == own or rates_own):
            yield Problem(where, text("import.own", agency=own), text("import.own_fix"))
        if held and agency not in ("", held):  # a row without an agency is told of that
            yield Problem(where, text("sheets.outside", agency=held), text("sheets.outside_fix"))


def _finish_open(
    store: Store,
    campaign: Campaign,
    table: _Table,
    how: _How,
) -> ImportSummary | None:
    """Finish what was cut off; its summary where that was this very table."""
    with store.read() as conn:
        open_ = find_open_import(conn)
        if open_ is None:
            return None
    summary = finish_import(store, campaign, open_.id, how.report, how.pause)
    if (open_.sha256, open_.new_serials) == (table.sha256, table.new_serials):
        return summary
    how.resumed(open_.name, summary)
    return None


def _check(store: Store, campaign: Campaign, table: _Table, problems: list[Problem], who: str, pause: float) -> _Table:
    """Hold the table against the sheets it would take; InputWrong with every problem.

    Nobody waits meanwhile. Cells without serials are given theirs where nothing is wrong; those stay.
    """
    with store.read() as conn:
        placing = Placing(conn, store, campaign, table.keys)
        placed = placing.place(table.typed, problems)
        left = _left_out(table.typed, placed)
        problems += [*find_wrong_answers(conn, store, placed), *_find_own(conn, placed, left, who)]
        problems += find_wrong_elsewhere(conn, campaign, left) if left else ()
        if problems:
            raise InputWrong(problems)
        if not placing.short:
            return _compare(conn, store, table, placed)
    give_serials(store, campaign, placing.short, pause)
    return _check(store, campaign, table, problems, who, pause)


def _compare(conn: Connection, store: Store, table: _Table, placed: Sequence[Placed]) -> _Table:
    """Which rows answer nothing, and which say what their sheets said before."""
    digests = find_settled(conn, {one.sheet.id for one in placed if not one.is_fresh})
    empty, settled = set(), set()
    for one in placed:
        response = Response(one.sheet.serial, "import", one.typed.answers)
        answers = typed_answers(store.get_codes(conn, one.sheet.layout), response)
        if not any(is_answered(answer) or answer.state == "clear" for answer in answers):
            empty.add(one.typed.where)
        elif one.sheet.id in digests and answers_digest(answers) in digests[one.sheet.id]:
            settled.add(one.typed.where)
    return replace(table, placed=placed, empty=empty, settled=settled)


def _left_out(typed: Sequence[TypedSheet], placed: Sequence[Placed]) -> list[TypedSheet]:
    """The rows that got no sheet, for whatever reason."""
    have = {one.typed.where for one in placed}
    return [one for one in typed if one.where not in have]


def _place_again(
    store: Store, campaign: Campaign, table: _Table, who: str, pause: float, typed: Sequence[TypedSheet]
) -> list[Placed]:
    """Other sheets for rows whose free ones somebody took meanwhile."""
    problems: list[Problem] = []
    with store.read() as conn:
        placing = Placing(conn, store, campaign, table.keys)
        placed = placing.place(typed, problems)
        problems += [*find_wrong_answers(conn, store, placed), *_find_own(conn, placed, (), who)]
    if problems:
        raise InputWrong(problems)
    if not placing.short:
        return placed
    give_serials(store, campaign, placing.short, pause)  # the plan has grown meanwhile; no row is left behind
    return _place_again(store, campaign, table, who, pause, typed)


def _count(table: _Table, planned: Sequence[Placed]) -> dict[str, int]:
    fresh = [one for one in table.placed if one.typed.where not in table.empty]
    return {
        "sheets": len(table.placed),
        "empty": len(table.placed) - len(fresh),
        "same": len(fresh) - len(planned),
        "placed": sum(one.is_fresh for one in planned),
        "doubtful": sum(answer.state == "doubtful" for one in table.placed for answer in one.typed.answers),
    }
