from __future__ import annotations

import datetime
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from forms.checkup import check_folder
from forms.errors import InputWrong
from forms.numbers import find_count, find_number
from forms.tables import read_table

REQUIRED, MORE = ("agency", "group", "target"), ("reserve", "collector", "population")


def read(path: Path) -> tuple[list[tuple[str, ...]], list[str]]:
    rows, problems = read_table(path, "quotas", REQUIRED, MORE)
    return [tuple(row.get(column) for column in REQUIRED) for row in rows], [problem.where for problem in problems]


def write(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    path = folder / "quotas.csv"
    path.write_bytes(content.encode(encoding))
    return path


def write_workbook(
    folder: Path, rows: list[list[object]], merged: tuple[tuple[int, int, int, int, object], ...] = ()
) -> Path:
    path = folder / "quotas.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        for number, values in enumerate(rows):
            sheet.write_row(number, 0, values)
        for place in merged:
            sheet.merge_range(*place)
        sheet.set_column(8, 8, 20)
    return path


TWO = [("SNV", "CC", "15"), ("STP", "CC", "5")]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("agency,group,target\nSNV,CC,15\nSTP,CC,5\n", "utf-8"),
        ("Mã cơ quan;Đối tượng;Chỉ tiêu\r\nSNV;CC;15\r\nSTP;CC;5\r\n", "utf-8-sig"),
        ("Mã cơ quan\tĐối tượng\tChỉ tiêu\r\nSNV\tCC\t15\r\nSTP\tCC\t5\r\n", "utf-16"),
        ("DANH SÁCH, CHỈ TIÊU;;;;\n;;;;\nSTT;Mã đơn vị;Nhóm;Số phiếu;Ghi chú\n1;SNV;CC;15;x\n2;STP;CC;5;\n", "utf-8"),
        (
            "Mã cơ quan;Đối tượng;Chỉ tiêu;;;\n(1);(2);(3);;;\n\n SNV ;\u00a0CC;15;;;\nSTP;CC\u00a0;5;;;\n;;;;;\n",
            "utf-8",
        ),
        ("Đơn vị;ĐỐI  TƯỢNG;chi tieu\nSNV;CC;15\nSTP;CC;5\nTổng cộng;;20\n", "utf-8"),
        ("Đơn vị;Đối tượng;Chỉ tiêu\nSNV;CC;15\nCộng;;15\nSTP;CC;5\nCộng:;;5\nTổng số;;20\n", "utf-8"),
    ],
)
def test_lists_are_read_as_offices_keep_them(tmp_path: Path, content: str, encoding: str) -> None:
    assert read(write(tmp_path, unicodedata.normalize("NFD", content), encoding)) == (TWO, [])


def test_a_sum_that_is_not_the_sum_is_named_with_its_row(tmp_path: Path) -> None:
    path = write(tmp_path, "Đơn vị;Đối tượng;Chỉ tiêu\nSNV;CC;15\nSTP;CC;5\nTổng cộng;;21\n")
    assert read(path) == (TWO, ["quotas.csv:4"])


def test_a_subtitle_is_one_problem_and_no_entry(tmp_path: Path) -> None:
    path = write(tmp_path, "agency,group,target\nI. Khối sở,,\nSNV,CC,15\nSTP,CC,5\n")
    assert read(path) == (TWO, ["quotas.csv:2"])


@pytest.mark.parametrize("encoding", ["cp1258", "cp1252"])
def test_an_old_encoding_is_named_with_what_to_choose_in_excel(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "agency,group,target,Ghi chú\nSNV,CC,15,â\n", encoding)
    _, problems = read_table(path, "quotas", REQUIRED, MORE)
    assert [problem.where for problem in problems] == ["quotas.csv:1"]
    assert "CSV UTF-8" in problems[0].fix


