"""From the letter to the receipt: what a person sees who opens the letter on a phone, in a real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect, sync_playwright

from collector.store.letters import count_cells
from collector.web.app import create_app
from collector.web.site import EXTENSION
from tests.collector.letters.conftest import with_settings
from tests.collector.web.serving import open_page, serve_app

pytestmark = pytest.mark.slow


@pytest.fixture
def database() -> str:
    """SQLite alone; databases are the store's to test."""
    return "sqlite"


@pytest.fixture
def served(room):
    """The room's campaign at an address of this machine that letters lead to."""
    app = create_app(room.store, room.campaign)
    with serve_app(app) as address:
        room.campaign = with_settings(room.campaign, public_address=address)
        yield room
    app.extensions[EXTENSION].evidence.close()


@pytest.fixture
def phone(browser_path):
    expect.set_options(timeout=60_000)  # a loaded machine is slow, not wrong
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        yield open_page(browser, 360, 640, java_script_enabled=False)
        browser.close()


def open_letter(page, message, tmp_path):
    """Show the letter's HTML as a mail program would."""
    path = tmp_path / "thu.html"
    path.write_text(message.get_body(("html",)).get_content(), encoding="utf-8")
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_official_opens_the_letter_answers_and_is_not_reminded(served, invite, office, phone, tmp_path):
    invite("CC")
    served.send()
    message = office.letter_to("cc1@vi-du.vn")
    open_letter(phone, message, tmp_path)
    phone.locator("a", has_text="/P/").click()
    expect(phone.locator("main")).to_contain_text("gửi riêng cho Ông/Bà")
    for row in phone.locator("input[type=radio][value='4']").all():
        row.check(force=True)
    phone.locator("main form button").last.click()
    expect(phone.locator("b.code")).to_be_visible()  # the receipt
    with served.store.read() as conn:
        assert [(one.invited, one.answered) for one in count_cells(conn)] == [(4, 1)]
    open_letter(phone, message, tmp_path)
    phone.locator("a", has_text="/P/").click()
    expect(phone.get_by_role("heading", name="Phiếu này đã được trả lời")).to_be_visible()
    assert phone.locator("input[type=radio]").count() == 0


def test_an_official_stops_the_letters_from_the_letter(served, invite, office, phone, tmp_path):
    invite("CC")
    served.send()
    open_letter(phone, office.letter_to("cc2@vi-du.vn"), tmp_path)
    phone.locator("a", has_text="/T/").click()
    phone.locator("main button").click()
    expect(phone.locator("input[name=stop]:invalid:focus")).to_be_visible()  # nothing was sent
    phone.evaluate("document.querySelector('form').noValidate = true")  # a browser too old to look by itself
    phone.locator("main button").click()
    expect(phone.get_by_role("alert")).to_contain_text("đánh dấu")
    phone.locator("input[name=stop]").check()
    phone.locator("main button").click()
    expect(phone.get_by_role("heading", name="Đã ngừng gửi thư")).to_be_visible()
    with served.store.read() as conn:
        assert [(one.opted_out, one.answered) for one in count_cells(conn)] == [(1, 0)]
