"""Who may enter the console, and what every reply carries."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forms.campaign import Campaign

STAFF_PAGES = (
    "/quan-ly/",
    "/quan-ly/can-xem-lai/",
    "/quan-ly/phieu-trung/",
    "/quan-ly/khong-doc-duoc/",
    "/quan-ly/anh/cau/1.png",
    "/quan-ly/anh/cau/1/trang.jpg",
    "/quan-ly/anh/trang/1.png",
)
STAFF_POSTS = (
    "/quan-ly/can-xem-lai/1",
    "/quan-ly/can-xem-lai/1/ca-trang",
    "/quan-ly/can-xem-lai/hoan-tac",
    "/quan-ly/phieu-trung/1",
)


def token_of(client: FlaskClient, path: str = "/quan-ly/dang-nhap") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_nobody_sees_a_page_of_staff_without_entering(web: FlaskClient, path: str) -> None:
    reply = web.get(path)
    assert reply.status_code == 303
    assert reply.headers["Location"].startswith("/quan-ly/dang-nhap")


@pytest.mark.parametrize("path", STAFF_POSTS)
def test_nothing_is_decided_without_entering(web: FlaskClient, path: str) -> None:
    reply = web.post(path, data={"csrf_token": token_of(web), "chosen": "5", "keep": "first", "why": "-"})
    assert reply.status_code == 303
    assert reply.headers["Location"].startswith("/quan-ly/dang-nhap")


@pytest.mark.parametrize("path", [*STAFF_POSTS, "/quan-ly/dang-xuat"])
def test_a_post_of_staff_needs_the_page_s_token(staff: Any, path: str) -> None:
    assert staff.client.post(path, data={"chosen": "5"}).status_code == 400


def test_a_post_from_another_site_is_refused_even_with_a_token(staff: Any) -> None:
    token = token_of(staff.client, "/quan-ly/")
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert staff.client.post("/quan-ly/dang-xuat", data={"csrf_token": token}, headers=headers).status_code == 403
    assert staff.client.post("/quan-ly/dang-xuat", data={"csrf_token": token}).status_code == 303


@pytest.mark.parametrize("number", ["2147483648", "9" * 20, "9" * 5000])
def test_a_number_that_no_store_knows_is_not_found(staff: Any, number: str) -> None:
    doubts, conflicts = "/quan-ly/can-xem-lai/", "/quan-ly/phieu-trung/"
    queries = (f"{doubts}?doubt=", f"{doubts}?after=", f"{conflicts}?start=")
    paths = [query + number for query in queries]
    paths += [f"/quan-ly/anh/cau/{number}.png", f"/quan-ly/anh/trang/{number}.png"]
    assert [staff.get(path).status_code for path in paths] == [404] * 5
    assert [staff.post(path + number).status_code for path in (doubts, conflicts)] == [404] * 2
    assert staff.post(f"{doubts}{number}/ca-trang").status_code == 404
    assert staff.post(f"{conflicts}9{'0' * 18}").status_code == 404, "as large as a conflict's key may be"


@pytest.mark.parametrize("number", ["-1", "x", "", "1.0", "\N{SUPERSCRIPT TWO}"])
def test_what_is_no_number_is_not_found(staff: Any, number: str) -> None:
    assert staff.get(f"/quan-ly/can-xem-lai/?doubt={number}").status_code == 404


def test_whoever_enters_sees_their_name_and_may_leave(staff: Any) -> None:
    assert "Lê Thị Hoa" in staff.get("/quan-ly/").text
    assert staff.post("/quan-ly/dang-xuat").status_code == 303
    assert staff.get("/quan-ly/").status_code == 303


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_session_s_cookie_is_out_of_reach(app: Flask, scheme: str, secure: bool) -> None:
    reply = app.test_client().get("/quan-ly/dang-nhap", base_url=f"{scheme}://localhost")
    cookie = reply.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is secure
    assert ("Strict-Transport-Security" in reply.headers) is secure


def test_a_session_of_one_survey_opens_nothing_of_another_even_under_its_name(
    staff: Any, app_of: Callable[[Campaign], Flask], campaign: Campaign
) -> None:
    settings = campaign.settings.model_copy(update={"id": "khao-sat-2015"})
    other = app_of(replace(campaign, settings=settings)).test_client()
    own = staff.client.get_cookie(f"phieu-{campaign.settings.id}")
    for name in (f"phieu-{campaign.settings.id}", "phieu-khao-sat-2015"):
        other.set_cookie(name, own.value)
        reply = other.get("/quan-ly/")
        assert (reply.status_code, reply.headers["Location"]) == (303, "/quan-ly/dang-nhap?to=console.quota"), name
    assert staff.get("/quan-ly/").status_code == 200


def test_every_reply_carries_the_headers(staff: Any, desk: Any) -> None:
    paths = ("/", f"/P/{desk.serials()[0]}", "/P/X", "/khong-co", *STAFF_PAGES, "/static/console.css")
    for path in paths:
        headers = staff.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_phone_s_style_and_script_stand_under_a_nonce_of_its_own(web: FlaskClient, desk: Any) -> None:
    nonces = set()
    for _ in range(2):
        reply = web.get(f"/P/{desk.serials()[0]}")
        found = re.search(r"style-src 'nonce-([^']+)'", reply.headers["Content-Security-Policy"])
        assert found is not None
        assert f'<style nonce="{found[1]}">' in reply.text
        assert f'<script nonce="{found[1]}">' in reply.text
        assert f"script-src 'nonce-{found[1]}';" in reply.headers["Content-Security-Policy"]
        nonces.add(found[1])
    assert len(nonces) == 2


def test_no_page_has_a_script_or_a_style_inside(staff: Any, desk: Any, parse: Callable[[str], Any]) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2", q2="4")
    for path in STAFF_PAGES[:4]:
        page = parse(staff.get(path).text)
        assert all(has.get("src", "").startswith("/static/") for has in page.all("script")), path
        assert not page.all("style")
        assert not [has for _, has in page.elements if "style" in has or any(name.startswith("on") for name in has)]


@pytest.mark.parametrize("path", ["//khac.example/x", "/P//khac.example", "/quan-ly//x", "/", "/P", "/quan-ly"])
def test_no_reply_repeats_the_host_that_a_browser_says(web: FlaskClient, path: str) -> None:
    reply = web.get(path, headers={"Host": "khac.example"})
    assert "khac.example" not in reply.headers.get("Location", "")
    assert "khac.example" not in reply.text


def test_a_letter_that_no_keyboard_writes_is_refused_in_every_field_of_staff(
    web: FlaskClient, staff: Any, desk: Any
) -> None:
    door = {"csrf_token": token_of(web), "name": "a\0b", "password": "x"}
    assert web.post("/quan-ly/dang-nhap", data=door).status_code == 400
    assert staff.get("/quan-ly/?q=%00").status_code == 400
    act = {"names": "HL-CD-001", "day": "20/3/2014", "note": "\0"}
    assert staff.post("/quan-ly/giao-nhan/giao", act).status_code == 400
    assert web.post(f"/P/{desk.serials()[0]}", data={"q1": "1", "q6": "a\0b"}).status_code == 201, "answers are kept"
