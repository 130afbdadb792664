"""Who typed which sheet in, beside which page; and which pages that could not be read are dealt with thereby."""

from __future__ import annotations

import datetime
import secrets
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, or_, select

from collector.store.codes import Codes
from collector.store.copies import list_copies, read_copy
from collector.store.scans import UNREAD, PageStatus
from collector.store.schema import page as pages
from collector.store.schema import sheet as sheets
from collector.store.schema import typed_entry
from collector.store.sheets import Sheet, find_sheet, get_sheet
from forms.response import Answer


def record_typed(conn: Connection, sheet: int, page: int | None, who: str, day: datetime.date) -> None:
    """Append that somebody typed a sheet in, beside a page or from the paper."""
    values = {"sheet": sheet, "page": page, "who": who, "day": day}
    conn.execute(insert(typed_entry).values(id=secrets.randbits(63), **values))


def find_named_sheet(conn: Connection, written: str) -> Sheet | None:
    """The sheet of a serial, or of the number beside it (SXD-CD-007), written in any case."""
    found = find_sheet(conn, written)
    if found is None:
        key = conn.scalar(select(sheets.c.id).where(sheets.c.number == "".join(written.split()).upper()))
        found = get_sheet(conn, key) if key is not None else None
    return found


def list_typed_pages(conn: Connection) -> set[int]:
    """Pages that could not be read whose sheet was typed in."""
    return set(conn.scalars(_typed_pages(pages.c.id)))


def count_typed_pages(conn: Connection) -> Counter[PageStatus]:
    """How many of them there are, by what they came to."""
    query = _typed_pages(pages.c.status, func.count()).group_by(pages.c.status)
    return Counter({row[0]: row[1] for row in conn.execute(query)})


def list_sure_answers(conn: Connection, get_codes: Callable[[Connection, int], Codes], sheet: int) -> list[Answer]:
    """What the pages of a sheet that were read say for sure, of the copy with the most pages; [] without one.

    `get_codes`: the store's, by a layout's key.
    """
    copies = list_copies(conn, sheet)
    if not copies:
        return []
    codes = get_codes(conn, conn.execute(select(sheets.c.layout).where(sheets.c.id == sheet)).scalar_one())
    most = max(len(copy) for copy in copies.values())
    read = read_copy(conn, codes, next(copy for copy in copies.values() if len(copy) == most))
    return [one.answer for one in read if one.answer.state in ("clear", "settled")]


def _typed_pages(*columns: ColumnElement[Any]) -> Select[Any]:
    by_page = select(typed_entry.c.page).where(typed_entry.c.page.is_not(None))
    by_sheet = select(typed_entry.c.sheet)
    return select(*columns).where(pages.c.status.in_(UNREAD), or_(pages.c.id.in_(by_page), pages.c.sheet.in_(by_sheet)))
