"""From the store to the result files of `phieu score`, and to answers.csv: each is written whole."""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from aggregation.agency_page import AgencyPages
from aggregation.change import compare_years, total_rows
from aggregation.csv_files import csv_parts, plain_text, scores_csv, table_csv, totals_csv
from aggregation.fieldwork import Fieldwork
from aggregation.public import find_public, public_csv
from aggregation.quality import Quality, find_flags, flagged_agencies, quality_csv
from aggregation.quality_sheets import JOURNEY
from aggregation.report import About, make_report, report_html
from aggregation.report_paper import write_report_paper
from aggregation.score_book import fits_a_book, score_workbook
from aggregation.scores import Scores, count, score
from aggregation.suppression import PublicTables
from aggregation.tables import ScoringTables
from collector.files import unfinished_file, write_stream, write_whole
from collector.reports.agency_pages import choose_agencies, write_pages
from collector.reports.fieldwork import make_fieldwork
from collector.reports.manifest import MANIFEST, AnswerHash, add_entry, make_entry
from collector.store import Store
from collector.store.answer_columns import AnswerColumns, ScoringColumns
from collector.store.answers import ExportRow, ScoringRow, WordRow, export_rows, word_rows
from collector.store.as_above import AsAboveRow, as_above_rows
from collector.store.clock import day_of
from collector.store.journeys import JourneyRow, journey_rows
from collector.store.quota import QuotaRow, quota_rows
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.fonts import find_office_typeface, setting_in
from forms.rules import OwnRule
from forms.words import text

_CODES = ("agency", "group", "question", "option", "state")  # as categories, scoring is three times faster


@dataclass(frozen=True)
class ScoreSummary:
    """How many sheets the scores rest on, how many doubtful marks they leave out; how many agencies got a page.

    unchecked: blocks of groups.csv with too many hidden cells to look how narrowly all sums together bound them.
    """

    sheets: int
    open_doubts: int
    scores: Scores
    pages: int
    unchecked: tuple[str, ...] = ()


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
    counting = (row for row in rows if (row.group, row.question) in wanted and (own_counts or not row.is_own))
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
        answers=_gather(counting),
    )


def read_tables(
    campaign: Campaign, conn: Connection, passing: Callable[[ScoringColumns], Iterable[AnswerColumns]] = iter
) -> ScoringTables:
    """What make_tables makes of scoring_rows, ten times as fast: for everything that counts in the store.

    `passing` may look at all answers as they pass by.
    """
    tables = make_tables(campaign, ())
    columns = ScoringColumns(conn)
    names = columns.names
    scored = set(zip(tables.items["group"], tables.items["question"], strict=True))
    wanted = np.array([[(group, asked) in scored for asked in names.questions] for group in names.groups], dtype=bool)
    own_counts = campaign.settings.scoring.own_agency == "count"
    known = dict(zip(_CODES, (names.agencies, names.groups, names.questions, names.options, names.states), strict=True))
    parts: dict[str, list[NDArray[np.int64]]] = {name: [] for name in ("sheet", *_CODES)}
    for part in passing(columns):
        kept = wanted[part.group, part.question] & (own_counts | ~part.is_own)
        parts["sheet"].append(part.sheet[kept])
        for name, codes in known.items():
            parts[name].append(getattr(part, name)[kept].astype(np.min_scalar_type(-len(codes))))
    answers = pd.DataFrame({"sheet": _join(parts, "sheet", np.int64)})
    for name, codes in known.items():
        answers[name] = pd.Categorical.from_codes(_join(parts, name, np.int8), pd.Index(list(codes), dtype=object))
    return replace(tables, answers=answers)


def make_tables_of(campaign: Campaign, answers: pd.DataFrame) -> ScoringTables:
    """The same of a table with a categorical column of each code, and `own`, to the order of every code."""
    tables = make_tables(campaign, ())
    scored = set(zip(tables.items["group"], tables.items["question"], strict=True))
    groups, questions = (answers[name].cat for name in ("group", "question"))
    shape = len(groups.categories), len(questions.categories)
    wanted = [(group, asked) in scored for group in groups.categories for asked in questions.categories]
    kept = np.array(wanted, dtype=np.bool_).reshape(shape)[groups.codes, questions.codes]
    if campaign.settings.scoring.own_agency != "count":
        kept &= ~answers["own"].to_numpy()
    counting = pd.DataFrame({"sheet": answers["sheet"].to_numpy()[kept]})
    for name in _CODES:
        counting[name] = _in_order(answers[name].cat.codes.to_numpy()[kept], answers[name].cat.categories)
    return replace(tables, answers=counting)


