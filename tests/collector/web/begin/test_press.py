"""Printing for every unit from the console: begun, watched, gone on with, and taken down."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from collector.prepare.press import PressState, _write_state, find_press, print_folder, resume_press, run_press
from collector.store import Store
from collector.store.events import list_events
from collector.store.quota import quota_rows
from tests.waiting import wait_until

BASE = "/quan-ly/chuan-bi/in"
STATE = PressState("waiting", "Trần Văn In", "2014-03-19T01:00:00")


@pytest.fixture
def clerk(app: Flask, log_in: Any) -> Any:
    return log_in(app, who="Trần Văn In", roles=("clerk",))


@pytest.mark.slow
@pytest.mark.usefixtures("one_processor")
def test_every_units_files_are_printed_and_taken_down(
    app: Flask, log_in: Any, clerk: Any, folder: Path, store: Store
) -> None:
    assert "In 10 phiếu" in clerk.get(BASE).text
    way = '<a href="/quan-ly/chuan-bi/in">In phiếu</a>'
    assert f"Chưa có phiếu nào được in nên chưa có gì để giao. {way}" in clerk.get("/quan-ly/giao-nhan/").text
    _write_state(folder, STATE)
    run_press(folder)
    page = clerk.get(BASE).text
    assert "Đã xong: 10 phiếu" in page
    assert "Ghi lại tệp in" in page
    assert 'ghi nhận ngay ở trang <a href="/quan-ly/giao-nhan/giao">Giao phiếu</a>' in page
    for name in ("HL/CD.pdf", "ho-so/HL/bien-ban-giao-nhan.pdf", "ho-so/HHDN/bia.pdf", "ho-so/MUC-LUC.pdf"):
        assert f'href="{BASE}/tep/{name}"' in page
        assert clerk.get(f"{BASE}/tep/{name}").data.startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(clerk.get(f"{BASE}/don-vi/HL.zip").data)) as parts:
        assert {"HL/HL-CD.pdf", "HL/HL-CC.pdf", "HL/bia.pdf"} <= set(parts.namelist())
    for name in ("../prepare/press.json", "sheets.csv", "layout.json", "HL/../sheets.csv", "HL", "/etc/passwd"):
        assert clerk.get(f"{BASE}/tep/{name}").status_code in (404, 308), name
    assert clerk.get(f"{BASE}/don-vi/..%2fphieu.zip").status_code == 404
    for held, status in (("HL", 200), ("SXD", 403)):  # whoever is held to one agency takes its files from its own page
        of_one = log_in(app, who=f"Phụ trách {held}", roles=("clerk",), agency=held)
        assert f'href="{BASE}/don-vi/{held}.zip"' in of_one.get("/quan-ly/giao-nhan/").text
        assert of_one.get(f"{BASE}/don-vi/HL.zip").status_code == status
    assert "don-vi" not in clerk.get("/quan-ly/giao-nhan/").text
    with store.read() as conn:
        assert sum(row.printed for row in quota_rows(conn)) == 10
        assert [event.action for event in list_events(conn)][-1] == "print.end"


@pytest.mark.slow
def test_some_units_are_printed_alone_and_the_rest_later(clerk: Any, folder: Path, store: Store) -> None:
    page = clerk.get(BASE).text
    assert 'name="agency" value="HL"' in page
    assert 'name="agency" value="SXD"' in page
    _write_state(folder, replace(STATE, agencies=("HL",)))
    run_press(folder)
    assert (print_folder(folder) / "HL" / "CD.pdf").is_file()
    assert not (print_folder(folder) / "SXD").exists()
    before = (print_folder(folder) / "HL" / "CD.pdf").read_bytes()
    _write_state(folder, replace(STATE, agencies=("SXD",)))
    run_press(folder)
    assert (print_folder(folder) / "SXD" / "CC.pdf").is_file()
    assert (print_folder(folder) / "HL" / "CD.pdf").read_bytes() == before
    with store.read() as conn:
        assert sum(row.printed for row in quota_rows(conn)) == 10


@pytest.mark.slow
@pytest.mark.usefixtures("one_processor")
def test_sheets_for_practice_are_printed_and_count_nowhere(clerk: Any, folder: Path, store: Store) -> None:
    _write_state(folder, replace(STATE, training=2))
    run_press(folder)
    page = clerk.get(BASE).text
    assert "6 phiếu tập huấn" in page
    name = "tap-huan/nguoi-dan.pdf"
    assert f'href="{BASE}/tep/{name}"' in page
    assert clerk.get(f"{BASE}/tep/{name}").data.startswith(b"%PDF")
    with store.read() as conn:
        assert sum(row.printed for row in quota_rows(conn)) == 0
    assert clerk.get(f"{BASE}/tep/tap-huan/../../phieu.sqlite").status_code in (404, 308)


@pytest.mark.parametrize("count", ["", "0", "1000", "-1", "x", "²"])
def test_a_number_of_sheets_for_practice_that_is_none_begins_nothing(clerk: Any, folder: Path, count: str) -> None:
    clerk.post(f"{BASE}/tap-huan", {"count": count})
    assert find_press(folder) is None
    assert "từ 1 đến 999" in clerk.get(BASE).text


@pytest.mark.slow
def test_what_was_ticked_is_what_the_process_prints(clerk: Any, folder: Path) -> None:
    clerk.post(BASE, {"some": "1", "agency": ["HL", "khong-co"]})
    _wait_until_over(folder)
    state = find_press(folder)
    assert state is not None
    assert (state.agencies, state.sheets) == (("HL",), 6)


def test_without_a_tick_no_unit_is_printed(clerk: Any, folder: Path) -> None:
    clerk.post(BASE, {"some": "1", "agency": ["khong-co"]})
    assert find_press(folder) is None
    assert "Đánh dấu ít nhất một đơn vị" in clerk.get(BASE).text


def test_a_folder_that_has_become_wrong_is_told_and_nothing_is_printed(clerk: Any, folder: Path) -> None:
    (folder / "quotas.csv").write_text("agency,group,target\nSXD,CC,nhiều\n", encoding="utf-8")
    _write_state(folder, STATE)
    run_press(folder)
    assert "quotas.csv:2" in clerk.get(BASE).text
    assert not print_folder(folder).exists()


def test_a_run_that_was_cut_off_is_offered_to_go_on(clerk: Any, folder: Path) -> None:
    _write_state(folder, PressState("sheets", "Trần Văn In", "2014-03-19T01:00:00", 4, 20))
    assert "bị ngắt giữa chừng" in clerk.get(BASE).text
    assert "In tiếp" in clerk.get(BASE).text
    assert clerk.get(f"{BASE}/den-dau").json["running"] is False


@pytest.fixture
def of_one(app: Flask, log_in: Any) -> Any:
    return log_in(app, who="Phụ trách HL", roles=("clerk",), agency="HL")


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders for which a process was begun; none is."""
    folders: list[Path] = []
    monkeypatch.setattr("collector.detached.Detached.start", lambda _, folder, *__: folders.append(folder))
    return folders


