"""Sender, reminders and mail server as a form: into campaign.yaml, its comments kept, and never the password."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from forms.campaign import Campaign
from forms.folder import load_campaign

FORM = "/quan-ly/thu-moi/nguoi-gui"
TYPED = {
    "letters.from": "Sở Nội vụ, tỉnh Ví Dụ <khaosat@vi-du.gov.vn>",
    "letters.reply_to": "",
    "letters.reminder_1": "25/3/2014",
    "letters.reminder_3": "2014-03-28",
    "mail.host": "smtp.vi-du.gov.vn",
    "mail.port": "465",
    "mail.tls": "tls",
    "mail.user": "khaosat@vi-du.gov.vn",
    "mail.per_minute": "20",
    "mail.per_day": "300",
}


def test_what_is_typed_stands_in_the_file_and_holds_at_once(
    staff: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHIEU_MAIL_PASSWORD", "mat khau rieng")
    before = (folder / "campaign.yaml").read_text("utf-8")
    assert staff.post(FORM, TYPED).status_code == 303
    found: Campaign = load_campaign(folder)
    rules, mail = found.settings.letters, found.settings.mail
    assert rules is not None
    assert mail is not None
    assert (rules.sender, rules.address) == (TYPED["letters.from"], "khaosat@vi-du.gov.vn")
    assert rules.reminders == (datetime.date(2014, 3, 25), datetime.date(2014, 3, 28))
    assert (mail.host, mail.port, mail.tls, mail.per_day) == ("smtp.vi-du.gov.vn", 465, "tls", 300)
    written = (folder / "campaign.yaml").read_text("utf-8")
    assert set(before.splitlines()) <= set(written.splitlines())
    page = staff.get(FORM).text
    assert 'value="smtp.vi-du.gov.vn"' in page
    assert 'value="25/3/2014"' in page
    assert "đã giữ mật khẩu" in page
    assert "mat khau rieng" not in page + written
    staff.post(FORM, {**TYPED, "letters.reminder_2": "", "letters.reminder_3": "", "mail.per_day": "100"})
    again = load_campaign(folder).settings
    assert again.letters is not None
    assert again.mail is not None
    assert (again.letters.reminders, again.mail.per_day) == ((datetime.date(2014, 3, 25),), 100)


def test_what_is_wrong_is_said_and_nothing_is_kept(staff: Any, folder: Path) -> None:
    before = (folder / "campaign.yaml").read_bytes()
    wrong = {"letters.from": "Sở Nội vụ", "letters.reminder_1": "2014-03-28", "letters.reminder_2": "2014-03-25"}
    reply = staff.post(FORM, {**TYPED, **wrong, "mail.port": "99999"})
    assert reply.status_code == 422
    for said in ("địa chỉ thư điện tử không hợp lệ", "tăng dần"):
        assert said in reply.text or "mail.port" in reply.text
    assert 'value="99999"' in reply.text
    assert (folder / "campaign.yaml").read_bytes() == before


def test_slips_need_no_server(staff: Any, folder: Path) -> None:
    staff.post(FORM, {"letters.from": "Sở Nội vụ <khaosat@vi-du.gov.vn>"})
    found = load_campaign(folder).settings
    assert found.letters is not None
    assert found.mail is None


def test_a_port_without_a_server_is_said_and_not_lost(staff: Any, folder: Path) -> None:
    before = (folder / "campaign.yaml").read_bytes()
    reply = staff.post(FORM, {"mail.host": "", "mail.port": "465"})
    assert reply.status_code == 422
    assert "mail.host" in reply.text
    assert 'value="465"' in reply.text
    assert (folder / "campaign.yaml").read_bytes() == before
