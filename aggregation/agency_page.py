"""One page an agency, to be sent to it: its points, its place, its change, what was answered. Small cells stay hidden.

What may be seen is decided by aggregation.public. Hidden cells have neither mean nor interval nor answers here; where
an agency has any, its groups and criteria have no intervals at all, as variances add up and could be taken apart, and
that of its total is rounded outwards; where its total stands alone, that has none either. A group's answers by level
stand only where none of its cells is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from aggregation.block_parts import show_change, show_mean
from aggregation.findings import Distribution, Findings, RankedAgency, find_findings, find_levels
from aggregation.parts import Chart, Grid, Interval, Items, Part, Words
from aggregation.public import find_public, widen
from aggregation.rounding import show_exact, show_number
from aggregation.scores import Scores
from aggregation.strips import make_stack
from aggregation.suppression import PLACES
from aggregation.svg import make_axis
from aggregation.tables import COMBINED, ScoringTables
from forms.words import text

HIDDEN = "•"
_Values = tuple[Any, ...]
_Rows = dict[str, dict[tuple[str, str], _Values]]


@dataclass(frozen=True)
class AgencyPage:
    """What stands on the page of one agency."""

    code: str
    name: str
    parts: tuple[Part, ...]


class AgencyPages:
    """The pages of a campaign, each made when it is asked for."""

    def __init__(
        self, scores: Scores, tables: ScoringTables, change: pd.DataFrame | None = None, lang: str = "vi"
    ) -> None:
        self.scores, self.lang = scores, lang
        self.places, self.rank_from = scores.rules.rounding.places, scores.rules.rank_from.n_valid
        self.findings = find_findings(scores, tables, lang)
        self.names = dict(zip(tables.criteria["criterion"], tables.criteria["name"], strict=True))
        self.groups = dict(zip(tables.groups["group"], tables.groups["name"], strict=True))
        self.levels, slots = find_levels(tables, lang)
        self.changes = {} if change is None else {str(row["agency"]): row for row in change.to_dict("records")}
        self._estimates = _by_agency(scores.estimates, ["criterion", "group", "mean_percent", "ci_low", "ci_high"])
        self._points = _by_agency(scores.scores, ["criterion", "group", "points"])
        self._public = _by_agency(find_public(scores).scores, ["criterion", "group", "mean_percent", "hidden"])
        self._answers = _count_levels(scores.counts, slots, len(self.levels))

    def make(self, wanted: Iterable[str] | None = None) -> Iterator[AgencyPage]:
        """The pages of the agencies wanted, of all that are ranked or not where none are named, block by block."""
        chosen = None if wanted is None else set(wanted)
        for block in self.findings:
            for each in block.agencies:
                if chosen is None or each.code in chosen:
                    yield AgencyPage(each.code, each.name, tuple(self._parts(block, each)))

    def _parts(self, block: Findings, each: RankedAgency) -> Iterator[Part]:
        points = each.points
        if points is None:
            yield Words(text("report.summary_nothing", self.lang))
            return
        if self._is_alone(each):
            each = replace(each, bounds=None, half_width=None)
        elif self._hides(each) and each.half_width is not None:
            half = widen(each.half_width, float(block.maximum))
            bounds = max(0.0, points - half), min(float(block.maximum), points + half)
            each = replace(each, bounds=bounds, half_width=half)
        yield Items(tuple(self._facts(block, each)))
        yield self._place(block, each, points)
        yield from self._criteria(each)
        yield from self._said(each)
        yield Words(text("report.page_note", self.lang), small=True)

    def _is_alone(self, each: RankedAgency) -> bool:
        """Whether of this agency only the total may be shown."""
        return any(group == COMBINED and why for (_, group), (_, why) in self._public.get(each.code, {}).items())

    def _hides(self, each: RankedAgency) -> bool:
        """Whether any cell of this agency is hidden."""
        return any(why for _, why in self._public.get(each.code, {}).values())

    def _facts(self, block: Findings, each: RankedAgency) -> Iterator[str]:
        number = partial(show_number, places=self.places, lang=self.lang)
        maximum = show_exact(block.maximum, self.lang)
        percent = show_number(100 * (each.points or 0) / float(block.maximum), 1, self.lang)
        said = text("report.page_points", self.lang, points=number(each.points), maximum=maximum, percent=percent)
        if each.bounds:
            low, high = map(number, each.bounds)
            said += f" {text('report.page_interval', self.lang, low=low, high=high)}"
        yield said
        grade = each.grade or text("report.chances_none", self.lang)
        place = {"rank": each.rank, "size": len(block.placed), "low": each.rank_low, "high": each.rank_high}
        ranked = text("report.page_rank", self.lang, **place, block=block.name, grade=grade)
        if each.rank is None:
            ranked = text("report.page_unranked", self.lang, n=self.rank_from, block=block.name)
        yield f"{ranked} {text('report.page_sheets', self.lang, n=show_number(each.n_valid, 0, self.lang))}"
        row = self.changes.get(each.code)
        if row is not None and row["verdict"] and not self._is_alone(each):
            told = text(f"report.page_change_{row['verdict']}", self.lang)
            noise = show_number(widen(row["noise"], 100.0) if self._hides(each) else row["noise"], 2, self.lang)
            change = show_change(row["change"], 2, self.lang)
            yield text("report.page_change", self.lang, change=change, noise=noise, told=told)

    def _place(self, block: Findings, each: RankedAgency, points: float) -> Chart:
        """The agency between the highest, the mean and the lowest of its block."""
        least = max(self.rank_from, self.scores.rules.show_from)  # points of fewer sheets are told to nobody else
        told = [one for one in block.ranked if one.n_valid >= least or one.code == each.code]
        known = [one.points for one in told if one.points is not None]
        lines = [
            (text("report.page_highest", self.lang), max(known), None),
            (each.name, points, each.bounds),
            (text("report.fields_mean", self.lang), sum(known) / len(known), None),
            (text("report.page_lowest", self.lang), min(known), None),
        ]
        axis = make_axis([*known, *(each.bounds or ())], float(block.maximum))
        rows = []
        for name, value, bounds in lines:
            shown = show_number(value, self.places, self.lang)
            title = text("report.page_line", self.lang, name=name, points=shown)
            rows.append(Interval(name, shown, value, bounds, title))
        ticks = tuple(show_exact(tick, self.lang) for tick in axis.ticks)
        return Chart(text("report.page_place", self.lang), tuple(rows), axis, ticks)

    def _criteria(self, each: RankedAgency) -> Iterator[Part]:
        public = self._public.get(each.code, {})
        hidden = {key for key, (_, why) in public.items() if why}
        used = dict.fromkeys(group for _, group in public if group != COMBINED)
        groups = [group for group in self.groups if group in used]
        rows = [
            (
                f"{code} {self.names[code]}",
                show_exact(self.scores.leaf_maxima[code], self.lang),
                *self._whole(each.code, code, hidden),
                *(self._cell(each.code, (code, group), public, bool(hidden)) for group in groups),
            )
            for code in dict.fromkeys(criterion for criterion, _ in self._points.get(each.code, {}))
        ]
        heads = (text(f"report.page_{name}", self.lang) for name in ("criterion", "maximum", "points_short", "percent"))
        caption = text("report.page_criteria", self.lang)
        widths = (5.4, 0.8, 0.8, 1.4, *[1.4] * len(groups))
        yield Grid(caption, (*heads, *(self.groups[group] for group in groups)), tuple(rows), widths=widths)
        told = text("report.page_criteria_note", self.lang)
        yield Words(f"{told} {text('report.page_hidden', self.lang)}" if hidden else told, small=True)

    def _whole(self, agency: str, code: str, hidden: set[tuple[str, str]]) -> tuple[str, str]:
        """Points and per cent of a criterion, all groups together; the interval where no cell of all is hidden."""
        if any(group == COMBINED for _, group in hidden):  # also that nobody answered would tell of a few people
            return HIDDEN, HIDDEN
        points = self._points[agency][code, COMBINED][0]
        mean, low, high = self._estimates[agency].get((code, COMBINED), (float("nan"),) * 3)
        if hidden:
            low = high = float("nan")
        return show_number(points, self.places, self.lang), show_mean(mean, low, high, self.lang)

    def _cell(self, agency: str, key: tuple[str, str], public: Mapping[tuple[str, str], _Values], bare: bool) -> str:
        if key not in public:
            return HIDDEN if any(group == COMBINED and why for (_, group), (_, why) in public.items()) else "–"
        mean, why = public[key][:2]
        if why:
            return HIDDEN
        _, low, high = self._estimates[agency][key]
        return show_number(mean, PLACES, self.lang) if bare else show_mean(mean, low, high, self.lang, PLACES)

    def _said(self, each: RankedAgency) -> Iterator[Part]:
        """The answers by level of every group of which nothing is hidden."""
        public = self._public.get(each.code, {})
        secret = {group for (_, group), (_, why) in public.items() if why}
        rows = []
        for group, name in self.groups.items():
            counts = self._answers.get((each.code, group))
            if counts and group not in secret and any(key[1] == group for key in public):
                shares = Distribution(group, name, tuple(n / sum(counts) for n in counts), sum(counts))
                rows.append(make_stack(name, shares, self.levels, self.lang))
        if rows:
            yield Chart(text("report.page_answers", self.lang), tuple(rows), legend=self.levels)
            yield Words(text("report.page_answers_note", self.lang), small=True)


def _by_agency(table: pd.DataFrame, columns: list[str]) -> _Rows:
    """Rows by agency, then by criterion and group."""
    found: _Rows = {}
    for agency, criterion, group, *values in table[["agency", *columns]].itertuples(index=False):
        if criterion != COMBINED:
            found.setdefault(agency, {})[criterion, group] = tuple(values)
    return found


def _count_levels(
    counts: pd.DataFrame, slots: Mapping[tuple[str, str, str], int], size: int
) -> dict[tuple[str, str], list[int]]:
    """Valid answers of each agency and group by level."""
    found: dict[tuple[str, str], list[int]] = {}
    for agency, group, question, option, n in counts.itertuples(index=False):
        slot = slots.get((group, question, option))
        if slot is not None:
            found.setdefault((agency, group), [0] * size)[slot] += n
    return found
