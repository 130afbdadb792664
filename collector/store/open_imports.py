"""Imports: one is open at a time, with what is staged of its table until all of it is in."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from collector.store.clock import store_time
from collector.store.schema import answer_import, staged_sheet
from forms.response import Answer, Response

_SHEETS_AT_ONCE = 500
_ANSWERS_AT_ONCE = 5_000  # their rows are written in some hundredths of a second


@dataclass(frozen=True)
class AnswerImport:
    """An import of a table: `name` and `sha256` of its file, what became of its sheets so far.

    `is_whole`: all of the table is staged, so that the import is decided and anybody can finish it. One that is closed
    and not whole was put away.
    """

    id: int
    name: str
    sha256: str
    new_serials: bool
    who: str
    at: datetime.datetime
    counts: Mapping[str, int]
    is_open: bool
    is_whole: bool


@dataclass(frozen=True)
class StagedRow:
    """What a row says of a sheet: how many answers, and these as dump_answers gives them; `key` where it named none."""

    serial: str
    size: int
    answers: str
    key: str | None


def find_open_import(conn: Connection) -> AnswerImport | None:
    """The import that is under way, or was cut off, with all of its table staged."""
    begun = find_begun_import(conn)
    return begun if begun is not None and begun.is_whole else None


def find_begun_import(conn: Connection) -> AnswerImport | None:
    """The same, or one whose table is being staged: nothing of that counts, and it may be put away."""
    row = conn.execute(select(answer_import).where(answer_import.c.is_open)).one_or_none()
    return None if row is None else AnswerImport(**{**row._mapping, "counts": json.loads(row.counts)})


def hold_import(conn: Connection, key: int) -> AnswerImport:
    """Take hold of an import until the transaction ends."""
    row = conn.execute(select(answer_import).where(answer_import.c.id == key).with_for_update()).one()
    return AnswerImport(**{**row._mapping, "counts": json.loads(row.counts)})


def open_import(
    conn: Connection,
    name: str,
    sha256: str,
    new_serials: bool,
    who: str,
    now: datetime.datetime,
) -> int:
    """Begin an import, nothing of which is staged yet; IntegrityError where another one is open."""
    values = {"name": name, "sha256": sha256, "new_serials": new_serials, "who": who, "at": store_time(now)}
    row = insert(answer_import).values(**values, counts="{}", is_open=True, is_whole=False)
    return int(conn.execute(row.returning(answer_import.c.id)).scalar_one())


def stage(conn: Connection, key: int, staged: Iterable[StagedRow]) -> None:
    """Keep what rows of a table say; IntegrityError once the import is whole."""
    rows = [
        {"serial": one.serial, "answer_import": key, "answers": one.answers, "size": one.size, "row_key": one.key}
        for one in staged
    ]
    if rows:
        conn.execute(insert(staged_sheet), rows)


def make_whole(conn: Connection, key: int, counts: Mapping[str, int]) -> None:
    """Decide an import: all of its table is staged."""
    whole = {"is_whole": True, "counts": json.dumps(counts)}
    conn.execute(update(answer_import).where(answer_import.c.id == key).values(whole))


def drop_staged(conn: Connection, key: int, most: int) -> int:
    """Drop some of what is staged of an import that is not whole; how many were dropped."""
    some = select(staged_sheet.c.serial).where(staged_sheet.c.answer_import == key).limit(most)
    return conn.execute(delete(staged_sheet).where(staged_sheet.c.serial.in_(some.scalar_subquery()))).rowcount


def put_away_import(conn: Connection, key: int) -> None:
    """Close an import that is not whole; IntegrityError as long as anything of it is staged."""
    of_key = answer_import.c.id == key, answer_import.c.is_whole.is_(False)
    conn.execute(update(answer_import).where(*of_key).values(is_open=False))


def dump_answers(answers: Collection[Answer], places: Mapping[tuple[str, str | None], str]) -> str:
    """Answers as they are staged; of `places` in the table, those where an answer is undecided are kept alone."""
    said = [
        (
            *(one.question, one.row, one.chosen, one.state, one.value),
            *([places[one.question, one.row]] if one.state == "doubtful" else ()),
        )
        for one in answers
    ]
    return json.dumps(said, ensure_ascii=False)


def load_staged(serial: str, staged: str) -> Response:
    """What is staged of a sheet, as a response."""
    said = json.loads(staged)
    answers = tuple(Answer(code, row, tuple(chosen), state, value) for code, row, chosen, state, value, *_ in said)
    sources = {(code, row): source[0] for code, row, _, _, _, *source in said if source}
    return Response(serial, "import", answers, sources=sources)


def list_staged(conn: Connection, after: str = "") -> list[Response]:
    """The next sheets that wait behind a serial, by theirs, some thousand answers at a time; empty where none does."""
    query = select(staged_sheet.c.serial, staged_sheet.c.size, staged_sheet.c.answers)
    waiting = query.where(staged_sheet.c.answers.is_not(None), staged_sheet.c.serial > after)
    found: list[Response] = []
    answers = 0
    for serial, size, staged in conn.execute(waiting.order_by(staged_sheet.c.serial).limit(_SHEETS_AT_ONCE)):
        answers += size
        if found and answers > _ANSWERS_AT_ONCE:
            break
        found.append(load_staged(serial, staged))
    return found


def count_staged(conn: Connection) -> int:
    """How many staged sheets still wait."""
    waiting = select(func.count()).select_from(staged_sheet).where(staged_sheet.c.answers.is_not(None))
    return int(conn.scalar(waiting) or 0)


def find_waiting(conn: Connection, serials: Collection[str]) -> dict[str, str | None]:
    """Those of some sheets that still wait, as another process may have taken some in, with the keys of their rows."""
    query = select(staged_sheet.c.serial, staged_sheet.c.row_key)
    waiting = staged_sheet.c.serial.in_(serials), staged_sheet.c.answers.is_not(None)
    return {row.serial: row.row_key for row in conn.execute(query.where(*waiting))}


def note_taken(conn: Connection, key: int, counts: Mapping[str, int], kept: Mapping[str, int | None]) -> None:
    """Note what staged sheets came to; one without a response that may count is staged no more."""
    gone = [serial for serial, response in kept.items() if response is None]
    if gone:
        conn.execute(delete(staged_sheet).where(staged_sheet.c.serial.in_(gone)))
    rows = [{"of_sheet": serial, "kept": response} for serial, response in kept.items() if response is not None]
    if rows:
        taken: dict[str, object] = {"answers": None, "response": bindparam("kept")}
        conn.execute(update(staged_sheet).where(staged_sheet.c.serial == bindparam("of_sheet")).values(taken), rows)
    conn.execute(update(answer_import).where(answer_import.c.id == key).values(counts=json.dumps(counts)))


def close_import(conn: Connection, key: int) -> None:
    """Let everything count that came in."""
    conn.execute(delete(staged_sheet).where(staged_sheet.c.answer_import == key))
    conn.execute(update(answer_import).where(answer_import.c.id == key).values(is_open=False))
