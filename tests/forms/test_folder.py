from __future__ import annotations

import csv
import shutil
import unicodedata
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from forms.campaign import Campaign
from forms.checkup import check_folder
from forms.errors import InputWrong
from forms.folder import load_campaign


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    return [problem.where for problem in wrong.value.problems]


def told_of(folder: Path) -> list[str]:
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    return [str(problem) for problem in wrong.value.problems]


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def line_of(path: Path, part: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


def test_the_example_has_the_sheets_of_the_article(example: Campaign) -> None:
    by_group = {
        group: sum(quota.target for quota in example.quotas if quota.group == group) for group in ("CC", "CD", "DN")
    }
    assert by_group == {"CC": 720, "CD": 1400, "DN": 100}
    blocks = [agency.block for agency in example.agencies]
    assert (blocks.count("SN"), blocks.count("HU")) == (20, 14)


def test_the_example_asks_enough_on_five_levels_and_dont_know(example: Campaign) -> None:
    for group in ("CC", "CD"):
        asked = example.get_questionnaire(group)
        scored = [question for question in asked.questions() if question.criterion]
        assert len(list(asked.questions())) >= 15
        for question in scored:
            percents = [level.percent for level in asked.levels(question)]
            assert len(percents) == 6
            assert percents.count(None) == 1


def test_every_problem_of_every_file_comes_in_one_run(folder: Path) -> None:
    campaign, agencies = folder / "campaign.yaml", folder / "agencies.csv"
    asked = folder / "questionnaires" / "nguoi-dan.yaml"
    edit(campaign, "closed: false", "closed: perhaps")
    edit(agencies, "STP,", "stp,")
    edit(asked, "to: q10", "to: q1")
    with (folder / "quotas.csv").open("a", encoding="utf-8") as quotas:
        quotas.write("SNV,CC,many,1,NOBODY\n")
    last = len((folder / "quotas.csv").read_text(encoding="utf-8").splitlines())
    found = problems_of(folder)
    assert f"campaign.yaml:{line_of(campaign, 'closed:')}" in found
    assert f"agencies.csv:{line_of(agencies, 'stp,')}" in found
    assert found.count(f"quotas.csv:{last}") == 3  # no number, no such collector, the cell twice
    assert f"questionnaires/nguoi-dan.yaml:{line_of(asked, 'skip:')}" in found


def test_a_table_that_cannot_be_read_is_one_problem_not_one_for_every_row_that_refers_to_it(folder: Path) -> None:
    (folder / "agencies.csv").unlink()
    assert problems_of(folder) == ["agencies.csv"]
    (folder / "agencies.csv").write_bytes(b"\xff\xfe\x00")
    assert problems_of(folder) == ["agencies.csv:1"]


def test_a_missing_file_is_named_and_the_others_are_still_checked(folder: Path) -> None:
    (folder / "campaign.yaml").unlink()
    edit(folder / "agencies.csv", "STP,", "stp,")
    found = problems_of(folder)
    assert found[0] == "campaign.yaml"
    assert any(where.startswith("agencies.csv:") for where in found)


def test_a_folder_that_is_not_there_is_one_clear_answer(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "nowhere") == [str(tmp_path / "nowhere")]


def test_one_wrong_setting_hides_no_other(folder: Path) -> None:
    edit(folder / "campaign.yaml", "closed: false", "closd: false")
    edit(folder / "campaign.yaml", "https://khaosat.quangninh.gov.vn", "https://[khaosat")
    edit(folder / "campaign.yaml", "questionnaire: cong-chuc", "questionnaire: nobody")
    edit(folder / "questionnaires" / "nguoi-dan.yaml", "Mức độ hài lòng về hiệu quả", "水 Mức độ")
    found = problems_of(folder)
    assert len(found) == 4
    assert sum(where.startswith("campaign.yaml:") for where in found) == 3


def test_a_plan_that_asks_for_less_later_than_before_is_named_with_both_phases(folder: Path) -> None:
    edit(folder / "campaign.yaml", "to: 2014-03-18}", "to: 2014-03-18, reach: 40}")
    edit(folder / "campaign.yaml", "to: 2014-03-31}", "to: 2014-03-31, reach: 30}")
    assert problems_of(folder) == [f"campaign.yaml:{line_of(folder / 'campaign.yaml', 'reach: 30')}"]
    edit(folder / "campaign.yaml", "reach: 30", "reach: 100")
    assert load_campaign(folder).settings.phases[2].reach == 100


def test_a_value_that_fits_neither_of_two_forms_is_one_problem(folder: Path) -> None:
    edit(folder / "campaign.yaml", "DN: 0.2", 'DN: "0,2"')
    assert len(problems_of(folder)) == 1


@pytest.mark.parametrize("content", ["~", "", "[]", "a: &a [*a]", "[" * 3000, "a: b: c", "\x00"])
def test_a_file_that_is_no_campaign_is_one_clear_line(folder: Path, content: str) -> None:
    (folder / "campaign.yaml").write_text(content, encoding="utf-8")
    found = problems_of(folder)
    assert {where.split(":")[0] for where in found} == {"campaign.yaml"}


def test_two_files_of_one_table_and_files_that_are_not_read_are_named(folder: Path) -> None:
    (folder / "agencies.xlsx").write_bytes(b"")
    (folder / "questionnaires" / "more.ods").write_text("code: more", encoding="utf-8")
    assert problems_of(folder) == ["agencies.xlsx", "questionnaires/more.ods"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("campaign.yaml", "https://khaosat.quangninh.gov.vn", "https://khao sat.vn"),
        ("campaign.yaml", "https://khaosat.quangninh.gov.vn", "https://khaosat.vn:99999"),
        ("campaign.yaml", "languages: [vi]", "languages: []"),
        ("campaign.yaml", "group_weights: {CC: 0.4, CD: 0.4, DN: 0.2}", "group_weights: {CC: 0, CD: 0, DN: 0}"),
        ("campaign.yaml", "name: Khá, from: 70", "name: Khá, from: 80"),
        ("campaign.yaml", "population: none", "population: quota"),
        ("agencies.csv", "Sở Tư pháp", "Sở Tư pháp 水"),
        ("collectors.csv", "Hiệp hội", "Hiệp hội 水"),
        ("agencies.csv", "Sở Tư pháp", "Sở Tư pháp " * 30),
        ("criteria.csv", "survey,3", "survey,9e999999"),
        ("campaign.yaml", "id: quang-ninh-2013", "id: quang-ninh-2013\nid: again"),
        ("campaign.yaml", "https://khaosat.quangninh.gov.vn", "ftp://khaosat"),
        ("campaign.yaml", "https://khaosat.quangninh.gov.vn", "https://" + "k" * 60 + ".vn"),
        ("campaign.yaml", "questionnaire: cong-chuc", "questionnaire: nobody"),
        ("campaign.yaml", "DN: 0.2", "XX: 0.2"),
        ("campaign.yaml", "blank: exclude", "blank: sometimes"),
        ("criteria.csv", "survey,3", "survey,4"),
        ("criteria.csv", ",TC1,", ",TC9,"),
        ("questionnaires/nguoi-dan.yaml", "scale: so-lan", "scale: gone"),
        ("questionnaires/nguoi-dan.yaml", "code: q2\n", "code: q3\n"),
        ("questionnaires/nguoi-dan.yaml", "rates: agency", "rates: block:SN"),
        ("questionnaires/nguoi-dan.yaml", "Mức độ hài lòng về", "水 Mức độ hài lòng về"),
    ],
)
def test_each_kind_of_mistake_is_found_in_its_file(folder: Path, file: str, old: str, new: str) -> None:
    edit(folder / file, old, new)
    assert any(where.startswith(file) for where in problems_of(folder))


