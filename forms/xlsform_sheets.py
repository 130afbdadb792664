"""The sheets of an XLSForm workbook as rows by column name, each cell with its place. Knows nothing of questions."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from python_calamine import CalamineWorkbook

from forms.grids import column_letters, sheet_lines
from forms.words import text

SHEETS = ("survey", "choices", "settings")
_TRANSLATED = ("label", "hint")
_OLD_NAMES = {
    "list name": "list_name",
    "caption": "label",
    "relevance": "relevant",
    "value": "name",
    "title": "form_title",
}


@dataclass(frozen=True)
class FormRow:
    """One row of a sheet: its values by column name, empty ones left out."""

    sheet: FormSheet
    number: int
    values: dict[str, str]

    def get(self, column: str) -> str:
        """The text of a column, "" where it is empty or absent."""
        return self.values.get(column, "")

    def where(self, column: str = "") -> str:
        """FILE, sheet and cell."""
        place = self.sheet.columns.get(column, 0)
        return text(
            "problem.cell", file=self.sheet.file, cell=f"{self.sheet.name}!{column_letters(place)}{self.number}"
        )


@dataclass
class FormSheet:
    """A sheet: where each column stands, and the rows below the head."""

    file: str
    name: str
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[FormRow] = field(default_factory=list)
    head: int = 1

    def where(self, column: str = "") -> str:
        """FILE, sheet and cell of a heading."""
        return FormRow(self, self.head, {}).where(column)

    def used(self) -> Iterator[str]:
        """The columns in which anything is written, left to right."""
        return (column for column in self.columns if any(row.get(column) for row in self.rows))

    def languages(self) -> list[str]:
        """What stands behind label::, left to right; "" for a plain label."""
        return [column.partition("::")[2] for column in self.columns if column.partition("::")[0] == "label"]


def read_form_sheets(content: bytes, file: str) -> dict[str, FormSheet]:
    """The sheets of a workbook that XLSForm knows; CalamineError where it is none."""
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        names = {name.strip().lower(): name for name in workbook.sheet_names}
        return {
            name: _form_sheet(file, name, list(sheet_lines(workbook.get_sheet_by_name(names[name]))))
            for name in SHEETS
            if name in names
        }


def _form_sheet(file: str, name: str, lines: Sequence[tuple[int, list[str]]]) -> FormSheet:
    sheet = FormSheet(file, name)
    if not lines:
        return sheet
    sheet.head, head = lines[0]
    for place, heading in enumerate(head):
        if heading:
            sheet.columns.setdefault(_column(heading), place)
    for number, cells in lines[1:]:
        values = {
            column: cells[place] for column, place in sheet.columns.items() if place < len(cells) and cells[place]
        }
        if values:
            sheet.rows.append(FormRow(sheet, number, values))
    return sheet


def _column(heading: str) -> str:
    name, mark, language = heading.partition("::")
    if not mark and (old := re.fullmatch(r"(label|hint):(\w.*)", heading.strip())):
        name, mark, language = old[1], "::", old[2]
    name = " ".join(name.lower().split())
    name = _OLD_NAMES.get(name, name.replace(" ", "_"))
    return f"{name}::{language.strip()}" if mark and name in _TRANSLATED else name + mark + language.strip()
