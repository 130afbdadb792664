"""The screen of scan batches."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from flask import Flask

from collector.intake import accept_reading
from collector.review.deciding import list_doubts
from ocr.reading import PageReading

BATCHES = "/quan-ly/lo-quet/"
DAY = "2014-03-21"  # in Viet Nam, when files of the desk come in


def test_a_day_of_scanning_is_accounted_for_page_by_page(staff: Any, desk: Any, parse: Callable[[str], Any]) -> None:
    file = desk.file()
    desk.scan(desk.serials()[0], 1, file, q2="5")
    images = [next(desk.images) for _ in range(3)]
    for image, reason in zip(images, ("not_ours", "blank_page", "stack_cover"), strict=True):
        stack = "HL-CD-X01" if reason == "stack_cover" else None
        reading = PageReading("scan.pdf", image, "foreign", reason, stack=stack)
        accept_reading(desk.store, desk.campaign, file, reading)
    days = parse(staff.get(BATCHES).text)
    assert days.all("a", href=f"{BATCHES}{DAY}")
    page = parse(staff.get(f"{BATCHES}{DAY}").text)
    assert "Phiếu: 0 đọc được (trong đó 0 có dấu cần xem lại), 1 thiếu trang, 2 chưa về" in page.words
    assert "HL-CD-001: còn thiếu trang 2; phần đã có ở scan.pdf, hình 1" in page.words
    assert "còn thiếu 2 phiếu của Thành phố Hạ Long, Người dân: HL-CD số 002-003" in page.words
    assert "HL-CD-X01" in page.words
    assert f"scan.pdf, Hình {images[0]}" in page.words
    assert [has["src"].startswith("/quan-ly/anh/trang/") for has in page.all("img")] == [True], "not the empty page"


def test_only_days_with_files_have_a_screen(staff: Any, desk: Any) -> None:
    assert "Chưa nhận tệp quét nào" in staff.get(BATCHES).text
    for day in ("2014-03-22", "hom-nay", "2014-3-21"):
        assert staff.get(f"{BATCHES}{day}").status_code == 404


def test_doubtful_marks_of_the_day_are_shown_cut_out_but_not_those_about_one_s_workplace(
    app: Flask, log_in: Callable[..., Any], staff: Any, desk: Any, parse: Callable[[str], Any]
) -> None:
    for agency in ("HL", "SNV"):
        desk.scan(desk.serials(agency)[0], 1, doubtful="q2 q3", q2="4")
        desk.scan(desk.serials(agency)[0], 2)
    with desk.store.read() as conn:
        marks = {doubt.agency: doubt.id for doubt in list_doubts(conn) if doubt.question == "q2"}
        assert list_doubts(conn, day=datetime.date(2014, 3, 22)) == []
    page = parse(staff.get(f"{BATCHES}{DAY}").text)
    assert [page.all("img", src=f"/quan-ly/anh/cau/{key}.png") != [] for key in marks.values()] == [True, True]
    assert page.all("a", href=f"/quan-ly/can-xem-lai/?doubt={marks['HL']}")
    assert "HL-CD-001, Câu 2." in page.words
    assert "HL-CD-001, Câu 3." not in page.words, "no two answers of a sheet side by side"
    assert "Chỉ hiện 2 dấu, mỗi phiếu một dấu" in page.words
    page = parse(log_in(app, "Phạm Văn Bình", "SNV").get(f"{BATCHES}{DAY}").text)
    assert [page.all("img", src=f"/quan-ly/anh/cau/{marks[agency]}.png") != [] for agency in ("HL", "SNV")] == [
        True,
        False,
    ]
    assert "Chưa có câu nào được người xem lần hai" in staff.get(BATCHES).text
