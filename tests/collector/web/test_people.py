"""The list of people on the screen: counts and places alone, looked at first, gone from the server soon."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from collector.beside.upload import LIST_LASTS_S, drop_stale, find_upload
from collector.beside.work import find_work, run_work
from collector.detached import Detached
from collector.store import Store
from collector.store.events import list_events
from collector.store.recipients import count_people

BASE = "/quan-ly/danh-sach-nguoi"
HEAD = "agency,group,name,email,phone"
LAN, MINH = "SNV,CD,Nguyễn Thị Lan,lan@example.vn,0987001678", "SNV,CD,Trần Văn Minh,minh@example.vn,0987001679"
CUONG = "HL,CD,Lê Văn Cường,cuong@example.vn,0987001670"
PRIVATE = ("Lan", "Minh", "Cường", "Nguyễn Thị", "example.vn", "0987001", "987001")


@pytest.fixture
def folder(store: Store, make_folder: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_folder()
    monkeypatch.setenv("PHIEU_DATABASE", store.url)  # as start_work gives it to the process
    return store.folder


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process beside does its work here; that it is one of its own, a slow journey sees."""
    monkeypatch.setattr(Detached, "start", lambda self, folder, _url=None: run_work(folder, self.name))


def send(who: Any, *lines: str, name: str = "ds can bo.csv", **more: str) -> Any:
    content = ("\n".join((HEAD, *lines)) + "\n").encode()
    return who.post(f"{BASE}/", {"table": (io.BytesIO(content), name), **more})


def kept(store: Store) -> int:
    with store.read() as conn:
        return count_people(conn)


def test_a_list_is_counted_by_agency_and_group_before_anybody_is_taken_in(
    staff: Any, folder: Path, store: Store
) -> None:
    assert "Chưa có ai trong danh sách" in staff.get(BASE).text
    assert send(staff, LAN, MINH, CUONG).status_code == 303
    page = staff.get(BASE).text
    assert "3 người mới được thêm, trong 3 người của tệp" in page
    assert 'data-label="Sẽ thêm">2<' in page
    assert "Thành phố Hạ Long" in page
    assert kept(store) == 0
    staff.post(f"{BASE}/nhap")
    page = staff.get(BASE).text
    assert "Đã nhập 3 người mới trong 3 người của tệp; tệp đã xóa" in page
    assert kept(store) == 3
    assert find_upload(folder, "people") is None
    send(staff, LAN, CUONG.replace("Cường,cuong", "Dũng,dung").replace("670", "671"))
    page = staff.get(BASE).text
    assert "1 người mới được thêm, trong 2 người của tệp" in page


def test_no_name_and_no_address_is_ever_shown_or_kept_in_the_open(staff: Any, folder: Path, store: Store) -> None:
    pages = [staff.get(BASE).text]
    for lines in ((LAN, LAN), (LAN, "SNV,CD,Ai Đó,sai dia chi,12"), (LAN, CUONG)):
        send(staff, *lines)
        pages.append(staff.get(BASE).text)
    staff.post(f"{BASE}/nhap")
    pages.append(staff.get(BASE).text)
    assert "ds can bo.csv:3" in pages[1] + pages[2]
    work = (folder / "data" / "prepare" / "people.json").read_text("utf-8")
    with store.read() as conn:
        lines = [f"{one.subject} {one.detail}" for one in list_events(conn)]
    for private in PRIVATE:
        assert [one for one in (*pages, work, *lines) if private in one] == [], private


def test_every_problem_is_told_at_once_and_the_file_is_gone(staff: Any, folder: Path, store: Store) -> None:
    send(staff, "SNV,CD,Lan,không phải thư,0987001678", "XX,CD,Minh,,0987001679", "HL,CD,Cường,,")
    page = staff.get(BASE).text
    for row in (2, 3, 4):
        assert f"ds can bo.csv:{row}" in page
    assert "Nhập " not in page.split("<main")[1].split("faults")[0]
    assert find_upload(folder, "people") is None
    assert kept(store) == 0
    assert "--once" not in page


def test_a_list_that_nobody_takes_in_is_gone_after_a_while(staff: Any, folder: Path) -> None:
    send(staff, LAN)
    path = find_upload(folder, "people")
    assert path is not None
    assert path.stat().st_mode & 0o077 == 0
    drop_stale(folder, "people", LIST_LASTS_S)
    assert path.exists()
    then = time.time() - LIST_LASTS_S - 1
    os.utime(path, (then, then))
    page = staff.get(BASE).text
    assert not path.exists()
    assert "Nhập 1 người" not in page
    staff.post(f"{BASE}/nhap")
    assert find_work(folder, "people") is None


def test_a_list_that_is_put_away_is_gone_at_once(staff: Any, folder: Path, store: Store) -> None:
    send(staff, LAN)
    staff.post(f"{BASE}/bo")
    assert find_upload(folder, "people") is None
    staff.post(f"{BASE}/nhap")
    assert kept(store) == 0


def test_who_may_look_may_not_hand_in_and_a_clerk_may_neither(
    app: Flask, staff: Any, log_in: Any, folder: Path
) -> None:
    send(staff, LAN)
    observer = log_in(app, who="Người Xem", roles=("observer",))
    page = observer.get(BASE).text
    assert "1 người mới được thêm" in page
    assert "<form" not in page.split("<main")[1]
    assert observer.post(f"{BASE}/nhap").status_code == 403
    assert log_in(app, who="Trần Văn In", roles=("clerk",)).get(BASE).status_code == 403


def test_the_blank_table_is_a_workbook(staff: Any, folder: Path) -> None:
    assert staff.get(f"{BASE}/mau.xlsx").data.startswith(b"PK")
