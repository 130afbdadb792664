"""The running bound of the reader's errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.reader_check import ENOUGH, Checked, bound_errors


def check(sheets: list[int], wrong: int = 0, undecided: int = 0) -> list[Checked]:
    return [
        Checked(sheet, 6, 0.999, place < wrong, wrong <= place < wrong + undecided)
        for place, sheet in enumerate(sheets)
    ]


def test_without_an_error_the_bound_is_what_twenty_to_one_leaves_open() -> None:
    bound = bound_errors(check(list(range(37))))
    assert bound.upper == pytest.approx(1 - 0.05 ** (1 / 37))  # 7.8 %
    assert bound.upper_per_thousand == pytest.approx(77.77, abs=0.01)
    assert bound.upper_per_million_boxes == pytest.approx(1e6 * bound.upper / 6)
    assert bound.claimed_per_thousand == pytest.approx(1.0)
    assert not bound.is_enough


def test_with_errors_it_is_clopper_and_pearson_s() -> None:
    # One-sided 95 % bound of 2 in 100, as printed in tables: 6.16 %
    assert bound_errors(check(list(range(100)), wrong=2)).upper == pytest.approx(0.0616, abs=1e-4)


def test_what_is_not_decided_counts_as_wrong_until_it_is() -> None:
    sheets = list(range(100))
    assert bound_errors(check(sheets, 1, 1)).upper == bound_errors(check(sheets, 2)).upper
    assert bound_errors(check(sheets, 1, 1)).wrong == 1


def test_answers_of_one_sheet_count_as_one() -> None:
    assert bound_errors(check([1] * 50)).effective == 1
    assert bound_errors(check([sheet // 2 for sheet in range(100)])).upper == pytest.approx(
        bound_errors(check(list(range(50)))).upper
    )


def test_three_hundred_answers_without_an_error_say_less_than_one_in_a_hundred() -> None:
    enough, too_few = (bound_errors(check(list(range(count)))) for count in (ENOUGH, ENOUGH - 2))
    assert enough.is_enough
    assert enough.upper < 0.01 < too_few.upper
    assert not too_few.is_enough


def test_nothing_looked_at_promises_nothing_and_everything_wrong_is_everything() -> None:
    assert (bound_errors([]).upper, bound_errors([]).upper_per_million_boxes) == (1.0, 1e6)
    assert bound_errors(check([1, 2, 3], wrong=3)).upper == 1.0


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60), st.integers(0, 60))
def test_the_bound_lies_above_the_share_and_below_one(sheets: list[int], wrong: int) -> None:
    bound = bound_errors(check(sheets, wrong=min(wrong, len(sheets))))
    assert bound.wrong / bound.looked <= bound.upper <= 1
    assert 1 <= bound.effective <= bound.looked
