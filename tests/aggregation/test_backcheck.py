"""What calls detect and how shares are bounded: by the reference table, by hand, and by enumeration."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.backcheck import bound_share, compare_shares, detect, find_calls, find_forged

from .conftest import read_oracle


def test_the_calls_that_detect_are_those_of_the_reference_table():
    table = read_oracle("expected_backcheck_n")
    assert len(table) == 56
    for row in table.itertuples(index=False):
        population, forged, sense = int(row.N), int(row.D), Fraction(row.sens)
        assert find_forged(Fraction(row.share), population) == forged
        for percent, written in ((80, row.n80), (90, row.n90), (95, row.n95)):
            found = find_calls(population, forged, Fraction(percent, 100), sense)
            assert found == (int(written) if written else None)


@given(st.integers(1, 8), st.data())
def test_the_chance_is_the_share_of_samples_that_hold_a_forged_sheet(population, data):
    forged, calls = data.draw(st.integers(0, population)), data.draw(st.integers(0, population))
    samples = list(itertools.combinations(range(population), calls))
    hits = sum(any(sheet < forged for sheet in sample) for sample in samples)
    assert detect(population, forged, calls) == Fraction(hits, len(samples))


def test_six_of_thirty_meet_ten_per_cent_with_half():
    assert detect(30, 3, 6) == 1 - Fraction(comb(27, 6), comb(30, 6))
    assert float(detect(30, 3, 6)) == pytest.approx(0.5015, abs=1e-4)
    assert detect(30, 3, 99) == 1


def test_bounds_are_exact_where_they_have_a_closed_form():
    assert bound_share(0, 2)[1] == pytest.approx(1 - sqrt(0.025))
    assert bound_share(2, 2)[0] == pytest.approx(sqrt(0.025))
    assert bound_share(0, 0) == (0.0, 1.0)


@given(st.integers(1, 60), st.data())
def test_either_bound_leaves_two_and_a_half_per_cent_outside(asked, data):
    """By their definition: at the upper bound so few or fewer are found with a chance of 2.5 per cent."""
    found = data.draw(st.integers(0, asked))
    low, high = bound_share(found, asked)
    if found < asked:
        below = sum(comb(asked, k) * high**k * (1 - high) ** (asked - k) for k in range(found + 1))
        assert below == pytest.approx(0.025, rel=1e-6)
    if found:
        above = sum(comb(asked, k) * low**k * (1 - low) ** (asked - k) for k in range(found, asked + 1))
        assert above == pytest.approx(0.025, rel=1e-6)


def test_so_many_lost_calls_here_are_as_rare_as_counting_says():
    """3 of 3 here, 0 of 3 elsewhere: one way among C(6, 3)."""
    assert compare_shares(3, 3, 0, 3) == pytest.approx(1 / 20)
