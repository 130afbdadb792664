"""The tables of a campaign folder: .csv (comma or semicolon, any UTF-8) or .xlsx, headings in English or Vietnamese.

Gives rows of text by English column name, each with its FILE:ROW (or FILE, cell), and every problem met on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from forms.contacts import find_email
from forms.errors import Problem
from forms.grids import UNREADABLE, Line, column_letters, fold, read_grids
from forms.headings import (
    adds_up,
    find_head,
    is_ignored,
    is_sum,
    known_headings,
    numbers_the_columns,
    shown_heading,
)
from forms.numbers import find_count, find_number
from forms.table_forms import TABLE_FORMS
from forms.words import text

ENDINGS = (".csv", ".xlsx")
SUMMED = ("target", "reserve", "population", "max_points")
_MOST_POINTS = 10_000
_CODE = re.compile(r"[A-Z0-9_-]{1,20}")
_CRITERION = re.compile(r"[A-Z0-9_.-]{1,20}")


@dataclass(frozen=True)
class Row:
    """One row of a table: its values by English heading, where each stands, and the headings as they are written."""

    file: str
    number: int
    values: Mapping[str, str]
    columns: Mapping[str, int]
    headings: Mapping[str, str] = field(default_factory=dict)

    def where(self, column: str = "") -> str:
        """FILE:ROW of a .csv; FILE, cell of a workbook."""
        if self.file.lower().endswith(".csv") or column not in self.columns:
            return f"{self.file}:{self.number}"
        return text("problem.cell", file=self.file, cell=f"{column_letters(self.columns[column])}{self.number}")

    def get(self, column: str) -> str:
        """The text of a column, "" where it is empty or absent."""
        return self.values.get(column, "")

    def heading(self, column: str) -> str:
        """A column as this file calls it: people look for the words that they see."""
        return self.headings.get(column, column)


def find_table(folder: Path, name: str) -> Path | None:
    """The file of a table, .csv before .xlsx; None where there is neither."""
    return next(iter(find_tables(folder, name)), None)


def find_tables(folder: Path, name: str) -> list[Path]:
    """The files of a table, .csv before .xlsx; their names may be in capitals."""
    named = (path for path in folder.glob("*") if path.stem.lower() == name and path.suffix.lower() in ENDINGS)
    return sorted(path for path in named if path.is_file())


def read_table(
    path: Path, name: str, required: Sequence[str], optional: Sequence[str], private: bool = False
) -> tuple[list[Row], list[Problem]]:
    """The rows of a table; wrong headings, wrong sums and unreadable files are problems.

    Titles above the headings, empty rows, a row that numbers the columns, and sums that are right are left out.
    `private`: no problem repeats what is written; a list of people without headings would be shown as headings.
    """
    try:
        grids = read_grids(path)
    except UnicodeDecodeError:
        return [], [Problem(f"{path.name}:1", text("problem.not_utf8"), text("problem.csv_not_utf8_fix"))]
    except UNREADABLE:
        return [], [Problem(path.name, text("problem.unreadable_table"), text("problem.unreadable_table_fix"))]
    known = known_headings(name, (*required, *optional))
    lines = max(grids, key=lambda grid: (find_head(grid, known)[1], len(grid[0][1]) if grid else 0))
    if not lines:
        return [], [Problem(f"{path.name}:1", text("problem.empty_table"), text("problem.empty_table_fix"))]
    place, _ = find_head(lines, known)
    head_number, head = lines[place]
    where = f"{path.name}:{head_number}"
    columns, problems = _columns(where, name, head, required, optional, private)
    if other := _other_table(name, lines, required, columns):
        return [], [Problem(where, text("problem.other_table", other=other), text("problem.other_table_fix"))]
    entries = lines[place + 1 :]
    if entries and numbers_the_columns(head, entries[0][1]):
        entries = entries[1:]
    headings = {column: head[place] for column, place in columns.items()}
    return list(_entries(path.name, entries, columns, headings, required, problems)), problems


def _other_table(name: str, lines: Sequence[Line], required: Sequence[str], columns: Mapping[str, int]) -> str:
    """The table of a campaign that this file is instead, by its name for people; "" where it may be the one meant."""
    missing = set(required) - columns.keys()
    for form in TABLE_FORMS if missing else ():
        needed = known_headings(form.name, form.required)
        if form.name != name and find_head(lines, needed)[1] == len(form.required):
            return text(f"templates.{form.name}")
    return ""


def _entries(
    file: str,
    lines: Sequence[Line],
    columns: Mapping[str, int],
    headings: Mapping[str, str],
    required: Sequence[str],
    problems: list[Problem],
) -> Iterator[Row]:
    rows: list[Row] = []
    since = 0
    for number, cells in lines:
        row = Row(file, number, {column: _at(cells, place) for column, place in columns.items()}, columns, headings)
        if is_sum(cells):
            problems += _sum_problems(row, rows, since)
            since = len(rows)
        elif sum(map(bool, cells)) == 1 < len(required):
            problems.append(Problem(row.where(), text("problem.row_of_one"), text("problem.row_of_one_fix")))
        else:
            rows.append(row)
            yield row


def is_code(written: str) -> bool:
    """Whether this can be a code of any table at all."""
    return bool(_CRITERION.fullmatch(written))


def _sum_problems(given: Row, rows: Sequence[Row], since: int) -> Iterator[Problem]:
    roots = [not row.get("parent") for row in rows]
    for column in SUMMED:
        if given.get(column) and not adds_up(given.get(column), [row.get(column) for row in rows], since, roots):
            fields = {"column": given.heading(column), "given": given.get(column)}
            yield Problem(given.where(column), text("problem.sum_wrong", **fields), text("problem.sum_wrong_fix"))


def _columns(
    where: str,
    name: str,
    head: Sequence[str],
    required: Sequence[str],
    optional: Sequence[str],
    private: bool,
) -> tuple[dict[str, int], list[Problem]]:
    known = known_headings(name, (*required, *optional))
    columns: dict[str, int] = {}
    problems = []
    for place, heading in enumerate(head):
        column = known.get(fold(heading))
        if column in columns:
            problems.append(Problem(where, text("problem.heading_twice", heading=heading), text("problem.heading_fix")))
        elif column is not None:
            columns[column] = place
        elif heading and not is_ignored(heading):
            in_use = ", ".join(shown_heading(name, one) for one in (*required, *optional))
            fix = text("problem.heading_unknown_fix", known=in_use)
            heading = text("problem.heading_place", place=place + 1) if private else heading
            problems.append(Problem(where, text("problem.heading_unknown", heading=heading), fix))
    for column in required:
        if column not in columns:
            missing = text("problem.heading_missing", heading=shown_heading(name, column))
            problems.append(Problem(where, missing, text("problem.heading_fix")))
    return columns, problems


def _at(values: Sequence[str], place: int) -> str:
    return values[place] if place < len(values) else ""


@dataclass
class RowReader:
    """Takes values out of a row and keeps what is wrong with them."""

    row: Row
    problems: list[Problem]

    def wrong(self, column: str, key: str, **fields: object) -> None:
        """Note a problem with a column; the catalogue has problem.KEY and problem.KEY_fix."""
        fields["column"] = self.row.heading(column)
        what, fix = text(f"problem.{key}", **fields), text(f"problem.{key}_fix", **fields)
        self.problems.append(Problem(self.row.where(column), what, fix))

    def email(self, column: str) -> str:
        """An e-mail address in small letters, "" for none."""
        written = self.row.get(column)
        found = find_email(written)
        if written and found is None:
            what, fix = text("recipients.email_wrong"), text("recipients.email_wrong_fix")
            self.problems.append(Problem(self.row.where(column), what, fix))
        return found or ""

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
        fits = _CRITERION if dots else _CODE
        if not value:
            self.wrong(column, "value_missing")
        elif not fits.fullmatch(value):
            meant = value.upper()
            self.wrong(column, "code_small" if fits.fullmatch(meant) else "code_wrong", given=value, meant=meant)
        return value

    def reference(self, column: str, *, optional: bool = False) -> str:
        """The code of something else; whether there is such a thing is asked when every file is read."""
        value = self.row.get(column)
        if not value and not optional:
            self.wrong(column, "value_missing")
        return value

    def count(self, column: str, default: int | None = None) -> int:
        """A whole number from 0, 1.400 too; `default` where the field is empty."""
        value = self.row.get(column)
        if not value and default is not None:
            return default
        count = find_count(value)
        if not value:
            self.wrong(column, "value_missing")
        elif count is None:
            self.wrong(column, "count_wrong", given=value)
        return count or 0

    def points(self, column: str) -> Decimal:
        """Points from 0; a decimal comma is taken for a point."""
        value = self.row.get(column)
        points = find_number(value)
        if not value:
            self.wrong(column, "value_missing")
            return Decimal(0)
        if points is None or not 0 <= points <= _MOST_POINTS:
            self.wrong(column, "points_wrong", given=value)
            return Decimal(0)
        return points
