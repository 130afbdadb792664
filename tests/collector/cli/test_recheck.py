"""`phieu recheck`, typed as a person types it."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.example import copy_example

PEOPLE = "agency,group,name,phone,procedure\n" + "".join(
    f"HLO,CD,Người Thứ {n},09{n:08d},Cấp giấy phép xây dựng\n" for n in range(20)
)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An example's folder whose hand-out list of twenty people is imported."""
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    copy_example("quang-ninh-2013", tmp_path / "k")
    (tmp_path / "k" / "recipients.csv").write_text(PEOPLE, encoding="utf-8")
    phieu("recipients", tmp_path / "k", "import")
    return tmp_path / "k"


def phieu(*words: object, status: int = 0) -> Result:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == status, done.output
    return done


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_the_whole_way_of_a_recheck(folder, tmp_path):
    seed, out = tmp_path / "seed.txt", tmp_path / "out"
    committed = phieu("recheck", folder, "commit", "--out", seed)
    assert seed.read_text().strip() not in committed.output
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    phieu("recheck", folder, "draw", "--seed", "XSMB 18/03/2014: 48291", status=2)
    gone = phieu("recheck", folder, "draw", "--seed-file", seed, "--replaced", tmp_path / "thay.csv", status=2)
    assert "thay.csv: không có tệp này" in gone.stderr
    drawn = phieu("recheck", folder, "draw", "--seed-file", seed, "--flag", "HLO=giống nhau")
    assert "HLO" in drawn.stdout
    assert "90 %" in drawn.stdout
    phieu("recheck", folder, "calls", "--out", out / "calls.csv", "--form", out / "form.csv")
    calls, form = read(out / "calls.csv"), read(out / "form.csv")
    assert stat.S_IMODE((out / "calls.csv").stat().st_mode) == 0o600
    assert [row["call"] for row in calls] == [row["call"] for row in form] == [f"HLO-{n:02d}" for n in range(1, 9)]
    assert "Người" not in (out / "form.csv").read_text(encoding="utf-8-sig")
    told = {"outcome": "confirmed", "attempts": "1", "caller": "Minh", "day": "02/4/2014"}
    form[0] |= told | {"took_part": "yes", "filled_self": "yes"}
    with (out / "form.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(form[0]))
        writer.writeheader()
        writer.writerows(form)
    phieu("recheck", folder, "record", out / "form.csv")
    fields = ("outcome=forged", "caller=Minh", "day=02/4/2014", "took_part=no", "note=không hề đến")
    done = phieu("recheck", folder, "record", "--call", "HLO-02", *(f"--set={field}" for field in fields))
    assert "HLO" in done.stderr  # everybody left is called now
    assert "HLO-02" in phieu("recheck", folder, "record", "--call=HLO-02", "--set=outcome=forged", status=2).stderr
    phieu("recheck", folder, "calls", "--out", out / "calls.xlsx", "--form", out / "form.xlsx")
    phieu("recheck", folder, "export", "--out", out)
    assert [row["outcome"] for row in read(out / "draws.csv")][:3] == ["confirmed", "forged", ""]
    assert len(read(out / "frame.csv")) == 20
    assert "1" in phieu("recheck", folder, "report", "--out", out).stdout
    assert phieu("recheck", folder, "apply").stdout  # a list proves nothing about a sheet: nothing to strike
    phieu("recheck", folder, "undo", 1, "--why", "QĐ 15", status=2)


@pytest.mark.parametrize(
    "words",
    [
        ("commit",),
        ("commit", "--seed", "a seed that is long", "--commitment", "0" * 64),
        ("draw", "--seed", "x", "--flag", "HLO"),
        ("record",),
        ("record", "--call", "HLO-01", "--set", "answer=5"),
        ("calls", "--out", "calls.pdf"),
    ],
)
def test_a_wrong_command_line_is_told_and_changes_nothing(folder, words):
    assert phieu("recheck", folder, *words, status=2).stdout == ""


def test_attempts_in_vain_are_noted_one_by_one(folder, tmp_path):
    phieu("recheck", folder, "commit", "--out", tmp_path / "seed.txt")
    phieu("recheck", folder, "draw", "--seed-file", tmp_path / "seed.txt")
    assert "HLO-01: đã gọi 1 lần" in phieu("recheck", folder, "attempt", "hlo-01").stdout
    assert "HLO-01: đã gọi 2 lần" in phieu("recheck", folder, "attempt", "HLO-01").stdout
    assert "không có cuộc gọi HLO-07" in phieu("recheck", folder, "attempt", "HLO-07", status=2).stderr
    phieu("recheck", folder, "record", "--call=HLO-01", "--set=outcome=refused", "--set=caller=M", "--set=day=2/4/2014")
    assert "đã ghi khác" in phieu("recheck", folder, "attempt", "HLO-01", status=2).stderr
