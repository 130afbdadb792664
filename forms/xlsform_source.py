"""An XLSForm workbook as a source: the values of a questionnaire, the cell of every path, what was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from forms.errors import Problem
from forms.source import Path, nearest
from forms.words import text
from forms.xlsform_sheets import FormRow, FormSheet

_COLUMNS = {"text": "label", "title": "label", "code": "name", "kind": "type", "scale": "type", "options": "type"}
_SETTINGS = {"title": "form_title", "code": "form_id", "sections": "survey", "scales": "choices"}


@dataclass
class XlsForm:
    """What a workbook gave: a questionnaire's values, the cell of every path, what is wrong, what went unused."""

    name: str
    data: Any = None
    cells: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    mended: set[Path] = field(default_factory=set)

    def where(self, path: Path = ()) -> str:
        """FILE, sheet and cell of a path, or of the nearest part of it that stands in the file."""
        return nearest(self.cells, path) or self.name

    def shown(self, path: Path) -> str:
        """The column of a field."""
        name = str(path[-1]) if path else ""
        return (_SETTINGS if len(path) == 1 else _COLUMNS).get(name, name)

    def wrong(self, row: FormRow | FormSheet, column: str, key: str, /, **fields: object) -> None:
        """Note a problem with a cell; the catalogue has xlsform.KEY and xlsform.KEY_fix."""
        what, fix = text(f"xlsform.{key}", **fields), text(f"xlsform.{key}_fix", **fields)
        self.problems.append(Problem(row.where(column), what, fix))

    def notice(self, row: FormRow | FormSheet, column: str, key: str, /, **fields: object) -> None:
        """Note something that people should know and that is not wrong."""
        what, fix = text(f"xlsform.{key}", **fields), text(f"xlsform.{key}_fix", **fields)
        self.notices.append(Problem(row.where(column), what, fix))

    def place_levels(self, path: Path, rows: Iterable[FormRow], label: str) -> None:
        """Keep the cells of a list's levels below a path."""
        for index, row in enumerate(rows):
            self.cells[(*path, index)] = row.where("name")
            for key, column in (("code", "name"), ("label", label), ("percent", "percent"), ("specify", "specify")):
                self.cells[(*path, index, key)] = row.where(column)
