"""Figures of sheets, agencies and questionnaires, against R's results for the reference survey."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aggregation.agency_indices import contrast_agencies, measure_clustering
from aggregation.reliability import measure_reliability, pairwise_alpha
from aggregation.sheet_indices import (
    answer_spread,
    distances,
    is_straight,
    likeness,
    longest_runs,
    mean_runs,
    most_alike,
)
from aggregation.tables import Floats

TIGHT = {"rtol": 0, "atol": 1e-9}
ITEMS = [f"q{number}" for number in range(1, 7)]
SHEETS = arrays(np.int8, st.tuples(st.integers(1, 6), st.integers(1, 9)), elements=st.integers(0, 5))


def read_levels(oracle: Callable[..., Any]) -> pd.DataFrame:
    responses = oracle("responses_year1")
    return responses.assign(**{item: pd.to_numeric(responses[item]) for item in ITEMS})


def pick(sheets: pd.DataFrame, criteria: pd.DataFrame, scope: str) -> Floats:
    kind, _, code = scope.partition("_")
    if kind in ("group", "agency"):
        return sheets.loc[sheets[kind] == code, ITEMS].to_numpy(dtype=np.float64)
    chosen = list(criteria.loc[criteria["criterion"] == code, "item"]) if kind == "criterion" else ITEMS
    return sheets[chosen].to_numpy(dtype=np.float64)


def test_cronbachs_alpha_and_its_interval_are_those_of_r(oracle: Callable[..., Any]) -> None:
    sheets = read_levels(oracle)
    for row in oracle("expected_alpha").to_dict("records"):
        found = measure_reliability(pick(sheets, oracle("items"), row["scope"]))
        assert (found.n, found.k) == (int(row["n"]), int(row["k"]))
        names = {"alpha": "alpha", "standardised": "std_alpha", "mean_correlation": "mean_r", "low": "feldt_lo"}
        for ours, theirs in {**names, "high": "feldt_hi"}.items():
            assert getattr(found, ours) == pytest.approx(float(row[theirs]), abs=1e-9), row["scope"]
        assert (found.alpha, found.standardised) == pytest.approx(
            (float(row["psych_raw"]), float(row["psych_std"])), abs=1e-9
        )


def test_alpha_over_pairs_of_questions_is_that_of_psych(oracle: Callable[..., Any]) -> None:
    expected = oracle("expected_alpha_pairwise").iloc[0]
    found = pairwise_alpha(read_levels(oracle)[ITEMS].to_numpy(dtype=np.float64))
    assert found == pytest.approx((float(expected["psych_raw"]), float(expected["psych_std"])), abs=1e-9)


def test_every_sheets_figures_are_those_of_r(oracle: Callable[..., Any]) -> None:
    sheets, expected = read_levels(oracle).dropna(), oracle("expected_sheet_indices")
    assert list(sheets["resp_id"]) == list(expected["resp_id"])
    levels = sheets[ITEMS].to_numpy(dtype=np.int8)
    inside = np.full(len(levels), np.nan)
    for rows in sheets.reset_index().groupby("agency").indices.values():
        inside[rows] = most_alike(levels[rows])
    found = {
        "longstring": longest_runs(levels),
        "avgstring": mean_runs(levels),
        "irv": answer_spread(levels),
        "mahalanobis_d2": distances(levels),
        "straight": is_straight(levels),
        "maxmatch_agency": inside,
        "maxmatch_all": most_alike(levels),
    }
    assert set(found) == set(expected.columns) - {"resp_id", "agency"}
    for name, figures in found.items():
        np.testing.assert_allclose(figures, expected[name].astype(float), err_msg=name, **TIGHT)


def test_every_agency_against_the_rest_has_the_chi_square_of_r(oracle: Callable[..., Any]) -> None:
    sheets = read_levels(oracle)
    expected = oracle("expected_chisq_agency").set_index(["item", "agency"]).astype(float)
    for item in ITEMS:
        counts = pd.crosstab(sheets["agency"], sheets[item]).reindex(columns=range(1, 6), fill_value=0)
        found, theirs = contrast_agencies(counts.to_numpy()), expected.loc[item].loc[counts.index]
        names = {"chisq": "chisq", "freedom": "df", "p": "p", "cramer_v": "cramer_v"}
        for ours, name in names.items():
            np.testing.assert_allclose(getattr(found, ours), theirs[name], err_msg=item, **TIGHT)


def test_the_intraclass_correlation_is_that_of_r(oracle: Callable[..., Any]) -> None:
    sheets, expected = read_levels(oracle).dropna(), oracle("expected_icc").astype(float).iloc[0]
    found = measure_clustering(sheets[ITEMS].mean(axis=1).to_numpy(), pd.factorize(sheets["agency"])[0])
    assert found is not None
    names = ["msb", "msw", "n0", "icc1", "F", "p", "deff_mean_n"]
    figures = found.between, found.within, found.size, found.icc, found.f, found.p, found.design_effect
    np.testing.assert_allclose(figures, expected[names], **TIGHT)


def test_a_blank_ends_a_run_and_is_compared_with_nothing() -> None:
    sheets = np.array([[4, 4, 0, 4, 4, 4], [4, 4, 4, 4, 4, 4], [0, 0, 0, 0, 0, 4]], dtype=np.int8)
    assert longest_runs(sheets).tolist() == [3, 6, 1]
    assert is_straight(sheets).tolist() == [True, True, False]
    shares = likeness(sheets, sheets)
    assert shares[0, 1] == 1.0
    assert np.isnan(shares[0, 2])


@pytest.mark.parametrize("asked", [1, 5, 64, 130])
def test_likeness_is_the_share_of_equal_answers_counted_pair_by_pair(asked: int) -> None:
    rng = np.random.default_rng(asked)
    sheets = np.where(rng.random((40, asked)) < 0.08, 0, rng.integers(1, 8, (40, asked))).astype(np.int8)
    shares = likeness(sheets[:15], sheets)
    for (row, column), share in np.ndenumerate(shares):
        both = (sheets[row] > 0) & (sheets[column] > 0)
        equal = int(((sheets[row] == sheets[column]) & both).sum())
        assert np.isnan(share) if both.sum() < max(0.8 * asked, 1) else share == equal / both.sum()


def test_too_few_sheets_have_no_figure() -> None:
    assert np.isnan(measure_reliability(np.array([[1.0, 2.0]])).alpha)
    assert measure_clustering(np.array([1.0, 2.0]), np.array([0, 0])) is None
    alike = measure_clustering(np.ones(6), np.array([0, 0, 0, 1, 1, 1]))
    assert alike is not None
    assert np.isnan([alike.f, alike.p, alike.icc]).all()


@given(SHEETS)
def test_runs_and_spread_agree_with_counting_by_hand(sheets: Any) -> None:
    for row, longest, mean, straight in zip(
        sheets, longest_runs(sheets), mean_runs(sheets), is_straight(sheets), strict=True
    ):
        pieces: list[int] = []
        for part in "".join("," if not each else str(each) for each in row).split(","):
            while part:
                run = len(part) - len(part.lstrip(part[0]))
                pieces.append(run)
                part = part[run:]
        assert longest == max(pieces, default=0)
        assert np.isnan(mean) if not pieces else mean == pytest.approx(sum(pieces) / len(pieces))
        assert straight == (sum(pieces) >= 3 and len(set(row[row > 0])) == 1)
