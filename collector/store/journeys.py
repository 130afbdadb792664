"""How each sheet that counts came in: its cell, days, place in the stack. For signs of quality, which show cells."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from collector.store.schema import movement, page, response, sheet
from collector.store.sheet_cells import CELL_NAMES, SHEETS_IN_CELLS


class JourneyRow(NamedTuple):
    """One accepted response. `agency`: whose cell it fills; `unreleased`: a reserve sheet that took nobody's place.

    handed_day: of the hand-over on record, None without one. file, image: the first page of the response's paper, in
    the order of the stack; None where none was scanned. seconds: how long a phone had the form open.
    """

    sheet: int
    agency: str
    group: str
    unreleased: bool
    handed_day: datetime.date | None
    received_day: datetime.date
    file: int | None
    image: int | None
    seconds: int | None


def journey_rows(conn: Connection) -> Iterator[JourneyRow]:
    """Every sheet whose response counts, by sheet."""
    places = _first_pages(conn)
    query = (
        select(
            sheet.c.id,
            *CELL_NAMES,
            and_(sheet.c.is_reserve, sheet.c.replaces.is_(None)).label("unreleased"),
            movement.c.day.label("handed_day"),
            response.c.received_day,
            response.c.copy,
            response.c.seconds,
        )
        .select_from(SHEETS_IN_CELLS)
        .join(response, response.c.sheet == sheet.c.id)
        .outerjoin(movement, movement.c.id == sheet.c.handover)
        .where(response.c.state == "accepted")
        .order_by(sheet.c.id)
    )
    for row in conn.execute(query):
        file, image = places.get((row.id, row.copy), (None, None))
        days = row.handed_day, row.received_day
        yield JourneyRow(row.id, row.agency, row.group, bool(row.unreleased), *days, file, image, row.seconds)


def _first_pages(conn: Connection) -> dict[tuple[int, int], tuple[int, int]]:
    """The first page of each copy of a sheet: file and image."""
    file = func.min(page.c.scan_file).over(partition_by=(page.c.sheet, page.c.copy)).label("first_file")
    inside = select(page.c.sheet, page.c.copy, page.c.scan_file, page.c.image, file).where(
        page.c.sheet.is_not(None), page.c.copy.is_not(None), page.c.duplicate_of.is_(None)
    )
    pages = inside.subquery()
    query = (
        select(pages.c.sheet, pages.c.copy, pages.c.scan_file, func.min(pages.c.image))
        .where(pages.c.scan_file == pages.c.first_file)
        .group_by(pages.c.sheet, pages.c.copy, pages.c.scan_file)
    )
    return {(key, copy): (first, image) for key, copy, first, image in conn.execute(query)}
