"""Agreement of two readers, exact and beyond chance."""

from __future__ import annotations

import pytest

from aggregation.second_reading import compare_readings


def test_the_example_of_a_two_by_two_table_is_worked_out_as_by_hand() -> None:
    # 20 and 15 alike, 5 and 10 not: 35 of 50 observed; chance 25 * 30 / 50 + 25 * 20 / 50 = 25 of 50
    counts = {("a", "a"): 20, ("a", "b"): 5, ("b", "a"): 10, ("b", "b"): 15}
    found = compare_readings(("s", *pair) for pair, count in counts.items() for _ in range(count))
    assert (found.n, found.exact) == (50, 0.7)
    assert found.kappa == pytest.approx(0.4)


def test_knowing_the_question_is_no_agreement() -> None:
    pairs = [(scale, f"{scale}{one}", f"{scale}{two}") for scale in "xy" for one in "12" for two in "12"]
    assert compare_readings(pairs).kappa == pytest.approx(0.0)


def test_where_chance_explains_all_or_nothing_was_read_no_coefficient_is_given() -> None:
    assert compare_readings([("s", "a", "a")] * 9).kappa is None
    assert compare_readings([]).kappa is None
    assert compare_readings([("s", "a", "a"), ("s", "b", "b")]).kappa == 1.0
