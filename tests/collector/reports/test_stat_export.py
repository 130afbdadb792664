"""SPSS and Stata files are read back: values, Vietnamese labels, and why a value is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyreadstat
import pytest

from aggregation.stat_files import make_names
from collector.reports.stat_export import number_levels, write_stat_files
from forms.questionnaire import Level


@pytest.fixture
def answered(desk: Any) -> Any:
    """One whole sheet, one with skipped questions, one with a doubt and a blank, a matrix sheet."""
    first, second, third, _ = desk.serials()
    desk.post(first, q1="1", q2="5", q3="ac", q4="0", q5="12", q6="Ông Nguyễn Văn A rất chậm")
    desk.post(second, q1="0", q4="2")
    desk.scan(third, 1, q1="1", q2="4", doubtful="q2")
    desk.scan(third, 2, q4="1")
    desk.post(desk.serials("HL", "CC")[0], m1_SNV="5", m1_STC="2")
    return desk


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_a_file_a_group_holds_every_sheet_with_labels_and_reasons(answered: Any, kind: Any, tmp_path: Path) -> None:
    files, rows = write_stat_files(answered.store, answered.campaign, tmp_path, kind)
    assert [path.name for path in files] == [f"answers-CD.{kind}", f"answers-CC.{kind}"]
    assert rows == 5
    read = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    frame, meta = read(tmp_path / f"answers-CD.{kind}", user_missing=True)
    by_serial = frame.set_index("serial")
    first, second, third, _ = answered.serials()
    blank, doubtful, skipped = (-9, -8, -7) if kind == "sav" else ("a", "b", "c")
    names = ["q1", "q2", "q3_a", "q3_b", "q3_c", "q4", "q5"]
    assert list(frame.columns) == ["serial", "agency", "channel", *names]
    assert list(by_serial.loc[first, names]) == [1, 5, 1, 0, 1, 0, 12]
    assert list(by_serial.loc[second, names]) == [0, skipped, blank, blank, blank, 2, blank]
    assert list(by_serial.loc[third, names]) == [1, doubtful, blank, blank, blank, 1, blank]
    assert meta.column_names_to_labels["q2"] == "q2. Thái độ"
    assert meta.variable_value_labels["q2"][0] == "Không biết"
    assert meta.variable_value_labels["q2"][doubtful] == "Chưa rõ dấu"
    assert meta.file_label == "Đợt thử nghiệm: Người dân"
    assert "Nguyễn" not in (tmp_path / f"answers-CD.{kind}").read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_who_does_not_ask_for_reasons_gets_missing_values(answered: Any, kind: Any, tmp_path: Path) -> None:
    write_stat_files(answered.store, answered.campaign, tmp_path, kind)
    read = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    frame, _ = read(tmp_path / f"answers-CD.{kind}")
    assert sorted(frame["q2"].dropna()) == [5.0]


def test_a_matrix_has_a_row_a_rated_agency(answered: Any, tmp_path: Path) -> None:
    write_stat_files(answered.store, answered.campaign, tmp_path, "sav")
    frame, _ = pyreadstat.read_sav(tmp_path / "answers-CC.sav")
    assert sorted(zip(frame["rated"], frame["m1"], strict=True)) == [("SNV", 5.0), ("STC", 2.0)]


def test_names_fit_both_programs_and_stay_different() -> None:
    names = make_names(["q1", "Q1", "1a", "q-2", "q_2", "x" * 40, "x" * 41])
    assert len({name.lower() for name in names.values()}) == 7
    assert all(name[0].isalpha() and len(name) <= 32 and "-" not in name for name in names.values())


def test_levels_keep_their_numbers_or_get_places() -> None:
    def numbers(*codes: str) -> dict[str, int]:
        return number_levels([Level(code=code, label=code) for code in codes])

    assert numbers("5", "0") == {"5": 5, "0": 0}
    assert numbers("A", "B") == {"A": 1, "B": 2}
    assert numbers("1", "01") == {"1": 1, "01": 2}
