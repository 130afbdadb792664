"""CSV for scripts and spreadsheets: UTF-8 with BOM, RFC 4180, a point as decimal sign, the same bytes each time."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

import pandas as pd

from aggregation.scores import Scores

# More than any reader needs, fewer than a double holds: the last bits of a sum never reach the file.
DIGITS = 10
ROWS_A_PART = 10_000
_UNIT = Decimal(1).scaleb(-DIGITS)
_EXACT = Context(prec=1100, rounding=ROUND_HALF_UP)  # holds every double to its last digit


def csv_bytes(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A table as a CSV file; None and NaN become empty fields, floats have at most DIGITS decimals."""
    return b"".join(csv_parts(columns, rows))


def csv_parts(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """The same file piece by piece, for a table too large to be held at once."""
    lines = itertools.chain([columns], ([_field(value) for value in row] for row in rows))
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
    return csv_bytes(list(table.columns), zip(*(table[name].tolist() for name in table.columns), strict=True))


def _field(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float | Decimal):
        # The same as rounding.half_up, at the speed of the decimal library: tables have hundreds of thousands of rows.
        rounded = _EXACT.quantize(_EXACT.create_decimal(value), _UNIT)
        shown = f"{rounded:f}" if rounded else "0"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    return str(value)
