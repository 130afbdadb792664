"""CSV for scripts and spreadsheets: UTF-8 with BOM, RFC 4180, a point as decimal sign, the same bytes each time."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
import pandas as pd

from aggregation.scores import Scores

# More than any reader needs, fewer than a double holds: the last bits of a sum never reach the file.
DIGITS = 10
ROWS_A_PART = 10_000
_TIES = 2 ** (DIGITS + 1)
_UNIT = Decimal(1).scaleb(-DIGITS)
_EXACT = Context(prec=1100, rounding=ROUND_HALF_UP)  # holds every double to its last digit


def csv_bytes(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A table as a CSV file; None and NaN become empty fields, floats have at most DIGITS decimals."""
    return b"".join(csv_parts(columns, rows))


def csv_parts(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """The same file piece by piece, for a table too large to be held at once."""
    return _lines(columns, ([_field(value) for value in row] for row in rows))


def _lines(columns: Sequence[str], fields: Iterable[Sequence[str]]) -> Iterator[bytes]:
    lines = itertools.chain([columns], fields)
    encoding = "utf-8-sig"  # the mark stands once, at the beginning of the file
    while batch := list(itertools.islice(lines, ROWS_A_PART)):
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\r\n").writerows(batch)
        yield buffer.getvalue().encode(encoding)
        encoding = "utf-8"


def plain_text(written: str) -> str:
    """What somebody wrote, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{written}" if written.lstrip().startswith(("=", "+", "-", "@")) else written


def scores_csv(scores: Scores) -> bytes:
    """scores.csv: one row an agency, criterion and group, and one for all groups together."""
    return table_csv(scores.scores)


def totals_csv(scores: Scores) -> bytes:
    """totals.csv: one row an agency, points with as many decimals as the rules publish."""
    table = scores.totals.astype(object)
    places = scores.rules.rounding.places
    table["survey_points"] = [None if pd.isna(each) else f"{each:.{places}f}" for each in table["survey_points"]]
    return csv_bytes(list(table.columns), table.itertuples(index=False))


def table_csv(table: pd.DataFrame) -> bytes:
    """A table of results as a CSV file, its columns as they are."""
    parts = (table.iloc[start : start + ROWS_A_PART] for start in range(0, len(table), ROWS_A_PART))
    lines = (line for part in parts for line in zip(*(_column(part[name]) for name in part.columns), strict=True))
    return b"".join(_lines(list(table.columns), lines))


def _column(values: pd.Series) -> list[str]:
    if values.dtype != np.float64:
        return list(map(_field, values.tolist()))
    numbers = values.to_numpy()
    shown = [f"{value:.{DIGITS}f}".rstrip("0").rstrip(".") for value in numbers.tolist()]
    odd = ~np.isfinite(numbers) | ((numbers * _TIES) % 2 == 1) | ((numbers <= 0) & (numbers > -1))
    for place in np.flatnonzero(odd).tolist():
        shown[place] = _field(float(numbers[place]))
    return shown


def _field(value: object) -> str:
    if type(value) is str:
        return value
    if isinstance(value, float):
        # The formatting of doubles is exact and takes a tenth of the time, but rounds half to even. Half way between
        # two numbers of DIGITS decimals lie odd multiples of 1 / 2048 alone.
        if value == value and (value * _TIES) % 2 != 1:
            return _plain(f"{value:.{DIGITS}f}")
        return "" if value != value else _round_half_up(value)
    if value is None or value is pd.NA or value != value:
        return ""
    return _round_half_up(value) if isinstance(value, Decimal) else str(value)


def _round_half_up(value: float | Decimal) -> str:
    """The same as rounding.half_up."""
    return _plain(f"{_EXACT.quantize(_EXACT.create_decimal(value), _UNIT):f}")


def _plain(shown: str) -> str:
    short = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if short == "-0" else short
