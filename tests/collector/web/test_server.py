"""The real web server: behind a proxy or not, and with a body that is too large."""

from __future__ import annotations

import datetime
import http.client
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from waitress.server import create_server

from collector.store import Store
from collector.store.schema import account_session
from collector.web.app import LARGEST_PICTURE_BYTES
from collector.web.bodies import is_staff
from collector.web.server import close_from_loop, open_server, proxy_address, shown_addresses
from collector.web.uploads import LARGEST_UPLOAD_BYTES
from collector.web.uploads import PATH as UPLOADS
from forms.campaign import Campaign
from forms.errors import InputWrong, WorkFailed
from forms.serial import make_serial
from tests.collector.web.serving import run_server

HERE = "127.0.0.1"
TLS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
DOOR = "/quan-ly/dang-nhap"
Ask = Callable[..., http.client.HTTPResponse]


@contextmanager
def running(store: Store, campaign: Campaign, proxy: str) -> Iterator[int]:
    """A server on a free port; gives the port."""
    server = open_server(store, campaign, HERE, 0, proxy)
    with run_server(server):
        yield server.effective_port


@pytest.fixture
def serve(store: Store, campaign: Campaign) -> Iterator[Callable[..., Ask]]:
    """Starts a server; gives what asks it, over a new connection each time."""
    with ExitStack() as stack:

        def start(proxy: str = "", public_address: str | None = None) -> Ask:
            settings = campaign.settings.model_copy(update={"public_address": public_address})
            port = stack.enter_context(running(store, replace(campaign, settings=settings), proxy))

            def ask(path: str, headers: dict[str, str] | None = None, **more: Any) -> http.client.HTTPResponse:
                line = stack.enter_context(closing_connection(port))
                line.request(more.pop("method", "GET"), path, headers=headers or {}, **more)
                return line.getresponse()

            return ask

        yield start


@contextmanager
def closing_connection(port: int) -> Iterator[http.client.HTTPConnection]:
    line = http.client.HTTPConnection(HERE, port, timeout=180)
    yield line
    line.close()


def is_secure(reply: http.client.HTTPResponse) -> bool:
    in_cookie = "Secure" in (reply.getheader("Set-Cookie") or "")
    assert (reply.getheader("Strict-Transport-Security") is not None) is in_cookie
    return in_cookie


def test_what_a_browser_says_of_tls_counts_only_from_the_proxy(serve: Callable[..., Ask]) -> None:
    assert not is_secure(serve()(DOOR, TLS))
    assert not is_secure(serve("192.0.2.1")(DOOR, TLS)), "another machine is the proxy"
    behind = serve(HERE)
    assert is_secure(behind(DOOR, TLS))
    assert not is_secure(behind(DOOR))


def test_a_proxy_that_says_nothing_of_tls_is_enough_where_the_public_address_is_https(
    serve: Callable[..., Ask],
) -> None:
    address = "https://khaosat.example"
    assert is_secure(serve(HERE, address)(DOOR))
    assert not is_secure(serve("", address)(DOOR)), "no proxy: this is a desk without TLS"
    assert not is_secure(serve(HERE, "http://khaosat.example")(DOOR))


def guess_from(ask: Ask, client: str, times: int) -> list[int]:
    return [ask(f"/P/{make_serial(0, number)}", {"X-Forwarded-For": client}).status for number in range(times)]


@pytest.mark.usefixtures("no_time_passes")
def test_behind_the_proxy_every_client_is_slowed_down_alone(serve: Callable[..., Ask]) -> None:
    behind = serve(HERE)
    assert guess_from(behind, "203.0.113.7", 70)[-1] == 429
    assert guess_from(behind, "198.51.100.7", 1) == [404]
    alone = serve()
    guess_from(alone, "203.0.113.7", 70)
    assert guess_from(alone, "198.51.100.7", 1) == [429], "nobody gets new tries by naming another address"


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(serve: Callable[..., Ask]) -> None:
    headers = {"Content-Length": str(LARGEST_PICTURE_BYTES + 1), "Content-Type": "application/x-www-form-urlencoded"}
    assert serve()("/P/X", headers, method="POST").status == 413


