"""From a score down to the sheets: the figures add up, acts are named, nobody unlinked is."""

from __future__ import annotations

import base64
import csv
import datetime
import hashlib
import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import insert, select, update

from collector.editions.freezing import freeze_campaign
from collector.intake import accept_file, accept_reading
from collector.reports.scores import write_scores
from collector.review.deciding import decide_conflict, list_doubts, settle_doubt
from collector.store.conflicts import list_conflicts
from collector.store.recheck_decisions import add_decision, list_decisions, undo_decision
from collector.store.schema import page as pages
from collector.store.schema import scan_file
from collector.store.sheets import list_sheets
from collector.trail.draw import draw_csv
from collector.trail.files import write_trail
from collector.trail.loading import load_trail
from collector.trail.words import say_place
from forms.errors import InputWrong

NOW = datetime.datetime(2014, 3, 20, 20, 30, tzinfo=datetime.UTC)
PX_PER_MM = 8


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.fixture
def answered(desk: Any, campaign: Any) -> Any:
    """Sheets on paper and by phone, a doubt decided, one left open, a conflict decided, a void sheet."""
    first, second, third = desk.serials("HL")[:3]
    desk.scan(first, 1, doubtful="q2", q1="1", q2="4")
    desk.scan(first, 2, q4="5")
    desk.post(second, q1="1", q2="3", q4="4")
    desk.scan(third, 1, q1="0")
    desk.scan(third, 2, doubtful="q4", q4="2")
    for serial, said in zip(desk.serials("HL", "CC"), ("54", "31", "45"), strict=False):
        desk.post(serial, m1_SNV=said[0], m1_STC=said[1])
    snv = desk.serials("SNV")
    desk.post(snv[0], q1="1", q2="5", q4="5")
    desk.scan(snv[0], 1, q1="1", q2="1")
    desk.scan(snv[0], 2, q4="1")
    desk.void(snv[1], "phiếu rách")
    with desk.store.read() as conn:
        doubt = next(one for one in list_doubts(conn) if one.question == "q2")
        [conflict] = list_conflicts(conn)
    settle_doubt(desk.store, doubt.id, ("3",), "Lê Hoa", "nét mờ", NOW)
    decide_conflict(desk.store, conflict.id, "second", "Trần Nam", "đúng người dân", NOW)
    return desk


def test_the_figures_of_every_trace_are_the_rows_of_scores_csv(answered: Any, tmp_path: Path) -> None:
    campaign = with_officials_scored(answered.campaign)
    write_scores(answered.store, campaign, tmp_path / "scores", NOW)
    scored = rows(tmp_path / "scores" / "scores.csv")
    totals = {row["agency"]: row["survey_points"] for row in rows(tmp_path / "scores" / "totals.csv")}
    seen = []
    for agency in ("SNV", "STC", "HL"):
        trail = load_trail(answered.store, campaign, agency)
        write_trail(answered.store, campaign, trail, tmp_path / "trail")
        traced = rows(tmp_path / "trail" / f"{agency}-points.csv")
        seen += [{name: value for name, value in row.items() if name != "weight"} for row in traced]
        assert ("" if trail.points.published is None else f"{trail.points.published}") == totals[agency]
    assert seen == scored
    assert any(row["points"] for row in scored)


def test_the_name_of_an_uploaded_file_is_no_formula_in_any_table(answered: Any, tmp_path: Path) -> None:
    name = '=HYPERLINK("https://example.org")'
    with answered.store.write() as conn:
        conn.execute(update(scan_file).values(name=name))
    trail = load_trail(answered.store, answered.campaign, "HL")
    write_trail(answered.store, answered.campaign, trail, tmp_path)
    drawn = list(csv.DictReader(io.StringIO(draw_csv(trail, "1", 9).decode("utf-8-sig"))))
    found = {row["file"] for row in (*drawn, *rows(tmp_path / "HL-sheets.csv"))} - {""}
    assert found == {f"'{name}"}


