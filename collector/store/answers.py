"""Answers that count, as scoring and export want them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Select, Table, and_, or_, select

from collector.store.codes import NO_KEY
from collector.store.counting import counts
from collector.store.schema import (
    agency,
    answer,
    answer_value,
    cell,
    option,
    question,
    respondent_group,
    response,
    sheet,
)

_BATCH = 10_000  # rows held at once


class ScoringRow(NamedTuple):
    """One chosen option, or one row with `option` None: nothing was chosen, or nobody has decided what yet.

    `agency` is the rated one; `is_own`: on a matrix sheet, the one that the sheet's respondent works for.
    """

    sheet: int
    agency: str
    group: str
    question: str
    option: str | None
    state: str
    is_own: bool = False


class ExportRow(NamedTuple):
    """One line of answers.csv; `agency` is the sheet's, `row` the rated agency on a matrix sheet.

    `option` holds the number where one was asked for. Free text is left out: it may name people.
    """

    serial: str
    agency: str
    group: str
    channel: str
    question: str
    row: str
    option: str
    state: str


class WordRow(NamedTuple):
    """One line of words.csv: the words beside an option ("other, please specify"), which may name people."""

    serial: str
    agency: str
    group: str
    channel: str
    question: str
    words: str


def scoring_rows(conn: Connection, about: str | None = None, raters: Collection[str] = ()) -> Iterator[ScoringRow]:
    """Every answer of every response that counts (accepted, no open conflict), blank and doubtful ones too.

    `about`: the code of an agency, of which alone answers are given; `raters`: the groups whose sheets rate many
    agencies. The sheets of all others are not looked at.

    Without sheets that a recheck struck. An open doubt is one row of the state "doubtful" without an option, however
    many marks were seen. Always in the same order.
    """
    agencies, questions, options = _codes(conn, agency), _codes(conn, question), _codes(conn, option)
    cells = _cells(conn)
    query = _counting(sheet.c.id, sheet.c.cell, answer.c.question, answer.c.rated, answer.c.option, answer.c.state)
    query = query.order_by(sheet.c.id, answer.c.question, answer.c.rated, answer.c.option)
    if about is not None:
        own_cells = [key for key, (code, _) in cells.items() if code == about]
        on_own_sheet = and_(answer.c.rated == NO_KEY, sheet.c.cell.in_(own_cells))
        read = [*own_cells, *(key for key, (_, group) in cells.items() if group in raters)]
        query = query.where(sheet.c.cell.in_(read)).where(
            or_(answer.c.rated.in_([key for key, code in agencies.items() if code == about]), on_own_sheet)
        )
    doubted = None
    for key, cell_key, asked, rated, chosen, state in _stream(conn, query):
        if state == "doubtful":
            if doubted == (key, asked, rated):
                continue
            doubted, chosen = (key, asked, rated), NO_KEY
        own, group = cells[cell_key]
        rates, is_own = (agencies[rated], agencies[rated] == own) if rated else (own, False)
        yield ScoringRow(key, rates, group, questions[asked], options[chosen] if chosen else None, state, is_own)


def export_rows(conn: Connection) -> Iterator[ExportRow]:
    """The lines of answers.csv: accepted responses by serial, which is random, so that no order of arrival shows."""
    agencies, questions, options = _codes(conn, agency), _codes(conn, question), _codes(conn, option)
    cells = _cells(conn)
    number = and_(
        answer_value.c.response == answer.c.response,
        answer_value.c.question == answer.c.question,
        question.c.kind == "number",
    )
    query = (
        _counting(sheet.c.serial, sheet.c.cell, response.c.channel, *answer.c, answer_value.c.value)
        .join(question, question.c.id == answer.c.question)
        .outerjoin(answer_value, number)
        .order_by(sheet.c.serial, question.c.position, answer.c.rated, answer.c.option)
    )
    for row in _stream(conn, query):
        own, group = cells[row.cell]
        rated = agencies[row.rated] if row.rated else ""
        chosen = options[row.option] if row.option else row.value or ""
        yield ExportRow(row.serial, own, group, row.channel, questions[row.question], rated, chosen, row.state)


def word_rows(conn: Connection) -> Iterator[WordRow]:
    """The lines of words.csv: what was typed beside an option of an accepted response, by serial."""
    questions, cells = _codes(conn, question), _cells(conn)
    query = (
        select(sheet.c.serial, sheet.c.cell, response.c.channel, answer_value.c.question, answer_value.c.value)
        .join_from(answer_value, response, response.c.id == answer_value.c.response)
        .join(sheet, sheet.c.id == response.c.sheet)
        .join(question, question.c.id == answer_value.c.question)
        .where(counts(), question.c.kind.in_(("one", "many")))
        .order_by(sheet.c.serial, question.c.position)
    )
    for row in _stream(conn, query):
        yield WordRow(row.serial, *cells[row.cell], row.channel, questions[row.question], row.value)


def _counting(*columns: Column[Any]) -> Select[Any]:
    return (
        select(*columns)
        .join_from(answer, response, response.c.id == answer.c.response)
        .join(sheet, sheet.c.id == response.c.sheet)
        .where(counts())
    )


def _stream(conn: Connection, query: Select[Any]) -> Any:
    return conn.execute(query, execution_options={"yield_per": _BATCH})


def _codes(conn: Connection, table: Table) -> dict[int, str]:
    return {row.id: row.code for row in conn.execute(select(table.c.id, table.c.code))}


def _cells(conn: Connection) -> dict[int, tuple[str, str]]:
    query = (
        select(cell.c.id, agency.c.code, respondent_group.c.code.label("group"))
        .join_from(cell, agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
    )
    return {row.id: (row.code, row.group) for row in conn.execute(query)}
