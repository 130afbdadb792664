"""Change on last year, against R's results for the two reference years."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from aggregation.change import adjust_bh, adjust_holm, compare_years, total_rows
from aggregation.scores import score

TIGHT = {"rtol": 0, "atol": 1e-9}
NAMES = {"percent": "y2", "before": "y1", "change": "diff", "se": "se_diff"}
TESTED = {"p": "p", "p_holm": "p_holm", "p_bh": "p_bh"}
P = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def read_year(oracle: Callable[..., Any], year: int) -> pd.DataFrame:
    """Per cent of the maximum (10 points) with its error, from our own scoring."""
    return total_rows(score(oracle("tables", year), oracle("rules")).estimates)


def test_change_and_its_tests_are_those_of_r(oracle: Callable[..., Any]) -> None:
    expected = oracle("expected_yoy").set_index("agency").astype(float)
    found = compare_years(read_year(oracle, 2), read_year(oracle, 1)).set_index("agency")
    for ours, theirs in NAMES.items():
        np.testing.assert_allclose(found[ours] / 10, expected[theirs], **TIGHT)
    np.testing.assert_allclose(found["change"] / found["se"], expected["z"], **TIGHT)
    for ours, theirs in TESTED.items():
        np.testing.assert_allclose(found[ours], expected[theirs], **TIGHT)
    assert [verdict != "same" for verdict in found["verdict"]] == list(expected["p_holm"] < 0.05)


def test_years_of_different_maxima_are_compared_by_per_cent() -> None:
    """16 of 20 points after 8 of 10 are no change, and twenty points more of a hundred beside an error of 2 are."""
    now = pd.DataFrame({"agency": ["A", "B", "C"], "block": "SN", "percent": [80.0, 70, 60], "se": [2.0, 2, 2]})
    before = pd.DataFrame({"agency": ["B", "A"], "percent": [50.0, 80.0], "se": [2.0, 2.0]})
    found = compare_years(now, before).set_index("agency")
    assert found["verdict"].to_dict() == {"A": "same", "B": "up", "C": ""}
    assert found.loc["A", ["change", "p"]].tolist() == [0.0, 1.0]
    assert found.loc["C", ["before", "change", "se", "noise", "p", "p_holm"]].isna().all()
    assert abs(found.loc["B", "noise"] - 1.959964 * np.sqrt(8)) < 1e-5


def test_without_last_years_error_a_change_is_shown_and_not_judged() -> None:
    now = pd.DataFrame({"agency": ["A"], "block": "SN", "percent": [80.0], "se": [2.0]})
    found = compare_years(now, pd.DataFrame({"agency": ["A"], "percent": [50.0], "se": [np.nan]}))
    assert found.loc[0, ["change", "verdict"]].tolist() == [30.0, ""]


def test_blocks_are_adjusted_apart() -> None:
    now = pd.DataFrame({"agency": list("ABC"), "block": ["SN", "SN", "HU"], "percent": [84.5, 80, 84.5], "se": 1.5})
    found = compare_years(now, pd.DataFrame({"agency": list("ABC"), "percent": 80.0, "se": 1.5})).set_index("agency")
    assert found.loc["A", "p_holm"] == 2 * found.loc["A", "p"]
    assert found.loc["C", "p_holm"] == found.loc["C", "p"]
    assert found.loc["A", "verdict"] == "same"
    assert found.loc["C", "verdict"] == "up"


@given(P)
def test_holm_is_never_bolder_than_no_adjustment_nor_milder_than_bh(values: list[float]) -> None:
    p = np.array(values)
    assert (adjust_holm(p) >= p).all()
    assert (adjust_bh(p) >= p - 1e-15).all()
    assert (adjust_holm(p) >= adjust_bh(p) - 1e-15).all()
    with_hole = np.append(p, np.nan)
    np.testing.assert_array_equal(adjust_holm(with_hole)[:-1], adjust_holm(p))
