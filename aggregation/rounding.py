"""Decimal rounding, half up, from exact fractions; and numbers as people read them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def half_up(value: Fraction, places: int) -> Decimal:
    """The value rounded to `places` decimals, halves away from zero, with exactly so many decimals."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-whole if value < 0 else whole).scaleb(-places)


def _decimal_half_up(value: Decimal, places: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


def show_number(value: object, places: int, lang: str = "vi") -> str:
    """A number for a person: decimal comma and dots between thousands in Vietnamese; "–" where there is none."""
    if value is None or value != value:
        return "–"
    # Decimal rounds as half_up does, several times faster, but knows no fraction; "-0" is nobody's number.
    rounded = half_up(value, places) if isinstance(value, Fraction) else _decimal_half_up(Decimal(str(value)), places)
    shown = f"{rounded:,f}"
    return shown.translate(str.maketrans(",.", ".,")) if lang == "vi" else shown


def show_exact(value: Decimal | Fraction | float, lang: str) -> str:
    """A rule's number with no more decimals than it needs, four at most."""
    shown = show_number(value, 4, lang)
    mark = "," if lang == "vi" else "."
    return shown.rstrip("0").rstrip(mark) if mark in shown else shown
