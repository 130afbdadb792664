"""From the store to the result files: scores.csv, totals.csv, report.html and answers.csv, each written whole."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from aggregation.csv_files import csv_parts, plain_text, scores_csv, totals_csv
from aggregation.report import About, report_html
from aggregation.scores import Scores, score
from aggregation.tables import ScoringTables
from collector.files import write_stream, write_whole
from collector.store import Store
from collector.store.answers import ExportRow, ScoringRow, WordRow, export_rows, scoring_rows, word_rows
from collector.store.clock import day_of
from collector.store.quota import quota_rows
from forms.campaign import Campaign
from forms.rules import OwnRule

_CODES = ("agency", "group", "question", "option", "state")  # as categories, scoring is three times faster

QUOTA_COLUMNS = ("agency", "group", "target", "accepted", "conflicts", "over_quota", "unissued")


@dataclass(frozen=True)
class ScoreSummary:
    """How many sheets the scores rest on, and how many doubtful marks they leave out."""

    sheets: int
    open_doubts: int
    scores: Scores


def make_tables(campaign: Campaign, rows: Iterable[ScoringRow]) -> ScoringTables:
    """The tables that scoring wants: the campaign's, and the answers to questions that carry a criterion.

    Without what people said about their own agency on a matrix sheet, where the rules leave that out.
    """
    scored = [
        (group.code, question, asked)
        for group in campaign.settings.groups
        for asked in (campaign.get_questionnaire(group.code),)
        for question in asked.questions()
        if question.criterion is not None
    ]
    items = [(group, question.code, question.criterion, question.weight) for group, question, _ in scored]
    levels = [
        (group, question.code, level.code, level.percent, level.label)
        for group, question, asked in scored
        for level in asked.levels(question)
    ]
    wanted = {(group, question.code) for group, question, _ in scored}
    own_counts = campaign.settings.scoring.own_agency == "count"
    answers = [
        (row.sheet, row.agency, row.group, row.question, row.option or "", row.state)
        for row in rows
        if (row.group, row.question) in wanted and (own_counts or not row.is_own)
    ]
    return ScoringTables(
        agencies=_frame(campaign.agencies, agency="code", name="name", block="block"),
        blocks=_frame(campaign.settings.blocks, block="code", name="name"),
        groups=_frame(campaign.settings.groups, group="code", name="name"),
        criteria=_frame(
            campaign.criteria,
            criterion="code",
            name="name",
            parent="parent",
            block="block",
            source="source",
            max_points="max_points",
        ),
        items=pd.DataFrame(items, columns=["group", "question", "criterion", "weight"], dtype=object),
        levels=pd.DataFrame(levels, columns=["group", "question", "option", "percent", "label"], dtype=object),
        cells=pd.DataFrame(_cells(campaign), columns=["agency", "group", "target", "population"], dtype=object),
        answers=pd.DataFrame(answers, columns=["sheet", *_CODES]).astype(dict.fromkeys(_CODES, "category")),
    )


def _frame(things: Iterable[object], **columns: str) -> pd.DataFrame:
    rows = [[getattr(thing, name) for name in columns.values()] for thing in things]
    return pd.DataFrame(rows, columns=list(columns), dtype=object)


def _cells(campaign: Campaign) -> Iterator[tuple[str, str, int, int | None]]:
    """Whom a group is expected to rate: agency, group, sheets that may, and their respondents' number where known.

    For a matrix, one row a rated agency: sheets of every cell may name it, its own only where the rules count that.
    """
    own_counts = campaign.settings.scoring.own_agency == "count"
    for group in campaign.settings.groups:
        cells = [quota for quota in campaign.quotas if quota.group == group.code]
        block = campaign.get_questionnaire(group.code).block
        if block is None:
            yield from ((cell.agency, cell.group, cell.target, cell.population) for cell in cells)
            continue
        for agency in campaign.agencies:
            raters = [cell for cell in cells if own_counts or cell.agency != agency.code]
            if agency.block == block and raters:
                known = [cell.population for cell in raters if cell.population is not None]
                population = sum(known) if len(known) == len(raters) else None
                yield agency.code, group.code, sum(cell.target for cell in raters), population


def find_own_rule(campaign: Campaign) -> OwnRule | None:
    """What the rules say about rating one's own agency; None where no sheet could."""
    blocks = {agency.code: agency.block for agency in campaign.agencies}
    rated = {group.code: campaign.get_questionnaire(group.code).block for group in campaign.settings.groups}
    if any(rated[quota.group] == blocks[quota.agency] for quota in campaign.quotas):
        return campaign.settings.scoring.own_agency
    return None


def write_scores(store: Store, campaign: Campaign, out: Path, now: datetime.datetime | None = None) -> ScoreSummary:
    """Score what counts in the store and write the three files; all three are computed before the first is written."""
    with store.read() as conn:
        tables = make_tables(campaign, scoring_rows(conn))
        quotas = quota_rows(conn)
    files, scores = _results(campaign, tables, [vars(row) for row in quotas], day_of(now))
    for name, content in files.items():
        write_whole(out / name, content)
    doubts = sum(row.doubtful for row in quotas)
    return ScoreSummary(int(tables.answers["sheet"].nunique()), doubts, scores)


def make_results(
    campaign: Campaign, rows: Iterable[ScoringRow], quotas: Sequence[Mapping[str, Any]], day: datetime.date
) -> tuple[dict[str, bytes], Scores]:
    """The result files by name, and the scores; `quotas`: a row of QUOTA_COLUMNS a cell. Touches no store."""
    return _results(campaign, make_tables(campaign, rows), quotas, day)


def _results(
    campaign: Campaign, tables: ScoringTables, quotas: Sequence[Mapping[str, Any]], day: datetime.date
) -> tuple[dict[str, bytes], Scores]:
    scores = score(tables, campaign.settings.scoring)
    files = {
        "scores.csv": scores_csv(scores),
        "totals.csv": totals_csv(scores),
        "report.html": report_html(scores, tables, _about(campaign, quotas, day)),
    }
    return files, scores


def _about(campaign: Campaign, quotas: Sequence[Mapping[str, Any]], day: datetime.date) -> About:
    settings = campaign.settings
    progress = [(row["agency"], row["group"], row["target"], row["accepted"]) for row in quotas]
    return About(
        superior=settings.issuer.superior,
        body=settings.issuer.body,
        campaign=settings.name,
        year=settings.assessed_year,
        quota=pd.DataFrame(progress, columns=["agency", "group", "target", "accepted"]),
        document=settings.issuer.document,
        place=settings.issuer.place,
        date=day,
        conflicts=sum(row["conflicts"] for row in quotas),
        over_quota=sum(row["over_quota"] for row in quotas),
        own_agency=find_own_rule(campaign),
        unissued=sum(row["unissued"] for row in quotas),
    )


def write_answers(store: Store, out: Path) -> int:
    """answers.csv of accepted responses, and words.csv of what was typed beside an option; the rows of answers.csv."""
    count = 0

    def counted(rows: Iterable[ExportRow]) -> Iterator[ExportRow]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    with store.read() as conn:
        write_stream(out / "answers.csv", csv_parts(ExportRow._fields, counted(export_rows(conn))))
        safe = (row._replace(words=plain_text(row.words)) for row in word_rows(conn))
        write_stream(out / "words.csv", csv_parts(WordRow._fields, safe))
    return count
