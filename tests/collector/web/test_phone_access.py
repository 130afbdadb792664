"""Every public page in a real Chromium: axe finds nothing, all fits the screen, all is done by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, Route

from forms.campaign import Campaign
from tests.collector.web.serving import open_page, serve_app

pytestmark = pytest.mark.slow

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LEAST_PX = 48


@pytest.fixture
def address(app_of: Callable[[Campaign], Flask], campaign: Campaign) -> Iterator[str]:
    """The small campaign in two languages."""
    both = campaign.settings.model_copy(update={"languages": ("vi", "en")})
    with serve_app(app_of(replace(campaign, settings=both))) as found:
        yield found


def mute(route: Route) -> None:
    """The page as a browser without scripts has it; axe itself needs one."""
    reply = route.fetch()
    route.fulfill(response=reply, body=reply.text().replace("<script nonce", '<script type="text/plain" nonce'))


@pytest.fixture(
    params=[(320, True), (360, True), (1280, True), (320, False), (390, False)],
    ids=lambda given: f"{given[0]}-{given[1]}",
)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A narrow phone, with our script and without, and a desktop."""
    width, scripts = request.param
    opened = open_page(browser, width, 640)
    if not scripts:
        opened.route("**/*", mute)
    yield opened
    opened.context.close()


def send(page: Page) -> None:
    page.get_by_role("button", name="Gửi phiếu").click()
    page.wait_for_load_state()


def open_faults(page: Page, where: str) -> None:
    page.goto(where)
    page.get_by_label("Số lần đi lại").fill("x")
    page.evaluate("document.querySelector('form').noValidate = true")  # a browser too old to look by itself
    send(page)
    page.get_by_role("alert").wait_for()


def open_reply(page: Page, where: str, title: str) -> None:
    page.goto(where)
    page.get_by_label("Số lần đi lại").fill("3")  # in the place of what was wrong, which the phone has kept
    send(page)
    page.get_by_role("heading", name=title).wait_for()


def open_conflict(page: Page, where: str, desk: Any, serial: str) -> None:
    page.goto(where)
    page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    desk.post(serial, q2="1")
    send(page)
    page.get_by_role("heading", name="Phiếu này đã có câu trả lời khác").wait_for()


def open_unsent(page: Page, where: str) -> None:
    page.goto(where)
    page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Gửi phiếu").click()
    page.get_by_role("heading", name="Chưa gửi").wait_for()


def list_screens(page: Page, address: str, desk: Any) -> dict[str, Callable[[], object]]:
    """Every public page by name, and how a person comes to it."""
    one, two, three, four = desk.serials()
    matrix = desk.serials(group="CC")[0]
    desk.void(four)
    return {
        "form": lambda: page.goto(f"{address}/P/{one}"),
        "English form": lambda: page.goto(f"{address}/P/{one}?lang=en"),
        "matrix": lambda: page.goto(f"{address}/P/{matrix}"),
        "faults": lambda: open_faults(page, f"{address}/P/{one}"),
        "receipt": lambda: open_reply(page, f"{address}/P/{one}", "Đã nhận phiếu"),
        "answered": lambda: page.goto(f"{address}/P/{one}"),
        "conflict": lambda: open_conflict(page, f"{address}/P/{two}", desk, two),
        "void": lambda: page.goto(f"{address}/P/{four}"),
        "unknown": lambda: page.goto(f"{address}/P/unknown"),
        "code": lambda: page.goto(f"{address}/"),
        "wrong code": lambda: page.goto(f"{address}/?ma=7K3M"),
        "missing": lambda: page.goto(f"{address}/khong-co"),
        "unsent": lambda: open_unsent(page, f"{address}/P/{three}"),
    }


def small_targets(page: Page) -> list[str]:
    """What is there to be hit and is less than 48 px high, or no wider than a finger."""
    found = []
    for target in page.locator("button, label:has(input), input.w, textarea, summary").all():
        box = target.bounding_box()
        if box and (box["height"] < LEAST_PX or box["width"] < 44):
            found.append(f"{target.inner_text()} {box['width']:.0f} x {box['height']:.0f}")
    return found


def overflow_px(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_no_public_page_has_a_fault_that_axe_knows(
    page: Page, address: str, desk: Any, request: pytest.FixtureRequest
) -> None:
    scripts = request.node.callspec.params["page"][1]
    wrong: dict[str, object] = {}
    for name, come in list_screens(page, address, desk).items():
        if name == "unsent" and not scripts:
            continue
        come()
        found = Axe().run(page, options=RULES)
        if found.violations_count:
            wrong[name] = found.generate_report()
        assert overflow_px(page) <= 0, name
        assert small_targets(page) == [], name
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert overflow_px(page) <= 0, f"{name} with letters twice as large"
    assert wrong == {}


def test_a_form_is_filled_and_sent_by_keyboard_alone_and_focus_is_never_covered(
    browser: Browser, address: str, desk: Any
) -> None:
    page = open_page(browser, 320, 640)
    page.goto(f"{address}/P/{desk.serials()[0]}")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "() => { const at = document.activeElement, box = at.getBoundingClientRect(),"
            " bar = document.querySelector('.bar').getBoundingClientRect();"
            " return [at.name || at.textContent.trim(), box.bottom > 0 && box.top < bar.top] }"
        )
        assert at[1], f"{at[0]} is out of sight"
        seen.append(at[0])
        if at[0] == "q2":
            page.keyboard.press("ArrowDown")
        if at[0] == "q5":
            page.keyboard.type("3")
        if at[0] == "Gửi phiếu":
            page.keyboard.press("Enter")
            break
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert seen.index("q1") < seen.index("q2") < seen.index("q6") < seen.index("Gửi phiếu")
    page.context.close()


def test_what_is_chosen_shows_where_a_person_forces_colours(browser: Browser, address: str, desk: Any) -> None:
    page = open_page(browser, 320, 640, forced_colors="active")
    page.goto(f"{address}/P/{desk.serials(group='CC')[0]}")
    page.get_by_label("Mức 4").first.check()
    outlines = page.evaluate(
        "() => [...document.querySelectorAll('.t input')].slice(0, 5)"
        ".map(one => getComputedStyle(one.nextElementSibling).outlineStyle)"
    )
    assert outlines == ["none", "solid", "none", "none", "none"]
    page.context.close()