def test_the_box_of_a_stack_is_told_wherever_its_paper_is(answered: Any, tmp_path: Path) -> None:
    put_cover(answered, "HL-CD-X01")
    table = answered.store.folder / "boxes.csv"
    table.write_text("Xấp,Hộp\nhl-cd-x01,12 kệ B\nHL-CD-X02,3\n", encoding="utf-8")
    trail = load_trail(answered.store, answered.campaign, "HL")
    write_trail(answered.store, answered.campaign, trail, tmp_path)
    drawn = list(csv.DictReader(io.StringIO(draw_csv(trail, "1", 9).decode("utf-8-sig"))))
    told = {(row["stack"], row["box"]) for row in (*drawn, *rows(tmp_path / "HL-sheets.csv")) if row["file"]}
    assert told == {("HL-CD-X01", "12 kệ B"), ("", "")}
    assert {say_place(page).split(";")[0] for one in trail.sheets for page in one.pages if page.stack} == {
        "hộp 12 kệ B, xấp HL-CD-X01"
    }
    table.write_text("stack,box\nHL-CD-X01,1\nHL-CD-X01,2\nHL-CD-X02,\n", encoding="utf-8")
    trail = load_trail(answered.store, answered.campaign, "HL")
    assert {problem.where for problem in trail.problems} == {"boxes.csv:3", "boxes.csv:4"}
    assert any("boxes.csv:2 đã ghi ở hộp “1”" in str(problem) for problem in trail.problems)
    assert {page.box for one in trail.sheets for page in one.pages if page.stack} == {"chưa rõ, bảng boxes ghi 1, 2"}


def put_cover(answered: Any, stack: str) -> None:
    """A stack cover before the first of the scanned pages, each of which is a file of its own."""
    with answered.store.write() as conn:
        file, image = next(iter(conn.execute(select(pages.c.scan_file, pages.c.image).order_by(pages.c.id))))
        conn.execute(update(pages).where(pages.c.scan_file == file).values(image=image + 1))
        conn.execute(insert(pages).values(scan_file=file, image=image, status="stack_cover", stack=stack))


def with_officials_scored(campaign: Any) -> Any:
    """The campaign, its matrix question carrying the criterion as well."""
    officials = campaign.questionnaires["cong-chuc"]
    section = officials.sections[0]
    asked = section.questions[0].model_copy(update={"criterion": "TC1"})
    changed = officials.model_copy(update={"sections": (section.model_copy(update={"questions": (asked,)}),)})
    return replace(campaign, questionnaires={**campaign.questionnaires, "cong-chuc": changed})


def test_the_sheets_of_a_trace_add_up_to_its_counts(answered: Any, tmp_path: Path) -> None:
    campaign = with_officials_scored(answered.campaign)
    for agency in ("SNV", "HL"):
        write_trail(answered.store, campaign, load_trail(answered.store, campaign, agency), tmp_path)
        counted = Counter[tuple[str, str, str]]()
        for row in rows(tmp_path / f"{agency}-sheets.csv"):
            for option in row["options"].split() or [""]:
                counted[row["group"], row["question"], option] += row["counted"] == "yes"
        told = {
            (row["group"], row["question"], row["option"]): int(row["n"])
            for row in rows(tmp_path / f"{agency}-counts.csv")
        }
        assert {key: n for key, n in counted.items() if n} == {key: n for key, n in told.items() if n}
        assert sum(counted.values()) > 0


def test_every_act_stands_with_who_when_and_why(answered: Any, tmp_path: Path) -> None:
    for agency in ("HL", "SNV"):
        write_trail(answered.store, answered.campaign, load_trail(answered.store, answered.campaign, agency), tmp_path)
    [settled] = rows(tmp_path / "HL-edits.csv")
    assert (settled["sheet"], settled["question"], settled["after"]) == ("HL-CD-001", "q2", "3")
    assert (settled["who"], settled["at"], settled["why"]) == ("Lê Hoa", "2014-03-21 03:30", "nét mờ")
    [conflict] = rows(tmp_path / "SNV-edits.csv")
    assert (conflict["kind"], conflict["who"], conflict["why"]) == ("conflict", "Trần Nam", "đúng người dân")
    [void] = rows(tmp_path / "SNV-left-out.csv")
    assert (void["number"], void["state"], void["who"], void["why"]) == ("SNV-CD-002", "void", "lan", "phiếu rách")


def test_a_sheet_that_a_recheck_struck_is_left_out_until_that_is_taken_back(answered: Any, tmp_path: Path) -> None:
    with answered.store.write() as conn:
        struck = next(one for one in list_sheets(conn, "HL", "CD") if one.number == "HL-CD-002")
        add_decision(conn, "sheet", struck.number, [struck.id], "Trần Nam", "không gặp ai", NOW)
    trail = load_trail(answered.store, answered.campaign, "HL")
    [left] = [one for one in trail.left_out if one.state == "struck"]
    assert (left.number, left.who, left.day, left.why) == ("HL-CD-002", "Trần Nam", "2014-03-21", "không gặp ai")
    assert "HL-CD-002" not in [one.name for one in trail.sheets]
    with answered.store.write() as conn:
        undo_decision(conn, list_decisions(conn)[0], "Trần Nam", "đã gặp", NOW)
    trail = load_trail(answered.store, answered.campaign, "HL")
    assert "HL-CD-002" in [one.name for one in trail.sheets]
    assert "struck" not in [one.state for one in trail.left_out]


