"""What one response says, row by row in the store, and whether two responses say the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from collector.store.codes import NO_KEY, Codes, Place
from collector.store.schema import answer as answers_table
from collector.store.schema import answer_value
from forms.response import Answer

AnswerRow = dict[str, object]
_Key = tuple[Any, ...]


def write_answers(conn: Connection, codes: Codes, response: int, answers: Iterable[Answer]) -> None:
    """Store the answers of a response in place of those it had; only what differs is written, else it is refused."""
    rows, values = answer_rows(codes, response, answers)
    _write_rows(conn, answers_table, response, rows)
    _write_rows(conn, answer_value, response, values)


def _write_rows(conn: Connection, table: Table, response: int, rows: Iterable[AnswerRow]) -> None:
    keys = [column.name for column in table.primary_key.columns]
    (said,) = (column.name for column in table.columns if not column.primary_key)
    known = {
        tuple(row._mapping[key] for key in keys): row._mapping[said]
        for row in conn.execute(select(table).where(table.c.response == response))
    }
    wanted = {tuple(row[key] for key in keys): row for row in rows}
    if not known and wanted:
        conn.execute(insert(table), list(wanted.values()))
        return
    # Question by question: the database sets an answer aside by what the questions before it say at that moment.
    asked = keys.index("question")
    for question in dict.fromkeys(key[asked] for key in (*(key for key in known if key not in wanted), *wanted)):
        now = {key: row for key, row in wanted.items() if key[asked] == question}
        _write_question(conn, table, {key: was for key, was in known.items() if key[asked] == question}, now)


def _write_question(conn: Connection, table: Table, known: dict[_Key, Any], wanted: dict[_Key, AnswerRow]) -> None:
    keys = [column.name for column in table.primary_key.columns]
    (said,) = (column.name for column in table.columns if not column.primary_key)
    which = [table.c[key] == bindparam(f"of_{key}") for key in keys]
    gone = [_name(keys, key) for key in known if key not in wanted]
    changed = [
        _name(keys, key) | {"now": row[said]} for key, row in wanted.items() if known.get(key, row[said]) != row[said]
    ]
    fresh = [row for key, row in wanted.items() if key not in known]
    if gone:
        conn.execute(delete(table).where(*which), gone)
    if changed:
        conn.execute(update(table).where(*which).values({said: bindparam("now")}), changed)
    if fresh:
        conn.execute(insert(table), fresh)


def _name(keys: Iterable[str], values: Iterable[object]) -> AnswerRow:
    return {f"of_{key}": value for key, value in zip(keys, values, strict=True)}


def answer_rows(codes: Codes, response: int, answers: Iterable[Answer]) -> tuple[list[AnswerRow], list[AnswerRow]]:
    """The rows of a response's answers, and those of numbers and texts."""
    rows: list[AnswerRow] = []
    values: list[AnswerRow] = []
    for given in answers:
        question, rated = codes.keys((given.question, given.row))
        row = {"response": response, "question": question, "rated": rated, "state": given.state}
        options = [codes.options[given.question, code] for code in given.chosen]
        rows += [{**row, "option": option} for option in options or [NO_KEY]]
        if given.value:
            values.append({"response": response, "question": question, "value": given.value})
    return rows, values


def read_answers(conn: Connection, codes: Codes, response: int) -> tuple[Answer, ...]:
    """The answers of a response in the questionnaire's order."""
    typed = select(answer_value.c.question, answer_value.c.value).where(answer_value.c.response == response)
    values = {row.question: row.value for row in conn.execute(typed)}
    states: dict[Place, str] = {}
    chosen: dict[Place, set[str]] = {}
    for row in conn.execute(select(answers_table).where(answers_table.c.response == response)):
        place = codes.place_of[row.question, row.rated]
        states[place] = row.state
        chosen.setdefault(place, set()).update({codes.option_of[row.option]} if row.option else ())
    return tuple(
        Answer(
            question,
            row,
            codes.in_order(question, chosen[question, row]),
            states[question, row],  # type: ignore[arg-type]  # CHECKed by the table
            values.get(codes.questions[question]),
        )
        for question, row in codes.places
        if (question, row) in states
    )


def agree(left: Iterable[Answer], right: Iterable[Answer]) -> bool:
    """Whether two responses say the same wherever both are sure.

    One of the two came on paper. A doubtful answer agrees with anything; so does one that was set aside, and ink that
    nobody has read yet, as words beside an option are.
    """
    others = {(one.question, one.row): one for one in right}
    return all(_same(one, others[one.question, one.row]) for one in left if (one.question, one.row) in others)


def _same(left: Answer, right: Answer) -> bool:
    if _is_open(left) or _is_open(right):
        return True
    if set(left.chosen) != set(right.chosen):
        return False
    unread = bool(left.chosen) and not (left.value and right.value)
    return unread or (left.value or "") == (right.value or "")


def _is_open(one: Answer) -> bool:
    unread = one.state == "clear" and not one.chosen and not one.value
    return unread or one.state in ("doubtful", "skipped")


def is_blank(answers: Iterable[Answer]) -> bool:
    """Whether a sheet was left empty: not one mark, sure or doubtful."""
    return all(one.state in ("blank", "settled") and not one.chosen and not one.value for one in answers)
