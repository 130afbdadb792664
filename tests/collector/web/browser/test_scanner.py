"""Sheets handed out by a hand scanner, and scans handed in."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from collector.ledger.holding import Note
from collector.ledger.naming import Named
from collector.ledger.voiding import void_sheets
from collector.scans.uploads import read_uploads
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.layouts import save_layout
from collector.store.quota import quota_rows
from collector.store.sheets import reserve_sheets
from forms.campaign import Campaign, Quota
from forms.serial import make_serial
from tests.collector.web.browser.conftest import Screen, enter
from tests.collector.web.serving import serve_app

pytestmark = pytest.mark.slow


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
    with serve_app(app) as address:
        page = desktop.page
        enter(desktop, address, give_account(roles=("clerk",)))
        page.goto(f"{address}/quan-ly/giao-nhan/giao")
        for place, code in enumerate([*codes[:40], *wrong, codes[5], *codes[40:]]):
            page.keyboard.type(code)  # as the scanner does: into whatever has the focus, then Enter
            page.keyboard.press("Enter")
            if place == 70:
                page.reload()  # a slip of the hand
                page.wait_for_selector("#station:not([hidden])")
        expect(page.locator("#total")).to_have_text("100")
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


def test_scans_are_handed_in_and_watched_to_their_end(
    desktop: Screen, address: str, store: Store, campaign: Any, give_account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.scans.uploads.UploadReader.wake", lambda _: None)  # no campaign.yaml there
    enter(desktop, address, give_account())
    page = desktop.page
    page.goto(f"{address}/quan-ly/lo-quet/")
    blank = cv2.imencode(".png", np.full((1200, 850), 250, np.uint8))[1].tobytes()
    files = [("a.png", "image/png", blank), ("ghi chú.pdf", "application/pdf", b"no PDF")]
    page.set_input_files("#scans", [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files])
    page.get_by_text("a.png (").wait_for()
    page.get_by_role("button", name="Gửi và đọc").click()
    page.get_by_text("chờ đọc").wait_for()
    page.get_by_text("không phải tệp PDF, TIFF, JPEG, PNG, WebP hoặc BMP; lưu").wait_for()
    read_uploads(store, campaign, 1)
    page.get_by_text("đã đọc xong").wait_for()
    page.get_by_text("1 trang trắng").wait_for()
    assert not [said for said in desktop.complaints if "Content Security Policy" in said]
