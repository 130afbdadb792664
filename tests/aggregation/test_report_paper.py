"""The report's PDF and the sections of the check: what one page says, the other says too."""

from __future__ import annotations

import datetime
import html
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pypdfium2
import pytest

from aggregation.change import compare_years, total_rows
from aggregation.fieldwork import CheckRow, Fieldwork, check_section, reader_section, recheck_section
from aggregation.quality import find_flags
from aggregation.quality_sheets import JOURNEY
from aggregation.recheck import PAIR_COLUMNS, Cell, make_lines
from aggregation.report import About, Report, make_report, report_html
from aggregation.report_paper import write_report_paper
from aggregation.scores import Scores, count, score
from aggregation.tables import ScoringTables
from forms.rules import Scoring

RULES = {"bands": [{"name": "Tốt", "from": 62}, {"name": "Khá", "from": 0}]}


def read_pdf(path: Path) -> str:
    pages = pypdfium2.PdfDocument(path)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())
    finally:
        pages.close()


def strip_tags(page: bytes) -> str:
    page = re.sub(rb"<(style|title)\b.*?</\1>", b" ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.decode())).split())


@pytest.fixture
def survey(oracle: Callable[..., Any]) -> ScoringTables:
    tables: ScoringTables = oracle("tables", 1)
    return tables


@pytest.fixture
def scores(survey: ScoringTables) -> Scores:
    return score(survey, Scoring.model_validate(RULES))


@pytest.fixture
def work(survey: ScoringTables) -> Fieldwork:
    codes = list(survey.agencies["agency"])
    day = datetime.date(2014, 3, 25)
    first = CheckRow(codes[0], 40, 40, 30, 5, 33, 7, 4, 2, 1, 3, 6, 9, 8, 11, day, datetime.date(2014, 4, 2))
    cells = [Cell(codes[0], codes[0], 33, 6, {"confirmed": 4, "forged": 1, "unreachable": 2})]
    lines = make_lines(cells, pd.DataFrame([], columns=list(PAIR_COLUMNS)))
    planned = day, datetime.date(2014, 3, 31)
    rows = first, *(CheckRow(code, 20) for code in codes[1:])
    return Fieldwork(rows, planned, lines, ("0 sai trong 400 câu của 399 phiếu.",))


@pytest.fixture
def report(survey: ScoringTables, scores: Scores, work: Fieldwork) -> Report:
    quota = survey.cells[["agency", "group", "target"]].astype({"target": int}).assign(accepted=3)
    about = About("UBND TỈNH", "SỞ NỘI VỤ", "Khảo sát", 2013, quota, place="Hạ Long", fieldwork=work)
    before = total_rows(scores.estimates)
    before["percent"] = before["percent"] - [40.0, *[0.5] * (len(before) - 1)]
    change = compare_years(total_rows(scores.estimates), before)
    return make_report(scores, survey, about, change=change)


def test_paper_and_screen_say_the_same_words_and_figures(report: Report, tmp_path: Path) -> None:
    write_report_paper(tmp_path / "report.pdf", report)
    paper, screen = read_pdf(tmp_path / "report.pdf"), strip_tags(report_html(report))
    for block in report.blocks:
        for part in block.more:
            cells = [cell for row in getattr(part, "rows", ()) for cell in row]
            assert not [cell for cell in cells if cell not in paper or cell not in screen]
    for one in report.blocks[0].block.ranked:
        points = report.blocks[0].number(one.points)
        assert points in paper
        assert points in screen
    for section in (*report.sections_before, *report.sections_after):
        assert section.heading in paper
        assert section.heading in screen


def test_the_same_report_gives_the_same_bytes_and_pages_are_counted(report: Report, tmp_path: Path) -> None:
    pages = write_report_paper(tmp_path / "one.pdf", report)
    write_report_paper(tmp_path / "two.pdf", report)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    assert f"Trang {pages}/{pages}" in read_pdf(tmp_path / "one.pdf").replace("/ ", "/").replace(" /", "/")


def test_the_check_has_its_three_headings_with_every_count(report: Report) -> None:
    text = strip_tags(report_html(report))
    assert "Đối tượng: Phúc tra phiếu đã gọi 7 người, nói chuyện được với 5: 4 xác nhận đúng" in text
    assert "Kế hoạch thu phiếu từ ngày 25/3/2014 đến ngày 31/3/2014; 11 phiếu nhận ngoài thời gian này." in text
    for said in ("6 phiếu nhận sau hạn", "9 phiếu có trả lời trước ngày", "3 phiếu có trả lời mà chưa được ghi nhận"):
        assert said in text
    assert "8 phiếu dự phòng có trả lời" in text
    assert "phát ra 40, thu về 30 phiếu giấy và 5 phiếu trên điện thoại; 33 phiếu tính điểm" in text
    assert "4 phiếu đã phát ra mà chưa rõ ở đâu" in text
    assert "2 phiếu vượt chỉ tiêu" in text


def test_without_a_recheck_the_report_says_that_nobody_was_asked(report: Report, work: Fieldwork) -> None:
    bare = replace(work, lines=(), reader=())
    (check,) = report.sections_before
    names = {row.agency: row.agency for row in work.rows}
    assert "Chưa phúc tra phiếu" in str(check_section(bare, names, "vi"))
    assert "Chưa phúc tra phiếu" not in str(check)
    assert recheck_section(bare, names, "vi") is None
    assert reader_section(bare, "vi") is None


def test_only_a_change_beyond_its_noise_is_called_one(report: Report) -> None:
    text = strip_tags(report_html(report))
    assert text.count("chưa phân biệt được") == len(report.blocks[0].block.ranked) - 1
    assert re.search(r"\+40,00 \d+,\d\d tăng", text)


def test_a_chance_that_is_not_certain_is_never_printed_as_certain(report: Report) -> None:
    table = next(part for part in report.blocks[0].more if "Khả năng" in getattr(part, "caption", ""))
    cells = {cell for row in table.rows for cell in row[2:]}  # type: ignore[union-attr]
    assert cells & {"<1", ">99"}
    assert not cells & {"0", "100"}


def test_signs_of_quality_stand_on_paper_too(survey: ScoringTables, report: Report, tmp_path: Path) -> None:
    counted = count(survey, Scoring.model_validate(RULES))
    sheets = survey.answers.drop_duplicates("sheet")[["sheet", "agency", "group"]]
    known = {"unreleased": False, "handed_day": 1.0, "received_day": 2.0, "file": -1.0, "image": -1.0}
    journeys = sheets.assign(**known, seconds=math.nan, as_above=math.nan)[list(JOURNEY)]
    quality = find_flags(counted.tally, counted.plan, journeys)
    scores = score(survey, Scoring.model_validate(RULES), counted)
    full = make_report(scores, survey, report.about, quality=quality)
    write_report_paper(tmp_path / "report.pdf", full)
    said = read_pdf(tmp_path / "report.pdf")
    assert "Dấu hiệu cần kiểm tra" in said
    assert "Các câu trả lời của từng nhóm đối tượng" in said
    assert "alpha cao không có nghĩa là phiếu trung thực" in " ".join(said.split())
    assert "Các câu trả lời của từng nhóm đối tượng" in report_html(full).decode()
