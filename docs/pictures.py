"""The pictures of the README, made by the program itself: sheets, a record, the quota screen, the review, the report.

    make pictures

Runs a small demo in a scratch folder, renders a printed page, and photographs the pages in a headless Chromium.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
from playwright.sync_api import Browser, Page, sync_playwright

from collector.accounts.desk import make_first_manager
from collector.accounts.passwords import make_password
from collector.demo import run_demo
from collector.demo.folders import DemoFolders
from collector.demo.phone import local_server
from collector.example import examples_folder
from collector.pack_run import FOLDER
from collector.settings import sqlite_url
from collector.store import open_store
from forms.code import code_address
from forms.compose import make_layout
from forms.folder import load_campaign
from forms.pdf import PrintedSheet, SheetWriter
from forms.serial import make_serial
from forms.versions import plan_versions

PICTURES = Path(__file__).parent / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SHEETS = 200


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        yield chromium
        chromium.close()


def photograph_sheet(folders: DemoFolders) -> None:
    document = pypdfium2.PdfDocument(str(folders.printed / "HLO" / "CD.pdf"))
    document[0].render(scale=100 / 72).to_pil().save(PICTURES / "sheet.png", optimize=True)


def photograph_papers(folders: DemoFolders) -> None:
    """A matrix sheet of today's province, and the hand-over record of the demo's print pack."""
    campaign = load_campaign(examples_folder() / "hai-cap-2025")
    asked = campaign.questionnaires["danh-gia-so"]
    layout, plan = make_layout(campaign, asked, plan_versions(campaign, asked).head(0))
    path = folders.out / "matrix.pdf"
    writer = SheetWriter(path, plan, code_address(campaign.settings.public_address))
    writer.add(PrintedSheet(make_serial(layout.number), "ANSINH-LX-001", campaign.get_agency("ANSINH").name))
    writer.close()
    record = folders.printed / FOLDER / "HLO" / "bien-ban-giao-nhan.pdf"
    for name, pdf in (("matrix", path), ("record", record)):
        page = pypdfium2.PdfDocument(str(pdf))[0]
        page.render(scale=100 / 72).to_pil().convert("L").save(PICTURES / f"{name}.png", optimize=True)


def enter_console(page: Page, address: str, name: str, password: str) -> None:
    """Through the door with a first password, which gives way to one of our own."""
    page.goto(f"{address}/quan-ly")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button")
    own = make_password()
    for field, typed in (("#old", password), ("#new", own), ("#again", own)):
        page.fill(field, typed)
    page.click("main button")
    page.wait_for_url("**/quan-ly/")


def photograph_screens(folders: DemoFolders) -> None:
    campaign = load_campaign(folders.campaign)
    store = open_store(folders.campaign, campaign.settings, sqlite_url(folders.campaign))
    with local_server(store, campaign) as address, browser() as chromium:
        desk = chromium.new_page(viewport={"width": 1200, "height": 800})
        made = make_first_manager(store, "make pictures")
        assert made is not None
        enter_console(desk, address, *made)
        desk.screenshot(path=PICTURES / "quota.png")
        desk.goto(f"{address}/quan-ly/can-xem-lai/")
        desk.wait_for_load_state("networkidle")
        desk.screenshot(path=PICTURES / "review.png")
        desk.set_viewport_size({"width": 1200, "height": 1700})
        desk.goto((folders.results / "report.html").resolve().as_uri())
        desk.screenshot(path=PICTURES / "report.png")
    store.close()


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folders = DemoFolders(Path(scratch) / "demo")
        run_demo(folders.out, SHEETS, quiet_progress, print)
        photograph_sheet(folders)
        photograph_papers(folders)
        photograph_screens(folders)


@contextmanager
def quiet_progress(_: str) -> Iterator[object]:
    yield lambda *_: None


if __name__ == "__main__":
    main()
