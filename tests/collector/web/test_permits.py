"""Who may open what: every route of the console with every role, through real requests, against the permits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask

from collector.review.deciding import list_conflicts, list_doubts
from collector.store.clock import day_of
from collector.web.permits import PERMITS
from forms.account_rules import ROLES
from tests.collector.conftest import NOW

DOOR = {"access.login", "access.enter", "access.code", "access.check"}
OUTSIDE = {"phone", "well_known", "static"}
SAMPLES = {
    "day": "2014-03-20",
    "word": "giao",
    "name": "khong-co",
    "code": "du-kien",
    "answers": "csv",
    "results": "results",
    "kind": "jpg",
}


@pytest.fixture(autouse=True)
def nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process starts for what a role may ask for: whether it may is all that is asked here."""
    monkeypatch.setattr("collector.beside.work._spawn", lambda *_: None)
    monkeypatch.setattr("collector.scans.uploads.UploadReader.wake", lambda _: None)


def console_routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every (endpoint, method, path) of the console, with keys that name nothing."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint.split(".")[0] in OUTSIDE:
                continue
            values = {name: SAMPLES.get(name, 999) for name in rule.arguments}
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule.endpoint, method, path


def test_every_route_of_the_console_has_its_permit_and_no_permit_is_left_over(app: Flask) -> None:
    routes = {endpoint for endpoint, _, _ in console_routes(app)}
    assert routes - DOOR == set(PERMITS)
    assert all(permit and permit <= set(ROLES) for permit in PERMITS.values())


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_its_permits_say_and_nothing_else(app: Flask, log_in: Callable[..., Any], role: str) -> None:
    wrong = []
    more = {"agency": "HL"} if role == "viewer" else {}
    staff = log_in(app, roles=(role,), **more)
    for endpoint, method, path in console_routes(app):
        if endpoint in DOOR or endpoint == "access.leave":
            continue
        reply = staff.get(path) if method == "GET" else staff.post(path)
        refused = reply.status_code == 403 and "không có quyền" in reply.text
        if refused is (role in PERMITS[endpoint]) or (reply.status_code == 403) is not refused:
            wrong.append((endpoint, method, reply.status_code))
    assert wrong == []


def test_nobody_who_is_not_logged_in_opens_anything(app: Flask) -> None:
    client = app.test_client()
    for endpoint, method, path in console_routes(app):
        if endpoint in DOOR or method == "POST":
            continue
        reply = client.get(path)
        assert (reply.status_code, reply.headers["Location"].split("?")[0]) == (303, "/quan-ly/dang-nhap"), endpoint


@pytest.mark.parametrize("role", ROLES)
def test_the_navigation_leads_to_nothing_that_is_closed(
    app: Flask, log_in: Callable[..., Any], parse: Callable[[str], Any], role: str
) -> None:
    more = {"agency": "HL"} if role == "viewer" else {}
    staff = log_in(app, roles=(role,), **more)
    links = {has["href"] for has in parse(staff.get("/quan-ly/").text).all("a") if str(has["href"]).startswith("/")}
    assert "/quan-ly/" in links
    assert {link: staff.get(link).status_code for link in links} == dict.fromkeys(links, 200)


@pytest.mark.slow
def test_no_page_that_a_role_can_walk_to_shows_it_a_link_or_a_picture_that_is_closed(
    app: Flask, log_in: Callable[..., Any], desk: Any, parse: Callable[[str], Any]
) -> None:
    first, second = desk.serials()[:2]
    desk.scan(first, 1, doubtful="q2", q2="4")
    desk.scan(first, 2)
    desk.scan(second, 1, q2="1")
    desk.scan(second, 2, q4="5")
    desk.post(second, q2="5", q4="1")
    for role in ROLES:  # one after the other: the process that cuts pictures and papers starts once
        walk(log_in(app, roles=(role,), **({"agency": "HL"} if role == "viewer" else {})), role, parse)


