"""The report: complete, self-contained, the same each time, readable on a phone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from aggregation.agency_page import AgencyPages
from aggregation.findings import find_findings
from aggregation.report import About, make_report, report_html, sheets_sentence
from aggregation.scores import score
from aggregation.tables import ScoringTables
from forms.rules import Scoring

Make = Callable[..., ScoringTables]


class Reader(HTMLParser):
    """The texts of a page, its tags, and whether every tag that is opened is closed."""

    VOID = {"meta", "rect", "circle", "line"}

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page.decode("utf-8"))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(text for text in self.texts if text)


@pytest.fixture
def survey(oracle: Callable[..., Any]) -> ScoringTables:
    """The reference survey with a tree of criteria and a name that HTML would trip over."""
    tables: ScoringTables = oracle("tables", 1)
    top = pd.DataFrame([("F", "Lĩnh vực chung", "", "", "survey", "10")], columns=tables.criteria.columns)
    criteria = pd.concat([top, tables.criteria.assign(parent="F")], ignore_index=True)
    agencies = tables.agencies.assign(name=[f"Sở <{code}> & Co" for code in tables.agencies["agency"]])
    return replace(tables, criteria=criteria, agencies=agencies)


@pytest.fixture
def about(oracle: Callable[..., Any]) -> About:
    frame = oracle("frame")
    quota = frame.rename(columns={"n": "target"})[["agency", "group", "target"]].astype({"target": int})
    return About(
        superior="UBND TỈNH QUẢNG NINH",
        body="SỞ NỘI VỤ",
        campaign="Điều tra xã hội học",
        year=2013,
        quota=quota.assign(accepted=quota["target"] - (quota["target"] > 20)),
        place="Quảng Ninh",
        date=datetime.date(2014, 2, 5),
        conflicts=1234,
    )


def make_page(tables: ScoringTables, about: About, lang: str = "vi", **rules: Any) -> bytes:
    bands = [{"name": "Tốt", "from": 80}, {"name": "Khá", "from": 0}]
    scores = score(tables, Scoring.model_validate({"bands": bands, **rules}))
    return report_html(make_report(scores, tables, about, lang))


def test_a_block_that_only_rates_others_is_in_no_result(one_question: Callable[..., ScoringTables]) -> None:
    tables = one_question({"A": "554", "B": "443", "Z": ""})
    blocks = pd.DataFrame([("SN", "Sở"), ("DG", "Cơ quan chỉ đánh giá")], columns=["block", "name"])
    agencies = tables.agencies.assign(block=["SN", "SN", "DG"])
    tables = replace(tables, agencies=agencies, blocks=blocks, cells=tables.cells[tables.cells["agency"] != "Z"])
    scores = score(tables, Scoring())
    about = About("UBND TỈNH", "SỞ NỘI VỤ", "Khảo sát", 2013, pd.DataFrame({"target": [20]}))
    assert "đánh giá 2 trên 2 cơ quan" in sheets_sentence(scores, tables, about, "vi")
    assert [block.code for block in find_findings(scores, tables)] == ["SN"]
    assert [page.code for page in AgencyPages(scores, tables).make()] == ["A", "B"]


def test_the_report_needs_nothing_from_outside_and_runs_nothing(survey: ScoringTables, about: About) -> None:
    page = make_page(survey, about)
    reader = Reader(page)
    assert ("html", {"lang": "vi"}) in reader.tags
    assert not {"script", "link", "img", "iframe", "object", "embed"} & {tag for tag, _ in reader.tags}
    names = {name for _, attributes in reader.tags for name in attributes}
    assert not {"src", "href", "srcset"} & names
    assert not [name for name in names if name.startswith("on")]
    assert not re.findall(rb"https?:|@import|url\((?!#)", page)


def test_the_same_inputs_give_the_same_bytes(survey: ScoringTables, about: About) -> None:
    assert make_page(survey, about) == make_page(survey, about)


def test_agencies_stand_in_the_order_of_their_ranks_with_names_escaped(survey: ScoringTables, about: About) -> None:
    page = make_page(survey, about).decode()
    table = page[page.index('<table class="ranking">') :]
    names = re.findall(r'class="name">Sở &lt;(A0\d)&gt; &amp; Co<', table[: table.index("</table>")])
    totals = score(survey, Scoring()).totals.sort_values("rank")
    assert names == list(totals["agency"])


def test_numbers_for_people_have_a_decimal_comma(survey: ScoringTables, about: About) -> None:
    text = Reader(make_page(survey, about)).text
    points = score(survey, Scoring()).totals.set_index("agency")["survey_points"]["A07"]
    assert f"{points:.2f}".replace(".", ",") in text
    assert f"{points:.2f}" not in text
    assert "1.234 phiếu trùng" in text


def test_the_head_has_motto_issuer_place_and_date(survey: ScoringTables, about: About) -> None:
    text = Reader(make_page(survey, about)).text
    for line in (
        "Độc lập - Tự do - Hạnh phúc",
        "SỞ NỘI VỤ",
        "Quảng Ninh, ngày 05 tháng 02 năm 2014",
        "TÀI LIỆU NỘI BỘ",
    ):
        assert line in text


def test_the_method_names_the_rules_that_were_used(survey: ScoringTables, about: About) -> None:
    used = Reader(
        make_page(
            survey,
            about,
            group_weights={"cbcc": "0.25", "nguoidan": "0.75"},
            blank="lowest",
            empty_group="zero",
            valid_sheet={"min_answered": "0.5"},
            rounding={"places": 3, "at": "criterion"},
        )
    ).text
    for words in ("Nhóm cbcc 0,25", "mức thấp nhất", "tính 0 điểm", "ít nhất 50 %", "3 chữ số", "Tốt từ 80 %"):
        assert words in used
    other = Reader(make_page(survey, about, small_cell={"pool_below": 0})).text
    assert "trọng số bằng nhau" in other
    assert "phương sai gộp" not in other


def test_sheets_that_a_recheck_struck_are_named_since_the_quota_still_counts_them(
    survey: ScoringTables, about: About
) -> None:
    told = "phiếu đã nhận nhưng không tính vào điểm, theo quyết định sau phúc tra"
    assert told not in Reader(make_page(survey, about)).text
    assert f"3 {told}" in Reader(make_page(survey, replace(about, struck=3))).text


def test_quota_shows_what_came_and_what_was_planned(survey: ScoringTables, about: About) -> None:
    page = make_page(survey, about).decode()
    assert '<td class="behind">29/30</td>' in page
    assert "<td>6/6</td>" in page
    assert f"{about.quota['accepted'].sum()}/{about.quota['target'].sum()}" in page


def test_doubts_and_left_out_criteria_are_told(make_tables: Make, about: About) -> None:
    tables = make_tables(
        [
            (1, "A01", "CD", "q1", "5", "clear"),
            (2, "A01", "CD", "q1", "4", "doubtful"),
            (3, "A02", "CD", "q2", "3", "clear"),
        ],
        agencies={"A01": "SN", "A02": "SN", "A03": "SN"},
        criteria={"TC1": 6, "TC2": 4},
        items=[("CD", "q1", "TC1", 1), ("CD", "q2", "TC2", 1)],
        cells=[("A01", "CD", 2), ("A02", "CD", 2), ("A03", "CD", 2)],
    )
    text = Reader(make_page(tables, about)).text
    assert "Còn 1 câu trả lời cần xem lại" in text
    assert "Cơ quan A01 (TC2); Cơ quan A02 (TC1)" in text
    assert "Chưa có phiếu hợp lệ: Cơ quan A03." in text
    assert "Chưa đủ phiếu để tính khoảng tin cậy: Cơ quan A01; Cơ quan A02." in text


@pytest.mark.parametrize("chosen", [{"A01": "", "A02": ""}, {"A01": "5"}, {"A01": "5", "A02": ""}])
def test_a_report_of_almost_nothing_is_still_a_report(
    one_question: Callable[..., ScoringTables], about: About, chosen: dict[str, str]
) -> None:
    assert "chưa có phiếu hợp lệ" in Reader(make_page(one_question({**chosen, "A09": ""}), about)).text


def test_many_kinds_of_levels_are_shown_in_five_steps(make_tables: Make, about: About) -> None:
    percents = {str(percent): str(percent) for percent in (100, 90, 80, 70, 60, 45, 30, 10, 0)}
    tables = make_tables(
        [(number, "A01", "CD", "q1", option) for number, option in enumerate(percents)],
        agencies={"A01": "SN"},
        criteria={"TC1": 10},
        items=[("CD", "q1", "TC1", 1)],
        cells=[("A01", "CD", 9)],
        levels=percents,
    )
    titles = Reader(make_page(tables, about)).text
    assert "80–100 %: 33 %; 60–<80 %: 22 %; 40–<60 %: 11 %; 20–<40 %: 11 %; 0–<20 %: 22 %" in titles


@pytest.mark.parametrize(("lang", "shown"), [("vi", "37,5 %"), ("en", "37.5 %")])
def test_a_level_between_whole_per_cents_is_written_in_the_pages_language(
    make_tables: Make, about: About, lang: str, shown: str
) -> None:
    tables = make_tables(
        [(1, "A01", "CD", "q1", "high"), (2, "A01", "CD", "q1", "low")],
        agencies={"A01": "SN"},
        criteria={"TC1": 10},
        items=[("CD", "q1", "TC1", 1)],
        cells=[("A01", "CD", 2)],
        levels={"high": "100", "low": "37.5"},
    )
    assert shown in Reader(make_page(tables, about, lang)).text


def test_english_has_english_words_and_points(survey: ScoringTables, about: About) -> None:
    reader = Reader(make_page(survey, about, "en"))
    assert ("html", {"lang": "en"}) in reader.tags
    assert "SURVEY RESULTS" in reader.text
    assert "Hạng" not in reader.text


@pytest.mark.slow
def test_nothing_is_wider_than_a_phone_and_paper_takes_few_pages(
    survey: ScoringTables, about: About, tmp_path: Path, browser_path: str
) -> None:
    from playwright.sync_api import sync_playwright

    file = tmp_path / "report.html"
    file.write_bytes(make_page(survey, about))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        pdf = page.pdf(prefer_css_page_size=True)
        browser.close()
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 6
