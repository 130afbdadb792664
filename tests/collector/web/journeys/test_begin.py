"""Begin, as a whole: last year's survey copied, tables by Excel, sheet and phone form seen, packs for every unit."""

from __future__ import annotations

import os
import signal
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask

from collector.opening import open_campaign
from collector.prepare.next_server import find_next
from collector.store import Store
from collector.store.quota import quota_rows
from collector.web.succession import LISTENING
from forms.campaign import Campaign
from forms.folder import load_campaign
from tests.collector.web.two_agencies import copy_two_agencies

pytestmark = pytest.mark.slow

PASSWORD = "mot cau de nho 2014"
MOST_CLICKS = 20  # from the door to the packs of two units, a table with a slip on the way
QUOTAS = "agency,group,target,reserve\nSXD,CC,2,0\nHL,CC,2,0\nHL,CD,3,1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Last year's survey, cut down to two agencies; home affairs, which runs it, is not among them."""
    made = tmp_path / "quang-ninh-2013"
    copy_two_agencies(made, QUOTAS)
    return made


@pytest.fixture
def campaign(folder: Path) -> Campaign:
    """What the folder holds."""
    return load_campaign(folder)


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    """Its own store."""
    _, opened = open_campaign(folder)
    yield opened
    opened.close()


@pytest.fixture
def next_year(app: Flask, folder: Path) -> Iterator[Path]:
    """Where next year's survey will lie; what serves it ends with the test."""
    app.config[LISTENING] = "127.0.0.1", 18600
    yield folder.parent / "quang-ninh-2014"
    begun = find_next(folder)
    if begun is not None and begun.pid:
        os.kill(begun.pid, signal.SIGTERM)


def set_target(book: Path, row: int, said: object) -> None:
    """Write a target into the quotas as somebody does in Excel."""
    opened = openpyxl.load_workbook(book)
    sheet = opened.worksheets[0]
    heads = [str(cell.value).lower() for cell in sheet[1]]
    sheet.cell(row, heads.index("chỉ tiêu") + 1, said)
    opened.save(book)


def copy_last_year(manager: Any) -> None:
    """Log in to last year's survey, make next year's, and go over to it."""
    manager.choose("Chuẩn bị đợt")
    manager.choose("Đợt năm sau")
    manager.press("Tạo đợt mới")
    manager.press("Mở đợt mới")
    way = manager.page.get_by_role("link", name="Vào đợt mới")
    way.wait_for()
    manager.address = str(way.get_attribute("href")).removesuffix("/quan-ly/")
    way.click()


def take_quotas_in(manager: Any, book: Path) -> None:
    """Take the quotas down, send them back with a slip and again without."""
    with manager.page.expect_download() as taken:
        manager.page.locator('a[href*="/tep/table/quotas.xlsx"]').click()
    taken.value.save_as(book)
    for said, words in (("nhiều", f"{book.name}, ô C4"), (5, "Đợt khảo sát không có lỗi: 2 cơ quan")):
        set_target(book, 4, said)
        manager.page.set_input_files('input[name="table/quotas"]', book)
        manager.press("Kiểm tra và thay")
        manager.reads(words)
        assert manager.find_faults() == ""
    manager.reads("10 phiếu kể cả dự phòng")


def look_at_sheet_and_phone(manager: Any) -> None:
    """The printed sheet as pictures, and the phone form in a window of its own."""
    manager.choose("Xem trước")
    manager.page.locator("#group").select_option("CD")
    manager.press("Xem")
    picture = manager.page.locator(".pages img").first
    picture.wait_for()
    manager.page.wait_for_function("document.querySelector('.pages img').naturalWidth > 500")
    assert manager.find_faults() == ""
    with manager.page.expect_popup() as opened:
        manager.page.get_by_role("link", name="Xem phiếu trên điện thoại").click()
    opened.value.locator("form input[type=radio]").first.wait_for(state="attached")
    opened.value.close()


def count_clicks(manager: Any) -> list[str]:
    """What was clicked from now on, in every page of this browser."""
    clicked: list[str] = []
    context = manager.page.context
    context.expose_binding("note_click", lambda _, words: clicked.append(words))
    context.add_init_script(
        "addEventListener('click', (event) => event.isTrusted && note_click(event.target.innerText || ''), true)"
    )
    return clicked


def test_last_year_becomes_this_year_printed_for_every_unit(
    person: Callable[[str], Any], give_account: Any, next_year: Path, tmp_path: Path
) -> None:
    manager, account = person("desk"), give_account("Lê Thị Hoa")
    clicked = count_clicks(manager)
    manager.log_in(account)
    copy_last_year(manager)
    manager.log_in(account)
    manager.reads("2014")
    manager.choose("Chuẩn bị đợt")
    take_quotas_in(manager, tmp_path / "chi-tieu-2014.xlsx")
    look_at_sheet_and_phone(manager)

    manager.choose("In phiếu")
    manager.press("In 10 phiếu")
    manager.reads("Đã xong: 10 phiếu")
    assert manager.find_faults() == ""
    for unit, sheets in (("HL", {"HL-CC.pdf", "HL-CD.pdf"}), ("SXD", {"SXD-CC.pdf"})):
        with manager.page.expect_download() as taken:
            manager.page.locator(f'a[href$="/in/don-vi/{unit}.zip"]').click()
        with zipfile.ZipFile(taken.value.path()) as parts:
            assert {f"{unit}/{name}" for name in sheets} <= set(parts.namelist())
    assert 0 < len(clicked) <= MOST_CLICKS, clicked
    _, made = open_campaign(next_year)
    with made.read() as conn:
        assert sum(row.printed for row in quota_rows(conn)) == 10
    made.close()