def _in_order(codes: NDArray[np.integer[Any]], known: pd.Index) -> pd.Categorical:
    """A column whose categories are those that it has, in the order in which they come."""
    used, first = np.unique(codes, return_index=True)
    order = used[np.argsort(first)]
    place = np.zeros(len(known), dtype=np.int32)
    place[order] = np.arange(len(order))
    return pd.Categorical.from_codes(place[codes], pd.Index(list(known[order]), dtype=object))


def _join(parts: dict[str, list[NDArray[np.int64]]], name: str, kind: type) -> NDArray[np.int64]:
    """One column of all parts, which are given up: never two of them twice in memory."""
    column = parts.pop(name)
    return np.concatenate(column) if column else np.zeros(0, dtype=kind)


def _gather(rows: Iterable[ScoringRow]) -> pd.DataFrame:
    """The answers as narrow columns, never all at once as objects: a province has millions."""
    sheets = array("q")
    codes, places = [array("i") for _ in _CODES], [dict[str, int]() for _ in _CODES]
    for row in rows:
        sheets.append(row.sheet)
        said = row.agency, row.group, row.question, row.option or "", row.state
        for column, known, code in zip(codes, places, said, strict=True):
            column.append(known.setdefault(code, len(known)))
    table = pd.DataFrame({"sheet": np.frombuffer(sheets, dtype=np.int64)})
    for name, column, known in zip(_CODES, codes, places, strict=True):
        table[name] = pd.Categorical.from_codes(
            np.frombuffer(column, dtype=np.int32), pd.Index(list(known), dtype=object)
        )
    return table


def make_journeys(rows: Iterable[JourneyRow]) -> pd.DataFrame:
    """How each sheet came in, as aggregation.quality_sheets wants it."""
    table = pd.DataFrame(
        [(*row[:4], *(None if day is None else day.toordinal() for day in row[4:6]), *row[6:]) for row in rows],
        columns=list(JOURNEY),
    )
    numbers = ["handed_day", "received_day", "file", "image", "seconds", "as_above"]
    table[numbers] = table[numbers].astype("float64")
    return table.fillna({"file": -1.0, "image": -1.0})


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


def write_scores(
    store: Store,
    campaign: Campaign,
    out: Path,
    now: datetime.datetime | None = None,
    before: Path | None = None,
    evidence: Fieldwork | None = None,
    pages: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    word: bool = False,
) -> ScoreSummary:
    """Score what counts in the store and write its files; all are computed before the first is written.

    before: last year's estimates.csv; change.csv then holds what changed since. InputWrong where it is none.
    evidence: what the recheck and the reader's check found, for the report. pages: the agencies that get a page of
    their own, as choose_agencies takes them; `progress` is told how many are done. word: the Word papers too.
    """
    chosen, answers = choose_agencies(campaign, pages), AnswerHash()
    last_year = None if before is None else _load_estimates(before)
    with store.read() as conn:
        tables = read_tables(campaign, conn, answers.passing)
        journeys = make_journeys(journey_rows(conn))
        quotas = quota_rows(conn)
    counted = count(tables, campaign.settings.scoring)
    scores = score(tables, campaign.settings.scoring, counted)
    quality = find_flags(counted.tally, counted.plan, journeys)
    work = make_fieldwork(campaign, quotas, journeys, evidence or Fieldwork())
    change = None if last_year is None else compare_years(total_rows(scores.estimates), total_rows(last_year))
    about = make_about(campaign, quotas, day_of(now), work)
    report = make_report(scores, tables, about, quality=quality, change=change)
    public = find_public(scores)
    files = make_figures(scores, public) | _working_files(scores, tables, quality, change)
    data = {name: content for name, content in files.items() if name.endswith(".csv")}
    entry = make_entry(campaign, store.folder, answers.digest(), data, index=False)
    files[MANIFEST] = add_entry(out, "score", entry)
    files["report.html"] = report_html(report)
    if word:
        files |= _word_papers(scores, tables, about)
    typeface = find_office_typeface(campaign.settings.typeface, campaign.fonts)
    with setting_in(typeface), unfinished_file(out / "report.pdf") as unfinished:
        write_report_paper(unfinished, report)
    for name, content in files.items():
        write_whole(out / name, content)
    made = 0
    if chosen:
        made = write_pages(campaign, AgencyPages(scores, tables, change), about, chosen, out, progress)
    doubts = sum(row.doubtful for row in quotas)
    return ScoreSummary(int(tables.answers["sheet"].nunique()), doubts, scores, made, public.unchecked)


