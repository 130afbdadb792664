"""The cells of a .csv or of a sheet of a workbook as rows of clean text. Knows nothing of headings."""

from __future__ import annotations

import csv
import datetime
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from forms.workbook_errors import find_error_cells

Line = tuple[int, list[str]]
UNREADABLE = (CalamineError, OSError, csv.Error, zipfile.BadZipFile)

_DELIMITERS = (",", ";", "\t")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_grids(path: Path) -> list[list[Line]]:
    """What a file may hold, empty rows left out: one grid a workbook (its first sheet), one a delimiter of a .csv.

    UnicodeDecodeError where a .csv is no Unicode, else one of UNREADABLE.
    """
    if path.suffix.lower() == ".csv":
        content = path.read_bytes()
        written = content.decode("utf-16" if content.startswith(_UTF16_MARKS) else "utf-8-sig")
        return [list(_csv_lines(written, delimiter)) for delimiter in _DELIMITERS]
    content = path.read_bytes()
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        return [list(sheet_lines(workbook.get_sheet_by_index(0), find_error_cells(content)))]


def _csv_lines(written: str, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)
    start = 1
    for values in reader:
        clean = [clean_text(value) for value in values]
        if any(clean):
            yield start, clean
        start = reader.line_num + 1


def sheet_lines(sheet: Any, errors: Iterable[tuple[int, int, str]] = ()) -> Iterator[Line]:
    """The rows of a sheet that hold anything; a cell merged downwards holds its text in each of its rows.

    `errors`: row, column and text of cells that hold an error; they read as it, where they would read as empty.
    """
    rows = [[_cell_text(value) for value in values] for values in sheet.to_python(skip_empty_area=False)]
    for row, column, error in errors:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = error
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        for row in range(first + 1, min(last + 1, len(rows))):
            rows[row][column] = rows[first][column]
    for number, values in enumerate(rows, 1):
        if any(values):
            yield number, values


def _cell_text(value: object) -> str:
    # A workbook knows no integers: 15 comes back as 15.0.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return "\n".join(line for part in str(value).splitlines() if (line := clean_text(part)))


def clean_text(value: str) -> str:
    """NFC, one space between words, none at the ends; marks that nobody sees are dropped there too."""
    return " ".join(unicodedata.normalize("NFC", value.replace("\ufeff", "")).split()).strip("\u200b")


def fold(written: str) -> str:
    """Words are compared without case and without diacritics, as staff write them; a line break is a space."""
    plain = unicodedata.normalize(
        "NFD", clean_text(written).casefold().replace("\N{LATIN SMALL LETTER D WITH STROKE}", "d")
    )
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("_", " ")


def column_letters(place: int) -> str:
    """The letters of a column, from 0: A, B, .. AA."""
    place += 1
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
