"""Guessing at passwords and codes: many at one moment, from an unlocked desk, and what it costs everybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pyotp
import pytest
from flask import Flask

from collector.accounts import passwords
from collector.accounts.desk import get_account
from collector.accounts.door import check_name, reserve
from collector.accounts.passwords import PasswordsBusy
from collector.store import Store
from collector.store.accounts import Account
from collector.store.events import list_events
from collector.web.site import EXTENSION, utc_now

PASSWORD = "mot cau de nho 2014"
DOOR, OWN = "/quan-ly/dang-nhap", "/quan-ly/tai-khoan/"


def lines_of(store: Store, act: str) -> int:
    with store.read() as conn:
        return sum(line.action == act for line in list_events(conn))


def test_eight_who_guess_at_one_moment_lock_the_account_once(store: Store, give_account: Any) -> None:
    found = give_account()

    def guess(number: int) -> Account | None:
        while True:
            with suppress(PasswordsBusy):
                return check_name(store, found.name, f"sai {number}", "net", utc_now())

    with ThreadPoolExecutor(8) as guessers:
        assert list(guessers.map(guess, range(8))) == [None] * 8
    assert (lines_of(store, "login.failed"), lines_of(store, "account.locked")) == (8, 1)
    assert check_name(store, found.name, PASSWORD, "net", utc_now()) is None


def test_a_sixth_guess_beside_five_that_are_looked_at_is_not_looked_at(store: Store, give_account: Any) -> None:
    found = give_account()
    assert [reserve(store, found, utc_now()) for _ in range(6)] == [True] * 5 + [False]
    assert check_name(store, found.name, PASSWORD, "net", utc_now()) is None, "the right one too"


def test_a_right_password_leaves_nothing_counted(store: Store, give_account: Any) -> None:
    found = give_account()
    assert check_name(store, found.name, PASSWORD, "net", utc_now()) is not None
    assert get_account(store, found.name).failed == 0


def test_a_wrong_old_password_counts_against_the_account(app: Flask, store: Store, log_in: Callable[..., Any]) -> None:
    staff = log_in(app)
    new = {"new": "mot cau de nho khac", "again": "mot cau de nho khac"}
    replies = [staff.post(f"{OWN}mat-khau", {"old": f"sai {n}", **new}).status_code for n in range(5)]
    assert replies == [422] * 5
    assert get_account(store, staff.account.name).is_locked(utc_now())
    assert staff.post(f"{OWN}mat-khau", {"old": PASSWORD, **new}).status_code == 422, "locked: the right one too"


def test_wrong_first_codes_count_against_the_account(app: Flask, store: Store, log_in: Callable[..., Any]) -> None:
    staff = log_in(app)
    assert [staff.post(f"{OWN}xac-thuc", {"code": "000-bad"}).status_code for _ in range(5)] == [422] * 5
    assert get_account(store, staff.account.name).is_locked(utc_now())


@pytest.mark.usefixtures("no_time_passes")
def test_guessing_at_ones_own_desk_slows_the_network_down(app: Flask, log_in: Callable[..., Any]) -> None:
    replies = [log_in(app, f"Người {n}").post(f"{OWN}xac-thuc", {"code": "x"}).status_code for n in range(12)]
    assert replies == [422] * 10 + [429] * 2


def test_the_offered_secret_stands_in_no_cookie_and_stays_the_same(app: Flask, log_in: Callable[..., Any]) -> None:
    def offered(staff: Any) -> str:
        shown = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", staff.get(f"{OWN}xac-thuc").text)
        assert shown is not None
        return shown[0].replace(" ", "")

    staff = log_in(app)
    secret = offered(staff)
    assert offered(staff) == secret
    with staff.client.session_transaction() as cookie:
        assert secret not in str(dict(cookie))
    assert offered(log_in(app)) != secret, "another session is offered another"
    assert staff.post(f"{OWN}xac-thuc", {"code": pyotp.TOTP(secret).now()}).status_code == 200


def test_whoever_floods_the_door_is_told_at_once_and_respondents_get_their_form(
    app: Flask, store: Store, desk: Any, give_account: Any
) -> None:
    found, taken = give_account(), 0
    while passwords._at_hand.acquire(blocking=False):
        taken += 1
    try:
        client = app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(DOOR).text)
        assert token is not None
        reply = client.post(DOOR, data={"csrf_token": token[1], "name": found.name, "password": PASSWORD})
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "3")
        assert "thử lại sau vài giây" in reply.text
        assert app.test_client().get(f"/P/{desk.serials()[0]}").status_code == 200
    finally:
        for _ in range(taken):
            passwords._at_hand.release()
    assert taken < 8, "fewer than the server has threads"
    assert get_account(store, found.name).failed == 0
    assert lines_of(store, "login.failed") == 0
    assert app.extensions[EXTENSION].logins.wait_s("127.0.0.0/24") == 0
