"""In an unlinked group no screen shows the number of a sheet beside what it says; its paper is found by its place."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from collector.intake import accept_reading
from collector.review.deciding import decide_conflict, list_conflicts, list_doubts, settle_doubt
from collector.review.second_look import look_again
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.events import list_events
from collector.store.schema import drawn_answer
from collector.store.sheets import list_sheets
from forms.campaign import Campaign
from forms.rules import Reading
from ocr.reading import PageReading

PLACES = (
    "/quan-ly/can-xem-lai/",
    "/quan-ly/phieu-trung/",
    "/quan-ly/kiem-tra-may-doc/",
    "/quan-ly/kiem-tra-may-doc/ket-qua",
    "/quan-ly/khong-doc-duoc/",
    "/quan-ly/lo-quet/",
    "/quan-ly/chu-ky/",
    "/quan-ly/nhat-ky/",
)
NUMBER = re.compile(r"HL-CC-\d")


@pytest.fixture
def scored(campaign: Campaign) -> Campaign:
    """Home affairs runs the survey, officials' answers score, every sure answer is drawn for a second look."""
    accounts = campaign.settings.accounts.model_copy(update={"runs": "SNV"})
    settings = campaign.settings.model_copy(
        update={"accounts": accounts, "reading": Reading(second_look=1, second_reader=1)}
    )
    officials = campaign.questionnaires["cong-chuc"]
    section = officials.sections[0]
    asked = section.questions[0].model_copy(update={"criterion": "TC1"})
    changed = officials.model_copy(update={"sections": (section.model_copy(update={"questions": (asked,)}),)})
    told = {**campaign.questionnaires, "cong-chuc": changed}
    return dataclasses.replace(campaign, settings=settings, questionnaires=told)


@pytest.fixture
def desk(desk: Any, scored: Campaign) -> Any:
    """A desk of that campaign."""
    return dataclasses.replace(desk, campaign=scored)


@pytest.fixture
def app(app_of: Callable[[Campaign], Flask], scored: Campaign) -> Flask:
    """The site of that campaign."""
    return app_of(scored)


@pytest.fixture
def officials(desk: Any, store: Store) -> Any:
    """Sheets with doubts, answered twice, with a page nobody could read, with a page that is missing, and read surely;
    a decision and a conflict wait for a second signature, and a second look differs.
    """
    with store.write() as conn:
        sync_campaign(conn, desk.campaign)
    doubted, twice, unread, sure = desk.serials(group="CC")[:4]
    desk.scan(doubted, 1, doubtful="m1_SNV m1_STC", m1_SNV="5", m1_STC="4")
    desk.post(twice, m1_SNV="1")
    desk.scan(twice, 1, m1_SNV="5")
    accept_reading(store, desk.campaign, desk.file(), PageReading("scan.pdf", 7, "unreadable", "no_markers", unread, 1))
    desk.scan(sure, 1, m1_SNV="3", m1_STC="2")
    with store.read() as conn:
        by_row = {one.row: one for one in list_doubts(conn)}
        [conflict] = list_conflicts(conn)
        looked = conn.scalars(select(drawn_answer.c.id)).first()
    settle_doubt(store, by_row["SNV"].id, ("5",), "Trần Văn Nam", "nét mờ")
    decide_conflict(store, conflict.id, "first", "Trần Văn Nam", "gọi lại")
    look_again(store, looked, ("1",), "Trần Văn Nam")
    return desk


@pytest.mark.parametrize("place", PLACES)
def test_no_screen_shows_a_number_or_serial_beside_what_a_sheet_says(staff: Any, officials: Any, place: str) -> None:
    page = staff.get(place)
    assert page.status_code == 200
    assert not NUMBER.search(page.text)
    assert not [serial for serial in officials.serials(group="CC") if serial in page.text]


def test_the_second_reader_is_not_told_the_number_either(staff: Any, officials: Any, store: Store) -> None:
    with store.read() as conn:
        doubt = next(one for one in list_doubts(conn) if one.row == "STC" and one.reason == "faint")
    settle_doubt(store, doubt.id, ("4",), "Trần Văn Nam")
    page = staff.get("/quan-ly/nguoi-doc-thu-hai/").text
    assert f"/quan-ly/nguoi-doc-thu-hai/{doubt.id}" in page
    assert not NUMBER.search(page)
    staff.post(f"/quan-ly/nguoi-doc-thu-hai/{doubt.id}", {"seen": "1"})
    results = staff.get("/quan-ly/kiem-tra-may-doc/ket-qua").text
    assert f"doubt={doubt.id}" in results
    assert not NUMBER.search(results)


