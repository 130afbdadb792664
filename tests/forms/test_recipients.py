"""The list of people to be asked: everything wrong at once, by row, and never with what is written there."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.campaign import Campaign
from forms.checkup import check_folder
from forms.errors import InputWrong
from forms.recipients import find_twins, read_recipients

HEAD = "agency,group,name,email,phone,procedure,file_code,result_date\n"
GOOD = HEAD + "HLO,CD,Nguyễn Thị Lan,,0912 345 678,Cấp phép xây dựng,HS-001,18/03/2014\nSXD,CC,Trần Văn Minh,,,,,\n"
WRONG = (
    HEAD
    + "HLO,CD,Nguyễn Thị Lan,lan@@x,123,,,1/1/1\n"
    + "Thành phố Hạ Long,CD,Trần Văn Minh,,0912345678,,,\n"
    + "HL,Người dân,Lê Văn Cường,,0912345679,,,\n"
    + "HLO,CD,,,0912345680,,,\n"
    + "HLO,CD,Phạm Thị Hoa,,,,,\n"
    + "SXD,CD,Đỗ Văn Hùng,,0912345681,,,\n"
    + "HLO,CD,Bùi Thị Mai,,+84 912 345 682,,,\n"
    + "HLO,CD,Vũ Văn Quyết,,0912.345.682,,,\n"
)
PRIVATE = ["Lan", "Minh", "Cường", "Hoa", "Hùng", "Mai", "Quyết", "@x", "0912", "912 345", "123"]


def write(folder: Path, content: str) -> Path:
    path = folder / "recipients.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_good_list_gives_people_in_normal_form(example: Campaign, tmp_path: Path) -> None:
    found = read_recipients(write(tmp_path, GOOD), example)
    assert (found.problems, found.in_two_cells) == ([], [])
    lan, minh = found.people
    assert (lan.agency, lan.group, lan.name, lan.phone, lan.file_code) == (
        "HLO", "CD", "Nguyễn Thị Lan", "0912345678", "HS-001",
    )  # fmt: skip
    assert str(lan.result_date) == "2014-03-18"
    assert minh.marks() == {"name": "trần văn minh"}


def test_vietnamese_headings_and_semicolons_are_read(example: Campaign, tmp_path: Path) -> None:
    head = "Mã đơn vị;Đối tượng;Họ và tên;SĐT;Mã hồ sơ;Ngày trả kết quả\n"
    content = head + "HLO;CD;Nguyễn Thị Lan;0912345678;HS-001;1/3/2014\n"
    found = read_recipients(write(tmp_path, content), example)
    assert found.problems == []
    assert (found.people[0].phone, found.people[0].file_code) == ("0912345678", "HS-001")


def test_every_wrong_row_is_told_at_once(example: Campaign, tmp_path: Path) -> None:
    problems = read_recipients(write(tmp_path, WRONG), example).problems
    rows = [problem.where.removeprefix("recipients.csv:") for problem in problems]
    assert sorted(rows) == ["2", "2", "2", "3", "4", "5", "6", "7", "9"]
    assert all(problem.fix for problem in problems)


def test_no_problem_repeats_what_is_written(example: Campaign, tmp_path: Path) -> None:
    without_headings = "\n".join(WRONG.splitlines()[1:])
    for content in (WRONG, without_headings):
        said = "\n".join(map(str, read_recipients(write(tmp_path, content), example).problems))
        assert said
        assert [part for part in PRIVATE if part in said.replace("0912345678 hoặc +84912345678", "")] == []


def test_no_repr_shows_a_person(example: Campaign, tmp_path: Path) -> None:
    found = read_recipients(write(tmp_path, GOOD), example)
    shown = repr(found) + repr(found.people) + str(list(find_twins(found.people * 2)))
    assert [part for part in ("Lan", "Minh", "0912", "HS-001", "xây dựng") if part in shown] == []


def test_one_person_in_two_cells_is_told_but_is_no_problem(example: Campaign, tmp_path: Path) -> None:
    content = HEAD + "HLO,CD,Nguyễn Thị Lan,,0912345678,,,\nCPH,CD,Nguyễn Thị Lan,,+84912345678,,,\n"
    found = read_recipients(write(tmp_path, content), example)
    assert found.problems == []
    (twin,) = found.in_two_cells
    assert (twin.where, twin.earlier, twin.kind) == ("recipients.csv:3", "recipients.csv:2", "phone")


def test_two_people_of_one_name_need_something_that_tells_them_apart(example: Campaign, tmp_path: Path) -> None:
    alike = HEAD + "SXD,CC,Nguyễn Văn An,,,,,\nSXD,CC,NGUYỄN VĂN AN,,,,,\n"
    assert [p.where for p in read_recipients(write(tmp_path, alike), example).problems] == ["recipients.csv:3"]
    apart = HEAD + "SXD,CC,Nguyễn Văn An,,,,,\nSXD,CC,Nguyễn Văn An,an@sxd.gov.vn,,,,\n"
    assert read_recipients(write(tmp_path, apart), example).problems == []


SEVERAL = [
    "HLO,CD,Nguyễn Thị Lan,lan@example.vn,0912345678,Khai sinh,HS-3,",
    "HLO,CD,Nguyễn Thị Lan,lan@example.vn,,Khai tử,HS-2,",
    "HLO,CD,Lan,,0912345678,Kết hôn,HS-1,",
    "HLO,CD,Trần Văn Minh,,0987654321,,HS-4,",
    "CPH,CD,Nguyễn Thị Lan,lan@example.vn,0912345678,,HS-5,",
]


@given(rows=st.permutations(SEVERAL))
def test_whoever_has_several_rows_stays_with_the_same_one_in_any_order(rows: list[str], example: Campaign) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = read_recipients(write(Path(folder), HEAD + "\n".join(rows)), example, once=True)
    assert found.problems == []
    assert sorted(person.file_code for person in found.people) == ["HS-1", "HS-4", "HS-5"]
    assert found.left_out == 2


def test_two_people_of_one_name_and_no_more_are_told_even_then(example: Campaign, tmp_path: Path) -> None:
    alike = HEAD + "SXD,CC,Nguyễn Văn An,,,,,\nSXD,CC,Nguyễn Văn An,,,,,\n"
    assert len(read_recipients(write(tmp_path, alike), example, once=True).problems) == 1


@pytest.mark.parametrize("content", ["", HEAD, "agency,group\nHL,CD\n"])
def test_a_list_of_nobody_is_a_problem(example: Campaign, tmp_path: Path, content: str) -> None:
    assert read_recipients(write(tmp_path, content), example).problems


def test_the_check_of_a_folder_holds_its_list_against_the_campaign(folder: Path) -> None:
    write(folder, GOOD)
    check_folder(folder)
    write(folder, WRONG)
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    assert {problem.where.split(":")[0] for problem in wrong.value.problems} == {"recipients.csv"}


def test_a_list_beside_a_broken_campaign_is_held_against_its_own_rows_alone(folder: Path) -> None:
    write(folder, GOOD + "HLO,CD,Lê Văn Cường,,12,,,\n")
    (folder / "quotas.csv").unlink()
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    assert [problem.where for problem in wrong.value.problems] == ["quotas.csv", "recipients.csv:4"]
