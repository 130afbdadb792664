"""The door: names, passwords, codes, lock-out, and how sessions end."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from collector.accounts.desk import disable, get_account, reset
from collector.store import Store
from collector.store.events import list_events
from collector.store.schema import account, account_recovery, account_session
from collector.web.site import EXTENSION
from collector.web.throttle import Throttle
from forms.account_rules import AccountRules
from forms.campaign import Campaign

DOOR, HOME = "/quan-ly/dang-nhap", "/quan-ly/"
PASSWORD = "mot cau de nho 2014"


def send(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **fields})


def knock(client: FlaskClient, name: str, password: str = PASSWORD) -> TestResponse:
    return send(client, DOOR, name=name, password=password)


def log_of(store: Store) -> list[tuple[str, str]]:
    with store.read() as conn:
        return [(line.action, line.subject) for line in list_events(conn)]


def test_a_name_and_its_password_open(web: FlaskClient, give_account: Any, store: Store) -> None:
    found = give_account()
    assert web.get(HOME).status_code == 303
    assert knock(web, f" {found.name.upper()} ").headers["Location"] == HOME
    assert "Lê Thị Hoa" in web.get(HOME).text
    assert ("login", found.name) in log_of(store)


def test_after_entering_one_comes_to_the_page_one_wanted_and_nowhere_else(app: Flask, give_account: Any) -> None:
    wanted = {"doubts.show": "/quan-ly/can-xem-lai/", "https://evil.example/": HOME, "sheets.form": HOME}
    for page, leads in wanted.items():
        client = app.test_client()
        assert send(client, f"{DOOR}?to={page}", name=give_account().name, password=PASSWORD).location == leads
    clerk = give_account("Trần Văn Nam", roles=("clerk",))
    path = f"{DOOR}?to=doubts.show"
    assert send(app.test_client(), path, name=clerk.name, password=PASSWORD).location == HOME, "not theirs to open"


def test_the_door_does_not_tell_whether_a_name_exists(app: Flask, give_account: Any, store: Store) -> None:
    found, gone = give_account(), give_account("Trần Văn Nam")
    disable(store, gone.name, "test")
    replies = {
        (reply.status_code, re.sub(r'value="[^"]*"', "", reply.text))
        for reply in (
            knock(app.test_client(), found.name, "sai mat khau"),
            knock(app.test_client(), "khong-co-ai", "sai mat khau"),
            knock(app.test_client(), gone.name, PASSWORD),
        )
    }
    assert [status for status, _ in replies] == [403]


def test_outside_of_tests_a_password_costs_what_rfc_9106_recommends() -> None:
    program = "from collector.accounts.passwords import hash_password; print(hash_password('mot cau de nho 2014'))"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_an_unknown_name_costs_a_check_as_a_known_one_does(
    web: FlaskClient, give_account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collector.accounts import passwords

    checked: list[str] = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, kept: str, given: str) -> bool:
            checked.append(kept.rsplit("$", 2)[0])
            return bool(hasher.verify(kept, given))

        def hash(self, given: str) -> str:
            return str(hasher.hash(given))

    monkeypatch.setattr(passwords, "_hasher", Counting())
    knock(web, give_account().name, "sai mat khau")
    knock(web, "khong-co-ai", "sai mat khau")
    assert len(checked) == 2
    assert checked[0] == checked[1], "the same work, by the same parameters"


def test_five_wrong_passwords_lock_an_account_for_a_while_even_for_the_right_one(
    app: Flask, give_account: Any, store: Store
) -> None:
    found = give_account()
    statuses = [knock(app.test_client(), found.name, "sai mat khau").status_code for _ in range(5)]
    assert statuses == [403] * 5
    assert knock(app.test_client(), found.name).status_code == 403
    assert ("account.locked", found.name) in log_of(store)
    with store.write() as conn:
        conn.execute(update(account).values(locked_until=datetime.datetime(2014, 3, 20)))
    assert knock(app.test_client(), found.name).status_code == 303
    assert get_account(store, found.name).locked_until is None


def test_four_wrong_ones_and_a_right_one_begin_to_count_anew(app: Flask, give_account: Any) -> None:
    found = give_account()
    for _ in range(2):
        for _ in range(4):
            knock(app.test_client(), found.name, "sai mat khau")
        assert knock(app.test_client(), found.name).status_code == 303


def test_a_network_that_guesses_waits_and_right_logins_take_nothing(app: Flask, give_account: Any) -> None:
    found = give_account()
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], logins=Throttle(2, 0.001))
    for _ in range(3):
        assert knock(app.test_client(), found.name).status_code == 303, "an office shares one address"
    assert [knock(app.test_client(), f"ten-{number}").status_code for number in range(3)] == [403, 403, 429]
    reply = knock(app.test_client(), found.name)
    assert reply.status_code == 429
    assert int(reply.headers["Retry-After"]) >= 1


def test_what_is_typed_wrong_is_never_written_down(web: FlaskClient, give_account: Any, store: Store) -> None:
    knock(web, "mat-khau-go-nham-o", "mat khau that 2014")
    knock(web, give_account().name, "mat khau that 2014")
    with store.read() as conn:
        lines = " ".join(f"{line.who} {line.subject} {line.detail}" for line in list_events(conn))
    assert "mat" not in lines


def test_a_first_password_opens_nothing_but_the_form_that_changes_it(app: Flask, give_account: Any) -> None:
    found, client = give_account(must_change=True), app.test_client()
    knock(client, found.name)
    assert client.get("/quan-ly/can-xem-lai/").location == "/quan-ly/tai-khoan/mat-khau"
    own = {"old": PASSWORD, "new": "mot cau khac han 2015"}
    path = "/quan-ly/tai-khoan/mat-khau"
    assert "Mật khẩu dùng một lần vừa được cấp" in client.get(path).text
    assert send(client, path, **own, again="khong giong").status_code == 422
    assert send(client, path, old=PASSWORD, new=PASSWORD, again=PASSWORD).status_code == 422
    assert send(client, path, old=PASSWORD, new="ngan", again="ngan").status_code == 422
    of_the_name = f"mot cau dai co {found.name} trong do"
    assert send(client, path, old=PASSWORD, new=of_the_name, again=of_the_name).status_code == 422
    assert send(client, path, old="sai mat khau", new=own["new"], again=own["new"]).status_code == 422
    assert send(client, path, **own, again=own["new"]).location == HOME
    assert client.get("/quan-ly/can-xem-lai/").status_code == 200
    assert knock(app.test_client(), found.name).status_code == 403
    assert knock(app.test_client(), found.name, own["new"]).status_code == 303


def test_a_new_password_ends_every_other_session(app: Flask, log_in: Callable[..., Any]) -> None:
    here, there = log_in(app), log_in(app)
    new = "mot cau khac han 2015"
    assert here.post("/quan-ly/tai-khoan/mat-khau", {"old": PASSWORD, "new": new, "again": new}).status_code == 303
    assert here.get(HOME).status_code == 200
    assert there.get(HOME).status_code == 303


@pytest.mark.parametrize("ends", ["leave", "disable", "reset"])
def test_a_session_ends_at_once_when_it_should(
    app: Flask, log_in: Callable[..., Any], store: Store, give_account: Any, ends: str
) -> None:
    give_account("Trần Văn Nam")
    staff = log_in(app)
    cookie = staff.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    if ends == "leave":
        staff.post("/quan-ly/dang-xuat")
    elif ends == "disable":
        disable(store, staff.account.name, "test")
    else:
        reset(store, staff.account.name, "test")
    thief = app.test_client()
    thief.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie.value)
    assert thief.get(HOME).status_code == 303, "a cookie that was copied is worth nothing afterwards"


@pytest.mark.parametrize(("column", "minutes"), [("seen_at", 61), ("ends_at", 0)])
def test_a_session_ends_unused_or_after_its_longest_time(
    app: Flask, log_in: Callable[..., Any], store: Store, column: str, minutes: int
) -> None:
    staff = log_in(app)
    assert staff.get(HOME).status_code == 200
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
    past = now - datetime.timedelta(minutes=minutes)
    long_ago = now - datetime.timedelta(hours=13)
    with store.write() as conn:
        key = conn.scalar(select(account_session.c.id))
        table = account_session
        conn.exec_driver_sql("DROP TRIGGER IF EXISTS refuse_ended")
        values = {"begun_at": long_ago, "seen_at": past if column == "seen_at" else now, column: past}
        conn.execute(update(table).where(table.c.id == key).values(**values))
    assert staff.get(HOME).status_code == 303


@pytest.fixture
def strict(app_of: Callable[[Campaign], Flask], campaign: Campaign) -> Flask:
    """The site of a campaign whose managers need a second factor."""
    settings = campaign.settings.model_copy(update={"accounts": AccountRules(totp=("manager",))})
    return app_of(replace(campaign, settings=settings))


def set_up(client: FlaskClient) -> tuple[str, list[str]]:
    """Set the second factor up as a person does: the secret, and the codes for a lost phone."""
    page = client.get("/quan-ly/tai-khoan/xac-thuc").text
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert found is not None
    secret = found[1].replace(" ", "")
    reply = send(client, "/quan-ly/tai-khoan/xac-thuc", code=pyotp.TOTP(secret).now())
    assert reply.status_code == 200
    return secret, re.findall(r'class="secret">([0-9A-Z]{5}-[0-9A-Z]{5})<', reply.text)


def test_a_role_that_needs_a_second_factor_sets_it_up_before_anything_else(
    strict: Flask, give_account: Any, store: Store, log_in: Callable[..., Any]
) -> None:
    client, found = strict.test_client(), give_account()
    knock(client, found.name)
    assert client.get(HOME).location == "/quan-ly/tai-khoan/xac-thuc"
    assert send(client, "/quan-ly/tai-khoan/xac-thuc", code="000000").status_code in (422, 200)
    secret, ways = set_up(client)
    assert client.get(HOME).status_code == 200
    assert len(set(ways)) == 10
    with store.read() as conn:
        sealed = conn.execute(select(account.c.totp_sealed, account_recovery.c.digest).join(account_recovery)).all()
    assert all(secret.encode() not in row.totp_sealed and row.digest not in ways for row in sealed)
    assert log_in(strict, roles=("verifier",)).get(HOME).status_code == 200, "only managers need one here"


def test_a_code_opens_once_and_a_lost_phone_s_code_too(strict: Flask, give_account: Any, store: Store) -> None:
    found, first = give_account(), strict.test_client()
    knock(first, found.name)
    secret, ways = set_up(first)
    client = strict.test_client()
    assert knock(client, found.name).location == "/quan-ly/ma-xac-thuc"
    assert client.get(HOME).status_code == 303, "the password alone opens nothing"
    path = "/quan-ly/ma-xac-thuc"
    with store.read() as conn:
        step = conn.scalar(select(account.c.totp_step).where(account.c.totp_step.is_not(None)))
    assert step is not None
    spent, following = (
        pyotp.TOTP(secret).generate_otp(each) for each in (step, step + 1)
    )  # whatever the clock says now
    assert send(client, path, code=spent).status_code == 403, "spent when it was set up"
    with store.write() as conn:
        conn.execute(update(account).values(failed=0))
    replies = [send(client, path, code=following).status_code]
    other = strict.test_client()
    knock(other, found.name)
    replies.append(send(other, path, code=following).status_code)
    assert replies == [303, 403]
    assert send(other, path, code=ways[0].lower().replace("-", " ")).location == HOME
    again = strict.test_client()
    knock(again, found.name)
    assert send(again, path, code=ways[0]).status_code == 403


def test_wrong_codes_lock_the_account_as_wrong_passwords_do(strict: Flask, give_account: Any, store: Store) -> None:
    found, client = give_account(), strict.test_client()
    knock(client, found.name)
    set_up(client)
    guesser = strict.test_client()
    knock(guesser, found.name)
    for _ in range(5):
        assert send(guesser, "/quan-ly/ma-xac-thuc", code="000-bad").status_code == 403
    assert ("account.locked", found.name) in log_of(store)


def test_nobody_gets_to_the_code_without_a_password(web: FlaskClient) -> None:
    assert web.get("/quan-ly/ma-xac-thuc").location == DOOR
    token = re.search(r'name="csrf_token" value="([^"]+)"', web.get(DOOR).text)
    assert token is not None
    assert web.post("/quan-ly/ma-xac-thuc", data={"csrf_token": token[1], "code": "123456"}).location == DOOR
