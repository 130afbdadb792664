"""The folder that `phieu print` writes: which PDF holds which sheets, sheets.csv, and what earlier runs left there.

Knows neither the store nor how a sheet is drawn.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, islice
from pathlib import Path

from collector.files import write_stream
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
    layouts: tuple[Layout, ...] = field(repr=False)  # large, and named by the sheets

    @property
    def pages(self) -> int:
        """How many pages the file has."""
        return sum(len(layout.pages) for layout in self.layouts)

    def first_pages(self) -> Iterator[int]:
        """Where each sheet begins, from 1."""
        yield from accumulate((len(layout.pages) for layout in self.layouts[:-1]), initial=1)


def plan_files(sheets: Iterable[Sheet], layouts: Mapping[str, Layout]) -> Iterator[PrintFile]:
    """Sheets gathered into files of at most SHEETS_A_FILE; numbered only where a cell needs more than one.

    A file holds sheets of one kind_of layout. Two files' sheets are in memory at a time.
    """
    for (agency, group), cell in groupby(sheets, lambda sheet: (sheet.agency, sheet.group)):
        parts = _parts(cell, layouts)
        part, following = next(parts), next(parts, None)
        number = 1
        while part:
            name = f"{group}.pdf" if number == 1 and not following else f"{group}-{number:02d}.pdf"
            yield PrintFile(f"{agency}/{name}", part, tuple(layouts[sheet.layout] for sheet in part))
            part, following = following or (), next(parts, None)
            number += 1


def _parts(cell: Iterable[Sheet], layouts: Mapping[str, Layout]) -> Iterator[tuple[Sheet, ...]]:
    for _, same in groupby(cell, lambda sheet: kind_of(layouts[sheet.layout])):
        while part := tuple(islice(same, SHEETS_A_FILE)):
            yield part


def kind_of(layout: Layout) -> str:
    """What may stand in one file: one layout, or all versions of a matrix, which change from sheet to sheet."""
    is_matrix = any(box.row is not None for page in layout.pages for box in page.boxes)
    return f"matrix {layout.questionnaire}" if is_matrix else layout.id


@dataclass(frozen=True)
class SheetList:
    """An earlier sheets.csv: where the rows of each cell stand in it, as (first byte, number of rows)."""

    path: Path
    places: Mapping[Cell, Sequence[tuple[int, int]]]

    def __iter__(self) -> Iterator[SheetRow]:
        """All rows, cell after cell."""
        for cell in self.places:
            yield from self.rows(cell)

    def rows(self, cell: Cell) -> Iterator[SheetRow]:
        """The rows of a cell, in their order, one in memory at a time."""
        for first, count in self.places.get(cell, ()):
            with self.path.open("rb") as file:
                file.seek(first)
                for line in islice(file, count):
                    yield _row(line)


def load_sheet_list(out: Path) -> SheetList:
    """The list of an earlier run, empty where there is none; InputWrong where the file is not as print wrote it.

    A program that saved it again with semicolons or another encoding is enough for that.
    """
    path = out / "sheets.csv"
    places: dict[Cell, list[tuple[int, int]]] = {}
    try:
        with path.open("rb") as file:
            if file.readline() != _line(COLUMNS, b"\xef\xbb\xbf"):
                raise ValueError("another head")
            first = file.tell()
            for cell, lines in groupby(file, lambda line: _cell(_row(line))):
                sizes = [len(line) for line in lines]
                places.setdefault(cell, []).append((first, len(sizes)))
                first += sum(sizes)
    except FileNotFoundError:
        return SheetList(path, {})
    except (OSError, ValueError, csv.Error) as error:
        problem = Problem(str(path), text("print.list_foreign"), text("print.list_foreign_fix"))
        raise InputWrong([problem]) from error
    return SheetList(path, places)


def _row(line: bytes) -> SheetRow:
    """One row of the list; what stands in it is codes, so that a row is a line."""
    (row,) = csv.reader([line.decode()], strict=True)
    return dict(zip(COLUMNS, row, strict=True))


def _line(row: Iterable[str], mark: bytes = b"") -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(row)
    return mark + line.getvalue().encode()


def _cell(row: SheetRow) -> Cell:
    return row["agency"], row["group"]


def settle_folder(
    out: Path,
    order: Iterable[Cell],
    cells: Collection[Cell],
    files_of: Callable[[Cell], Iterable[PrintFile]],
    known: Callable[[Collection[str]], Collection[str]],
) -> None:
    """Bring sheets.csv in line with the PDFs, once all of a run's are written.

    `order` is the campaign's cells in their order. Rows of cells that are not among the run's `cells` stay where their
    PDF is there and their serial is among the `known` of those asked for; PDFs of `cells` out of an earlier run that
    `files_of` does not name are removed, for else one serial would lie in two of them.
    """
    named: set[str] = set()
    earlier = load_sheet_list(out)

    def lines() -> Iterator[bytes]:
        yield _line(COLUMNS, b"\xef\xbb\xbf")
        for cell in order:
            rows = _fresh_rows(files_of(cell)) if cell in cells else _kept_rows(out, earlier.rows(cell), known)
            for row in rows:
                named.add(row["file"])
                yield _line(row.values())
        for path in _files_of(out, cells):
            if path.relative_to(out).as_posix() not in named:
                path.unlink()

    write_stream(out / "sheets.csv", lines())


def _kept_rows(
    out: Path, rows: Iterator[SheetRow], known: Callable[[Collection[str]], Collection[str]]
) -> Iterator[SheetRow]:
    there: dict[str, bool] = {}
    while batch := list(islice(rows, SHEETS_A_FILE)):
        serials = known([row["serial"] for row in batch])
        for row in batch:
            file = row["file"]
            if row["serial"] in serials and there.setdefault(file, (out / file).is_file()):
                yield row


def _files_of(out: Path, cells: Iterable[Cell]) -> Iterator[Path]:
    for agency, group in cells:
        name = re.compile(rf"{re.escape(group)}(-\d{{2,}})?\.pdf")
        yield from [path for path in (out / agency).glob("*.pdf") if name.fullmatch(path.name)]


def _fresh_rows(files: Iterable[PrintFile]) -> Iterator[SheetRow]:
    for file in files:
        for sheet, layout, first_page in zip(file.sheets, file.layouts, file.first_pages(), strict=True):
            fixed = (sheet.serial, sheet.number, sheet.agency, sheet.group, sheet.layout, len(layout.pages))
            row = (*fixed, int(sheet.is_reserve), file.path, first_page)
            yield dict(zip(COLUMNS, map(str, row), strict=True))
