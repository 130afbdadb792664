"""Sheets and phone form before anything is printed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from collector.store import Store
from collector.store.layouts import find_printed_family
from ocr.files import count_images

BASE = "/quan-ly/chuan-bi/xem-truoc"


def test_a_sheet_is_shown_in_pictures_and_as_a_pdf_and_nothing_is_saved(staff: Any, store: Store) -> None:
    page = staff.get(f"{BASE}?group=CD").text
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
