"""The console on a narrow screen, the walk through the scores, and a call by keys."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from collector.review.second_look import look_again, next_drawn
from collector.store import Store
from tests.collector.web.browser.conftest import Screen, draw_all, enter

pytestmark = pytest.mark.slow

CONSOLE = (
    "tai-khoan/mat-khau",
    "tai-khoan/xac-thuc",
    "nguoi-dung/",
    "lo-quet/",
    "nhap-tay/",
    "nhap-tay/1",
    "?q=ha+long",
)
SHEETS = ("giao-nhan/", "giao-nhan/giao", "giao-nhan/thu-ve", "giao-nhan/con-thieu", "giao-nhan/nhat-ky")
CHECK = ("kiem-tra-may-doc/", "kiem-tra-may-doc/ket-qua", "nguoi-doc-thu-hai/")
RECHECK = ("phuc-tra/", "phuc-tra/ket-qua", "phuc-tra/xu-ly")
SCORES = ("diem/", "diem/dau-hieu", "diem/HL/", "diem/HL/TC1", "diem/HL/rut?seed=1&n=3")


@pytest.mark.parametrize(
    "path", ["", "can-xem-lai/", *CHECK, "phieu-trung/", "khong-doc-duoc/", *CONSOLE, *SHEETS, *SCORES, *RECHECK]
)
def test_the_console_fits_a_narrow_screen_and_needs_no_script(
    phone: Screen, address: str, desk: Any, store: Store, path: str, give_account: Any
) -> None:
    draw_all(desk)
    desk.scan(desk.serials()[0], 1, doubtful="q2", q2="4")
    desk.scan(desk.serials()[0], 2)
    desk.post(desk.serials()[0], q2="1", q4="5")
    with store.read() as conn:
        look_again(store, next_drawn(conn).id, None, "Trần Văn Nam")
    enter(phone, address, give_account())
    phone.page.goto(f"{address}/quan-ly/{path}")
    expect(phone.page.get_by_role("heading", level=1)).to_be_visible()
    assert phone.overflow_px() <= 0
    assert not [said for said in phone.complaints if "Content Security Policy" in said]


def test_somebody_walks_from_the_table_of_scores_to_a_mark_and_takes_the_account_along(
    desktop: Screen, address: str, desk: Any, give_account: Any
) -> None:
    for place, said in enumerate("554432"):
        desk.scan(desk.serials("SNV")[place], 1, q1="1", q2=said)
        desk.scan(desk.serials("SNV")[place], 2, q4=said)
    enter(desktop, address, give_account())
    page = desktop.page
    page.get_by_text("Kết quả", exact=True).click()
    page.get_by_role("link", name="Điểm", exact=True).click()
    page.get_by_role("link", name="Sở Nội vụ").click()
    page.get_by_role("link", name="TC1 Một cửa").click()
    page.get_by_role("link", name="Người dân, Câu 4").click()
    expect(page.get_by_text("SNV-CD-006")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Bản giải trình điểm gửi cơ quan").click()
    assert taken.value.suggested_filename == "giai-trinh-SNV-TC1.pdf"
    page.get_by_role("link", name="Sở Nội vụ").click()
    page.get_by_role("link", name="Rút phiếu").click()
    page.get_by_label("Chuỗi để rút").fill("12 34")
    page.get_by_label("Số phiếu").fill("2")
    page.get_by_role("button", name="Rút").click()
    page.get_by_text("4 trang của 2 phiếu").wait_for()
    assert not [said for said in desktop.complaints if "404" not in said and "503" not in said]


def test_a_call_is_made_with_the_keyboard_alone_and_fits_a_narrow_phone(
    desktop: Screen, address: str, calls: list[str], give_account: Any
) -> None:
    rechecker, page = give_account("Vũ Thị Mai", roles=("rechecker",)), desktop.page
    enter(desktop, address, rechecker)
    page.goto(f"{address}/quan-ly/phuc-tra/goi/{calls[0]}")
    page.set_viewport_size({"width": 360, "height": 740})
    assert desktop.overflow_px() <= 0
    page.focus("#note")
    page.keyboard.type("gặp buổi tối")
    page.keyboard.press("Enter")
    assert page.url.endswith(calls[0]), "Enter in a field records nothing"
    page.focus("input[name=took_part][value='']")
    for _ in range(2):  # from the last of three to the first
        page.keyboard.press("ArrowUp")
    page.focus("input[name=filled_self][value='']")
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    page.focus("button[value=confirmed]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/phuc-tra/?agency=SNV")
    assert "đã ghi “Xác nhận đúng”" in page.inner_text("main")
    assert desktop.overflow_px() <= 0
    assert desktop.complaints == []
