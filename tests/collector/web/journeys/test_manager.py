"""The manager: through the door with two factors, who is behind, a new colleague, and a score down to its marks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from flask import Flask

from forms.account_rules import AccountRules

pytestmark = pytest.mark.slow

PASSWORD = "mot cau de nho 2014"


@pytest.fixture
def app(app_of: Callable[[Any], Flask], campaign: Any) -> Flask:
    """A campaign whose managers need a second factor."""
    settings = campaign.settings.model_copy(update={"accounts": AccountRules(totp=("manager",))})
    return app_of(replace(campaign, settings=settings))


def knock(who: Any, name: str, password: str) -> None:
    who.open("/quan-ly")
    who.page.fill("#name", name)
    who.page.fill("#password", password)
    who.page.click("main button")


def set_up_second_factor(who: Any) -> str:
    who.page.get_by_role("heading", name="Xác thực hai lớp").wait_for()
    secret = who.page.locator(".secret").inner_text().replace(" ", "")
    who.page.get_by_label("Mã xác thực").fill(pyotp.TOTP(secret).now())
    who.press("Bật xác thực hai lớp")
    who.page.get_by_role("heading", name="Mã dự phòng").wait_for()
    return str(secret)


def test_a_manager_enters_by_two_factors_and_follows_a_score_to_a_mark(
    person: Callable[[str], Any], give_account: Any, desk: Any
) -> None:
    for place, said in enumerate("554432"):
        desk.scan(desk.serials("SNV")[place], 1, q1="1", q2=said)
        desk.scan(desk.serials("SNV")[place], 2, q4=said)
    account = give_account("Lê Thị Hoa")
    first = person("desk")
    knock(first, account.name, PASSWORD)
    secret = set_up_second_factor(first)

    manager = person("desk")
    knock(manager, account.name, "sai mật khẩu")
    manager.reads("chưa đúng")
    knock(manager, account.name, PASSWORD)
    manager.page.get_by_role("heading", name="Nhập mã xác thực").wait_for()
    following = pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + 1)  # this half-minute's was spent above
    manager.page.get_by_label("Mã xác thực").fill(following)
    manager.press("Đăng nhập")
    manager.page.wait_for_url("**/quan-ly/")

    manager.page.get_by_role("searchbox").fill("ha long")
    manager.keys("Enter")
    manager.reads("Thành phố Hạ Long")
    assert manager.page.get_by_role("rowheader", name="Sở Nội vụ").count() == 0
    manager.choose("Điểm")
    manager.choose("Sở Nội vụ")
    manager.choose("TC1 Một cửa")
    manager.choose("Người dân, Câu 4")
    manager.reads("SNV-CD-006")
    with manager.page.expect_download() as taken:
        manager.choose("Bản giải trình điểm gửi cơ quan (PDF)")
    assert taken.value.suggested_filename == "giai-trinh-SNV-TC1.pdf"


def test_a_manager_lets_a_colleague_in_who_sees_what_is_theirs(person: Callable[[str], Any], give_account: Any) -> None:
    account, manager = give_account("Lê Thị Hoa"), person("phone")
    knock(manager, account.name, PASSWORD)
    set_up_second_factor(manager)
    manager.choose("Đã ghi lại")
    manager.choose("Người dùng")
    manager.choose("Thêm người dùng")
    manager.page.get_by_label("Họ và tên").fill("Bùi Đức Anh")
    manager.page.get_by_label("Tên đăng nhập").fill("anh.bd")
    manager.page.get_by_label("Cơ quan theo dõi").check()
    manager.page.get_by_label("Chỉ phiếu của một cơ quan").select_option("HL")
    manager.press("Tạo tài khoản")
    manager.page.get_by_role("heading", name="Mật khẩu dùng một lần").wait_for()
    given = manager.page.locator(".secret").last.inner_text()

    viewer = person("phone")
    knock(viewer, "anh.bd", given)
    viewer.reads("Mật khẩu được cấp chỉ dùng một lần")
    for field, typed in (("#old", given), ("#new", "con đò bến cũ 1975"), ("#again", "con đò bến cũ 1975")):
        viewer.page.fill(field, typed)
    viewer.press("Đổi mật khẩu")
    viewer.page.wait_for_url("**/quan-ly/")
    viewer.reads("Thành phố Hạ Long")
    assert "Sở Nội vụ" not in viewer.page.locator("main").inner_text()
    assert viewer.page.get_by_role("link", name="Điểm", exact=True).count() == 0
