"""How each sheet that counts came in: its cell, days, place in the stack. For signs of quality, which show cells."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, Subquery, and_, func, select

from collector.store.counting import counts
from collector.store.schema import answer, answer_as_above, movement, page, response, sheet
from collector.store.sheet_cells import CELL_NAMES, SHEETS_IN_CELLS


class JourneyRow(NamedTuple):
    """One response that counts. `agency`: whose cell it fills; `unreleased`: a reserve sheet that took nobody's place.

    handed_day: of the hand-over on record, None without one. file, image: the first page of the response's paper, in
    the order of the stack; None where none was scanned. seconds: how long a phone had the form open. as_above: which
    share of a phone's answers about agencies was given as the agency above, None where it did not come by phone.
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
    as_above: float | None


def journey_rows(conn: Connection) -> Iterator[JourneyRow]:
    """Every sheet whose response counts, by sheet."""
    places, above = _first_pages(conn), _shares_as_above(conn)
    query = (
        select(
            sheet.c.id,
            *CELL_NAMES,
            and_(sheet.c.is_reserve, sheet.c.replaces.is_(None)).label("unreleased"),
            movement.c.day.label("handed_day"),
            response.c.received_day,
            response.c.copy,
            response.c.seconds,
            response.c.channel,
            response.c.id.label("response"),
        )
        .select_from(SHEETS_IN_CELLS)
        .join(response, response.c.sheet == sheet.c.id)
        .outerjoin(movement, movement.c.id == sheet.c.handover)
        .where(counts())
        .order_by(sheet.c.id)
    )
    for row in conn.execute(query):
        file, image = places.get((row.id, row.copy), (None, None))
        days = row.handed_day, row.received_day
        share = above.get(row.response, 0.0) if row.channel == "phone" else None
        yield JourneyRow(row.id, row.agency, row.group, bool(row.unreleased), *days, file, image, row.seconds, share)


def _shares_as_above(conn: Connection) -> dict[int, float]:
    """By response that has any, the share of its answers about agencies that were given as above."""
    marked, given = (
        select(table.c.response, table.c.question, table.c.rated).where(table.c.rated != 0, table.c.option != 0)
        for table in (answer_as_above, answer)
    )
    some = select(answer_as_above.c.response)
    every = given.where(answer.c.response.in_(some))
    marks, answers = (_count_by_response(conn, places.distinct().subquery()) for places in (marked, every))
    return {key: count / answers[key] for key, count in marks.items()}


def _count_by_response(conn: Connection, places: Subquery) -> dict[int, int]:
    rows = conn.execute(select(places.c.response, func.count()).group_by(places.c.response))
    return {row[0]: row[1] for row in rows}


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
