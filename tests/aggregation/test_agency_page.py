"""The page of one agency: what it tells, and what it must not give away."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pypdfium2
import pytest

from aggregation.agency_page import HIDDEN, AgencyPage, AgencyPages
from aggregation.agency_paper import agency_html, write_agency_paper
from aggregation.change import compare_years, total_rows
from aggregation.parts import Chart, Grid, Items, Stack
from aggregation.report import About
from aggregation.scores import Scores, score
from aggregation.tables import ScoringTables
from forms.rules import Scoring

Make = Callable[..., ScoringTables]


@pytest.fixture
def about() -> About:
    return About("UBND TỈNH", "SỞ NỘI VỤ", "Khảo sát", 2013, pd.DataFrame())


def make_province(make_tables: Make, leaders: str, groups: tuple[str, ...] = ("LD", "CC", "CD")) -> ScoringTables:
    """Six agencies with the same answers; leaders: one option a leader."""
    said = {"LD": leaders, "CC": "554433", "CD": "5544332211"}
    answers: list[tuple[Any, ...]] = []
    for agency in "ABCDEF":
        for group in groups:
            answers += [(len(answers) + n, agency, group, "q1", option) for n, option in enumerate(said[group])]
    return make_tables(
        answers,
        agencies=dict.fromkeys("ABCDEF", "SN"),
        criteria={"TC1": 10},
        items=[(group, "q1", "TC1", 1) for group in groups],
        cells=[(agency, group, 10) for agency in "ABCDEF" for group in groups],
    )


def make_page(scores: Scores, tables: ScoringTables, code: str, change: pd.DataFrame | None = None) -> AgencyPage:
    (page,) = AgencyPages(scores, tables, change).make([code])
    return page


def find_grid(page: AgencyPage) -> Grid:
    return next(part for part in page.parts if isinstance(part, Grid))


def find_stacks(page: AgencyPage) -> list[Stack]:
    rows = [row for part in page.parts if isinstance(part, Chart) for row in part.rows]
    return [row for row in rows if isinstance(row, Stack)]


def facts(page: AgencyPage) -> str:
    return " ".join(next(part for part in page.parts if isinstance(part, Items)).sentences)


def test_a_hidden_group_has_no_mean_no_interval_and_no_answers(make_tables: Make) -> None:
    tables = make_province(make_tables, "543")
    page = make_page(score(tables, Scoring()), tables, "A")
    (row,) = find_grid(page).rows
    shown = dict(zip(find_grid(page).head, row, strict=True))
    assert [shown["Nhóm LD"], shown["Nhóm CC"], shown["Nhóm CD"]] == [HIDDEN, HIDDEN, "50,0"]
    assert "±" not in " ".join(row)  # a criterion with hidden cells has no interval either
    assert [(stack.label, stack.shares) for stack in find_stacks(page)] == [("Nhóm CD", (0.2,) * 5)]


def test_beside_hidden_cells_an_interval_is_rounded_outwards_and_a_criterion_has_none(make_tables: Make) -> None:
    tables = make_province(make_tables, "543")
    scores = score(tables, Scoring())
    estimates = scores.estimates.assign(mean_percent=scores.estimates["mean_percent"] - 1)
    page = make_page(scores, tables, "A", compare_years(total_rows(scores.estimates), total_rows(estimates)))
    found = re.search(r"từ ([\d,]+) đến ([\d,]+) điểm", facts(page))
    assert found is not None
    low, high = (Decimal(each.replace(",", ".")) for each in found.groups())
    total = scores.totals.set_index("agency").loc["A"]
    points = Decimal(str(total["survey_points"]))
    assert ((points - low) % Decimal("0.05"), (high - points) % Decimal("0.05")) == (0, 0)  # half a per cent of 10
    assert float(high - low) > total["ci_high"] - total["ci_low"]
    noise = re.search(r"±([\d,]+)", facts(page))
    assert noise is not None
    assert noise[1].endswith((",00", ",50"))


def test_the_ends_of_a_block_are_not_those_of_an_agency_of_which_few_people_said_something(make_tables: Make) -> None:
    said = {"A": "5544332211", "B": "5555444433", "C": "21"}
    answers = [
        (100 * ord(agency) + n, agency, "CD", "q1", option)
        for agency, all_ in said.items()
        for n, option in enumerate(all_)
    ]
    tables = make_tables(
        answers,
        agencies=dict.fromkeys(said, "SN"),
        criteria={"TC1": 10},
        items=[("CD", "q1", "TC1", 1)],
        cells=[(agency, "CD", 10) for agency in said],
    )
    scores = score(tables, Scoring())
    lowest = {}
    for code in said:
        place = next(part for part in make_page(scores, tables, code).parts if isinstance(part, Chart))
        lowest[code] = place.rows[-1].value
    assert lowest == {"A": "5,00", "B": "5,00", "C": "1,25"}, "C alone is told its own points"


def test_where_nothing_is_hidden_every_group_has_its_interval_and_its_answers(make_tables: Make) -> None:
    tables = make_province(make_tables, "543", ("CC", "CD"))
    page = make_page(score(tables, Scoring()), tables, "A")
    (row,) = find_grid(page).rows
    assert all("±" in cell for cell in row[3:])
    assert [stack.label for stack in find_stacks(page)] == ["Nhóm CC", "Nhóm CD"]
    assert "Khoảng tin cậy 95 %" in facts(page)


def test_an_agency_with_one_small_group_shows_its_total_and_nothing_of_its_spread(make_tables: Make) -> None:
    tables = make_province(make_tables, "543", ("LD",))
    scores = score(tables, Scoring())
    change = compare_years(total_rows(scores.estimates), total_rows(scores.estimates))
    page = make_page(scores, tables, "A", change)
    assert "7,50 trên 10 điểm" in facts(page)
    assert "Khoảng tin cậy" not in facts(page)
    assert "vùng nhiễu" not in facts(page)
    assert find_grid(page).rows[0][2:] == (HIDDEN, HIDDEN, HIDDEN)
    place = next(part for part in page.parts if isinstance(part, Chart))
    assert not [row for row in place.rows if not isinstance(row, Stack) and row.bounds]
    assert find_stacks(page) == []


def test_where_only_the_total_is_shown_not_even_a_silence_tells(make_tables: Make) -> None:
    tables = make_tables(
        [(1, "A", "LD", "q1", "5"), (1, "A", "LD", "q2", ""), (2, "B", "LD", "q1", "4"), (2, "B", "LD", "q2", "4")],
        agencies=dict.fromkeys("AB", "SN"),
        criteria={"TC1": 5, "TC2": 5},
        items=[("LD", "q1", "TC1", 1), ("LD", "q2", "TC2", 1)],
        cells=[("A", "LD", 3), ("B", "LD", 3)],
    )
    page = make_page(score(tables, Scoring()), tables, "A")
    assert [row[2:] for row in find_grid(page).rows] == [(HIDDEN, HIDDEN, HIDDEN)] * 2


def test_with_the_rule_off_everything_is_shown(make_tables: Make) -> None:
    tables = make_province(make_tables, "543")
    page = make_page(score(tables, Scoring.model_validate({"show_from": 0})), tables, "A")
    assert HIDDEN not in " ".join(find_grid(page).rows[0])
    assert [stack.label for stack in find_stacks(page)] == ["Nhóm LD", "Nhóm CC", "Nhóm CD"]


def test_an_agency_stands_between_the_ends_of_its_block_with_its_change(make_tables: Make, oracle: Any) -> None:
    tables = oracle("tables", 1)
    scores = score(tables, oracle("rules"))
    before = total_rows(scores.estimates).assign(percent=lambda table: table["percent"] - 40)
    change = compare_years(total_rows(scores.estimates), before)
    best = scores.totals.sort_values("rank").iloc[0]
    page = make_page(scores, tables, best["agency"], change)
    place = next(part for part in page.parts if isinstance(part, Chart))
    assert len(place.rows) == 4
    assert place.rows[0].value == place.rows[1].value
    assert "+40,00 điểm phần trăm" in facts(page)
    assert "tăng rõ rệt" in facts(page)


def test_an_agency_without_a_valid_sheet_gets_a_page_that_says_so(one_question: Make) -> None:
    tables = one_question({"A": "54321", "B": ""})
    page = make_page(score(tables, Scoring()), tables, "B")
    assert "Chưa có phiếu hợp lệ" in str(page.parts)


def test_screen_and_paper_of_an_agency_say_the_same(oracle: Any, about: About, tmp_path: Path) -> None:
    tables = oracle("tables", 1)
    page = make_page(score(tables, oracle("rules")), tables, "A03")
    pages = write_agency_paper(tmp_path / "a.pdf", page, about)
    pdf = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    paper = " ".join(" ".join(one.get_textpage().get_text_range() for one in pdf).split())
    pdf.close()
    raw = re.sub(r"<(style|title)\b.*?</\1>", " ", agency_html(page, about).decode(), flags=re.DOTALL)
    screen = html.unescape(" ".join(re.sub(r"<[^>]+>", " ", raw).split()))
    cells = [page.name, *(cell for row in find_grid(page).rows for cell in row)]
    assert not [cell for cell in cells if cell not in paper or cell not in screen]
    assert pages == 1
