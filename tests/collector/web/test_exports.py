"""Files to take away: who gets which, what they hold, and the line of the log that tells who took them."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from collector.beside.work import Work, find_work, get_process, keep_work, run_work
from collector.store import Store
from collector.store.events import list_events
from tests.waiting import wait_until

BASE = "/quan-ly/tai-du-lieu"


def make(folder: Path, wanted: str) -> None:
    """What the process beside the server does when it is asked for."""
    keep_work(folder, Work("export", "Lê Thị Hoa", "2014-04-01T01:00:00", {"format": wanted}))
    run_work(folder, "export")


@pytest.fixture
def answered(store: Store, desk: Any, make_folder: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose first three sheets of SNV were answered."""
    make_folder()
    for serial in desk.serials("SNV")[:3]:
        desk.post(serial, q1="1", q2="5", q4="4")
    monkeypatch.setenv("PHIEU_DATABASE", store.url)  # as start_work gives it to the process
    return store.folder


def test_answers_are_made_and_taken_down_and_the_log_says_by_whom(staff: Any, store: Store, answered: Path) -> None:
    assert "chưa lập" in staff.get(BASE).text
    make(answered, "csv")
    page = staff.get(BASE).text
    assert "Đã lập xong: Câu trả lời, bảng CSV" in page
    taken = staff.get(f"{BASE}/tra-loi/csv/answers-csv.zip")
    with zipfile.ZipFile(io.BytesIO(taken.data)) as parts:
        assert sorted(parts.namelist()) == ["answers.csv", "as_above.csv", "words.csv"]
        rows = list(csv.DictReader(io.StringIO(parts.read("answers.csv").decode("utf-8-sig"))))
    assert {(row["question"], row["option"]) for row in rows} >= {("q2", "5"), ("q4", "4")}
    with store.read() as conn:
        last = list_events(conn)[-2:]
    assert [(one.action, one.subject) for one in last] == [
        ("export.make", "answers-csv.zip"),
        ("export.take", "answers-csv.zip"),
    ]
    assert last[1].who == "Lê Thị Hoa"


def test_a_workbook_and_the_results_are_made(staff: Any, answered: Path) -> None:
    make(answered, "xlsx")
    assert staff.get(f"{BASE}/tra-loi/xlsx/answers.xlsx").data.startswith(b"PK")
    make(answered, "results")
    page = staff.get(BASE).text
    assert "tính từ 3 phiếu hợp lệ" in page
    assert staff.get(f"{BASE}/ket-qua/results/report.pdf").data.startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(staff.get(f"{BASE}/ket-qua/results/results.zip").data)) as parts:
        assert {"scores.csv", "totals.csv", "report.html"} <= set(parts.namelist())


def test_an_observer_takes_results_and_no_answers(app: Flask, log_in: Any, answered: Path) -> None:
    make(answered, "csv")
    make(answered, "results")
    observer = log_in(app, who="Người Xem", roles=("observer",))
    page = observer.get(BASE).text
    assert "Báo cáo (PDF)" in page
    assert "tra-loi/" not in page
    assert observer.get(f"{BASE}/ket-qua/results/scores.xlsx").status_code == 200
    assert observer.get(f"{BASE}/tra-loi/csv/answers-csv.zip").status_code == 403
    assert observer.post(f"{BASE}/tra-loi/csv").status_code == 403


def test_nobody_of_a_rated_agency_takes_answers(app: Flask, log_in: Any, answered: Path) -> None:
    make(answered, "csv")
    inside = log_in(app, who="Ngô Văn Sở", workplace="SNV")
    page = inside.get(BASE).text
    assert "không tải được câu trả lời" in page
    assert "tra-loi/csv" not in page
    assert inside.get(f"{BASE}/tra-loi/csv/answers-csv.zip").status_code == 403
    assert inside.post(f"{BASE}/tra-loi/csv").status_code == 403
    assert find_work(answered, "export").result["rows"] > 0  # type: ignore[union-attr]  # that of before


@pytest.mark.parametrize("role", ["clerk", "verifier", "rechecker", "viewer"])
def test_others_do_not_see_the_page(app: Flask, log_in: Any, role: str) -> None:
    more = {"agency": "HL"} if role == "viewer" else {}
    assert log_in(app, who="Một Người", roles=(role,), **more).get(BASE).status_code == 403


def test_no_name_from_outside_is_a_path(staff: Any, answered: Path) -> None:
    make(answered, "csv")
    for way in ("tra-loi/csv/answers.xlsx", "tra-loi/csv/..%2f..%2fcampaign.yaml", "tra-loi/bin/x", "ket-qua/csv/a"):
        assert staff.get(f"{BASE}/{way}").status_code == 404, way


def test_while_one_is_made_the_page_waits_and_another_is_told_to_come_back(staff: Any, answered: Path) -> None:
    keep_work(answered, Work("export", "Trần Thị Mai", "2014-04-01T01:00:00", {"format": "sav"}, "working"))
    held = get_process("export").hold(answered)
    assert held is not None
    with held:
        page = staff.get(BASE).text
        assert "Đang lập: Câu trả lời, tệp SPSS (do Trần Thị Mai yêu cầu)" in page
        assert "waiting.js" in page
        staff.post(f"{BASE}/tra-loi/csv")
        assert "Đang lập một tệp khác" in staff.get(BASE).text
    assert find_work(answered, "export").asked == {"format": "sav"}  # type: ignore[union-attr]


@pytest.mark.slow
def test_pressing_the_button_makes_the_file_in_a_process_beside(staff: Any, answered: Path) -> None:
    assert staff.post(f"{BASE}/tra-loi/csv").status_code == 303
    wait_until(lambda: "answers-csv.zip" in staff.get(BASE).text, 0.1)
