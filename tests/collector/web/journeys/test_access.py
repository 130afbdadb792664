"""Every screen of the console in a real Chromium: axe finds nothing, and nothing is wider than the screen."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import pyotp
import pytest

from collector.editions.petitions import take_petition
from collector.review.second_look import look_again, next_drawn
from collector.store import Store
from collector.store.editions import Petition
from forms.rules import Reading

pytestmark = pytest.mark.slow

PASSWORD = "mot cau de nho 2014"
SCREENS = (
    "",
    "?q=ha+long",
    "giao-nhan/",
    "giao-nhan/giao",
    "giao-nhan/thu-ve",
    "giao-nhan/du-phong",
    "giao-nhan/huy",
    "giao-nhan/dinh-chinh",
    "giao-nhan/con-thieu",
    "giao-nhan/nhat-ky",
    "can-xem-lai/",
    "kiem-tra-may-doc/",
    "kiem-tra-may-doc/ket-qua",
    "phieu-trung/",
    "khong-doc-duoc/",
    "nhap-tay/",
    "nhap-tay/1",
    "nhan-bang/",
    "danh-sach-nguoi/",
    "rut-va-moi/",
    "nguoi-doc-thu-hai/",
    "tai-du-lieu/",
    "nhat-ky/kiem-tra",
    "lo-quet/",
    "thu-moi/",
    "diem/",
    "diem/dau-hieu",
    "diem/SNV/",
    "diem/SNV/TC1?group=CD&question=q4",
    "diem/SNV/rut?seed=1&n=3",
    "kien-nghi/",
    "kien-nghi/ghi-nhan",
    "kien-nghi/1",
    "kien-nghi/2",
    "ban-chi-so/",
    "ban-chi-so/so-sanh",
    "phuc-tra/",
    "phuc-tra/chuan-bi",
    "phuc-tra/ket-qua",
    "phuc-tra/xu-ly",
    "chu-ky/",
    "bien-nhan/",
    "nhat-ky/",
    "nguoi-dung/",
    "nguoi-dung/them",
    "nguoi-dung/tai-khoan/nguoi-1",
    "tai-khoan/mat-khau",
    "tai-khoan/xac-thuc",
)


@pytest.fixture
def busy(desk: Any, store: Store) -> Any:
    """A round under way: doubts, drawn answers, a conflict, scores."""
    settings = desk.campaign.settings.model_copy(update={"reading": Reading(second_look=1)})
    desk.campaign = dataclasses.replace(desk.campaign, settings=settings)
    for place, said in enumerate("554432"):
        desk.scan(desk.serials("SNV")[place], 1, q1="1", q2=said)
        desk.scan(desk.serials("SNV")[place], 2, q4=said)
    desk.scan(desk.serials()[0], 1, doubtful="q2 q3", q2="4")
    desk.scan(desk.serials()[0], 2)
    desk.post(desk.serials()[0], q2="1", q4="5")
    with store.read() as conn:
        drawn = next_drawn(conn)
    assert drawn is not None
    look_again(store, drawn.id, None, "Trần Văn Nam")
    for letter, criterion in (("12/SNV", "TC1"), ("13/SNV", "BONUS")):
        asked = Petition(0, "SNV", criterion, letter, datetime.date(2014, 4, 5), "Đề nghị xem lại", who="Lê Thị Hoa")
        take_petition(store, desk.campaign, asked)
    return desk


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_no_screen_of_the_console_has_a_fault_that_axe_knows(
    size: str, busy: Any, person: Callable[[str], Any], give_account: Any
) -> None:
    somebody, wrong = person(size), {}
    somebody.open("/quan-ly/dang-nhap")
    assert somebody.find_faults() == ""
    somebody.log_in(give_account())
    for path in SCREENS:
        assert somebody.open(f"/quan-ly/{path}") == 200, path
        wrong[path] = somebody.find_faults() + somebody.find_small()
    somebody.open("/quan-ly/lo-quet/")
    somebody.page.get_by_role("link", name="Lô quét ngày").first.click()
    somebody.reads("Lô quét ngày")
    wrong["a day's scans"] = somebody.find_faults()
    assert somebody.open("/quan-ly/khong-co") == 404
    wrong["not found"] = somebody.find_faults()
    somebody.open("/quan-ly/bien-nhan/")
    somebody.page.get_by_label("Mã biên nhận").fill("7K3M9-TQX2B-VAF8N")
    somebody.press("Tra")
    somebody.reads("Không phải biên nhận")
    wrong["a receipt that is none"] = somebody.find_faults()
    somebody.open("/quan-ly/phuc-tra/chuan-bi")
    somebody.page.get_by_label("Lý do (chỉ khi").fill("lập muộn")
    somebody.press("Cam kết")
    somebody.reads("chỉ hiện lần này")
    wrong["the seed"] = somebody.find_faults()
    assert {path: told for path, told in wrong.items() if told} == {}


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_page_that_may_not_count_has_no_fault_that_axe_knows(
    size: str, desk: Any, person: Callable[[str], Any], give_account: Any
) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2 q3", why="struck_page", q2="4", q3="ab")
    desk.scan(desk.serials()[0], 2)
    somebody = person(size)
    somebody.log_in(give_account())
    somebody.open("/quan-ly/can-xem-lai/")
    somebody.page.get_by_text("Bỏ trống cả trang này (2 mục)").click()
    somebody.reads("Tôi đã xem hình cả trang")
    assert somebody.find_faults() + somebody.find_small() == ""


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_neither_has_any_page_at_the_door(
    size: str, store: Store, person: Callable[[str], Any], give_account: Any
) -> None:
    """A refusal, a password for once, a second factor with its recovery codes, the code that it asks for."""
    wrong, manager = {}, person(size)
    manager.log_in(give_account("Lê Thị Hoa"))
    manager.open("/quan-ly/nguoi-dung/them")
    manager.page.get_by_label("Họ và tên").fill("Trần Văn Nam")
    manager.page.get_by_label("Tên đăng nhập").fill("nam.tv")
    manager.page.get_by_label("Giao nhận", exact=False).first.check()
    manager.page.locator("select[name=workplace]").select_option("HL")
    manager.press("Tạo tài khoản")
    manager.page.get_by_role("heading", name="Mật khẩu dùng một lần").wait_for()
    wrong["a password for once"] = manager.find_faults()
    given = manager.page.locator(".secret").last.inner_text()

    fresh = person(size)
    knock(fresh, "nam.tv", given)
    fresh.reads("Mật khẩu được cấp chỉ dùng một lần")
    wrong["a password of one's own"] = fresh.find_faults()

    account = give_account("Phạm Mai", roles=("clerk",), wants_totp=True)
    clerk = person(size)
    knock(clerk, account.name, PASSWORD)
    clerk.page.get_by_role("heading", name="Xác thực hai lớp").wait_for()
    wrong["a second factor"] = clerk.find_faults()
    secret = clerk.page.locator(".secret").inner_text().replace(" ", "")
    clerk.page.get_by_label("Mã xác thực").fill(pyotp.TOTP(secret).now())
    clerk.press("Bật xác thực hai lớp")
    clerk.page.get_by_role("heading", name="Mã dự phòng").wait_for()
    wrong["recovery codes"] = clerk.find_faults()
    assert clerk.open("/quan-ly/nguoi-dung/") == 403
    wrong["refused"] = clerk.find_faults()

    again = person(size)
    knock(again, account.name, PASSWORD)
    again.page.get_by_role("heading", name="Nhập mã xác thực").wait_for()
    wrong["the code"] = again.find_faults()
    again.page.get_by_label("Mã xác thực").fill("000000")
    again.press("Đăng nhập")
    again.page.get_by_role("alert").wait_for()
    wrong["a wrong code"] = again.find_faults()
    assert {path: told for path, told in wrong.items() if told} == {}


def knock(who: Any, name: str, password: str) -> None:
    who.open("/quan-ly")
    who.page.fill("#name", name)
    who.page.fill("#password", password)
    who.page.click("main button")
