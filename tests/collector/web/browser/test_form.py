"""The public form on a narrow phone without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from collector.store import Store
from collector.store.quota import quota_rows
from tests.collector.web.browser.conftest import Screen

pytestmark = pytest.mark.slow


def test_a_form_is_filled_and_sent_on_a_narrow_phone_without_scripts(
    phone: Screen, address: str, desk: Any, store: Store
) -> None:
    page = phone.page
    page.goto(f"{address}/P/{desk.serials()[0]}-1")
    assert [url for url in phone.requests if not url.startswith("data:")] == [f"{address}/P/{desk.serials()[0]}-1"]
    assert phone.overflow_px() <= 0
    page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    page.get_by_label("Báo").check()
    page.get_by_label("Số lần đi lại").fill("3")
    page.get_by_label("Góp ý").fill("Cần thêm ghế chờ")
    page.get_by_role("button", name="Gửi phiếu").click()
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert phone.overflow_px() <= 0
    assert phone.complaints == []
    assert desk.post(desk.serials()[0], q2="4", q3="b", q5="3", q6="Cần thêm ghế chờ").status == "same"
    with store.read() as conn:
        assert sum(cell.accepted for cell in quota_rows(conn)) == 1


def test_every_choice_can_be_hit_with_a_thumb(phone: Screen, address: str, desk: Any) -> None:
    phone.page.goto(f"{address}/P/{desk.serials()[0]}")
    targets = phone.page.locator("label.o, button, input.w, textarea, summary").all()
    boxes = [target.bounding_box() for target in targets]
    assert len(boxes) == 2 + 6 + 3 + 6 + 3
    assert min(box["height"] for box in boxes if box) >= 48


def test_a_matrix_is_filled_on_a_narrow_phone_a_card_an_agency(phone: Screen, address: str, desk: Any) -> None:
    page, serial = phone.page, desk.serials(group="CC")[0]
    page.goto(f"{address}/P/{serial}")
    assert phone.overflow_px() <= 0
    tiles = [tile.bounding_box() for tile in page.locator(".t label").all()]
    assert len(tiles) == 2 * 5
    assert len({tile["y"] for tile in tiles if tile}) == 2  # one line an agency
    assert min(tile["height"] for tile in tiles if tile) >= 48
    assert min(tile["width"] for tile in tiles if tile) >= 44
    chosen = page.get_by_role("group", name="Sở Tài chính").get_by_label("Mức 4")
    plain = page.locator(".t span").first.evaluate("tile => getComputedStyle(tile).backgroundColor")
    chosen.check()
    tile = chosen.locator("xpath=following-sibling::span")
    assert tile.evaluate("tile => getComputedStyle(tile).backgroundColor") != plain  # and without :has
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Gửi phiếu").click()
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert desk.post(serial, m1_STC="3").status == "same"


def test_what_the_answer_skips_is_put_out_of_sight_and_comes_back(phone: Screen, address: str, desk: Any) -> None:
    page = phone.page
    page.goto(f"{address}/P/{desk.serials()[0]}")
    skipped = page.get_by_role("group", name="Thái độ")
    expect(skipped).to_be_visible()
    page.get_by_label("Không", exact=True).check()
    expect(skipped).not_to_be_visible()
    page.get_by_label("Có", exact=True).check()
    expect(skipped).to_be_visible()


def test_without_scripts_answers_that_a_lost_network_swallowed_are_sent_by_reloading_as_the_form_says(
    phone: Screen, address: str, desk: Any, store: Store
) -> None:
    page = phone.page
    page.goto(f"{address}/P/{desk.serials()[0]}")
    expect(page.get_by_text("xin tải lại đúng trang báo lỗi ấy")).to_be_visible()
    page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Gửi phiếu").click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    page.reload()
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    with store.read() as conn:
        assert sum(cell.accepted for cell in quota_rows(conn)) == 1


def test_an_empty_form_says_so_at_the_top_and_leads_to_the_first_question(
    phone: Screen, address: str, desk: Any
) -> None:
    page = phone.page
    page.goto(f"{address}/P/{desk.serials()[0]}")
    page.get_by_role("button", name="Gửi phiếu").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    alert.get_by_role("link").click()
    assert page.evaluate("document.activeElement.id") == "q1"


def test_going_back_from_the_receipt_of_a_form_first_sent_empty_leads_to_the_answered_sheet(
    phone: Screen, address: str, desk: Any, store: Store
) -> None:
    page, serial = phone.page, desk.serials()[0]
    page.goto(f"{address}/P/{serial}")
    page.get_by_role("button", name="Gửi phiếu").click()
    expect(page.get_by_role("alert")).to_contain_text("Xin trả lời ít nhất một câu")
    page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    page.get_by_role("button", name="Gửi phiếu").click()
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    for _ in range(2):
        page.go_back()
        page.get_by_role("heading", name="Phiếu này đã được trả lời").wait_for()
        assert page.locator(":checked, form").count() == 0
    with store.read() as conn:
        assert sum(cell.accepted for cell in quota_rows(conn)) == 1


def test_without_scripts_a_number_in_words_stays_on_the_phone_until_it_is_mended(
    phone: Screen, address: str, desk: Any
) -> None:
    page, serial = phone.page, desk.serials()[0]
    page.goto(f"{address}/P/{serial}")
    page.get_by_label("Góp ý").fill("Cần thêm ghế chờ")
    number = page.get_by_label("Số lần đi lại")
    number.fill("ba")
    page.get_by_role("button", name="Gửi phiếu").click()
    expect(number).to_be_focused()
    assert page.locator("input:invalid").count() == 1
    number.fill(" 3 ")
    page.get_by_role("button", name="Gửi phiếu").click()
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Phiếu này đã được trả lời").wait_for()
    assert desk.post(serial, q5="3", q6="Cần thêm ghế chờ").status == "same"
