"""Ranks with shared ties, rank sets, grades."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.ranks import find_grade, holm_rank_sets, shared_ranks
from aggregation.scores import score
from aggregation.tables import COMBINED, ScoringTables
from forms.rules import Band, Scoring

BANDS = tuple(Band.model_validate({"name": name, "from": lower}) for name, lower in [("C", 0), ("A", 90), ("B", 70)])

ALL = Scoring.model_validate({"rank_from": {"n_valid": 0}})


def test_ties_share_the_better_rank() -> None:
    points = [Decimal(text) for text in ("82.45", "90.00", "82.45", "82.4")]
    assert shared_ranks(points) == [2, 1, 2, 4]


def test_rank_sets_are_those_of_r_for_the_reference_survey(oracle: Callable[..., Any]) -> None:
    expected = oracle("expected_rank_ci")
    low, high = holm_rank_sets(expected["score"].astype(float).to_numpy(), np.diag(expected["se"].astype(float) ** 2))
    assert [str(rank) for rank in low] == list(expected["holm_lo"])
    assert [str(rank) for rank in high] == list(expected["holm_hi"])
    totals = score(oracle("tables", 1), oracle("rules")).totals
    assert [str(rank) for rank in totals["rank"]] == list(expected["rank"])
    np.testing.assert_allclose(totals["se"], expected["se"].astype(float), rtol=0, atol=1e-9)
    exact = score(oracle("tables", 1), oracle("rules", rounding={"places": 6})).scores
    points = exact[exact["group"] == COMBINED].groupby("agency")["points"].sum()
    np.testing.assert_allclose(points[expected["agency"]], expected["score"].astype(float), rtol=0, atol=1e-9)
    totals = score(oracle("tables", 1), oracle("rules", population="quota")).totals
    assert [str(rank) for rank in totals["rank_low"]] == list(expected["holm_lo"])
    assert [str(rank) for rank in totals["rank_high"]] == list(expected["holm_hi"])


def test_agencies_far_apart_have_their_rank_alone() -> None:
    low, high = holm_rank_sets(np.array([10.0, 30.0, 20.0]), np.diag([0.01, 0.01, 0.01]))
    assert (low.tolist(), high.tolist()) == ([3, 1, 2], [3, 1, 2])


def test_holm_goes_on_to_the_next_pair_with_a_milder_threshold() -> None:
    """Bonferroni stops at 0.05/3 = 0.0167 (z 2.39); Holm's second pair needs only 0.025 (z 2.24)."""
    gap = np.sqrt(2) * 2.3
    low, high = holm_rank_sets(np.array([0.0, gap, 20.0]), np.eye(3))
    assert (low.tolist(), high.tolist()) == ([3, 2, 1], [3, 2, 1])


def test_raters_in_common_tell_apart_what_independent_ones_would_not() -> None:
    points = np.array([7.0, 6.0])
    apart = holm_rank_sets(points, np.array([[1.0, 0.95], [0.95, 1.0]]))
    alone = holm_rank_sets(points, np.eye(2))
    assert [each.tolist() for each in apart] == [[1, 2], [1, 2]]
    assert [each.tolist() for each in alone] == [[1, 1], [2, 2]]


def test_without_a_standard_error_nothing_is_told_apart() -> None:
    low, high = holm_rank_sets(np.array([1.0, 50.0, 99.0]), np.diag([0.01, np.nan, 0.01]))
    assert (low.tolist(), high.tolist()) == ([2, 1, 1], [3, 3, 2])


def test_equal_points_without_any_error_are_equal() -> None:
    low, high = holm_rank_sets(np.array([5.0, 5.0, 4.0]), np.zeros((3, 3)))
    assert (low.tolist(), high.tolist()) == ([1, 1, 3], [2, 2, 3])


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 20)), min_size=1, max_size=12))
def test_a_rank_set_holds_the_rank_of_the_points(pairs: list[tuple[float, float]]) -> None:
    points = np.array([pair[0] for pair in pairs])
    low, high = holm_rank_sets(points, np.diag([pair[1] ** 2 for pair in pairs]))
    better = (points[None, :] > points[:, None]).sum(axis=1)
    assert (low <= 1 + better).all()
    assert (high >= 1 + better).all()


@pytest.mark.parametrize(("points", "grade"), [("18.00", "A"), ("17.99", "B"), ("14", "B"), ("13.99", "C"), ("0", "C")])
def test_a_band_begins_at_its_bound(points: str, grade: str) -> None:
    assert find_grade(Decimal(points), Fraction(20), BANDS) == grade


