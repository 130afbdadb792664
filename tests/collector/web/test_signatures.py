"""The screen of second signatures, from the clerk who asks to the person from outside who signs or refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from collector.store.campaigns import sync_campaign
from collector.store.signing import list_acts
from forms.account_rules import AccountRules
from forms.campaign import Campaign

PAGE = "/quan-ly/chu-ky/"


@pytest.fixture
def site(desk: Any, campaign: Campaign, app_of: Callable[[Campaign], Flask]) -> Flask:
    """The site of the small campaign, run by Sở Nội vụ."""
    run = replace(campaign, settings=campaign.settings.model_copy(update={"accounts": AccountRules(runs="SNV")}))
    with desk.store.write() as conn:
        sync_campaign(conn, run)
    return app_of(run)


def ask_for_a_void(staff: Any, number: str = "SNV-CD-001") -> None:
    words = {"names": number, "note": "rách khi vận chuyển"}
    assert staff.post("/quan-ly/giao-nhan/huy", words).status_code == 303


def test_the_clerk_is_told_that_it_waits_and_the_other_signs(
    site: Flask, desk: Any, log_in: Callable[..., Any]
) -> None:
    hoa, nam = log_in(site), log_in(site, "Trần Văn Nam", roles=("verifier",))
    ask_for_a_void(hoa)
    assert "chờ chữ ký thứ hai" in hoa.get("/quan-ly/giao-nhan/huy").text
    assert "chính Ông/Bà đề nghị" in hoa.get(PAGE).text
    assert "1 việc chờ chữ ký thứ hai" in nam.get("/quan-ly/").text
    page = nam.get(PAGE).text
    assert "Hủy phiếu: SNV-CD-001" in page
    assert "rách khi vận chuyển" in page
    assert nam.post(f"{PAGE}1", {"answer": "sign"}).status_code == 303
    assert "Đã ký và thực hiện" in nam.get(PAGE).text
    assert "chờ chữ ký thứ hai" not in nam.get("/quan-ly/").text
    done = hoa.get("/quan-ly/nhat-ky/?act=sheets.void").text
    assert ("SNV-CD-001" in done, "Lê Thị Hoa</td>" in done) == (True, True)


def test_the_screen_says_where_nobody_could_ever_sign(site: Flask, desk: Any, log_in: Callable[..., Any]) -> None:
    hoa = log_in(site)
    ask_for_a_void(hoa)
    log_in(site, "Phạm Mai", "SNV")
    assert "chưa tài khoản nào ký được" in hoa.get(PAGE).text
    log_in(site, "Trần Văn Nam", roles=("observer",))
    assert "chưa tài khoản nào ký được" in hoa.get(PAGE).text
    log_in(site, "Lê Văn Ba", roles=("verifier",))
    assert "chưa tài khoản nào ký được" not in hoa.get(PAGE).text


def test_who_works_there_or_asked_is_refused_though_they_forge_the_form(
    site: Flask, desk: Any, log_in: Callable[..., Any]
) -> None:
    hoa, mai = log_in(site), log_in(site, "Phạm Mai", "SNV")
    ask_for_a_void(hoa)
    assert "người ngoài cơ quan" in mai.get(PAGE).text
    for staff in (hoa, mai):
        assert staff.post(f"{PAGE}1", {"answer": "sign"}).status_code == 422
    with desk.store.read() as conn:
        assert len(list_acts(conn, True, 5)) == 1


def test_a_refusal_without_a_reason_comes_back(site: Flask, desk: Any, log_in: Callable[..., Any]) -> None:
    hoa, nam = log_in(site), log_in(site, "Trần Văn Nam")
    ask_for_a_void(hoa)
    reply = nam.post(f"{PAGE}1", {"answer": "refuse", "reply": " "})
    assert (reply.status_code, "chưa ghi lý do" in reply.text) == (422, True)
    assert nam.post(f"{PAGE}1", {"answer": "refuse", "reply": "còn nguyên"}).status_code == 303
    assert "còn nguyên" in nam.get(PAGE).text
    assert nam.post(f"{PAGE}99", {"answer": "sign"}).status_code == 404


def test_doubts_and_conflicts_say_that_they_wait(site: Flask, desk: Any, log_in: Callable[..., Any]) -> None:
    hoa = log_in(site)
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_SNV", m1_SNV="5", m1_STC="4")
    twice = desk.serials("SNV", "CD")[0]
    desk.post(twice, q1="1")
    desk.post(twice, q1="0")
    found = hoa.get("/quan-ly/can-xem-lai/").text.split('action="/quan-ly/can-xem-lai/')[1].split('"')[0]
    hoa.post(f"/quan-ly/can-xem-lai/{found}", {"chosen": "3", "state": "open"})
    assert "chờ chữ ký thứ hai" in hoa.get("/quan-ly/can-xem-lai/").text
    where = hoa.get("/quan-ly/phieu-trung/").text.split('action="/quan-ly/phieu-trung/')[1].split('"')[0]
    hoa.post(f"/quan-ly/phieu-trung/{where}", {"keep": "first", "why": "đã gọi"})
    page = hoa.get("/quan-ly/phieu-trung/").text
    assert "đang chờ chữ ký thứ hai" in page
    assert 'name="keep"' not in page
    seen = log_in(site, "Phạm Mai", "SNV").get(PAGE).text
    assert "Mức 3" not in seen
    assert "Mức 3" in log_in(site, "Trần Văn Nam").get(PAGE).text
