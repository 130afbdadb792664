"""Means of questions, criteria and groups with their errors, against what R's survey package gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from aggregation.scores import Scores, score
from aggregation.tables import COMBINED, ScoringTables
from forms.rules import Scoring

TIGHT = {"rtol": 0, "atol": 1e-9}


def score_oracle(oracle: Callable[..., Any], year: int) -> dict[str, Scores]:
    """Both errors: with the finite population correction and without."""
    tables = oracle("tables", year)
    kinds = {"se_fpc": "quota", "se_nofpc": "none"}
    return {column: score(tables, oracle("rules", population=kind)) for column, kind in kinds.items()}


def people(oracle: Callable[..., Any], rows: pd.DataFrame) -> list[int]:
    """The population that our tables have for the cell of every row."""
    cells = oracle("tables", 1).cells.set_index(["agency", "group"])["population"]
    return [int(cells[agency, group]) for agency, group, *_ in rows.index]


@pytest.mark.parametrize("year", [1, 2])
def test_every_question_of_every_cell_has_the_mean_and_errors_of_r(oracle: Callable[..., Any], year: int) -> None:
    expected = oracle(f"expected_item_group_year{year}").set_index(["agency", "group", "item"])
    maximum = oracle("items").set_index("item")["max_points"].astype(float)
    share = maximum.loc[expected.index.get_level_values("item")].to_numpy() / 100
    for column, scored in score_oracle(oracle, year).items():
        found = scored.questions.set_index(["agency", "group", "question"]).loc[expected.index]
        assert len(found) == len(scored.questions)
        for ours, theirs in (("n", "n"), ("n_valid", "n_valid")):
            assert list(found[ours]) == [int(each) for each in expected[theirs]]
        assert people(oracle, expected) == [int(each) for each in expected["N"]]
        mean, se = found["mean_percent"] * share, found["se"] * share
        np.testing.assert_allclose(mean, expected["mean"].astype(float), **TIGHT)
        np.testing.assert_allclose(se, expected[column].astype(float), **TIGHT)
        if column == "se_fpc":  # R's interval is the normal one; ours on the page is Student's, wider
            for sign, theirs in ((-1, "ci95_lo"), (1, "ci95_hi")):
                bound = mean + sign * norm.ppf(0.975) * se
                np.testing.assert_allclose(bound, expected[theirs].astype(float), **TIGHT)


@pytest.mark.parametrize("year", [1, 2])
def test_every_group_has_the_score_and_errors_of_r(oracle: Callable[..., Any], year: int) -> None:
    expected = oracle(f"expected_group_score_year{year}").set_index(["agency", "group"])
    for column, scored in score_oracle(oracle, year).items():
        estimates = scored.estimates
        whole = estimates[(estimates["criterion"] == COMBINED) & (estimates["group"] != COMBINED)]
        totals = estimates[(estimates["criterion"] == COMBINED) & (estimates["group"] == COMBINED)]
        np.testing.assert_allclose(totals["se"] / 10, scored.totals["se"], **TIGHT)
        found = whole.set_index(["agency", "group"]).loc[expected.index]
        assert len(found) == len(whole)
        assert list(found["n"]) == [int(each) for each in expected["n"]]
        assert people(oracle, expected) == [int(each) for each in expected["N"]]
        np.testing.assert_allclose(found["mean_percent"] / 10, expected["score"].astype(float), **TIGHT)
        np.testing.assert_allclose(found["se"] / 10, expected[column].astype(float), **TIGHT)


@pytest.mark.parametrize(("column", "rule"), [("itemwise", {}), ("listwise", {"valid_sheet": {"min_answered": 1}})])
def test_a_blank_takes_its_own_question_out_and_not_the_sheet_unless_the_rule_says_so(
    oracle: Callable[..., Any], column: str, rule: dict[str, Any]
) -> None:
    """Means of the province, every sheet standing for N/n people; R drops sheets with a blank where nobody says no."""
    frame = oracle("frame").astype({"N": float, "n": float}).query("n > 0").set_index(["agency", "group"])
    found = score(oracle("tables", 1), oracle("rules", **rule)).questions
    cells = pd.MultiIndex.from_frame(found[["agency", "group"]])
    found["people"] = found["n_valid"] * (frame["N"] / frame["n"]).loc[cells].to_numpy()
    found["sum"] = found["people"] * found["mean_percent"].fillna(0) / 100
    sums = found.groupby("question")[["sum", "people"]].sum()
    expected = oracle("expected_listwise_trap").set_index("item").astype(float)
    share = oracle("items").set_index("item")["max_points"].astype(float)
    means = sums["sum"] / sums["people"] * share
    np.testing.assert_allclose(means[expected.index], expected[column], **TIGHT)


def test_a_criterion_of_one_question_has_that_questions_error_pooled_or_not(
    one_question: Callable[..., ScoringTables],
) -> None:
    for below in (0, 5):
        rules = Scoring.model_validate({"small_cell": {"pool_below": below}})
        scored = score(one_question({"SXD": "5431 ", "SYT": "42", "STC": "55443322"}), rules)
        single = scored.estimates[(scored.estimates["criterion"] == "TC1") & (scored.estimates["group"] == "CD")]
        figures = ["mean_percent", "se", "ci_low", "ci_high"]
        np.testing.assert_allclose(single[figures], scored.questions[figures], **TIGHT)
        np.testing.assert_allclose(single["se"] / 10, scored.totals["se"], **TIGHT)


def test_nobody_answered_means_no_mean_and_no_row(make_tables: Callable[..., ScoringTables]) -> None:
    tables = make_tables(
        [(1, "SXD", "CD", "q1", "5"), (1, "SXD", "CD", "q2", ""), (2, "SXD", "CD", "q1", "4")],
        agencies={"SXD": "SN", "SYT": "SN"},
        criteria={"TC1": 5, "TC2": 5},
        items=[("CD", "q1", "TC1", 1), ("CD", "q2", "TC2", 1)],
        cells=[("SXD", "CD", 4), ("SYT", "CD", 2)],
    )
    scored = score(tables, Scoring())
    assert scored.questions[["question", "n_valid", "n_blank"]].values.tolist() == [["q1", 2, 0], ["q2", 0, 1]]
    assert pd.isna(scored.questions["mean_percent"][1])
    assert scored.estimates[["criterion", "group"]].values.tolist() == [
        ["*", "CD"],
        ["*", "*"],
        ["TC1", "CD"],
        ["TC1", "*"],
    ]
