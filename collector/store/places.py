"""Places of a quota cell that became free, for responses that came when it was full."""

from __future__ import annotations

from sqlalchemy import Connection, select

from collector.store.responses import hold_sheet, list_kept, move_response
from collector.store.schema import cell
from collector.store.schema import response as responses
from collector.store.schema import sheet as sheets


def fill_places(conn: Connection, cell_key: int) -> None:
    """Give a cell's free places to its over-quota responses.

    They take their turn by their random keys: the store keeps no order of arrival that could decide. A sheet that
    somebody else holds at this moment is passed over, not waited for: they may want this cell.
    """
    free = conn.scalar(select(cell.c.target - cell.c.accepted).where(cell.c.id == cell_key))
    if not free or free < 0:
        return
    waiting = (
        select(responses.c.sheet)
        .join_from(responses, sheets)
        .where(sheets.c.cell == cell_key, responses.c.state == "over_quota")
        .order_by(responses.c.id)
    )
    for key in conn.scalars(waiting).all():
        sheet = hold_sheet(conn, sheets.c.id == key, skip_locked=True)
        for kept in list_kept(conn, key) if sheet is not None else ():
            # Looked up again: the sheet may have changed before it was held.
            if kept.state == "over_quota" and move_response(conn, cell_key, kept, "accepted").state == "over_quota":
                return
