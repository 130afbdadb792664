"""From the store and the folder's tables to the files of the index, each written whole."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aggregation.index import make_index
from aggregation.index_book import index_workbook
from aggregation.index_changes import Change, changes_csv
from aggregation.index_check import Comparison, compare_published
from aggregation.index_files import fields_csv, index_csv, notes_csv
from aggregation.index_noise import index_change_csv
from aggregation.index_page import IndexAbout, IndexPage, make_page
from aggregation.index_paper import write_index_paper
from aggregation.index_report import index_html
from aggregation.index_survey import survey_points
from aggregation.index_values import Index
from aggregation.index_wording import index_method, index_notes
from collector.editions.making import changes_since, describe_edition, edition_name, keep_with_files
from collector.editions.petitions import apply_decisions
from collector.files import write_whole
from collector.reports.manifest import MANIFEST, AnswerHash, add_entry, make_entry
from collector.reports.scores import read_tables
from collector.store import Store
from collector.store.clock import day_of
from collector.store.editions import list_petitions
from collector.store.quota import quota_rows
from forms.campaign import Campaign
from forms.fonts import find_office_typeface, setting_in
from forms.index_points import IndexPoints

STEPS = 4  # points, tables, paper, the files
Report = Callable[[int, int], None]


def compute_index(store: Store, campaign: Campaign, points: IndexPoints) -> tuple[Index, str]:
    """The index of what counts in the store and what the tables give, and the hash of the answers it rests on.

    InputWrong with every problem.
    """
    answers = AnswerHash()
    with store.read() as conn:
        tables = read_tables(campaign, conn, answers.passing)
    index = make_index(campaign, survey_points(tables, campaign.settings.scoring), points)
    return index, answers.digest()


@dataclass(frozen=True)
class IndexSummary:
    """What was written: the index, what was published beside it, and what differs from the edition before."""

    index: Index
    comparisons: tuple[Comparison, ...]
    changes: tuple[Change, ...] | None


def write_index(
    store: Store,
    campaign: Campaign,
    points: IndexPoints,
    out: Path | None,
    edition: str | None = None,
    who: str = "",
    now: datetime.datetime | None = None,
    *,
    word: bool = False,
    report: Report = lambda *_: None,
) -> IndexSummary:
    """Compute the index, petitions' decisions among its points, and write its files, all made before the first.

    With `edition` it is kept as one with its files (edition_folder), and what differs from the edition before stands in
    changes.csv and the report; `out` None: there alone.
    `word`: the public annex as a Word file too. `report` hears of steps; whoever stops between two leaves nothing.
    """
    report(0, STEPS)
    with store.at_one_moment() as still:
        with still.read() as conn:
            petitions = list_petitions(conn)
            doubts = sum(row.doubtful for row in quota_rows(conn))
        index, answers = compute_index(still, campaign, apply_decisions(campaign, points, petitions))
        changes = None if edition is None else changes_since(still, index, edition, petitions)
    report(1, STEPS)
    comparisons = compare_published(index, points.published)
    page = make_page(index, campaign, comparisons, _about(campaign, doubts, edition, day_of(now)), changes)
    said = index_method(index, page.lang), index_notes(index, doubts, page.lang, comparisons)
    tables = make_index_tables(index, campaign)
    made = None if edition is None else describe_edition(index, edition, tables)
    differing = {} if changes is None else {"changes.csv": changes_csv(changes)}
    tables |= {"index-change.csv": index_change_csv(index), **differing}
    report(2, STEPS)
    files = {
        **tables,
        "index.xlsx": index_workbook(index, page, campaign.criteria),
        "index.html": index_html(page, *said),
        "index.pdf": _paper(campaign, page, said),
        **(_word_annex(page) if word else {}),
    }
    report(3, STEPS)
    if made is not None:
        keep_with_files(store, campaign, made, files, petitions, who, now)
    if out is not None:
        _write(out, files, make_entry(campaign, store.folder, answers, tables, index=True))
    report(STEPS, STEPS)
    return IndexSummary(index, comparisons, changes)


def _write(out: Path, files: Mapping[str, bytes], entry: Mapping[str, Any]) -> None:
    for file, content in {**files, MANIFEST: add_entry(out, "index", entry)}.items():
        write_whole(out / file, content)


def make_index_tables(index: Index, campaign: Campaign) -> dict[str, bytes]:
    """The tables that an edition is published as and a frozen one makes again: name -> content."""
    return {
        "index.csv": index_csv(index),
        "fields.csv": fields_csv(index, campaign.criteria),
        "index-notes.csv": notes_csv(index),
    }


def _paper(campaign: Campaign, page: IndexPage, said: tuple[list[str], list[str]]) -> bytes:
    typeface = find_office_typeface(campaign.settings.typeface, campaign.fonts)
    with TemporaryDirectory(prefix="phieu-") as made, setting_in(typeface):
        path = Path(made) / "index.pdf"
        write_index_paper(path, page, *said)
        return path.read_bytes()


def _word_annex(page: IndexPage) -> dict[str, bytes]:
    from aggregation.word_index import index_annex_docx  # python-docx takes half a second to load

    return {"index-annex.docx": index_annex_docx(page)}


def _about(campaign: Campaign, doubts: int, edition: str | None, day: datetime.date) -> IndexAbout:
    settings = campaign.settings
    return IndexAbout(
        superior=settings.issuer.superior,
        body=settings.issuer.body,
        campaign=settings.name,
        year=settings.assessed_year,
        document=settings.issuer.document,
        place=settings.issuer.place,
        date=day,
        doubts=doubts,
        edition="" if edition is None else edition_name(edition, "vi"),
    )
