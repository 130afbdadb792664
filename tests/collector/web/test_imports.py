"""A table of answers on the screen: tried, told cell by cell, taken in once, by nobody who works where it is about."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from collector.beside.upload import find_upload
from collector.beside.work import Work, find_work, get_process, keep_work, run_work
from collector.store import Store
from collector.store.events import list_events
from collector.store.open_imports import find_open_import
from collector.store.quota import quota_rows
from forms.words import text

BASE = "/quan-ly/nhan-bang"
HEAD = "serial,agency,group,q1,q2,q4"


@pytest.fixture
def folder(store: Store, make_folder: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_folder()
    monkeypatch.setenv("PHIEU_DATABASE", store.url)  # as start_work gives it to the process
    return store.folder


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The process beside does its work here; that it is one of its own, a slow test sees."""
    if "slow" not in request.keywords:
        monkeypatch.setattr("collector.beside.work._spawn", lambda store, kind: run_work(store.folder, kind))


def send(who: Any, *lines: str, name: str = "nhap tay.csv", **more: str) -> Any:
    content = ("\n".join((HEAD, *lines)) + "\n").encode()
    return who.post(f"{BASE}/", {"table": (io.BytesIO(content), name), **more})


def accepted(store: Store) -> int:
    with store.read() as conn:
        return sum(row.accepted for row in quota_rows(conn))


def test_a_table_is_tried_then_taken_in_and_nothing_is_kept_before(staff: Any, folder: Path, store: Store) -> None:
    assert send(staff, "SNV-CD-001,SNV,CD,1,5,4", "SNV-CD-002,SNV,CD,1,4,4").status_code == 303
    page = staff.get(BASE).text
    assert "nhap tay.csv: 2 phiếu. Nếu nhận thì:" in page
    assert "2 phiếu được nhận, tính vào chỉ tiêu" in page
    assert accepted(store) == 0
    staff.post(f"{BASE}/nhan")
    assert "Đã nhận nhap tay.csv: 2 phiếu." in staff.get(BASE).text
    assert accepted(store) == 2
    assert find_upload(folder, "answers") is None
    with store.read() as conn:
        line = next(one for one in list_events(conn) if one.action == "import")
    assert (line.who, line.subject) == ("Lê Thị Hoa", "nhap tay.csv")


def test_every_problem_stands_at_its_cell_of_the_file_as_its_sender_calls_it(staff: Any, folder: Path) -> None:
    send(staff, "SNV-CD-001,SNV,CD,9,5,4", "SNV-CD-999,SNV,CD,1,5,4", "SNV-CD-003,SNV,XX,1,5,4", name="Nhập.csv")
    page = staff.get(BASE).text
    assert "3 chỗ cần sửa" in page
    for place in ("Nhập.csv:2", "Nhập.csv:3", "Nhập.csv:4"):
        assert place in page
    assert "answers.csv:" not in page
    assert "--new-serials" not in page
    assert "Nhận 3 phiếu này" not in page
    assert find_upload(folder, "answers") is None


def test_problems_found_beside_the_server_are_told_in_the_language_of_who_looks(
    staff: Any, app: Flask, log_in: Any, folder: Path
) -> None:
    send(staff, "SNV-CD-001,SNV,CD,9,5,4", "SNV-CD-999,SNV,CD,1,5,4", name="Nhập.csv")
    other = log_in(app, "Trần Văn Nam")
    english = other.get(f"{BASE}?lang=en").text
    vietnamese = staff.get(BASE).text
    assert text("import.options_fix", "vi", known="1, 0") in vietnamese
    assert text("import.options_fix", "en", known="1, 0") in english
    for page in (vietnamese, english):
        assert "Nhập.csv:2" in page


def test_a_table_that_is_none_is_refused_in_the_language_of_the_page(staff: Any, folder: Path) -> None:
    staff.get(f"{BASE}?lang=en")
    page = staff.post(f"{BASE}/", {"table": (io.BytesIO(b"<html>"), "a.csv")})
    assert page.status_code == 422
    assert text("prepare.file_web_page", "en") in page.text
    assert text("prepare.file_web_page", "vi") not in page.text


def test_a_difference_to_what_is_there_is_told_before_it_is_taken_in(
    staff: Any, folder: Path, desk: Any, store: Store
) -> None:
    desk.post(desk.serials("SNV")[0], q1="1", q2="5", q4="4")
    send(staff, "SNV-CD-001,SNV,CD,1,2,4", "SNV-CD-002,SNV,CD,1,5,4")
    page = staff.get(BASE).text
    assert "1 phiếu khác với câu trả lời đã có" in page
    assert "1 phiếu được nhận" in page
    staff.post(f"{BASE}/nhan")
    assert "Xem phiếu trùng" in staff.get(BASE).text
    assert accepted(store) == 1  # of the two answers to the first sheet neither counts