def test_points_under_every_band_have_no_grade() -> None:
    assert find_grade(Decimal(10), Fraction(20), BANDS[1:]) is None
    assert find_grade(Decimal(10), Fraction(20), ()) is None


def test_ranks_are_given_block_by_block_on_the_rounded_points(make_tables: Callable[..., ScoringTables]) -> None:
    chosen = {"A": "5554", "B": "55545554", "C": "5333", "D": "1111", "E": "5555"}
    blocks = {"A": "SN", "B": "SN", "C": "SN", "D": "HU", "E": "HU"}
    tables = make_tables(
        [(f"{n}{ord(a)}", a, "CD", "q1", o) for a, options in chosen.items() for n, o in enumerate(options)],
        agencies=blocks,
        criteria={"TC1": 10},
        items=[("CD", "q1", "TC1", 1)],
        cells=[(agency, "CD", 4) for agency in chosen],
    )
    totals = score(tables, ALL).totals.set_index("agency")
    assert totals["rank"].to_dict() == {"A": 1, "B": 1, "C": 3, "D": 2, "E": 1}
    assert (totals["rank_low"] <= totals["rank"]).all()
    assert (totals["rank"] <= totals["rank_high"]).all()


def test_points_that_differ_only_beyond_the_published_decimals_tie(one_question: Callable[..., ScoringTables]) -> None:
    tables = one_question({"A": "5" * 29 + "4", "B": "5" * 30 + "4"})
    published = score(tables, Scoring.model_validate({"rounding": {"places": 1}})).totals
    assert published["rank"].tolist() == [1, 1]
    finer = score(tables, Scoring.model_validate({"rounding": {"places": 3}})).totals
    assert finer["rank"].tolist() == [2, 1]


def test_too_few_sheets_give_points_and_an_interval_but_neither_rank_nor_grade_nor_a_place_to_lose(
    one_question: Callable[..., ScoringTables],
) -> None:
    tables = one_question({"A": "5555", "B": "54444", "C": "4444433", "D": ""})
    rules = Scoring.model_validate({"bands": [{"name": "Tốt", "from": 80}, {"name": "Yếu", "from": 0}]})
    scored = score(tables, rules)
    totals = scored.totals.set_index("agency")
    assert totals["survey_points"].tolist()[:3] == [10.0, 8.0, 6.79]
    assert totals["rank"].astype(object).where(totals["rank"].notna(), None).tolist() == [None, 1, 2, None]
    assert totals["grade"].tolist() == ["", "Tốt", "Yếu", ""]
    assert totals.loc["A", ["rank_low", "rank_high"]].isna().all()
    assert totals.loc[["B", "C"], "rank_high"].max() == 2  # A's place is nobody's
    assert totals["se"].notna().tolist() == [True, True, True, False]
    assert set(scored.chances["agency"]) == {"B", "C"}
    assert [(note.kind, note.agency) for note in scored.notes if note.kind == "too_few"] == [("too_few", "A")]
    everybody = score(tables, rules.model_copy(update={"rank_from": ALL.rank_from})).totals
    assert everybody["rank"].tolist()[:3] == [1, 2, 3]


def test_sheets_of_a_group_or_question_that_weighs_nothing_rank_nobody(
    make_tables: Callable[..., ScoringTables],
) -> None:
    said = [("A", "CD", 4), ("A", "CC", 9), ("B", "CD", 5)]
    answers = [
        (sheet, agency, group, question, "5")
        for place, (agency, group, number) in enumerate(said)
        for sheet in range(100 * place, 100 * place + number)
        for question in ("q1", "q2")
    ]
    tables = make_tables(
        [*answers, *((900 + sheet, "A", "CD", "q2", "5") for sheet in range(7))],
        agencies={"A": "SN", "B": "SN"},
        criteria={"TC1": 10},
        items=[(group, question, "TC1", int(question == "q1")) for group in ("CD", "CC") for question in ("q1", "q2")],
        cells=[(agency, group, 20) for agency in "AB" for group in ("CD", "CC")],
    )
    totals = score(tables, Scoring.model_validate({"group_weights": {"CD": 1, "CC": 0}})).totals
    assert totals["n_valid"].tolist() == [4, 5]
    assert totals["rank"].isna().tolist() == [True, False]
