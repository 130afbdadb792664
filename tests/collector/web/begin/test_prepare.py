"""The survey's files on the screen: down as Excel, up again, checked as a whole, replaced together."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from collector.folder_swap import Swap, finish_swap, swap_files
from collector.printing.issue import reserve_run
from collector.store import Store
from collector.store.events import list_events
from collector.web.prepare import LARGEST_POST_BYTES
from forms.campaign import Campaign

BASE = "/quan-ly/chuan-bi/"


def changed(content: bytes, **cells: object) -> bytes:
    """A workbook with other values in some cells of its first sheet."""
    book = load_workbook(io.BytesIO(content))
    for cell, value in cells.items():
        book.worksheets[0][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(staff: Any, **files: tuple[bytes, str]) -> Any:
    """Send files by slot, TABLE or KIND/NAME with _ for /."""
    slots = {slot.replace("__", "/"): (io.BytesIO(content), name) for slot, (content, name) in files.items()}
    return staff.post(BASE, slots)


def files_of(folder: Path) -> dict[str, bytes]:
    """The campaign's own files."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "data" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_every_table_and_questionnaire_is_shown_with_its_state(staff: Any, parse: Any) -> None:
    shown = " ".join(parse(staff.get(BASE).text).words.split())
    assert "Chưa in phiếu nào" in shown
    assert re.search(r"Cơ quan 2 dòng agencies.csv \d", shown)
    assert re.search(r"Chỉ tiêu phiếu 4 dòng quotas.csv \d", shown)
    assert re.search(r"Bộ câu hỏi: .*\d+ câu hỏi, hỏi Người dân questionnaires/nguoi-dan.yaml", shown)
    assert "2 cơ quan, 3 đối tượng, 10 phiếu" in shown


def test_former_files_are_taken_down_from_the_screen_and_nothing_else_is(
    staff: Any, folder: Path, log_in: Any, app: Flask
) -> None:
    before = (folder / "quotas.csv").read_bytes()
    assert "Bản cũ của các tệp" not in staff.get(BASE).text
    down = staff.get(f"{BASE}tep/table/quotas.xlsx")
    send(staff, table__quotas=(changed(down.data, C5=30), "moi.xlsx"))
    link = re.search(rf'href="({BASE}cu/[^"]+/quotas.csv)"', staff.get(BASE).text)
    assert link is not None
    assert staff.get(link[1]).data == before
    place = link[1].split("/")[-2]
    for path in (f"{place}/../../swap.json", f"{place}/agencies.csv", f"../{place}/quotas.csv", "x/quotas.csv"):
        assert staff.get(f"{BASE}cu/{path}").status_code in (404, 308), path
    assert log_in(app, who="Trần Văn In", roles=("clerk",)).get(link[1]).status_code == 403


@pytest.mark.usefixtures("own_process")
def test_a_table_goes_down_as_excel_is_changed_and_comes_up_again(
    staff: Any, folder: Path, store: Store, app: Flask
) -> None:
    down = staff.get(f"{BASE}tep/table/quotas.xlsx")
    assert down.headers["Content-Disposition"] == "attachment; filename=quotas.xlsx"
    reply = send(staff, table__quotas=(changed(down.data, C5=30), "chỉ tiêu sửa.xlsx"))
    assert reply.status_code == 303
    assert "chỉ tiêu sửa.xlsx" in (page := staff.get(reply.location).text)
    assert "37 phiếu" in page  # what is served has changed, without a restart
    assert not (folder / "quotas.csv").exists()
    assert (folder / "quotas.xlsx").is_file()
    kept = list((folder / "data/prepare/former").glob("*/quotas.csv"))
    assert [path.read_text(encoding="utf-8").startswith("agency,group") for path in kept] == [True]
    with store.read() as conn:
        event = list_events(conn)[-1]
    assert (event.who, event.action, event.subject) == ("Lê Thị Hoa", "prepare.replace", "quotas.xlsx")


def test_wrong_files_are_told_all_at_once_by_cell_and_nothing_is_replaced(staff: Any, folder: Path) -> None:
    before = files_of(folder)
    quotas = changed(staff.get(f"{BASE}tep/table/quotas.xlsx").data, C2="nhiều", B4="XX")
    agencies = changed(staff.get(f"{BASE}tep/table/agencies.xlsx").data, C3="KHAC")
    reply = send(staff, table__quotas=(quotas, "q.xlsx"), table__agencies=(agencies, "a.xlsx"))
    assert reply.status_code == 422
    for place in ("q.xlsx, ô C2", "q.xlsx, ô B4", "a.xlsx, ô C3"):  # as the files are called where they came from
        assert place in reply.text
    assert files_of(folder) == before
    assert [path.name for path in (folder / "data/prepare").iterdir()] == []


def test_new_agencies_come_together_with_their_quotas(staff: Any, folder: Path) -> None:
    more = (folder / "agencies.csv").read_text(encoding="utf-8") + "SYT,Sở Y tế,SN\n"
    cells = (folder / "quotas.csv").read_text(encoding="utf-8") + "SYT,CC,5,0,\n"
    alone = send(staff, table__quotas=(cells.encode(), "q.csv"))
    assert alone.status_code == 422
    both = send(staff, table__quotas=(cells.encode(), "q.csv"), table__agencies=(more.encode(), "a.csv"))
    assert both.status_code == 303
    assert "3 cơ quan" in staff.get(BASE).text


