"""The screen where scans are handed in and watched."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from flask import Flask

import collector.web.uploads
from collector.intake import accept_reading
from collector.scans.uploads import read_uploads
from collector.store.uploads import begin_uploads, count_upload, list_uploads
from collector.web.site import EXTENSION
from ocr.reading import PageReading

SEND, PROGRESS, BATCHES = "/quan-ly/nhan-tep/", "/quan-ly/nhan-tep/tien-do", "/quan-ly/lo-quet/"


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is started by the tests themselves."""
    monkeypatch.setattr("collector.scans.uploads.UploadReader.wake", lambda _: None)


def picture(grey: int = 250) -> io.BytesIO:
    return io.BytesIO(cv2.imencode(".png", np.full((1200, 850), grey, np.uint8))[1].tobytes())


def send(staff: Any, *files: tuple[io.BytesIO, str]) -> str:
    reply = staff.post(SEND, {"scans": list(files)})
    assert (reply.status_code, reply.location) == (303, BATCHES)
    return str(staff.get(BATCHES).text)


def test_files_are_handed_in_read_and_their_pages_accounted_for(staff: Any, desk: Any) -> None:
    page = send(staff, (picture(), "tờ <1>.png"), (io.BytesIO(b"text"), "ghi chú.txt"))
    assert "ghi chú.txt: không nhận vì không phải tệp PDF, TIFF, JPEG, PNG, WebP hoặc BMP" in page
    assert 'tờ &lt;1&gt;.png</b> <span class="state">chờ đọc' in page
    assert 'http-equiv="refresh"' in page, "without scripts the page reloads by itself"
    read_uploads(desk.store, desk.campaign, 1)
    fresh = staff.get(PROGRESS).text
    assert "đã đọc xong" in fresh
    assert "1 trang trắng" in fresh
    assert re.search(r"<p class=\"small\">[1-9]\d* KB, ", fresh)  # a small file is no file of 0,0 MB
    assert "data-more" not in fresh
    assert "<html" not in fresh
    assert 'http-equiv="refresh"' not in staff.get(BATCHES).text
    assert "tệp này đã nhận trước đây, không thay đổi gì" in send(staff, (picture(), "khác tên.png"))


def test_a_file_that_cannot_be_opened_is_not_called_read(staff: Any, desk: Any) -> None:
    send(staff, (io.BytesIO(b"%PDF-1.7\n" + bytes(200)), "quét 2.pdf"))
    read_uploads(desk.store, desk.campaign, 1)
    fresh = staff.get(PROGRESS).text
    assert 'quét 2.pdf</b> <span class="state">không nhận: ' in fresh
    assert "đã đọc xong" not in fresh


def test_the_screen_says_why_nothing_is_read(app: Flask, staff: Any) -> None:
    assert "trình đọc không bắt đầu được" not in send(staff, (picture(), "a.png"))
    reader = app.extensions[EXTENSION].reader
    reader._fault = "campaign.yaml:3: <name> thiếu"
    page = staff.get(PROGRESS).text
    assert "trình đọc không bắt đầu được" in page
    assert "<li>campaign.yaml:3: &lt;name&gt; thiếu</li>" in page
    reader._fault = ""
    assert "xem nhật ký của máy chủ" in staff.get(PROGRESS).text


def test_pages_that_were_not_read_are_shown_with_what_to_do_but_never_those_about_one_s_workplace(
    app: Flask, log_in: Callable[..., Any], staff: Any, desk: Any, parse: Callable[[str], Any]
) -> None:
    send(staff, (picture(), "a.png"))
    read_uploads(desk.store, desk.campaign, 1)
    with desk.store.read() as conn:
        [file] = [row[0] for row in conn.exec_driver_sql("SELECT id FROM scan_file")]
    serial = desk.serials("HL")[0]
    reading = PageReading("a.png", 2, "unreadable", "no_markers", serial, 1)
    accept_reading(desk.store, desk.campaign, file, reading)
    shown = parse(staff.get(PROGRESS).text)
    assert len(shown.all("img")) == 1
    assert "quét lại trọn tờ giấy" in shown.words
    assert "Phiếu: 0 đọc được" in shown.words
    own = parse(log_in(app, "Phạm Văn Bình", "HL").get(PROGRESS).text)
    assert own.all("img") == []