def walk(staff: Any, role: str, parse: Callable[[str], Any]) -> None:
    waiting, seen = ["/quan-ly/"], set()
    while waiting:
        path = waiting.pop()
        seen.add(re.sub(r"[0-9]+|=[^&]*", "", path))
        reply = staff.get(path)
        assert reply.status_code != 403, (role, path)
        if reply.mimetype == "text/html":
            page = parse(reply.text)
            found = [has.get("href") or has.get("src") or "" for has in (*page.all("a"), *page.all("img"))]
            inside = {urljoin(path, name).partition("#")[0] for name in found if name}
            fresh = {name for name in inside if re.sub(r"[0-9]+|=[^&]*", "", name) not in seen}
            waiting += sorted(name for name in fresh if name.startswith("/quan-ly") and name not in waiting)


def test_a_viewer_sees_the_quotas_of_their_agency_alone(
    app: Flask, log_in: Callable[..., Any], desk: Any, parse: Callable[[str], Any]
) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2", q2="4")
    viewer = log_in(app, roles=("viewer",), agency="HL")
    page = parse(viewer.get("/quan-ly/").text)
    assert "Thành phố Hạ Long" in page.words
    assert "Sở Nội vụ" not in page.words
    assert not [has for has in page.all("a") if "can-xem-lai" in str(has["href"])]
    assert "Sở Nội vụ" in log_in(app).get("/quan-ly/").text


def test_a_viewer_of_one_agency_gets_no_filters_and_no_word_of_what_is_closed_to_them(
    app: Flask, log_in: Callable[..., Any], parse: Callable[[str], Any]
) -> None:
    def said(page: str) -> list[bool]:
        words = [word in page for word in ("Kế hoạch của đợt", "Thêm giai đoạn", "Giao nhận phiếu")]
        assert "campaign.yaml" not in page
        return [bool(parse(page).all("form", **{"class": "sieve"})), *words]

    assert said(log_in(app).get("/quan-ly/").text) == [True] * 4
    assert said(log_in(app, roles=("viewer",), agency="HL").get("/quan-ly/").text) == [False] * 4


def test_who_only_looks_gets_no_form_that_decides(
    app: Flask, log_in: Callable[..., Any], desk: Any, parse: Callable[[str], Any]
) -> None:
    serial = desk.serials()[0]
    desk.post(serial, q1="1")
    desk.post(serial, q1="0")
    decides = parse(log_in(app).get("/quan-ly/phieu-trung/").text).all("form", **{"class": "decision"})
    looks = parse(log_in(app, roles=("auditor",)).get("/quan-ly/phieu-trung/").text)
    assert len(decides) == 1
    assert looks.all("article", **{"class": "conflict"})
    assert not looks.all("form", **{"class": "decision"})


def test_an_observer_sees_nothing_of_what_a_sheet_says(app: Flask, log_in: Callable[..., Any], desk: Any) -> None:
    first, second = desk.serials()[:2]
    desk.scan(first, 1, doubtful="q2", q2="4")
    desk.scan(first, 2)
    desk.post(second, q1="1")
    desk.post(second, q1="0")
    with desk.store.read() as conn:
        (doubt,), (disputed,) = list_doubts(conn), list_conflicts(conn)
    paths = ("phieu-trung/", "chu-ky/", "kiem-tra-may-doc/ket-qua", f"anh/cau/{doubt.id}.png")
    observer, auditor = log_in(app, "Lê Quan", roles=("observer",)), log_in(app, "Vũ Tra", roles=("auditor",))
    for path in (*paths, f"anh/trung/{disputed.id}/first/q1.png"):
        assert (observer.get(f"/quan-ly/{path}").status_code, path) == (403, path)
        assert auditor.get(f"/quan-ly/{path}").status_code != 403, path
    said = observer.get(f"/quan-ly/lo-quet/{day_of(NOW).isoformat()}").text
    assert "anh/cau" not in said
    assert observer.get("/quan-ly/khong-doc-duoc/").status_code == 200
