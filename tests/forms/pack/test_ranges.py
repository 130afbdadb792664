from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from forms.pack.ranges import ranges_of, show_numbers


@given(st.lists(st.integers(1, 3000), min_size=1))
def test_ranges_hold_just_their_ordinals_and_no_two_touch(ordinals: list[int]) -> None:
    runs = list(ranges_of(ordinals))
    assert [ordinal for first, last in runs for ordinal in range(first, last + 1)] == sorted(set(ordinals))
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(runs))


def test_numbers_of_sheets_name_both_ends_of_a_run() -> None:
    assert show_numbers("SXD-CD-", range(1, 121)) == "SXD-CD-001 – SXD-CD-120"
    assert show_numbers("SXD-CD-", [7]) == "SXD-CD-007"
    assert show_numbers("SXD-CD-", [1, 2, 4]) == "SXD-CD-001–002, 004"
    assert show_numbers("SXD-CD-", []) == ""


def test_with_very_many_gaps_only_the_ends_are_shown() -> None:
    assert show_numbers("SXD-CD-", range(1, 1000, 2)) == "SXD-CD-001 … SXD-CD-999"
