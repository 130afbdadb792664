"""The phone form with its script in a real Chromium: kept as one goes, sent by itself, believed by its seal alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from collector.store import Store
from collector.store.as_above import as_above_rows
from collector.store.quota import quota_rows
from tests.collector.web.serving import open_page

pytestmark = pytest.mark.slow


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A narrow phone with scripts; whatever the browser complains about fails the test."""
    opened = open_page(browser, 320, 640)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
    yield opened
    opened.context.close()
    assert errors == []


def kept(page: Page) -> dict[str, str]:
    """All that this phone keeps."""
    found = page.evaluate("Object.fromEntries(Object.entries(localStorage))")
    assert isinstance(found, dict)
    return found


def accepted(store: Store) -> int:
    with store.read() as conn:
        return sum(cell.accepted for cell in quota_rows(conn))


def hurry(page: Page) -> None:
    """Seconds pass as milliseconds."""
    page.add_init_script("const slow = setTimeout; window.setTimeout = (act, wait) => slow(act, wait / 100)")


def fill(page: Page, address: str, serial: str) -> None:
    page.goto(f"{address}/P/{serial}")
    page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    page.get_by_label("Báo").check()
    page.get_by_label("Số lần đi lại").fill("3")
    page.get_by_label("Góp ý").fill("Cần thêm ghế chờ")


def send(page: Page) -> None:
    page.get_by_role("button", name="Gửi phiếu").click()


FILLED = {"q2": "4", "q3": "b", "q5": "3", "q6": "Cần thêm ghế chờ"}


def test_answers_survive_a_reload_and_are_gone_once_the_receipt_is_there(page: Page, address: str, desk: Any) -> None:
    serial = desk.serials()[0]
    fill(page, address, serial)
    page.get_by_text("Đã lưu trên máy này, chưa gửi.").wait_for()
    assert "Cần thêm ghế chờ" in str(kept(page))
    page.reload()
    page.get_by_text("Đã lấy lại câu trả lời").wait_for()
    expect(page.get_by_role("group", name="Thái độ").get_by_label("Mức 4")).to_be_checked()
    expect(page.get_by_label("Góp ý")).to_have_value("Cần thêm ghế chờ")
    send(page)
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert kept(page) == {}
    assert desk.post(serial, **FILLED).status == "same"


def test_a_shared_phone_forgets_when_told_to(page: Page, address: str, desk: Any) -> None:
    fill(page, address, desk.serials()[0])
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Xóa khỏi máy này").click()
    page.wait_for_function("localStorage.length === 0")
    page.wait_for_load_state()
    expect(page.get_by_role("group", name="Thái độ").get_by_label("Mức 4")).not_to_be_checked()
    expect(page.get_by_label("Góp ý")).to_have_value("")


def test_without_a_network_it_says_not_sent_and_goes_on_when_there_is_one(
    page: Page, address: str, desk: Any, store: Store
) -> None:
    fill(page, address, desk.serials()[0])
    page.context.set_offline(True)
    send(page)
    page.get_by_role("heading", name="Chưa gửi").wait_for()
    page.get_by_text("Phiếu chưa tới nơi").wait_for()
    expect(page.get_by_role("button", name="Gửi phiếu")).not_to_be_visible()
    assert accepted(store) == 0
    page.context.set_offline(False)
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert kept(page) == {}
    assert accepted(store) == 1