def test_the_account_of_a_day_names_sheets_that_were_not_scanned_alone(staff: Any, officials: Any) -> None:
    day = re.search(r"/quan-ly/lo-quet/[\d-]+", staff.get("/quan-ly/lo-quet/").text)
    assert day is not None
    page = staff.get(day[0]).text
    assert "HL-CC, Câu 1" in page, "a mark is called by its cell"
    assert not NUMBER.search(page)


def test_the_paper_of_a_conflict_is_found_by_its_place(staff: Any, officials: Any) -> None:
    page = staff.get("/quan-ly/phieu-trung/").text
    assert "không nêu số phiếu bên cạnh câu trả lời" in page
    assert "tờ thứ 1 trong" in page


def test_the_log_names_the_case_and_not_the_sheet(staff: Any, officials: Any, desk: Any, store: Store) -> None:
    with store.read() as conn:
        other = next(one for one in list_doubts(conn) if one.row == "STC" and one.reason == "faint")
    settle_doubt(store, other.id, ("4",), "Trần Văn Nam", "nét mờ")
    with store.read() as conn:
        lines = [(one.action, one.subject, one.detail) for one in list_events(conn) if one.action != "sign.rule"]
    assert ("doubt.settle", "HL-CC", f"case={other.id}; question=m1; row=STC; nét mờ") in lines
    assert {subject for _, subject, _ in lines} == {"HL-CC"}
    assert f"việc số: {other.id}; Câu 1" in staff.get("/quan-ly/nhat-ky/").text


def test_what_a_decision_is_answered_with_does_not_name_the_sheet(
    app: Flask, log_in: Callable[..., Any], desk: Any, store: Store
) -> None:
    serial = desk.serials(group="CC")[0]
    desk.post(serial, m1_STC="1")
    desk.post(serial, m1_STC="5")
    with store.read() as conn:
        [found] = list_conflicts(conn)
    staff = log_in(app, "Trần Văn Nam", roles=("verifier",))
    for keep in ("first", "second"):
        staff.post(f"/quan-ly/phieu-trung/{found.id}", {"keep": keep, "why": "gọi lại"})
        page = staff.get("/quan-ly/phieu-trung/").text
        assert not NUMBER.search(page)
    assert staff.post(f"/quan-ly/phieu-trung/{found.id}", {"keep": "second", "why": "x"}).status_code == 422


@pytest.mark.parametrize("path", ["/quan-ly/diem/SNV/TC1?group=CC&question=m1", "/quan-ly/diem/SNV/rut?seed=1&n=9"])
def test_a_score_leads_to_the_paper_and_to_no_number(staff: Any, officials: Any, path: str) -> None:
    page = staff.get(path)
    assert page.status_code == 200
    assert "scan.pdf" in page.text
    assert not NUMBER.search(page.text)
    assert not [serial for serial in officials.serials(group="CC") if serial in page.text]


def test_whoever_names_a_sheet_to_type_it_in_sees_nothing_of_it(staff: Any, officials: Any, store: Store) -> None:
    with store.read() as conn:
        by_serial = {one.serial: one for one in list_sheets(conn, "HL", "CC")}
        sheet = by_serial[officials.serials(group="CC")[2]]
    named = staff.get(f"/quan-ly/nhap-tay/{sheet.id}").text
    assert "/quan-ly/anh/trang/" not in named
    page = re.search(r"/quan-ly/nhap-tay/\?page=(\d+)", staff.get("/quan-ly/khong-doc-duoc/").text)
    assert page is not None
    beside = staff.get(f"/quan-ly/nhap-tay/{sheet.id}?page={page[1]}").text
    assert f"/quan-ly/anh/trang/{page[1]}.png" in beside, "who comes from the picture has it beside the form"


def test_in_a_linked_group_the_number_stands_where_it_stood(staff: Any, desk: Any) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2", q2="4")
    desk.scan(desk.serials()[0], 2)
    assert "HL-CD-001" in staff.get("/quan-ly/can-xem-lai/").text
