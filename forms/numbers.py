"""Numbers as Vietnamese offices write them: 1.400 sheets, 1,5 points.

Sheets and people are counted in whole numbers, so a point or a space between groups of three is a separator there.
Points of a criterion are small and broken, so a single point or comma is a decimal sign.
"""

from __future__ import annotations

import re
from decimal import Decimal

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[. ]\d{3})+")
_WHOLE = re.compile(r"[0-9]{1,7}")
_DECIMAL = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,12})?")
_GROUPED_DECIMAL = re.compile(r"-?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,}|(?: \d{3})+(?:,\d+)?)")


def find_count(written: str) -> int | None:
    """A whole number from 0 of at most seven digits: 1400, 1.400, 1 400; None for anything else."""
    if _GROUPED.fullmatch(written):
        written = written.replace(".", "").replace(" ", "")
    return int(written) if written.isascii() and _WHOLE.fullmatch(written) else None


def find_number(written: str) -> Decimal | None:
    """A number: 1.5, 1,5, 1.400,5; None for anything else."""
    if not written.isascii():
        return None
    if _GROUPED_DECIMAL.fullmatch(written):
        return Decimal(written.replace(".", "").replace(" ", "").replace(",", "."))
    return Decimal(written.replace(",", ".")) if _DECIMAL.fullmatch(written) else None
