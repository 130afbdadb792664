"""The folder that `phieu print` writes: which PDF holds which sheets, sheets.csv, and what earlier runs left there.

Knows neither the store nor how a sheet is drawn.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, groupby
from pathlib import Path

from collector.files import write_whole
from collector.store.sheets import Sheet
from forms.errors import InputWrong, Problem
from forms.layout import Layout
from forms.words import text

SHEETS_A_FILE = 500
COLUMNS = ("serial", "number", "agency", "group", "layout", "pages", "reserve", "file", "first_page")

Cell = tuple[str, str]
SheetRow = dict[str, str]


@dataclass(frozen=True)
class PrintFile:
    """One PDF of a run: its path below OUT, its sheets in number order, and the layout of each."""

    path: str
    sheets: tuple[Sheet, ...]
    layouts: tuple[Layout, ...]

    @property
    def pages(self) -> int:
        """How many pages it holds."""
        return sum(len(layout.pages) for layout in self.layouts)

    def first_pages(self) -> Iterator[int]:
        """Where each sheet begins, from 1."""
        yield from accumulate((len(layout.pages) for layout in self.layouts[:-1]), initial=1)


def plan_files(sheets: Iterable[Sheet], layouts: Mapping[str, Layout]) -> list[PrintFile]:
    """Sheets gathered into files of at most SHEETS_A_FILE; numbered only where a cell needs more than one.

    A file holds sheets of one layout, or matrix sheets of one questionnaire, whose layouts change from sheet to sheet.
    """
    files = []
    for (agency, group), cell in groupby(sheets, lambda sheet: (sheet.agency, sheet.group)):
        parts = [
            part for _, same in groupby(cell, lambda sheet: _kin(layouts[sheet.layout])) for part in _chunks(list(same))
        ]
        for number, part in enumerate(parts, 1):
            name = f"{group}.pdf" if len(parts) == 1 else f"{group}-{number:02d}.pdf"
            files.append(PrintFile(f"{agency}/{name}", tuple(part), tuple(layouts[sheet.layout] for sheet in part)))
    return files


def _kin(layout: Layout) -> str:
    is_matrix = any(box.row is not None for page in layout.pages for box in page.boxes)
    return f"matrix {layout.questionnaire}" if is_matrix else layout.id


def _chunks(sheets: list[Sheet]) -> list[list[Sheet]]:
    return [sheets[start : start + SHEETS_A_FILE] for start in range(0, len(sheets), SHEETS_A_FILE)]


def load_sheet_list(out: Path) -> list[SheetRow]:
    """The rows of an earlier sheets.csv, none where there is none; InputWrong where the file is not as print wrote it.

    A program that saved it again with semicolons or another encoding is enough for that.
    """
    try:
        content = (out / "sheets.csv").read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise _foreign_list(out) from error
    try:
        head, *rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    except (csv.Error, ValueError) as error:  # an empty file has no head
        raise _foreign_list(out) from error
    if tuple(head) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise _foreign_list(out)
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def _foreign_list(out: Path) -> InputWrong:
    return InputWrong([Problem(str(out / "sheets.csv"), text("print.list_foreign"), text("print.list_foreign_fix"))])


def settle_folder(out: Path, files: Collection[PrintFile], cells: Collection[Cell], known: Collection[str]) -> None:
    """Bring sheets.csv in line with the PDFs, once all of a run's are written.

    Rows of other cells stay where their PDF is there and their serial is `known`; PDFs of `cells` out of an earlier
    run that this one did not write are removed, for else one serial would lie in two of them. Rows follow the order of
    `known`, the serials of the campaign in its order.
    """
    kept = [
        row
        for row in load_sheet_list(out)
        if (row["agency"], row["group"]) not in cells and (out / row["file"]).is_file()
    ]
    named = {file.path for file in files} | {row["file"] for row in kept}
    for path in _files_of(out, cells):
        if path.relative_to(out).as_posix() not in named:
            path.unlink()
    rows = {row["serial"]: row for row in (*kept, *_rows(files))}
    write_whole(out / "sheets.csv", _sheets_csv(rows[serial] for serial in known if serial in rows))


def _files_of(out: Path, cells: Iterable[Cell]) -> Iterator[Path]:
    for agency, group in cells:
        name = re.compile(rf"{re.escape(group)}(-\d{{2,}})?\.pdf")
        yield from [path for path in (out / agency).glob("*.pdf") if name.fullmatch(path.name)]


def _rows(files: Iterable[PrintFile]) -> Iterator[SheetRow]:
    for file in files:
        for sheet, layout, first_page in zip(file.sheets, file.layouts, file.first_pages(), strict=True):
            fixed = (sheet.serial, sheet.number, sheet.agency, sheet.group, sheet.layout, len(layout.pages))
            row = (*fixed, int(sheet.is_reserve), file.path, first_page)
            yield dict(zip(COLUMNS, map(str, row), strict=True))


def _sheets_csv(rows: Iterable[SheetRow]) -> bytes:
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue().encode("utf-8-sig")