def make_figures(scores: Scores, public: PublicTables) -> dict[str, bytes]:
    """What follows from rules and answers alone: name -> content, the same bytes on every machine."""
    return {
        "scores.csv": scores_csv(scores),
        "totals.csv": totals_csv(scores),
        "estimates.csv": table_csv(scores.estimates),
        "questions.csv": table_csv(scores.questions),
        "grades.csv": table_csv(scores.chances),
        "groups.csv": public_csv(public),
    }


def _working_files(
    scores: Scores, tables: ScoringTables, quality: Quality, change: pd.DataFrame | None
) -> dict[str, bytes]:
    """The files that need more than the answers, and the workbook, whose bytes hang on the packing library."""
    files = {"quality.csv": quality_csv(quality)}
    if fits_a_book(tables):
        files["scores.xlsx"] = score_workbook(scores, tables)
    if change is not None:
        files["change.csv"] = table_csv(change)
    return files


def _word_papers(scores: Scores, tables: ScoringTables, about: About) -> dict[str, bytes]:
    from aggregation.word_report import annex_docx, report_docx  # python-docx takes half a second to load

    makers = {"annex.docx": annex_docx, "report.docx": report_docx}
    return {name: make(scores, tables, about) for name, make in makers.items()}


def name_flagged(store: Store, campaign: Campaign) -> dict[str, str]:
    """The agencies whose sheets show signs that chance does not explain: agency -> the signs in words."""
    with store.read() as conn:
        tables = read_tables(campaign, conn)
        journeys = make_journeys(journey_rows(conn))
    counted = count(tables, campaign.settings.scoring)
    flagged = flagged_agencies(find_flags(counted.tally, counted.plan, journeys))
    # In one language: they are kept with the draw
    return {agency: "; ".join(text(f"report.sign_{one}", "vi") for one in signs) for agency, signs in flagged.items()}


def _load_estimates(path: Path) -> pd.DataFrame:
    wrong = InputWrong([Problem(path.name, text("report.before_wrong"), text("report.before_wrong_fix"))])
    try:
        # An agency may be called NA: no word stands for an empty field
        codes = dict.fromkeys(("agency", "block", "criterion", "group"), "str")
        table = pd.read_csv(path, encoding="utf-8-sig", dtype=codes, keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise wrong from error
    figures = ["mean_percent", "se"]
    if not {"agency", "block", "criterion", "group", *figures} <= set(table.columns):
        raise wrong
    if not all(pd.api.types.is_numeric_dtype(table[name]) for name in figures) or table.empty:
        raise wrong
    totals = total_rows(table)
    if totals.empty or totals["agency"].duplicated().any():
        raise wrong
    return table


def make_about(campaign: Campaign, quotas: list[QuotaRow], day: datetime.date, work: Fieldwork | None = None) -> About:
    """What papers say of a campaign beside its figures, on a day."""
    settings = campaign.settings
    progress = [(row.agency, row.group, row.target, row.accepted) for row in quotas]
    return About(
        superior=settings.issuer.superior,
        body=settings.issuer.body,
        campaign=settings.name,
        year=settings.assessed_year,
        quota=pd.DataFrame(progress, columns=["agency", "group", "target", "accepted"]),
        document=settings.issuer.document,
        place=settings.issuer.place,
        date=day,
        conflicts=sum(row.conflicts for row in quotas),
        over_quota=sum(row.over_quota for row in quotas),
        own_agency=find_own_rule(campaign),
        unissued=sum(row.unissued for row in quotas),
        struck=sum(row.struck for row in quotas),
        fieldwork=work or Fieldwork(),
    )


def write_answers(store: Store, out: Path) -> int:
    """answers.csv of accepted responses, words.csv of words beside an option, as_above.csv; the rows of answers.csv."""
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
        write_stream(out / "as_above.csv", csv_parts(AsAboveRow._fields, as_above_rows(conn)))
    return count
