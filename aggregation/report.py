"""The report for people: one HTML file that needs nothing else, for screen, phone and A4.

The same inputs give the same bytes. It is for internal use: small groups are shown whole. What it says is made by
`make_report`; report_paper sets the same as a PDF.
"""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Protocol

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from aggregation.block_page import BlockPage
from aggregation.block_parts import block_parts
from aggregation.fieldwork import Fieldwork, check_section, reader_section, recheck_section
from aggregation.findings import find_findings, find_rated
from aggregation.parts import Section
from aggregation.quality import Quality
from aggregation.quality_page import QualityPage, quality_page
from aggregation.rounding import show_number
from aggregation.scores import Scores
from aggregation.strips import Strips
from aggregation.tables import ScoringTables
from aggregation.wording import (
    method_sentences,
    note_sentences,
    separation_sentences,
    summary_sentences,
)
from forms.rules import OwnRule
from forms.words import text


@dataclass(frozen=True)
class About:
    """What the report says that is not in the scores.

    quota: agency, group, target, accepted; one row a cell. `date`: the report's day, printed as it is given. The counts
    are sheets: in conflict, over quota, answered without a record of being handed out, struck by a decision of the
    recheck. `own_agency`: whether what
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
    struck: int = 0
    own_agency: OwnRule | None = None
    fieldwork: Fieldwork = field(default_factory=Fieldwork)


@dataclass(frozen=True)
class Report:
    """All that the report says, in a language. `summary`: block and its sentences; `quality` None where not looked for.

    `sections_before` and `sections_after` stand around the signs of quality.
    """

    about: About
    lang: str
    date: str
    sheets: str
    summary: tuple[tuple[str, list[str]], ...]
    notes: list[str]
    blocks: tuple[BlockPage, ...]
    method: list[str]
    quality: QualityPage | None
    sections_before: tuple[Section, ...] = ()
    sections_after: tuple[Section, ...] = ()


def make_report(
    scores: Scores,
    tables: ScoringTables,
    about: About,
    lang: str = "vi",
    quality: Quality | None = None,
    change: pd.DataFrame | None = None,
) -> Report:
    """The report's content; with the signs of quality and the change on last year where they are known."""
    findings, work = find_findings(scores, tables, lang), about.fieldwork
    places = scores.rules.rounding.places
    counted = {name: getattr(about, name) for name in ("conflicts", "over_quota", "unissued", "struck")}
    names = dict(zip(tables.agencies["agency"], tables.agencies["name"], strict=True))
    after = recheck_section(work, names, lang), reader_section(work, lang)
    return Report(
        about=about,
        lang=lang,
        date=date_line(about, lang),
        sheets=sheets_sentence(scores, tables, about, lang),
        summary=tuple(
            (block.name, summary_sentences(block, places, lang) + separation_sentences(scores, block.code, lang))
            for block in findings
        ),
        notes=note_sentences(scores, tables, counted, lang),
        blocks=tuple(
            BlockPage(block, about.quota, tables, places, lang, tuple(block_parts(block, scores, tables, change, lang)))
            for block in findings
        ),
        method=full_method(scores, tables, about, lang),
        quality=None if quality is None else quality_page(quality, tables, lang),
        sections_before=(check_section(work, names, lang),) if work.rows else (),
        sections_after=tuple(section for section in after if section is not None),
    )


def report_html(report: Report) -> bytes:
    """The report as UTF-8 bytes of one HTML file."""
    page = environment().get_template("report.html")
    fields = {one.name: getattr(report, one.name) for one in dataclasses.fields(report)}
    return page.render(**fields, t=partial(_say, report.lang), strip=Strips(report.lang)).encode()


def full_method(scores: Scores, tables: ScoringTables, about: About, lang: str) -> list[str]:
    """How the scores were computed, with the rule about people's own agency."""
    *sentences, limit = method_sentences(scores.rules, tables, lang)
    own = [] if about.own_agency is None else [text(f"report.method_own_{about.own_agency}", lang)]
    return [*sentences, *own, limit]


def _say(lang: str, key: str, **fields: object) -> str:
    return text(key, lang, **fields)


@cache
def environment() -> Environment:
    """The templates of reports: HTML escaped, a name that is not there is an error."""
    return Environment(
        loader=PackageLoader("aggregation"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


class Dated(Protocol):
    """Whatever names a place and a day: every report's About does."""

    @property
    def place(self) -> str:
        """Where it is written; "" where that is not known."""

    @property
    def date(self) -> datetime.date | None:
        """The day that stands on it."""


def date_line(about: Dated, lang: str) -> str:
    """Place and date; day and the first two months with two digits, as Decree 30/2020/ND-CP writes them."""
    if about.date is None:
        day = month = year = "…"
    else:
        day, year = f"{about.date.day:02}", str(about.date.year)
        month = f"{about.date.month:02}" if about.date.month < 3 else str(about.date.month)
    return text("report.place_date", lang, place=about.place or "…", day=day, month=month, year=year)


def sheets_sentence(scores: Scores, tables: ScoringTables, about: About, lang: str) -> str:
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
        agencies=len(find_rated(scores, tables)),
    )
