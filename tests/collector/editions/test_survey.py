"""The survey's part of the index, from sheets that were really taken in."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from docx import Document

from aggregation.index_page import IndexAbout, make_page
from aggregation.word_index import index_annex_docx
from collector.editions.index import compute_index
from collector.reports.scores import write_scores
from forms.campaign import Campaign, Criterion
from forms.errors import InputWrong
from forms.index_points import GivenPoints, IndexPoints
from forms.rules import RankFrom


@pytest.fixture
def asked(desk: Any, campaign: Campaign) -> Campaign:
    """The small campaign with an appraised criterion of 8 points, and two citizens' answers in the store."""
    for serial in desk.serials()[:2]:
        desk.post(serial, q1="1", q2="4", q4="3")
    return replace(campaign, criteria=(*campaign.criteria, Criterion("TD", "Chỉ đạo", Decimal(8), source="appraised")))


def appraised(campaign: Campaign, *more: GivenPoints) -> IndexPoints:
    rows = {agency.code: f"agencies.csv:{row}" for row, agency in enumerate(campaign.agencies, 2)}
    given = [
        GivenPoints(code, "TD", "appraised", Fraction(8), Fraction(7), where=where) for code, where in rows.items()
    ]
    return IndexPoints((*given, *more), (), rows)


def test_survey_points_are_those_of_the_score_and_agencies_without_sheets_have_no_rank(
    desk: Any, asked: Campaign, tmp_path: Any
) -> None:
    index, digest = compute_index(desk.store, asked, appraised(asked))
    scored = write_scores(desk.store, asked, tmp_path).scores.totals.set_index("agency")
    found = {each.agency.code: each for block in index.blocks for each in block.agencies}
    heard = [code for code, each in found.items() if each.published is not None]
    assert heard == [code for code in found if scored["survey_points"].notna()[code]]
    assert len(heard) == 1
    each = found[heard[0]]
    assert float(each.survey or 0) == scored["survey_points"][heard[0]] == 1.25  # (75 + 50) / 2 per cent of 2
    assert (each.published, each.rank, each.too_few) == (Decimal("8.25"), None, True)  # two sheets: fewer than five
    scoring = asked.settings.scoring.model_copy(update={"rank_from": RankFrom(n_valid=2)})
    eager = replace(asked, settings=asked.settings.model_copy(update={"scoring": scoring}))
    index, _ = compute_index(desk.store, eager, appraised(eager))
    assert [each.rank for block in index.blocks for each in block.ranked] == [1]
    assert all(found[code].rank is None for code in found if code not in heard)
    assert len(digest) == 64


def test_the_public_is_not_told_a_total_that_would_tell_what_two_people_said(desk: Any, asked: Campaign) -> None:
    index, _ = compute_index(desk.store, asked, appraised(asked))
    page = make_page(index, asked, (), IndexAbout("UBND TỈNH", "SỞ NỘI VỤ", "Đợt thử nghiệm", 2013))
    annex = Document(io.BytesIO(index_annex_docx(page)))
    cells = {row.cells[1].text: row.cells[2].text for table in annex.tables[1:] for row in table.rows}
    assert cells["Thành phố Hạ Long"] == "–", "less the 7 points that the council published, it is their mean"
    said = [line.text for line in annex.paragraphs]
    assert "Dưới 5 phiếu hợp lệ, không công bố điểm: Thành phố Hạ Long." in said
    assert not any("8,25" in each for each in said)


def test_the_hash_of_the_answers_changes_with_an_answer(desk: Any, asked: Campaign) -> None:
    _, before = compute_index(desk.store, asked, appraised(asked))
    assert compute_index(desk.store, asked, appraised(asked))[1] == before
    desk.post(desk.serials()[2], q1="1", q2="5", q4="5")
    assert compute_index(desk.store, asked, appraised(asked))[1] != before


def test_a_survey_criterion_has_its_points_from_sheets_or_from_elsewhere_and_never_from_both(
    desk: Any, asked: Campaign
) -> None:
    index, _ = compute_index(desk.store, asked, appraised(asked))
    heard = next(each.agency.code for block in index.blocks for each in block.ranked)
    other = next(agency.code for agency in asked.agencies if agency.code != heard)
    elsewhere = GivenPoints(other, "TC1", "survey", Fraction(2), Fraction(1), where="external.csv:2")
    index, _ = compute_index(desk.store, asked, appraised(asked, elsewhere))
    found = {each.agency.code: each.published for block in index.blocks for each in block.agencies}
    assert found[other] == 8
    with pytest.raises(InputWrong) as wrong:
        compute_index(desk.store, asked, appraised(asked, replace(elsewhere, agency=heard)))
    assert [problem.where for problem in wrong.value.problems] == ["external.csv:2"]
