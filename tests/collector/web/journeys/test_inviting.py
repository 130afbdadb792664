"""From a list of people to letters in the queue and slips in hand, in a real browser, by a process of its own."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from collector.people.recipients import import_recipients
from collector.store import Store
from collector.store.invitations import list_invitations
from collector.store.letters import list_letters
from forms.campaign import Campaign

pytestmark = pytest.mark.slow
SHOTS = os.environ.get("PHIEU_SHOTS", "")  # a folder: what every screen looks like goes there


@pytest.fixture
def campaign_here(make_folder: Any) -> Campaign:
    letters = {"from": "Sở Nội vụ <khaosat@vi-du.gov.vn>"}
    made: Campaign = make_folder(public_address="https://khaosat.vi-du.gov.vn", letters=letters)
    return made


@pytest.fixture
def app(app_of: Any, campaign_here: Campaign) -> Flask:
    site: Flask = app_of(campaign_here)
    return site


@pytest.fixture
def listed(store: Store, campaign_here: Campaign, tmp_path: Path) -> None:
    """Thirty citizens of whom twenty are wanted, and three officials, one without e-mail."""
    rows = [f"SNV,CD,Nguyễn Thị Thứ {n},cd{n}@vi-du.vn,09{n:08d}\n" for n in range(30)]
    rows += [f"HL,CC,Đặng Văn Thứ {n},cc{n}@vi-du.vn,\n" for n in range(2)] + ["HL,CC,Lê Không Thư,,0912345678\n"]
    path = tmp_path / "people.csv"
    path.write_text("agency,group,name,email,phone\n" + "".join(rows), encoding="utf-8")
    import_recipients(store, campaign_here, path, "lan")


def shoot(who: Any, name: str) -> None:
    if SHOTS:
        who.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_a_manager_draws_invites_and_prints_slips_without_a_command_line(
    person: Callable[[str], Any], give_account: Any, store: Store, listed: None, tmp_path: Path
) -> None:
    manager = person("desk")
    manager.log_in(give_account("Lê Thị Hoa"))
    manager.choose("Rút người và mời")
    manager.reads("Công bố danh sách mã trước khi rút")
    assert manager.find_faults() == ""
    shoot(manager, "1-published")

    manager.page.fill("#seed", "XSMB 18/03/2014: 48291")
    manager.press("Rút")
    manager.reads("2 ô rút lần này: 23 người được chọn")
    assert manager.find_faults() == ""
    shoot(manager, "2-drawn")

    manager.press("Giao đường dẫn và xếp thư")
    manager.reads("Đã mời 23 người: 22 qua thư điện tử, 1 bằng phiếu nhỏ")
    assert manager.find_faults() == ""
    with store.read() as conn:
        assert len(list_invitations(conn)) == 23
        assert [one.state for one in list_letters(conn)] == ["queued"] * 22

    manager.page.get_by_label("Mọi người chưa trả lời").check()
    manager.press("Lập tệp")
    manager.reads("Đã lập xong, của 23 người")
    assert manager.find_faults() == ""
    shoot(manager, "3-made")
    with manager.page.expect_download() as taken:
        manager.page.get_by_role("link", name="Tải slips.zip").click()
    with zipfile.ZipFile(io.BytesIO(Path(taken.value.path()).read_bytes())) as slips:
        assert [one[:4] for one in map(slips.read, slips.namelist())] == [b"%PDF"] * 2
    manager.press("Xóa khỏi máy chủ")
    manager.reads("Đã xóa tệp khỏi máy chủ")
    assert not re.search("Nguyễn Thị Thứ|vi-du.vn", manager.page.locator("main").inner_text())


def test_what_is_wrong_is_said_beside_what_was_typed_and_the_page_works_by_keyboard_on_a_phone(
    person: Callable[[str], Any], give_account: Any, store: Store, listed: None
) -> None:
    manager = person("phone")
    manager.log_in(give_account("Lê Thị Hoa"))
    manager.open("/quan-ly/rut-va-moi/")
    assert manager.find_faults() == ""
    shoot(manager, "4-phone")
    manager.page.focus("#reserve")
    manager.page.keyboard.type("hai")
    manager.keys("Enter")
    manager.reads("số người dự phòng không hợp lệ")
    assert manager.page.input_value("#reserve") == "hai"
    assert manager.find_faults() == ""
    shoot(manager, "5-phone-wrong")
    manager.open("/quan-ly/thu-moi/nguoi-gui")
    assert manager.find_faults() == ""
    shoot(manager, "6-phone-sender")
