"""`phieu trace`, `phieu explain`, `phieu freeze` and `phieu petitions` as they are typed, on typed-in answers."""

from __future__ import annotations

import csv
import io
import os
import shutil
import sys
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result

from aggregation import suppression
from collector.cli import main
from forms.folder import load_campaign

EXAMPLE = Path(__file__).parents[3] / "examples" / "quang-ninh-2013"


def phieu(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="phieu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example; twelve officials of one agency answered, typed in from a table."""
    made = Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("trace") / "khao-sat"))
    questions = [one.code for one in load_campaign(made).get_questionnaire("CC").questions()]
    rows = [f"SXD;CC;{';'.join(level * len(questions))}" for level in "554433221154"]
    (made.parent / "nhap.csv").write_text(
        "\n".join([";".join(["agency", "group", *questions]), *rows]), encoding="utf-8"
    )
    done = phieu("import", made, made.parent / "nhap.csv")
    assert done.exit_code == 0, done.output
    return made


def words_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as paper:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in paper)


def test_the_account_stands_on_stdout_and_the_warning_beside_it(folder: Path) -> None:
    done = phieu("trace", folder, "SXD", "TC4.4")
    assert done.exit_code == 0, done.output
    assert "12 câu trả lời, 0 để trống" in done.stdout
    assert "ngoài cơ quan" in done.stderr
    assert "ngoài cơ quan" not in done.stdout
    assert "SXD-CC-" not in done.output, "an unlinked group's imported answers have no number"


def test_a_stack_in_two_boxes_stops_an_edition_and_is_told_by_a_trace_alone(folder: Path, tmp_path: Path) -> None:
    boxes = folder / "boxes.csv"
    boxes.write_text("Xấp,Hộp\nSXD-CC-X01,1\nSXD-CC-X01,2\n", encoding="utf-8")
    told = "boxes.csv:3: xấp SXD-CC-X01 ghi ở hộp “2”, nhưng boxes.csv:2 đã ghi ở hộp “1” → xem xấp ấy"
    try:
        for words in (
            ("check", folder),
            ("freeze", folder, "--provisional", "--out", tmp_path / "a.zip"),
        ):
            done = phieu(*words)
            assert (done.exit_code, told in done.output) == (2, True), words
        assert not (tmp_path / "a.zip").exists()
        done = phieu("trace", folder, "SXD")
        assert (done.exit_code, told in done.stderr, told in done.stdout) == (0, True, False)
        for words in (("quota", folder), ("export", folder, "--out", tmp_path / "csv")):
            done = phieu(*words)
            assert (done.exit_code, told in done.output) == (0, False), words
    finally:
        boxes.unlink()


def test_tables_and_pages_are_written_and_named(folder: Path, tmp_path: Path) -> None:
    done = phieu("trace", folder, "SXD", "TC4.4", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"SXD-TC4.4.html", "SXD-points.csv", "SXD-counts.csv"} <= written
    assert all(name in done.stderr for name in written)


def test_a_reader_that_stops_early_costs_no_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    monkeypatch.setattr(sys, "stdout", os.fdopen(writes, "w", encoding="utf-8"))
    with pytest.raises(SystemExit):
        main(["trace", str(folder), "SXD", "TC4.4", "--out", str(tmp_path / "out")], standalone_mode=False)
    monkeypatch.undo()
    assert (tmp_path / "out" / "SXD-TC4.4.html").exists()


def test_options_that_say_nothing_together_are_refused_all_at_once(folder: Path, tmp_path: Path) -> None:
    done = phieu("trace", folder, "SXD", "--seed", "7")
    assert (done.exit_code, done.stdout, done.stderr.count("--seed:")) == (2, "", 1)
    done = phieu("trace", folder, "SXD", "--draw", "3", "--out", tmp_path / "out")
    assert (done.exit_code, [line.split(":")[0] for line in done.stderr.splitlines()]) == (2, ["--seed", "--out"])
    assert not (tmp_path / "out").exists()


