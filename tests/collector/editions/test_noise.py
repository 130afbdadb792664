"""The change on last year beside its noise: whose error is known, what it says, and that every paper says it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document
from python_calamine import CalamineWorkbook

from aggregation.index_page import BlockPage, Cell, RankRow
from aggregation.index_paper import _ranking
from aggregation.index_values import AgencyIndex
from collector.cli import main
from collector.editions.index import compute_index
from collector.reports.scores import write_scores
from forms.campaign import Campaign, Criterion
from forms.index_points import GivenPoints, IndexPoints, PreviousTotal


def computed(desk: Any, campaign: Campaign, *previous: PreviousTotal) -> dict[str, AgencyIndex]:
    """The index of the small campaign's sheets and 7 of 8 appraised points for everybody."""
    wide = replace(campaign, criteria=(*campaign.criteria, Criterion("TD", "Chỉ đạo", Decimal(8), source="appraised")))
    codes = [agency.code for agency in campaign.agencies]
    given = tuple(GivenPoints(code, "TD", "appraised", Fraction(8), Fraction(7), where="x:1") for code in codes)
    index, _ = compute_index(desk.store, wide, IndexPoints(given, previous, dict.fromkeys(codes, "x:1")))
    return {each.agency.code: each for block in index.blocks for each in block.agencies}


@pytest.fixture
def answered(desk: Any) -> Any:
    for place, serial in enumerate(desk.serials("SNV")[:12]):
        desk.post(serial, q1="1", q2="543"[place % 3], q4="54"[place % 2])
    for place, serial in enumerate(desk.serials("HL")[:3]):
        desk.post(serial, q1="1", q2="542"[place], q4="4")
    return desk


def test_only_the_survey_has_an_error_and_it_is_the_scores(answered: Any, campaign: Campaign, tmp_path: Path) -> None:
    found = computed(answered, campaign)
    scored = write_scores(answered.store, campaign, tmp_path).scores.totals.set_index("agency")["se"]
    assert found["SNV"].se == pytest.approx(scored["SNV"], rel=1e-12)
    assert scored["SNV"] > 0
    assert found["STC"].se is None  # nobody answered about it
    assert all(each.noise is None for each in found.values())  # last year's error is not known


def test_the_noise_holds_both_years_in_the_unit_that_years_are_compared_in(answered: Any, campaign: Campaign) -> None:
    points = computed(answered, campaign, PreviousTotal("SNV", Fraction("8.2"), se=Fraction("0.05")))["SNV"]
    assert points.noise is not None
    assert points.noise.half_width == pytest.approx(1.959964 * math.hypot(points.se or 0, 0.05), rel=1e-6)
    percent = computed(answered, campaign, PreviousTotal("SNV", Fraction(14), Fraction(20), se=Fraction("0.4")))["SNV"]
    assert percent.noise is not None
    assert percent.noise.half_width == pytest.approx(1.959964 * math.hypot((points.se or 0) * 10, 2.0), rel=1e-6)
    assert percent.noise.told == "up"


def test_a_survey_that_others_held_has_an_error_that_nobody_told_us(folder: Path) -> None:
    rows = change_rows(folder)
    assert {row["se"] for row in rows.values()} == {""}
    assert {row["told"] for row in rows.values()} == {""}


def change_rows(folder: Path, *options: str) -> dict[str, dict[str, str]]:
    done = CliRunner().invoke(main, ["index", str(folder), "--out", str(folder.parent / "out"), *options])
    assert done.exit_code == 0, done.output
    content = (folder.parent / "out" / "index-change.csv").read_text(encoding="utf-8-sig")
    return {row["agency"]: row for row in csv.DictReader(io.StringIO(content))}


@pytest.fixture
def told(folder: Path, change: Callable[[str, str, str], None]) -> Path:
    """Example 3 without a survey of this year, so that last year's error is all there is."""
    for code, name, most in (("TC1", "Thủ tục", 2), ("TC2", "Thái độ", 1)):
        change("criteria.csv", f"{code},{name},A,,survey,{most}", f"{code},{name},A,,external,{most}")
        change("questionnaires/nguoi-dan.yaml", f", criterion: {code}}}", "}")
    external = folder / "external.csv"
    external.write_text(external.read_text("utf-8") + "CPH,TC1,1,,Ví dụ\nCPH,TC2,0.5,,Ví dụ\n", "utf-8")
    rows = ["SXD,8.50,,0.1", "SYT,8.40,,0.1", "STC,8.30,,", "HLO,15.20,20,0.2", "CPH,16.00,20,1"]
    (folder / "previous.csv").write_text("agency,total,max_points,se\n" + "\n".join(rows) + "\n", "utf-8")
    return folder


def test_a_change_within_the_band_is_told_from_one_beyond_it_in_every_file(told: Path) -> None:
    rows = change_rows(told, "--word")
    # 0.30 of 0.1: z = 3; -0.10: z = 1; nothing known of STC; 2.5 % of 1 %: z = 2.5; CPH 72.5 to 80 %, of 5 %: 1.4
    assert {code: row["told"] for code, row in rows.items()} == {
        "SXD": "up",
        "SYT": "same",
        "STC": "",
        "HLO": "up",
        "CPH": "same",
    }
    assert (rows["SXD"]["noise"], rows["SXD"]["se"], rows["SXD"]["unit"]) == ("0.195996", "0.000000", "points")
    assert (rows["HLO"]["noise"], rows["HLO"]["unit"]) == ("1.959964", "percent")
    out = told.parent / "out"
    html = (out / "index.html").read_text("utf-8")
    assert 'title="không phân biệt được với năm trước">±0,20\N{NO-BREAK SPACE}≈</td>' in html
    assert (
        "Vượt vùng nhiễu của hai cuộc điều tra: tăng 1, giảm 0; không phân biệt được với năm trước: 1 cơ quan." in html
    )
    assert "(cột se của bảng previous)" in html
    ranking = CalamineWorkbook.from_path(str(out / "index.xlsx")).get_sheet_by_name("Xếp hạng").to_python()
    assert {row[2]: row[15] for row in ranking[3:]}["SYT"] == "không phân biệt được với năm trước"
    tables = Document(str(out / "index-annex.docx")).tables[1:]
    cells = [row.cells[3].text for table in tables for row in table.rows]
    assert "−0,10*" in cells
    assert "+0,30" in cells
    said = [line.text for line in Document(str(out / "index-annex.docx")).paragraphs]
    assert sum(one.startswith("* Không phân biệt được với năm trước") for one in said) == 2, "below each table"


def test_on_paper_a_figure_keeps_its_mark_on_its_line_beside_a_band_and_other_sources() -> None:
    """The widest table that has no bonus: every row of it is one line high."""
    shown = {
        "rank_change": "↓ 2",
        "grade": "Tốt",
        "source": "minh họa",
        "external": "5,76",
        "noise": "±1,25",
        "change": "+5,90",
    }
    first = ["survey", "appraised", "external", "total", "previous"]
    columns = [*first, "change", "noise", "rank_change", "grade", "source"]
    marked = {name: Cell(shown.get(name, "67,50"), name not in ("grade", "source")) for name in columns}
    row = RankRow(rank="1", name="Sở Y tế", cells=marked)
    block = BlockPage("Sở", "100", tuple(columns), (row,), (), (), (), Fraction(100), True, ())
    table = _ranking(block, columns, "vi")
    table.wrapOn(None, 1000, 1000)
    heights: list[float] = table._rowHeights  # type: ignore[attr-defined]
    assert heights[1] < 1.5 * heights[0] / 2
