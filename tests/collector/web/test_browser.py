"""The pages in a real Chromium: on a narrow phone without scripts, and at the desk with the keyboard alone."""

from __future__ import annotations

import dataclasses
import datetime
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from waitress.server import create_server

from collector.ledger.holding import Note
from collector.ledger.naming import Named
from collector.ledger.voiding import void_sheets
from collector.review import get_doubt, list_doubts
from collector.second_look import get_drawn, look_again, next_drawn
from collector.store import Store
from collector.store.accounts import Account
from collector.store.campaigns import sync_campaign
from collector.store.layouts import save_layout
from collector.store.look_outcomes import list_outcomes
from collector.store.quota import quota_rows
from collector.store.sheets import reserve_sheets
from collector.uploads import read_uploads
from forms.campaign import Campaign, Quota
from forms.rules import Reading
from forms.serial import make_serial

pytestmark = pytest.mark.slow

NARROW = {"width": 320, "height": 640}
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
WIDE = {"width": 1280, "height": 800}


def addresses(app: Flask) -> Iterator[str]:
    """The address at which an app is served, until what asked for it ends."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@dataclass
class Screen:
    """A page, the requests it made and what the browser complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def overflow_px(self) -> int:
        """How far the page is wider than its screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def open_screen(browser: Browser, size: dict[str, int], scripts: bool) -> Screen:
    page = browser.new_context(viewport=size, java_script_enabled=scripts, locale="vi-VN").new_page()  # type: ignore[arg-type]
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


def test_a_form_is_filled_and_sent_on_a_narrow_phone_without_scripts(
    phone: Screen, address: str, desk: Any, store: Store
) -> None:
    page = phone.page
    page.goto(f"{address}/P/{desk.serials()[0]}-1")
    assert [url for url in phone.requests if not url.startswith("data:")] == [f"{address}/P/{desk.serials()[0]}-1"]
    assert phone.overflow_px() <= 0
    page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    page.get_by_label("Báo").check()
    page.get_by_label("Số lần đi lại").fill("3")
    page.get_by_label("Góp ý").fill("Cần thêm ghế chờ")
    page.get_by_role("button", name="Gửi phiếu").click()
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert phone.overflow_px() <= 0
    assert phone.complaints == []
    assert desk.post(desk.serials()[0], q2="4", q3="b", q5="3", q6="Cần thêm ghế chờ").status == "same"
    with store.read() as conn:
        assert sum(cell.accepted for cell in quota_rows(conn)) == 1


def test_every_choice_can_be_hit_with_a_thumb(phone: Screen, address: str, desk: Any) -> None:
    phone.page.goto(f"{address}/P/{desk.serials()[0]}")
    targets = phone.page.locator("label.o, button, input.w, textarea, summary").all()
    boxes = [target.bounding_box() for target in targets]
    assert len(boxes) == 2 + 6 + 3 + 6 + 3
    assert min(box["height"] for box in boxes if box) >= 48


def test_a_matrix_is_filled_on_a_narrow_phone_a_card_an_agency(phone: Screen, address: str, desk: Any) -> None:
    page, serial = phone.page, desk.serials(group="CC")[0]
    page.goto(f"{address}/P/{serial}")
    assert phone.overflow_px() <= 0
    tiles = [tile.bounding_box() for tile in page.locator(".t label").all()]
    assert len(tiles) == 2 * 5
    assert len({tile["y"] for tile in tiles if tile}) == 2  # one line an agency
    assert min(tile["height"] for tile in tiles if tile) >= 48
    assert min(tile["width"] for tile in tiles if tile) >= 44
    chosen = page.get_by_role("group", name="Sở Tài chính").get_by_label("Mức 4")
    plain = page.locator(".t span").first.evaluate("tile => getComputedStyle(tile).backgroundColor")
    chosen.check()
    tile = chosen.locator("xpath=following-sibling::span")
    assert tile.evaluate("tile => getComputedStyle(tile).backgroundColor") != plain  # and without :has
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Gửi phiếu").click()
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert desk.post(serial, m1_STC="3").status == "same"


def test_what_the_answer_skips_is_put_out_of_sight_and_comes_back(phone: Screen, address: str, desk: Any) -> None:
    page = phone.page
    page.goto(f"{address}/P/{desk.serials()[0]}")
    skipped = page.get_by_role("group", name="Thái độ")
    assert skipped.is_visible()
    page.get_by_label("Không", exact=True).check()
    assert not skipped.is_visible()
    page.get_by_label("Có", exact=True).check()
    assert skipped.is_visible()


def test_an_empty_form_says_so_at_the_top_and_leads_to_the_first_question(
    phone: Screen, address: str, desk: Any
) -> None:
    page = phone.page
    page.goto(f"{address}/P/{desk.serials()[0]}")
    page.get_by_role("button", name="Gửi phiếu").click()
    alert = page.get_by_role("alert")
    assert alert.is_visible()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    alert.get_by_role("link").click()
    assert page.evaluate("document.activeElement.id") == "q1"


def print_more(store: Store, campaign: Campaign, drawn: Any) -> Campaign:
    """The same survey with a cell large enough for a stack of 100."""
    bigger = dataclasses.replace(campaign, quotas=(Quota("HL", "CD", 90), *campaign.quotas[1:]))
    with store.write() as conn:
        sync_campaign(conn, bigger)
        asked = bigger.get_questionnaire("CD")
        layout = save_layout(conn, bigger.settings.id, drawn["CD"], asked, bigger.settings.head())
        reserve_sheets(conn, bigger, bigger.quotas[0], layout)
    return bigger


def test_a_hand_scanner_types_a_hundred_codes_and_wrong_sheets_do_not_lose_the_stack(
    desktop: Screen, app_of: Any, store: Store, campaign: Campaign, drawn: Any, give_account: Any, desk: Any
) -> None:
    app = app_of(print_more(store, campaign, drawn))
    serials = [*desk.serials()[:3], *desk.serials()[4:], *desk.serials("SNV")[:11]]
    codes = [f"HTTPS://KHAOSAT.EXAMPLE.VN/P/{serial}-1" for serial in serials]
    note = Note("Trần Văn In", datetime.date(2014, 3, 20))
    void_sheets(store, campaign, Named(("HL-CD-004",)), dataclasses.replace(note, note="rách"))
    wrong = [desk.serials()[3], make_serial(7), "0912345678", "HTTPS://KHAOSÁT.EXAMPLE.VN/P"]
    for address in addresses(app):
        page = desktop.page
        enter(desktop, address, give_account(roles=("clerk",)))
        page.goto(f"{address}/quan-ly/giao-nhan/giao")
        for place, code in enumerate([*codes[:40], *wrong, codes[5], *codes[40:]]):
            page.keyboard.type(code)  # as the scanner does: into whatever has the focus, then Enter
            page.keyboard.press("Enter")
            if place == 70:
                page.reload()  # a slip of the hand
                page.wait_for_selector("#station:not([hidden])")
        expect(page.locator("#total")).to_have_text("100", timeout=60_000)
        assert page.locator("#cells li").all_inner_texts() == ["HL-CD: 89", "SNV-CD: 11"]
        refused = page.locator("#wrong").inner_text()
        for said in ("HL-CD-004: phiếu đã hủy", "không thuộc phiếu nào của đợt", "không phải số phiếu", "tắt bộ gõ"):
            assert said in refused
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(".said")
        assert "100" in page.locator(".said").first.inner_text()
        assert page.locator("#total").inner_text() == "0"
        page.keyboard.type(codes[0])
        page.keyboard.press("Enter")
        page.wait_for_selector(".feed.wrong")
        assert "HL-CD-001: đã giao cho" in page.locator("#last").inner_text()
        assert desktop.overflow_px() <= 0
    with store.read() as conn:
        assert sum(row.outstanding for row in quota_rows(conn)) == 100


def test_who_may_hand_nothing_in_watches_scans_without_a_complaint(
    desktop: Screen, address: str, desk: Any, give_account: Any
) -> None:
    desk.scan(desk.serials()[0], 1)
    enter(desktop, address, give_account(roles=("observer",)))
    desktop.page.goto(f"{address}/quan-ly/lo-quet/")
    assert desktop.page.locator("#send").count() == 0
    assert desktop.complaints == []


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
    assert phone.page.get_by_role("heading", level=1).is_visible()
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
    page.get_by_role("link", name="Người dân, q4").click()
    assert page.get_by_text("SNV-CD-006").is_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Bản giải trình điểm gửi cơ quan").click()
    assert taken.value.suggested_filename == "giai-trinh-SNV-TC1.pdf"
    page.get_by_role("link", name="Sở Nội vụ").click()
    page.get_by_role("link", name="Rút phiếu").click()
    page.get_by_label("Chuỗi để rút").fill("12 34")
    page.get_by_label("Số phiếu").fill("2")
    page.get_by_role("button", name="Rút").click()
    assert page.get_by_text("4 trang của 2 phiếu").is_visible()
    assert not [said for said in desktop.complaints if "404" not in said and "503" not in said]


def test_a_doubt_is_settled_with_the_mouse_alone(
    phone: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2", q2="4")
    desk.scan(desk.serials()[0], 2)
    with store.read() as conn:
        [doubt] = list_doubts(conn)
    enter(phone, address, give_account())
    phone.page.goto(f"{address}/quan-ly/can-xem-lai/")
    phone.page.get_by_label("Mức 2").check()
    phone.page.get_by_role("button", name="Ghi nhận").click()
    phone.page.get_by_text("Không còn mục nào").wait_for()
    with store.read() as conn:
        assert get_doubt(conn, doubt.id).chosen == ("2",)


def test_doubts_are_settled_and_taken_back_by_keys(
    desktop: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2 q3", q2="4", q3="ab")
    desk.scan(desk.serials()[0], 2, doubtful="q4", q4="5")
    with store.read() as conn:
        doubts = [doubt.id for doubt in list_doubts(conn)]
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(f"{address}/quan-ly/can-xem-lai/")
    for keys, left in (
        (["1", "Enter"], "Còn 2 mục"),
        (["1", "3", " "], "Còn 1 mục"),
        (["0", "Enter"], "Không còn"),
    ):
        for key in keys:
            page.keyboard.press(key)
        page.get_by_text(left).wait_for()
    with store.read() as conn:
        assert [get_doubt(conn, doubt).chosen for doubt in doubts] == [("5",), ("b", "c"), ()]
    page.keyboard.press("u")
    page.get_by_text("Còn 1 mục").wait_for()
    with store.read() as conn:
        assert get_doubt(conn, doubts[2]).state == "open"
    page.keyboard.press("Enter")
    page.get_by_text("Không còn").wait_for()
    with store.read() as conn:
        assert get_doubt(conn, doubts[2]).chosen == ("5",), "Enter alone accepts the guess that stands ready"
    assert not [said for said in desktop.complaints if "Content Security Policy" in said]


def test_a_second_look_is_taken_with_the_mouse_alone(
    phone: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    draw_all(desk)
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_SNV", m1_STC="4")
    enter(phone, address, give_account())
    phone.page.goto(f"{address}/quan-ly/kiem-tra-may-doc/")
    targets = [label.bounding_box() for label in phone.page.locator("label.choice").all()]
    assert len(targets) == 5 + 3
    assert min(box["height"] for box in targets if box) >= 48
    phone.page.get_by_label("Không phân biệt được").check()
    phone.page.get_by_role("button", name="Ghi nhận").click()
    phone.page.get_by_text("Không còn câu nào chờ xem").wait_for()
    with store.read() as conn:
        assert [(one.row, one.seen) for one in list_outcomes(conn)] == [("STC", None)]


def test_second_looks_are_taken_and_taken_back_by_keys(
    desktop: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    draw_all(desk)
    desk.scan(desk.serials()[0], 1, q1="1", q2="4", q3="ab")
    desk.scan(desk.serials()[0], 2, q4="5")
    seen = {"q1": ["m"], "q2": ["2"], "q3": ["k", "1", "0", "3", "2"], "q4": ["0"]}
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(f"{address}/quan-ly/kiem-tra-may-doc/")
    for left in (3, 2, 1, 0):
        with store.read() as conn:
            drawn = next_drawn(conn)
        assert drawn is not None
        for key in (*seen[drawn.question], "Enter"):
            page.keyboard.press(key)
        page.get_by_text(f"Còn {left} câu").wait_for()
    with store.read() as conn:
        kept = {one.question: one.seen for one in list_outcomes(conn)}
    assert kept == {"q1": "several", "q2": ("4",), "q3": ("b", "c"), "q4": ()}
    page.keyboard.press("u")
    page.get_by_text("Còn 1 câu").wait_for()
    with store.read() as conn:
        again = next_drawn(conn)
        assert again is not None
        assert get_drawn(conn, drawn.id) == again
    assert not [said for said in desktop.complaints if "Content Security Policy" in said]


def test_a_sheet_is_typed_in_by_keys_alone(
    desktop: Screen, address: str, desk: Any, store: Store, give_account: Any
) -> None:
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(f"{address}/quan-ly/nhap-tay/")
    page.keyboard.type("hl-cd-001")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Nhập tay: HL-CD-001").wait_for()
    for key in ("1", "2", "1", "3", "Enter", "0", "Enter", "1", "2", "Enter", "Enter", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("Phiếu HL-CD-001: đã nhận").wait_for()
    assert desk.post(desk.serials()[0], "typed", q1="1", q2="4", q3="ac", q5="12").status == "same"
    assert not [said for said in desktop.complaints if "Content Security Policy" in said]


def test_scans_are_handed_in_and_watched_to_their_end(
    desktop: Screen, address: str, store: Store, campaign: Any, give_account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.uploads.UploadReader.wake", lambda _: None)  # its folder holds no campaign.yaml
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(f"{address}/quan-ly/lo-quet/")
    blank = cv2.imencode(".png", np.full((1200, 850), 250, np.uint8))[1].tobytes()
    files = [("a.png", "image/png", blank), ("ghi chú.pdf", "application/pdf", b"no PDF")]
    page.set_input_files("#scans", [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files])
    page.get_by_text("a.png (").wait_for()
    page.get_by_role("button", name="Gửi và đọc").click()
    page.get_by_text("chờ đọc").wait_for()
    page.get_by_text("không phải tệp PDF, TIFF, JPEG hoặc PNG; lưu").wait_for()
    read_uploads(store, campaign, 1)
    page.get_by_text("đã đọc xong").wait_for()
    page.get_by_text("1 trang trắng").wait_for()
    assert not [said for said in desktop.complaints if "Content Security Policy" in said]


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
