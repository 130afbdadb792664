"""The public form and the console apart: each knows its own addresses, cookies and posts, and replies carry headers."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from collector.cli import main
from collector.example import copy_example
from collector.store import Store
from collector.web.app import PARTS, Part, create_app
from collector.web.server import Door
from collector.web.site import EXTENSION
from forms.campaign import Campaign, Settings

DOOR = "/quan-ly/dang-nhap"
TXT = "/.well-known/security.txt"


@pytest.fixture
def part(store: Store, campaign: Campaign) -> Iterator[Callable[..., FlaskClient]]:
    """Makes the site of some parts."""
    made: list[Flask] = []

    def make(*parts: Part, behind_proxy: bool = False, **settings: Any) -> FlaskClient:
        known = replace(campaign, settings=campaign.settings.model_copy(update=settings))
        app = create_app(store, known, behind_proxy, parts)
        app.testing = True
        made.append(app)
        return app.test_client()

    yield make
    for app in made:
        app.extensions[EXTENSION].evidence.close()


def test_each_part_knows_its_own_addresses_and_none_of_the_other(part: Callable[..., FlaskClient], desk: Any) -> None:
    form = f"/P/{desk.serials()[0]}"
    public, console, both = part("public"), part("console"), part(*PARTS)
    for path, own, other in ((form, public, console), ("/", public, console), (DOOR, console, public)):
        assert (own.get(path).status_code, other.get(path).status_code, both.get(path).status_code) == (200, 404, 200)
    rules = {
        name: {rule.rule for rule in client.application.url_map.iter_rules()}
        for name, client in (("public", public), ("console", console))
    }
    assert rules["public"] & rules["console"] == {"/static/<path:filename>"}
    assert not [rule for rule in rules["public"] if rule.startswith("/quan-ly")]
    assert not [rule for rule in rules["console"] if not rule.startswith(("/quan-ly", "/static"))]


def test_the_public_part_gives_and_reads_no_cookie_and_leads_to_no_console(
    part: Callable[..., FlaskClient], desk: Any
) -> None:
    public, serial = part("public"), desk.serials()[0]
    public.set_cookie(public.application.config["SESSION_COOKIE_NAME"], "anything")
    replies = [
        public.get("/"),
        public.get(f"/P/{serial}"),
        public.post(f"/P/{serial}", data={"q1": "1"}),
        public.get("/x"),
    ]
    assert [reply.status_code for reply in replies] == [200, 200, 201, 404]
    assert all("Set-Cookie" not in reply.headers for reply in replies)
    assert all("quan-ly" not in reply.text for reply in replies)
    assert "quan-ly" in part(*PARTS).get("/").text


def test_answers_come_in_without_a_token_and_staff_post_nothing_without(
    part: Callable[..., FlaskClient], desk: Any
) -> None:
    assert part("public").post(f"/P/{desk.serials()[0]}", data={"q1": "1"}).status_code == 201
    assert part("console").post(DOOR, data={"name": "a", "password": "b"}).status_code == 400
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert part("console").post(DOOR, data={}, headers=headers).status_code in (400, 403)


@pytest.mark.parametrize("parts", [("public",), ("console",), PARTS])
@pytest.mark.parametrize(("scheme", "behind_proxy"), [("http", False), ("https", False), ("http", True)])
def test_every_reply_of_every_part_carries_its_headers(
    part: Callable[..., FlaskClient], desk: Any, parts: tuple[Part, ...], scheme: str, behind_proxy: bool
) -> None:
    client = part(*parts, behind_proxy=behind_proxy, public_address="https://khaosat.example.vn")
    client.application.testing = False  # a fault of ours is answered, as it would be

    @client.application.get("/hong")
    def broken() -> str:
        raise ZeroDivisionError

    asked = [("GET", path) for path in ("/", f"/P/{desk.serials()[0]}", "/P/X", "/khong-co", DOOR, "/quan-ly/", TXT)]
    asked += [("GET", "/static/console.css"), ("GET", "/static/khong-co.css"), ("GET", "/hong")]
    asked += [("HEAD", "/"), ("OPTIONS", "/"), ("PUT", "/"), ("POST", "/khong-co"), ("POST", DOOR)]
    seen = set()
    for method, path in asked:
        reply = client.open(path, method=method, base_url=f"{scheme}://localhost")
        seen.add(reply.status_code)
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, (method, path)
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert ("Strict-Transport-Security" in reply.headers) is (scheme == "https" or behind_proxy), (method, path)
    assert {200, 404, 500} <= seen


@pytest.mark.slow  # every page, eight times
def test_no_field_of_an_address_leads_outside(
    app: Flask, log_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.scans.uploads.UploadReader.wake", lambda _: None)  # no page waits for what it reads
    staff, fields = log_in(app), ("to", "next", "url", "return", "redirect", "lang", "agency")
    outside = ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)")
    for where, client in product(outside, (staff.client, app.test_client())):
        query = "&".join(f"{name}={where}" for name in fields)
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or set()) and not rule.arguments:
                reply = client.get(f"{rule.rule}?{query}")
                assert re.match(r"/[a-zA-Z.]", reply.headers.get("Location", "/quan-ly")), (rule.rule, where)
                assert f'href="{where}'.encode() not in reply.data, (rule.rule, where)


@pytest.mark.parametrize(
    "path", ["../../../campaign.yaml", "..%2f..%2fapp.py", "%2e%2e/app.py", "/etc/hosts", "..\\app.py"]
)
def test_no_address_leads_out_of_the_folder_of_static_files(part: Callable[..., FlaskClient], path: str) -> None:
    for client in (part("public"), part("console")):
        assert client.get(f"/static/{path}").status_code in (404, 308)


def test_the_name_of_an_uploaded_file_is_never_a_path(staff: Any, store: Store, tmp_path: Path) -> None:
    page = staff.get("/quan-ly/giao-nhan/giao").text
    before = sorted(store.folder.rglob("*"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    for name in ("../../../evil.png", "/evil.png", "..\\evil.png", "a\0b.png"):
        sent = {"csrf_token": token[1], "picture": (io.BytesIO(b"\x89PNG no picture"), name)}
        assert staff.client.post("/quan-ly/giao-nhan/giao/anh", data=sent).status_code == 422
    assert [
        path for path in sorted(store.folder.rglob("*")) if path not in before and "evidence" not in str(path)
    ] == []
    assert not list(tmp_path.rglob("*evil*"))


def test_security_txt_names_whom_to_write_to_for_half_a_year(part: Callable[..., FlaskClient]) -> None:
    assert part("public").get(TXT).status_code == 404, "nobody is named"
    known = {"security_contact": "mailto:cntt@snv.example.vn", "public_address": "https://khaosat.example.vn"}
    reply = part("public", **known).get(TXT)
    lines = dict(line.split(": ", 1) for line in reply.text.strip().split("\r\n"))
    assert reply.content_type == "text/plain; charset=utf-8"
    assert lines["Contact"] == "mailto:cntt@snv.example.vn"
    assert lines["Canonical"] == "https://khaosat.example.vn/.well-known/security.txt"
    until = datetime.datetime.strptime(lines["Expires"], "%Y-%m-%dT%H:%M:%SZ")
    assert datetime.timedelta(170) < until - datetime.datetime.now() < datetime.timedelta(365)


@pytest.mark.parametrize("contact", ["cntt@snv.vn", "mailto:a b@c", "http://snv.vn", "mailto:a@b\r\nX: y"])
def test_a_contact_that_is_no_address_is_refused(campaign: Campaign, contact: str) -> None:
    with pytest.raises(ValueError, match="security_contact"):
        Settings.model_validate({**campaign.settings.model_dump(by_alias=True), "security_contact": contact})


@pytest.mark.parametrize(
    ("words", "doors"),
    [
        ([], [Door("127.0.0.1", 8080)]),
        (["--only", "public", "--host", "0.0.0.0"], [Door("0.0.0.0", 8080, ("public",))]),
        (["--only", "console", "--port", "9"], [Door("127.0.0.1", 9, ("console",))]),
        (
            ["--host", "0.0.0.0", "--port", "80", "--console-port", "8081"],
            [Door("0.0.0.0", 80, ("public",)), Door("127.0.0.1", 8081, ("console",))],
        ),
    ],
)
def test_serve_opens_the_doors_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], doors: list[Door]
) -> None:
    copy_example("quang-ninh-2013", tmp_path / "k")
    asked: list[Any] = []
    monkeypatch.setattr("collector.web.server.serve", lambda _store, _campaign, *given: asked.append(given))
    done = CliRunner().invoke(main, ["serve", str(tmp_path / "k"), *words])
    assert (done.exit_code, [(opened, watched) for opened, _, watched in asked]) == (0, [(doors, ())])


def test_a_port_of_its_own_does_not_go_with_one_part_alone(tmp_path: Path) -> None:
    copy_example("quang-ninh-2013", tmp_path / "k")
    done = CliRunner().invoke(main, ["serve", str(tmp_path / "k"), "--only", "public", "--console-port", "1"])
    assert done.exit_code == 2
    assert "--console-port" in done.stderr
