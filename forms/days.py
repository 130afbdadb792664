"""Days as people write and read them here. Knows no clock and no time zone."""

from __future__ import annotations

import datetime
import re

_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def find_day(written: str) -> datetime.date | None:
    """A day written 18/03/2014, 18-3-2014 or 2014-03-18, also with a time behind it as workbooks give it."""
    written = written.strip()
    day_first = _DAY_FIRST.fullmatch(written)
    try:
        if day_first:
            day, month, year = (int(part) for part in day_first.groups())
            found = datetime.date(year, month, day)
        else:
            found = datetime.datetime.fromisoformat(written).date()
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def show_written(written: str) -> str:
    """A day that stands in a file, as people write it; as it is where it is no day."""
    day = find_day(written)
    return written if day is None else show_day(day)


def write_day(typed: str) -> str:
    """A day as typed in any of these ways, as files have it (2014-03-18); as it is where it is no day."""
    day = find_day(typed)
    return typed if day is None else day.isoformat()


def show_day(day: datetime.date) -> str:
    """05/3/2014, as offices write it (Decree 30/2020: days below 10 and months 1 and 2 with a zero)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{day.day:02d}/{month}/{day.year}"
