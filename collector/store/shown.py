"""What a screen may call a sheet beside its answers: its number in linked groups alone.

Where person and answer are never to be joined, whoever handed a sheet out knows its number and who has it; so nothing
that shows an answer carries the number. What is shown there is named by its cell, and the paper is found by its place.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, case, select, type_coerce

from collector.store.schema import agency as agencies
from collector.store.schema import cell, respondent_group
from collector.store.schema import layout as layouts
from collector.store.schema import sheet as sheets
from collector.store.sheet_cells import CELL_NAMES


def shown_number() -> ColumnElement[str]:
    """Column number: the sheet's, "" in an unlinked group; of a query that joins sheet and respondent_group."""
    return case((respondent_group.c.linked, sheets.c.number), else_="").label("number")


# What a screen may say of a sheet beside its answers: number, agency, group, layout
SHOWN_NAMES = (shown_number(), *CELL_NAMES, layouts.c.code.label("layout"))


def place_in_cell(random_key: ColumnElement[int]) -> ColumnElement[Any]:
    """What sorts the sheets of a cell: their numbers in a linked group, else a random key of what they answered."""
    place = case((respondent_group.c.linked, sheets.c.ordinal), else_=random_key)
    return type_coerce(place, BigInteger)  # or PostgreSQL is given what it is held against as too small a number


def call_sheet(number: str, agency: str, group: str) -> str:
    """The name of a sheet by its shown number, that of its cell where there is none: SXD-CD-007, SXD-CC."""
    return number or f"{agency}-{group}"


def find_name(conn: Connection, sheet: int) -> str:
    """What a sheet is called beside its answers, by its key."""
    query = select(shown_number(), *CELL_NAMES)
    query = query.join_from(sheets, cell, cell.c.id == sheets.c.cell).join(agencies).join(respondent_group)
    return call_sheet(*conn.execute(query.where(sheets.c.id == sheet)).one())
