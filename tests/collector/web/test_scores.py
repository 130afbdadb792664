"""Scores on screen: the figures, the way down to a mark, and nobody's own agency."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import io
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from collector.imports.answers import import_answers
from collector.intake import accept_file, accept_reading
from collector.reports.scores import make_tables
from collector.review.deciding import list_doubts, settle_doubt
from collector.store import Store
from collector.store.answers import scoring_rows
from collector.store.editions import Petition, add_petition
from tests.collector.asked_otherwise import with_a_question_before

SAID = "55443322"
NOW = datetime.datetime(2014, 4, 1, 8, 0, tzinfo=datetime.UTC)


@cache
def scanned(grey: int) -> bytes:
    """A page of one grey with a dark mark."""
    paper = Image.new("L", (1680, 2376), grey)
    ImageDraw.Draw(paper).rectangle((810, 570, 830, 590), fill=0)
    file = io.BytesIO()
    paper.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def heard(desk: Any) -> Any:
    """Eight citizens of SNV on paper with pictures, one by phone, two officials by phone, a void sheet."""
    serials = desk.serials("SNV")
    for place, (serial, said) in enumerate(zip(serials, SAID, strict=False)):
        for page, answers in ((1, {"q1": "1", "q2": said}), (2, {"q4": said})):
            content = scanned(250 - place - 20 * page)
            taken, _ = accept_file(desk.store, hashlib.sha256(content).hexdigest(), "x.png", content)
            accept_reading(desk.store, desk.campaign, taken.id, replace(desk.reading(serial, page, **answers), image=1))
    desk.post(serials[8], q1="1", q2="2", q4="1")
    for serial in desk.serials("HL", "CC")[:2]:
        desk.post(serial, m1_SNV="4", m1_STC="5")
    desk.void(serials[9], "phiếu rách")
    return desk


def test_the_table_shows_what_scoring_gives(heard: Any, staff: Any) -> None:
    page = staff.get("/quan-ly/diem/").text
    assert ">1,14<" in page
    assert "chưa có bản đóng băng nào" in page
    assert 'href="/quan-ly/diem/SNV/"' in page
    assert "chưa có câu trả lời hợp lệ" in page, "HL has none"


def test_an_import_that_was_cut_off_is_named_with_how_far_it_is_wherever_it_is_missing(
    heard: Any, staff: Any, tmp_path: Path
) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    points = re.search(">1,14<", staff.get("/quan-ly/diem/").text)
    table = tmp_path / "nhap.csv"
    table.write_text("id,agency,group,q1,q2,q4\n1,HL,CD,1,5,5\n2,HL,CD,1,4,4\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        import_answers(heard.store, heard.campaign, table, "lan", NOW, report=stop)
    told = "nhap.csv: tệp này đang nhận dở: 2 trên 2 phiếu đã vào"
    for place in ("/quan-ly/", "/quan-ly/diem/"):
        page = staff.get(place).text
        assert told in page
        assert "phieu import" not in page
    assert points
    assert ">1,14<" in staff.get("/quan-ly/diem/").text
    import_answers(heard.store, heard.campaign, table, "lan", NOW)
    assert told not in staff.get("/quan-ly/").text


def test_an_agency_with_too_few_sheets_has_points_and_no_rank_on_screen(desk: Any, staff: Any) -> None:
    for serial in desk.serials("SNV")[:2]:
        desk.post(serial, q1="1", q2="2", q4="1")
    page = staff.get("/quan-ly/diem/").text
    assert re.search(r'data-label="Hạng">–</td>', page)
    assert "dưới 5 phiếu hợp lệ" in page
    assert "None" not in page


def test_the_way_leads_down_to_the_picture_of_a_mark(heard: Any, staff: Any) -> None:
    assert 'href="/quan-ly/diem/SNV/TC1"' in staff.get("/quan-ly/diem/SNV/").text
    page = staff.get("/quan-ly/diem/SNV/TC1?group=CD&question=q4").text
    assert "SNV-CD-001" in page
    assert "x.png, hình 1" in page
    assert "Người dân, Câu 4</a>" in page
    assert re.findall(r">[^<]*\bq[0-9][^<]*<", page) == []
    [first, *others] = re.findall(r'<img src="([^"]+)" loading="lazy"', page)
    assert len(others) == 7
    reply = staff.get(first)
    assert (reply.status_code, reply.mimetype) == (200, "image/png")
    assert "private" in reply.headers["Cache-Control"]
    other_question = first.replace("q4.png", "q2.png")
    assert staff.get(other_question).status_code == 404, "it stands on another page"
    assert staff.get(first.replace("SNV", "HL")).status_code == 404


def test_questions_are_called_by_the_numbers_on_the_paper_whatever_is_asked_today(
    heard: Any, app_of: Any, log_in: Any
) -> None:
    serial = heard.serials("SNV")[9 + 1]
    heard.scan(serial, 1, q1="1", q2="4", doubtful="q2")
    heard.scan(serial, 2, q4="5")
    with heard.store.read() as conn:
        [doubt] = list_doubts(conn)
    settle_doubt(heard.store, doubt.id, ("5",), "lan")
    today = with_a_question_before(heard.campaign)
    page = log_in(app_of(today)).get("/quan-ly/diem/SNV/TC1?group=CD&question=q2").text
    assert "Người dân, Câu 2</a>" in page
    assert "<h2>Câu 2. " in page
    assert re.findall("Câu [0-9]+", page).count("Câu 2") >= 3, "the edit names it too"
    assert "Câu 3" not in re.sub("Người dân, Câu [0-9]+", "", page)


def test_whoever_works_at_an_agency_sees_nothing_of_it(heard: Any, app: Any, log_in: Any) -> None:
    own = log_in(app, workplace="SNV")
    paths = ("SNV/", "SNV/TC1", "SNV/rut?seed=1&n=3", "SNV/giai-trinh.pdf", "SNV/hinh/1/q2.png")
    assert [own.get(f"/quan-ly/diem/{path}").status_code for path in paths] == [403] * len(paths)
    assert 'href="/quan-ly/diem/SNV/"' not in own.get("/quan-ly/diem/").text
    assert own.get("/quan-ly/diem/HL/").status_code == 200


def test_codes_that_are_none_are_not_found(heard: Any, staff: Any, web: Any) -> None:
    for path in ("XX/", "SNV/TC9", "SNV/giai-trinh.pdf?criterion=TC9", "SNV/giai-trinh.pdf?petition=4"):
        assert staff.get(f"/quan-ly/diem/{path}").status_code == 404
    assert web.get("/quan-ly/diem/SNV/").status_code == 303, "nobody without logging in"


def test_a_stack_in_two_boxes_is_told_where_a_trace_would_lead_to_the_paper(heard: Any, staff: Any) -> None:
    table = heard.store.folder / "boxes.csv"
    table.write_text("stack,box\nSNV-CD-X01,1\nSNV-CD-X01,2\n", encoding="utf-8")
    for path in ("", "rut?seed=12&n=3", "TC1"):
        page = staff.get(f"/quan-ly/diem/SNV/{path}")
        assert page.status_code == 200
        assert "boxes.csv:3: xấp SNV-CD-X01 ghi ở hộp “2”, nhưng boxes.csv:2" in page.text
    assert staff.get("/quan-ly/diem/XX/").status_code == 404
    table.unlink()
    assert "boxes.csv" not in staff.get("/quan-ly/diem/SNV/").text


def test_an_inspectors_draw_is_that_of_the_command_line_and_prints(heard: Any, staff: Any) -> None:
    page = staff.get("/quan-ly/diem/SNV/rut?seed=12+34&n=3").text
    numbers = re.findall(r"SNV-CD-\d{3}", page)
    wanted = sorted(heard.serials("SNV")[:8], key=lambda one: hashlib.sha256(f"12 34|{one}".encode()).hexdigest())[:3]
    places = {serial: f"SNV-CD-{place:03}" for place, serial in enumerate(heard.serials("SNV"), 1)}
    assert list(dict.fromkeys(numbers)) == [places[serial] for serial in wanted]
    assert all(serial in page for serial in wanted)
    assert "Câu 2: Mức" in page
    assert "q2" not in page


@pytest.mark.slow
def test_the_account_comes_as_a_file_and_names_its_petition(heard: Any, staff: Any) -> None:
    with heard.store.write() as conn:
        add_petition(conn, Petition(0, "SNV", "TC1", "12/SNV", datetime.date(2014, 4, 2), "xin xem lại"))
    assert "petition=1" in staff.get("/quan-ly/diem/SNV/").text
    reply = staff.get("/quan-ly/diem/SNV/giai-trinh.pdf?criterion=TC1&petition=1")
    assert (reply.status_code, reply.mimetype) == (200, "application/pdf")
    assert reply.data.startswith(b"%PDF")


def test_signs_of_quality_stand_beside_what_chance_gives(heard: Any, staff: Any) -> None:
    page = staff.get("/quan-ly/diem/dau-hieu").text
    assert "Ngẫu nhiên cũng cho khoảng" in page


def test_pages_are_small(heard: Any, staff: Any) -> None:
    for path in ("", "SNV/", "SNV/TC1", "SNV/rut?seed=1&n=200", "dau-hieu"):
        assert len(gzip.compress(staff.get(f"/quan-ly/diem/{path}").data)) < 100_000


def test_answers_about_one_agency_are_those_of_all_that_are_about_it(heard: Any, store: Store) -> None:
    with store.read() as conn:
        every = list(scoring_rows(conn))
        for agency in ("SNV", "STC", "HL"):
            assert list(scoring_rows(conn, agency, {"CC"})) == [row for row in every if row.agency == agency]
    assert {row.agency for row in every} == {"SNV", "STC"}
    assert make_tables(heard.campaign, every).answers["agency"].nunique() == 1
