"""Counting answers: which count, which are blank, which sheets are valid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from aggregation import counts, influence
from aggregation.scores import score
from aggregation.tables import ScoringTables
from forms.errors import InputWrong
from forms.rules import Scoring

Make = Callable[..., ScoringTables]


def three_questions(make_tables: Make, answers: list[tuple[Any, ...]]) -> ScoringTables:
    return make_tables(
        answers,
        agencies={"SXD": "SN", "HLO": "HU"},
        criteria={"TC1": 10, "TC2": 10, "TC3": 10},
        items=[("CD", "q1", "TC1", 1), ("CD", "q2", "TC2", 1), ("CD", "q3", "TC3", 1)],
        cells=[("SXD", "CD", 5), ("HLO", "CD", 5)],
        criterion_blocks={"TC3": "HU"},
    )


def rules(min_answered: object = 0) -> Scoring:
    return Scoring.model_validate({"valid_sheet": {"min_answered": min_answered}})


def sheets(tables: ScoringTables, scoring: Scoring, agency: str = "SXD") -> dict[str, int]:
    table = score(tables, scoring).sheets
    return table[table["agency"] == agency].iloc[0].drop(["agency", "group"]).to_dict()


def test_every_answer_is_counted_once_and_blanks_apart(make_tables: Make) -> None:
    tables = three_questions(
        make_tables, [(1, "SXD", "CD", "q1", "5"), (1, "SXD", "CD", "q2", ""), (2, "SXD", "CD", "q1", "5")]
    )
    assert score(tables, rules()).counts.to_dict("records") == [
        {"agency": "SXD", "group": "CD", "question": "q1", "option": "5", "n": 2},
        {"agency": "SXD", "group": "CD", "question": "q2", "option": "", "n": 1},
    ]


def test_a_doubtful_answer_is_counted_as_doubtful_and_nothing_else(make_tables: Make) -> None:
    answers = [(1, "SXD", "CD", "q1", "5", "clear"), (1, "SXD", "CD", "q2", "4", "doubtful")]
    scored = score(three_questions(make_tables, answers), rules())
    assert list(scored.counts["question"]) == ["q1"]
    assert sheets(three_questions(make_tables, answers), rules())["n_doubtful"] == 1


def test_skipped_questions_are_neither_answers_nor_blanks(make_tables: Make) -> None:
    answers = [(1, "SXD", "CD", "q1", "5", "clear"), (1, "SXD", "CD", "q2", "", "skipped")]
    tables = three_questions(make_tables, answers)
    assert sheets(tables, rules(1)) == {"n_sheets": 1, "n_valid": 1, "n_short": 0, "n_blank": 0, "n_doubtful": 0}
    assert set(score(tables, Scoring(blank="lowest")).counts["question"]) == {"q1"}


def test_a_sheet_that_answers_too_little_is_left_out_whole(make_tables: Make) -> None:
    answers = [(1, "SXD", "CD", "q1", "5"), (1, "SXD", "CD", "q2", "")]
    tables = three_questions(make_tables, answers)
    assert sheets(tables, rules("0.5"))["n_valid"] == 1
    assert sheets(tables, rules("0.51")) == {"n_sheets": 1, "n_valid": 0, "n_short": 1, "n_blank": 1, "n_doubtful": 0}
    assert score(tables, rules("0.51")).counts.empty


def test_a_share_of_a_third_is_compared_exactly(make_tables: Make) -> None:
    answers = [(1, "HLO", "CD", "q1", "5"), (1, "HLO", "CD", "q2", ""), (1, "HLO", "CD", "q3", "")]
    tables = three_questions(make_tables, answers)
    assert sheets(tables, rules("0.3333333333333333333333"), "HLO")["n_valid"] == 1
    assert sheets(tables, rules("0.3333333333333333333334"), "HLO")["n_valid"] == 0


def test_questions_of_another_block_do_not_count_against_a_sheet(make_tables: Make) -> None:
    answers = [(1, a, "CD", "q1", "5") for a in ("SXD",)] + [(1, "SXD", "CD", "q3", "")]
    assert sheets(three_questions(make_tables, answers), rules(1))["n_valid"] == 1


def test_dont_know_is_an_answer_but_not_a_valid_one(make_tables: Make) -> None:
    tables = three_questions(make_tables, [(1, "SXD", "CD", "q1", "0"), (1, "SXD", "CD", "q2", "4")])
    scored = score(tables, rules(1))
    first = scored.scores[scored.scores["criterion"] == "TC1"].iloc[0]
    assert (first["n_valid"], first["n_blank"]) == (0, 0)
    assert pd.isna(first["points"])
    assert sheets(tables, rules(1))["n_valid"] == 1


def test_a_blank_sheet_never_counts_not_even_at_the_lowest_level(make_tables: Make) -> None:
    tables = three_questions(make_tables, [(1, "SXD", "CD", "q1", ""), (1, "SXD", "CD", "q2", "")])
    scored = score(tables, Scoring(blank="lowest"))
    assert scored.counts.empty
    assert scored.totals["survey_points"].isna().all()


def test_questions_without_a_criterion_are_passed_over(make_tables: Make) -> None:
    tables = three_questions(make_tables, [(1, "SXD", "CD", "q1", "5"), (1, "SXD", "CD", "q99", "whatever")])
    assert list(score(tables, rules()).counts["question"]) == ["q1"]


@pytest.mark.parametrize(("agency", "option", "named"), [("XXX", "5", "XXX"), ("SXD", "9", "9")])
def test_unknown_agencies_and_options_are_refused_by_name(
    make_tables: Make, agency: str, option: str, named: str
) -> None:
    tables = three_questions(make_tables, [(1, agency, "CD", "q1", option)])
    with pytest.raises(InputWrong) as refused:
        score(tables, rules())
    assert named in refused.value.problems[0].what


def test_text_columns_and_categories_give_the_same(oracle: Callable[..., Any]) -> None:
    tables, scoring = oracle("tables", 1), oracle("rules")
    texts = ["agency", "group", "question", "option", "state"]
    categories = replace(tables, answers=tables.answers.astype(dict.fromkeys(texts, "category")))
    assert score(categories, scoring).totals.equals(score(tables, scoring).totals)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_the_answers_does_not_matter(oracle: Callable[..., Any], seed: int) -> None:
    tables, scoring = oracle("tables", 1), oracle("rules")
    shuffled = replace(tables, answers=tables.answers.sample(frac=1, random_state=seed))
    assert score(shuffled, scoring).counts.equals(score(tables, scoring).counts)
    pd.testing.assert_frame_equal(score(shuffled, scoring).totals, score(tables, scoring).totals, rtol=1e-12)


def test_many_answers_are_counted_in_stretches_of_whole_sheets_with_the_same_result(
    oracle: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tables, scoring = oracle("tables", 1), oracle("rules", valid_sheet={"min_answered": "0.9"})
    wanted = score(tables, scoring)
    for module in (counts, influence):
        monkeypatch.setattr(module, "_ROWS", 7)  # a sheet has six answers: stretches begin within sheets
    found = score(tables, scoring)
    for name in ("scores", "totals", "estimates", "questions", "counts", "sheets"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(wanted, name), check_exact=True)
    assert found.valid_sheets == wanted.valid_sheets


def test_every_stretch_tells_what_it_does_not_know_once(make_tables: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "_ROWS", 1)
    answers = [(sheet, "SXD", "CD", "q1", option) for sheet, option in enumerate("98859", start=1)]
    with pytest.raises(InputWrong) as refused:
        score(three_questions(make_tables, answers), rules())
    assert len(refused.value.problems) == 2


def test_a_matrix_sheet_is_valid_agency_by_agency(make_tables: Make) -> None:
    """Sheet 1 rates only SXD, sheet 2 both: SYT's rows left blank void nothing and are no blanks of SYT."""
    answers = [(sheet, agency, "LD", q, "5") for sheet in (1, 2) for agency in ("SXD", "SYT") for q in ("q1", "q2")]
    answers = [(s, a, g, q, "" if (s, a) == (1, "SYT") else o) for s, a, g, q, o in answers]
    tables = make_tables(
        answers,
        agencies={"SXD": "SN", "SYT": "SN"},
        criteria={"TC1": 10, "TC2": 10},
        items=[("LD", "q1", "TC1", 1), ("LD", "q2", "TC2", 1)],
        cells=[("SXD", "LD", 2), ("SYT", "LD", 2)],
    )
    scored = score(tables, Scoring.model_validate({"blank": "lowest", "valid_sheet": {"min_answered": "0.8"}}))
    assert scored.totals["n_valid"].tolist() == [2, 1]
    assert scored.totals["survey_points"].tolist() == [20.0, 20.0]
    assert scored.sheets["n_short"].tolist() == [0, 1]
    assert scored.valid_sheets == 2
