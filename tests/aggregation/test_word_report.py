"""The Word papers: what the public annex tells and leaves out, the form of the decree, the same bytes each time."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from aggregation.report import About
from aggregation.scores import Scores, score
from aggregation.tables import ScoringTables
from aggregation.word_report import annex_docx, report_docx
from forms.rules import Scoring

RULES = {"bands": [{"name": "Tốt", "from": 80}, {"name": "Yếu", "from": 0}]}
MAKERS = [annex_docx, report_docx]


@pytest.fixture
def survey(make_tables: Callable[..., ScoringTables]) -> ScoringTables:
    """Two blocks; B of few sheets, C all alike in one criterion, D without a sheet."""
    answers, sheet = [], 0
    for agency, options in {"A": "5544332211", "B": "543", "C": "4444455555", "H": "3333322222"}.items():
        for place, option in enumerate(options):
            sheet += 1
            answers.append((sheet, agency, "CD", "q1", option))
            answers.append((sheet, agency, "CD", "q2", "5" if agency == "C" else option))
            answers.append((sheet, agency, "CD", "q3", "4321"[place % 4]))
    return make_tables(
        answers,
        agencies={"A": "SN", "B": "SN", "C": "SN", "D": "SN", "H": "HU"},
        criteria={"T1": "5", "T2": "5", "T3": "10"},
        items=[("CD", "q1", "T1", 1), ("CD", "q2", "T2", 1), ("CD", "q3", "T3", 1)],
        cells=[(agency, "CD", 12) for agency in "ABCDH"],
    )


@pytest.fixture
def scores(survey: ScoringTables) -> Scores:
    return score(survey, Scoring.model_validate(RULES))


@pytest.fixture
def about() -> About:
    quota = pd.DataFrame([(a, "CD", 12, 10) for a in "ABCDH"], columns=["agency", "group", "target", "accepted"])
    day = datetime.date(2014, 4, 2)
    return About("UBND TỈNH X", "SỞ NỘI VỤ", "Đợt thử", 2013, quota, "12/KH-SNV", "Quảng Ninh", day)


def words(document: Any) -> str:
    lines = [paragraph.text for paragraph in document.paragraphs]
    lines += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(lines)


def read(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def test_the_annex_gives_one_rank_and_one_grade_an_agency(survey: ScoringTables, scores: Scores, about: About) -> None:
    document = read(annex_docx(scores, survey, about))
    _, first, second = document.tables
    rows = [tuple(cell.text for cell in row.cells) for row in first.rows]
    assert rows[0] == ("Hạng", "Cơ quan, đơn vị, địa phương", "Điểm", "Xếp loại")
    totals = scores.totals.set_index("agency")
    best = totals[totals["rank"] == 1].index[0]
    points = f"{totals.loc['C', 'survey_points']:.2f}".replace(".", ",")
    assert best == "C"
    assert rows[1] == ("1", "Cơ quan C", points, totals.loc["C", "grade"])
    assert rows[-1] == ("–", "Cơ quan D", "–", "–")
    assert [row.cells[0].text for row in second.rows] == ["Hạng", "1"]
    said = words(document)
    assert "Khoảng hạng" not in said
    assert "±" not in said
    assert "10/12" not in said


def test_points_of_so_few_sheets_that_a_person_could_be_told_stay_out_of_the_annex(
    survey: ScoringTables, about: About
) -> None:
    strict = score(survey, Scoring.model_validate(RULES | {"show_from": 13}))
    points = [f"{each:.2f}".replace(".", ",") for each in strict.totals["survey_points"].dropna()]
    said = words(read(annex_docx(strict, survey, about)))
    assert points
    assert not any(each in said for each in points)
    assert "Dưới 13 phiếu hợp lệ, không công bố điểm: Cơ quan" in said
    internal = words(read(report_docx(strict, survey, about)))
    assert all(each in internal for each in points)


def test_the_internal_report_adds_intervals_fields_and_quotas(
    survey: ScoringTables, scores: Scores, about: About
) -> None:
    said = words(read(report_docx(scores, survey, about)))
    for wanted in ("Khoảng hạng", "±", "10/12", "T3: Tiêu chí T3", "TÀI LIỆU NỘI BỘ", "Cách tính"):
        assert wanted in said


@pytest.mark.parametrize("make", MAKERS)
def test_the_form_is_that_of_the_decree(make: Any, survey: ScoringTables, scores: Scores, about: About) -> None:
    document = read(make(scores, survey, about))
    section = document.sections[0]
    sizes = (section.page_width, section.page_height, section.left_margin, section.right_margin, section.top_margin)
    assert [round(size.mm) for size in sizes] == [210, 297, 30, 15, 20]
    assert document.styles["Normal"].font.name == "Times New Roman"
    head = [cell.text for cell in document.tables[0].rows[0].cells]
    assert head[0].splitlines()[:2] == ["UBND TỈNH X", "SỞ NỘI VỤ"]
    assert head[1].startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc")
    assert head[1].endswith("Quảng Ninh, ngày 02 tháng 4 năm 2014")
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header.paragraphs[0]._p.xml
    tables = [table for table in document.tables if table.style.name == "Table Grid"]
    assert tables
    for table in tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert abs(sum(cell.width for cell in table.rows[0].cells) - Mm(165)) < Mm(1)


@pytest.mark.parametrize("make", MAKERS)
def test_the_same_scores_give_the_same_bytes(make: Any, survey: ScoringTables, scores: Scores, about: About) -> None:
    assert make(scores, survey, about) == make(scores, survey, about)