@pytest.mark.parametrize(
    ("slot", "content", "said"),
    [
        ("table__quotas", b"\xd0\xcf\x11\xe0 an old workbook", "Excel đời cũ"),
        ("table__quotas", b"%PDF-1.7\n\xff\x00\x01", "không phải Excel, CSV hay YAML"),
        ("table__quotas", b"PK\x03\x04 not a zip", "không phải bảng Excel"),
        ("table__quotas", b"\xef\xbb\xbf<html><table><tr><td>SNV</td></tr></table></html>", "trang web (HTML"),
        ("table__quotas", b"  \n", "tệp trống"),
        ("settings__campaign.yaml", b"PK\x03\x04", "không phải bảng Excel"),
        ("table__recipients", b"a,b\n", "không thuộc về dòng ấy"),
        ("questionnaire__../../x", b"code: x\n", "không thuộc về dòng ấy"),
    ],
)
def test_a_file_is_told_by_what_it_holds(staff: Any, folder: Path, slot: str, content: bytes, said: str) -> None:
    before = files_of(folder)
    reply = send(staff, **{slot: (content, "../../quotas.csv")})
    assert reply.status_code == 422
    assert said in reply.text
    assert files_of(folder) == before


def test_a_new_questionnaire_gets_a_plain_name_inside_the_folder(staff: Any, folder: Path) -> None:
    asked = (folder / "questionnaires/nguoi-dan.yaml").read_bytes().replace(b"code: nguoi-dan", b"code: hop-tac-xa")
    reply = send(staff, questionnaire__=(asked, "../../Hợp tác xã (mới).yaml"))
    assert reply.status_code == 303
    assert (folder / "questionnaires/hop-tac-xa-moi.yaml").read_bytes() == asked


def test_a_running_console_does_not_become_another_survey(staff: Any, folder: Path) -> None:
    settings = (folder / "campaign.yaml").read_bytes().replace(b"id: quang-ninh-2013", b"id: quang-ninh-2014")
    reply = send(staff, **{"settings__campaign.yaml": (settings, "campaign.yaml")})
    assert reply.status_code == 422
    assert "id của đợt đang mở là quang-ninh-2013" in reply.text


@pytest.mark.slow
def test_after_printing_what_is_on_paper_stays_and_points_may_change(
    staff: Any, folder: Path, store: Store, campaign: Campaign
) -> None:
    reserve_run(store, campaign, [quota for quota in campaign.quotas if quota.group != "CC"])
    asked = (folder / "questionnaires/nguoi-dan.yaml").read_text(encoding="utf-8")
    title = re.search(r"title: (.+)", asked)
    assert title is not None
    worded = asked.replace(title[1], f"{title[1]} (sửa)", 1)
    reply = send(staff, questionnaire__nguoi_dan=(worded.encode(), "nd.yaml"))
    assert reply.status_code == 422  # no such slot
    reply = send(staff, **{"questionnaire__nguoi-dan": (worded.encode(), "nd.yaml")})
    assert "phiếu của đối tượng Người dân đã in" in reply.text
    agencies = (folder / "agencies.csv").read_text(encoding="utf-8").replace("Sở Xây dựng", "Sở Xây dựng mới")
    renamed = send(staff, table__agencies=(agencies.encode(), "a.csv")).text
    assert "có 1 chỗ cần sửa" in renamed  # no sheet is told to be another one because of a name
    assert "phiếu của SXD đã in với tên Sở Xây dựng" in renamed
    fewer = (folder / "quotas.csv").read_text(encoding="utf-8").replace("HL,CD,3,1", "HL,CD,2,1")
    assert send(staff, table__quotas=(fewer.encode(), "q.csv")).status_code == 422
    more = fewer.replace("HL,CD,2,1", "HL,CD,9,1")
    assert send(staff, table__quotas=(more.encode(), "q.csv")).status_code == 303
    lighter = re.sub(r"percent: 75", "percent: 70", asked)
    assert lighter != asked
    assert send(staff, **{"questionnaire__nguoi-dan": (lighter.encode(), "nd.yaml")}).status_code == 303


def test_a_swap_that_was_cut_off_is_finished_when_the_folder_is_opened(folder: Path, monkeypatch: Any) -> None:
    real = Path.replace

    def cut(path: Path, target: Path) -> Path:
        if path.name == "quotas.xlsx":
            raise KeyboardInterrupt
        return real(path, target)

    swap = Swap({"agencies.csv": b"new", "quotas.xlsx": b"new too"}, ["quotas.csv"])
    monkeypatch.setattr(Path, "replace", cut)
    with pytest.raises(KeyboardInterrupt):
        swap_files(folder, swap, "now")
    monkeypatch.setattr(Path, "replace", real)
    assert (folder / "agencies.csv").read_bytes() == b"new"
    assert (folder / "quotas.csv").is_file()
    finish_swap(folder)
    assert (folder / "quotas.xlsx").read_bytes() == b"new too"
    assert not (folder / "quotas.csv").exists()
    (former,) = (folder / "data/prepare/former").iterdir()
    assert sorted(path.name for path in former.iterdir()) == ["agencies.csv", "quotas.csv"]
    assert b"SXD" in (former / "agencies.csv").read_bytes()


def test_a_clerk_looks_and_downloads_but_replaces_nothing(app: Flask, log_in: Any, folder: Path) -> None:
    clerk = log_in(app, who="Trần Văn In", roles=("clerk",))
    page = clerk.get(BASE).text
    assert "quotas.csv" in page
    assert 'type="file"' not in page
    assert clerk.post(BASE, {}).status_code == 403


def test_an_upload_that_is_too_large_is_refused(staff: Any, folder: Path) -> None:
    reply = send(staff, table__quotas=(b"a" * (LARGEST_POST_BYTES + 1), "q.csv"))
    assert reply.status_code == 413
