"""Bytes over the wire and number of requests of the phone form, from a real waitress over HTTP.

    .venv/bin/python -m benchmarks.phone_form

Prints each sheet's form for every questionnaire of the example, and the way from the printed code to the receipt:
status, bytes of the whole reply (status line and headers too) with gzip and without, and, where Chromium is installed,
the requests that a browser makes. Budget: 14 KB (14,000 bytes) gzipped and one request; exits with 1 when it is missed.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from waitress.server import create_server

from collector.issue import reserve_run
from collector.store import Store, open_store
from collector.store.sheets import Sheet, list_sheets
from collector.web.app import create_app
from forms.campaign import Campaign
from forms.folder import load_campaign

EXAMPLE = Path(__file__).parents[1] / "examples" / "quang-ninh-2013"
BUDGET_BYTES = 14_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Reply:
    """What came over the wire."""

    status: int
    wire_bytes: int
    body_bytes: int


@contextmanager
def served(store: Store, campaign: Campaign) -> Iterator[int]:
    """A server with the threads of `phieu serve`; gives its port."""
    server = create_server(create_app(store, campaign), host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield server.effective_port
    server.close()


def ask(port: int, path: str, gzip: bool, fields: list[tuple[str, str]] | None = None) -> Reply:
    """One request as a phone's browser sends it, one reply to its last byte."""
    body = urlencode(fields).encode() if fields is not None else b""
    lines = [
        f"{'GET' if fields is None else 'POST'} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: vi-VN,vi;q=0.9",
        f"Accept-Encoding: {'gzip, deflate' if gzip else 'identity'}",
        "Connection: close",
    ]
    if fields is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        reply = b"".join(iter(lambda: wire.recv(65536), b""))
    head, _, content = reply.partition(b"\r\n\r\n")
    return Reply(int(head.split()[1]), len(reply), len(content))


def count_requests(port: int, path: str) -> int | None:
    """How many requests Chromium makes to show a page; None where there is no Chromium."""
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        return None
    from playwright.sync_api import sync_playwright

    requests: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=BROWSER_FLAGS)
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"http://127.0.0.1:{port}{path}", wait_until="networkidle")
        browser.close()
    return sum(not url.startswith("data:") for url in requests)


def say(name: str, path: str, port: int, fields: list[tuple[str, str]] | None = None) -> Reply:
    """Print one line of the table; a post is sent compressed first, then again for the same receipt."""
    small, plain = ask(port, path, True, fields), ask(port, path, False, fields)
    print(f"{name:34} {small.status:6} {small.wire_bytes:12,} {small.body_bytes:12,} {plain.wire_bytes:12,}")
    return small


def first_sheets(store: Store) -> dict[str, Sheet]:
    """The first sheet of each group."""
    with store.read() as conn:
        sheets = list_sheets(conn)
    return {sheet.group: sheet for sheet in reversed(sheets)}


def main() -> int:
    """Measure; the exit status says whether the budget is kept."""
    campaign = load_campaign(EXAMPLE)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder), campaign.settings, f"sqlite:///{folder}/phone.sqlite")
        reserve_run(store, campaign, [quota for quota in campaign.quotas if quota.agency in ("SNV", "HLO")])
        print(f"{'page':34} {'status':>6} {'gzip, wire':>12} {'gzip, body':>12} {'plain, wire':>12}")
        with served(store, campaign) as port:
            forms = []
            for group, sheet in sorted(first_sheets(store).items()):
                count = sum(1 for _ in campaign.get_questionnaire(group).questions())
                forms.append(say(f"form {group}, {count} questions", f"/P/{sheet.serial}-1", port))
            path = f"/P/{first_sheets(store)['CD'].serial}"
            requests = count_requests(port, path)
            say("receipt", path, port, [("q1", "2"), ("q2", "5"), ("q3", "4")])
            say("answered before", path, port)
            say("other answers", path, port, [("q1", "2"), ("q2", "1")])
            say("page for typing a code", "/", port)
        store.close()
    largest = max(reply.wire_bytes for reply in forms)
    print(f"requests to show a form: {'no Chromium here' if requests is None else requests}")
    print(f"largest form: {largest:,} of {BUDGET_BYTES:,} bytes")
    return int(largest > BUDGET_BYTES or requests not in (None, 1))


if __name__ == "__main__":
    sys.exit(main())
