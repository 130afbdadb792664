"""How many doubtful marks an hour the screen itself allows: a real Chromium presses a key as soon as it can.

Nobody thinks here: each mark is accepted the moment its picture stands on the screen, so that what is measured is the
program and the browser on this machine, the most that a person could reach. Real doubts of the demo, real pictures, cut
for the first time; once on the server's own machine, once with a network that answers 50 ms later (Chromium's own
delay for each request).

    make bench ONLY=review_speed [ARGS=demo]     (a folder of an earlier `phieu demo` instead of a new one)
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright, sync_playwright
from waitress.server import create_server

from collector.accounts.passwords import hash_password, make_password
from collector.demo.folders import DemoFolders
from collector.demo.run import run_demo
from collector.review.deciding import count_doubts
from collector.settings import sqlite_url
from collector.store import Store, open_store
from collector.store.accounts import add_account
from collector.web.app import create_app
from forms.campaign import Campaign
from forms.folder import load_campaign

SHEETS = 1000  # of which some 250 marks are doubtful
MOST = 200
DELAYS_MS = (0, 50)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
READY = """() => {
  const picture = document.querySelector(".picture img");
  return !document.querySelector("main[aria-busy]") && (!picture || picture.complete);
}"""
LEFT = "() => { const left = document.querySelector('.left'); return left ? left.textContent : ''; }"


@contextmanager
def quiet(_: str) -> Iterator[object]:
    yield lambda *_: None


@contextmanager
def served(store: Store, campaign: Campaign) -> Iterator[str]:
    server = create_server(create_app(store, campaign), host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


def accept_all(page: Page, number: int) -> list[float]:
    """Seconds from each key to the next mark's picture, one a mark."""
    taken = []
    for _ in range(number):
        page.wait_for_function(READY)
        before, began = page.evaluate(LEFT), time.perf_counter()
        if not page.locator("#decide input:checked, #decide input[inputmode]").count():
            page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_function(f"before => ({LEFT})() !== before", arg=before)
        page.wait_for_function(READY)
        taken.append(time.perf_counter() - began)
    return taken


def measure(play: Playwright, folder: Path, delay_ms: int) -> list[float]:
    """Seconds a mark, for somebody who logs in and accepts MOST of them; the folder is changed."""
    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings, sqlite_url(folder))
    with store.read() as conn:
        doubts = count_doubts(conn)
    password = make_password()
    with store.write() as conn:
        add_account(conn, "hoa", "Hoa", {"verifier"}, hash_password(password), must_change=False)
    with served(store, campaign) as address:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}/quan-ly")
        page.fill("#name", "hoa")
        page.fill("#password", password)
        page.click("main button")
        line = {"offline": False, "latency": delay_ms, "downloadThroughput": -1, "uploadThroughput": -1}
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")  # without it nothing is delayed
        network.send("Network.emulateNetworkConditions", line)
        page.goto(f"{address}/quan-ly/can-xem-lai/")
        taken = accept_all(page, min(doubts, MOST))
        browser.close()
    store.close()
    return taken


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as play:
        made = Path(sys.argv[1] if len(sys.argv) > 1 else f"{scratch}/demo")
        if len(sys.argv) == 1:
            run_demo(made, SHEETS, quiet, lambda *_: None)
        for delay_ms in DELAYS_MS:
            folder = Path(scratch) / str(delay_ms)
            shutil.copytree(DemoFolders(made).campaign, folder)
            taken = measure(play, folder, delay_ms)
            shutil.rmtree(folder)
            middle, late = 1000 * statistics.median(taken), 1000 * statistics.quantiles(taken, n=20)[-1]
            print(f"{delay_ms} ms of network: {len(taken)} doubts, each accepted once its picture stands there")
            print(f"  ms a doubt: median {middle:.0f}, 95 of 100 within {late:.0f}, slowest {1000 * max(taken):.0f}")
            print(f"  {3600 * len(taken) / sum(taken):,.0f} doubts an hour at most")


if __name__ == "__main__":
    main()