def test_whoever_is_held_to_one_agency_prints_its_sheets_and_no_others(
    of_one: Any, folder: Path, parse: Any, begun: list[Path]
) -> None:
    page = parse(of_one.get(BASE).text)
    assert "In 6 phiếu" in page.words
    assert "Sở Xây dựng" not in page.words
    assert not page.all("input", name="agency")
    assert f'href="{BASE}"' in of_one.get("/quan-ly/giao-nhan/").text
    of_one.post(BASE, {"some": "1", "agency": ["SXD"]})
    state = find_press(folder)
    assert state is not None
    assert (state.agencies, state.training, len(begun)) == (("HL",), 0, 1)


@pytest.mark.slow
@pytest.mark.usefixtures("one_processor")
def test_whoever_is_held_to_one_agency_sees_its_printed_files_alone(of_one: Any, folder: Path) -> None:
    _write_state(folder, STATE)
    run_press(folder)
    page = of_one.get(BASE).text
    assert f'href="{BASE}/don-vi/HL.zip"' in page
    assert "SXD" not in page
    assert "Xây dựng" not in page
    assert f'href="{BASE}/tep/' not in page
    assert of_one.get(f"{BASE}/tep/HL/CD.pdf").status_code == 403
    assert of_one.post(f"{BASE}/tap-huan", {"count": "2"}).status_code == 403


@pytest.mark.parametrize(
    ("cut", "goes_on"),
    [({}, False), ({"agencies": ("SXD",)}, False), ({"training": 2}, False), ({"agencies": ("HL",)}, True)],
)
def test_a_run_for_others_that_was_cut_off_is_not_theirs_to_go_on_with(
    of_one: Any, folder: Path, begun: list[Path], cut: Any, goes_on: bool
) -> None:
    _write_state(folder, was := replace(STATE, stage="sheets", **cut))
    assert ("Nhờ người quản lý" not in of_one.get(BASE).text) is goes_on
    for sent in ({"go_on": "1"}, {}):
        of_one.post(BASE, sent)
        assert (bool(begun), find_press(folder) != was) == (goes_on, goes_on)


@pytest.mark.slow
def test_the_run_is_a_process_of_its_own_and_a_server_that_starts_again_goes_on_with_one_cut_off(
    clerk: Any, folder: Path
) -> None:
    assert resume_press(folder) is False
    assert clerk.post(BASE).status_code == 303
    assert clerk.get(f"{BASE}/den-dau").json["running"] is True
    _wait_until_over(folder)
    assert "Đã xong: 10 phiếu" in clerk.get(BASE).text
    _write_state(folder, STATE)  # as a power cut leaves it
    assert resume_press(folder) is True
    _wait_until_over(folder)


def _wait_until_over(folder: Path) -> None:
    def find_ended() -> PressState | None:
        state = find_press(folder)
        assert state is not None
        return state if state.is_over and not state.is_alive else None

    assert wait_until(find_ended, 0.2).stage == "done"
