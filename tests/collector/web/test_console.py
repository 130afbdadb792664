"""The screen of quota completion."""

from __future__ import annotations

import dataclasses
import datetime
import gzip
import io
from collections.abc import Callable
from typing import Any

from flask import Flask
from python_calamine import CalamineWorkbook

from collector.store.events import record_event
from forms.campaign import Campaign, Phase


def row_of(page: Any, words: str) -> str:
    """The words of the page from a name on."""
    text = " ".join(page.words.split())
    return text[text.index(words) :]


def test_the_grid_counts_sheets_doubts_and_conflicts_and_how_they_came(
    staff: Any, desk: Any, parse: Callable[[str], Any]
) -> None:
    one, two, three, _ = desk.serials()
    desk.post(one, q2="5")
    desk.scan(two, 1, doubtful="q2", q2="4")
    desk.scan(two, 2, q4="3")
    desk.post(three, q2="5")
    desk.post(three, q2="1")
    page = parse(staff.get("/quan-ly/?block=HU&group=CD").text)
    # accepted and target, doubtful, conflicts, over quota
    assert "Thành phố Hạ Long 2 /3 1 1 0" in row_of(page, "Thành phố Hạ Long")
    assert "Phiếu giấy 1 Điện thoại 1" in " ".join(page.words.split())
    links = {has["href"] for has in page.all("a")}
    assert "/quan-ly/can-xem-lai/?agency=HL" in links
    assert "/quan-ly/phieu-trung/?agency=HL" in links
    assert "1 dấu cần xem lại" in page.words
    assert "0 trang không đọc được" in page.words


def plan_in_the_past(campaign: Campaign) -> Campaign:
    phase = {"code": "collect", "name": "Thu", "from": "2014-03-20", "to": "2014-03-31"}
    settings = campaign.settings.model_copy(update={"phases": (Phase.model_validate(phase),)})
    return dataclasses.replace(campaign, settings=settings)


def test_what_is_behind_the_plan_is_said_drawn_and_can_be_had_alone(
    app_of: Callable[[Campaign], Flask], log_in: Callable[..., Any], desk: Any, parse: Callable[[str], Any]
) -> None:
    for serial in desk.serials("HL", "CC"):
        desk.post(serial, m1_SNV="5")
    desk.post(desk.serials()[0], q2="5")
    staff = log_in(app_of(plan_in_the_past(desk.campaign)))
    page = parse(staff.get("/quan-ly/").text)
    assert "Thành phố Hạ Long 1 /3 chậm 2 4 /4 5 /7 chậm 2" in row_of(page, "Thành phố Hạ Long")
    assert len(page.all("polyline")) == 2
    assert "từ 20/3/2014 đến 31/3/2014" in page.words
    assert "chậm" not in row_of(parse(staff.get("/quan-ly/?group=CC").text), "Vượt chỉ tiêu")
    assert "Không có cơ quan nào như đang lọc" in staff.get("/quan-ly/?group=CC&behind=1").text
    rows = staff.get("/quan-ly/tong-quan.csv?q=ha long&behind=1").data.decode("utf-8-sig").splitlines()
    assert [row.split(",")[:9] for row in rows[1:]] == [
        ["HL", "Thành phố Hạ Long", "HU", "CD", "Người dân", "3", "3", "1", "2"],
        ["HL", "Thành phố Hạ Long", "HU", "CC", "Công chức", "4", "4", "4", "0"],
    ]
    book = CalamineWorkbook.from_filelike(io.BytesIO(staff.get("/quan-ly/tong-quan.xlsx?q=HL").data))
    assert book.get_sheet_by_index(0).to_python()[3][:6] == ["HL", "Thành phố Hạ Long", "HU", "CD", "Người dân", 3.0]


def test_without_a_plan_nothing_is_called_behind(staff: Any) -> None:
    page = staff.get("/quan-ly/").text
    assert "chưa có ngày phát và thu phiếu" in page
    assert 'class="late"' not in page


def test_the_grid_can_be_narrowed_searched_and_ordered(staff: Any, desk: Any, parse: Callable[[str], Any]) -> None:
    desk.post(desk.serials()[0], q2="5")
    words = row_of(parse(staff.get("/quan-ly/").text), "Vượt chỉ tiêu")
    assert words.index("Sở Nội vụ") < words.index("Thành phố Hạ Long"), "what has most comes last"
    for asked, number in {"": 2, "?block=SN": 1, "?block=KHONG-CO&order=odd": 2, "?q=ha+long": 1}.items():
        assert f"{number} cơ quan, đơn vị; các tổng" in staff.get(f"/quan-ly/{asked}").text
    assert "&lt;script&gt;" in staff.get("/quan-ly/?q=<script>").text
    listed = row_of(parse(staff.get("/quan-ly/?order=list").text), "Vượt chỉ tiêu")
    assert listed.index("Sở Nội vụ") < listed.index("Thành phố Hạ Long")


def test_every_cell_names_its_column_for_narrow_screens(staff: Any, parse: Callable[[str], Any]) -> None:
    page = parse(staff.get("/quan-ly/").text)
    headings = len(page.all("th", role="columnheader"))
    labelled = [has for has in page.all("td") if has.get("data-label")]
    assert headings == 7
    assert len(labelled) == (2 + 1) * 6
    assert len(page.all("tr", role="row")) == 1 + 2 + 1


def test_the_console_speaks_english_when_asked_and_goes_on_so(staff: Any) -> None:
    assert 'html lang="vi"' in staff.get("/quan-ly/").text
    assert "How far the quotas are" in staff.get("/quan-ly/?lang=en").text
    assert "Doubtful marks" in staff.get("/quan-ly/can-xem-lai/").text
    assert "Cần xem lại" in staff.get("/quan-ly/can-xem-lai/?lang=vi").text


def test_a_static_file_is_compressed_and_may_be_kept_under_its_hash(staff: Any, parse: Callable[[str], Any]) -> None:
    [sheet] = parse(staff.get("/quan-ly/").text).all("link", rel="stylesheet")
    reply = staff.client.get(sheet["href"], headers={"Accept-Encoding": "gzip"})
    assert b".quota" in gzip.decompress(reply.data)
    assert "v=" in sheet["href"]
    assert "max-age=31536000" in reply.headers["Cache-Control"]


def test_a_manager_is_told_of_a_backup_that_is_too_long_ago_and_nobody_else(
    app: Any, log_in: Callable[..., Any], desk: Any
) -> None:
    manager, clerk = log_in(app, "Lê Thị Hoa"), log_in(app, "Trần Văn Nam", roles=("clerk",))
    assert "sao lưu" not in manager.get("/quan-ly/").text, "nothing has come in yet"
    desk.post(desk.serials("HL", "CD")[0], q1="1")
    assert "chưa sao lưu lần nào" in manager.get("/quan-ly/").text
    assert "sao lưu" not in clerk.get("/quan-ly/").text
    now = datetime.datetime.now(datetime.UTC)
    for days, words in ((8, "cách đây 8 ngày"), (7, "")):
        with desk.store.write() as conn:
            record_event(conn, "root", "backup.make", "x", "keys=none", now - datetime.timedelta(days=days))
        shown = manager.get("/quan-ly/").text
        assert words in shown
        assert ("sao lưu" in shown) == bool(words)
