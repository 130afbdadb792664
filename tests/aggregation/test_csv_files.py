"""scores.csv and totals.csv as bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation import csv_files
from aggregation.csv_files import csv_bytes, csv_parts, plain_text, scores_csv, table_csv, totals_csv
from aggregation.rounding import half_up
from aggregation.scores import score
from aggregation.tables import ScoringTables
from forms.rules import Scoring


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_files_begin_with_a_bom_and_end_lines_as_rfc_4180_says(one_question: Callable[..., ScoringTables]) -> None:
    data = totals_csv(score(one_question({"SXD": "54"}), Scoring()))
    assert data.startswith(b"\xef\xbb\xbfagency,block,survey_points,")
    assert data.count(b"\n") == data.count(b"\r\n") == 2


def test_points_are_published_with_their_decimals_and_a_point(one_question: Callable[..., ScoringTables]) -> None:
    scored = score(one_question({"SXD": "4", "SYT": ""}), Scoring())
    first, second = read(totals_csv(scored))
    assert first["survey_points"] == "7.50"
    assert second == {**dict.fromkeys(second, ""), "agency": "SYT", "block": "SN", "n_valid": "0"}


def test_means_have_ten_decimals_at_most_and_no_more_zeros_than_needed(
    one_question: Callable[..., ScoringTables],
) -> None:
    rows = read(scores_csv(score(one_question({"SXD": "554", "SYT": "5"}), Scoring())))
    assert rows[0]["mean_percent"] == "91.6666666667"
    assert rows[2]["points"] == "10"
    assert [row["group"] for row in rows] == ["CD", "*", "CD", "*"]


def test_fields_with_commas_quotes_and_line_ends_come_back_as_they_were() -> None:
    text = 'Sở "Nội vụ", tỉnh\r\nQuảng Ninh'
    assert read(csv_bytes(["a", "b"], [(text, None), (pd.NA, float("nan"))])) == [
        {"a": text, "b": ""},
        {"a": "", "b": ""},
    ]


def test_the_same_inputs_give_the_same_bytes(oracle: Callable[..., Any]) -> None:
    first, second = (score(oracle("tables", 1), oracle("rules")) for _ in range(2))
    assert scores_csv(first) == scores_csv(second)
    assert totals_csv(first) == totals_csv(second)


def test_a_table_in_pieces_is_the_same_file_with_one_mark_at_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(number, "ễ") for number in range(7)]
    whole = csv_bytes(["a", "b"], rows)
    monkeypatch.setattr(csv_files, "ROWS_A_PART", 3)
    parts = list(csv_parts(["a", "b"], rows))
    assert len(parts) == 3
    assert b"".join(parts) == whole
    assert whole.count("\ufeff".encode()) == 1


def test_what_a_spreadsheet_would_compute_stands_behind_an_apostrophe():
    written = ["=1", "+84", "-1", "@SUM", "\t=1", "Loa = đài", "", "a-b"]
    assert [plain_text(one) for one in written] == ["'=1", "'+84", "'-1", "'@SUM", "'\t=1", "Loa = đài", "", "a-b"]


@given(st.one_of(st.floats(-1e9, 1e9), st.integers(-(2**20), 2**20).map(lambda part: part / 2**11)))
def test_a_number_is_rounded_half_up_as_everywhere(value: float) -> None:
    """Multiples of 1/2048 lie half way between two numbers of ten decimals."""
    written = csv_bytes(["x"], [[value]]).decode("utf-8-sig").splitlines()[1]
    assert Decimal(written) == half_up(Fraction(value), 10)
    assert written != "-0"


@given(st.lists(st.one_of(st.floats(-1e12, 1e12), st.integers(-(2**14), 2**14).map(lambda part: part / 2**11))))
def test_a_column_of_numbers_is_written_as_its_numbers_are(values: list[float]) -> None:
    table = pd.DataFrame({"a": [*values, 0.0, -0.0, -1e-11, float("nan")], "b": ["Sở, ban"] * (len(values) + 4)})
    rows = [(Decimal(value) if value == value else None, "Sở, ban") for value in table["a"].tolist()]
    assert table_csv(table) == csv_bytes(["a", "b"], rows)