def test_who_waits_is_told_how_long_the_queue_is_and_how_far_the_file_at_work(
    app: Flask, log_in: Callable[..., Any], staff: Any, desk: Any
) -> None:
    send(staff, (picture(), "a.png"), (picture(240), "b.png"))
    with desk.store.write() as conn:
        first = list_uploads(conn, 9)[-1]
        begin_uploads(conn, [first.id])
        count_upload(conn, first.id, 2000)
    other = log_in(app, "Phạm Văn Bình", "HL", roles=("verifier",), agency="HL")
    send(other, (picture(230), "c.png"))
    page = other.get(PROGRESS).text
    assert "Hàng chờ: 2 tệp; mỗi người lần lượt một tệp. Tệp đang đọc: 0 trên 2.000 trang." in page
    assert "c.png" in page
    assert "b.png" not in page


def test_of_a_long_queue_the_files_that_are_read_next_are_shown(staff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector.web.uploads, "_MOST_WAITING", 2)
    page = send(staff, *((picture(grey), f"tờ {grey}.png") for grey in (250, 240, 230)))
    assert "Hàng chờ: 3 tệp" in page
    assert ("tờ 240.png" in page, "tờ 230.png" in page) == (True, False)


def test_empty_pages_stand_in_nobody_s_way(staff: Any, desk: Any) -> None:
    send(staff, (picture(), "a.png"))
    read_uploads(desk.store, desk.campaign, 1)
    assert "Mọi trang đã nhận đều đọc được" in staff.get("/quan-ly/khong-doc-duoc/").text
    assert "0 trang không đọc được" in staff.get("/quan-ly/").text


def test_the_limits_are_told_before_and_hold(staff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = staff.get(BATCHES).text
    assert "Mỗi tệp đến 500 MB và 10.000 trang, mỗi lần gửi đến 600 MB, mỗi hình đến 120 triệu điểm ảnh" in page
    monkeypatch.setattr(collector.web.uploads, "LARGEST_UPLOAD_BYTES", 20_000)
    assert staff.post(SEND, {"scans": [(io.BytesIO(bytes(30_000)), "to.pdf")]}).status_code == 413


def test_where_the_disk_has_no_room_that_is_said_and_nothing_is_taken(
    staff: Any, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=400))
    reply = staff.post(SEND, {"scans": [(picture(), "a.png")]})
    assert reply.status_code == 507
    assert "Ổ đĩa của máy chủ sắp đầy" in reply.text
    with desk.store.read() as conn:
        assert list_uploads(conn, 9) == []


def test_files_beyond_the_most_of_one_post_are_named_and_never_dropped_in_silence(
    staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector.web.uploads, "_MOST_FILES", 1)
    page = send(staff, *((picture(grey), f"tờ {grey}.png") for grey in (250, 240, 230)))
    assert "còn 2 tệp chưa nhận, kể từ tờ 240.png" in page


def test_whoever_is_not_logged_in_hands_nothing_in_and_no_form_of_another_site_does(
    app: Flask, staff: Any, desk: Any
) -> None:
    visitor = app.test_client()
    assert visitor.post(SEND, data={"scans": (io.BytesIO(bytes(400_000)), "a.pdf")}).status_code in (400, 413)
    assert staff.client.post(SEND, data={"scans": (picture(), "a.png")}).status_code == 400, "no token"
    assert "Chưa chọn tệp nào" in send(staff)
    assert visitor.get(PROGRESS).status_code == 303
    assert not list((desk.store.folder / "data" / "inbox").glob("[!.]*"))
