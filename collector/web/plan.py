"""The plan of a campaign as a line: how much of a quota is to be accepted by which day. Knows no store and no Flask."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from forms.campaign import Phase

_A_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """Shares of the target (0..1) to be accepted before a day begins, by day; between two the plan rises evenly.

    `is_even`: no phase of the campaign says how much is to be reached, so the line is ours.
    """

    points: tuple[tuple[datetime.date, Fraction], ...]
    is_even: bool

    @property
    def first(self) -> datetime.date:
        """The first day on which sheets are to come in."""
        return self.points[0][0]

    @property
    def last(self) -> datetime.date:
        """The last one."""
        return self.points[-1][0] - _A_DAY

    def share_before(self, day: datetime.date, due: datetime.date | None = None) -> Fraction:
        """The share to be accepted by the end of the day before `day`: today asks for nothing until it is over.

        `due`: the day to which a letter put off the last day of the plan.
        """
        points = list(self.points)
        if due is not None and due > self.last:
            points[-1] = due + _A_DAY, points[-1][1]
        share = points[0][1]
        for (start, low), (end, high) in pairwise(points):
            if day >= end:
                share = high
            elif day > start:
                share = low + (high - low) * Fraction((day - start).days, (end - start).days)
        return share

    def required(self, target: int, day: datetime.date, due: datetime.date | None = None) -> int:
        """How many of a target are to be accepted before `day`: whole sheets, never rounded up."""
        return int(target * self.share_before(day, due))


def make_plan(phases: Sequence[Phase]) -> Plan | None:
    """The plan of a campaign's phases; None where they name no days for collecting."""
    marks = sorted((phase.last + _A_DAY, Fraction(phase.reach, 100)) for phase in phases if phase.reach is not None)
    collect = next((phase for phase in phases if phase.code == "collect"), None)
    begins = [phase.first for phase in phases if phase is collect or phase.reach is not None]
    if not begins:
        return None
    is_even = not marks
    if collect is not None and (not marks or marks[-1][0] <= collect.last):
        marks.append((collect.last + _A_DAY, Fraction(1)))
    first = min(begins)
    return Plan(((first, Fraction(0)), *marks), is_even)
