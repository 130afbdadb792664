"""Bytes over the wire and number of requests of the phone form, from a real waitress over HTTP.

    .venv/bin/python -m benchmarks.phone_form

Prints each sheet's form for every questionnaire of the example, and the way from the printed code to the receipt:
status, bytes of the whole reply (status line and headers too) with gzip and without, and, where Chromium is installed,
its requests and when the page can be used at 400 kb/s and 400 ms, on a processor four times slower:
paint is its first, ready is when parser and script are done (medians of five cold loads; Chromium's emulation counts
no round trips for the connection, TLS would add three: 1.2 s). The largest form is the longest matrix of hai-cap-2025.
Budget: 14 KB (14,000 bytes) gzipped, one request and 2,500 ms; exits with 1 when it is missed.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from waitress.server import create_server

from collector.printing.issue import reserve_run
from collector.store import Store, open_store
from collector.store.sheets import Sheet, list_sheets
from collector.web.app import create_app
from forms.campaign import Campaign
from forms.folder import load_campaign

EXAMPLES = Path(__file__).parents[1] / "examples"
BUDGET_BYTES = 14_000
BUDGET_MS = 2_500
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
SLOWER_BY = 4
LOADS = 5
MOMENTS = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [paint ? paint.startTime : 0, performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd];
}"""
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


def measure_slow(port: int, path: str) -> tuple[float, float]:
    """Milliseconds until a page is painted and until it is ready, on a slow line and phone; 0 without Chromium."""
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        return 0, 0
    from playwright.sync_api import sync_playwright

    moments = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=BROWSER_FLAGS)
        for _ in range(LOADS):
            page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
            wire = page.context.new_cdp_session(page)
            wire.send("Network.enable")
            wire.send("Network.emulateNetworkConditions", SLOW)
            wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_BY})
            page.goto(f"http://127.0.0.1:{port}{path}", wait_until="load")
            page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
            moments.append(page.evaluate(MOMENTS))
            page.context.close()
        browser.close()
    paint, ready = (statistics.median(one) for one in zip(*moments, strict=True))
    return paint, ready


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


def say_journey(port: int, path: str) -> None:
    """Print the lines of what comes after the form."""
    say("receipt", path, port, [("q1", "2"), ("q2", "5"), ("q3", "4")])
    say("answered before", path, port)
    say("other answers", path, port, [("q1", "2"), ("q2", "1")])
    say("page for typing a code", "/", port)


@contextmanager
def opened(example: str, agencies: tuple[str, ...]) -> Iterator[tuple[Store, int]]:
    """An example's store with the sheets of some agencies (of the first cell of each group where none are named)."""
    campaign = load_campaign(EXAMPLES / example)
    quotas = [quota for quota in campaign.quotas if quota.agency in agencies]
    quotas = quotas or list({quota.group: quota for quota in reversed(campaign.quotas)}.values())
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder), campaign.settings, f"sqlite:///{folder}/phone.sqlite")
        reserve_run(store, campaign, quotas)
        with served(store, campaign) as port:
            yield store, port
        store.close()


def main() -> int:
    """Measure; the exit status says whether the budget is kept."""
    forms, slow = [], []
    print(f"{'page':34} {'status':>6} {'gzip, wire':>12} {'gzip, body':>12} {'plain, wire':>12}")
    for example, agencies in (("quang-ninh-2013", ("SNV", "HLO")), ("hai-cap-2025", ())):
        with opened(example, agencies) as (store, port):
            sheets = first_sheets(store)
            replies = {
                group: say(f"{example[:-5]} {group}", f"/P/{sheet.serial}-1", port) for group, sheet in sheets.items()
            }
            forms += replies.values()
            largest = max(replies, key=lambda group: replies[group].wire_bytes)
            slow.append((f"{example} {largest}", measure_slow(port, f"/P/{sheets[largest].serial}")))
            if agencies:
                requests = count_requests(port, f"/P/{sheets['CD'].serial}")
                say_journey(port, f"/P/{sheets['CD'].serial}")
    print(f"requests to show a form: {'no Chromium here' if requests is None else requests}")
    for name, (paint, ready) in slow:
        print(f"{name} at 400 kb/s, 400 ms, processor / {SLOWER_BY}: painted {paint:,.0f} ms, ready {ready:,.0f} ms")
    worst = max(reply.wire_bytes for reply in forms)
    print(f"largest form: {worst:,} of {BUDGET_BYTES:,} bytes")
    late = any(ready > BUDGET_MS for _, (_, ready) in slow)
    return int(worst > BUDGET_BYTES or requests not in (None, 1) or late)


if __name__ == "__main__":
    sys.exit(main())
