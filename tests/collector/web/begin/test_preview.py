"""Sheets and phone form before anything is printed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from collector.prepare.preview import PreviewRoom
from collector.store import Store
from collector.store.layouts import find_printed_family
from collector.web.site import EXTENSION
from forms.campaign import Campaign
from ocr.files import count_images
from tests.waiting import wait_until

BASE = "/quan-ly/chuan-bi/xem-truoc"


def wait_for_sheet(staff: Any, path: str) -> str:
    page: str = wait_until(lambda: "" if 'id="waiting"' in (shown := staff.get(path).text) else shown)
    return page


@pytest.mark.slow
@pytest.mark.usefixtures("own_process")
def test_a_sheet_is_shown_in_pictures_and_as_a_pdf_and_nothing_is_saved(staff: Any, store: Store) -> None:
    first = staff.get(f"{BASE}?group=CD").text
    assert "Đang vẽ Phiếu thường (Người dân)" in first  # at once, and asked again by script, by itself, or by hand
    assert "waiting.js" in first
    assert '<noscript><meta http-equiv="refresh"' in first
    page = wait_for_sheet(staff, f"{BASE}?group=CD")
    pictures = re.findall(rf'src="({BASE}/CD/phieu-\d\.png)"', page)
    assert len(pictures) == 2
    assert all(staff.get(picture).data.startswith(b"\x89PNG") for picture in pictures)
    sheet = staff.get(f"{BASE}/CD/phieu.pdf")
    assert sheet.headers["Content-Disposition"].startswith("inline")
    assert count_images(sheet.data) == 2
    assert staff.get(f"{BASE}/CD/phieu-3.png").status_code == 404
    assert staff.get(f"{BASE}/XX/phieu.pdf").status_code == 404
    with store.read() as conn:
        assert find_printed_family(conn) is None  # nothing was saved


def test_a_sheet_that_is_asked_for_twice_is_drawn_once(app: Flask, staff: Any, log_in: Any) -> None:
    other = log_in(app, who="Trần Văn In", roles=("clerk",))
    staff.get(f"{BASE}?group=DN")
    other.get(f"{BASE}?group=DN")
    rooms = app.extensions[EXTENSION].previews
    assert len(rooms._kept) == 1
    wait_for_sheet(other, f"{BASE}?group=DN")
    assert len(rooms._kept) == 1


def test_a_sheet_that_cannot_be_drawn_is_told_and_tried_again_later(
    store: Store, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, nobody = PreviewRoom(), replace(campaign, questionnaires={})
    failed = room.ask(store, nobody, "CD", "phieu", "vi")
    assert failed.exception(60) is not None
    assert room.ask(store, nobody, "CD", "phieu", "vi") is failed
    monkeypatch.setattr("collector.prepare.preview._TOLD_S", -1)
    again = room.ask(store, nobody, "CD", "phieu", "vi")
    assert again is not failed
    again.exception(60)


def test_the_phone_form_can_be_looked_at_and_never_sent(staff: Any, web: Any) -> None:
    form = staff.get(f"{BASE}/CD/dien-thoai").text
    assert "Sở Xây dựng" in form or "Hạ Long" in form
    action = re.search(r'<form method="post" action="([^"]+)"', form)
    assert action is not None
    assert web.post(action[1], data={"q1": "1"}).status_code == 404


@pytest.mark.parametrize("kind", ["tap_huan", "thu_may"])
def test_training_and_trial_sheets_are_drawn(app: Flask, log_in: Any, kind: str) -> None:
    clerk = log_in(app, who="Trần Văn In", roles=("clerk",))
    assert clerk.get(f"{BASE}/CC/{kind}.pdf").data.startswith(b"%PDF")
