"""Enlarged four times, widely spaced, in forced colours, by keys alone, read aloud: WCAG 2.2 as a browser shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.collector.web.browser.conftest import Screen, draw_all, enter, open_screen
from tests.collector.web.serving import open_page

pytestmark = pytest.mark.slow

# 1,280 x 1,024 pixels at 400 % (1.4.10)
ENLARGED = 320, 256
# What a person may set for every text (1.4.12), past the page's own policy
SPACE_OUT = """() => {
  const wide = new CSSStyleSheet();
  wide.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
    + " p { margin-bottom: 2em !important }");
  document.adoptedStyleSheets = [wide];
}"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What has the focus, where nothing of it can be seen (2.4.11)
HIDDEN = """() => {
  const at = document.activeElement, label = at.labels && at.labels[0];
  const box = (label || at).getBoundingClientRect();
  const parts = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [x, y]));
  const seen = parts.some(([x, y]) => {
    const top = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    return top && (at.contains(top) || (label && label.contains(top)));
  });
  return at === document.body || seen ? null : at.outerHTML;
}"""
TABS = 30


@pytest.fixture
def enlarged(browser: Browser) -> Iterator[Screen]:
    """A desktop whose page is enlarged four times."""
    screen = open_screen(browser, ENLARGED, scripts=True)
    yield screen
    screen.page.context.close()


@pytest.fixture
def at_work(desk: Any, enlarged: Screen, address: str, give_account: Callable[..., Any]) -> Screen:
    """A manager before it, with doubts to decide."""
    draw_all(desk)
    for place in (0, 1):
        desk.scan(desk.serials()[place], 1, doubtful="q2", q2="4")
        desk.scan(desk.serials()[place], 2)
    enter(enlarged, address, give_account())
    return enlarged


def check_enlarged(page: Page) -> None:
    for _ in range(TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(HIDDEN) is None
    assert page.evaluate(WIDER) <= 0
    page.evaluate(SPACE_OUT)
    assert page.evaluate(WIDER) <= 0


def test_the_phone_form_is_read_and_filled_at_400_per_cent(enlarged: Screen, address: str, desk: Any) -> None:
    for group in ("CD", "CC"):  # questions, and a matrix
        enlarged.page.goto(f"{address}/P/{desk.serials(group=group)[0]}")
        check_enlarged(enlarged.page)


@pytest.mark.parametrize("path", ["", "can-xem-lai/", "nhap-tay/1", "lo-quet/", "giao-nhan/giao"])
def test_the_console_is_read_and_worked_at_400_per_cent(at_work: Screen, address: str, path: str) -> None:
    at_work.page.goto(f"{address}/quan-ly/{path}")
    check_enlarged(at_work.page)


def test_a_page_is_left_blank_at_400_per_cent(at_work: Screen, address: str, desk: Any) -> None:
    desk.scan(desk.serials()[2], 1, doubtful="q2 q3", why="struck_page", q2="4", q3="ab")
    desk.scan(desk.serials()[2], 2)
    at_work.page.goto(f"{address}/quan-ly/can-xem-lai/?doubt=3")
    at_work.page.get_by_text("Bỏ trống cả trang này").click()
    check_enlarged(at_work.page)


def test_after_a_decision_the_next_mark_has_the_focus_so_that_it_is_read_aloud(at_work: Screen, address: str) -> None:
    page = at_work.page
    page.goto(f"{address}/quan-ly/can-xem-lai/")
    page.get_by_text("Còn 2 mục").wait_for()
    page.get_by_role("button", name="Ghi nhận").click()
    page.get_by_text("Còn 1 mục").wait_for()
    expect(page.get_by_label("Mức 4")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Không còn mục nào")).to_be_focused()


def test_single_keys_can_be_put_out_of_use(desktop: Screen, at_work: Screen, address: str, give_account: Any) -> None:
    page = desktop.page
    enter(desktop, address, give_account("Trần Thị Mai"))
    page.goto(f"{address}/quan-ly/can-xem-lai/")
    switch = page.get_by_role("button", name="Dùng phím tắt")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("1")
    expect(page.get_by_label("Mức 4")).to_be_checked()
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("1")
    expect(page.get_by_label("Mức 4")).not_to_be_checked()


def test_in_forced_colours_the_page_where_one_is_stands_out_alone(
    browser: Browser, address: str, give_account: Any
) -> None:
    page = open_page(browser, 1280, 800, forced_colors="active")
    enter(Screen(page), address, give_account())
    colours = page.locator("nav.places :is(a, summary)").evaluate_all(
        "all => all.map((one) => [one.hasAttribute('aria-current'), getComputedStyle(one).borderBottomColor])"
    )
    here = {colour for is_here, colour in colours if is_here}
    assert len(here) == 1
    assert here.isdisjoint({colour for is_here, colour in colours if not is_here})
    page.context.close()


def test_the_phone_form_is_spoken_question_by_question_without_its_ornaments(
    desktop: Screen, address: str, desk: Any
) -> None:
    page = desktop.page
    page.goto(f"{address}/P/{desk.serials()[0]}")
    page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    page.get_by_text("Đã lưu trên máy này").wait_for()
    spoken = page.locator("body").aria_snapshot()
    assert "✓" not in spoken
    assert 'radio "Mức 4" [checked]' in spoken
    assert "status: Đã lưu trên máy này, chưa gửi." in spoken
    order = [spoken.index(words) for words in ("heading", "group", 'button "Gửi phiếu"', "status")]
    assert order == sorted(order)


def test_what_is_wrong_with_a_number_is_spoken_at_its_field(desktop: Screen, address: str, desk: Any) -> None:
    page = desktop.page
    page.goto(f"{address}/P/{desk.serials()[0]}")
    field = page.get_by_label("Số lần đi lại")
    field.fill("ba")
    page.get_by_role("button", name="Gửi phiếu").click()
    page.get_by_role("alert").wait_for()
    expect(field).to_have_attribute("aria-invalid", "true")
    described = str(field.get_attribute("aria-describedby")).split()
    assert any(page.locator(f"#{one}.fault").count() for one in described)
