"""Standard errors and intervals, against what R's survey package gives for the same sheets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from aggregation.counts import count_answers
from aggregation.influence import Sample, agency_levers, find_influences, sample_groups
from aggregation.plan import Plan, make_plan
from aggregation.points import average, score_agencies, tabulate
from aggregation.scores import score
from aggregation.tables import COMBINED, ScoringTables
from aggregation.totals import compare, spread_points
from forms.rules import Scoring

TIGHT = {"rtol": 0, "atol": 1e-9}


def samples(tables: ScoringTables, rules: Scoring) -> tuple[list[Sample], Plan]:
    plan = make_plan(tables)
    tally = count_answers(tables, plan, rules)
    means = average(tally.counts, plan, rules)
    points = score_agencies(tally.counts, means, plan, rules)
    influences = find_influences(tally, means, plan)
    return sample_groups(
        influences, agency_levers(tabulate(points, plan), plan), plan, rules.small_cell.pool_below
    ), plan


@pytest.mark.parametrize("year", [1, 2])
def test_points_errors_and_intervals_are_those_of_r_survey(oracle: Callable[..., Any], year: int) -> None:
    expected = oracle(f"expected_agency_year{year}").set_index("agency").astype(float)
    rules = oracle("rules", population="quota", rounding={"places": 6})
    scored = score(oracle("tables", year), rules)
    combined = scored.scores[scored.scores["group"] == COMBINED].groupby("agency")["points"].sum()
    np.testing.assert_allclose(combined[expected.index], expected["score"], **TIGHT)
    totals = scored.totals.set_index("agency")
    for ours, theirs in [("se", "se_fpc"), ("ci_low", "ci95_t_lo"), ("ci_high", "ci95_t_hi")]:
        np.testing.assert_allclose(totals[ours], expected[theirs], **TIGHT)
    assert list(totals["rank"]) == [int(rank) for rank in expected["rank_min"]]
    assert list(totals["n_valid"]) == [int(n) for n in expected["n"]]
    found, plan = samples(oracle("tables", year), rules)
    spread = spread_points(found, plan, rules)
    np.testing.assert_allclose(spread.freedom, expected["df_satterthwaite"], **TIGHT)
    groups = sum((sample.n > 0).astype(int) for sample in found)
    assert list(groups) == list(expected["groups"])
    assert list(sum(sample.n for sample in found) - groups) == list(expected["df_design"])
    for sign, column in ((-1, "ci95_z_lo"), (1, "ci95_z_hi")):
        np.testing.assert_allclose(expected["score"] + sign * norm.ppf(0.975) * totals["se"], expected[column], **TIGHT)
    assert set(expected["max_points"]) == {float(scored.maxima["K"])}
    np.testing.assert_allclose(combined[expected.index] / float(scored.maxima["K"]) * 100, expected["percent"], **TIGHT)


@pytest.mark.parametrize("year", [1, 2])
def test_without_a_population_there_is_no_correction(oracle: Callable[..., Any], year: int) -> None:
    expected = oracle(f"expected_agency_year{year}").set_index("agency").astype(float)
    scored = score(oracle("tables", year), oracle("rules"))
    np.testing.assert_allclose(scored.totals["se"], expected["se_nofpc"], **TIGHT)


@pytest.mark.parametrize("year", [1, 2])
def test_single_questions_have_the_points_and_errors_of_r_survey(oracle: Callable[..., Any], year: int) -> None:
    """All other questions are worth nothing, so that sheets which left this one blank stay in the sample."""
    for item, rows in oracle(f"expected_item_agency_year{year}").groupby("item"):
        tables = oracle("tables", year)
        maximum = oracle("items").set_index("item")["max_points"]
        tables.items["criterion"] = tables.items["question"]
        criteria = pd.concat([tables.criteria.head(1)] * len(maximum), ignore_index=True)
        criteria["criterion"] = maximum.index
        criteria["max_points"] = [points if each == item else "0" for each, points in maximum.items()]
        for population, column in (("none", "se_nofpc"), ("quota", "se_fpc")):
            scored = score(replace(tables, criteria=criteria), oracle("rules", population=population))
            points = scored.scores[(scored.scores["group"] == COMBINED) & (scored.scores["criterion"] == item)]
            np.testing.assert_allclose(points["points"], rows["score"].astype(float), **TIGHT)
            np.testing.assert_allclose(scored.totals["se"], rows[column].astype(float), **TIGHT)
            combined = scored.estimates.query("criterion == @item and group == @COMBINED")
            share = float(maximum[item]) / 100
            np.testing.assert_allclose(combined["mean_percent"] * share, rows["score"].astype(float), **TIGHT)
            np.testing.assert_allclose(combined["se"] * share, rows[column].astype(float), **TIGHT)


def test_raters_of_many_agencies_make_them_correlated_as_in_r_survey(
    oracle: Callable[..., Any], make_tables: Callable[..., ScoringTables]
) -> None:
    raters = oracle("shared_raters")
    agencies = list(raters.columns[1:])
    tables = make_tables(
        [
            (sheet, agency, "LD", "q1", row[agency])
            for sheet, row in enumerate(raters.to_dict("records"))
            for agency in agencies
        ],
        agencies=dict.fromkeys(agencies, "SN"),
        criteria={"TC1": 1},
        items=[("LD", "q1", "TC1", 1)],
        cells=[(agency, "LD", 14, 20) for agency in agencies],
    )
    rules = Scoring.model_validate({"small_cell": {"pool_below": 0}, "population": "quota"})
    found, plan = samples(tables, rules)
    expected = oracle("expected_shared_vcov").set_index("unit").astype(float)
    not_drawn = 1 - 14 / 20
    covariance = compare(found, list(range(len(plan.agencies))))
    gaps, places = oracle("expected_shared_diff"), {agency: place for place, agency in enumerate(agencies)}
    means = oracle("expected_shared_mean").set_index("unit").astype(float)
    for row in gaps.to_dict("records"):
        a, b = places[row["a"]], places[row["b"]]
        variance = covariance[a, a] + covariance[b, b]
        apart = np.sqrt((variance - 2 * covariance[a, b]) * not_drawn)
        assert apart == pytest.approx(float(row["se_diff"]), abs=1e-9)
        assert np.sqrt(variance * not_drawn) == pytest.approx(float(row["se_if_independent"]), abs=1e-9)
        assert means["mean"].iloc[a] - means["mean"].iloc[b] == pytest.approx(float(row["diff"]), abs=1e-9)
    np.testing.assert_allclose(covariance * not_drawn, expected.to_numpy(), rtol=0, atol=1e-12)
    scored = score(tables, rules)
    np.testing.assert_allclose(scored.totals["se"], means["se"], **TIGHT)
    combined = scored.scores[scored.scores["group"] == COMBINED]
    np.testing.assert_allclose(combined["points"], means["mean"], **TIGHT)


def test_one_criterion_without_blanks_is_the_textbook_error_of_a_mean(
    one_question: Callable[..., ScoringTables],
) -> None:
    totals = score(one_question({"SXD": "554431"}), Scoring.model_validate({"small_cell": {"pool_below": 0}})).totals
    points = np.array([10, 10, 7.5, 7.5, 5, 0])
    assert totals["se"][0] == pytest.approx(points.std(ddof=1) / np.sqrt(6), abs=1e-12)


def test_a_census_has_no_error_with_the_correction(one_question: Callable[..., ScoringTables]) -> None:
    tables = one_question({"SXD": "5431"})
    tables.cells["population"] = 4
    totals = score(tables, Scoring(population="quota")).totals
    assert totals.loc[0, ["se", "ci_low", "ci_high"]].tolist() == [0.0, 5.625, 5.625]
    assert totals["survey_points"][0] == 5.63


def test_one_sheet_alone_has_no_error_rather_than_none(one_question: Callable[..., ScoringTables]) -> None:
    scored = score(one_question({"SXD": "5", "SYT": "4"}), Scoring.model_validate({"rank_from": {"n_valid": 0}}))
    assert scored.totals[["se", "ci_low", "ci_high"]].isna().all(axis=None)
    assert [note.kind for note in scored.notes] == ["no_interval", "no_interval"]
    assert scored.totals["rank_low"].tolist() == [1, 1]
    assert scored.totals["rank_high"].tolist() == [2, 2]


def test_small_cells_take_the_variance_pooled_over_their_group_and_block(
    one_question: Callable[..., ScoringTables],
) -> None:
    answers = {"SXD": "5431", "SYT": "4", "STC": "55443322"}
    pooled = score(one_question(answers), Scoring.model_validate({"small_cell": {"pool_below": 5}})).totals
    values = {agency: np.array([2.5 * (int(o) - 1) for o in options]) for agency, options in answers.items()}
    squares = sum(((v - v.mean()) ** 2).sum() for v in values.values())
    variance = squares / (3 + 0 + 7)
    assert pooled["se"][0] == pytest.approx(np.sqrt(variance / 4), abs=1e-12)
    assert pooled["se"][1] == pytest.approx(np.sqrt(variance / 1), abs=1e-12)
    assert pooled["se"][2] == pytest.approx(values["STC"].std(ddof=1) / np.sqrt(8), abs=1e-12)


def test_pooling_uses_the_weights_of_the_agency_that_needs_it(make_tables: Callable[..., ScoringTables]) -> None:
    """SYT lacks answers to TC2, so TC1 carries all its points; the pooled variance has to be TC1's alone."""
    answers = [
        (s, "SXD", "CD", q, o)
        for s, pair in enumerate(["51", "42", "33", "24"])
        for q, o in zip(("q1", "q2"), pair, strict=True)
    ]
    answers += [(100, "SYT", "CD", "q1", "5"), (101, "SYT", "CD", "q1", "1")]
    tables = make_tables(
        answers,
        agencies={"SXD": "SN", "SYT": "SN"},
        criteria={"TC1": 5, "TC2": 5},
        items=[("CD", "q1", "TC1", 1), ("CD", "q2", "TC2", 1)],
        cells=[("SXD", "CD", 4), ("SYT", "CD", 2)],
    )
    totals = score(tables, Scoring.model_validate({"small_cell": {"pool_below": 3}})).totals
    first = np.array([10, 7.5, 5, 2.5])
    squares = ((first - first.mean()) ** 2).sum() + 2 * 5.0**2
    assert totals["se"][1] == pytest.approx(np.sqrt(squares / (3 + 1) / 2), abs=1e-12)


def test_intervals_stay_inside_the_points_that_exist(one_question: Callable[..., ScoringTables]) -> None:
    totals = score(
        one_question({"SXD": "51", "SYT": "5" * 20 + "41"}), Scoring.model_validate({"small_cell": {"pool_below": 0}})
    ).totals
    assert totals.loc[0, ["ci_low", "ci_high"]].tolist() == [0.0, 10.0]
    assert totals["ci_high"][1] == 10.0
    assert 0 < totals["ci_low"][1] < 10


def test_a_cell_without_a_population_goes_uncorrected_and_is_noted(one_question: Callable[..., ScoringTables]) -> None:
    tables = one_question({"SXD": "5431", "SYT": "5431"})
    tables.cells["population"] = pd.Series([8, None], dtype=object)
    scored = score(tables, Scoring.model_validate({"population": "quota", "rank_from": {"n_valid": 4}}))
    assert scored.totals["se"][0] == pytest.approx(scored.totals["se"][1] * np.sqrt(0.5))
    assert [(note.kind, note.agency) for note in scored.notes] == [("no_population", "SYT")]
