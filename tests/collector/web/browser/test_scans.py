"""The list of scans while it is watched: said aloud once, kept at its place, honest when the server is away."""

from __future__ import annotations

import datetime
import io
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import FilePayload, expect

from collector.scans.uploads import hand_in, read_uploads
from collector.store.uploads import begin_uploads, count_upload, list_uploads
from tests.collector.web.browser.conftest import Screen, enter

pytestmark = pytest.mark.slow

SCANS = "/quan-ly/lo-quet/"
STANDS_STILL = "Máy chủ chưa trả lời hoặc phiên làm việc đã hết"


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is started by the tests themselves."""
    monkeypatch.setattr("collector.scans.uploads.UploadReader.wake", lambda _: None)


def give(desk: Any, name: str, grey: int, kind: str = ".png") -> None:
    """A grey page without any code: nothing of ours."""
    pixels = np.full((1200, 850), grey, np.uint8)
    pixels[300:340, 100:700] = 0
    content = io.BytesIO(cv2.imencode(kind, pixels)[1].tobytes())
    hand_in(desk.store, content, name, "Trần Văn Nam", datetime.datetime.now(datetime.UTC))


def test_the_screen_says_that_it_stands_still_and_goes_on_by_itself(
    desktop: Screen, address: str, desk: Any, give_account: Any
) -> None:
    give(desk, "IMG_1.png", 250)
    enter(desktop, address, give_account())
    page, news = desktop.page, desktop.page.locator("#news")
    page.goto(address + SCANS)
    expect(page.get_by_text("Hàng chờ: 1 tệp")).to_be_visible()
    page.route("**/tien-do", lambda route: route.abort())
    expect(news).to_contain_text(STANDS_STILL)
    page.unroute("**/tien-do")
    expect(news).to_be_empty(timeout=30_000)
    read_uploads(desk.store, desk.campaign, 1)
    expect(news).to_contain_text("Phiếu: 0 đọc được")  # once, for whoever listens
    expect(page.get_by_text("đã đọc xong")).to_be_visible()


def test_the_days_below_count_what_was_read_while_the_screen_was_open(
    desktop: Screen, address: str, desk: Any, give_account: Any
) -> None:
    give(desk, "IMG_1.png", 250)
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(address + SCANS)
    expect(page.get_by_text("Hàng chờ: 1 tệp")).to_be_visible()
    expect(page.locator("#days a")).to_have_count(0)
    read_uploads(desk.store, desk.campaign, 1)
    expect(page.locator("#days")).to_contain_text("(1 tệp)", timeout=30_000)


def test_whoever_is_on_a_link_of_the_list_stays_there_when_it_is_renewed(
    desktop: Screen, address: str, desk: Any, give_account: Any
) -> None:
    give(desk, "IMG_1.png", 240)
    read_uploads(desk.store, desk.campaign, 1)
    give(desk, "IMG_2.png", 230)
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(address + SCANS)
    page.locator(".unread a").first.focus()
    was = page.evaluate("document.activeElement.href")
    with desk.store.write() as conn:
        [last] = [one for one in list_uploads(conn, 9) if one.is_under_way]
        begin_uploads(conn, [last.id])
        count_upload(conn, last.id, 40)
    expect(page.get_by_text("0 trên 40 trang")).to_be_visible(timeout=30_000)
    assert page.evaluate("document.activeElement.href") == was


def test_a_second_press_sends_nothing_and_a_page_is_not_left_in_the_middle(
    desktop: Screen, address: str, desk: Any, give_account: Any
) -> None:
    enter(desktop, address, give_account())
    page, sent = desktop.page, []
    page.goto(address + SCANS)
    page.route("**/nhan-tep/", lambda route: sent.append(route))  # a slow line: no reply yet
    file: FilePayload = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + bytes(99)}
    page.set_input_files("#scans", file)
    button = page.get_by_role("button", name="Gửi và đọc")
    button.click()
    expect(button).to_be_disabled()
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.reload()")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert len(sent) == 1
    sent[0].continue_()
    page.locator("#uploads li", has_text="a.pdf").wait_for()
    with desk.store.read() as conn:
        assert [one.name for one in list_uploads(conn, 9)] == ["a.pdf"]
