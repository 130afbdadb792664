"""The grid of quotas as files for a spreadsheet: a row a cell, the cells and the order of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aggregation.csv_files import csv_bytes, plain_text
from collector.web.quota_table import CHANNELS, CellLine, QuotaTable
from forms.words import text
from forms.workbook import write_workbook

_COUNTS = ("target", "required", "accepted", "behind", "missing")
_OPEN = ("doubtful", "conflicts", "over_quota")
COLUMNS = ("agency", "agency_name", "block", "group", "group_name", *_COUNTS, *CHANNELS, *_OPEN)
_NARROW, _WIDE = 11, 34
_WORDS = 5  # columns with words; the others hold counts


def quota_csv(table: QuotaTable) -> bytes:
    """The cells as CSV, headings as `phieu quota --json` names them."""
    rows = (_row(cell) for cell in table.cells())
    return csv_bytes(COLUMNS, ([plain_text(one) if isinstance(one, str) else one for one in row] for row in rows))


def quota_workbook(table: QuotaTable, title: str, lang: str) -> bytes:
    """The same as a workbook with headings in words, and what it is above them."""

    def fill(book: Any, styles: dict[str, Any]) -> None:
        page = book.add_worksheet(text("console.quota", lang)[:31])
        page.write_string(0, 0, title, styles["title"])
        for place, name in enumerate(COLUMNS):
            page.set_column(place, place, _WIDE if name in ("agency_name", "group_name") else _NARROW)
            page.write_string(2, place, text(f"console.file_{name}", lang), styles["title"])
        for line, cell in enumerate(table.cells(), 3):
            for place, value in enumerate(_row(cell)):
                if place < _WORDS:
                    page.write_string(line, place, str(value), styles["text"])
                else:
                    page.write_number(line, place, value, styles["whole"])
        page.freeze_panes(3, 2)
        page.set_landscape()

    return write_workbook(fill)


def _row(line: CellLine) -> Sequence[Any]:
    cell, tally = line.cell, line.tally
    words = cell.agency, cell.agency_name, cell.block, cell.group, cell.group_name
    counts = (getattr(tally, name) for name in (*_COUNTS, *_OPEN))
    target, required, accepted, behind, missing, *rest = counts
    came = (tally.channels.get(name, 0) for name in CHANNELS)
    return (*words, target, required, accepted, behind, missing, *came, *rest)