def test_what_is_there_already_offers_nothing_to_take(staff: Any, folder: Path) -> None:
    send(staff, "SNV-CD-001,SNV,CD,1,5,4")
    staff.post(f"{BASE}/nhan")
    send(staff, "SNV-CD-001,SNV,CD,1,5,4")
    page = staff.get(BASE).text
    assert "không có gì mới để nhận" in page
    assert f"{BASE}/nhan" + '"' not in page


def test_nobody_takes_in_what_is_about_their_own_agency(
    app: Flask, staff: Any, log_in: Any, folder: Path, store: Store
) -> None:
    inside = log_in(app, who="Ngô Văn Sở", workplace="SNV", roles=("verifier",))
    send(inside, "SNV-CD-001,SNV,CD,1,5,4", "HL-CD-001,HL,CD,1,5,4")
    page = inside.get(BASE).text
    assert "nhap tay.csv:2" in page
    assert "nơi Ông/Bà làm việc" in page
    send(staff, "SNV-CD-001,SNV,CD,1,5,4")
    inside.post(f"{BASE}/nhan")  # what another had tried
    assert accepted(store) == 0
    assert "nơi Ông/Bà làm việc" in inside.get(BASE).text


def test_a_table_that_is_put_away_is_gone(staff: Any, folder: Path) -> None:
    send(staff, "SNV-CD-001,SNV,CD,1,5,4")
    assert find_upload(folder, "answers") is not None
    staff.post(f"{BASE}/bo")
    assert find_upload(folder, "answers") is None
    assert "Nếu nhận thì" not in staff.get(BASE).text


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "trống"), (b"\xd0\xcf\x11\xe0 xls", "Excel"), (b"<html>", "trang web"), (b"PK\x03\x04 no", "")],
)
def test_what_is_no_table_is_refused_at_once(staff: Any, folder: Path, content: bytes, said: str) -> None:
    reply = staff.post(f"{BASE}/", {"table": (io.BytesIO(content), "bang.xlsx")})
    assert reply.status_code == 422
    assert "bang.xlsx" in reply.text
    assert said in reply.text
    assert find_upload(folder, "answers") is None
    assert staff.post(f"{BASE}/").status_code == 422


def test_an_import_that_was_cut_off_is_told_and_finished(
    staff: Any, folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(staff, *(f"SNV-CD-{place:03d},SNV,CD,1,5,4" for place in range(1, 13)))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("collector.imports.parts.take_part", die)
        with pytest.raises(KeyboardInterrupt):
            staff.post(f"{BASE}/nhan")
    with store.read() as conn:
        assert find_open_import(conn) is not None
    page = staff.get(BASE).text
    assert "0/12 phiếu đã vào" in page
    staff.post(f"{BASE}/nhan-not")
    assert accepted(store) == 12
    assert "Đã nhận nhap tay.csv: 12 phiếu" in staff.get(BASE).text


def test_while_a_table_is_tried_the_page_says_so_and_takes_no_other(staff: Any, folder: Path) -> None:
    asked = {"step": "check", "name": "a.xlsx", "new_serials": False, "workplace": ""}
    keep_work(folder, Work("answers", "Trần Thị Mai", "2014-04-01T01:00:00", asked, "working"))
    held = get_process("answers").hold(folder)
    assert held is not None
    with held:
        page = staff.get(BASE).text
        assert "Đang thử a.xlsx (do Trần Thị Mai gửi)" in page
        assert "waiting.js" in page
        send(staff, "SNV-CD-001,SNV,CD,1,5,4")
        assert find_upload(folder, "answers") is None
        assert "Đang xử lý một bảng khác" in staff.get(BASE).text
    found = find_work(folder, "answers")
    assert found is not None
    assert found.asked == asked


@pytest.mark.parametrize("role", ["clerk", "observer", "viewer"])
def test_others_may_not(app: Flask, log_in: Any, folder: Path, role: str) -> None:
    more = {"agency": "HL"} if role == "viewer" else {}
    who = log_in(app, who="Một Người", roles=(role,), **more)
    assert who.get(BASE).status_code == 403
    assert send(who, "SNV-CD-001,SNV,CD,1,5,4").status_code == 403
