"""The tables of a campaign folder: .csv (comma or semicolon, any UTF-8) or .xlsx, headings in English or Vietnamese.

Gives rows of text by English column name, each with its FILE:ROW (or FILE, cell), and every problem met on the way.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from forms.errors import Problem
from forms.words import catalogue, text

ENDINGS = (".csv", ".xlsx")
_MOST_POINTS = 10_000
_CODE = re.compile(r"[A-Z0-9_-]{1,20}")
_CRITERION = re.compile(r"[A-Z0-9_.-]{1,20}")


@dataclass(frozen=True)
class Row:
    """One row of a table: its values by English heading, and where each stands."""

    file: str
    number: int
    values: Mapping[str, str]
    columns: Mapping[str, int]

    def where(self, column: str = "") -> str:
        """FILE:ROW of a .csv; FILE, cell of a workbook."""
        if self.file.endswith(".csv") or column not in self.columns:
            return f"{self.file}:{self.number}"
        return text("problem.cell", file=self.file, cell=f"{_letters(self.columns[column])}{self.number}")

    def get(self, column: str) -> str:
        """The text of a column, "" where it is empty or absent."""
        return self.values.get(column, "")


def find_table(folder: Path, name: str) -> Path | None:
    """The file of a table, .csv before .xlsx; None where there is neither."""
    return next((path for ending in ENDINGS if (path := folder / f"{name}{ending}").is_file()), None)


def read_table(
    path: Path, name: str, required: Sequence[str], optional: Sequence[str], private: bool = False
) -> tuple[list[Row], list[Problem]]:
    """The rows of a table, empty ones left out; wrong headings and unreadable files are problems.

    `private`: no problem repeats what is written; a list of people without headings would be shown as headings.
    """
    try:
        lines = list(_csv_lines(path) if path.suffix == ".csv" else _workbook_lines(path))
    except UnicodeDecodeError:
        return [], [Problem(f"{path.name}:1", text("problem.not_utf8"), text("problem.not_utf8_fix"))]
    except (CalamineError, OSError, csv.Error):
        return [], [Problem(path.name, text("problem.unreadable_table"), text("problem.unreadable_table_fix"))]
    if not lines:
        return [], [Problem(f"{path.name}:1", text("problem.empty_table"), text("problem.empty_table_fix"))]
    head_number, head = lines[0]
    columns, problems = _columns(f"{path.name}:{head_number}", name, head, required, optional, private)
    rows = [
        Row(path.name, number, {column: _at(values, place) for column, place in columns.items()}, columns)
        for number, values in lines[1:]
    ]
    return rows, problems


def _csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    content = path.read_bytes().decode("utf-8-sig")
    head = content.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    start = 1
    for values in reader:
        clean = [clean_text(value) for value in values]
        if any(clean):
            yield start, clean
        start = reader.line_num + 1


def _workbook_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    with CalamineWorkbook.from_path(str(path)) as workbook:
        sheet = workbook.get_sheet_by_index(0)
        for number, values in enumerate(sheet.to_python(skip_empty_area=False), 1):
            clean = [clean_text(_cell_text(value)) for value in values]
            if any(clean):
                yield number, clean


def _cell_text(value: object) -> str:
    # A workbook knows no integers: 15 comes back as 15.0.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def clean_text(value: str) -> str:
    """NFC, one space between words, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", value).split())


def _columns(
    where: str, name: str, head: Sequence[str], required: Sequence[str], optional: Sequence[str], private: bool
) -> tuple[dict[str, int], list[Problem]]:
    names = {_fold(alias): column for column in (*required, *optional) for alias in _aliases(name, column)}
    columns: dict[str, int] = {}
    problems = []
    for place, heading in enumerate(head):
        column = names.get(_fold(heading))
        if column in columns:
            problems.append(Problem(where, text("problem.heading_twice", heading=heading), text("problem.heading_fix")))
        elif column is not None:
            columns[column] = place
        elif heading:
            known = ", ".join((*required, *optional))
            fix = text("problem.heading_unknown_fix", known=known)
            heading = text("problem.heading_place", place=place + 1) if private else heading
            problems.append(Problem(where, text("problem.heading_unknown", heading=heading), fix))
    for column in required:
        if column not in columns:
            problems.append(
                Problem(where, text("problem.heading_missing", heading=column), text("problem.heading_fix"))
            )
    return columns, problems


def _aliases(name: str, column: str) -> list[str]:
    entry = catalogue().get(f"heading.{name}_{column}") or catalogue().get(f"heading.{column}")
    return [column, *(entry["vi"].split(" | ") if entry else ())]


def _fold(heading: str) -> str:
    """Headings are compared without case and without diacritics, as staff write them."""
    plain = unicodedata.normalize(
        "NFD", clean_text(heading).casefold().replace("\N{LATIN SMALL LETTER D WITH STROKE}", "d")
    )
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("_", " ")


def _at(values: Sequence[str], place: int) -> str:
    return values[place] if place < len(values) else ""


def _letters(place: int) -> str:
    place += 1
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass
class RowReader:
    """Takes values out of a row and keeps what is wrong with them."""

    row: Row
    problems: list[Problem]

    def wrong(self, column: str, key: str, **fields: object) -> None:
        """Note a problem with a column; the catalogue has problem.KEY and problem.KEY_fix."""
        what, fix = text(f"problem.{key}", column=column, **fields), text(f"problem.{key}_fix", column=column, **fields)
        self.problems.append(Problem(self.row.where(column), what, fix))

    def required(self, column: str) -> str:
        """A text that must be there."""
        value = self.row.get(column)
        if not value:
            self.wrong(column, "value_missing")
        return value

    def code(self, column: str, *, optional: bool = False, dots: bool = False) -> str:
        """A code: capitals, digits, _ and -; with dots where criteria are meant."""
        value = self.row.get(column)
        if not value and optional:
            return ""
        if not (_CRITERION if dots else _CODE).fullmatch(value):
            self.wrong(column, "code_wrong", given=value)
        return value

    def count(self, column: str, default: int | None = None) -> int:
        """A whole number from 0; `default` where the field is empty."""
        value = self.row.get(column)
        if not value and default is not None:
            return default
        if not value.isascii() or not value.isdigit() or len(value) > 7:
            self.wrong(column, "count_wrong", given=value)
            return 0
        return int(value)

    def points(self, column: str) -> Decimal:
        """Points from 0; a decimal comma is taken for a point."""
        value = self.row.get(column)
        try:
            points = Decimal(value.replace(",", "."))
            if not points.is_finite() or not 0 <= points <= _MOST_POINTS:
                raise InvalidOperation
        except InvalidOperation:
            self.wrong(column, "points_wrong", given=value)
            return Decimal(0)
        return points