def test_an_answer_by_phone_in_an_unlinked_group_has_no_number_serial_or_order(answered: Any, tmp_path: Path) -> None:
    campaign = with_officials_scored(answered.campaign)
    write_trail(answered.store, campaign, load_trail(answered.store, campaign, "SNV", "TC1"), tmp_path / "trail")
    written = b"".join(path.read_bytes() for path in (tmp_path / "trail").iterdir()).decode()
    assert "HL-CC-" not in written
    assert not [serial for serial in answered.serials("HL", "CC") if serial in written]
    officials = [row for row in rows(tmp_path / "trail" / "SNV-sheets.csv") if row["group"] == "CC"]
    assert [row["options"] for row in officials] == ["3", "4", "5"], "in the order of what they say"


def test_pictures_stand_beside_the_answers_and_hold_their_row_alone(desk: Any, tmp_path: Path) -> None:
    serial = desk.serials()[0]
    for page, marks in ((1, [(110.0, 70.0)]), (2, [])):
        said = {"q1": "1", "q2": "4"} if page == 1 else {"q4": "5"}
        content = scanned(marks, page)
        file, _ = accept_file(desk.store, hashlib.sha256(content).hexdigest(), f"trang-{page}.png", content, NOW)
        accept_reading(desk.store, desk.campaign, file.id, replace(desk.reading(serial, page, **said), image=1))
    write_trail(desk.store, desk.campaign, load_trail(desk.store, desk.campaign, "HL", "TC1"), tmp_path)
    html = (tmp_path / "HL-TC1.html").read_text()
    pictures = [base64.b64decode(one) for one in re.findall(r"data:image/png;base64,([^\"]+)", html)]
    dark = [min(Image.open(io.BytesIO(one)).convert("L").tobytes()) < 60 for one in pictures]
    assert dark == [True, False]
    assert "trang-1.png, hình 1" in html
    assert "ngoài cơ quan được chấm điểm" in html


def scanned(marks_mm: list[tuple[float, float]], page: int) -> bytes:
    """A white page with dark squares, no two pages alike."""
    paper = Image.new("L", (210 * PX_PER_MM, 297 * PX_PER_MM), 255 - page)
    for x, y in marks_mm:
        ImageDraw.Draw(paper).rectangle([round(v * PX_PER_MM) for v in (x, y, x + 4.2, y + 4.2)], fill=0)
    file = io.BytesIO()
    paper.save(file, "PNG")
    return file.getvalue()


def test_an_inspector_draws_counted_paper_by_the_hash_of_seed_and_serial(answered: Any) -> None:
    open_ = load_trail(answered.store, answered.campaign, "HL", "TC1")
    assert {row["number"] for row in drawn_rows(open_, "7", 9)} == {"HL-CD-001"}, "003 is in doubt, 002 by phone"
    with answered.store.read() as conn:
        [doubt] = [one for one in list_doubts(conn) if one.question == "q4"]
    settle_doubt(answered.store, doubt.id, ("2",), "Lê Hoa", "nét mờ", NOW)
    trail = load_trail(answered.store, answered.campaign, "HL", "TC1")
    paper = {answered.serials("HL")[place]: f"HL-CD-00{place + 1}" for place in (0, 2)}
    for seed in ("12 34", "7", "số"):
        drawn = drawn_rows(trail, f" {seed} ", 5)
        order = sorted(paper, key=lambda serial: hashlib.sha256(f"{seed}|{serial}".encode()).hexdigest())
        assert list(dict.fromkeys((row["number"], row["serial"]) for row in drawn)) == [
            (paper[one], one) for one in order
        ]
        told = {(row["number"], row["answers"]) for row in drawn}
        assert told == {("HL-CD-001", "q2=3"), ("HL-CD-001", "q4=5"), ("HL-CD-003", "q4=2")}
        assert {row["serial"] for row in drawn_rows(trail, seed, 1)} == {order[0]}
    with pytest.raises(InputWrong):
        draw_csv(trail, " ", 1)


def drawn_rows(trail: Any, seed: str, size: int) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(draw_csv(trail, seed, size).decode("utf-8-sig"))))


def test_codes_that_nobody_knows_are_named_together(desk: Any) -> None:
    with pytest.raises(InputWrong) as caught:
        load_trail(desk.store, desk.campaign, "SXD", "TC9")
    said = [str(problem) for problem in caught.value.problems]
    assert ["SXD" in said[0], "TC9" in said[1], len(said)] == [True, True, 2]


def test_freezing_waits_for_open_marks_unless_it_is_provisional(answered: Any, tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match="1 dấu"):
        freeze_campaign(answered.store, answered.campaign, tmp_path / "a.zip", "Lê Hoa", False, NOW)
    assert not (tmp_path / "a.zip").exists()
