"""Drawing and inviting on the screen: the same as by command, nobody named, files for those who may have them."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from collector.beside.inviting import read_rule
from collector.beside.parcel import PARCEL_LASTS_S, drop_stale_parcel, find_parcel
from collector.beside.work import run_work
from collector.people.erasure import erase_recipients
from collector.people.recipients import import_recipients
from collector.store import Store
from collector.store.draws import list_draws
from collector.store.events import list_events
from collector.store.invitations import list_invitations
from collector.store.letters import list_letters
from forms.campaign import Campaign, Quota
from forms.draw import draw_order
from forms.errors import InputWrong
from forms.words import text

BASE = "/quan-ly/rut-va-moi"
SEED = "XSMB 18/03/2014: 48291"
CITIZENS = [f"SNV,CD,Nguyễn Thị Thứ {n},cd{n}@vi-du.vn,09{n:08d}\n" for n in range(30)]
OFFICIALS = [f"HL,CC,Đặng Văn Thứ {n},cc{n}@vi-du.vn,091{n:07d}\n" for n in range(2)] + ["HL,CC,Lê Không,,0912345678\n"]
PRIVATE = ("Nguyễn Thị", "Đặng Văn", "vi-du.vn", "0912345678", "Lê Không")


@pytest.fixture
def invited_campaign(make_folder: Any) -> Campaign:
    letters = {"from": "Sở Nội vụ <khaosat@vi-du.gov.vn>"}
    made: Campaign = make_folder(public_address="https://khaosat.vi-du.gov.vn", letters=letters)
    return made


@pytest.fixture
def app(app_of: Any, invited_campaign: Campaign) -> Flask:
    site: Flask = app_of(invited_campaign)
    return site


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """The process beside does its work here; that it is one of its own, a slow journey sees."""
    monkeypatch.setenv("PHIEU_DATABASE", store.url)
    monkeypatch.setattr("collector.beside.work._spawn", lambda store, kind: run_work(store.folder, kind))


@pytest.fixture
def take_in(store: Store, invited_campaign: Campaign, tmp_path: Path) -> Any:
    def take(*rows: str) -> None:
        path = tmp_path / "people.csv"
        path.write_text("agency,group,name,email,phone\n" + "".join(rows), encoding="utf-8")
        import_recipients(store, invited_campaign, path, "lan")

    return take


@pytest.fixture
def manager(staff: Any, take_in: Any) -> Any:
    """A manager, with 30 citizens (20 + 5 are wanted) and 3 officials (4 are wanted) on the list."""
    take_in(*CITIZENS, *OFFICIALS)
    return staff


def look(who: Any) -> str:
    page: str = who.get(BASE).text
    return page


def draw(who: Any, **more: str) -> str:
    who.post(f"{BASE}/rut", {"seed": SEED, "rule": "quota", **more})
    return look(who)


def invite(who: Any, **more: str) -> str:
    draw(who, reserve="0")
    who.post(f"{BASE}/moi", more)
    return look(who)


def write(who: Any, paper: str, **more: str) -> str:
    who.post(f"{BASE}/lap", {"paper": paper, **more})
    return look(who)


def test_the_seed_draws_whom_the_published_ids_and_the_rule_say(manager: Any, store: Store) -> None:
    page = look(manager)
    published = manager.get(f"{BASE}/khung.csv").data
    assert hashlib.sha256(published).hexdigest() in page
    people = [row["id"] for row in csv.DictReader(io.StringIO(published.decode("utf-8-sig"))) if row["agency"] == "SNV"]
    assert "2 ô rút lần này: 23 người được chọn" in draw(manager)
    rows = list(csv.DictReader(io.StringIO(manager.get(f"{BASE}/ket-qua.csv").data.decode("utf-8-sig"))))
    drawn = [row["id"] for row in rows if row["agency"] == "SNV"]
    assert drawn == draw_order(SEED, "SNV", "CD", people)[:25]
    with store.read() as conn:
        assert {one.who for one in list_draws(conn)} == {"Lê Thị Hoa"}


def test_what_a_trial_of_the_mail_server_and_a_step_in_vain_say_is_told_in_the_language_of_who_looks(
    manager: Any,
) -> None:
    manager.post("/quan-ly/thu-moi/thu-may-chu", {"to": ""})
    for lang in ("en", "vi"):
        assert text("letters.no_server", lang) in manager.get(f"/quan-ly/thu-moi/nguoi-gui?lang={lang}").text
    manager.post(f"{BASE}/lap", {"paper": "list"})
    for lang in ("en", "vi"):
        assert text("inviting.none_drawn", lang) in manager.get(f"{BASE}/?lang={lang}").text


def test_what_was_drawn_stays_unless_a_reason_is_given(manager: Any, store: Store) -> None:
    draw(manager)
    page = draw(manager, seed="Khác")
    assert "lần này khác chuỗi" in page
    assert "Lý do rút lại" in page
    assert "--again" not in page
    assert 'value="Khác"' in page
    draw(manager, seed="Khác", again="danh sách thiếu")
    with store.read() as conn:
        assert sorted((one.group, one.round, one.why) for one in list_draws(conn)) == [
            ("CC", 1, None),
            ("CC", 2, "danh sách thiếu"),
            ("CD", 1, None),
            ("CD", 2, "danh sách thiếu"),
        ]


def test_no_seed_is_asked_for_where_everybody_is_invited(manager: Any, store: Store) -> None:
    assert "không phải ai trong danh sách cũng được mời" in draw(manager, seed="")
    assert "1 ô rút lần này: 3 người" in draw(manager, seed="", group="CC")
    with store.read() as conn:
        assert [(one.group, one.seed, one.size) for one in list_draws(conn)] == [("CC", "", 3)]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("size", "ba", ""), "số người không hợp lệ"),
        (("size", "0", ""), "số người không hợp lệ"),
        (("margin", "1,5", ""), "sai số không hợp lệ"),
        (("margin", "NaN", "-1"), "số người dự phòng không hợp lệ"),
    ],
)
def test_a_number_that_is_none_is_said(typed: tuple[str, str, str], told: str) -> None:
    with pytest.raises(InputWrong, match=told):
        read_rule(*typed)


@pytest.mark.parametrize("margin", ["5 %", "0,05", "0.05", "5%"])
def test_a_margin_is_written_as_people_write_it(margin: str) -> None:
    assert read_rule("margin", margin, "").of(Quota("SNV", "CD", 20, 0), 30) == (28, 0)  # 30 / (1 + 30 * 0.05^2)


def test_a_wrong_number_draws_nobody(manager: Any, store: Store) -> None:
    assert "số người không hợp lệ" in draw(manager, rule="size", amount="ba")
    with store.read() as conn:
        assert list_draws(conn) == []


def test_the_drawn_get_a_sheet_each_and_their_letters_wait(manager: Any, store: Store) -> None:
    page = invite(manager)
    assert "Đã mời 23 người: 22 qua thư điện tử, 1 bằng phiếu nhỏ" in page
    assert "Đã mời 0 người" in invite(manager)
    with store.read() as conn:
        found = list_invitations(conn)
        assert len({one.serial for one in found}) == 23
        assert {one.state for one in list_letters(conn)} == {"queued"}


def test_what_stands_in_the_way_of_inviting_is_said_with_what_to_click(
    app_of: Any, log_in: Any, make_folder: Any, take_in: Any
) -> None:
    take_in(*OFFICIALS)
    manager = log_in(app_of(make_folder()))
    draw(manager)
    manager.post(f"{BASE}/moi")
    page = look(manager)
    assert "chưa có mục letters" in page
    assert "public_address" in page
    assert "phieu " not in page.split("<main")[1]


def test_no_page_and_no_line_of_the_log_names_anybody(manager: Any, store: Store) -> None:
    pages = [look(manager), draw(manager), invite(manager), write(manager, "slips"), write(manager, "list")]
    work = (store.folder / "data" / "beside" / "inviting.json").read_text("utf-8")
    with store.read() as conn:
        lines = [f"{one.subject} {one.detail}" for one in list_events(conn)]
        serials = [one.serial for one in list_invitations(conn)]
    for private in (*PRIVATE, *serials):
        assert [one for one in (*pages, work, *lines) if private in one] == [], private


def test_slips_of_several_cells_come_as_one_file_and_each_taking_is_on_record(manager: Any, store: Store) -> None:
    invite(manager)
    assert "Đã lập xong, của 23 người" in write(manager, "slips", everybody="1")
    taken = manager.get(f"{BASE}/tep")
    assert zipfile.ZipFile(io.BytesIO(taken.data)).namelist() == ["HL-CC.slips.pdf", "SNV-CD.slips.pdf"]
    with store.read() as conn:
        last = list_events(conn)[-1]
    assert (last.action, last.subject, last.detail) == ("invite.take", "slips.zip", "people=23")
    path = find_parcel(store)
    assert path is not None
    assert path.stat().st_mode & 0o077 == 0
    assert list((store.folder / "data" / "beside").glob("inviting/*")) == []


def test_one_cell_comes_as_its_own_file(manager: Any) -> None:
    invite(manager)
    write(manager, "slips", group="CC")
    assert manager.get(f"{BASE}/tep").headers["Content-Disposition"] == "attachment; filename=HL-CC.slips.pdf"


def test_names_and_links_of_an_unlinked_group_never_meet_who_reads_answers(
    app: Flask, manager: Any, log_in: Any, store: Store
) -> None:
    invite(manager)
    assert "người in và phát phiếu" in write(manager, "merge", group="CC")
    assert manager.get(f"{BASE}/tep").status_code == 404
    write(manager, "merge_csv", everybody="1")
    mine = manager.get(f"{BASE}/tep")
    assert "SNV-CD.links.csv" in mine.headers["Content-Disposition"]
    assert b"Nguy" in mine.data
    clerk = log_in(app, who="Trần Văn In", roles=("clerk",))
    write(clerk, "merge", group="CC")
    assert clerk.get(f"{BASE}/tep").data.startswith(b"PK")
    assert manager.get(f"{BASE}/tep").status_code == 403
    assert "không tải được" in look(manager)
    both = log_in(app, who="Cả Hai", roles=("clerk", "verifier"))
    assert both.get(f"{BASE}/tep").status_code == 403


def test_files_are_gone_when_put_away_when_old_and_with_the_people(
    manager: Any, store: Store, invited_campaign: Campaign
) -> None:
    invite(manager)
    write(manager, "list")
    manager.post(f"{BASE}/bo")
    assert find_parcel(store) is None
    assert manager.get(f"{BASE}/tep").status_code == 404
    write(manager, "list")
    path = find_parcel(store)
    assert path is not None
    drop_stale_parcel(store)
    assert path.exists()
    then = time.time() - PARCEL_LASTS_S - 1
    os.utime(path, (then, then))
    assert f"{BASE}/tep" not in look(manager)
    assert not path.exists()
    write(manager, "list")
    erase_recipients(store, invited_campaign.settings, "lan", [("HL", "CC")], "thử")
    assert find_parcel(store) is None


def test_who_answered_gets_no_slip(manager: Any, store: Store, desk: Any, invited_campaign: Campaign) -> None:
    invite(manager)
    with store.read() as conn:
        serial = next(one.serial for one in list_invitations(conn) if one.group == "CD")
    desk.post(serial, q1="1", q2="5", q4="5")
    assert "Đã lập xong, của 22 người" in write(manager, "slips", everybody="1")


def test_an_observer_sees_counts_and_presses_nothing(app: Flask, manager: Any, log_in: Any) -> None:
    invite(manager)
    observer = log_in(app, who="Người Xem", roles=("observer",))
    page = look(observer)
    assert "Thành phố Hạ Long" in page
    assert "<button" not in page.split("<main")[1]
    assert observer.get(f"{BASE}/khung.csv").status_code == 200
    for path in ("rut", "moi", "lap", "bo"):
        assert observer.post(f"{BASE}/{path}").status_code == 403
    assert observer.get(f"{BASE}/tep").status_code == 403
    clerk = log_in(app, who="Trần Văn In", roles=("clerk",))
    assert clerk.post(f"{BASE}/rut").status_code == 403
