"""The curve of accepted responses beside the plan: days, counts, and places for a drawing; no Flask and no HTML."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from collector.store.arrivals import Arrivals
from collector.store.quota import QuotaRow
from collector.web.plan import Plan

_A_DAY = datetime.timedelta(days=1)
_SHORTEST_DAYS = 7  # on either side of the plan, and without one
_MOST_ROWS = 40  # of the table beside the drawing
_WORDS_PER_CENT = 45  # of the drawing's width that words need, on a phone


@dataclass(frozen=True)
class CurveDay:
    """The counts at the end of a day; `accepted` is None for days to come, `planned` where there is no plan."""

    day: datetime.date
    accepted: int | None
    planned: int | None


@dataclass(frozen=True)
class Mark:
    """A line across the drawing; `at` in per cent of its width, `anchor` says to which side its words go, in which
    `row` below it, from 0, so that no words stand on others.
    """

    kind: str
    day: datetime.date
    at: float
    anchor: str
    row: int

    @property
    def reach(self) -> tuple[float, float]:
        """From where to where its words reach, on a phone."""
        return _reach(self.at, self.anchor)


@dataclass(frozen=True)
class Curve:
    """`accepted`, `planned`: points of lines in a square of 100 by 100 whose top is `top` sheets, "" for none.

    `rows`: some of the days, for reading. `after`: how many came in behind the last day shown.
    """

    accepted: str
    planned: str
    top: int
    marks: tuple[Mark, ...]
    rows: tuple[CurveDay, ...]
    first: datetime.date
    last: datetime.date
    after: int


def make_curve(
    cells: Sequence[QuotaRow],
    arrivals: Iterable[Arrivals],
    plan: Plan | None,
    due: Mapping[tuple[str, str], datetime.date],
    today: datetime.date,
) -> Curve | None:
    """The curve over some cells, day by day; None where nothing came in and nothing is planned."""
    wanted = {(cell.agency, cell.group) for cell in cells}
    by_day: Counter[datetime.date] = Counter()
    for one in arrivals:
        if (one.agency, one.group) in wanted:
            by_day[one.day] += one.number
    span = _find_span(plan, [due[key] for key in wanted if key in due], by_day, today)
    if span is None or not cells:
        return None
    first, last = span
    days = [first + number * _A_DAY for number in range((last - first).days + 1)]
    total = before = sum(number for day, number in by_day.items() if day < first)
    found = []
    for day in days:
        total += by_day[day]
        planned = _plan_for(cells, plan, due, day + _A_DAY)
        found.append(CurveDay(day, total if day <= today else None, planned))
    top = max(1, sum(cell.target for cell in cells))
    after = sum(number for day, number in by_day.items() if day > last)
    step = -(-len(found) // _MOST_ROWS)
    rows = tuple(one for number, one in enumerate(found) if number % step == 0 or number == len(found) - 1)
    planned_before = _plan_for(cells, plan, due, first)
    lines = (
        _line([before, *(one.accepted for one in found)], top),
        _line([planned_before, *(one.planned for one in found)], top),
    )
    return Curve(*lines, top, tuple(_marks(plan, first, last, today)), rows, first, last, after)


def _find_span(
    plan: Plan | None, due: Sequence[datetime.date], by_day: Mapping[datetime.date, int], today: datetime.date
) -> tuple[datetime.date, datetime.date] | None:
    """First and last day of the drawing: the plan's, and as much again before and behind it where sheets came in."""
    if plan is None:
        return (min(by_day), max(today, min(by_day) + _SHORTEST_DAYS * _A_DAY)) if by_day else None
    last = max([plan.last, *due])
    room = max(_SHORTEST_DAYS, (last - plan.first).days) * _A_DAY
    first = min([plan.first, *(day for day in by_day if day >= plan.first - room)])
    return first, max(last, min(today, last + room))


def _plan_for(
    cells: Sequence[QuotaRow],
    plan: Plan | None,
    due: Mapping[tuple[str, str], datetime.date],
    day: datetime.date,
) -> int | None:
    if plan is None:
        return None
    shares = {last: plan.share_before(day, last) for last in {due.get((cell.agency, cell.group)) for cell in cells}}
    return int(sum(cell.target * shares[due.get((cell.agency, cell.group))] for cell in cells))


def _line(counts: Sequence[int | None], top: int) -> str:
    """Points of the counts at the beginning of the first day and at the end of each, as far as they are known."""
    known = [count for count in counts if count is not None]
    places = ((100 * number / (len(counts) - 1), 100 - 100 * count / top) for number, count in enumerate(known))
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in places)


def _marks(plan: Plan | None, first: datetime.date, last: datetime.date, today: datetime.date) -> list[Mark]:
    whole = (last - first).days + 1
    edges = [("begin", plan.first, plan.first), ("due", plan.last, plan.last + _A_DAY)] if plan is not None else []
    edges += [("today", today, today + _A_DAY)] if first <= today <= last else []
    marks: list[Mark] = []
    for kind, day, edge in edges:
        at = round(100 * (edge - first).days / whole, 2)
        anchor = "start" if at < 20 else "end" if at > 80 else "middle"
        begin, end = _reach(at, anchor)
        near = {mark.row for mark in marks if mark.reach[0] < end and begin < mark.reach[1]}
        marks.append(Mark(kind, day, at, anchor, min({0, 1, 2} - near)))
    return marks


def _reach(at: float, anchor: str) -> tuple[float, float]:
    before = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * _WORDS_PER_CENT
    return at - before, at - before + _WORDS_PER_CENT
