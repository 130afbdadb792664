"""Next year's survey, made from this one on the screen."""

from __future__ import annotations

import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from collector.opening import open_campaign
from collector.prepare.next_server import NextServer, find_next, keep_next, open_next
from collector.store import Store
from collector.store.accounts import list_accounts
from collector.web.app import create_app
from collector.web.site import EXTENSION
from collector.web.succession import LISTENING
from forms.campaign import Campaign
from forms.checkup import check_folder

BASE = "/quan-ly/chuan-bi/dot-sau"
NEXT = {"id": "quang-ninh-2014", "name": "Điều tra năm 2014", "year": "2014", "document": "15/KH-SNV"}


def test_the_form_suggests_the_next_year(staff: Any) -> None:
    page = staff.get(BASE).text
    assert 'value="quang-ninh-2014"' in page
    assert 'value="Điều tra xã hội học xác định Chỉ số cải cách hành chính năm 2014"' in page


def test_the_new_folder_has_the_questions_and_later_dates_and_nothing_of_what_was_answered(
    staff: Any, folder: Path, give_account: Any
) -> None:
    give_account("Trần Văn In", roles=("clerk",))
    (folder / "recipients.csv").write_text("agency,group,name\nHL,CD,Một Người\n", encoding="utf-8")
    before = (folder / "campaign.yaml").read_bytes()
    reply = staff.post(BASE, NEXT)
    assert reply.status_code == 303
    made = folder.parent / "quang-ninh-2014"
    campaign = check_folder(made)
    settings = campaign.settings
    assert (settings.id, settings.assessed_year, settings.issuer.document) == ("quang-ninh-2014", 2014, "15/KH-SNV")
    assert settings.phases[2].first.isoformat() == "2015-03-20"
    assert str(settings.issuer.date) == "2015-03-18"
    assert "2014" in campaign.questionnaires["nguoi-dan"].title
    assert "# địa chỉ minh họa" in (made / "campaign.yaml").read_text(encoding="utf-8")
    assert not (made / "recipients.csv").exists()
    assert (folder / "campaign.yaml").read_bytes() == before
    _, store = open_campaign(made)
    with store.read() as conn:
        assert [one.shown_name for one in list_accounts(conn)] == ["Lê Thị Hoa"]
    store.close()
    assert str(made) in staff.get(BASE).text


def test_all_accounts_come_along_where_that_is_asked(staff: Any, folder: Path, give_account: Any) -> None:
    give_account("Trần Văn In", roles=("clerk",))
    give_account("Đơn vị Hạ Long", roles=("viewer",), agency="HL")
    assert staff.post(BASE, {**NEXT, "everybody": "1"}).status_code == 303
    _, store = open_campaign(folder.parent / "quang-ninh-2014")
    with store.read() as conn:
        found = {one.shown_name: (set(one.roles), one.agency) for one in list_accounts(conn)}
    store.close()
    assert found["Đơn vị Hạ Long"] == ({"viewer"}, "HL")
    assert found["Trần Văn In"] == ({"clerk"}, "")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "../ngoai"}, "mã đợt chưa đúng"),
        ({"id": "quang-ninh-2013"}, "trùng đợt này"),
        ({"id": "khao-sat-2013"}, "đã có thư mục tên này"),
        ({"year": "2013"}, "trùng năm"),
        ({"name": " "}, "chưa có tên"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_made(staff: Any, folder: Path, wrong: dict[str, str], said: str) -> None:
    before = sorted(folder.parent.iterdir())
    reply = staff.post(BASE, {**NEXT, **wrong})
    assert reply.status_code == 422
    assert said in reply.text
    assert sorted(folder.parent.iterdir()) == before


@pytest.fixture
def behind(store: Store, campaign: Campaign, log_in: Any) -> Iterator[Any]:
    """Logs a manager in to a site behind a proxy with a certificate, which listens at some host."""
    made = []

    def go(host: str) -> Any:
        app = create_app(store, campaign, behind_proxy=True)
        app.testing = True
        app.config[LISTENING] = host, 18400
        made.append(app)
        return log_in(app, roles=("manager",))

    yield go
    for app in made:
        app.extensions[EXTENSION].evidence.close()
        app.extensions[EXTENSION].reader.close()


def test_behind_a_proxy_no_port_of_the_network_is_opened_without_encryption(behind: Any, folder: Path) -> None:
    made = NextServer(str(folder))
    keep_next(folder, made)
    staff = behind("0.0.0.0")
    page = staff.get(BASE).text
    assert "Mở đợt mới</button>" not in page
    assert "sẽ không có mã hóa" in page
    staff.post(f"{BASE}/mo")
    assert find_next(folder) == made
    assert "sẽ không có mã hóa" not in behind("127.0.0.1").get(BASE).text


def test_behind_a_proxy_no_link_leads_past_it(behind: Any, folder: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as line:
        port = line.getsockname()[1]
        keep_next(folder, NextServer(str(folder), port))
        page = behind("127.0.0.1").get(BASE).text
    assert "http://127.0.0.1" not in page
    assert "http://localhost" not in page
    assert f"127.0.0.1:{port}" in page


@pytest.mark.slow
def test_the_new_survey_is_served_beside_this_one(staff: Any, folder: Path, store: Store) -> None:
    staff.post(BASE, NEXT)
    made = NextServer(str(folder.parent / "quang-ninh-2014"))
    opened = open_next(folder, made, "127.0.0.1", 18400)
    assert opened.port
    try:
        check_served(folder, opened)
    finally:
        os.kill(opened.pid, signal.SIGTERM)


def check_served(folder: Path, opened: NextServer) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{opened.port}/quan-ly/dang-nhap") as page:
        assert "Điều tra năm 2014" in page.read().decode()
    assert open_next(folder, opened, "127.0.0.1", 18400) == opened
