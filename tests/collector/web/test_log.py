"""The screen of the log: lines in words, filters, pages, and the check of the chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import text as sql

from collector.store import Store
from collector.store.events import get_head, record_event


def fill(store: Store, count: int = 1) -> None:
    with store.write() as conn:
        record_event(conn, "Trần Văn Nam", "sheets.void", "HL-CD-003..HL-CD-007", "sheets=5; <b>rách</b>")
        for _ in range(count - 1):
            record_event(conn, "Lê Thị Hoa", "login", "hoa", "10.0.0.0/24")


def test_every_line_stands_in_words_with_what_was_typed_made_harmless(
    app: Flask, store: Store, log_in: Callable[..., Any]
) -> None:
    fill(store)
    page = log_in(app, roles=("auditor",)).get("/quan-ly/nhat-ky/").text
    assert "Hủy phiếu" in page
    assert "số phiếu: 5; &lt;b&gt;rách&lt;/b&gt;" in page
    with store.read() as conn:
        assert str(get_head(conn)) in page


def test_a_login_under_a_name_that_nobody_has_is_said_in_words(staff: Any, store: Store) -> None:
    fill(store)
    with store.write() as conn:
        record_event(conn, "?", "login.failed", "?", "10.0.0.0/24")
    page = staff.get("/quan-ly/nhat-ky/?who=?").text
    assert page.count("(không rõ: tên đăng nhập không có)") == 2  # in the filter and in its one line
    assert ">?</td>" not in page.split('data-label="Đối với"')[0]


def test_lines_are_narrowed_by_sheet_person_act_and_day(staff: Any, store: Store, parse: Callable[[str], Any]) -> None:
    fill(store, 3)

    def lines(query: str) -> int:
        page = parse(staff.get(f"/quan-ly/nhat-ky/?{query}").text)
        return len(page.all("tr")) - 1 if page.all("table") else 0

    assert lines("") == 3
    assert lines("number=hl-cd-005") == lines("who=Trần Văn Nam") == lines("act=sheets.void") == 1
    assert lines("number=HL-CD-008") == lines("to=01/01/2014") == 0
    assert lines("from=01/01/2014") == 3


def test_a_wrong_filter_is_told_and_shows_nothing(staff: Any, store: Store) -> None:
    fill(store)
    reply = staff.get("/quan-ly/nhat-ky/?from=hom-qua&number=abc")
    assert reply.status_code == 422
    assert "20/03/2014" in reply.text
    assert "Hủy phiếu</th>" not in reply.text


def test_many_lines_come_in_pages(staff: Any, store: Store, parse: Callable[[str], Any]) -> None:
    fill(store, 60)
    first = parse(staff.get("/quan-ly/nhat-ky/?who=Lê Thị Hoa").text)
    (older,) = [has["href"] for has in first.all("a") if "start=" in str(has["href"])]
    second = parse(staff.get(str(older)).text)
    assert (len(first.all("tr")), len(second.all("tr"))) == (51, 10)


def test_the_check_says_that_the_chain_holds_and_names_the_line_that_was_changed(staff: Any, store: Store) -> None:
    fill(store, 3)
    assert "Nhật ký nguyên vẹn" in staff.get("/quan-ly/nhat-ky/kiem-tra").text
    with store.engine.begin() as conn:  # somebody at the machine, who may do anything to the file
        conn.execute(sql("DROP TRIGGER event_no_update"))
        conn.execute(sql("UPDATE event SET who = 'ai khác' WHERE id = 2"))
    assert "nội dung dòng 2 không khớp" in staff.get("/quan-ly/nhat-ky/kiem-tra").text
