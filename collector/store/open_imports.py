"""Imports: one is open at a time, with what is staged of its table until all of it is in."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from collector.store.clock import store_time
from collector.store.import_schema import answer_import, staged_sheet
from forms.response import Answer

_SHEETS_AT_ONCE = 500
_ANSWERS_AT_ONCE = 5_000  # their rows are written in some hundredths of a second


@dataclass(frozen=True)
class AnswerImport:
    """An import of a table: `name` and `sha256` of its file, what became of its sheets so far."""

    id: int
    name: str
    sha256: str
    new_serials: bool
    who: str
    at: datetime.datetime
    counts: Mapping[str, int]
    is_open: bool


def find_open_import(conn: Connection) -> AnswerImport | None:
    """The import that is under way, or was cut off."""
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
    counts: Mapping[str, int],
) -> int:
    """Begin an import; IntegrityError where another one is open."""
    values = {"name": name, "sha256": sha256, "new_serials": new_serials, "who": who, "at": store_time(now)}
    row = insert(answer_import).values(**values, counts=json.dumps(counts), is_open=True)
    return int(conn.execute(row.returning(answer_import.c.id)).scalar_one())


def stage(conn: Connection, key: int, answers_of: Mapping[str, tuple[int, str]]) -> None:
    """Keep what a table says of sheets, by their serials: how many answers, and these as dump_answers gives them."""
    rows = [
        {"serial": serial, "answer_import": key, "answers": staged, "size": size}
        for serial, (size, staged) in sorted(answers_of.items())
    ]
    if rows:
        conn.execute(insert(staged_sheet), rows)


def dump_answers(answers: Collection[Answer]) -> str:
    """Answers as they are staged."""
    said = [(one.question, one.row, one.chosen, one.state, one.value) for one in answers]
    return json.dumps(said, ensure_ascii=False)


def load_answers(staged: str) -> tuple[Answer, ...]:
    """Staged answers again."""
    said = json.loads(staged)
    return tuple(Answer(code, row, tuple(chosen), state, value) for code, row, chosen, state, value in said)


def list_staged(conn: Connection, after: str = "") -> dict[str, tuple[Answer, ...]]:
    """The next sheets that wait behind a serial, by theirs, some thousand answers at a time; empty where none does."""
    query = select(staged_sheet.c.serial, staged_sheet.c.size, staged_sheet.c.answers)
    waiting = query.where(staged_sheet.c.answers.is_not(None), staged_sheet.c.serial > after)
    found: dict[str, tuple[Answer, ...]] = {}
    answers = 0
    for serial, size, staged in conn.execute(waiting.order_by(staged_sheet.c.serial).limit(_SHEETS_AT_ONCE)):
        answers += size
        if found and answers > _ANSWERS_AT_ONCE:
            break
        found[serial] = load_answers(staged)
    return found


def count_staged(conn: Connection) -> int:
    """How many staged sheets still wait."""
    waiting = select(func.count()).select_from(staged_sheet).where(staged_sheet.c.answers.is_not(None))
    return int(conn.scalar(waiting) or 0)


def find_waiting(conn: Connection, serials: Collection[str]) -> frozenset[str]:
    """Those of some sheets that still wait: another process may have taken them in."""
    query = select(staged_sheet.c.serial).where(staged_sheet.c.serial.in_(serials), staged_sheet.c.answers.is_not(None))
    return frozenset(conn.scalars(query))


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
