"""`phieu log`, typed as an auditor types it."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.example import copy_example
from collector.opening import open_campaign
from collector.store.events import get_head, record_event
from collector.store.schema import event


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    copy_example("quang-ninh-2013", tmp_path / "k")
    _, store = open_campaign(tmp_path / "k")
    for number in range(1, 4):
        with store.write() as conn:
            record_event(conn, "Hoa" if number < 3 else "Nam", "sheets.void", f"SXD-CD-00{number}", "sheets=1; rách")
    return tmp_path / "k"


def phieu(folder: Path, *words: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, ["log", str(folder), *words])
    assert done.exit_code == status, done.output
    return done


def test_lines_are_printed_oldest_first_and_narrowed(folder: Path) -> None:
    lines = phieu(folder).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4"]
    assert "Hủy phiếu  SXD-CD-001  số phiếu: 1; rách" in lines[1]
    assert len(phieu(folder, "--who", "Nam").stdout.splitlines()) == 1
    assert len(phieu(folder, "--number", "sxd-cd-002").stdout.splitlines()) == 1
    assert phieu(folder, "--act", "login").stdout == ""
    assert len(phieu(folder, "--since", "1/1/2014").stdout.splitlines()) == 4
    assert "--number" in phieu(folder, "--number", "x", status=2).stderr


def test_the_table_is_written_whole(folder: Path, tmp_path: Path) -> None:
    done = phieu(folder, "--out", str(tmp_path / "nhat-ky.csv"))
    assert done.stdout == ""
    with (tmp_path / "nhat-ky.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["prev"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]


def test_a_whole_log_holds_and_the_head_written_down_finds_a_cut_one(folder: Path) -> None:
    with open_campaign(folder)[1].read() as conn:
        head = str(get_head(conn))
    assert head in phieu(folder, "--verify").stdout
    phieu(folder, "--head", head)
    database = next((folder / "data").glob("*.sqlite"))
    with sqlite3.connect(database) as file:
        file.execute("DROP TRIGGER event_no_delete")
        file.execute("DELETE FROM event WHERE id = 4")
    phieu(folder, "--verify")
    assert "thiếu từ dòng 4" in phieu(folder, "--verify", "--head", head, status=1).stderr
    assert "--head" in phieu(folder, "--head", "4:xyz", status=2).stderr


def test_a_changed_line_is_the_first_that_is_named(folder: Path) -> None:
    database = next((folder / "data").glob("*.sqlite"))
    with sqlite3.connect(database) as file:
        file.execute("DROP TRIGGER event_no_update")
        file.execute("UPDATE event SET detail = 'khác' WHERE id = 2")
    assert "dòng 2" in phieu(folder, "--verify", status=1).stderr


def test_no_column_of_any_line_can_be_changed_unseen(folder: Path) -> None:
    database = next((folder / "data").glob("*.sqlite"))
    words = dict.fromkeys(("who", "action", "subject", "detail"), "khác")
    others = {"id": 9, "at": "2014-03-20 13:30:00.000000", "prev": "e" * 64, "hash": "f" * 64, **words}
    assert set(others) == set(event.columns.keys())
    with sqlite3.connect(database) as file:
        file.execute("DROP TRIGGER event_no_update")
        lines = {
            row[0]: dict(zip(others, row, strict=True)) for row in file.execute(f"SELECT {','.join(others)} FROM event")
        }
    changes = [(number, name, other) for number in lines for name, other in others.items()]
    for number, name, other in [*changes, (2, "at", lines[2]["at"].replace(".000000", ".000001"))]:
        with sqlite3.connect(database) as file:
            file.execute(f"UPDATE event SET {name} = ? WHERE id = ?", (other, number))
        assert phieu(folder, "--verify", status=1).stderr, (number, name)
        with sqlite3.connect(database) as file:
            key = other if name == "id" else number
            file.execute(f"UPDATE event SET {name} = ? WHERE id = ?", (lines[number][name], key))
    phieu(folder, "--verify")
