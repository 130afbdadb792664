"""A session that ends while somebody types: what they sent comes back to them, and to nobody else."""

from __future__ import annotations

import datetime
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.datastructures import MultiDict

from collector.review.deciding import list_conflicts
from collector.store import Store
from collector.store.account_sessions import end_sessions
from collector.store.campaigns import sync_campaign
from collector.store.clock import store_time
from collector.store.quota import quota_rows
from collector.store.schema import account_session
from collector.store.sheets import list_sheets
from collector.store.signing import list_acts
from collector.web.drafts import LASTS_S, Drafts, drop_old_drafts
from collector.web.server import list_sweeps
from collector.web.site import EXTENSION
from forms.account_rules import AccountRules
from forms.campaign import Campaign

PASSWORD = "mot cau de nho 2014"


def let_sessions_lapse(store: Store) -> None:
    """Nobody has touched anything for a day."""
    with store.write() as conn:
        long_ago = store_time() - datetime.timedelta(days=1)
        conn.execute(update(account_session).values(begun_at=long_ago, seen_at=long_ago))


def log_in_again(who: Any, name: str) -> Any:
    """Through the door, in the same browser."""
    page = who.client.get("/quan-ly/dang-nhap")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    given = {"csrf_token": token, "name": name, "password": PASSWORD}
    return who.client.post("/quan-ly/dang-nhap", data=given)


def send_too_late(who: Any, store: Store, path: str, fields: dict[str, str]) -> Any:
    page = who.client.get("/quan-ly/").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    let_sessions_lapse(store)
    return who.client.post(path, data={"csrf_token": token, **fields})


@pytest.fixture
def sheet(store: Store) -> str:
    with store.read() as conn:
        return f"/quan-ly/nhap-tay/{list_sheets(conn, 'SNV', 'CD')[0].id}"


def test_what_was_typed_from_a_sheet_comes_back_after_logging_in_and_can_be_sent(
    staff: Any, store: Store, sheet: str
) -> None:
    reply = send_too_late(staff, store, sheet, {"q1": "1", "q2": "4", "q6": "Chờ lâu ở quầy số 3"})
    assert reply.headers["Location"].endswith("/quan-ly/dang-nhap")
    assert "còn giữ trong một giờ" in staff.get(reply.headers["Location"]).text
    back = log_in_again(staff, staff.account.name)
    assert (back.status_code, back.headers["Location"]) == (303, sheet)
    page = staff.get(sheet).text
    assert "Đây là nội dung Ông/Bà đã gõ" in page
    assert "Chờ lâu ở quầy số 3" in page
    with store.read() as conn:
        assert sum(row.accepted for row in quota_rows(conn)) == 0
    assert staff.post(sheet, {"q1": "1", "q2": "4", "q4": "3"}).status_code == 303
    with store.read() as conn:
        assert sum(row.accepted for row in quota_rows(conn)) == 1
    assert "Chờ lâu" not in staff.get(sheet).text


def test_the_next_person_at_a_shared_machine_sees_nothing_of_it(
    app: Flask, staff: Any, store: Store, sheet: str, give_account: Any
) -> None:
    send_too_late(staff, store, sheet, {"q1": "1", "q6": "Chờ lâu ở quầy số 3"})
    other = give_account("Trần Thị Mai", roles=("verifier",))
    back = log_in_again(staff, other.name)
    assert back.headers["Location"] == "/quan-ly/"
    assert "Chờ lâu" not in staff.get(sheet).text
    assert log_in_again(staff, staff.account.name).headers["Location"] == sheet
    with staff.client.session_transaction() as cookie:
        assert "Chờ lâu" not in str(dict(cookie))


def test_whoever_leaves_or_is_put_out_leaves_nothing_behind(app: Flask, staff: Any, store: Store, sheet: str) -> None:
    page = staff.client.get("/quan-ly/").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    with store.write() as conn:
        end_sessions(conn, staff.account.id, "reset")
    staff.client.post(sheet, data={"csrf_token": token, "q6": "Chờ lâu"})
    assert app.extensions[EXTENSION].drafts.find_address(staff.account.id) is None


def test_a_visitor_and_another_site_leave_no_draft(web: Any, staff: Any, store: Store, sheet: str) -> None:
    web.post(sheet, data={"q6": "Chờ lâu"})
    let_sessions_lapse(store)
    assert staff.client.post(sheet, data={"q6": "Chờ lâu"}).status_code == 400  # without the page's token
    assert list((store.folder / "data").rglob("draft-*")) == []


def test_a_recheck_call_comes_back_as_it_was_filled_in(app: Flask, log_in: Any, store: Store, calls: list[str]) -> None:
    caller = log_in(app, who="Vũ Minh Đức", roles=("rechecker",))
    path = f"/quan-ly/phuc-tra/goi/{calls[0]}"
    caller.get(path)
    send_too_late(caller, store, path, {"outcome": "refused", "attempts": "2", "note": "bận, không muốn nói"})
    assert log_in_again(caller, caller.account.name).headers["Location"] == path
    assert "bận, không muốn nói" in caller.get(path).text


