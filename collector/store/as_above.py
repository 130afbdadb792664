"""Which answers of a matrix sheet were given as "the same as the agency above"; kept beside them, exported apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from collector.store.codes import Codes
from collector.store.counting import counts
from collector.store.schema import agency, answer_as_above, cell, question, respondent_group, response, sheet
from forms.response import Answer


class AsAboveRow(NamedTuple):
    """One line of as_above.csv: an answer of an accepted response that was given for the agency above, and taken on."""

    serial: str
    agency: str
    group: str
    question: str
    row: str


def keep_as_above(
    conn: Connection, codes: Codes, response: int, answers: Collection[Answer], places: Collection[tuple[str, str]]
) -> None:
    """Note of stored answers which of them (question, row) were given as above; what says nothing is passed over."""
    rows = []
    for one in answers:
        if one.row is not None and one.chosen and (one.question, one.row) in places:
            asked, rated = codes.keys((one.question, one.row))
            options = [codes.options[one.question, code] for code in one.chosen]
            rows += [{"response": response, "question": asked, "rated": rated, "option": option} for option in options]
    if rows:
        conn.execute(insert(answer_as_above), rows)


def as_above_rows(conn: Connection) -> Iterator[AsAboveRow]:
    """The lines of as_above.csv, by serial, which is random, and then as printed."""
    rated, own = agency.alias("rated"), agency.alias("own")
    query = (
        select(sheet.c.serial, own.c.code, respondent_group.c.code, question.c.code, rated.c.code)
        .join_from(answer_as_above, response, response.c.id == answer_as_above.c.response)
        .join(sheet, sheet.c.id == response.c.sheet)
        .join(cell, cell.c.id == sheet.c.cell)
        .join(own, own.c.id == cell.c.agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .join(question, question.c.id == answer_as_above.c.question)
        .join(rated, rated.c.id == answer_as_above.c.rated)
        .where(counts())
        .order_by(sheet.c.serial, question.c.position, rated.c.position)
    )
    for row in conn.execute(query):
        yield AsAboveRow(*row)
