"""Petitions and editions on screen, from a letter to the frozen file; who decides, what waits for a signature."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from collector.beside.making import ask as asked
from collector.beside.work import Work, find_work, get_process, keep_work
from collector.editions.frozen import load_frozen
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.clock import store_time
from collector.store.editions import Petition, list_petitions
from collector.store.events import list_events
from collector.store.schema import petition_decision
from forms.campaign import Campaign
from tests.waiting import wait_until

BASE = "/quan-ly/kien-nghi/"
EDITIONS = "/quan-ly/ban-chi-so/"
LETTER = {"agency": "STC", "criterion": "B1", "letter": "12/STC-VP", "day": "05/4/2014", "asks": "Đã có quy chế"}
GRANTED = {"decision": "partly", "points": "2,75", "reply": "45/HĐTĐ", "why": "đủ tài liệu kiểm chứng"}


@pytest.fixture
def site(make_folder: Callable[..., Campaign], app_of: Callable[[Campaign], Flask]) -> Flask:
    return app_of(make_folder())


@pytest.fixture
def hoa(site: Flask, log_in: Callable[..., Any]) -> Any:
    return log_in(site)


def petitions(store: Store) -> list[Petition]:
    with store.read() as conn:
        return list_petitions(conn)


def acts(store: Store) -> list[str]:
    with store.read() as conn:
        return [line.action for line in list_events(conn)]


def test_a_letter_is_taken_down_and_decided_and_the_points_before_and_after_stand_there(hoa: Any, store: Store) -> None:
    taken = hoa.post(f"{BASE}ghi-nhan", LETTER)
    assert (taken.status_code, taken.headers["Location"]) == (303, f"{BASE}1")
    page = hoa.get(f"{BASE}1").text
    assert "Đã ghi nhận kiến nghị số 1." in page
    assert "12/STC-VP, 05/4/2014" in page
    assert "2,5 / 3" in page, "the points that count now, and their maximum"
    assert "hội đồng thẩm định giải trình" in page
    assert "giai-trinh.pdf" not in page
    assert hoa.post(f"{BASE}1", GRANTED).status_code == 303
    page = hoa.get(f"{BASE}1").text
    assert "2,5 → 2,75" in page
    assert "Ghi quyết định" not in page
    [kept] = petitions(store)
    assert (kept.decision, str(kept.after), kept.reply, kept.who) == ("partly", "2.75", "45/HĐTĐ", "Lê Thị Hoa")
    assert acts(store)[-2:] == ["petition.take", "petition.decide"]
    listed = hoa.get(BASE).text
    assert "0 kiến nghị chưa quyết định" in listed
    assert "Chấp nhận một phần" in listed
    assert "Số 1" not in hoa.get(f"{BASE}?state=open").text


def test_all_that_is_wrong_with_a_letter_or_a_decision_is_said_at_once_in_words_of_a_screen(
    hoa: Any, store: Store
) -> None:
    wrong = hoa.post(f"{BASE}ghi-nhan", {**LETTER, "criterion": "D1", "letter": " ", "day": "hôm qua"})
    assert wrong.status_code == 422
    for said in ("không có tiêu chí “D1”", "ghi vào ô Số văn bản", "hôm qua"):
        assert said in wrong.text
    assert "--letter" not in wrong.text
    assert "Đã có quy chế" in wrong.text, "what was typed is still there"
    hoa.post(f"{BASE}ghi-nhan", LETTER)
    for given, said in (
        ({**GRANTED, "decision": ""}, "chưa chọn quyết định"),
        ({**GRANTED, "points": "9"}, "9 điểm không hợp"),
        ({**GRANTED, "points": "9.5"}, "9,5 điểm không hợp"),
        ({**GRANTED, "points": "hai"}, "Điểm mới"),
        ({**GRANTED, "reply": ""}, "chưa ghi trả lời hoặc lý do"),
        ({**GRANTED, "points": "2,5"}, "hoặc chọn Giữ nguyên điểm"),
    ):
        reply = hoa.post(f"{BASE}1", given)
        assert (reply.status_code, said in reply.text) == (422, True), said
    assert petitions(store)[0].decision == ""


def test_english_pages_write_points_with_a_decimal_point(hoa: Any) -> None:
    hoa.post(f"{BASE}ghi-nhan", LETTER)
    assert "2.5 / 3" in hoa.get(f"{BASE}1?lang=en").text
    assert "9.5 points do not fit" in hoa.post(f"{BASE}1", {**GRANTED, "points": "9,5"}).text
    assert hoa.post(f"{BASE}1", GRANTED).status_code == 303
    for page in (f"{BASE}1", BASE):
        assert "2.5 → 2.75" in (shown := hoa.get(page).text)
        assert "2,75" not in shown
    assert "2,5 → 2,75" in hoa.get(f"{BASE}1?lang=vi").text


def test_survey_points_have_an_account_for_the_agency_and_are_not_changed_by_a_decision(hoa: Any, desk: Any) -> None:
    for place, level in enumerate("543"):
        desk.post(desk.serials("SNV")[place], q2=level, q4=level)
    hoa.post(f"{BASE}ghi-nhan", {**LETTER, "agency": "SNV", "criterion": "TC1"})
    page = hoa.get(f"{BASE}1").text
    assert "/quan-ly/diem/SNV/giai-trinh.pdf?criterion=TC1&amp;petition=1" in page
    assert "Điểm điều tra tính từ phiếu" in page
    assert "chỉ đổi khi sửa phiếu" in hoa.post(f"{BASE}1", GRANTED).text
    assert hoa.post(f"{BASE}1", {**GRANTED, "decision": "refused", "points": ""}).status_code == 303


def test_nobody_decides_about_the_agency_where_they_work_and_the_database_holds_it(
    hoa: Any, site: Flask, log_in: Callable[..., Any], store: Store
) -> None:
    own = log_in(site, "Phạm Mai", "STC")
    hoa.post(f"{BASE}ghi-nhan", LETTER)
    assert "người khác quyết định" in own.get(f"{BASE}1").text
    assert own.post(f"{BASE}1", GRANTED).status_code == 403
    said = {"decision": "refused", "reply": "r", "why": "w", "who": "Phạm Mai", "at": store_time()}
    with pytest.raises(DBAPIError), store.write() as conn:
        conn.execute(insert(petition_decision).values(petition=1, **said))
    assert petitions(store)[0].decision == ""


def test_what_the_runner_of_the_survey_asks_waits_for_a_signature_from_outside(
    make_folder: Callable[..., Campaign], app_of: Callable[[Campaign], Flask], log_in: Callable[..., Any], store: Store
) -> None:
    campaign = make_folder(accounts={"runs": "SNV"})
    site = app_of(campaign)
    with store.write() as conn:
        sync_campaign(conn, campaign)
    hoa, nam = log_in(site), log_in(site, "Trần Văn Nam", roles=("verifier",))
    hoa.post(f"{BASE}ghi-nhan", {**LETTER, "agency": "SNV"})
    assert hoa.post(f"{BASE}1", {**GRANTED, "points": "2,25"}).status_code == 303
    page = hoa.get(f"{BASE}1").text
    assert "đang chờ chữ ký thứ hai" in page
    assert "Ghi quyết định" not in page
    assert "Chờ chữ ký thứ hai" in hoa.get(BASE).text
    again = hoa.post(f"{BASE}1", {**GRANTED, "points": "3"})
    assert (again.status_code, "đã có một quyết định khác" in again.text) == (422, True)
    assert petitions(store)[0].decision == ""
    said = {"decision": "refused", "reply": "r", "why": "w", "who": "Lê Thị Hoa", "at": store_time()}
    with pytest.raises(DBAPIError), store.write() as conn:
        conn.execute(insert(petition_decision).values(petition=1, **said))
    waiting = nam.get("/quan-ly/chu-ky/").text
    assert "Quyết định kiến nghị số 1" in waiting
    assert "12/STC-VP, về B1 Thể chế: Chấp nhận một phần, điểm 2,25" in waiting
    assert nam.post("/quan-ly/chu-ky/1", {"answer": "sign"}).status_code == 303
    [kept] = petitions(store)
    assert (str(kept.before), str(kept.after), kept.who) == ("2", "2.25", "Lê Thị Hoa")
    assert acts(store)[-3:] == ["sign.ask", "sign.give", "petition.decide"]


def find_ended(folder: Path) -> Work | None:
    state = find_work(folder, "making")
    return state if state is not None and state.is_over and not state.is_alive else None


@pytest.fixture
def ask(hoa: Any, store: Store, tmp_path: Path) -> Callable[..., Work]:
    """Asks for an edition or a freeze and waits until it is made; how that ended."""

    def wait(path: str, **fields: str) -> Work:
        assert hoa.post(f"{EDITIONS}{path}", fields).status_code == 303
        return cast("Work", wait_until(lambda: find_ended(tmp_path), 0.1))

    return wait


@pytest.mark.slow
def test_editions_are_made_in_their_order_held_against_each_other_and_frozen(
    hoa: Any, ask: Any, site: Flask, log_in: Callable[..., Any], tmp_path: Any
) -> None:
    assert ask("du-kien").stage == "done"
    assert "Đã lập bản dự kiến." in hoa.get(EDITIONS).text
    page = hoa.get(f"{EDITIONS}du-kien").text
    assert "Sở Tài chính" in page
    assert hoa.get(f"{EDITIONS}du-kien/index.csv").data.startswith(b"\xef\xbb\xbfagency,")
    assert hoa.get(f"{EDITIONS}du-kien/manifest.json").status_code == 404
    table = tmp_path / "appraised.csv"
    points = table.read_text("utf-8-sig")
    table.write_text("agency,criterion,appraised_points,note\nSNV,B1,2,\nSTC,B1,2.5,minh họa\nHL,D1,1.5,\n", "utf-8")
    assert "SỐ LIỆU MINH HỌA" not in hoa.get(f"{EDITIONS}du-kien").text, "nothing was made up when it was made"
    assert "SỐ LIỆU MINH HỌA" in hoa.get(f"{EDITIONS}so-sanh?to=bay-gio").text
    table.write_text(points, "utf-8")
    hoa.post(f"{BASE}ghi-nhan", LETTER)
    waits = hoa.post(f"{EDITIONS}sau-kien-nghi")
    assert (waits.status_code, "mở trang Kiến nghị và quyết định các kiến nghị số 1" in waits.text) == (422, True)
    assert "Không số liệu nào khác nhau" in hoa.get(f"{EDITIONS}so-sanh?to=bay-gio").text
    hoa.post(f"{BASE}1", GRANTED)
    tried = hoa.get(f"{EDITIONS}so-sanh?to=bay-gio").text
    assert "B1 Thể chế" in tried
    assert "12/STC-VP" in tried
    assert ask("chinh-thuc").stage == "done"
    differing = hoa.get(f"{EDITIONS}so-sanh?from=du-kien&to=chinh-thuc").text
    assert "đủ tài liệu kiểm chứng" in differing
    assert "2,75" in differing
    assert "Không lập nữa" in hoa.get(EDITIONS).text
    assert "Chỉ số đã chính thức" in hoa.get(BASE).text

    assert ask("dong-bang").stage == "done"
    assert "Đã đóng băng. Mã băm: " in hoa.get(EDITIONS).text
    [path] = (tmp_path / "data" / "frozen").glob("*.zip")
    assert load_frozen(path).digest == path.stem
    assert path.stem in hoa.get(EDITIONS).text
    taken = hoa.get(f"{EDITIONS}dong-bang/{path.name}")
    assert taken.data == path.read_bytes()
    assert hoa.get(f"{EDITIONS}dong-bang/{'0' * 64}.zip").status_code == 404
    assert hoa.get(f"{EDITIONS}dong-bang/campaign.yaml.zip").status_code == 404
    inside = log_in(site, "Phạm Mai", "SNV")
    assert inside.get(f"{EDITIONS}dong-bang/{path.name}").status_code == 403
    assert f'{path.name}"' not in inside.get(EDITIONS).text


@pytest.mark.slow
def test_freezing_waits_for_what_is_undecided_unless_it_is_provisional(
    hoa: Any, desk: Any, ask: Any, tmp_path: Any
) -> None:
    desk.scan(desk.serials("HL")[0], 1, doubtful="q2", q1="1", q2="4")
    desk.scan(desk.serials("HL")[0], 2, q4="5")
    assert "Còn 1 dấu chưa rõ" in hoa.get(EDITIONS).text
    refused = hoa.post(f"{EDITIONS}dong-bang")
    assert (refused.status_code, "hoặc chọn Bản tạm" in refused.text) == (422, True)
    assert not (tmp_path / "data" / "frozen").exists()
    assert ask("dong-bang", provisional="yes").stage == "done"
    assert "bản tạm" in hoa.get(EDITIONS).text


def test_tables_that_are_not_complete_are_told_and_stop_neither_list_nor_letter(
    hoa: Any, ask: Any, tmp_path: Any
) -> None:
    (tmp_path / "appraised.csv").write_text("agency,criterion,appraised_points\nSNV,B1,2\n", "utf-8")
    assert hoa.post(f"{BASE}ghi-nhan", LETTER).status_code == 303
    page = hoa.get(f"{BASE}1").text
    assert "Chưa quyết định được" in page
    assert "agencies.csv:3" in page
    assert hoa.post(f"{BASE}1", GRANTED).status_code == 422
    assert ask("du-kien").stage == "failed"
    failed = hoa.get(EDITIONS).text
    assert "Bản dự kiến chưa làm được (Lê Thị Hoa" in failed
    assert "agencies.csv:3" in failed
    assert "Lập bản dự kiến" in failed
    assert "Chưa lập bản nào" in hoa.get(f"{EDITIONS}so-sanh").text


def test_what_is_being_made_is_shown_with_who_asked_for_it_and_nobody_begins_a_second_one(
    hoa: Any, store: Store, tmp_path: Path
) -> None:
    state = Work("making", "Trần Văn Nam", "2014-04-01T01:00:00", asked("du-kien"), "working", done=1, total=4)
    keep_work(tmp_path, state)
    cut = hoa.get(EDITIONS).text
    assert "Bản dự kiến chưa làm xong: việc của Trần Văn Nam bắt đầu lúc" in cut
    assert "Lập bản dự kiến" in cut
    held = get_process("making").hold(tmp_path)
    assert held is not None
    with held:
        page = hoa.get(EDITIONS).text
        assert "Bản dự kiến đang được làm: xong 1/4 bước. Người làm: Trần Văn Nam" in page
        assert "Lập bản dự kiến" not in page
        assert "Đóng băng bây giờ" not in page
        assert 'value="0.25"' in page
        assert hoa.post(f"{EDITIONS}dong-bang").status_code == 303
        assert find_work(tmp_path, "making") == state