def test_tables_are_read_as_staff_keep_them(folder: Path, example: Campaign) -> None:
    rows = [f"{agency.code} ; {agency.name}  ;{agency.block}\r\n" for agency in example.agencies]
    text = "Mã;  Tên đơn vị ;KHỐI\r\n" + "".join(rows) + ";;\r\n"
    (folder / "agencies.csv").write_bytes(b"\xef\xbb\xbf" + unicodedata.normalize("NFD", text).encode())
    assert [(agency.code, agency.name) for agency in load_campaign(folder).agencies] == [
        (agency.code, agency.name) for agency in example.agencies
    ]


def write_workbook(path: Path, rows: list[list[str]]) -> None:
    """The smallest workbook there is: one sheet, texts in place."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>' for value in row) + "</row>"
        for row in rows
    )
    space = "http://schemas.openxmlformats.org/"
    kind = f"{space}officeDocument/2006/relationships"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet}.main+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{space}package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}spreadsheetml/2006/main" xmlns:r="{kind}">'
        '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_workbook_serves_as_well_and_its_problems_name_the_cell(folder: Path, example: Campaign) -> None:
    (folder / "agencies.csv").unlink()
    rows = [[agency.code, agency.name, agency.block] for agency in example.agencies]
    write_workbook(folder / "agencies.xlsx", [["Mã", "Tên", "Khối"], *rows])
    assert load_campaign(folder).agencies[3].name == example.agencies[3].name
    rows[3][2] = "XX"
    write_workbook(folder / "agencies.xlsx", [["Mã", "Tên", "Khối"], *rows])
    assert "agencies.xlsx, ô C5" in problems_of(folder)


def test_the_words_no_and_012_stay_what_was_written(folder: Path) -> None:
    edit(
        folder / "questionnaires" / "nguoi-dan.yaml",
        '{code: "0", label: 0 lần, percent: null}',
        "{code: 012, label: no, percent: null}",
    )
    edit(folder / "questionnaires" / "nguoi-dan.yaml", "q1 in [0]", "q1 in [012]")
    scale = load_campaign(folder).questionnaires["nguoi-dan"].scales["so-lan"]
    assert (scale[0].code, scale[0].label, scale[0].percent) == ("012", "no", None)


def test_a_skip_may_be_written_on_one_line_without_quotes(folder: Path) -> None:
    path = folder / "questionnaires" / "nguoi-dan.yaml"
    content = path.read_text(encoding="utf-8")
    start = content.index("        skip:")
    end = content.index("to: q10") + len("to: q10")
    path.write_text(content[:start] + "        skip: {if: q1 in [0], to: q10}" + content[end:], encoding="utf-8")
    rule = load_campaign(folder).questionnaires["nguoi-dan"].get_question("q1").skip
    assert rule is not None
    assert (rule.question, rule.options, rule.to) == ("q1", ("0",), "q10")


def test_two_cells_that_would_number_their_sheets_alike_are_told_apart_first(folder: Path) -> None:
    edit(
        folder / "campaign.yaml",
        "  - {code: CC,",
        "  - {code: CC-CC, name: x, questionnaire: cong-chuc, privacy: unlinked}\n  - {code: CC,",
    )
    with (folder / "agencies.csv").open("a", encoding="utf-8") as agencies:
        agencies.write("SNV-CC,Sở khác,SN\n")
    quotas = folder / "quotas.csv"
    lines = quotas.read_text(encoding="utf-8").splitlines()
    quotas.write_text("\n".join([*lines, "SNV-CC,CD,5,1", "SNV-CC,CC,5,1", "SNV,CC-CC,5,1"]) + "\n", encoding="utf-8")
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    assert [problem.where for problem in wrong.value.problems if "SNV-CC-CC-001" in problem.what] == [
        f"quotas.csv:{len(lines) + 3}"
    ]


def test_one_option_of_a_question_may_ask_for_words(folder: Path) -> None:
    asked = folder / "questionnaires" / "nguoi-dan.yaml"
    edit(asked, "label: Chưa biết thông tin này}", "label: Chưa biết thông tin này, specify: true}")
    assert problems_of(folder) == [f"questionnaires/nguoi-dan.yaml:{line_of(asked, 'Chưa biết thông tin này')}"]


def test_a_cell_has_at_most_all_of_its_sheets_in_large_print(folder: Path) -> None:
    quotas = folder / "quotas.csv"
    lines = quotas.read_text(encoding="utf-8").splitlines()
    head, first, *rest = lines
    quotas.write_text("\n".join([f"{head},Phiếu chữ to", f"{first},9999", *rest]), encoding="utf-8")
    assert problems_of(folder) == ["quotas.csv:2"]
    quotas.write_text("\n".join([f"{head},Phiếu chữ to", f"{first},2", *rest]), encoding="utf-8")
    assert check_folder(folder).quotas[0].large_print == 2


def test_large_print_of_a_matrix_sheet_is_one_named_problem_a_cell(tmp_path: Path) -> None:
    folder = tmp_path / "hai-cap"
    shutil.copytree(Path(__file__).parents[2] / "examples" / "hai-cap-2025", folder)
    quotas = folder / "quotas.csv"
    head, *rows = quotas.read_text(encoding="utf-8-sig").splitlines()
    place = next(place for place, row in enumerate(rows) if row.split(",")[1] == "LS")
    lines = [f"{head},large_print", *(f"{row},{2 if at == place else ''}" for at, row in enumerate(rows))]
    quotas.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    assert [(problem.where, problem.what) for problem in wrong.value.problems] == [
        (f"quotas.csv:{place + 2}", "phiếu ma trận không có bản chữ to")
    ]


def test_a_file_in_vietnamese_is_told_of_in_its_own_headings(folder: Path) -> None:
    quotas = folder / "quotas.csv"
    rows = quotas.read_text(encoding="utf-8").splitlines()
    rows[0], rows[1] = "Mã cơ quan,Mã đối tượng,Chỉ tiêu,Dự phòng,Đơn vị phát phiếu", "VPUB,CC,,0,"
    rows[2] = "VPUB,DN,năm,0,HHDN"
    quotas.write_text("\n".join(rows), encoding="utf-8")
    assert told_of(folder) == [
        "quotas.csv:2: cột “Chỉ tiêu” để trống → điền cột “Chỉ tiêu”",
        "quotas.csv:3: cột “Chỉ tiêu” ghi “năm”, phải là số nguyên từ 0 → ghi một số nguyên, ví dụ 30",
    ]


def test_a_name_or_small_letters_for_a_code_are_one_problem_that_names_the_code(folder: Path) -> None:
    edit(folder / "quotas.csv", "VPUB,CC,", "vpub,Công chức,")
    assert told_of(folder) == [
        "quotas.csv:2: không có cơ quan “vpub” → ghi mã “VPUB”",
        "quotas.csv:2: không có đối tượng “Công chức” → ghi mã “CC”",
    ]


def test_two_agencies_of_one_name_are_told_apart_before_anything_is_printed(folder: Path) -> None:
    edit(folder / "agencies.csv", "STC,Sở Tài chính", "STC,Sở  tư pháp")
    (problem,) = told_of(folder)
    assert "“Sở tư pháp” là tên của cả “STP” và “STC”" in problem
    assert "→ sửa tên của một trong hai" in problem


def test_where_points_come_from_is_said_in_vietnamese_too(folder: Path, example: Campaign) -> None:
    edit(
        folder / "criteria.csv",
        "TC1.1,Công tác tuyên truyền về cải cách hành chính,TC1,,survey",
        "TC1.1,x,TC1,,Điều tra",
    )
    assert load_campaign(folder).criteria[1].source == example.criteria[1].source == "survey"
    edit(folder / "criteria.csv", "Điều tra", "phỏng vấn")
    assert "ghi điều tra (survey), thẩm định (appraised) hoặc nguồn khác (external)" in told_of(folder)[0]


def test_a_table_in_the_place_of_another_is_one_problem(folder: Path) -> None:
    shutil.copy(folder / "quotas.csv", folder / "agencies.csv")
    assert told_of(folder) == [
        "agencies.csv:1: đây là bảng Chỉ tiêu phiếu → để tệp này vào chỗ của bảng ấy, ở đây chọn tệp khác"
    ]


def test_an_address_that_is_none_is_told_with_its_row_in_agencies_and_collectors(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "examples" / "binh-dinh-2018", tmp_path / "k")
    for name in ("agencies", "collectors"):
        path = tmp_path / "k" / f"{name}.csv"
        rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
        place = rows[0].index("email")
        for row, address in zip(rows[1:3], ("vanthu@@x.vn", "Van.Thu@BinhDinh.gov.vn"), strict=False):
            row[place] = address
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    with pytest.raises(InputWrong) as caught:
        load_campaign(tmp_path / "k")
    told = [(problem.where, problem.what) for problem in caught.value.problems]
    assert told == [(f"{name}.csv:2", "địa chỉ thư điện tử không hợp lệ") for name in ("agencies", "collectors")]
