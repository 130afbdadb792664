"""One block as the report shows it: points with intervals, answers by level, fields, quota."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from aggregation.findings import Distribution, Findings
from aggregation.parts import Chart, Interval, Part, Stack
from aggregation.rounding import show_exact, show_number
from aggregation.strips import make_stack
from aggregation.svg import Axis, make_axis
from aggregation.tables import ScoringTables
from aggregation.wording import field_mean
from forms.words import text


@dataclass(frozen=True)
class QuotaRow:
    """One agency's quota: received and planned by group and together."""

    name: str
    cells: tuple[tuple[int, int] | None, ...]
    whole: tuple[int, int]


class BlockPage:
    """One block as the template asks for it."""

    def __init__(
        self,
        block: Findings,
        quota: pd.DataFrame,
        tables: ScoringTables,
        places: int,
        lang: str,
        more: tuple[Part, ...] = (),
    ) -> None:
        self.block, self.places, self.lang, self.more = block, places, lang, more
        self.maximum = show_exact(block.maximum, lang)
        self._quota, self._tables = quota, tables
        bounds = [value for agency in block.ranked for value in (agency.points, *(agency.bounds or ()))]
        self.axis: Axis = make_axis([value for value in bounds if value is not None], float(block.maximum))
        self.axis_low = show_exact(self.axis.ticks[0], lang)

    def number(self, value: object, places: int | None = None) -> str:
        """A number of the report, with the published decimals where none are given."""
        return show_number(value, self.places if places is None else places, self.lang)

    def chart(self) -> Chart:
        """Every ranked agency with its interval."""
        caption = f"{text('report.chart', self.lang)} ({text('report.of_points', self.lang, maximum=self.maximum)})"
        ticks = tuple(show_exact(tick, self.lang) for tick in self.axis.ticks)
        return Chart(caption, tuple(self._intervals()), self.axis, ticks)

    def _intervals(self) -> Iterator[Interval]:
        for agency in self.block.ranked:
            points = self.number(agency.points)
            title = text("report.point_title", self.lang, name=agency.name, points=points)
            if agency.bounds:
                low, high = (self.number(bound) for bound in agency.bounds)
                title = text("report.interval_title", self.lang, name=agency.name, points=points, low=low, high=high)
            yield Interval(agency.name, points, agency.points or 0.0, agency.bounds, title)

    def answers(self) -> list[Chart]:
        """What was answered by field and by group, each where there is anything."""
        parts = [
            (text("report.answers_by_field", self.lang), [self._stack(each, True) for each in self.block.by_field]),
            (text("report.answers_by_group", self.lang), [self._stack(each, False) for each in self.block.by_group]),
        ]
        return [Chart(heading, tuple(rows)) for heading, rows in parts if rows]

    def _stack(self, each: Distribution, coded: bool) -> Stack:
        name = f"{each.code} {each.name}" if coded else each.name
        return make_stack(name, each, self.block.levels, self.lang)

    def weakest(self, fields: dict[str, float]) -> str | None:
        """The field to frame: the lowest, where there are several."""
        return min(fields, key=lambda field: fields[field]) if len(fields) > 1 else None

    def mean(self, field: str) -> float | None:
        """A field's mean over the block."""
        return field_mean(self.block, field)

    def shade(self, percent: float) -> int:
        """0..4, the darkest from 90 per cent."""
        return min(4, max(0, int((percent - 50) // 10)))

    def quota_groups(self) -> list[tuple[str, str]]:
        """Code and name of the groups that have a quota in the block."""
        inside = self._inside()
        used = set(inside["group"])
        return [(g, n) for g, n in self._tables.groups[["group", "name"]].itertuples(index=False) if g in used]

    def quota_rows(self) -> list[QuotaRow]:
        """The block's agencies in the campaign's order."""
        inside, groups = self._inside(), [code for code, _ in self.quota_groups()]
        cells: dict[tuple[str, str], tuple[int, int]] = {}
        for agency, group, target, accepted in inside.itertuples(index=False):
            cells[agency, group] = int(accepted), int(target)
        agencies = self._tables.agencies[self._tables.agencies["block"] == self.block.code]
        rows = []
        for code, name in agencies[["agency", "name"]].itertuples(index=False):
            found = tuple(cells.get((code, group)) for group in groups)
            rows.append(QuotaRow(name, found, _sum_cells(found)))
        columns = tuple(_sum_cells(tuple(row.cells[place] for row in rows)) for place in range(len(groups)))
        return [*rows, QuotaRow(text("report.quota_total", self.lang), columns, _sum_cells(columns))]

    def _inside(self) -> pd.DataFrame:
        agencies = self._tables.agencies
        inside = set(agencies.loc[agencies["block"] == self.block.code, "agency"])
        return self._quota.loc[self._quota["agency"].isin(inside), ["agency", "group", "target", "accepted"]]


def _sum_cells(cells: tuple[tuple[int, int] | None, ...]) -> tuple[int, int]:
    known = [cell for cell in cells if cell is not None]
    return sum(cell[0] for cell in known), sum(cell[1] for cell in known)
