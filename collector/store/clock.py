"""Time in the store: UTC without a zone; days are those of Viet Nam, which has kept UTC+7 without summer time."""

from __future__ import annotations

import datetime

VIET_NAM = datetime.timezone(datetime.timedelta(hours=7), "Asia/Ho_Chi_Minh")


def store_time(now: datetime.datetime | None = None) -> datetime.datetime:
    """A moment (aware; this one unless given) as the store keeps it, to the second."""
    return _aware(now).astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)


def day_of(now: datetime.datetime | None = None) -> datetime.date:
    """The day in Viet Nam of a moment (aware; this one unless given)."""
    return _aware(now).astimezone(VIET_NAM).date()


def _aware(now: datetime.datetime | None) -> datetime.datetime:
    now = now or datetime.datetime.now(datetime.UTC)
    if now.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return now
