from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.pack.ranges import find_ordinals, ranges_of, show_numbers, show_ranges


@given(st.lists(st.integers(1, 3000)))
def test_ranges_come_back_as_the_ordinals_they_were_made_of(ordinals: list[int]) -> None:
    assert find_ordinals(show_ranges(ordinals)) == tuple(sorted(set(ordinals)))


@given(st.sets(st.integers(1, 3000), min_size=1))
def test_no_two_ranges_touch(ordinals: set[int]) -> None:
    runs = list(ranges_of(ordinals))
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(runs))


def test_ranges_are_written_short_and_read_with_any_dash() -> None:
    assert show_ranges([*range(1, 21), 22]) == "001–020, 022"
    assert find_ordinals("1-3, 7 – 8 ,1000") == (1, 2, 3, 7, 8, 1000)
    assert find_ordinals(" ") == ()


@pytest.mark.parametrize("written", ["3-1", "a", "1,,2", "1-2-3", "-5"])
def test_what_is_no_list_of_ranges_gives_none(written: str) -> None:
    assert find_ordinals(written) is None


def test_numbers_of_sheets_name_both_ends_of_a_run() -> None:
    assert show_numbers("SXD-CD-", range(1, 121)) == "SXD-CD-001 – SXD-CD-120"
    assert show_numbers("SXD-CD-", [7]) == "SXD-CD-007"
    assert show_numbers("SXD-CD-", [1, 2, 4]) == "SXD-CD-001–002, 004"
    assert show_numbers("SXD-CD-", []) == ""


def test_with_very_many_gaps_only_the_ends_are_shown() -> None:
    assert show_numbers("SXD-CD-", range(1, 1000, 2)) == "SXD-CD-001 … SXD-CD-999"
