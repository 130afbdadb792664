"""Answers that an imported table left undecided: what the table said, and what a person made of it.

Nobody here has the paper. What the table said is kept beside the answers before any skip rule, so that a decision can
be taken back; the response keeps the digest of the table's own words, so that the same table again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select

from collector.store.codes import Codes, Place
from collector.store.doubts import Doubted, sync_doubts
from collector.store.response_answers import answer_rows, write_answers
from collector.store.schema import doubt, imported_answer
from collector.store.typed import given_answers
from forms.response import Answer, Response, set_skipped_aside

_REASON = "imported"  # why such an answer is doubtful


def find_undecided(codes: Codes, response: Response) -> tuple[Answer, ...]:
    """What a table said of a sheet before any skip rule, where it left anything to a person; else nothing."""
    if not response.sources:
        return ()
    given = given_answers(codes, response)
    return given if any(_is_doubted(codes, one, response.sources) for one in given) else ()


def write_given(conn: Connection, codes: Codes, key: int, response: Response, answers: Sequence[Answer]) -> None:
    """Write the answers of a response that did not come on paper, with a doubt for each that its table left open."""
    undecided = find_undecided(codes, response)
    if undecided:
        keep_imported(conn, codes, key, undecided)
    write_answers(conn, codes, key, answers)
    if undecided:
        doubt_imported(conn, codes, key, undecided, response.sources)


def keep_imported(conn: Connection, codes: Codes, response: int, given: Sequence[Answer]) -> None:
    """Keep what a table said of a sheet, before its answers are written."""
    rows, values = answer_rows(codes, response, given)
    words = {row["question"]: row["value"] for row in values}
    conn.execute(insert(imported_answer), [{**row, "value": words.get(row["question"])} for row in rows])


def doubt_imported(
    conn: Connection, codes: Codes, response: int, given: Sequence[Answer], sources: Mapping[Place, str]
) -> None:
    """Have one doubt for every answer that the table left undecided, once the answers are written."""
    now = set_skipped_aside(codes.questionnaire, given)
    doubted = [
        Doubted(standing, None, _REASON, sources[_at(said)])
        for said, standing in zip(given, now, strict=True)
        if _is_doubted(codes, said, sources)
    ]
    sync_doubts(conn, codes, response, doubted)


def write_imported(conn: Connection, codes: Codes, response: int) -> tuple[Answer, ...]:
    """Bring a response in line with its table and what people decided since; its answers."""
    query = select(doubt.c.question, doubt.c.rated, doubt.c.chosen, doubt.c.source)
    asked = conn.execute(query.where(doubt.c.response == response, doubt.c.page.is_(None))).all()
    decided = {
        codes.place_of[row.question, row.rated]: tuple(json.loads(row.chosen))
        for row in asked
        if row.chosen is not None
    }
    sources = {codes.place_of[row.question, row.rated]: row.source for row in asked}
    said = [
        codes.answer(*_at(one), decided[_at(one)], "settled") if _at(one) in decided else one
        for one in _read_imported(conn, codes, response)
    ]
    answers = set_skipped_aside(codes.questionnaire, said)
    write_answers(conn, codes, response, answers)
    doubted = (Doubted(one, None, _REASON, sources[_at(one)]) for one in answers if _at(one) in sources)
    sync_doubts(conn, codes, response, doubted)
    return answers


def _at(one: Answer) -> Place:
    return one.question, one.row


def _is_doubted(codes: Codes, one: Answer, sources: Mapping[Place, str]) -> bool:
    """Whether a person can decide it: of a text nothing but that something is written ever comes in."""
    return one.state == "doubtful" and _at(one) in sources and codes.by_code[one.question].kind != "text"


def _read_imported(conn: Connection, codes: Codes, response: int) -> list[Answer]:
    """What the table said, in the questionnaire's order."""
    chosen: dict[Place, list[str]] = {}
    rows = {}
    for row in conn.execute(select(imported_answer).where(imported_answer.c.response == response)):
        place = codes.place_of[row.question, row.rated]
        rows[place] = row
        chosen.setdefault(place, []).extend([codes.option_of[row.option]] if row.option else ())
    return [
        Answer(*place, codes.in_order(place[0], chosen[place]), rows[place].state, rows[place].value)
        for place in codes.places
    ]
