"""One sheet of a workbook of scores: headings, values, formulas with the value that they have now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

_WIDTH = 12
_HEAD_PT = 48  # three lines of a heading


def address(page: str, line: int, place: int) -> str:
    """The absolute address of a cell for formulas of other sheets; lines and places count from 0."""
    return f"'{page}'!{xl_rowcol_to_cell(line, place, row_abs=True, col_abs=True)}"


def span(page: str, first: int, last: int, place: int, last_place: int | None = None) -> str:
    """The absolute address of a range, both ends inside."""
    end = xl_rowcol_to_cell(last, place if last_place is None else last_place, row_abs=True, col_abs=True)
    return f"{address(page, first, place)}:{end}"


class _PlainFormulas(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas name no function that came after Excel 2007.

    The library looks thirty times through every formula for later ones, which took a third of `phieu score`.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002
        return formula.removeprefix("=")


class BookPage:
    """A sheet; its first line holds the headings."""

    def __init__(self, book: Any, styles: dict[str, Any], name: str) -> None:
        self.name, self.styles = name, styles
        self.sheet = book.add_worksheet(name, _PlainFormulas)

    def head(self, headings: Sequence[str], widths: Mapping[int, int]) -> None:
        """The headings, which stay in sight and are printed on every page."""
        for place, heading in enumerate(headings):
            self.sheet.set_column(place, place, widths.get(place, _WIDTH))
            self.sheet.write_string(0, place, heading, self.styles["head"])
        self.sheet.set_row(0, _HEAD_PT)
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)

    def put(self, line: int, place: int, value: object) -> None:
        """A text or a number; nothing for None."""
        if isinstance(value, str):
            self.sheet.write_string(line, place, value, self.styles["text"])
        elif value is not None:
            self.sheet.write_number(line, place, float(str(value)), self._style(value))

    def formula(self, line: int, place: int, formula: str, value: object) -> None:
        """A formula, and what it gives now; None for the empty text."""
        shown = "" if value is None else value if isinstance(value, str) else float(str(value))
        self.sheet.write_formula(line, place, formula, self._style(value), shown)

    def _style(self, value: object) -> Any:
        """Whole numbers count something; all others have two decimals at least."""
        return self.styles["whole" if isinstance(value, int) else "points"]
