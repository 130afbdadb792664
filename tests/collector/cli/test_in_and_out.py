"""`phieu import`, `phieu export` and `phieu score --word` on a folder where nothing was printed yet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main

EXAMPLE = Path(__file__).parents[3] / "examples" / "quang-ninh-2013"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="phieu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with answers typed in for one cell."""
    made = Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("in-out") / "khao-sat"))
    rows = [f"SXD;DN;{place}" for place in range(3)]
    (made.parent / "nhap.csv").write_text("\n".join(["agency;group;q1", *rows]), encoding="utf-8")
    done = run("import", made, made.parent / "nhap.csv")
    assert done.exit_code == 0, done.output
    assert "3 phiếu được nhận" in done.stdout
    assert "3 dòng không có mã phiếu" in done.stdout
    return made


def test_the_same_table_again_says_that_nothing_changed(folder: Path) -> None:
    done = run("import", folder, folder.parent / "nhap.csv")
    assert done.exit_code == 0
    assert "3 phiếu đã có" in done.stdout


def test_a_wrong_table_ends_with_2_and_every_row_on_stderr(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "sai.csv").write_text("agency,group,q1,q99\nSXD,DN,9,\nXXX,DN,5,\n", encoding="utf-8")
    done = run("import", folder, tmp_path / "sai.csv")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "sai.csv:1: không biết cột “q99”" in done.stderr
    assert "sai.csv:2: câu q1 không có phương án 9" in done.stderr
    assert "sai.csv:3: không có chỉ tiêu phiếu cho XXX DN" in done.stderr


def test_a_table_that_is_not_there_is_told(folder: Path, tmp_path: Path) -> None:
    done = run("import", folder, tmp_path / "khong-co.csv")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "khong-co.csv" in done.stderr


@pytest.mark.parametrize(
    ("kind", "file"),
    [("csv", "answers.csv"), ("xlsx", "answers.xlsx"), ("sav", "answers-DN.sav"), ("dta", "answers-DN.dta")],
)
def test_every_format_is_written(folder: Path, tmp_path: Path, kind: str, file: str) -> None:
    done = run("export", folder, "--out", tmp_path, "--format", kind)
    assert done.exit_code == 0, done.output
    assert file in done.stdout
    assert (tmp_path / file).stat().st_size > 0


@pytest.mark.slow
def test_word_papers_come_with_word_alone(folder: Path, tmp_path: Path) -> None:
    papers = {"annex.docx", "report.docx"}
    for option, wanted in ((), set()), (("--word",), papers):
        done = run("score", folder, "--out", tmp_path, *option)
        assert done.exit_code == 0, done.output
        assert {path.name for path in tmp_path.iterdir()} & papers == wanted
    assert (tmp_path / "scores.xlsx").exists()
