"""The page of users: managers add, change, disable and reset; the same rules as on the command line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from collector.accounts.desk import get_account
from collector.accounts.passwords import is_password
from collector.store import Store
from collector.store.events import list_events

USERS = "/quan-ly/nguoi-dung"


def test_a_manager_adds_somebody_whose_password_is_shown_once(staff: Any, store: Store) -> None:
    wish = {"name": "Nam.TV", "shown_name": " Trần  Văn Nam ", "role": ["clerk", "verifier"], "workplace": "HL"}
    page = staff.post(f"{USERS}/them", wish).text
    shown = re.search(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", page)
    assert shown is not None
    found = get_account(store, "nam.tv")
    assert (found.shown_name, found.roles, found.workplace) == ("Trần Văn Nam", {"clerk", "verifier"}, "HL")
    assert found.must_change
    assert is_password(found.password_hash, shown[0])
    listed = staff.get(f"{USERS}/").text
    assert "Trần Văn Nam" in listed
    assert "Thành phố Hạ Long" in listed
    assert shown[0] not in listed


def test_every_problem_of_a_new_account_is_shown_at_once(staff: Any, parse: Callable[[str], Any]) -> None:
    wish = {"name": "Tên có dấu", "shown_name": staff.account.shown_name, "role": ["viewer", "clerk"]}
    reply = staff.post(f"{USERS}/them", wish)
    assert reply.status_code == 422
    assert len(parse(reply.text).all("li")) - len(parse(staff.get(f"{USERS}/them").text).all("li")) == 4
    assert "đã có người mang họ tên này" in reply.text
    assert 'value="viewer" checked' in reply.text


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (unicodedata.normalize("NFD", "Lê Thị Hoa"), "đã có người mang họ tên này"),
        ("Lê Thị Ho\N{CYRILLIC SMALL LETTER A}", "có chữ của hệ chữ khác"),
        ("Lê Thị H\N{GREEK SMALL LETTER OMICRON}a", "có chữ của hệ chữ khác"),
        ("Lê Thị Hoa\N{ZERO WIDTH SPACE}", "họ tên thiếu hoặc quá dài"),
        ("Lê Thị Hoa\N{RIGHT-TO-LEFT OVERRIDE}", "họ tên thiếu hoặc quá dài"),
    ],
)
def test_no_name_looks_like_that_of_another_account(staff: Any, shown: str, said: str) -> None:
    assert staff.account.shown_name == "Lê Thị Hoa"
    reply = staff.post(f"{USERS}/them", {"name": "hoa.2", "shown_name": shown, "role": "clerk", "workplace": "-"})
    assert reply.status_code == 422
    assert said in reply.text


@pytest.mark.parametrize("shown", ["=HYPERLINK(1)", "+84", "-Hoa", "@Hoa"])
def test_no_name_is_a_formula_in_the_tables_that_tell_who_did_something(staff: Any, shown: str) -> None:
    reply = staff.post(f"{USERS}/them", {"name": "hoa.2", "shown_name": shown, "role": "clerk", "workplace": "-"})
    assert reply.status_code == 422
    assert "không bắt đầu bằng chữ" in reply.text


def test_a_name_in_khmer_letters_is_a_name(staff: Any, store: Store) -> None:
    wish = {"name": "sok.d", "shown_name": "សុខ ដារ៉ា", "role": "clerk", "workplace": "-"}
    assert staff.post(f"{USERS}/them", wish).status_code == 200
    assert get_account(store, "sok.d").shown_name == "សុខ ដារ៉ា"


def test_a_changed_role_holds_at_once(app: Flask, staff: Any, log_in: Callable[..., Any], store: Store) -> None:
    other = log_in(app, "Trần Văn Nam", roles=("verifier",))
    page = f"{USERS}/tai-khoan/{other.account.name}"
    assert staff.post(page, {"role": "clerk", "workplace": "SNV"}).status_code == 303
    found = get_account(store, other.account.name)
    assert (found.roles, found.workplace, found.shown_name) == ({"clerk"}, "SNV", "Trần Văn Nam")
    assert other.get("/quan-ly/").status_code == 303, "its sessions end"


def test_a_viewer_of_whom_nobody_said_where_they_work_decides_nothing_before_it_is_said(
    staff: Any, store: Store
) -> None:
    staff.post(f"{USERS}/them", {"name": "nam.tv", "shown_name": "Trần Văn Nam", "role": "viewer", "agency": "HL"})
    page = f"{USERS}/tai-khoan/nam.tv"
    assert '<option value="">' in staff.get(page).text.split('id="workplace"')[1].split("</select>")[0]
    assert staff.post(page, {"role": "verifier", "workplace": ""}).status_code == 422
    assert get_account(store, "nam.tv").roles == {"viewer"}
    assert staff.post(page, {"role": "verifier", "workplace": "-"}).status_code == 303
    assert get_account(store, "nam.tv").roles == {"verifier"}


def test_nobody_takes_away_their_own_workplace_which_keeps_them_from_deciding(
    app: Flask, log_in: Callable[..., Any], store: Store
) -> None:
    own = log_in(app, "Trần Văn Nam", roles=("manager",), workplace="SNV")
    page = f"{USERS}/tai-khoan/{own.account.name}"
    for workplace in ("", "HL"):
        reply = own.post(page, {"role": "manager", "workplace": workplace})
        assert reply.status_code == 422
        assert "không ai tự đổi nơi công tác của chính mình" in reply.text
    assert get_account(store, own.account.name).workplace == "SNV"
    other = log_in(app, "Lê Thị Hoa", roles=("manager",))
    assert other.post(page, {"role": "manager", "workplace": "HL"}).status_code == 303
    assert get_account(store, own.account.name).workplace == "HL"


def test_a_manager_without_a_workplace_is_asked_for_it_and_may_say_it_once(
    app: Flask, log_in: Callable[..., Any], store: Store
) -> None:
    said = "Nếu Ông/Bà làm việc ở một cơ quan được chấm"
    first = log_in(app)
    page = f"{USERS}/tai-khoan/{first.account.name}"
    shown = first.get(f"{USERS}/").text
    assert said in shown
    assert f'href="{page}"' in shown
    assert first.post(page, {"role": "manager", "workplace": "SNV"}).status_code == 303
    assert get_account(store, first.account.name).workplace == "SNV"
    assert said not in log_in(app, workplace="SNV").get(f"{USERS}/").text
    assert said not in log_in(app, roles=("auditor",)).get(f"{USERS}/").text


def test_a_disabled_account_is_out_and_may_come_back(
    app: Flask, staff: Any, log_in: Callable[..., Any], store: Store
) -> None:
    other = log_in(app, "Trần Văn Nam", roles=("verifier",))
    page = f"{USERS}/tai-khoan/{other.account.name}"
    assert staff.post(f"{page}/khoa").status_code == 303
    assert other.get("/quan-ly/").status_code == 303
    assert get_account(store, other.account.name).disabled
    assert staff.post(f"{page}/mo").status_code == 303
    assert log_in(app, "Trần Văn Nam", roles=("verifier",)).get("/quan-ly/").status_code == 200


def test_the_last_manager_can_neither_be_disabled_nor_lose_the_role(staff: Any, store: Store) -> None:
    page = f"{USERS}/tai-khoan/{staff.account.name}"
    for path, data in ((f"{page}/khoa", {}), (page, {"role": "clerk"})):
        reply = staff.post(path, data)
        assert reply.status_code == 422
        assert "người quản lý cuối cùng" in reply.text
    assert get_account(store, staff.account.name).roles == {"manager"}


def test_a_reset_gives_a_new_first_password_and_may_forget_the_second_factor(
    app: Flask, staff: Any, log_in: Callable[..., Any], give_account: Callable[..., Any], store: Store
) -> None:
    other = log_in(app, "Trần Văn Nam", roles=("verifier",), totp_sealed=b"x")
    page = f"{USERS}/tai-khoan/{other.account.name}/cap-lai"
    shown = re.search(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", staff.post(page).text)
    found = get_account(store, other.account.name)
    assert shown is not None
    assert is_password(found.password_hash, shown[0])
    assert found.must_change
    assert found.totp_sealed == b"x"
    assert other.get("/quan-ly/").status_code == 303
    staff.post(page, {"second_factor": "yes"})
    assert get_account(store, other.account.name).totp_sealed is None


def test_every_act_on_an_account_is_in_the_log_without_its_password(staff: Any, store: Store) -> None:
    wish = {"name": "nam", "shown_name": "Trần Văn Nam", "role": "clerk"}
    unsaid = staff.post(f"{USERS}/them", wish)
    assert (unsaid.status_code, "chưa ghi nơi công tác" in unsaid.text) == (422, True)
    page = staff.post(f"{USERS}/them", wish | {"workplace": "-"}).text
    shown = re.search(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", page)
    assert shown is not None
    for act in ("khoa", "mo", "cap-lai"):
        staff.post(f"{USERS}/tai-khoan/nam/{act}")
    staff.post(f"{USERS}/tai-khoan/nam", {"role": "verifier"})
    with store.read() as conn:
        lines = list_events(conn)
    acts = [line.action for line in lines if line.subject == "nam"]
    assert acts == [f"account.{act}" for act in ("add", "disable", "enable", "reset", "change")]
    assert {line.who for line in lines if line.subject == "nam"} == {"Lê Thị Hoa"}
    assert not [line for line in lines if shown[0] in f"{line.subject} {line.detail}"]


def test_an_account_that_is_not_there_is_not_found(staff: Any) -> None:
    assert staff.get(f"{USERS}/tai-khoan/khong-co").status_code == 404
    assert staff.post(f"{USERS}/tai-khoan/khong-co/khoa").status_code == 404
