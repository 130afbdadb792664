"""The chance of every grade, and how much of a ranking is chance: against R and against hand-made cases."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from aggregation.points import AgencyPoints
from aggregation.ranks import shared_ranks
from aggregation.rounding import half_up
from aggregation.scores import score
from aggregation.separation import grade_chances, measure_separation
from aggregation.tables import ScoringTables
from forms.rules import Band, Rounding, Scoring

TIGHT = {"rtol": 0, "atol": 1e-9}
BANDS = tuple(Band.model_validate({"name": name, "from": lower}) for name, lower in [("C", 0), ("A", 90), ("B", 70)])


def scored(points: float) -> AgencyPoints:
    return AgencyPoints((), Fraction(1), Fraction(points), half_up(Fraction(points), 2))


def test_rankability_is_that_of_r(oracle: Callable[..., Any]) -> None:
    expected = oracle("expected_rankability").set_index("stat")["value"].astype(float)
    found = score(oracle("tables", 1), oracle("rules", population="quota")).separations["K"]
    figures = found.q, found.freedom, found.between, found.median_within, found.rankability, found.mean
    np.testing.assert_allclose(figures, expected, **TIGHT)


def test_shrunk_scores_and_distances_from_the_mean_are_those_of_r(oracle: Callable[..., Any]) -> None:
    expected = oracle("expected_rank_ci")
    found = score(oracle("tables", 1), oracle("rules")).separations["K"]
    np.testing.assert_allclose(found.shrunk, expected["eb_score"].astype(float), **TIGHT)
    np.testing.assert_allclose(found.z, expected["vs_mean_z"].astype(float), **TIGHT)
    assert shared_ranks([Decimal(str(each)) for each in found.shrunk]) == [int(each) for each in expected["eb_rank"]]


def test_agencies_that_differ_no_more_than_chance_have_no_rankability() -> None:
    found = measure_separation(np.array([70.0, 71, 69, np.nan]), np.array([3.0, 3, 3, 1]))
    assert found is not None
    assert (found.between, found.rankability) == (0, 0)
    np.testing.assert_allclose(found.shrunk[:3], 70)
    assert measure_separation(np.array([70.0, 71]), np.array([np.nan, 3])) is None


def test_the_chance_of_a_grade_is_that_of_students_t_around_the_points() -> None:
    at_bound = grade_chances(scored(14), 1.0, 9.0, Fraction(20), BANDS, Rounding(places=2))
    above = student.sf((18 - 0.005 - 14) / 1.0, 9)
    reaches = student.sf(-0.005, 9)
    assert at_bound == pytest.approx([above, reaches - above, 1 - reaches, 0])
    assert at_bound[1] + at_bound[0] > 0.5  # half a hundredth under the bound is rounded up to it


@pytest.mark.parametrize(
    ("maximum", "places", "begins"), [(Fraction(7), 0, [4.5, 4.5]), (Fraction("9.6"), 1, [6.75, 6.25])]
)
def test_a_band_whose_bound_nobody_can_be_given_begins_at_the_first_points_that_reach_it(
    maximum: Fraction, places: int, begins: list[float]
) -> None:
    bands = tuple(
        Band.model_validate({"name": name, "from": lower}) for name, lower in [("A", 70), ("B", 65.5), ("C", 0)]
    )
    each = AgencyPoints((), Fraction(1), Fraction(6), half_up(Fraction(6), places))
    for at in ("total", "criterion"):
        found = grade_chances(each, 0.4, 9.0, maximum, bands, Rounding.model_validate({"places": places, "at": at}))
        first, second = (student.sf((bound - 6) / 0.4, 9) for bound in begins)
        assert found == pytest.approx([first, second - first, 1 - second, 0])


def test_without_an_error_the_grade_is_certain_and_without_a_known_one_nothing_is_said() -> None:
    assert grade_chances(scored(14), 0.0, np.inf, Fraction(20), BANDS, Rounding()) == [0, 1, 0, 0]
    assert np.isnan(grade_chances(scored(14), np.nan, 3, Fraction(20), BANDS, Rounding())).all()
    assert grade_chances(scored(1), 0.0, np.inf, Fraction(20), BANDS[1:], Rounding()) == [0, 0, 1]


@given(st.floats(0, 20), st.floats(0.01, 10), st.integers(1, 60))
def test_the_chances_of_all_grades_are_one_together(points: float, se: float, freedom: int) -> None:
    chances = grade_chances(scored(points), se, freedom, Fraction(20), BANDS, Rounding())
    assert sum(chances) == pytest.approx(1)
    assert min(chances) >= 0
    assert chances[-1] == 0  # the lowest band begins at 0


def test_every_agency_with_points_has_a_chance_for_every_grade(one_question: Callable[..., ScoringTables]) -> None:
    tables = one_question({"SXD": "554433", "SYT": "5", "STC": ""})
    rules = Scoring(bands=BANDS, small_cell={"pool_below": 0}, rank_from={"n_valid": 1})
    found = score(tables, rules).chances
    assert list(found.columns) == ["agency", "block", "grade", "chance"]
    assert found["grade"].tolist() == ["A", "B", "C"] * 2
    assert found.loc[found["agency"] == "SXD", "chance"].sum() == pytest.approx(1)
    assert found.loc[found["agency"] == "SYT", "chance"].isna().all()
    assert score(tables, Scoring()).chances.empty
