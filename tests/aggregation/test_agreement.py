"""Answers asked twice, held against R's results for the same pairs and against what every person can count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.agreement import compare_sheets, measure_agreement, measure_shift

TIGHT = {"rtol": 0, "atol": 1e-9}
COLUMNS = {
    "n": "n_pairs", "exact": "exact", "within_one": "within1", "kappa": "kappa", "kappa_linear": "kappa_linear",
    "kappa_quadratic": "kappa_quadratic", "ac1": "ac1", "ac2_linear": "ac2_linear",
    "ac2_quadratic": "ac2_quadratic", "alpha_nominal": "kalpha_nominal", "alpha_ordinal": "kalpha_ordinal",
    "alpha_interval": "kalpha_interval",
}  # fmt: skip
SHIFTS = {
    "mean": "mean_diff", "sd": "sd_diff", "t": "paired_t", "p": "paired_t_p",
    "response_variance": "bcstats_srv", "reliability": "bcstats_reliability",
}  # fmt: skip
LEVELS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=40)


def read_pairs(oracle: Callable[..., Any]) -> pd.DataFrame:
    pairs = oracle("backcheck_pairs")
    for column in ("original", "recheck"):
        pairs[column] = pd.to_numeric(pairs[column])
    return pairs


def pick(pairs: pd.DataFrame, scope: str) -> pd.DataFrame:
    if scope in ("honest", "forged"):
        return pairs[pairs["forged_truth"] == str(int(scope == "forged"))]
    return pairs if scope == "all" else pairs[pairs["item"] == scope]


def test_every_figure_of_agreement_is_that_of_r(oracle: Callable[..., Any]) -> None:
    pairs, expected = read_pairs(oracle), oracle("expected_agreement").set_index("scope")
    for scope, row in expected.iterrows():
        chosen = pick(pairs, str(scope))
        agreed = asdict(measure_agreement(chosen["original"], chosen["recheck"], 5))
        shifted = asdict(measure_shift(chosen["original"], chosen["recheck"]))
        for found, names in ((agreed, COLUMNS), (shifted, SHIFTS)):
            for ours, theirs in names.items():
                np.testing.assert_allclose(found[ours], float(row[theirs]), err_msg=f"{scope} {theirs}", **TIGHT)
        np.testing.assert_allclose(1 - agreed["exact"], float(row["error_rate"]), **TIGHT)
        np.testing.assert_allclose(1 - agreed["within_one"], float(row["error_rate_okrange1"]), **TIGHT)
        np.testing.assert_allclose(agreed["kappa"], float(row["psych_kappa"]), **TIGHT)
        np.testing.assert_allclose(agreed["kappa_quadratic"], float(row["psych_wkappa"]), **TIGHT)


def test_every_sheet_differs_as_often_as_r_counts(oracle: Callable[..., Any]) -> None:
    pairs = read_pairs(oracle).rename(columns={"resp_id": "sheet", "original": "first", "recheck": "again"})
    expected = oracle("expected_backcheck_sheets").sort_values("resp_id")
    found = compare_sheets(pairs)
    assert list(found["sheet"]) == list(expected["resp_id"])
    forged = pairs.groupby("sheet")["forged_truth"].first()  # put into the reference data, not found by anything
    assert list(forged[expected["resp_id"]]) == list(expected["forged_truth"])
    names = {"n": "compared", "n_differing": "diff0", "n_far": "diff1", "differing": "error_rate"}
    for ours, theirs in {**names, "far": "error_rate_ok1"}.items():
        np.testing.assert_allclose(found[ours], expected[theirs].astype(float), **TIGHT)


def test_pairs_of_one_person_are_not_taken_for_independent_ones() -> None:
    """Six people answer five questions each and shift all five alike: six observations, not thirty."""
    people = np.repeat(np.arange(6), 5)
    first, again = np.full(30, 3.0), 3.0 + np.repeat([1, 0, -1, 2, 0, -2], 5)
    apart, together = measure_shift(first, again), measure_shift(first, again, list(people))
    assert (apart.clusters, together.clusters) == (30, 6)
    one_each = measure_shift(first[::5], again[::5])
    assert together.se == pytest.approx(one_each.se)
    assert (together.low, together.high) == pytest.approx((one_each.low, one_each.high))
    assert apart.se < together.se


def test_without_two_pairs_or_two_levels_nothing_is_claimed() -> None:
    nothing = measure_agreement([], [], 5)
    assert nothing.n == 0
    assert np.isnan([nothing.exact, nothing.alpha_ordinal, nothing.kappa, nothing.ac1]).all()
    alike = measure_agreement([4, 4, 4], [4, 4, 4], 5)
    assert alike.exact == 1
    assert np.isnan([alike.alpha_ordinal, alike.kappa]).all()
    single = measure_shift([4], [3])
    assert single.mean == -1
    assert np.isnan([single.se, single.low, single.high, single.p]).all()


def test_a_level_outside_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1\.\.5"):
        measure_agreement([0, 3], [3, 3], 5)


@given(LEVELS)
def test_the_same_answers_again_agree_wholly_and_do_not_shift(pairs: list[tuple[int, int]]) -> None:
    first = [one for one, _ in pairs]
    found = measure_agreement(first, first, 5)
    assert (found.exact, found.within_one, measure_shift(first, first).mean) == (1, 1, 0)
    assert np.isnan(found.alpha_ordinal) == (len(set(first)) == 1)
    assert np.isnan(found.alpha_ordinal) or found.alpha_ordinal == pytest.approx(1)


@given(LEVELS)
def test_who_was_asked_first_does_not_matter_to_agreement(pairs: list[tuple[int, int]]) -> None:
    first, again = [list(each) for each in zip(*pairs, strict=True)]
    there, back = measure_agreement(first, again, 5), measure_agreement(again, first, 5)
    np.testing.assert_allclose(list(asdict(there).values()), list(asdict(back).values()), rtol=0, atol=1e-12)
    assert there.exact <= there.within_one <= 1
