"""What respondents see on a phone: the code that is typed, the form, the receipt, what is answered already."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from collector.store import Store
from collector.store.invitations import list_invitations
from collector.store.sheets import list_sheets
from docs.album.camera import Album
from docs.album.screens import NARROW
from forms.words import text

_TITLES = "phone.receipt_title", "phone.conflict_title"


def photograph_phones(album: Album, chromium: Browser, address: str, store: Store) -> None:
    """A sheet on a phone that nobody has answered, its receipt, and one that two answer otherwise."""
    with store.read() as conn:
        *_, other, fresh = (one.serial for one in list_sheets(conn, "HLO", "CD"))
    phone = album.open_page(chromium)
    phone.goto(f"{address}/P")
    album.take(phone, "go-ma", (NARROW[0], 560))
    phone.goto(f"{address}/P/{fresh}")
    album.take(phone, "dien-thoai", NARROW)
    _answer(phone, 0, _TITLES[0])
    album.take(phone, "bien-nhan", NARROW)
    _photograph_differing(album, chromium, f"{address}/P/{other}")


def photograph_opt_out(album: Album, chromium: Browser, address: str, store: Store) -> None:
    """Where a personal letter's last line leads."""
    with store.read() as conn:
        token = list_invitations(conn)[0].token
    phone = album.open_page(chromium)
    phone.goto(f"{address}/T/{token}")
    album.take(phone, "thoi-nhan-thu", (NARROW[0], 640))


def _photograph_differing(album: Album, chromium: Browser, form: str) -> None:
    """A sheet that two phones answer otherwise, and its link when somebody opens it again."""
    first, second = album.open_page(chromium), chromium.new_context(locale="vi-VN").new_page()  # 409 is what it gets
    for phone in (first, second):
        phone.goto(form)
    _answer(first, 0, _TITLES[0])
    _answer(second, 1, _TITLES[1])
    album.take(second, "dien-thoai-khac", (NARROW[0], 700))
    other = album.open_page(chromium)
    other.goto(form)
    album.take(other, "dien-thoai-da-tra-loi", (NARROW[0], 560))


def _answer(phone: Page, place: int, title: str) -> None:
    phone.locator("input[type=radio]").nth(place).check(force=True)
    phone.get_by_role("button", name=text("phone.send")).click()
    phone.get_by_role("heading", name=text(title)).wait_for()