def test_a_draw_gives_its_table_on_stdout(folder: Path) -> None:
    done = phieu("trace", folder, "SXD", "--draw", "3", "--seed", "7")
    assert done.exit_code == 0
    assert list(csv.DictReader(io.StringIO(done.stdout))) == [], "nothing of it is on paper"
    assert done.stdout.startswith("place,number,serial")


def test_codes_that_nobody_knows_end_with_2(folder: Path, tmp_path: Path) -> None:
    for command in (("trace", folder), ("explain", folder)):
        out = ("--out", tmp_path / "a.pdf") if command[0] == "explain" else ()
        done = phieu(*command, "XXX", "TC99", *out)
        assert (done.exit_code, "XXX" in done.stderr, "TC99" in done.stderr) == (2, True, True)
    assert not (tmp_path / "a.pdf").exists()


def test_the_account_for_an_agency_answers_its_petition_either_way(folder: Path, tmp_path: Path) -> None:
    asked = ("petitions", folder, "add", "--agency", "SXD", "--criterion", "TC4.4", "--letter", "12/SXD-VP")
    assert phieu(*asked, "--asks", "xin xem lại").exit_code == 0
    for number, words in enumerate(
        (("explain", folder, "SXD", "TC4.4", "--petition", "1"), ("petitions", folder, "explain", "1"))
    ):
        done = phieu(*words, "--out", tmp_path / f"{number}.pdf")
        assert done.exit_code == 0, done.output
        told = words_of(tmp_path / f"{number}.pdf")
        assert "kiến nghị số 1, văn bản 12/SXD-VP" in told
        assert "q12: (3 × 100 + 3 × 75 + 2 × 50 + 2 × 25 + 2 × 0) : 12 = 56,25 %" in told
    assert phieu("explain", folder, "SXD", "TC4.1", "--petition", "1", "--out", tmp_path / "n.pdf").exit_code == 2
    assert phieu("petitions", folder, "explain", "9", "--out", tmp_path / "n.pdf").exit_code == 1


def test_every_fault_of_a_petition_is_told_at_once(folder: Path) -> None:
    wrong = ("--agency", "XX", "--criterion", "YY", "--letter", " ", "--on", "31/31/2020")
    done = phieu("petitions", folder, "add", *wrong)
    assert done.exit_code == 2
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["XX", "YY", "--letter", "31/31/2020"]


@pytest.mark.slow
def test_freezing_says_its_hash_and_a_check_knows_it(folder: Path, tmp_path: Path) -> None:
    done = phieu("freeze", folder, "--out", tmp_path / "a.zip")
    assert done.exit_code == 0, done.output
    digest = done.stdout.rsplit(" ", 1)[1].strip()
    checked = phieu("freeze", folder, "--verify", tmp_path / "a.zip")
    assert (checked.exit_code, digest in checked.stdout) == (0, True)
    again = phieu("score", tmp_path / "a.zip", "--out", tmp_path / "out")
    assert (again.exit_code, digest[:12] in again.stdout) == (0, True)
    assert b"SXD" in (tmp_path / "out" / "totals.csv").read_bytes()
    neither = phieu("freeze", folder)
    assert (neither.exit_code, neither.stdout) == (2, "")


@pytest.mark.slow
def test_scoring_says_where_hidden_cells_were_bounded_sum_by_sum_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "groups.csv, khối SN: hơn 3.000 ô được ẩn"
    campaign = tmp_path / "khao-sat"
    shutil.copytree(folder, campaign)
    yaml = campaign / "campaign.yaml"
    yaml.write_text(yaml.read_text("utf-8").replace("  ties: shared", "  show_from: 13\n  ties: shared"), "utf-8")
    done = phieu("score", campaign, "--out", tmp_path / "out", "--no-pages")
    assert (done.exit_code, said in done.stderr) == (0, False), done.output
    monkeypatch.setattr(suppression, "MOST", 0)
    done = phieu("score", campaign, "--out", tmp_path / "out", "--no-pages")
    assert (done.exit_code, said in done.stderr, said in done.stdout) == (0, True, False), done.output
