"""Sheets: serials reserved for the quota cells, and the one state of each."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from collector.store.clock import store_time
from collector.store.schema import agency as agencies
from collector.store.schema import cell, print_run, respondent_group, sheet
from collector.store.schema import layout as layouts
from collector.store.sheet_cells import SHEET_NAMES, SHEETS_IN_CELLS
from forms import serial as serials
from forms.campaign import Campaign, Quota
from forms.errors import NotFound
from forms.layout import Layout
from forms.words import text

SheetState = Literal[
    "printed", "handed_out", "returned", "answered_phone", "imported", "refused", "spoiled", "lost", "unused", "void"
]


_BATCH = 1000  # rows in memory at once, however many sheets there are


@dataclass(frozen=True)
class Sheet:
    """A printed sheet; `layout` is the layout's id, `ordinal` counts from 1 in its cell."""

    id: int
    serial: str
    number: str
    agency: str
    group: str
    ordinal: int
    layout: str
    is_reserve: bool
    state: SheetState


def reserve_sheets(
    conn: Connection,
    campaign: Campaign,
    quota: Quota,
    layout: Layout | Callable[[int], Layout],
    random_bits: Callable[[int], int] | None = None,
    print_run: int | None = None,
) -> None:
    """Bring a cell up to target + reserve serials; a cell that has them keeps them as they are.

    New sheets alone take `layout`, one for all of them or one by ordinal (as save_layout gave it). `random_bits`
    (ordinal -> 60 bits) only where a demo or a test needs the same serials again. NotFound where sync_campaign or
    save_layout never saw the cell or the layout.
    """
    key = _cell_key(conn, quota)
    if isinstance(layout, Layout):
        _layout_key(conn, layout.id)
    grown = conn.execute(
        update(cell)
        .where(cell.c.id == key, cell.c.reserved < cell.c.target + cell.c.reserve)
        .values(reserved=cell.c.target + cell.c.reserve)
        .returning(cell.c.reserved, cell.c.target)
    ).one_or_none()
    if grown is None:
        return
    # The update holds the cell: nobody else adds sheets to it until this transaction ends.
    have = conn.execute(
        select(func.count().label("sheets"), func.count().filter(~sheet.c.is_reserve).label("originals")).where(
            sheet.c.cell == key
        )
    ).one()
    originals_end = have.sheets + max(0, grown.target - have.originals)
    layout_key = cache(lambda code: _layout_key(conn, code))
    fresh = (
        {
            "serial": serials.make_serial(taken.number, random_bits(ordinal) if random_bits else None),
            "cell": key,
            "ordinal": ordinal,
            "number": campaign.get_number(quota, ordinal),
            "layout": layout_key(taken.id),
            "print_run": print_run,
            "is_reserve": ordinal > originals_end,
            "state": "printed",
        }
        for ordinal, taken in _layouts_of(layout, range(have.sheets + 1, grown.reserved + 1))
    )
    while batch := list(islice(fresh, _BATCH)):
        conn.execute(insert(sheet), batch)


def _layouts_of(layout: Layout | Callable[[int], Layout], ordinals: range) -> Iterator[tuple[int, Layout]]:
    return ((ordinal, layout if isinstance(layout, Layout) else layout(ordinal)) for ordinal in ordinals)


def _cell_key(conn: Connection, quota: Quota) -> int:
    key = conn.scalar(
        select(cell.c.id)
        .join_from(cell, agencies)
        .join(respondent_group)
        .where(agencies.c.code == quota.agency, respondent_group.c.code == quota.group)
    )
    if key is None:
        raise NotFound(text("store.no_cell", agency=quota.agency, group=quota.group))
    return int(key)


def _layout_key(conn: Connection, layout_id: str) -> int:
    key = conn.scalar(select(layouts.c.id).where(layouts.c.code == layout_id))
    if key is None:
        raise NotFound(text("store.no_layout", layout=layout_id))
    return int(key)


def _select_sheets() -> Select[Any]:
    return (
        select(
            sheet.c.id,
            *SHEET_NAMES,
            sheet.c.ordinal,
            sheet.c.is_reserve,
            sheet.c.state,
        )
        .select_from(SHEETS_IN_CELLS)
        .join(layouts, layouts.c.id == sheet.c.layout)
    )


def _sheet(row: Row[Any]) -> Sheet:
    return Sheet(**row._mapping)


def list_sheets(
    conn: Connection, agency: str | None = None, group: str | None = None, states: Collection[str] | None = None
) -> list[Sheet]:
    """Sheets in the order of agencies and groups in the campaign folder, then by ordinal."""
    return list(stream_sheets(conn, agency, group, states))


def stream_sheets(
    conn: Connection, agency: str | None = None, group: str | None = None, states: Collection[str] | None = None
) -> Iterator[Sheet]:
    """As list_sheets, with a batch of them in memory at a time."""
    query = _select_sheets().order_by(agencies.c.position, respondent_group.c.position, sheet.c.ordinal)
    if agency is not None:
        query = query.where(agencies.c.code == agency)
    if group is not None:
        query = query.where(respondent_group.c.code == group)
    if states is not None:
        query = query.where(sheet.c.state.in_(states))
    yield from map(_sheet, conn.execute(query, execution_options={"yield_per": _BATCH}))


def known_serials(conn: Connection, serials: Collection[str]) -> set[str]:
    """Those of some proved serials (a thousand at most) that the store knows."""
    return set(conn.scalars(select(sheet.c.serial).where(sheet.c.serial.in_(serials))))


def list_cells(conn: Connection) -> list[tuple[str, str]]:
    """Agency and group of every cell, in the order of the campaign folder."""
    query = (
        select(agencies.c.code, respondent_group.c.code)
        .join_from(cell, agencies)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .order_by(agencies.c.position, respondent_group.c.position)
    )
    return [(agency, group) for agency, group in conn.execute(query)]


def find_sheet(conn: Connection, serial: str) -> Sheet | None:
    """The sheet of a serial, written in any way."""
    proved = serials.find_serial(serial)
    if proved is None:
        return None
    row = conn.execute(_select_sheets().where(sheet.c.serial == proved)).one_or_none()
    return _sheet(row) if row is not None else None


def get_sheet(conn: Connection, key: int) -> Sheet:
    """A sheet by its key in the store; NotFound."""
    row = conn.execute(_select_sheets().where(sheet.c.id == key)).one_or_none()
    if row is None:
        raise NotFound(text("store.no_sheet", sheet=key))
    return _sheet(row)


def start_print_run(conn: Connection, now: datetime.datetime, address: str) -> int:
    """Note that printing began, and with which address (as forms.code.code_address gives it); the id of the run."""
    values = {"at": store_time(now), "address": address}
    key: int = conn.execute(insert(print_run).values(values).returning(print_run.c.id)).scalar_one()
    return key
