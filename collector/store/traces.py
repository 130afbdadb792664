"""What a sheet itself tells, whatever people recorded: its pages, answers typed in or by phone, whom it rates."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from collector.store.schema import agency as agencies
from collector.store.schema import layout_row, page, response, scan_file
from collector.store.schema import sheet as sheets
from collector.store.sheets import SheetState
from collector.store.steps import CAME_AS, CAME_IN, in_parts


@dataclass(frozen=True)
class Trace:
    """The state that the answers alone give a sheet, and the first day of them."""

    state: SheetState
    day: datetime.date


def is_scanned() -> ColumnElement[bool]:
    """The condition that the paper of a sheet is in the store: a page of it, or answers that were typed in."""
    typed = exists().where(response.c.sheet == sheets.c.id, response.c.channel.not_in(("phone", "paper")))
    return or_(exists().where(page.c.sheet == sheets.c.id), typed)


def find_traces(conn: Connection, keys: Collection[int]) -> dict[int, Trace]:
    """The sheets, of these, of which anything came in."""
    found: dict[int, Trace] = {}
    for part in in_parts(keys):
        answers = select(response.c.sheet, response.c.channel, func.min(response.c.received_day).label("day"))
        for row in conn.execute(
            answers.where(response.c.sheet.in_(part)).group_by(response.c.sheet, response.c.channel)
        ):
            _add(found, row.sheet, CAME_AS[row.channel], row.day)
        pages = select(page.c.sheet, func.min(scan_file.c.first_day).label("day")).join_from(page, scan_file)
        for sheet, day in conn.execute(pages.where(page.c.sheet.in_(part)).group_by(page.c.sheet)):
            _add(found, sheet, "returned", day)
    return found


def find_rating(conn: Connection, agency: str, keys: Collection[int]) -> set[int]:
    """The sheets, of these, on which an agency stands in a row of a matrix."""
    rating = select(layout_row.c.layout).join_from(layout_row, agencies).where(agencies.c.code == agency)
    of_these = select(sheets.c.id).where(sheets.c.layout.in_(rating))
    return {key for part in in_parts(keys) for key in conn.scalars(of_these.where(sheets.c.id.in_(part)))}


def _add(found: dict[int, Trace], sheet: int, state: SheetState, day: datetime.date) -> None:
    known = found.get(sheet, Trace(state, day))
    found[sheet] = Trace(max(state, known.state, key=CAME_IN.index), min(day, known.day))
