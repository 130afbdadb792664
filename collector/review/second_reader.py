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
from collector.review.deciding import check_decided
from collector.store import Store
from collector.store.again import (
    DecidedDoubt,
    Reading,
    add_reading,
    count_decided,
    count_undone,
    list_decided,
    list_readings,
    undo_reading,
)
from collector.store.clock import store_time
from collector.store.doubts import get_doubt
from collector.store.layouts import get_snapshot
from collector.store.looks import Draw
from collector.store.responses import hold_sheet
from collector.store.schema import sheet as sheets
from collector.store.settlements import Signature
from forms.campaign import Campaign

__all__ = [
    "DecidedDoubt",
    "Queue",
    "Reading",
    "TwoReaders",
    "account_readings",
    "read_again",
    "take_back_reading",
]


@dataclass(frozen=True)
class TwoReaders:
    """What two people made of the same marks: how far they agree, and where they do not.

    `undone`: how many readings were taken back.
    """

    same: SameReading
    differing: tuple[Reading, ...]
    undone: int


@dataclass(frozen=True)
class Queue:
    """The decided doubts that wait for one person as a second reader: those of their workplace are left out."""

    campaign: Campaign
    who: str
    workplace: str | None = None

    @property
    def _rule(self) -> Draw:
        return Draw(self.campaign.settings.id, self.campaign.settings.reading.second_reader)

    def list(self, conn: Connection, after: int | None = None, limit: int | None = None) -> list[DecidedDoubt]:
        """Those behind `after` in the order of their draw, all without it."""
        return list_decided(conn, self._rule, self.who, self.workplace, after=after, limit=limit)

    def count(self, conn: Connection) -> int:
        """How many wait."""
        return count_decided(conn, self._rule, self.who, self.workplace)

    def find(self, conn: Connection, doubt: int) -> DecidedDoubt | None:
        """One of them by its doubt."""
        return next(iter(list_decided(conn, self._rule, self.who, self.workplace, doubt=doubt)), None)


def read_again(
    store: Store,
    campaign: Campaign,
    doubt_id: int,
    seen: tuple[str, ...] | None,
    who: str,
    now: datetime.datetime | None = None,
    *,
    session: str | None = None,
) -> bool:
    """Keep what a second person saw, None for what they cannot tell; False where it does not wait for them any more.

    InputWrong for options that the question does not have, or several where one is asked for.
    """
    try:
        with store.write() as conn:
            doubt = get_doubt(conn, doubt_id)
            sheet = hold_sheet(conn, sheets.c.serial == doubt.serial)
            assert sheet is not None  # get_doubt joins it
            found = Queue(campaign, who).find(conn, doubt_id)
            if found is None:
                return False
            codes = store.get_codes(conn, sheet.layout)
            checked = None if seen is None else check_decided(codes, doubt.question, seen)
            add_reading(conn, found, checked, Signature(who, session, "", store_time(now)))
    except IntegrityError:  # somebody else was a moment earlier
        return False
    return True


def take_back_reading(
    store: Store, who: str, now: datetime.datetime | None = None, *, session: str | None = None
) -> int | None:
    """Take back this person's last reading of this session; the doubt's id.

    None without one, or where somebody has decided about it anew.
    """
    try:
        with store.write() as conn:
            return undo_reading(conn, who, session, store_time(now))
    except IntegrityError:
        return None


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
    return TwoReaders(compare_readings(pairs), tuple(one for one in found if not one.agrees), count_undone(conn))
