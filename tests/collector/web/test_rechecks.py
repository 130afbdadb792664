"""The recheck on the screen: one call at a time, by the rules of the command line; and what follows from a forgery."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from collector.people.erasure import erase_recipients
from collector.recheck.deciding import list_made
from collector.recheck.drawing import list_drawn
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.events import list_events
from collector.store.recheck_calls import last_calls
from forms.account_rules import AccountRules
from forms.campaign import Campaign
from forms.recheck import commit_seed

BASE = "/quan-ly/phuc-tra/"
PLAN = f"{BASE}chuan-bi"
TALK = {"attempts": "1", "took_part": "yes", "filled_self": "yes"}


@pytest.fixture
def rechecker(app: Flask, log_in: Callable[..., Any]) -> Any:
    return log_in(app, "Vũ Thị Mai", roles=("rechecker",))


def looks(store: Store) -> list[tuple[str, str]]:
    """Who looked at whose contact."""
    with store.read() as conn:
        return [(event.who, event.subject) for event in list_events(conn) if event.action == "recheck.contact"]


def outcomes(store: Store) -> dict[int, str]:
    with store.read() as conn:
        return {place: call.outcome for (_, place), call in last_calls(conn).items()}


def test_a_caller_sees_whom_to_reach_on_the_page_of_the_call_alone_and_every_look_is_in_the_log(
    rechecker: Any, store: Store, calls: list[str]
) -> None:
    listed = rechecker.get(BASE).text
    assert "SNV-06" in listed
    assert "SNV-07" not in listed, "a reserve whose turn has not come"
    assert "09120" not in listed
    assert "Người Thứ" not in listed
    assert looks(store) == []
    page = rechecker.get(f"{BASE}goi/SNV-02").text
    number = list_drawn(store)[0].draw.places[1].number
    place = int(number[-3:])
    assert f"09120{place:05d}" in page
    assert f"Người Thứ {place}" in page
    assert looks(store) == [("Vũ Thị Mai", "SNV-02")]


@pytest.mark.parametrize("role", ["manager", "observer", "auditor", "clerk", "verifier"])
def test_nobody_but_a_rechecker_sees_whom_to_reach(
    app: Flask, log_in: Callable[..., Any], store: Store, calls: list[str], role: str
) -> None:
    staff = log_in(app, roles=(role,))
    for path in (BASE, f"{BASE}goi/SNV-01", f"{BASE}ket-qua", f"{BASE}xu-ly", f"{BASE}ket-qua/recheck.html"):
        assert not re.search("09120|Người Thứ", staff.get(path).text)
    assert looks(store) == []


def test_the_page_of_a_call_does_not_tell_what_the_sheet_said(
    rechecker: Any, calls: list[str], parse: Callable[[str], Any]
) -> None:
    page = parse(rechecker.get(f"{BASE}goi/SNV-01").text)
    assert "Ý kiến riêng" not in page.words
    chosen = {str(has["name"]): has["value"] for has in page.all("input", type="radio") if "checked" in has}
    assert set(chosen) >= {"took_part", "filled_self", "right_procedure"}
    assert set(chosen.values()) == {""}, "nothing is chosen beforehand"


def test_a_talk_is_recorded_and_the_next_call_is_offered(rechecker: Any, store: Store, calls: list[str]) -> None:
    reply = rechecker.post(f"{BASE}goi/SNV-01", {**TALK, "outcome": "confirmed", "q2": "4"})
    assert (reply.status_code, reply.headers["Location"]) == (303, f"{BASE}?agency=SNV")
    page = rechecker.get(BASE).text
    assert "SNV-01: đã ghi “Xác nhận đúng”" in page
    assert "Gọi cuộc tiếp theo: SNV-02" in page
    with store.read() as conn:
        [call] = last_calls(conn).values()
    assert (call.outcome, call.caller, call.who, dict(call.opinions)) == (
        *("confirmed", "Vũ Thị Mai", "Vũ Thị Mai"),
        {"q2": "4"},
    )


def test_what_does_not_fit_is_all_said_at_once_and_nothing_is_kept(
    rechecker: Any, store: Store, calls: list[str], parse: Callable[[str], Any]
) -> None:
    fields = {"outcome": "forged", "attempts": "x", "took_part": "yes", "filled_self": "yes", "q2": "4"}
    reply = rechecker.post(f"{BASE}goi/SNV-01", fields)
    assert reply.status_code == 422
    assert reply.text.count("<span>→ ") == 4, "attempts, facts, ground, opinions"
    kept = {has["name"] for has in parse(reply.text).all("input", type="radio", value="yes") if "checked" in has}
    assert kept == {"took_part", "filled_self"}, "what was typed stays"
    assert outcomes(store) == {}


def test_a_reserve_is_offered_for_a_wrong_number_and_none_for_a_refusal(
    rechecker: Any, store: Store, calls: list[str]
) -> None:
    assert rechecker.get(f"{BASE}goi/SNV-07").status_code == 404
    rechecker.post(f"{BASE}goi/SNV-01", {"outcome": "refused", "attempts": "1"})
    assert rechecker.get(f"{BASE}goi/SNV-07").status_code == 404
    rechecker.post(f"{BASE}goi/SNV-02", {"outcome": "wrong_number", "attempts": "1"})
    assert "SNV-07 là dự phòng được mở tiếp" in rechecker.get(BASE).text
    assert rechecker.get(f"{BASE}goi/SNV-07").status_code == 200
    assert rechecker.get(f"{BASE}goi/SNV-08").status_code == 404


def test_nobody_is_unreachable_before_enough_attempts_which_are_counted(
    rechecker: Any, store: Store, calls: list[str], parse: Callable[[str], Any]
) -> None:
    early = rechecker.post(f"{BASE}goi/SNV-01", {"outcome": "unreachable", "attempts": "1"})
    assert early.status_code == 422
    assert "chưa gọi đủ 3 lần" in early.text
    for _ in range(2):
        rechecker.post(f"{BASE}goi/SNV-01/chua-gap")
    page = parse(rechecker.get(f"{BASE}goi/SNV-01").text)
    assert {has["value"] for has in page.all("input", name="attempts")} == {"3"}
    assert "đã gọi 2 lần" in rechecker.get(BASE).text
    rechecker.post(f"{BASE}goi/SNV-01", {"outcome": "unreachable", "attempts": "3"})
    assert outcomes(store) == {1: "unreachable"}
    late = rechecker.post(f"{BASE}goi/SNV-01/chua-gap")
    assert late.status_code == 422, "a call with its result takes no attempt"


def test_a_result_is_corrected_with_a_reason_alone_and_what_was_told_stays_in_the_form(
    rechecker: Any, store: Store, calls: list[str], parse: Callable[[str], Any]
) -> None:
    rechecker.post(f"{BASE}goi/SNV-01", {**TALK, "outcome": "confirmed", "q2": "4"})
    page = rechecker.get(f"{BASE}goi/SNV-01").text
    assert "09120" not in page, "whoever was reached is not shown again"
    chosen = {has["name"]: has["value"] for has in parse(page).all("input", type="radio") if "checked" in has}
    assert (chosen["took_part"], chosen["q2"]) == ("yes", "4")
    fields = {"outcome": "denies", "attempts": "1", "took_part": "no"}
    assert rechecker.post(f"{BASE}goi/SNV-01", fields).status_code == 422
    assert outcomes(store) == {1: "confirmed"}
    assert rechecker.post(f"{BASE}goi/SNV-01", {**fields, "correct": "nghe nhầm"}).status_code == 303
    assert outcomes(store) == {1: "denies"}


def test_nobody_calls_about_their_own_agency(
    app: Flask, log_in: Callable[..., Any], store: Store, calls: list[str]
) -> None:
    own = log_in(app, "Trần Văn Nam", "SNV", roles=("rechecker",))
    page = own.get(BASE).text
    assert "Không kể 6 cuộc" in page
    assert "SNV-01" not in page
    assert own.get(f"{BASE}goi/SNV-01").status_code == 403
    assert own.post(f"{BASE}goi/SNV-01", {**TALK, "outcome": "confirmed"}).status_code == 403
    assert own.post(f"{BASE}goi/SNV-01/chua-gap").status_code == 403
    assert looks(store) == []
    assert outcomes(store) == {}


def test_a_forgery_widens_the_recheck_and_a_manager_strikes_the_sheet_and_brings_it_back(
    app: Flask, log_in: Callable[..., Any], rechecker: Any, staff: Any, store: Store, calls: list[str]
) -> None:
    fields = {"outcome": "forged", "attempts": "1", "took_part": "no", "note": "chưa hề đến cơ quan"}
    rechecker.post(f"{BASE}goi/SNV-01", fields)
    assert "gọi hết mọi người còn lại" in rechecker.get(BASE).text
    assert rechecker.get(f"{BASE}goi/SNV-12").status_code == 200
    number = list_drawn(store)[0].draw.places[0].number
    assert number in staff.get(f"{BASE}xu-ly").text
    asked = {"name": f"sheet:{number}", "why": "QĐ 12"}
    unsaid = staff.post(f"{BASE}xu-ly", {**asked, "why": " "})
    assert (unsaid.status_code, "ghi số văn bản hoặc lý do vào ô Lý do" in unsaid.text) == (422, True)
    assert "--why" not in unsaid.text, "a screen names no command"
    assert staff.post(f"{BASE}xu-ly", {"why": "QĐ 12"}).status_code == 422
    assert staff.post(f"{BASE}xu-ly", {"name": "agency:SNV", "why": "QĐ 12"}).status_code == 422, "not proposed"
    own = log_in(app, "Trần Văn Nam", "SNV")
    assert number not in own.get(f"{BASE}xu-ly").text
    assert own.post(f"{BASE}xu-ly", asked).status_code == 403
    assert list_made(store) == []
    assert staff.post(f"{BASE}xu-ly", asked).status_code == 303
    [made] = list_made(store)
    assert (made.who, made.why, len(made.sheets)) == ("Lê Thị Hoa", "QĐ 12", 1)
    back = f"{BASE}xu-ly/{made.id}/rut-lai"
    assert own.post(back, {"why": "-"}).status_code == 403
    assert staff.post(back, {"why": ""}).status_code == 422
    assert staff.post(back, {"why": "QĐ 15"}).status_code == 303
    assert list_made(store)[0].undone is not None
    assert staff.post(back, {"why": "QĐ 15"}).status_code == 422


def test_the_report_counts_every_outcome_apart_and_its_files_are_those_of_the_command_line(
    app: Flask, log_in: Callable[..., Any], rechecker: Any, staff: Any, calls: list[str], parse: Callable[[str], Any]
) -> None:
    rechecker.post(f"{BASE}goi/SNV-01", {**TALK, "outcome": "confirmed"})
    denied = {"attempts": "1", "took_part": "no"}
    rechecker.post(f"{BASE}goi/SNV-02", {**denied, "outcome": "denies"})
    rechecker.post(f"{BASE}goi/SNV-03", {"outcome": "wrong_number", "attempts": "1"})
    rechecker.post(f"{BASE}goi/SNV-04", {"outcome": "refused", "attempts": "1"})
    page = parse(staff.get(f"{BASE}ket-qua").text)
    assert " ".join(page.words.split()).count("Sở Nội vụ 12 4/7 1 1 0 1 0 1") == 1
    whole = staff.get(f"{BASE}ket-qua/recheck.html")
    assert "attachment" in whole.headers["Content-Disposition"]
    assert "BÁO CÁO PHÚC TRA PHIẾU" in whole.text
    assert staff.get(f"{BASE}ket-qua/recheck.csv").text.count("\n") == 3
    assert staff.get(f"{BASE}ket-qua/other").status_code == 404
    own = log_in(app, "Trần Văn Nam", "SNV")
    assert own.get(f"{BASE}ket-qua/recheck.html").status_code == 403
    assert "recheck.html" not in own.get(f"{BASE}ket-qua").text


def test_before_the_draw_the_screens_say_what_is_missing(staff: Any, rechecker: Any) -> None:
    assert "Chưa rút ai" in rechecker.get(BASE).text
    assert "Chưa rút ai" in staff.get(f"{BASE}ket-qua").text
    assert "Quy định không đề xuất gì" in staff.get(f"{BASE}xu-ly").text
    assert rechecker.get(f"{BASE}goi/SNV-01").status_code == 404


def test_a_person_who_was_erased_is_said_to_be_gone(
    rechecker: Any, store: Store, campaign: Campaign, calls: list[str]
) -> None:
    erase_recipients(store, campaign.settings, "lan", early="theo yêu cầu")
    page = rechecker.get(f"{BASE}goi/SNV-01").text
    assert "không còn trong cơ sở dữ liệu" in page
    assert looks(store) == []


def test_two_callers_are_not_sent_to_the_same_person(
    app: Flask, log_in: Callable[..., Any], rechecker: Any, store: Store, calls: list[str]
) -> None:
    rechecker.get(f"{BASE}goi/SNV-01")
    colleague = log_in(app, "Trần Văn Nam", roles=("rechecker",))
    page = colleague.get(BASE).text
    assert "Vũ Thị Mai đang gọi" in page
    assert "Gọi cuộc tiếp theo: SNV-02" in page
    assert "Gọi cuộc tiếp theo: SNV-01" in rechecker.get(BASE).text, "one's own call goes on"
    assert "Vũ Thị Mai vừa mở cuộc gọi này" in colleague.get(f"{BASE}goi/SNV-01").text
    rechecker.get(f"{BASE}goi/SNV-03")
    rechecker.post(f"{BASE}goi/SNV-03/chua-gap")
    assert "vừa mở cuộc gọi này" not in colleague.get(f"{BASE}goi/SNV-03").text, "an attempt ends the call"


def test_the_report_tells_nobody_what_the_calls_about_their_own_workplace_came_to(
    app: Flask, log_in: Callable[..., Any], rechecker: Any, staff: Any, calls: list[str], parse: Callable[[str], Any]
) -> None:
    rechecker.post(f"{BASE}goi/SNV-01", {**TALK, "outcome": "confirmed"})
    own = parse(log_in(app, "Trần Văn Nam", "SNV").get(f"{BASE}ket-qua").text)
    assert "do người khác xem" in own.words
    assert not own.all("td", **{"class": "n"}), "neither its line nor the sum of all"
    assert parse(staff.get(f"{BASE}ket-qua").text).all("tfoot")


def stubs(places: range) -> bytes:
    rows = "".join(f"SNV-CD-{place:03d},09120{place:05d},Người Thứ {place}\n" for place in places)
    return f"sheet,phone,name\n{rows}".encode()


def test_a_recheck_is_made_ready_and_drawn_on_the_screen_by_a_seed_that_is_shown_once(
    staff: Any, store: Store, desk: Any
) -> None:
    shown = staff.post(f"{PLAN}/cam-ket", {}).text
    seed = re.search(r'<b class="secret">([0-9a-f]{32})</b>', shown)
    assert seed is not None
    assert commit_seed(seed[1]) in shown
    page = staff.get(PLAN).text
    assert commit_seed(seed[1]) in page
    assert seed[1] not in page
    for serial in desk.serials("SNV")[:12]:
        desk.post(serial, q1="1", q2="5", q4="5")
    table = stubs(range(1, 13)) + b",,\n" * 100_000  # longer than anything that a respondent may send
    taken = staff.post(f"{PLAN}/lien-lac", {"contacts": (io.BytesIO(table), "cuống phiếu.CSV")})
    assert taken.status_code == 303
    page = staff.get(PLAN).text
    assert "Gọi được 12 người ở 1 cơ quan." in page
    assert "09120" not in page
    assert "Chưa gọi được ai ở: Sở Tài chính, Thành phố Hạ Long." in page
    other = staff.post(f"{PLAN}/rut", {"seed": "một chuỗi khác hẳn"})
    assert (other.status_code, "không đúng cam kết" in other.text) == (422, True)
    unsaid = staff.post(f"{PLAN}/rut", {"seed": seed[1], "flag": "SNV"})
    assert (unsaid.status_code, "chưa ghi vì sao" in unsaid.text) == (422, True)
    assert staff.post(f"{PLAN}/rut", {"seed": seed[1], "flag": "SNV", "flag_why": "giống nhau"}).status_code == 303
    [drawn] = list_drawn(store)
    assert (drawn.draw.size, drawn.open) == (8, 8)
    assert drawn.draw.flagged is not None
    page = staff.get(PLAN).text
    assert "1 mới rút; 8 cuộc gọi đang mở" in page
    audited = staff.get(f"{PLAN}/draws.csv")
    assert seed[1] in audited.text
    assert staff.get(f"{PLAN}/frame.csv").text.count("\n") == 13
    with store.read() as conn:
        acts = [event.action for event in list_events(conn) if event.action.startswith("recheck.")]
    assert acts == ["recheck.commit", "recheck.contacts", "recheck.draw"]


def test_the_screen_of_the_draw_says_what_so_many_calls_detect(staff: Any, parse: Callable[[str], Any]) -> None:
    words = " ".join(parse(staff.get(f"{PLAN}?calls=16").text).words.split())
    assert "10 % 30 3 50 % 62 % 91 % 16" in words


def test_what_is_wrong_with_a_commitment_or_a_table_is_said_in_words_of_a_screen(
    staff: Any, desk: Any, store: Store
) -> None:
    short = staff.post(f"{PLAN}/cam-ket", {"commitment": "abc"})
    assert (short.status_code, "64 chữ số" in short.text) == (422, True)
    nothing = staff.post(f"{PLAN}/lien-lac", {"contacts": (io.BytesIO(b""), "cuong.pdf")})
    assert (nothing.status_code, "chọn một tệp .csv hoặc .xlsx" in nothing.text) == (422, True)
    table = b"sheet,phone\nSNV-CD-999,0912000001\nHL-CC-001,0912000002\n"
    wrong = staff.post(f"{PLAN}/lien-lac", {"contacts": (io.BytesIO(table), "cuong.csv")})
    assert wrong.status_code == 422
    assert "contacts.csv:2: không có phiếu mang số này" in wrong.text
    assert "contacts.csv:3: phiếu thuộc đối tượng không gắn người" in wrong.text
    assert "/tmp" not in wrong.text
    desk.post(desk.serials("SNV")[0], q1="1", q2="5")
    late = staff.post(f"{PLAN}/cam-ket", {"commitment": "a" * 64})
    assert (late.status_code, "ghi vào ô Lý do rồi bấm lại" in late.text, "--" in late.text.split("<main")[1]) == (
        422,
        True,
        False,
    )
    assert staff.post(f"{PLAN}/cam-ket", {"commitment": "a" * 64, "why": "quên"}).status_code == 303
    assert "a" * 64 in staff.get(PLAN).text


def test_striking_sheets_of_the_runner_and_bringing_them_back_waits_for_a_signature_from_outside(
    app: Flask,
    log_in: Callable[..., Any],
    rechecker: Any,
    staff: Any,
    store: Store,
    campaign: Campaign,
    calls: list[str],
) -> None:
    run = replace(campaign, settings=campaign.settings.model_copy(update={"accounts": AccountRules(runs="SNV")}))
    with store.write() as conn:
        sync_campaign(conn, run)
    denied = {"attempts": "1", "took_part": "no", "note": "người nghe khẳng định", "outcome": "forged"}
    rechecker.post(f"{BASE}goi/SNV-01", denied)
    number = list_drawn(store)[0].draw.places[0].number
    asked = {"name": f"sheet:{number}", "why": "QĐ 12"}
    assert staff.post(f"{BASE}xu-ly", asked).status_code == 303
    page = staff.get(f"{BASE}xu-ly").text
    assert "Việc số 1 chờ chữ ký thứ hai" in page
    assert 'name="name"' not in page, "it is decided and waits"
    assert list_made(store) == []
    nam = log_in(app, "Trần Văn Nam", roles=("verifier",))
    page = nam.get("/quan-ly/chu-ky/").text
    assert number in page
    assert "1 phiếu sẽ không được tính" in page
    assert nam.post("/quan-ly/chu-ky/1", {"answer": "sign"}).status_code == 303
    [made] = list_made(store)
    assert (made.who, made.why) == ("Lê Thị Hoa", "QĐ 12")
    assert staff.post(f"{BASE}xu-ly/{made.id}/rut-lai", {"why": "QĐ 15"}).status_code == 303
    assert list_made(store)[0].undone is None
    assert "đang chờ chữ ký thứ hai" in staff.get(f"{BASE}xu-ly").text
    assert nam.post("/quan-ly/chu-ky/2", {"answer": "sign"}).status_code == 303
    assert list_made(store)[0].undone is not None