def test_a_workbook_with_a_title_merged_cells_and_true_numbers(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        [],
        [],
        ["STT", "Đơn vị", "Đối tượng", "Số phiếu", "Dự phòng"],
        [1, "SNV", "CC", 15, 1.0],
        [2, None, "CD", 5, None],
        [],
        ["Tổng cộng", None, None, 20, 1],
    ]
    title = (0, 0, 1, 4, "DANH SÁCH CƠ QUAN VÀ CHỈ TIÊU")
    path = write_workbook(tmp_path, rows, (title, (3, 1, 4, 1, "SNV")))
    assert read(path) == ([("SNV", "CC", "15"), ("SNV", "CD", "5")], [])


def test_headings_on_two_rows_with_merged_cells(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Đơn vị", "Đối tượng", "Số phiếu", None], [None, None, "Chỉ tiêu", "Dự phòng"]]
    merged = ((0, 0, 1, 0, "Đơn vị"), (0, 1, 1, 1, "Đối tượng"))
    path = write_workbook(tmp_path, [*rows, ["SNV", "CC", 15, 2]], merged)
    assert read(path) == ([("SNV", "CC", "15")], [])


def test_a_day_in_a_workbook_is_a_day(tmp_path: Path) -> None:
    path = tmp_path / "recipients.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["agency", "result_date"])
        sheet.write(1, 0, "SNV")
        sheet.write_datetime(1, 1, datetime.datetime(2014, 3, 18), book.add_format({"num_format": "dd/mm/yyyy"}))
    rows, _ = read_table(path, "recipients", ("agency",), ("result_date",))
    assert rows[0].get("result_date") == "2014-03-18"


@pytest.mark.parametrize(
    ("written", "count"),
    [("15", 15), ("1.400", 1400), ("1 400", 1400), ("1.400.000", 1400000), ("007", 7)]
    + [(wrong, None) for wrong in ("1,400", "1.4", "1.40", "-1", "", "1.5", "0.400", "một", "12345678", "²")],
)
def test_sheets_are_counted_in_whole_numbers_with_a_point_between_thousands(written: str, count: int | None) -> None:
    assert find_count(written) == count


@pytest.mark.parametrize(
    ("written", "number"),
    [("1,5", "1.5"), ("1.5", "1.5"), ("1.400", "1.4"), ("1.400,5", "1400.5"), ("1 400,25", "1400.25"), ("-2", "-2")]
    + [(wrong, None) for wrong in ("", "1,5,5", "1.5.5", "9e9", "nan", "½", "1 5", ".5")],
)
def test_points_take_a_point_or_a_comma_for_the_decimal_sign(written: str, number: str | None) -> None:
    assert find_number(written) == (None if number is None else Decimal(number))


@given(st.integers(0, 9_999_999))
def test_a_count_survives_vietnamese_separators(count: int) -> None:
    assert find_count(f"{count:,}".replace(",", ".")) == count


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    return [problem.where for problem in wrong.value.problems]


def test_appraised_points_are_held_against_the_criteria(folder: Path) -> None:
    criteria = folder / "criteria.csv"
    criteria.write_text(
        criteria.read_text(encoding="utf-8") + "TD,Chỉ đạo điều hành,,,appraised,10\n", encoding="utf-8"
    )
    appraised = folder / "appraised.csv"
    right = "Đơn vị;Tiêu chí;Điểm tự chấm;Điểm thẩm định;Lý do\nSNV;TD;10;9,5;\nSNV;BONUS;;1;\nSNV;PENALTY;;-0,5;\n"
    appraised.write_text(right, encoding="utf-8")
    (folder / "previous.csv").write_text("agency,total,se\nSNV,85.69,\n", encoding="utf-8")
    check_folder(folder)
    wrong = "NOPE;TD;;9;\nSTP;NOPE;;9;\nSTP;TC1.1;;1;\nSTP;TD;11;chín;\nSNV;TD;;9;\n;TD;;9;\n"
    appraised.write_text(right + wrong, encoding="utf-8")
    (folder / "previous.csv").write_text("agency,total,se\nNOPE,85.69,\nSNV,,x\n", encoding="utf-8")
    found = problems_of(folder)
    assert [where for where in found if where.startswith("appraised")] == [
        f"appraised.csv:{row}" for row in (5, 9, 10, 6, 7, 8, 8)
    ]
    assert [where for where in found if where.startswith("previous")] == ["previous.csv:2"] + ["previous.csv:3"] * 2
