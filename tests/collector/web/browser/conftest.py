"""A narrow phone without scripts, a desktop with them, and somebody who logs in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from collector.store.accounts import Account
from forms.rules import Reading
from tests.collector.web.serving import open_page

NARROW = 320, 640
WIDE = 1280, 800


@dataclass
class Screen:
    """A page, the requests it made and what the browser complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def overflow_px(self) -> int:
        """How far the page is wider than its screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def open_screen(browser: Browser, size: tuple[int, int], scripts: bool) -> Screen:
    page = open_page(browser, *size, java_script_enabled=scripts)
    screen = Screen(page)
    page.on("request", lambda request: screen.requests.append(request.url))
    page.on("console", lambda message: screen.complaints.append(message.text))
    page.on("pageerror", lambda error: screen.complaints.append(str(error)))
    return screen


@pytest.fixture
def phone(browser: Browser) -> Iterator[Screen]:
    """A narrow phone without scripts."""
    screen = open_screen(browser, NARROW, scripts=False)
    yield screen
    screen.page.context.close()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Screen]:
    """A desktop with scripts."""
    screen = open_screen(browser, WIDE, scripts=True)
    yield screen
    screen.page.context.close()


def enter(screen: Screen, address: str, account: Account) -> None:
    screen.page.goto(f"{address}/quan-ly")
    screen.page.fill("#name", account.name)
    screen.page.fill("#password", "mot cau de nho 2014")
    screen.page.click("main button")
    screen.page.wait_for_url("**/quan-ly/")


def draw_all(desk: Any) -> None:
    """Have every sure answer drawn for a second look."""
    settings = desk.campaign.settings.model_copy(update={"reading": Reading(second_look=1)})
    desk.campaign = dataclasses.replace(desk.campaign, settings=settings)