def test_a_body_of_unknown_length_ends_at_the_limit(serve: Callable[..., Ask]) -> None:
    piece = b"a" * 65536
    pieces = (piece for _ in range(LARGEST_PICTURE_BYTES // len(piece) + 1))
    assert serve()("/P/X", method="POST", body=pieces, encode_chunked=True).status == 413


def test_only_staff_may_send_a_large_body_and_only_to_the_screen_of_scans(
    serve: Callable[..., Ask], staff: Any
) -> None:
    ask = serve()
    part = b'--x\r\nContent-Disposition: form-data; name="scans"; filename="a.pdf"\r\n\r\n'
    body = part + bytes(LARGEST_PICTURE_BYTES) + b"\r\n--x--\r\n"
    size = {"Content-Length": str(len(body)), "Content-Type": "multipart/form-data; boundary=x"}
    name = staff.client.application.config["SESSION_COOKIE_NAME"]
    cookie = {"Cookie": f"{name}={staff.client.get_cookie(name).value}"}
    assert ask(UPLOADS, {**size, **cookie}, method="POST", body=body).status == 400, "taken in; it holds no token"
    assert ask(UPLOADS, size, method="POST").status == 413
    assert ask(UPLOADS, {**size, "Cookie": "phieu=made.up"}, method="POST").status == 413
    assert ask("/P/X", {**size, **cookie}, method="POST").status == 413
    assert ask(UPLOADS, {**cookie, "Content-Length": str(LARGEST_UPLOAD_BYTES)}, method="POST").status == 413


def test_a_body_for_which_the_disk_has_no_room_is_refused_before_it_is_sent(
    serve: Callable[..., Ask], staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = serve()
    name = staff.client.application.config["SESSION_COOKIE_NAME"]
    cookie = {"Cookie": f"{name}={staff.client.get_cookie(name).value}"}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100_000_000))
    asked = {**cookie, "Content-Length": str(26_000_000)}  # four times as much would be more than is free
    assert ask(UPLOADS, asked, method="POST").status == 413, "the connection ends with no body sent"


def test_looking_who_sends_a_large_body_writes_nothing(app: Flask, staff: Any, store: Store) -> None:
    long_ago = datetime.datetime.now(datetime.UTC).replace(tzinfo=None) - datetime.timedelta(minutes=5)
    with store.write() as conn:
        conn.execute(update(account_session).values(begun_at=long_ago, seen_at=long_ago))
    name = app.config["SESSION_COOKIE_NAME"]
    assert is_staff(app, f"{name}={staff.client.get_cookie(name).value}")
    with store.read() as conn:
        assert conn.scalar(select(account_session.c.seen_at)) == long_ago


def test_a_port_that_is_taken_is_said_in_words(store: Store, campaign: Campaign) -> None:
    with running(store, campaign, "") as port, pytest.raises(WorkFailed, match=str(port)):
        open_server(store, campaign, HERE, port)


def test_a_proxy_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PHIEU_PROXY", raising=False)
    assert proxy_address() == ""
    monkeypatch.setenv("PHIEU_PROXY", " 127.0.0.1 ")
    assert proxy_address() == HERE
    for wrong in ("*", "proxy.example", "10.0.0.0/8"):
        monkeypatch.setenv("PHIEU_PROXY", wrong)
        with pytest.raises(InputWrong, match="PHIEU_PROXY"):
            proxy_address()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "*"])
def test_a_server_says_addresses_that_a_person_can_type(host: str) -> None:
    server = create_server(lambda *_: [], host=host, port=0)
    try:
        shown = shown_addresses(server)
        assert shown
        assert all(re.fullmatch(r"http://[A-Za-z0-9.-]+:\d+", address) for address in shown)
        assert not any("0.0.0.0" in address for address in shown)
    finally:
        server.close()


def test_a_loop_that_an_answer_wakes_just_then_is_closed_all_the_same() -> None:
    server = create_server(Flask("none"), host="127.0.0.1", port=0)
    pull, caller = server.trigger.pull_trigger, threading.current_thread()

    def pull_late() -> None:
        pull()  # what the end of an answer does
        if threading.current_thread() is caller:
            time.sleep(0.2)  # and the loop has all the time to see it
            pull()

    server.trigger.pull_trigger = pull_late
    loop = threading.Thread(target=server.run, daemon=True)
    loop.start()
    server.task_dispatcher.shutdown()
    close_from_loop(server, server.close)
    loop.join(timeout=60)
    assert not loop.is_alive()
