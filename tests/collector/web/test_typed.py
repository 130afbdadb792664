"""Sheets typed in by a person, beside their picture or from the paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from collector.intake import accept_reading
from collector.store.arrivals import count_arrivals
from collector.store.schema import typed_entry
from collector.store.sheets import find_sheet
from ocr.reading import PageReading

TYPED = "/quan-ly/nhap-tay/"


def sheet_of(desk: Any, serial: str) -> Any:
    with desk.store.read() as conn:
        return find_sheet(conn, serial)


def unreadable(desk: Any, serial: str | None, image: int = 7) -> int:
    reading = PageReading("scan.pdf", image, "unreadable", "no_markers", serial, 1 if serial else None)
    return int(accept_reading(desk.store, desk.campaign, desk.file(), reading).page)


def channels(desk: Any) -> list[tuple[str, int]]:
    with desk.store.read() as conn:
        return [(one.channel, one.number) for one in count_arrivals(conn)]


def entries(desk: Any) -> list[tuple[int, int | None, str]]:
    with desk.store.read() as conn:
        return [(row.sheet, row.page, row.who) for row in conn.execute(select(typed_entry))]


def test_a_sheet_is_found_by_serial_number_or_the_address_that_a_hand_scanner_types(staff: Any, desk: Any) -> None:
    sheet = sheet_of(desk, desk.serials()[0])
    for written in (sheet.serial, sheet.number.lower(), f"HTTPS://KHAOSAT.VN/P/{sheet.serial}-1", f" {sheet.number} "):
        reply = staff.post(TYPED, {"sheet": written})
        assert (reply.status_code, reply.location) == (303, f"{TYPED}{sheet.id}")
    wrong = staff.post(TYPED, {"sheet": "HL-CD-999"})
    assert wrong.status_code == 422
    assert "Không có tờ phiếu nào mang mã hoặc số này" in wrong.text
    assert staff.get(f"{TYPED}99999").status_code == 404


def test_the_form_asks_what_the_sheet_asks_in_its_order_and_what_is_typed_counts_as_typed(
    staff: Any, desk: Any, parse: Callable[[str], Any]
) -> None:
    sheet = sheet_of(desk, desk.serials()[0])
    page = parse(staff.get(f"{TYPED}{sheet.id}").text)
    assert [has["value"] for has in page.all("input", name="q2")] == ["5", "4", "3", "2", "1", "0"]
    assert [has["data-key"] for has in page.all("input", name="q2")] == list("123456")
    assert "Không có hình của phiếu này" in page.words
    reply = staff.post(f"{TYPED}{sheet.id}", {"q1": "1", "q2": "4", "q3": ["a", "c"], "q5": "3"})
    assert (reply.status_code, reply.location) == (303, TYPED)
    assert f"Phiếu {sheet.number}: đã nhận, tính vào chỉ tiêu" in staff.get(TYPED).text
    assert channels(desk) == [("typed", 1)]
    assert entries(desk) == [(sheet.id, None, "Lê Thị Hoa")]
    assert "Nhập tay 1" in " ".join(parse(staff.get("/quan-ly/").text).words.split())
    again = parse(staff.get(f"{TYPED}{sheet.id}").text)
    assert "đã có câu trả lời (kênh: Nhập tay)" in again.words
    assert [has for has in again.all("input") if "checked" in has] == [], "what was answered is not shown"


def test_a_page_that_could_not_be_read_is_typed_beside_its_picture_and_is_then_dealt_with(
    staff: Any, desk: Any, parse: Callable[[str], Any]
) -> None:
    sheet = sheet_of(desk, desk.serials()[0])
    nameless, of_sheet = unreadable(desk, None), unreadable(desk, sheet.serial)
    listed = parse(staff.get("/quan-ly/khong-doc-duoc/").text)
    assert listed.all("a", href=f"{TYPED}?page={nameless}")
    asked = parse(staff.get(f"{TYPED}?page={nameless}").text)
    assert asked.all("img", src=f"/quan-ly/anh/trang/{nameless}.png")
    reply = staff.post(f"{TYPED}?page={nameless}", {"sheet": sheet.number})
    assert reply.location == f"{TYPED}{sheet.id}?page={nameless}"
    form = parse(staff.get(reply.location).text)
    pictures = {has["src"] for has in form.all("img")}
    assert pictures == {f"/quan-ly/anh/trang/{key}.png" for key in (nameless, of_sheet)}
    kept = staff.post(reply.location, {"q2": "4"})
    assert kept.location == "/quan-ly/khong-doc-duoc/"
    assert "Mọi trang đã nhận đều đọc được" in staff.get(kept.location).text
    assert "0 trang không đọc được" in staff.get("/quan-ly/").text


def test_what_the_other_page_was_read_to_say_stands_ready_but_no_doubt_does(
    staff: Any, desk: Any, parse: Callable[[str], Any]
) -> None:
    sheet = sheet_of(desk, desk.serials()[0])
    desk.scan(sheet.serial, 1, doubtful="q2", q1="1", q2="4", q3="ab")
    page = parse(staff.get(f"{TYPED}{sheet.id}").text)
    ready = {(has["name"], has["value"]) for has in page.all("input") if "checked" in has}
    assert ready == {("q1", "1"), ("q3", "a"), ("q3", "b")}
    assert "đối chiếu với tờ giấy" in page.words


def test_the_door_is_the_one_of_paper_and_phone(staff: Any, desk: Any) -> None:
    one, two, three, four = (sheet_of(desk, serial) for serial in desk.serials())
    desk.post(one.serial, q2="5")
    desk.void(three.serial)

    def type_in(sheet: Any, q2: str) -> str:
        staff.post(f"{TYPED}{sheet.id}", {"q2": q2})
        return str(staff.get(TYPED).text)

    assert f"Phiếu {one.number}: khác với câu trả lời đã có" in type_in(one, "1")
    assert f"Phiếu {two.number}: đã nhận" in type_in(two, "5")
    assert f"Phiếu {two.number}: đã có đúng những câu trả lời này" in type_in(two, "5")
    assert f"Phiếu {three.number}: phiếu đã hủy, không nhận" in type_in(three, "5")
    assert {row[0] for row in entries(desk)} == {one.id, two.id}
    assert channels(desk) == [("typed", 1)]
    wrong = staff.post(f"{TYPED}{four.id}", {"q5": "ba"})
    assert wrong.status_code == 422
    assert 'value="ba"' in wrong.text
    assert "Chưa có câu nào được nhập" in staff.post(f"{TYPED}{four.id}", {}).text


def test_nobody_types_in_a_sheet_that_rates_where_they_work(app: Flask, log_in: Callable[..., Any], desk: Any) -> None:
    own = log_in(app, "Phạm Văn Bình", "HL")
    official = log_in(app, "Trần Văn An", "STC")
    sheet, matrix = sheet_of(desk, desk.serials("HL")[0]), sheet_of(desk, desk.serials("HL", "CC")[0])
    assert own.post(TYPED, {"sheet": sheet.number}).status_code == 422
    assert own.get(f"{TYPED}{sheet.id}").status_code == 403
    assert own.post(f"{TYPED}{sheet.id}", {"q2": "5"}).status_code == 403
    assert official.post(f"{TYPED}{matrix.id}", {"m1:SNV": "5"}).status_code == 403, "a row of it is about them"
    page = unreadable(desk, sheet.serial)
    assert own.get(f"{TYPED}?page={page}").status_code == 403
    assert channels(desk) == []


def test_a_page_of_another_sheet_or_one_that_was_read_is_no_picture_of_this_one(staff: Any, desk: Any) -> None:
    one, two = (sheet_of(desk, serial) for serial in desk.serials()[:2])
    other = unreadable(desk, two.serial)
    read = desk.scan(two.serial, 2, q4="3").page
    for page in (other, read, 4711):
        assert staff.get(f"{TYPED}{one.id}?page={page}").status_code == 404
        assert staff.post(f"{TYPED}{one.id}?page={page}", {"q2": "5"}).status_code == 404
