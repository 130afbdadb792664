"""When and how the responses that count came in: counted by cell, channel and day, never one by one."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from collector.store.counting import is_accepted
from collector.store.schema import agency, respondent_group, response, sheet
from collector.store.sheet_cells import SHEETS_IN_CELLS
from forms.response import Channel


class Arrivals(NamedTuple):
    """How many accepted responses of a cell came in by one channel on one day, in Viet Nam."""

    agency: str
    group: str
    channel: Channel
    day: datetime.date
    number: int


def count_arrivals(conn: Connection) -> list[Arrivals]:
    """Every cell, channel and day with accepted responses; by day, agency, group and channel."""
    keys = agency.c.code, respondent_group.c.code, response.c.channel, response.c.received_day
    query = (
        select(*keys, func.count())
        .select_from(SHEETS_IN_CELLS)
        .join(response, response.c.sheet == sheet.c.id)
        .where(is_accepted())
        .group_by(*keys)
        .order_by(response.c.received_day, agency.c.code, respondent_group.c.code, response.c.channel)
    )
    return [Arrivals(*row) for row in conn.execute(query)]
