"""A second person reads a share of decided doubts, blind: what two make of the same mark, and how far they agree.

Nothing is overridden: where the two differ, anybody who may decide can decide anew, with a reason. Nobody reads what
they decided or signed themselves; the database refuses it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from aggregation.second_reading import SameReading, compare_readings
from collector.review import check_decided
from collector.store import Store
from collector.store.again import DecidedDoubt, Reading, add_reading, list_decided, list_readings
from collector.store.clock import store_time
from collector.store.doubts import get_doubt
from collector.store.layouts import get_snapshot
from collector.store.looks import Draw
from collector.store.responses import hold_sheet
from collector.store.schema import sheet as sheets
from collector.store.settlements import Signature
from forms.campaign import Campaign

__all__ = ["DecidedDoubt", "Reading", "TwoReaders", "account_readings", "list_drawn_doubts", "read_again"]


@dataclass(frozen=True)
class TwoReaders:
    """What two people made of the same marks: how far they agree, and where they do not."""

    same: SameReading
    differing: tuple[Reading, ...]


def list_drawn_doubts(conn: Connection, campaign: Campaign, who: str, not_agency: str | None) -> list[DecidedDoubt]:
    """The decided doubts that wait for this person as a second reader, in the order of their draw."""
    rule = Draw(campaign.settings.id, campaign.settings.reading.second_reader)
    return list_decided(conn, rule, who, not_agency)


def read_again(
    store: Store,
    campaign: Campaign,
    doubt_id: int,
    seen: tuple[str, ...] | None,
    who: str,
    now: datetime.datetime | None = None,
) -> bool:
    """Keep what a second person saw, None for what they cannot tell; False where it does not wait for them any more.

    InputWrong for options that the question does not have, or several where one is asked for.
    """
    try:
        with store.write() as conn:
            doubt = get_doubt(conn, doubt_id)
            sheet = hold_sheet(conn, sheets.c.serial == doubt.serial)
            assert sheet is not None  # get_doubt joins it
            found = {one.doubt: one for one in list_drawn_doubts(conn, campaign, who, None)}.get(doubt_id)
            if found is None:
                return False
            codes = store.get_codes(conn, sheet.layout)
            checked = None if seen is None else check_decided(codes, doubt.question, seen)
            add_reading(conn, found, checked, Signature(who, None, "", store_time(now)))
    except IntegrityError:  # somebody else was a moment earlier
        return False
    return True


def account_readings(conn: Connection) -> TwoReaders:
    """The account of all that was read twice. What chance gives is worked out scale by scale, numbers by question."""
    found = list_readings(conn)
    scales: dict[tuple[str, str], tuple[str, ...]] = {}
    for one in found:
        if (one.layout, one.question) not in scales:
            _, asked = get_snapshot(conn, one.layout)
            levels = asked.levels(asked.get_question(one.question))
            scales[one.layout, one.question] = tuple(f"{level.code} {level.label}" for level in levels) or (
                one.question,
            )
    pairs = ((scales[one.layout, one.question], one.first, one.seen) for one in found)
    return TwoReaders(compare_readings(pairs), tuple(one for one in found if not one.agrees))
