from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from collector.cli import main
from collector.example import examples_folder
from collector.prepare.templates import turn_into_excel, write_templates
from forms.checkup import check_folder
from forms.errors import InputWrong
from forms.folder import load_campaign
from forms.table_forms import QUOTAS, TABLE_FORMS
from forms.table_templates import dump_table
from forms.tables import read_table

EXAMPLE = "quang-ninh-2013"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(examples_folder() / EXAMPLE, tmp_path / "campaign"))


def phieu(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_a_folder_in_excel_is_the_same_campaign(folder: Path) -> None:
    campaign = load_campaign(folder)
    turn_into_excel(folder)
    assert sorted(folder.glob("*.csv")) == sorted((folder / "questionnaires").glob("*.yaml")) == []
    assert check_folder(folder) == campaign


def test_every_table_has_an_empty_template_whose_headings_are_known(folder: Path) -> None:
    out = write_templates(folder)
    for form in TABLE_FORMS:
        rows, problems = read_table(out / f"{form.name}.xlsx", form.name, form.required, form.more)
        assert (rows, problems) == ([], [])
    assert len(list((out / "questionnaires").glob("*.xlsx"))) == 3
    check_folder(folder)


def test_templates_are_the_same_bytes_every_time_and_never_written_over(folder: Path) -> None:
    out = write_templates(folder)
    first = {path: path.read_bytes() for path in out.rglob("*.xlsx")}
    with pytest.raises(InputWrong):
        write_templates(folder)
    shutil.rmtree(out)
    write_templates(folder)
    assert {path: path.read_bytes() for path in out.rglob("*.xlsx")} == first


def test_drop_downs_offer_the_codes_of_the_campaign(folder: Path) -> None:
    path = write_templates(folder) / "quotas.xlsx"
    with CalamineWorkbook.from_path(str(path)) as book:
        assert book.sheet_names == ["Chỉ tiêu phiếu", "Danh mục", "Hướng dẫn"]
        codes = [row[0] for row in book.get_sheet_by_name("Danh mục").to_python()]
    assert codes[1:] == [agency.code for agency in load_campaign(folder).agencies]
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert f"<formula1>'Danh mục'!$A$2:$A${len(codes)}</formula1>" in sheet
    assert sheet.count('type="whole"') == 4
    assert 'state="frozen"' in sheet


def test_what_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    path = tmp_path / "quotas.xlsx"
    path.write_bytes(dump_table(QUOTAS, [{"agency": "=1+1", "group": "012", "target": "1.400"}], {}))
    rows, _ = read_table(path, "quotas", QUOTAS.required, QUOTAS.more)
    written = {"agency": "=1+1", "group": "012", "target": "1400"}
    assert [dict(row.values) for row in rows] == [dict.fromkeys(QUOTAS.columns, "") | written]


def test_init_writes_templates_and_on_request_everything_in_excel(tmp_path: Path) -> None:
    assert phieu("init", tmp_path / "a", "--example", EXAMPLE, "--excel")[0] == 0
    assert phieu("init", tmp_path / "b", "--example", EXAMPLE)[0] == 0
    assert load_campaign(tmp_path / "a") == load_campaign(tmp_path / "b")
    assert not (tmp_path / "b" / "agencies.xlsx").exists()
    assert (tmp_path / "b" / "mau" / "agencies.xlsx").is_file()
    shutil.rmtree(tmp_path / "b" / "mau")
    assert phieu("init", tmp_path / "b")[0] == 0
    assert (tmp_path / "b" / "mau" / "recipients.xlsx").is_file()


def test_init_without_an_example_needs_a_folder_that_is_there(tmp_path: Path) -> None:
    code, output = phieu("init", tmp_path / "a")
    assert code == 2
    assert EXAMPLE in output
