"""Decimal rounding half up, and numbers for people."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.rounding import half_up, show_number


def test_halves_go_up_where_binary_floats_would_go_down() -> None:
    assert half_up(Fraction("2.675"), 2) == Decimal("2.68")
    assert round(2.675, 2) == 2.67


def test_a_rounded_number_keeps_its_zeros() -> None:
    assert str(half_up(Fraction(3, 2), 2)) == "1.50"
    assert str(half_up(Fraction(5, 2), 0)) == "3"


@given(st.fractions(min_value=0, max_value=1000, max_denominator=997), st.integers(0, 6))
def test_rounding_is_what_decimal_half_up_gives_from_many_digits(value: Fraction, places: int) -> None:
    # A denominator below 1000 has no half at the 60th digit that is not exact.
    many = Decimal(value.numerator * 10**60 // value.denominator).scaleb(-60)
    exactly_half = (value * 2 * 10**places).denominator == 1
    expected = many.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if not exactly_half:
        assert half_up(value, places) == expected
    assert abs(Fraction(half_up(value, places)) - value) <= Fraction(1, 2 * 10**places)


@pytest.mark.parametrize(
    ("value", "places", "lang", "shown"),
    [
        (1234.5, 1, "vi", "1.234,5"),
        (1234.5, 1, "en", "1,234.5"),
        (82.445, 2, "vi", "82,45"),
        (0, 2, "vi", "0,00"),
        (None, 2, "vi", "–"),
        (float("nan"), 2, "vi", "–"),
    ],
)
def test_people_read_a_decimal_comma(value: float | None, places: int, lang: str, shown: str) -> None:
    assert show_number(value, places, lang) == shown
