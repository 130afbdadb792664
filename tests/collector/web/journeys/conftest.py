"""A Chromium, the small campaign's site on a port of its own, and people at its screens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from collector.store.accounts import Account
from tests.collector.web.serving import open_page

SIZES = {"desk": (1280, 800), "phone": (360, 740)}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOWEST_PX = 44
TARGETS = (
    "main :is(button,.button,select,summary,input:not([type=radio],[type=checkbox])),"
    "main :is(th,td)>a,nav :is(a,button,summary)"
)
PASSWORD = "mot cau de nho 2014"


@dataclass
class Person:
    """Somebody before a screen: what they do, and what their browser complains about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> int:
        """Go to a path; the status of the reply."""
        reply = self.page.goto(f"{self.address}{path}")
        assert reply is not None
        return reply.status

    def choose(self, name: str) -> None:
        """Follow a link of the page; one of the navigation's after its group is opened."""
        self.page.wait_for_load_state("domcontentloaded")  # a click waits for the page to begin, not to stand
        way = self.page.locator("a", has_text=re.compile(f"^{re.escape(name)}$"))
        group = self.page.locator("nav.places details:not([open])", has=way)
        if group.count():
            group.locator("summary").click()
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def press(self, name: str) -> None:
        """Press a button of the page."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def reads(self, words: str) -> None:
        """Wait until the words stand on the screen."""
        self.page.get_by_text(words).first.wait_for()

    def keys(self, *names: str) -> None:
        """Press keys, one after the other, once the page's scripts are there."""
        self.page.wait_for_load_state()
        for name in names:
            self.page.keyboard.press(name)

    def log_in(self, account: Account) -> None:
        """Through the door with the password that give_account gives."""
        self.open("/quan-ly")
        self.page.fill("#name", account.name)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url("**/quan-ly/")

    def find_faults(self) -> str:
        """What axe finds wrong with the page as it stands, and how far it is wider than its screen."""
        found = Axe().run(self.page, options=RULES)
        root = "document.documentElement"
        wider = self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
        told = found.generate_report() if found.violations_count else ""
        return told + (f"{wider} px wider than the screen" if wider > 0 else "")

    def find_small(self) -> str:
        """What of the page is to be pressed and lower than a finger wants, links within a sentence apart."""
        lows = self.page.locator(TARGETS).evaluate_all(
            "(all, px) => all.filter((one) => one.checkVisibility() && !one.classList.contains('hidden')"
            " && one.getBoundingClientRect().height < px).map((one) => one.innerText || one.name)",
            LOWEST_PX,
        )
        return f"lower than {LOWEST_PX} px: {lows}" if lows else ""


@pytest.fixture
def person(browser: Browser, address: str) -> Iterator[Callable[[str], Person]]:
    """Seats a new person: person("desk") or person("phone"); no page may break its policy or stumble in a script."""
    seated: list[Person] = []

    def seat(size: str) -> Person:
        found = Person(open_page(browser, *SIZES[size]), address)
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on(
            "console", lambda said: found.complaints.append(said.text) if "Content Sec" in said.text else None
        )
        seated.append(found)
        return found

    yield seat
    for each in seated:
        each.page.context.close()
        assert each.complaints == []
