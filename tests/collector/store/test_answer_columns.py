"""Answers as columns are the same answers, in the same order, as row by row; on both databases."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, insert, select

from aggregation.csv_files import csv_bytes
from collector.editions.frozen_results import dump_answers, load_answers
from collector.reports.manifest import AnswerHash
from collector.reports.scores import make_tables, make_tables_of, read_tables
from collector.store.answer_columns import ScoringColumns
from collector.store.answers import ScoringRow, scoring_rows
from collector.store.schema import agency, option, question


def column_rows(conn: Connection) -> Iterator[ScoringRow]:
    columns = ScoringColumns(conn)
    names = columns.names
    for part in columns:
        numbers = (part.sheet, part.agency, part.group, part.question, part.option, part.state, part.is_own)
        for key, about, group, asked, chosen, state, is_own in zip(*(each.tolist() for each in numbers), strict=True):
            codes = names.agencies[about], names.groups[group], names.questions[asked]
            yield ScoringRow(key, *codes, names.options[chosen] or None, names.states[state], is_own)


def fill(desk: Any) -> None:
    for place, serial in enumerate(reversed(desk.serials())):
        desk.post(serial, q1="1", q2="5430"[place], q3="abc"[:place], q5="12")
    first, second, third = desk.serials("HL", "CC")[:3]
    desk.scan(first, 1, doubtful="m1_SNV", m1_SNV="54", m1_STC="3")
    desk.scan(first, 2)
    desk.post(second, m1_SNV="2")
    desk.post(third, m1_STC="5", m1_SNV="1")


def test_columns_hold_what_the_rows_hold_doubts_blanks_skips_and_matrix_rows_among_them(desk: Any) -> None:
    fill(desk)
    with desk.store.read() as conn:
        rows = list(scoring_rows(conn))
        assert list(column_rows(conn)) == rows
    assert {row.state for row in rows} >= {"clear", "blank", "doubtful"}
    assert {row.agency for row in rows if row.group == "CC"} == {"SNV", "STC"}


def test_keys_of_a_campaign_of_many_versions_are_packed_whole(desk: Any) -> None:
    fill(desk)
    with desk.store.write() as conn:
        last = conn.execute(select(agency)).first()
        assert last is not None
        conn.execute(insert(agency).values({**last._mapping, "id": 2_000, "code": "LAST", "position": 2_000}))
        asked = conn.scalar(select(func.max(question.c.id)))
        conn.execute(insert(option).values(id=300_000, question=asked, code="last", position=300_000))
    with desk.store.read() as conn:
        assert list(column_rows(conn)) == list(scoring_rows(conn))


def test_scoring_takes_the_same_table_from_columns_as_from_rows(desk: Any) -> None:
    fill(desk)
    with desk.store.read() as conn:
        expected = make_tables(desk.campaign, scoring_rows(conn)).answers
        found = read_tables(desk.campaign, conn).answers
    assert len(found) == 6
    assert found.astype(str).values.tolist() == expected.astype(str).values.tolist()
    assert {column: str(kind) for column, kind in found.dtypes.items()} == {
        column: str(kind) for column, kind in expected.dtypes.items()
    }


def test_a_store_without_answers_gives_an_empty_table(desk: Any) -> None:
    with desk.store.read() as conn:
        assert list(column_rows(conn)) == []
        assert read_tables(desk.campaign, conn).answers.empty


def test_a_frozen_edition_and_the_hash_of_an_index_hold_what_the_rows_hold(desk: Any) -> None:
    fill(desk)
    with desk.store.read() as conn:
        rows = list(scoring_rows(conn))
        hashed, columns = AnswerHash(), ScoringColumns(conn)
        parts = list(hashed.passing(columns))
        frozen = b"".join(dump_answers(columns))
    counts = Counter(row[1:] for row in rows)
    said = "\n".join(sorted(f"{row!r} {count}" for row, count in counts.items()))
    assert hashed.digest() == hashlib.sha256(said.encode()).hexdigest()
    assert sum(len(part.sheet) for part in parts) == len(rows)
    sheets: dict[int, list[tuple[str, ...]]] = {}
    for row in rows:
        own = "yes" if row.is_own else ""
        sheets.setdefault(row.sheet, []).append((*row[1:4], row.option or "", row.state, own))
    ordered = sorted(sorted(lines) for lines in sheets.values())
    heading = ("sheet", "agency", "group", "question", "option", "state", "own")
    assert frozen == csv_bytes(heading, ((number, *line) for number, said in enumerate(ordered, 1) for line in said))


def test_a_frozen_edition_is_scored_from_the_table_that_its_rows_give(desk: Any) -> None:
    fill(desk)
    with desk.store.read() as conn:
        frozen = b"".join(dump_answers(ScoringColumns(conn)))
    rows = [
        ScoringRow(int(row[0]), *row[1:4], row[4] or None, row[5], row[6] == "yes")
        for row in csv.reader(io.StringIO(frozen.decode("utf-8-sig"), newline=""))
        if row[0] != "sheet"
    ]
    for rule in ("exclude", "count"):
        scoring = desk.campaign.settings.scoring.model_copy(update={"own_agency": rule})
        campaign = replace(desk.campaign, settings=desk.campaign.settings.model_copy(update={"scoring": scoring}))
        expected, found = (
            make_tables(campaign, rows).answers,
            make_tables_of(campaign, load_answers(io.BytesIO(frozen))).answers,
        )
        pd.testing.assert_frame_equal(found, expected)
