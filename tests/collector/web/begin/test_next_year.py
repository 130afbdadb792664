"""Next year's survey, made from this one on the screen."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from collector.beside import next_survey
from collector.beside.work import Work, find_work, get_process, keep_work, run_work
from collector.opening import open_campaign
from collector.prepare.next_server import NextServer, find_next, keep_next
from collector.prepare.succession import NextCampaign
from collector.store import Store
from collector.store.accounts import list_accounts
from collector.web.app import create_app
from collector.web.site import EXTENSION
from collector.web.succession import LISTENING
from forms.campaign import Campaign
from forms.checkup import check_folder
from tests.waiting import wait_until

BASE = "/quan-ly/chuan-bi/dot-sau"
NEXT = {"id": "quang-ninh-2014", "name": "Điều tra năm 2014", "year": "2014", "document": "15/KH-SNV"}


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The process beside does its work here; that it is one of its own, a slow test sees."""
    if "slow" not in request.keywords:
        monkeypatch.setattr("collector.beside.work._spawn", lambda store, kind: run_work(store.folder, kind))


def make(staff: Any, folder: Path, wish: dict[str, str]) -> None:
    """Ask for it, and wait for what the process beside makes of it."""
    assert staff.post(BASE, wish).status_code == 303

    def find_made() -> Work | None:
        work = find_work(folder, "next_survey")
        assert work is not None
        return work if work.is_over and not work.is_alive else None

    assert wait_until(find_made).problems == ()


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
    make(staff, folder, NEXT)
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


@pytest.mark.slow
@pytest.mark.usefixtures("own_process")
def test_all_accounts_come_along_where_that_is_asked(staff: Any, folder: Path, give_account: Any) -> None:
    give_account("Trần Văn In", roles=("clerk",))
    give_account("Đơn vị Hạ Long", roles=("viewer",), agency="HL")
    make(staff, folder, {**NEXT, "everybody": "1"})
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


def test_while_it_is_made_the_page_says_so_and_a_second_click_makes_no_second_one(staff: Any, folder: Path) -> None:
    asked = NextCampaign("quang-ninh-2014", "Điều tra năm 2014", 2014)
    work = Work("next_survey", "Lê Thị Hoa", "2014-03-19T01:00:00", next_survey.ask(asked, staff.account.name))
    keep_work(folder, work)
    held = get_process("next_survey").hold(folder)  # as the process at work has it
    assert held is not None
    with held:
        page = staff.get(BASE).text
        assert "Đang tạo Điều tra năm 2014" in page
        assert "waiting.js" in page
        assert 'name="year"' not in page
        assert staff.post(BASE, {**NEXT, "id": "khac"}).status_code == 303
        assert find_work(folder, "next_survey") == work
    assert "Đang tạo" not in staff.get(BASE).text


def test_what_only_the_whole_check_finds_is_told_on_the_page(staff: Any, folder: Path) -> None:
    (folder / "quotas.csv").write_text("agency,group,target\nSXD,CC,nhiều\n", encoding="utf-8")
    asked = NextCampaign("quang-ninh-2014", "Điều tra năm 2014", 2014)
    keep_work(folder, Work("next_survey", "Hoa", "2014-03-19T01:00:00", next_survey.ask(asked, staff.account.name)))
    run_work(folder, "next_survey")
    page = staff.get(BASE).text
    assert "quotas.csv:2" in page
    assert 'value="Điều tra năm 2014"' in page
    assert not (folder.parent / "quang-ninh-2014").exists()


def test_a_server_that_never_began_is_told_and_can_be_tried_again(staff: Any, app: Any, folder: Path) -> None:
    app.config[LISTENING] = "127.0.0.1", 18400
    keep_next(folder, NextServer(str(folder), 18439, _ended(), time.time()))
    page = staff.get(BASE).text
    assert "Chưa mở được đợt mới" in page
    assert "Mở đợt mới</button>" in page


def _ended() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


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
def test_the_new_survey_is_served_beside_this_one(staff: Any, app: Any, folder: Path, store: Store) -> None:
    make(staff, folder, NEXT)
    app.config[LISTENING] = "127.0.0.1", 18400
    assert staff.post(f"{BASE}/mo").status_code == 303
    begun = find_next(folder)
    assert begun is not None
    try:
        assert "Đang mở đợt mới" in staff.get(BASE).text
        staff.post(f"{BASE}/mo")
        assert find_next(folder) == begun  # two clicks, one server
        check_served(staff, begun)
    finally:
        os.kill(begun.pid, signal.SIGTERM)


def check_served(staff: Any, begun: NextServer) -> None:
    wait_until(lambda: begun.is_open, 0.2)
    with urllib.request.urlopen(f"http://127.0.0.1:{begun.port}/quan-ly/dang-nhap") as page:
        assert "Điều tra năm 2014" in page.read().decode()
    page_here = staff.get(BASE).text
    assert "Đợt mới đã mở" in page_here
    assert f":{begun.port}/quan-ly/" in page_here
