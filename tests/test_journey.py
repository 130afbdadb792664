"""One small survey from print to scores, typed as a person would type it; and the bad input they will meet."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

pytestmark = pytest.mark.slow


def phieu(*words: object, status: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from collector.cli import main; main()", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=os.environ | {"PHIEU_LANG": "vi"})
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def quota(folder: Path) -> dict[str, int]:
    rows = json.loads(phieu("quota", folder, "--json").stdout)
    return {
        name: sum(row[name] for row in rows) for name in ("target", "printed", "accepted", "returned_paper", "by_phone")
    }


@pytest.fixture(scope="module", autouse=True)
def _keys_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHIEU_KEYS", str(tmp_path_factory.mktemp("keys")))
        yield


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("journey") / "demo"
    return out, phieu("demo", "--sheets", 30, "--out", out).stdout


def test_the_demo_prints_every_sheet_and_reads_the_filled_ones_without_a_silent_error(demo: tuple[Path, str]) -> None:
    out, said = demo
    assert len(table(out / "printed" / "sheets.csv")) == 2220
    assert "sai mà không biết 0 (" in said
    assert "0 trang đọc sai mã phiếu" in said
    assert str(out / "results" / "report.html") in said


def test_every_filled_sheet_is_in_the_quota_table_once(demo: tuple[Path, str]) -> None:
    counts = quota(demo[0] / "campaign")
    assert (counts["target"], counts["printed"]) == (2220, 2220)
    assert counts["by_phone"] == 6
    assert 20 <= counts["returned_paper"] <= 24  # pages spoiled on purpose may keep a sheet out
    assert counts["accepted"] <= 30


def test_scores_name_every_agency_and_the_report_holds_its_charts(demo: tuple[Path, str]) -> None:
    totals = table(demo[0] / "results" / "totals.csv")
    assert len(totals) == 34
    assert any(row["survey_points"] for row in totals)
    report = (demo[0] / "results" / "report.html").read_text(encoding="utf-8")
    assert "<svg" in report
    assert "<script" not in report


def test_the_same_files_taken_in_again_change_nothing(demo: tuple[Path, str]) -> None:
    out, _ = demo
    before = quota(out / "campaign")
    again = phieu("scan", out / "campaign", out / "scans")
    assert "0 trang" in again.stdout
    assert quota(out / "campaign") == before


def test_printing_again_gives_the_same_serials(demo: tuple[Path, str], tmp_path: Path) -> None:
    out, _ = demo
    phieu("print", out / "campaign", "--out", tmp_path, "--agency", "SXD")
    first = [row for row in table(out / "printed" / "sheets.csv") if row["agency"] == "SXD"]
    assert table(tmp_path / "sheets.csv") == first


def test_the_export_holds_accepted_answers_and_nothing_of_a_contested_sheet(
    demo: tuple[Path, str], tmp_path: Path
) -> None:
    out, _ = demo
    phieu("export", out / "campaign", "--out", tmp_path)
    rows = table(tmp_path / "answers.csv")
    assert len({row["serial"] for row in rows}) == quota(out / "campaign")["accepted"]
    assert {row["channel"] for row in rows} == {"paper", "phone"}


def test_bad_files_are_one_clear_line_each_and_the_rest_goes_on(demo: tuple[Path, str], tmp_path: Path) -> None:
    out, _ = demo
    good = sorted((out / "scans").glob("*.pdf"))[-1]
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "cut.pdf").write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    (tmp_path / "letter.doc").write_bytes(b"not a picture at all")
    Image.radial_gradient("L").resize((1700, 2200)).save(tmp_path / "cat.jpg")
    header = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + (60000).to_bytes(4) * 2 + bytes.fromhex("0800000000")
    (tmp_path / "bomb.png").write_bytes(header + bytes(4))
    shutil.copy(good, tmp_path / "good.pdf")
    done = phieu("read", *sorted(tmp_path.iterdir()), "--layout", out / "printed" / "layout.json", status=2)
    readings = [json.loads(line) for line in done.stdout.splitlines()]
    by_file = {Path(reading["file"]).name: reading for reading in readings}
    assert by_file["cat.jpg"]["status"] == "foreign"
    assert {by_file[name]["status"] for name in ("empty.pdf", "bomb.png", "letter.doc")} == {"unreadable"}
    assert any(Path(r["file"]).name == "good.pdf" and r["status"] == "read" for r in readings)
    for name in ("empty.pdf", "bomb.png", "letter.doc"):
        assert len([line for line in done.stderr.splitlines() if name in line]) == 1


def test_a_wrong_campaign_folder_ends_with_2_and_every_problem(tmp_path: Path) -> None:
    phieu("init", tmp_path / "k", "--example", "quang-ninh-2013")
    (tmp_path / "k" / "agencies.csv").unlink()
    (tmp_path / "k" / "campaign.yaml").write_text("id: [", encoding="utf-8")
    done = phieu("check", tmp_path / "k", status=2)
    assert done.stdout == ""
    assert {line.split(":")[0] for line in done.stderr.splitlines()} == {"campaign.yaml", "agencies.csv"}
    for command in ("print", "scan", "score", "export", "quota", "serve"):
        words = {"print": ("--out", tmp_path / "o"), "scan": (tmp_path,), "score": ("--out", tmp_path / "o")}
        words["export"] = words["score"]
        phieu(command, tmp_path / "k", *words.get(command, ()), status=2)
    assert not (tmp_path / "o").exists()


def test_init_never_overwrites_a_folder(tmp_path: Path) -> None:
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / "mine.txt").write_text("x", encoding="utf-8")
    phieu("init", tmp_path / "k", "--example", "quang-ninh-2013", status=2)
    phieu("init", tmp_path / "new", "--example", "nowhere", status=2)
    assert [path.name for path in (tmp_path / "k").iterdir()] == ["mine.txt"]
    assert not (tmp_path / "new").exists()


def test_every_command_has_help_with_an_example() -> None:
    for command in ("demo", "init", "check", "print", "read", "scan", "quota", "score", "export", "serve"):
        said = phieu(command, "--help").stdout
        assert f"phieu {command}" in said.split("Ví dụ:")[1]
