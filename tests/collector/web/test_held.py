"""A clerk or a verifier who is held to one agency: its sheets, and no others, on every page that opens to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from collector.accounts.desk import get_account
from collector.review.deciding import list_doubts
from collector.store import Store
from collector.store.quota import quota_rows
from collector.web.permits import HELD_TO_ONE, PERMITS

LEDGER = "/quan-ly/giao-nhan"


@pytest.fixture
def clerk(app: Flask, log_in: Callable[..., Any]) -> Any:
    return log_in(app, "Trần Văn Nam", roles=("clerk",), agency="HL")


@pytest.fixture
def verifier(app: Flask, log_in: Callable[..., Any]) -> Any:
    return log_in(app, "Phạm Hà", roles=("verifier",), agency="HL")


def test_a_clerk_of_one_agency_sees_its_sheets_alone(clerk: Any, staff: Any, parse: Any) -> None:
    for agency in ("HL", "SNV"):
        staff.post(f"{LEDGER}/giao", {"names": f"{agency}-CD-001", "day": "20/3/2014"})
    for page in ("/", "/?agency=SNV", "/con-thieu", "/con-thieu?agency=SNV", "/nhat-ky", "/giao", "/con-thieu.csv"):
        for who, sees in ((clerk, False), (staff, "agency=" not in page or "SNV" in page)):
            reply = who.get(LEDGER + page)
            assert ("Sở Nội vụ" in reply.text or "SNV-" in reply.text) is sees, page
            assert who is staff or "Hạ Long" in reply.text, page
    assert "Sở Nội vụ" not in parse(clerk.get("/quan-ly/?q=noi+vu").text).words


def test_a_clerk_of_one_agency_records_its_sheets_alone(clerk: Any, store: Store, desk: Any) -> None:
    reply = clerk.post(f"{LEDGER}/giao", {"names": "HL-CD-001\nSNV-CD-001", "day": "20/3/2014"})
    assert reply.status_code == 422
    assert "chỉ ghi phiếu của cơ quan HL" in reply.text
    whole = {"agency": "SNV", "group": "CD", "whole": "1", "day": "20/3/2014"}
    assert clerk.post(f"{LEDGER}/giao", whole).status_code == 422
    looked = clerk.post(f"{LEDGER}/giao/to", {"code": desk.serials("SNV")[0]}).json
    assert "chỉ ghi phiếu của cơ quan HL" in looked["why"]
    with store.read() as conn:
        assert sum(row.handed_out for row in quota_rows(conn)) == 0
    assert clerk.post(f"{LEDGER}/giao", {"names": "HL-CD-001", "day": "20/3/2014"}).status_code == 303
    with store.read() as conn:
        assert sum(row.handed_out for row in quota_rows(conn)) == 1


def test_what_is_not_of_one_agency_is_closed(clerk: Any, verifier: Any) -> None:
    assert set(PERMITS) >= HELD_TO_ONE
    for path in ("chuan-bi/", "chuan-bi/xem-truoc", "rut-va-moi/", "bien-nhan/", "lo-quet/2014-03-20"):
        assert clerk.get(f"/quan-ly/{path}").status_code == 403, path
    for path in ("phieu-trung/", "khong-doc-duoc/", "kiem-tra-may-doc/", "nguoi-doc-thu-hai/", "chu-ky/", "nhan-bang/"):
        assert verifier.get(f"/quan-ly/{path}").status_code == 403, path
    assert clerk.get("/quan-ly/lo-quet/").status_code == 200


def test_a_verifier_of_one_agency_settles_its_doubts_and_types_its_sheets_in(
    verifier: Any, store: Store, desk: Any, parse: Any
) -> None:
    for agency in ("SNV", "HL"):
        desk.scan(desk.serials(agency)[0], 1, doubtful="q2", q2="4")
        desk.scan(desk.serials(agency)[0], 2)
    with store.read() as conn:
        doubts = {one.agency: one.id for one in list_doubts(conn)}
    shown = parse(verifier.get("/quan-ly/can-xem-lai/?agency=SNV").text).words
    assert "Còn 1 mục" in shown
    assert "Hạ Long" in shown
    foreign = f"/quan-ly/can-xem-lai/{doubts['SNV']}"
    assert verifier.post(foreign, {"chosen": "1", "state": "open"}).status_code == 403
    assert verifier.get(f"/quan-ly/anh/cau/{doubts['SNV']}.png").status_code == 403
    assert verifier.get(f"/quan-ly/can-xem-lai/?doubt={doubts['SNV']}").status_code == 403
    own = f"/quan-ly/can-xem-lai/{doubts['HL']}"
    assert verifier.post(own, {"chosen": "1", "state": "open"}).status_code == 303
    reply = verifier.post("/quan-ly/nhap-tay/", {"sheet": "SNV-CD-003"})
    assert (reply.status_code, "của cơ quan khác" in reply.text) == (422, True)
    assert verifier.post("/quan-ly/nhap-tay/", {"sheet": "HL-CD-003"}).status_code == 303


def test_who_is_held_to_one_agency_leaves_no_page_of_anothers_sheet_blank(
    store: Store, desk: Any, verifier: Any
) -> None:
    for agency, status in (("SNV", 403), ("HL", 303)):
        desk.scan(desk.serials(agency)[0], 1, doubtful="q2", why="struck_page", q2="4")
        desk.scan(desk.serials(agency)[0], 2)
        with store.read() as conn:
            [doubt] = list_doubts(conn, agency)
        fields = {"seen": doubt.id, "looked": "1", "answer": "blank"}
        assert verifier.post(f"/quan-ly/can-xem-lai/{doubt.id}/ca-trang", fields).status_code == status
    with store.read() as conn:
        assert [one.agency for one in list_doubts(conn)] == ["SNV"]


def test_a_manager_holds_a_clerk_to_one_agency_and_no_manager(staff: Any, store: Store) -> None:
    wish = {"name": "nam.tv", "shown_name": "Trần Văn Nam", "role": "clerk", "agency": "HL", "workplace": "-"}
    assert staff.post("/quan-ly/nguoi-dung/them", wish).status_code == 200
    assert get_account(store, "nam.tv").agency == "HL"
    reply = staff.post("/quan-ly/nguoi-dung/tai-khoan/nam.tv", {**wish, "role": ["clerk", "manager"]})
    assert (reply.status_code, "mọi cơ quan" in reply.text) == (422, True)
    assert staff.post("/quan-ly/nguoi-dung/tai-khoan/nam.tv", {**wish, "agency": ""}).status_code == 303
    assert get_account(store, "nam.tv").agency == ""