def test_the_yearly_form_comes_back(staff: Any, store: Store) -> None:
    path = "/quan-ly/chuan-bi/thong-tin"
    send_too_late(staff, store, path, {"name": "Điều tra năm nay"})
    assert log_in_again(staff, staff.account.name).headers["Location"] == path
    assert "Điều tra năm nay" in staff.get(path).text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("kien-nghi/ghi-nhan", {"agency": "SNV", "letter": "31/UBND-NV", "asks": "xem lại điểm một cửa"}),
        ("giao-nhan/huy", {"names": "SNV-CD-001", "note": "rách khi phát ở thôn Đông"}),
        ("nguoi-dung/them", {"name": "nam.tv", "shown_name": "Trần Văn Nam", "role": "clerk", "workplace": "-"}),
        ("thu-moi/nguoi-gui", {"mail.host": "smtp.vi-du.gov.vn", "mail.per_day": "321"}),
    ],
)
def test_so_do_a_petition_an_act_on_sheets_a_new_account_and_who_writes_letters(
    staff: Any, store: Store, path: str, fields: dict[str, str]
) -> None:
    send_too_late(staff, store, f"/quan-ly/{path}", fields)
    assert log_in_again(staff, staff.account.name).headers["Location"] == f"/quan-ly/{path}"
    page = staff.get(f"/quan-ly/{path}").text
    assert [words for words in fields.values() if words not in page] == []
    assert "Đây là nội dung Ông/Bà đã gõ" in page


def test_a_draft_is_shown_once_at_its_own_page_and_forgotten_after_an_hour(tmp_path: Path) -> None:
    now = [0.0]
    drafts = Drafts(tmp_path, "tap-huan", lambda: now[0])
    drafts.keep(1, "/quan-ly/a", MultiDict([("csrf_token", "x"), ("q3", "a"), ("q3", "b")]))
    assert drafts.take(1, "/quan-ly/khac") is None
    assert drafts.take(2, "/quan-ly/a") is None
    found = drafts.take(1, "/quan-ly/a")
    assert found is not None
    assert found.to_dict(flat=False) == {"q3": ["a", "b"]}
    assert drafts.take(1, "/quan-ly/a") is None
    drafts.keep(1, "/quan-ly/a", MultiDict([("q3", "a")]))
    now[0] = LASTS_S
    assert drafts.find_address(1) is None


def test_what_was_typed_outlives_a_restart_and_lies_sealed_for_its_account_alone(store: Store) -> None:
    typed = MultiDict([("q1", "Kém"), ("note", "thái độ chưa tốt")])
    assert Drafts(store.folder, "tap-huan").keep(7, "/quan-ly/nhap-tay/1", typed)
    (file,) = (path for path in (store.folder / "data").rglob("draft-*"))
    assert (file.stat().st_mode & 0o777, b"nhap-tay" in file.read_bytes()) == (0o600, False)
    file.with_name("draft-8").write_bytes(file.read_bytes())
    again = Drafts(store.folder, "tap-huan")
    assert again.find_address(8) is None  # moved to another account it does not open
    assert Drafts(store.folder, "dot-khac").find_address(7) is None
    assert again.take(7, "/quan-ly/nhap-tay/1") == typed
    assert not file.exists()


def test_what_nobody_came_back_for_is_put_away(store: Store, campaign: Campaign) -> None:
    drafts = Drafts(store.folder, "tap-huan")
    for account in (1, 2):
        drafts.keep(account, "/quan-ly/nhap-tay/1", MultiDict([("q1", "1")]))
    old = next((store.folder / "data").rglob("draft-1"))
    os.utime(old, (time.time() - LASTS_S - 1,) * 2)
    assert drop_old_drafts in list_sweeps(campaign, has_console=True)
    drop_old_drafts(store)
    assert [path.name for path in (store.folder / "data").rglob("draft-*")] == ["draft-2"]


def test_the_reason_of_a_conflict_comes_back_beside_its_own_conflict(staff: Any, store: Store, desk: Any) -> None:
    for serial in desk.serials("SNV")[:2]:
        desk.post(serial, q1="1")
        desk.post(serial, q1="0")
    with store.read() as conn:
        keys = [one.id for one in list_conflicts(conn)]
    why = "đã gọi lại, người trả lời xác nhận"
    for key in keys:
        send_too_late(staff, store, f"/quan-ly/phieu-trung/{key}", {"keep": "first", "why": why})
        assert log_in_again(staff, staff.account.name).headers["Location"] == "/quan-ly/phieu-trung/"
        page = staff.get("/quan-ly/phieu-trung/").text
        assert f'id="why{key}" name="why" required maxlength="500" value="{why}"' in page
        assert page.count(why) == 1
        assert staff.get("/quan-ly/phieu-trung/").text.count(why) == 0
    with store.read() as conn:
        assert len(list_conflicts(conn)) == 2


def test_the_reasons_of_a_refusal_and_of_a_recheck_come_back(
    app_of: Any, campaign: Campaign, store: Store, log_in: Any, desk: Any
) -> None:
    run = replace(campaign, settings=campaign.settings.model_copy(update={"accounts": AccountRules(runs="SNV")}))
    with store.write() as conn:
        sync_campaign(conn, run)
    site = app_of(run)
    log_in(site, "Trần Văn In").post("/quan-ly/giao-nhan/huy", {"names": "SNV-CD-001", "note": "rách"})
    with store.read() as conn:
        (act,) = list_acts(conn, True, 5)
    who = log_in(site, "Lê Thị Hoa")
    send_too_late(who, store, f"/quan-ly/chu-ky/{act.id}", {"answer": "refuse", "reply": "chưa có biên bản"})
    assert log_in_again(who, who.account.name).headers["Location"] == "/quan-ly/chu-ky/"
    assert 'value="chưa có biên bản"' in who.get("/quan-ly/chu-ky/").text
    send_too_late(who, store, "/quan-ly/phuc-tra/xu-ly", {"name": "sheet:SNV-CD-001", "why": "Quyết định số 12"})
    assert log_in_again(who, who.account.name).headers["Location"] == "/quan-ly/phuc-tra/xu-ly"
    assert "Đây là nội dung Ông/Bà đã gõ" in who.get("/quan-ly/phuc-tra/xu-ly").text
