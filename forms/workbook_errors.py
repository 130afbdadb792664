"""The cells of a workbook that hold an error, #N/A or #REF!: what reads workbooks for us gives them as empty."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator

_CELL = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_SHEET = re.compile(rb'<(?:\w+:)?sheet\s[^>]*\b\w+:id="([^"]+)"')


def find_error_cells(content: bytes) -> Iterator[tuple[int, int, str]]:
    """Row and column, from 0, and the error of every such cell of an .xlsx's first sheet; nothing of other files."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        page = _find_first_sheet(book)
        found = _CELL.finditer(book.read(page)) if page else ()
        for cell in found:
            place, value = _PLACE.search(cell[1]), _VALUE.search(cell[2])
            if place and value:
                yield int(place[2]) - 1, _column(place[1]), value[1].decode("ascii", "replace")


def _find_first_sheet(book: zipfile.ZipFile) -> str:
    """The file of the first sheet, which the workbook names by a relation; "" where there is none."""
    names = set(book.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    first = _SHEET.search(book.read("xl/workbook.xml"))
    for relation in re.findall(rb"<Relationship\s[^>]*>", book.read("xl/_rels/workbook.xml.rels")):
        target = re.search(rb'\bTarget="([^"]+)"', relation)
        if first and target and b'"' + first[1] + b'"' in relation:
            path = posixpath.normpath(posixpath.join("/xl", target[1].decode())).lstrip("/")
            return path if path in names else ""
    return ""


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = 26 * place + letter - 64
    return place - 1
