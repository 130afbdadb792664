"""index.xlsx computed anew by other programs, its stored results taken out, says what index.csv says."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from collector.cli import main
from collector.example import copy_example

Program = Callable[[Path, Path], None]  # workbook -> folder with what was computed


def forget_results(book: Path, kept: Path) -> None:
    """The same workbook without the values that are stored beside formulas."""
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content, found = re.subn(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
                assert found or "sheet1" not in name
            new.writestr(name, content)


def compute_with_formulas(book: Path, out: Path) -> None:
    import formulas  # slow to import, and needed here alone

    model = formulas.ExcelModel().loads(str(book)).finish()
    model.calculate()
    model.write(dirpath=str(out))


def compute_with_libreoffice(office: str, book: Path, out: Path) -> None:
    profile = f"-env:UserInstallation=file://{out}-profile"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)


@pytest.fixture(params=["formulas", "libreoffice"])
def program(request: pytest.FixtureRequest) -> Program:
    """What computes a workbook anew: the library everywhere, LibreOffice where it is installed (a skip elsewhere)."""
    if request.param == "formulas":
        return compute_with_formulas
    return partial(compute_with_libreoffice, request.getfixturevalue("office_path"))


def assert_same(folder: Path, how: Program) -> None:
    made, out = folder.parent / "out", folder.parent / "computed"
    done = CliRunner().invoke(main, ["index", str(folder), "--out", str(made)])
    assert done.exit_code == 0, done.output
    out.mkdir()
    forget_results(made / "index.xlsx", folder.parent / "bare.xlsx")
    how(folder.parent / "bare.xlsx", out)
    (computed,) = (path for path in out.iterdir() if path.suffix.lower() == ".xlsx")
    sheets = CalamineWorkbook.from_path(str(computed))
    name = next(one for one in sheets.sheet_names if one.lower() == "xếp hạng")
    found: dict[Any, Any] = {row[2]: row for row in sheets.get_sheet_by_name(name).to_python()[3:]}
    rows = list(csv.DictReader(io.StringIO((made / "index.csv").read_text(encoding="utf-8-sig"))))
    assert len(found) == len(rows)
    for row in rows:
        shown = found[row["agency"]]
        for place, column in enumerate(("survey", "appraised", "bonus", "penalty", "total"), 4):
            wanted = float(row[column] or 0)
            within = 1e-9 if column == "total" else 0.00501  # index.csv rounds the parts
            assert float(shown[place] or 0) == pytest.approx(wanted, abs=within), (row["agency"], column)
        assert str(shown[1] or "").removesuffix(".0") == row["rank"]


@pytest.mark.slow
def test_the_worked_example_computed_anew_is_the_index(folder: Path, program: Program) -> None:
    assert_same(folder, program)


@pytest.mark.slow
def test_quang_ninh_2017_computed_anew_is_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    copy_example("quang-ninh-2017", tmp_path / "campaign")
    assert_same(tmp_path / "campaign", program)
