"""Answers that count as columns of numbers, for the scores of a whole province: what scoring_rows gives, row by row.

The database packs the answers of one response into a text of numbers, which costs a tenth of a row an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, String, case, cast, func, select

from collector.store.counting import counts
from collector.store.schema import agency, answer, cell, option, question, respondent_group, response, sheet

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

STATES = ("clear", "blank", "doubtful", "settled", "skipped")
_DOUBTFUL = STATES.index("doubtful")
_SHEETS = 5_000  # held at once


@dataclass(frozen=True)
class AnswerNames:
    """What the numbers of the columns stand for; the first option is none."""

    agencies: tuple[str, ...]
    groups: tuple[str, ...]
    questions: tuple[str, ...]
    options: tuple[str, ...]
    states: tuple[str, ...] = STATES


@dataclass(frozen=True)
class AnswerColumns:
    """One entry a ScoringRow, in the same order: the sheet's key, then places in AnswerNames."""

    sheet: Ints
    agency: Ints
    group: Ints
    question: Ints
    option: Ints
    state: Ints
    is_own: Bools


class ScoringColumns:
    """The answers of every response that counts, some thousand sheets at a time."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        agencies, self._agency_at = _names(conn, agency)
        groups, group_at = _names(conn, respondent_group)
        questions, self._question_at = _names(conn, question)
        options, self._option_at = _names(conn, option, none=True)
        self.names = AnswerNames(agencies, groups, questions, options)
        rows = conn.execute(select(cell.c.id, cell.c.agency, cell.c.respondent_group)).all()
        self._cells = np.zeros((max((row.id for row in rows), default=0) + 1, 2), dtype=np.int64)
        for key, own, group in rows:
            self._cells[key] = self._agency_at[own], group_at[group]

    def __iter__(self) -> Iterator[AnswerColumns]:
        rated, chosen = len(self._agency_at), len(self._option_at)
        state = case({name: place for place, name in enumerate(STATES)}, value=answer.c.state)
        asked = cast(answer.c.question, BigInteger)  # PostgreSQL's plain numbers end at 2**31
        packed = ((asked * rated + answer.c.rated) * chosen + answer.c.option) * len(STATES) + state
        said = select(func.aggregate_strings(cast(packed, String), ",")).where(answer.c.response == response.c.id)
        query = (
            select(sheet.c.id, sheet.c.cell, said.scalar_subquery())
            .join_from(sheet, response, response.c.sheet == sheet.c.id)
            .where(counts())
            .order_by(sheet.c.id)
        )
        for rows in self._conn.execute(query, execution_options={"yield_per": _SHEETS}).partitions():
            yield self._unpack([row for row in rows if row[2]])

    def _unpack(self, rows: Sequence[Any]) -> AnswerColumns:
        keys, cells, texts = zip(*rows, strict=True) if rows else ((), (), ())
        sizes = [each.count(",") + 1 for each in texts]
        packed = np.fromstring(",".join(texts), dtype=np.int64, sep=",") if rows else np.zeros(0, np.int64)
        row = np.repeat(np.arange(len(rows)), sizes)
        order = np.lexsort((packed, row))  # a database packs in whatever order
        packed, row = packed[order], row[order]
        packed, state = np.divmod(packed, len(STATES))
        packed, chosen = np.divmod(packed, len(self._option_at))
        asked, rated = np.divmod(packed, len(self._agency_at))
        chosen[state == _DOUBTFUL] = 0
        # An open doubt is one row, however many marks were seen.
        again = (np.diff(row) == 0) & (np.diff(packed) == 0) & (state[1:] == _DOUBTFUL) & (state[:-1] == _DOUBTFUL)
        kept = np.concatenate((np.ones(min(len(row), 1), np.bool_), ~again))
        row, asked, rated, chosen, state = (each[kept] for each in (row, asked, rated, chosen, state))
        own, group = self._cells[np.array(cells, dtype=np.int64)[row]].T if rows else (row, row)
        named = self._agency_at[rated]
        about = np.where(rated > 0, named, own)
        places = self._question_at[asked], self._option_at[chosen], state
        return AnswerColumns(np.array(keys, np.int64)[row], about, group, *places, (rated > 0) & (named == own))


def _names(conn: Connection, table: Any, none: bool = False) -> tuple[tuple[str, ...], Ints]:
    """The codes of a table, each once, and by key the place of its code; key 0 is none, and the first where asked."""
    rows = conn.execute(select(table.c.id, table.c.code).order_by(table.c.id)).all()
    places: dict[str, int] = {"": 0} if none else {}
    at = np.zeros(max((row.id for row in rows), default=0) + 1, dtype=np.int64)
    for key, code in rows:
        at[key] = places.setdefault(code, len(places))
    return tuple(places), at
