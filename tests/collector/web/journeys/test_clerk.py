"""The clerk: hands sheets out and takes them back by keys and a hand scanner, hands scans in and watches them read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Route, expect

from collector.scans.uploads import read_uploads
from collector.store import Store

pytestmark = pytest.mark.slow

CLERK = {"roles": ("clerk",)}


def test_what_is_typed_while_the_page_is_loading_stays(person: Callable[[str], Any], give_account: Any) -> None:
    clerk = person("desk")
    clerk.log_in(give_account("Trần Văn Nam", **CLERK))
    held: list[Route] = []
    clerk.page.route("**/stack.js*", lambda route: held.append(route))
    clerk.page.goto(f"{clerk.address}/quan-ly/giao-nhan/giao", wait_until="commit")
    names = clerk.page.get_by_label("Số phiếu, khoảng số hoặc mã phiếu")
    names.focus()
    clerk.page.keyboard.type("HL-CD-001\n")
    held[0].continue_()
    clerk.page.locator("#station").wait_for()
    clerk.page.keyboard.type("HL-CD-002")
    assert names.input_value() == "HL-CD-001\nHL-CD-002"


def test_a_clerk_hands_out_takes_back_and_sees_what_is_missing(
    person: Callable[[str], Any], give_account: Any, desk: Any
) -> None:
    clerk = person("desk")
    clerk.log_in(give_account("Trần Văn Nam", **CLERK))
    clerk.choose("Giao nhận phiếu")
    clerk.choose("Giao phiếu")
    clerk.page.get_by_label("Số phiếu, khoảng số hoặc mã phiếu").focus()
    clerk.page.keyboard.type("HL-CD-001..HL-CD-003\nHL-CD-099")
    clerk.press("Ghi nhận giao phiếu")
    clerk.reads("HL-CD-099")  # one number is wrong: it is named, and nothing is written
    assert "HL-CD-099" in clerk.page.get_by_role("alert").inner_text()
    clerk.page.get_by_label("Số phiếu, khoảng số hoặc mã phiếu").fill("HL-CD-001..HL-CD-003")
    clerk.press("Ghi nhận giao phiếu")
    clerk.reads("Đã ghi nhận giao 3 phiếu")

    clerk.choose("Thu về")
    clerk.page.get_by_label("Số phiếu, khoảng số hoặc mã phiếu").focus()
    for serial in desk.serials()[:2]:  # a hand scanner types the code and presses Enter
        clerk.page.keyboard.type(serial)
        clerk.keys("Enter")
    clerk.press("Ghi nhận thu về")
    clerk.reads("Đã ghi nhận 2 phiếu")
    clerk.choose("Danh sách còn thiếu")
    clerk.reads("HL-CD-003")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_clerk_hands_scans_in_and_watches_them_to_their_end(
    size: str,
    person: Callable[[str], Any],
    give_account: Any,
    store: Store,
    campaign: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("collector.scans.uploads.UploadReader.wake", lambda _: None)  # no campaign.yaml there
    clerk = person(size)
    clerk.log_in(give_account("Trần Văn Nam", **CLERK))
    clerk.choose("Lô quét")
    blank = cv2.imencode(".png", np.full((1200, 850), 250, np.uint8))[1].tobytes()
    script = b"<html><script>alert(1)</script>"
    files = [("quầy 1.png", "image/png", blank), ("phiếu.pdf", "application/pdf", script)]
    clerk.reads("chưa chọn")  # in the page's language, whatever the browser's is
    clerk.page.set_input_files("#scans", [{"name": n, "mimeType": kind, "buffer": data} for n, kind, data in files])
    clerk.reads("2 tệp")
    clerk.press("Gửi và đọc")
    clerk.reads("chờ đọc")
    clerk.reads("không phải tệp PDF, TIFF, JPEG, PNG, WebP hoặc BMP; lưu")
    read_uploads(store, campaign, 1)
    clerk.reads("đã đọc xong")
    clerk.reads("1 trang trắng")


def test_a_clerk_of_one_agency_hands_its_sheets_out_on_a_phone_and_no_others(
    person: Callable[[str], Any], give_account: Any
) -> None:
    clerk = person("phone")
    clerk.log_in(give_account("Trần Văn Nam", **CLERK, agency="HL"))
    clerk.choose("Giao nhận phiếu")
    clerk.choose("Giao phiếu")
    expect(clerk.page.get_by_label("Cơ quan", exact=True).locator("option")).to_have_count(2)  # none, and their own
    clerk.page.get_by_label("Số phiếu, khoảng số hoặc mã phiếu").fill("HL-CD-001\nSNV-CD-001")
    clerk.press("Ghi nhận giao phiếu")
    clerk.reads("tài khoản này chỉ ghi phiếu của cơ quan HL")
    clerk.page.get_by_label("Số phiếu, khoảng số hoặc mã phiếu").fill("HL-CD-001")
    clerk.press("Ghi nhận giao phiếu")
    clerk.reads("Đã ghi nhận giao 1 phiếu")
    clerk.choose("Bảng đối chiếu")
    clerk.reads("Đã in = chưa phát + đã phát")
    assert "Sở Nội vụ" not in clerk.page.locator("main").inner_text()
    assert clerk.find_faults() + clerk.find_small() == ""
