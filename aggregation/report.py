"""The report for people: one HTML file that needs nothing else, for screen, phone and A4.

The same inputs give the same bytes. It is for internal use: small groups are shown whole.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache, partial

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from aggregation.findings import Distribution, Findings, find_findings
from aggregation.rounding import show_number
from aggregation.scores import Scores
from aggregation.svg import Axis, axis_strip, interval_strip, make_axis, stacked_strip
from aggregation.tables import ScoringTables
from aggregation.wording import (
    field_mean,
    method_sentences,
    note_sentences,
    show_exact,
    summary_sentences,
)
from forms.rules import OwnRule
from forms.words import text


@dataclass(frozen=True)
class About:
    """What the report says that is not in the scores.

    quota: agency, group, target, accepted; one row a cell. `date`: the report's day, printed as it is given. The counts
    are sheets: in conflict, over quota, answered without a record of being handed out. `own_agency`: whether what
    people say about their own agency counts, None where nobody is asked about it beside others.
    """

    superior: str
    body: str
    campaign: str
    year: int
    quota: pd.DataFrame
    document: str = ""
    place: str = ""
    date: datetime.date | None = None
    conflicts: int = 0
    over_quota: int = 0
    unissued: int = 0
    own_agency: OwnRule | None = None


def report_html(scores: Scores, tables: ScoringTables, about: About, lang: str = "vi") -> bytes:
    """The report as UTF-8 bytes of one HTML file."""
    findings = find_findings(scores, tables)
    places = scores.rules.rounding.places
    counted = {"conflicts": about.conflicts, "over_quota": about.over_quota, "unissued": about.unissued}
    page = _environment().get_template("report.html")
    html = page.render(
        lang=lang,
        t=partial(_say, lang),
        about=about,
        date=date_line(about, lang),
        sheets=sheets_sentence(scores, about, lang),
        summary=[(block.name, summary_sentences(block, places, lang)) for block in findings],
        blocks=[_BlockPage(block, about, tables, places, lang) for block in findings],
        method=full_method(scores, tables, about, lang),
        notes=note_sentences(scores, tables, counted, lang),
    )
    return html.encode()


def full_method(scores: Scores, tables: ScoringTables, about: About, lang: str) -> list[str]:
    """How the scores were computed, with the rule about people's own agency."""
    *sentences, limit = method_sentences(scores.rules, tables, lang)
    own = [] if about.own_agency is None else [text(f"report.method_own_{about.own_agency}", lang)]
    return [*sentences, *own, limit]


def _say(lang: str, key: str, **fields: object) -> str:
    return text(key, lang, **fields)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("aggregation"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def date_line(about: About, lang: str) -> str:
    """Place and date; day and the first two months with two digits, as Decree 30/2020/ND-CP writes them."""
    if about.date is None:
        day = month = year = "…"
    else:
        day, year = f"{about.date.day:02}", str(about.date.year)
        month = f"{about.date.month:02}" if about.date.month < 3 else str(about.date.month)
    return text("report.place_date", lang, place=about.place or "…", day=day, month=month, year=year)


def sheets_sentence(scores: Scores, about: About, lang: str) -> str:
    """How many sheets the scores rest on, of how many planned."""
    number = partial(show_number, lang=lang)
    valid, target = scores.valid_sheets, int(about.quota["target"].sum())
    return text(
        "report.summary_sheets",
        lang,
        valid=number(valid, 0),
        target=number(target, 0),
        percent=number(100 * valid / target if target else None, 1),
        scored=int(scores.totals["survey_points"].notna().sum()),
        agencies=len(scores.totals),
    )


@dataclass(frozen=True)
class _QuotaRow:
    """One agency's quota: received and planned by group and together."""

    name: str
    cells: tuple[tuple[int, int] | None, ...]
    whole: tuple[int, int]


class _BlockPage:
    """One block as the template asks for it."""

    def __init__(self, block: Findings, about: About, tables: ScoringTables, places: int, lang: str) -> None:
        self.block, self.places, self.lang = block, places, lang
        self.maximum = show_exact(block.maximum, lang)
        self._quota, self._tables = about.quota, tables
        bounds = [value for agency in block.ranked for value in (agency.points, *(agency.bounds or ()))]
        self.axis: Axis = make_axis([value for value in bounds if value is not None], float(block.maximum))
        self.axis_low = show_exact(self.axis.ticks[0], lang)

    def number(self, value: object, places: int | None = None) -> str:
        """A number of the report, with the published decimals where none are given."""
        return show_number(value, self.places if places is None else places, self.lang)

    def scale(self) -> Markup:
        """The chart's axis."""
        labels = [show_exact(tick, self.lang) for tick in self.axis.ticks]
        return axis_strip(self.axis, labels, text("report.axis_title", self.lang, low=labels[0], high=labels[-1]))

    def intervals(self) -> list[tuple[str, str, Markup]]:
        """Name, points and strip of every ranked agency."""
        strips = []
        for agency in self.block.ranked:
            points = self.number(agency.points)
            if agency.bounds:
                low, high = (self.number(bound) for bound in agency.bounds)
                title = text("report.interval_title", self.lang, name=agency.name, points=points, low=low, high=high)
            else:
                title = text("report.point_title", self.lang, name=agency.name, points=points)
            strip = interval_strip(self.axis, agency.points or 0.0, agency.bounds, title)
            strips.append((agency.name, points, strip))
        return strips

    def answers(self) -> list[tuple[str, list[tuple[str, str, Markup]]]]:
        """Heading, then label, number of answers and strip of every field and of every group."""
        parts = [
            (text("report.answers_by_field", self.lang), [self._stack(each, True) for each in self.block.by_field]),
            (text("report.answers_by_group", self.lang), [self._stack(each, False) for each in self.block.by_group]),
        ]
        return [part for part in parts if part[1]]

    def _stack(self, each: Distribution, coded: bool) -> tuple[str, str, Markup]:
        name = f"{each.code} {each.name}" if coded else each.name
        percents = [self.number(100 * share, 0) for share in each.shares]
        told = "; ".join(f"{level}: {share} %" for level, share in zip(self.block.levels, percents, strict=True))
        return name, self.number(each.n, 0), stacked_strip(each.shares, percents, f"{name}. {told}")

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

    def quota_rows(self) -> list[_QuotaRow]:
        """The block's agencies in the campaign's order."""
        inside, groups = self._inside(), [code for code, _ in self.quota_groups()]
        cells: dict[tuple[str, str], tuple[int, int]] = {}
        for agency, group, target, accepted in inside.itertuples(index=False):
            cells[agency, group] = int(accepted), int(target)
        agencies = self._tables.agencies[self._tables.agencies["block"] == self.block.code]
        rows = []
        for code, name in agencies[["agency", "name"]].itertuples(index=False):
            found = tuple(cells.get((code, group)) for group in groups)
            rows.append(_QuotaRow(name, found, _sum_cells(found)))
        columns = tuple(_sum_cells(tuple(row.cells[place] for row in rows)) for place in range(len(groups)))
        return [*rows, _QuotaRow(text("report.quota_total", self.lang), columns, _sum_cells(columns))]

    def _inside(self) -> pd.DataFrame:
        agencies = self._tables.agencies
        inside = set(agencies.loc[agencies["block"] == self.block.code, "agency"])
        return self._quota.loc[self._quota["agency"].isin(inside), ["agency", "group", "target", "accepted"]]


def _sum_cells(cells: tuple[tuple[int, int] | None, ...]) -> tuple[int, int]:
    known = [cell for cell in cells if cell is not None]
    return sum(cell[0] for cell in known), sum(cell[1] for cell in known)
