"""Doubts, second looks and sheets typed in: with the mouse alone, and with the keys alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from collector.review.deciding import get_doubt, list_doubts
from collector.review.second_look import get_drawn, next_drawn
from collector.store import Store
from collector.store.look_outcomes import list_outcomes
from tests.collector.web.browser.conftest import Screen, draw_all, enter

pytestmark = pytest.mark.slow


def test_a_doubt_is_settled_with_the_mouse_alone(
    phone: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2", q2="4")
    desk.scan(desk.serials()[0], 2)
    with store.read() as conn:
        [doubt] = list_doubts(conn)
    enter(phone, address, give_account())
    phone.page.goto(f"{address}/quan-ly/can-xem-lai/")
    phone.page.get_by_label("Mức 2").check()
    phone.page.get_by_role("button", name="Ghi nhận").click()
    phone.page.get_by_text("Không còn mục nào").wait_for()
    with store.read() as conn:
        assert get_doubt(conn, doubt.id).chosen == ("2",)


def test_doubts_are_settled_and_taken_back_by_keys(
    desktop: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2 q3", q2="4", q3="ab")
    desk.scan(desk.serials()[0], 2, doubtful="q4", q4="5")
    with store.read() as conn:
        doubts = [doubt.id for doubt in list_doubts(conn)]
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(f"{address}/quan-ly/can-xem-lai/")
    for keys, left in (
        (["1", "Enter"], "Còn 2 mục"),
        (["1", "3", " "], "Còn 1 mục"),
        (["0", "Enter"], "Không còn"),
    ):
        for key in keys:
            page.keyboard.press(key)
        page.get_by_text(left).wait_for()
        page.wait_for_load_state()  # the keys are a script's
    with store.read() as conn:
        assert [get_doubt(conn, doubt).chosen for doubt in doubts] == [("5",), ("b", "c"), ()]
    page.keyboard.press("u")
    page.get_by_text("Còn 1 mục").wait_for()
    page.wait_for_load_state()
    with store.read() as conn:
        assert get_doubt(conn, doubts[2]).state == "open"
    page.keyboard.press("Enter")
    page.get_by_text("Không còn").wait_for()
    with store.read() as conn:
        assert get_doubt(conn, doubts[2]).chosen == ("5",), "Enter alone accepts the guess that stands ready"
    assert not [said for said in desktop.complaints if "Content Security Policy" in said]


def scan_struck(desk: Any, store: Store) -> list[int]:
    """The two doubts of a struck page."""
    desk.scan(desk.serials()[0], 1, doubtful="q2 q3", why="struck_page", q2="4", q3="ab")
    desk.scan(desk.serials()[0], 2, q4="5")
    with store.read() as conn:
        return [doubt.id for doubt in list_doubts(conn)]


def test_a_page_is_left_blank_with_the_mouse_alone(
    phone: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    doubts = scan_struck(desk, store)
    enter(phone, address, give_account())
    phone.page.goto(f"{address}/quan-ly/can-xem-lai/")
    button = phone.page.get_by_role("button", name="Bỏ trống 2 mục")
    assert not button.is_visible()
    phone.page.get_by_text("Bỏ trống cả trang này (2 mục)").click()
    button.click()
    assert phone.page.get_by_label("Tôi đã xem hình cả trang").is_visible(), "the browser asks for the tick"
    phone.page.get_by_label("Tôi đã xem hình cả trang").check()
    phone.page.get_by_label("Tôi đã xem hình cả trang").press("Enter")
    phone.page.get_by_text("Chưa ghi gì").wait_for()
    phone.page.get_by_label("Tôi đã xem hình cả trang").check()
    phone.page.get_by_label("Ghi thêm lý do").last.fill("gạch cả trang")
    button.click()
    phone.page.get_by_text("Đã ghi bỏ trống 2 mục của trang 1").wait_for()
    with store.read() as conn:
        assert [get_doubt(conn, doubt).chosen for doubt in doubts] == [(), ()]
    phone.page.get_by_role("button", name="Hoàn tác").click()
    phone.page.get_by_text("Còn 2 mục").wait_for()


def test_no_mere_key_leaves_a_page_blank(
    desktop: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    doubts = scan_struck(desk, store)
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(f"{address}/quan-ly/can-xem-lai/")
    page.get_by_text("Bỏ trống cả trang này").focus()
    page.keyboard.press("Enter")
    for key in ("Tab", " ", "Enter", "0", "Tab", "1", "u", "Enter"):  # the tick, then the reason
        page.keyboard.press(key)
    tick, why = page.get_by_label("Tôi đã xem hình cả trang"), page.locator("#page-why")
    assert (tick.is_checked(), why.input_value()) == (True, "1u")
    with store.read() as conn:
        assert [get_doubt(conn, doubt).state for doubt in doubts] == ["open", "open"]
    for key in ("Tab", "Enter"):  # its own button
        page.keyboard.press(key)
    page.get_by_text("Không còn mục nào cần xem lại").wait_for()
    page.wait_for_load_state()
    with store.read() as conn:
        assert [get_doubt(conn, doubt).chosen for doubt in doubts] == [(), ()]
    page.keyboard.press("u")
    page.get_by_text("Còn 2 mục").wait_for()
    assert not [said for said in desktop.complaints if "Content Security Policy" in said]


def test_a_page_is_left_blank_where_a_script_s_post_fails(
    desktop: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    """The browser sends the form by itself then, which names no button that was pressed."""
    doubts = scan_struck(desk, store)
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(f"{address}/quan-ly/can-xem-lai/")
    failed: list[str] = []

    def fail_scripts(route: Route) -> None:
        if route.request.resource_type != "fetch":
            return route.continue_()
        failed.append(route.request.url)
        return route.abort()

    page.route("**/ca-trang*", fail_scripts)
    page.get_by_text("Bỏ trống cả trang này (2 mục)").click()
    page.get_by_label("Tôi đã xem hình cả trang").check()
    page.get_by_role("button", name="Bỏ trống 2 mục").click()
    page.get_by_text("Đã ghi bỏ trống 2 mục của trang 1").wait_for()
    assert len(failed) == 1
    with store.read() as conn:
        assert [get_doubt(conn, doubt).chosen for doubt in doubts] == [(), ()]


def test_the_button_that_enter_presses_on_a_page_is_drawn_and_in_nobody_s_way(
    desktop: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    """WebKit passes over one that is not drawn and presses the next."""
    scan_struck(desk, store)
    enter(desktop, address, give_account())
    desktop.page.goto(f"{address}/quan-ly/can-xem-lai/")
    desktop.page.get_by_text("Bỏ trống cả trang này (2 mục)").click()
    first = desktop.page.locator("#page button").first
    assert first.get_attribute("value") == ""
    box = first.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (1, 1)
    named = desktop.page.locator("#page").get_by_role("button").all_inner_texts()
    assert named == ["Bỏ trống 2 mục"]


def test_a_second_look_is_taken_with_the_mouse_alone(
    phone: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    draw_all(desk)
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_SNV", m1_STC="4")
    enter(phone, address, give_account())
    phone.page.goto(f"{address}/quan-ly/kiem-tra-may-doc/")
    targets = [label.bounding_box() for label in phone.page.locator("label.choice").all()]
    assert len(targets) == 5 + 3
    assert min(box["height"] for box in targets if box) >= 48
    phone.page.get_by_label("Không phân biệt được").check()
    phone.page.get_by_role("button", name="Ghi nhận").click()
    phone.page.get_by_text("Không còn câu nào chờ xem").wait_for()
    with store.read() as conn:
        assert [(one.row, one.seen) for one in list_outcomes(conn)] == [("STC", None)]


def test_second_looks_are_taken_and_taken_back_by_keys(
    desktop: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    draw_all(desk)
    desk.scan(desk.serials()[0], 1, q1="1", q2="4", q3="ab")
    desk.scan(desk.serials()[0], 2, q4="5")
    seen = {"q1": ["m"], "q2": ["2"], "q3": ["k", "1", "0", "3", "2"], "q4": ["0"]}
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(f"{address}/quan-ly/kiem-tra-may-doc/")
    for left in (3, 2, 1, 0):
        with store.read() as conn:
            drawn = next_drawn(conn)
        assert drawn is not None
        for key in (*seen[drawn.question], "Enter"):
            page.keyboard.press(key)
        page.get_by_text(f"Còn {left} câu").wait_for()
        page.wait_for_load_state()
    with store.read() as conn:
        kept = {one.question: one.seen for one in list_outcomes(conn)}
    assert kept == {"q1": "several", "q2": ("4",), "q3": ("b", "c"), "q4": ()}
    page.keyboard.press("u")
    page.get_by_text("Còn 1 câu").wait_for()
    with store.read() as conn:
        again = next_drawn(conn)
        assert again is not None
        assert get_drawn(conn, drawn.id) == again
    assert not [said for said in desktop.complaints if "Content Security Policy" in said]


def test_a_sheet_is_typed_in_by_keys_alone(
    desktop: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(f"{address}/quan-ly/nhap-tay/")
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("hl-cd-001")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Nhập tay: HL-CD-001").wait_for()
    page.wait_for_load_state()  # the keys are a script's
    for key in ("1", "2", "1", "3", "Enter", "0", "Enter", "1", "2", "Enter", "Enter", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("Phiếu HL-CD-001: đã nhận").wait_for()
    assert desk.post(desk.serials()[0], "typed", q1="1", q2="4", q3="ac", q5="12").status == "same"
    assert not [said for said in desktop.complaints if "Content Security Policy" in said]