def test_what_waits_to_be_sent_survives_a_reload(page: Page, address: str, desk: Any, store: Store) -> None:
    fill(page, address, desk.serials()[0])
    page.route("**/P/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    send(page)
    page.get_by_text("Phiếu chưa tới nơi").wait_for()
    page.reload()
    page.get_by_role("heading", name="Chưa gửi").wait_for()
    page.unroute("**/P/*")
    page.get_by_role("button", name="Gửi lại ngay").click()
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert (kept(page), accepted(store)) == ({}, 1)


def test_a_receipt_lost_on_its_way_is_fetched_again_from_the_answered_sheet(
    page: Page, address: str, desk: Any, store: Store
) -> None:
    fill(page, address, desk.serials()[0])

    def swallow(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()  # it arrives; the phone does not hear of it
            route.abort()
        else:
            route.continue_()

    page.route("**/P/*", swallow)
    send(page)
    page.get_by_text("Phiếu chưa tới nơi").wait_for()
    assert accepted(store) == 1
    page.unroute("**/P/*")
    page.reload()
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert (kept(page), accepted(store)) == ({}, 1)


PORTAL = "<!doctype html><html><head><title>Wi-Fi</title></head><body><main><h1>Đã nhận phiếu</h1></main></body></html>"


@pytest.mark.parametrize("whose", ["nobody", "another sheet", "a made up seal", "no receipt"])
def test_what_is_no_receipt_of_this_sheet_does_not_count_as_one(
    page: Page, address: str, desk: Any, app: Flask, store: Store, whose: str
) -> None:
    hurry(page)
    serial, other = desk.serials()[:2]
    fill(page, address, serial)
    seals = app.extensions["phieu"].seals
    said = {
        "nobody": None,
        "another sheet": f"{other} {seals.seal_sheet(other)} AAAAA-AAAAA-AAAAA",
        "a made up seal": f"{serial} {seals.seal_sheet(other)} AAAAA-AAAAA-AAAAA",
        "no receipt": f"{serial} {seals.seal_sheet(serial)}",
    }[whose]
    tried: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            tried.append(route.request.url)
            headers = {"Content-Type": "text/html; charset=utf-8"} | ({"Phieu-Sheet": said} if said else {})
            route.fulfill(status=200, body=PORTAL, headers=headers)
        else:
            route.continue_()

    page.route("**/P/*", answer)
    send(page)
    page.get_by_text("Phiếu chưa tới nơi").wait_for()
    while len(tried) < 3:
        page.wait_for_timeout(20)
    expect(page.get_by_role("heading", name="Chưa gửi")).to_be_visible()
    expect(page.get_by_role("heading", name="Đã nhận phiếu")).not_to_be_visible()
    assert "Cần thêm ghế chờ" in str(kept(page))
    assert accepted(store) == 0


def test_what_is_wrong_comes_back_with_what_was_typed(page: Page, address: str, desk: Any) -> None:
    fill(page, address, desk.serials()[0])
    page.get_by_label("Số lần đi lại").fill("ba")
    send(page)
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    expect(page.get_by_label("Góp ý")).to_have_value("Cần thêm ghế chờ")
    page.get_by_label("Số lần đi lại").fill("3")
    send(page)
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert kept(page) == {}
    assert desk.post(desk.serials()[0], **FILLED).status == "same"


def test_what_was_sent_the_ordinary_way_is_gone_from_the_phone_too(page: Page, address: str, desk: Any) -> None:
    fill(page, address, desk.serials()[0])
    page.evaluate("document.querySelector('form').submit()")  # as "Gửi bằng cách thường" does
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert kept(page) == {}


def test_other_answers_are_told_politely_and_nothing_stays_on_the_phone(
    page: Page, address: str, desk: Any, store: Store
) -> None:
    fill(page, address, desk.serials()[0])
    desk.post(desk.serials()[0], q2="1")
    send(page)
    page.get_by_role("heading", name="Phiếu này đã có câu trả lời khác").wait_for()
    assert kept(page) == {}


def test_a_draft_goes_when_the_sheet_turns_out_to_be_answered(page: Page, address: str, desk: Any) -> None:
    fill(page, address, desk.serials()[0])
    desk.post(desk.serials()[0], q2="1")
    page.reload()
    page.get_by_role("heading", name="Phiếu này đã được trả lời").wait_for()
    assert kept(page) == {}


def test_skip_rules_and_progress_follow_the_answers(page: Page, address: str, desk: Any) -> None:
    page.goto(f"{address}/P/{desk.serials()[0]}")
    page.get_by_text("Đã trả lời 0/6 câu.").wait_for()
    page.get_by_label("Không", exact=True).check()
    expect(page.get_by_role("group", name="Thái độ")).not_to_be_visible()
    page.get_by_text("Đã trả lời 1/5 câu.").wait_for()
    page.get_by_label("Có", exact=True).check()
    expect(page.get_by_role("group", name="Thái độ")).to_be_visible()
    page.get_by_text("Đã trả lời 1/6 câu.").wait_for()


def test_an_empty_form_is_the_server_s_to_refuse(page: Page, address: str, desk: Any, store: Store) -> None:
    serial = desk.serials()[0]
    page.goto(f"{address}/P/{serial}")
    page.get_by_role("button", name="Gửi phiếu").click()  # empty: the server says so
    page.get_by_role("alert").wait_for()
    page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    send(page)
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert accepted(store) == 1


def test_a_form_that_was_refused_is_fetched_and_not_sent_again_by_a_reload_or_the_way_back(
    page: Page, address: str, desk: Any
) -> None:
    serial = desk.serials()[0]
    fill(page, address, serial)
    page.get_by_label("Số lần đi lại").fill("ba")
    page.evaluate("document.querySelector('form').submit()")  # as "Gửi bằng cách thường" does
    page.get_by_role("alert").wait_for()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.reload()
    expect(page.get_by_label("Góp ý")).to_have_value("Cần thêm ghế chờ")
    expect(page.get_by_label("Số lần đi lại")).to_have_value("ba")
    assert "POST" not in sent
    page.get_by_label("Số lần đi lại").fill("3")
    page.evaluate("document.querySelector('form').submit()")
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Phiếu này đã được trả lời").wait_for()
    assert kept(page) == {}


def test_a_reload_after_an_empty_form_was_refused_takes_nothing_of_what_was_marked_since(
    page: Page, address: str, desk: Any
) -> None:
    page.goto(f"{address}/P/{desk.serials()[0]}")
    page.get_by_role("button", name="Gửi phiếu").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("Góp ý").fill("Cần thêm ghế chờ")
    page.reload()
    expect(page.get_by_label("Góp ý")).to_have_value("Cần thêm ghế chờ")


def test_a_card_as_above_closes_counts_and_is_kept_through_a_reload(
    page: Page, address: str, desk: Any, store: Store
) -> None:
    serial = desk.serials(group="CC")[0]
    page.goto(f"{address}/P/{serial}")
    page.get_by_text("Xong 0/2 cơ quan.").wait_for()
    first, second = (page.get_by_role("group", name=name, exact=False).first for name in ("1/2", "2/2"))
    second.get_by_label("Như cơ quan trên").check()
    page.get_by_text("Xong 0/2 cơ quan.").wait_for()  # nothing is above yet
    second.get_by_label("Như cơ quan trên").uncheck()
    second.get_by_label("Mức 2").check()
    first.get_by_label("Mức 4").check()
    second.get_by_label("Như cơ quan trên").check()
    expect(second.get_by_label("Mức 2")).not_to_be_visible()
    page.get_by_text("Xong 2/2 cơ quan.").wait_for()
    page.reload()
    page.get_by_text("Đã lấy lại câu trả lời").wait_for()
    expect(second.get_by_label("Mức 2")).not_to_be_visible()
    send(page)
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert desk.post(serial, m1_SNV="4", m1_STC="4").status == "same", "the mark of before the tick is gone"
    with store.read() as conn:
        assert [row.row for row in as_above_rows(conn)] == ["STC"]
