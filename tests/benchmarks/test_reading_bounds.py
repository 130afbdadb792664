"""The bench's own statistics against values from tables and examples worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.reading.bounds import (
    bootstrap_bound,
    design_effect,
    effective_bound,
    find_bounds,
    interval,
    upper_bound,
)


def test_no_error_in_150000_boxes_proves_twenty_a_million_and_one_takes_237000() -> None:
    assert upper_bound(0, 150_000) == pytest.approx(1 - 0.05 ** (1 / 150_000), rel=1e-9)
    assert upper_bound(0, 150_000) < 20e-6 < upper_bound(0, 149_000)
    assert upper_bound(1, 237_300) < 20e-6 < upper_bound(1, 237_000)  # 4.744 of a Poisson table


def test_nothing_decided_proves_nothing() -> None:
    assert upper_bound(0, 0) == 1
    assert upper_bound(3, 3) == 1
    assert find_bounds([], []).by_sheet == 1


def test_the_interval_is_clopper_and_pearsons() -> None:
    assert interval(5, 10) == pytest.approx((0.1871, 0.8129), abs=1e-4)  # Clopper and Pearson 1934, chart
    assert interval(0, 10) == pytest.approx((0, 0.3085), abs=1e-4)
    assert interval(10, 10) == pytest.approx((0.6915, 1), abs=1e-4)


def test_errors_that_all_stand_on_one_of_four_sheets_count_for_little() -> None:
    # rate 0.25; deviations -2.5 three times and 7.5: 75 * 4/3 / 1600 = 0.0625 over 0.25 * 0.75 / 40
    assert design_effect([0, 0, 0, 10], [10] * 4) == pytest.approx(0.0625 / 0.0046875)


def test_errors_spread_evenly_have_no_design_effect() -> None:
    assert design_effect([1] * 8, [10] * 8) == 1
    assert design_effect([0] * 8, [10] * 8) == 1
    assert design_effect([3], [10]) == 1


def test_one_erring_sheet_of_ten_is_drawn_three_times_at_most_in_95_of_100_draws() -> None:
    # Binomial(10, 1/10): at most 2 in 93 %, at most 3 in 98.7 %
    assert bootstrap_bound([5] + [0] * 9, [5] * 10) == pytest.approx(0.3)


def test_the_bootstrap_says_nothing_where_nothing_erred() -> None:
    assert bootstrap_bound([0] * 5, [10] * 5) == 0
    assert find_bounds([0] * 5, [10] * 5).by_sheet >= upper_bound(0, 50)


def test_an_effect_of_two_halves_what_the_boxes_prove() -> None:
    many = 10_000  # so many sheets that the correction for few is nothing
    assert effective_bound(0, 300_000, 2.0, many) == pytest.approx(upper_bound(0, 150_000), rel=1e-3)
    assert effective_bound(0, 300_000, 1.0, many) == pytest.approx(upper_bound(0, 300_000), rel=1e-3)


def test_boxes_of_few_sheets_prove_less_than_those_of_many() -> None:
    few, some, many = (effective_bound(0, 150_000, 1.0, sheets) for sheets in (5, 45, 1500))
    assert few > some > many >= upper_bound(0, 150_000)
    assert effective_bound(0, 150_000, 1.0, 1) == 1


def test_the_stand_in_counts_until_enough_sheets_err() -> None:
    sizes = np.full(100, 50)
    few, many = np.zeros(100), np.zeros(100)
    few[:4], many[::2] = 1, 1
    assert find_bounds(few, sizes, 3.0).design_effect == 3
    assert find_bounds(many, sizes, 3.0).design_effect == 1


@pytest.mark.parametrize("errors", [[0] * 40, [1] + [0] * 39, [6, 7] + [0] * 38, [1, 2] * 20])
def test_a_bound_by_sheet_is_never_below_the_one_by_box(errors: list[int]) -> None:
    made = find_bounds(errors, [50] * 40)
    assert made.by_sheet >= made.independent >= sum(errors) / 2000


def test_the_bound_by_sheet_holds_where_errors_come_in_sheets() -> None:
    """100 runs of 60 sheets, a tenth of which err on a fifth of their boxes: the true rate is 2 %."""
    rng, kept = np.random.default_rng(7), {"alone": 0, "by_sheet": 0}
    for _ in range(100):
        bad = rng.random(60) < 0.1
        made = find_bounds(rng.binomial(50, 0.2, 60) * bad, np.full(60, 50), 3.0)
        kept["alone"] += made.independent >= 0.02
        kept["by_sheet"] += made.by_sheet >= 0.02
    assert kept["by_sheet"] >= 92 > kept["alone"]
