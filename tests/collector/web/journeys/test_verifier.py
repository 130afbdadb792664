"""The verifier: doubts by keys, a conflict with its reason, and a sheet typed in beside its picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from collector.review.deciding import get_doubt, list_doubts
from collector.store import Store

pytestmark = pytest.mark.slow

VERIFIER = {"roles": ("verifier",)}


def test_a_verifier_settles_doubts_and_a_conflict_and_types_a_sheet(
    person: Callable[[str], Any], give_account: Any, desk: Any, store: Store
) -> None:
    one, two, three = desk.serials()[:3]
    desk.scan(one, 1, doubtful="q2 q3", q2="4", q3="ab")
    desk.scan(one, 2, q4="5")
    desk.scan(two, 1, q1="1", q2="4")
    desk.scan(two, 2, q4="5")
    desk.post(two, q1="1", q2="1", q4="5")
    with store.read() as conn:
        doubts = [doubt.id for doubt in list_doubts(conn)]

    verifier = person("desk")
    verifier.log_in(give_account("Phạm Thu Hà", **VERIFIER))
    verifier.choose("Cần xem lại")
    verifier.reads("Còn 2 mục")
    verifier.keys("1", "Enter")
    verifier.reads("Còn 1 mục")
    verifier.keys("u")  # pressed too soon
    verifier.reads("Còn 2 mục")
    verifier.keys("2", "Enter")
    verifier.reads("Còn 1 mục")
    verifier.keys("1", "3", " ")
    verifier.reads("Không còn mục nào")
    with store.read() as conn:
        assert [get_doubt(conn, doubt).chosen for doubt in doubts] == [("4",), ("b", "c")]

    verifier.choose("Phiếu trùng")
    verifier.reads("HL-CD-002")
    verifier.page.get_by_label("Lý do").fill("Phiếu giấy có chữ ký nơi phát")
    verifier.press("Giữ bộ thứ nhất")
    verifier.reads("Phiếu HL-CD-002: đã giữ bộ thứ nhất.")
    verifier.reads("Không còn phiếu trùng")

    verifier.choose("Nhập tay")
    verifier.reads("Nhập tay một tờ phiếu")
    expect(verifier.page.get_by_role("textbox")).to_be_focused()
    verifier.page.keyboard.type("hl-cd-003")
    verifier.keys("Enter")
    verifier.page.get_by_role("heading", name="Nhập tay: HL-CD-003").wait_for()
    verifier.keys("1", "2", "1", "3", "Enter", "0", "Enter", "1", "2", "Enter", "Enter", "Enter")
    verifier.reads("Phiếu HL-CD-003: đã nhận")
    assert desk.post(three, "typed", q1="1", q2="4", q3="ac", q5="12").status == "same"


def test_a_verifier_who_works_at_the_agency_leaves_its_sheets_to_others(
    person: Callable[[str], Any], give_account: Any, desk: Any
) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2", q2="4")
    desk.scan(desk.serials()[0], 2, q4="5")
    desk.post(desk.serials()[0], q2="1")
    own = person("phone")
    own.log_in(give_account("Vũ Minh", workplace="HL", **VERIFIER))
    own.open("/quan-ly/phieu-trung/")
    own.reads("người khác sẽ quyết định")
    assert own.page.get_by_role("button", name="Giữ bộ thứ nhất").count() == 0
    own.open("/quan-ly/can-xem-lai/")
    own.reads("Không còn mục nào")
    assert own.open("/quan-ly/can-xem-lai/?doubt=1") == 403
