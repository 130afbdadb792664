"""Screens of the console, each as the role sees it that works there."""

from __future__ import annotations

import pyotp
from playwright.sync_api import Browser, Page

from collector.accounts.passwords import hash_password, make_password
from collector.accounts.second_factor import seal_secret
from collector.beside.work import find_work, get_process, keep_work
from collector.demo.folders import DemoFolders
from collector.store import Store
from collector.store.accounts import add_account, change_account
from docs.album.camera import Album, NotShown, enter_console, knock
from docs.album.rounds import table_under_way
from docs.album.screens import NARROW, PATHS_OF_STAFF, PEOPLE, WIDE, Screen
from forms.account_rules import Role
from forms.campaign import Campaign
from forms.words import text


def photograph_door(album: Album, chromium: Browser, address: str) -> None:
    """The door, before anybody is through."""
    door = album.open_page(chromium)
    door.goto(f"{address}{PATHS_OF_STAFF}")
    album.take(door, "dang-nhap", (WIDE[0], 460))


def photograph_desk(
    album: Album, desk: Page, address: str, screens: tuple[Screen, ...], role: Role, **keys: object
) -> None:
    """The screens of a role that is logged in; `keys` stand in their paths."""
    for screen in screens:
        if screen.role == role:
            desk.goto(f"{address}{PATHS_OF_STAFF}{screen.path.format(**keys)}")
            album.take(desk, screen.name, screen.size)


def open_desk(album: Album, chromium: Browser, address: str, role: Role, password: str) -> Page:
    """Somebody of a role, through the door."""
    desk = album.open_page(chromium)
    enter_console(desk, address, PEOPLE[role], password)
    return desk


def photograph_first_password(album: Album, desk: Page, address: str) -> None:
    """What a manager hands over with a new account."""
    desk.goto(f"{address}{PATHS_OF_STAFF}nguoi-dung/them")
    desk.fill("[name=shown_name]", f"{text('account.role_verifier')} 2")  # the first has the name
    desk.fill("[name=name]", "binh.nt")
    desk.locator("[name=role][value=verifier]").check()
    desk.locator("[name=workplace]").select_option(index=1)
    desk.get_by_role("button", name=text("account.make")).click()
    desk.get_by_role("heading", name=text("account.first_password")).wait_for()
    album.take(desk, "mat-khau-mot-lan", (WIDE[0], 560))


def photograph_second_factor(
    album: Album, chromium: Browser, address: str, store: Store, campaign: Campaign, desk: Page
) -> None:
    """The recovery codes of somebody who switches it on, and the door's second half for somebody who had it before."""
    desk.goto(f"{address}{PATHS_OF_STAFF}tai-khoan/xac-thuc")
    secret = desk.locator(".secret").inner_text().replace(" ", "")
    desk.fill("#code", pyotp.TOTP(secret).now())
    desk.get_by_role("button", name=text("account.factor_keep")).click()
    desk.get_by_role("heading", name=text("account.ways_title")).wait_for()
    album.take(desk, "ma-du-phong", (WIDE[0], 760))
    password = make_password()
    with store.write() as conn:
        name, shown = "minh.tt", text("account.role_observer")
        key = add_account(conn, name, shown, {"observer"}, hash_password(password), must_change=False)
        change_account(conn, key, {"totp_sealed": seal_secret(campaign.settings.id, key, "A" * 32)})
    door = album.open_page(chromium)
    knock(door, address, name, password)
    door.wait_for_url("**/ma-xac-thuc*")
    album.take(door, "ma-xac-thuc", (WIDE[0], 460))


def photograph_table_under_way(album: Album, desk: Page, address: str, store: Store) -> None:
    """A table of answers while it is taken in."""
    kept = find_work(store.folder, "answers")
    held = get_process("answers").hold(store.folder)
    if held is None:
        raise NotShown("nhan-bang-dang-doc: another table is at it")
    with held:
        keep_work(store.folder, table_under_way())
        desk.goto(f"{address}{PATHS_OF_STAFF}nhan-bang/")
        album.take(desk, "nhan-bang-dang-doc", (WIDE[0], 520), is_waiting=True)
    if kept is not None:
        keep_work(store.folder, kept)


def photograph_scan_under_way(album: Album, desk: Page, address: str, folders: DemoFolders) -> None:
    """A unit's PDFs, handed in and read page by page: several, so that they are seen; left once all are read."""
    desk.goto(f"{address}{PATHS_OF_STAFF}lo-quet/")
    desk.set_input_files("#scans", sorted((folders.printed / "HLO").glob("*.pdf")))
    desk.get_by_role("button", name=text("console.upload_send")).click()
    desk.locator("#uploads progress[value]").first.wait_for()
    album.take(desk, "dang-doc-lo-quet", (WIDE[0], 900), is_waiting=True)
    desk.locator("#uploads progress").wait_for(state="detached")


def photograph_press(album: Album, desk: Page, address: str) -> None:
    """A print run for three units, while it is at work and when it is done."""
    desk.goto(f"{address}{PATHS_OF_STAFF}chuan-bi/in")
    desk.locator("details.units summary").click()
    for unit in desk.locator("[name=agency]").all()[:3]:
        unit.check(force=True)
    desk.get_by_role("button", name=text("prepare.units_print")).click()
    desk.locator("#press-bar").wait_for()
    album.take(desk, "in-dang-chay", (WIDE[0], 460), is_waiting=True)
    desk.locator(".parcels").wait_for()
    album.take(desk, "in-phieu", (WIDE[0], 1000))


def photograph_preview_phone(album: Album, desk: Page, address: str) -> None:
    """The phone form as it would be, before anything is printed."""
    desk.goto(f"{address}{PATHS_OF_STAFF}chuan-bi/xem-truoc/CD/dien-thoai")
    album.take(desk, "xem-truoc-dien-thoai", NARROW)


def photograph_seed(album: Album, desk: Page, address: str) -> None:
    """The seed of a recheck, which is shown once."""
    desk.goto(f"{address}{PATHS_OF_STAFF}phuc-tra/chuan-bi")
    desk.get_by_role("button", name=text("recheck.plan_commit_press")).click()
    desk.get_by_role("heading", name=text("recheck.plan_seed_title")).wait_for()
    album.take(desk, "chuoi-phuc-tra", (WIDE[0], 560))
