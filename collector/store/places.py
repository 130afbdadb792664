"""Places of a quota cell that became free, and answers that waited for a hand-over to be put on record."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from collector.store.responses import ResponseState, hold_sheet, is_holding, is_replaced, list_kept, move_response
from collector.store.schema import cell
from collector.store.schema import response as responses
from collector.store.schema import sheet as sheets
from collector.store.steps import hold_sheets, in_parts


def fill_places(conn: Connection, cell_key: int) -> None:
    """Give a cell's free places to its over-quota responses, unless a reserve sheet took the place of their sheet.

    They take their turn by their random keys: the store keeps no order of arrival that could decide. A sheet that
    somebody else holds at this moment is passed over, not waited for: they may want this cell.
    """
    free = conn.scalar(select(cell.c.target - cell.c.accepted).where(cell.c.id == cell_key))
    if not free or free < 0:
        return
    waiting = (
        select(responses.c.sheet)
        .join_from(responses, sheets)
        .where(sheets.c.cell == cell_key, responses.c.state == "over_quota", ~is_replaced(sheets.c.id))
        .order_by(responses.c.id)
    )
    for key in conn.scalars(waiting).all():
        sheet = hold_sheet(conn, sheets.c.id == key, skip_locked=True)
        for kept in list_kept(conn, key) if sheet is not None else ():
            # Looked up again: the sheet may have changed before it was held.
            if sheet is None or kept.state != "over_quota":
                continue
            if move_response(conn, sheet, kept, "accepted").state == "over_quota":
                return


def fill_every_place(conn: Connection) -> None:
    """fill_places where anybody waits beside a free place: their sheet was in other hands when it became free."""
    waiting = (
        select(cell.c.id)
        .join_from(responses, sheets)
        .join(cell)
        .where(responses.c.state == "over_quota", cell.c.accepted < cell.c.target, ~is_replaced(sheets.c.id))
        .distinct()
        .order_by(cell.c.id)
    )
    for key in conn.scalars(waiting).all():
        fill_places(conn, key)


def settle_unissued(conn: Connection, among: Collection[int] | None = None) -> None:
    """Bring responses in line with what is on record of their sheets (by key; all without): held, or standing.

    Run it before anything else changes a cell, or with the sheets held: it takes hold of sheets.
    """
    waits = and_(sheets.c.handover.is_(None), is_holding())
    stale = or_(
        and_(responses.c.state == "held", ~waits), and_(responses.c.state.in_(("accepted", "over_quota")), waits)
    )
    found = [row for part in ([None] if among is None else in_parts(among)) for row in _find(conn, stale, part)]
    hold_sheets(conn, {sheet for _, _, sheet in found})
    for state, wanted in (("accepted", "held"), ("over_quota", "held"), ("held", "accepted")):
        for _, key, sheet in sorted(found):  # cells in one order, within them by random keys
            _settle(conn, key, sheet, state, wanted)  # type: ignore[arg-type]  # a table of two columns
    for cell_key in sorted({cell_key for cell_key, _, _ in found}):
        fill_places(conn, cell_key)


def _find(conn: Connection, stale: ColumnElement[bool], part: list[int] | None) -> list[tuple[int, int, int]]:
    query = select(sheets.c.cell, responses.c.id, responses.c.sheet).join_from(responses, sheets).where(stale)
    query = query if part is None else query.where(sheets.c.id.in_(part))
    return [tuple(row) for row in conn.execute(query)]


def _settle(conn: Connection, key: int, sheet_key: int, state: ResponseState, wanted: ResponseState) -> None:
    sheet = hold_sheet(conn, sheets.c.id == sheet_key)
    for kept in list_kept(conn, sheet_key) if sheet is not None else ():
        if sheet is not None and kept.id == key and kept.state == state:
            move_response(conn, sheet, kept, wanted)
