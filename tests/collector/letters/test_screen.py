"""The screen of invitations: counts by cell, nobody named, reminders queued."""

from __future__ import annotations

import datetime
import io
import re

import pytest

from collector.beside.work import run_work
from collector.web.app import create_app
from collector.web.site import EXTENSION
from forms.letters import LetterRules
from tests.collector.letters.conftest import SENDER, with_settings
from tests.collector.web.conftest import give_account, log_in  # noqa: F401 fixtures

SCREEN = "/quan-ly/thu-moi/"
REPORT = """Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.vi-du.vn

Final-Recipient: rfc822; nobody@vi-du.vn
Action: failed
Status: 5.1.1

--B
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--B--
"""


@pytest.fixture
def database() -> str:
    """SQLite alone; databases are the store's to test."""
    return "sqlite"


@pytest.fixture
def enter(room, log_in):  # noqa: F811 the fixture
    """Logs somebody in to the site of a campaign, and gives the client and how to post."""
    apps = []

    def go(campaign):
        app = create_app(room.store, campaign)
        app.testing = True
        apps.append(app)
        return log_in(app, roles=("manager",)).client

    yield go
    for app in apps:
        app.extensions[EXTENSION].evidence.close()


def test_the_screen_counts_and_names_nobody(room, invite, enter, desk):
    client = enter(room.campaign)
    assert "Chưa mời ai" in client.get(SCREEN).text
    invite()
    room.send(limit=2)
    page = client.get(SCREEN).text
    assert "7 chờ gửi, 2 đã gửi" in page
    assert "Thành phố Hạ Long" in page
    assert not re.search("Nguyễn Thị Thứ|Đặng Văn Thứ|vi-du.vn|0912345678", page)
    assert not any(one.serial in page or one.token in page for one in room.invitations())


def test_reminders_are_queued_from_the_screen(room, invite, enter):
    rules = LetterRules(sender=SENDER, reminders=(datetime.date(2014, 3, 22),))
    room.campaign = with_settings(room.campaign, letters=rules)
    invite("CD")
    room.send()
    client = enter(room.campaign)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(SCREEN).text)[1]
    reply = client.post(f"{SCREEN}nhac", data={"csrf_token": token}, follow_redirects=True)
    assert "Đã xếp 6 thư nhắc" in reply.text
    assert room.states() == ["queued"] * 6 + ["sent"] * 6
    assert client.post(f"{SCREEN}nhac").status_code == 400


def test_nobody_sees_the_screen_without_entering(room):
    app = create_app(room.store, room.campaign)
    app.testing = True
    assert app.test_client().get(SCREEN).status_code == 303
    app.extensions[EXTENSION].evidence.close()


@pytest.fixture
def campaign_folder(room, monkeypatch):
    """The process beside does its work here, with this campaign: its folder holds no file."""
    monkeypatch.setattr("collector.beside.inviting.open_campaign", lambda _folder: (room.campaign, room.store))
    monkeypatch.setattr("collector.beside.work._spawn", lambda store, kind: run_work(store.folder, kind))


def post(client, path, **fields):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(SCREEN).text)[1]
    return client.post(f"{SCREEN}{path}", data={"csrf_token": token, **fields}, follow_redirects=True)


def test_a_manager_has_letters_leave_and_stops_them_from_the_screen(room, invite, enter):
    client = enter(room.campaign)
    invite()
    assert "Thư bắt đầu được gửi" in post(client, "gui").text
    page = client.get(SCREEN).text
    assert "Thư đang tự gửi" in page
    assert "Bắt đầu gửi" not in page
    assert "Ngừng gửi" in page
    assert "Thư đang tự gửi" not in post(client, "ngung").text


def test_letters_in_doubt_go_again_only_with_a_tick(room, invite, enter, office):
    invite("CC")
    office.say["DATA", "cc0@vi-du.vn"] = ["cut"]
    room.send()
    client = enter(room.campaign)
    assert "1 thư: lượt gửi bị ngắt" in client.get(SCREEN).text
    post(client, "gui-lai")
    assert room.states().count("unsure") == 1
    post(client, "gui-lai", looked="1")
    assert room.states().count("unsure") == 0


def test_without_a_mail_server_the_screen_says_what_to_do(room, invite, enter):
    invite()
    client = enter(with_settings(room.campaign, mail=None))
    assert "chưa có mục mail" in post(client, "gui").text


def test_letters_that_came_back_and_who_wants_no_more_are_noted_on_the_screen(room, invite, enter):
    invite()
    room.send()
    client = enter(room.campaign)
    one = room.letters()[0]
    report = REPORT.format(message_id=one.message_id).encode()
    reply = post(client, "thu-tra-lai", reports=[(io.BytesIO(report), "a.eml"), (io.BytesIO(b"no report"), "b.eml")])
    assert "Đã đọc 2 thư: 1 thư bị trả lại" in reply.text
    assert room.states().count("bounced") == 1
    assert "Chưa chọn tệp" in post(client, "thu-tra-lai").text
    assert "Không gửi thư tới địa chỉ này nữa. Phiếu" in post(client, "thoi-nhan", address="CD1@vi-du.vn").text
    assert "đã thôi nhận thư từ trước" in post(client, "thoi-nhan", address="cd1@vi-du.vn").text
    page = post(client, "thoi-nhan", address="ai@vi-du.vn").text
    assert "Không có người được mời nào có địa chỉ này" in page
    assert "ai@vi-du.vn" not in page
    assert [one.opted_out_day is not None for one in room.invitations()].count(True) == 1


def test_settings_and_server_are_tried_from_the_screen_and_no_letter_of_ours_leaves(
    room, invite, enter, office, campaign_folder
):
    invite()
    client = enter(room.campaign)
    reply = post(client, "thu-may-chu", to="toi@noi-khac.vn")
    assert "Được: nối được 127.0.0.1" not in reply.text  # it is not encrypted, which is to be mended
    assert "Phải sửa: nối được 127.0.0.1" in reply.text
    assert "Phải tự xem: SPF" in reply.text
    assert office.addresses == ["toi@noi-khac.vn"]
    assert "Phải sửa" not in client.get("/quan-ly/rut-va-moi/").text
