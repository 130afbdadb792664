"""The index's annex in Word: its rows are those of index.csv, what is made up says so."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner
from docx import Document

from collector.cli import main

EXAMPLE = Path(__file__).parents[3] / "examples" / "quang-ninh-2017"


def annex_of(folder: Path, out: Path, *options: str) -> list[list[list[str]]]:
    """The cells of the annex's tables, the head left out."""
    done = CliRunner().invoke(main, ["index", str(folder), "--out", str(out), *options])
    assert done.exit_code == 0, done.output
    document = Document(str(out / "index-annex.docx"))
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables[1:]]


def test_the_annex_holds_the_ranking_of_every_block(folder: Path, tmp_path: Path) -> None:
    departments, districts = annex_of(folder, tmp_path / "out", "--word")
    assert departments[0] == ["Hạng", "Cơ quan, đơn vị, địa phương", "Tổng điểm", "Tăng, giảm", "Xếp loại"]
    assert departments[1] == ["1", "Cơ quan SXD", "8,80", "+0,30", "Tốt"]
    assert [row[0] for row in departments[1:]] == ["1", "2", "2"]
    assert [row[0] for row in districts[1:]] == ["1", "–"]


def test_without_word_there_is_no_annex(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["index", str(folder), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert not (tmp_path / "out" / "index-annex.docx").exists()


def test_what_is_made_up_says_so_in_its_cell(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "khao-sat"))
    tables = annex_of(folder, tmp_path / "out", "--word")
    totals = {row[1]: row[2] for table in tables for row in table[1:]}
    assert totals["Sở Xây dựng"] == "89,92"  # published
    assert [shown for shown in totals.values() if shown.endswith("(mh)")]
    said = "\n".join(line.text for line in Document(str(tmp_path / "out" / "index-annex.docx")).paragraphs)
    assert "SỐ LIỆU MINH HỌA" in said
