"""From the store and the folder's tables to the files of the index, each written whole."""

from __future__ import annotations

import datetime
from pathlib import Path

from aggregation.index import make_index
from aggregation.index_check import Comparison, compare_published
from aggregation.index_files import fields_csv, index_csv, notes_csv
from aggregation.index_page import IndexAbout, make_page
from aggregation.index_paper import write_index_paper
from aggregation.index_report import index_html
from aggregation.index_survey import survey_points
from aggregation.index_values import Index
from aggregation.index_wording import index_method, index_notes
from collector.files import unfinished_file, write_whole
from collector.index_manifest import MANIFEST, AnswerHash, add_entry, index_manifest
from collector.report import make_tables
from collector.store import Store
from collector.store.answers import scoring_rows
from collector.store.clock import day_of
from collector.store.quota import quota_rows
from forms.campaign import Campaign
from forms.fonts import find_office_typeface, setting_in
from forms.index_points import IndexPoints


def compute_index(store: Store, campaign: Campaign, points: IndexPoints) -> tuple[Index, str]:
    """The index of what counts in the store and what the tables give, and the hash of the answers it rests on.

    InputWrong with every problem.
    """
    answers = AnswerHash()
    with store.read() as conn:
        tables = make_tables(campaign, answers.passing(scoring_rows(conn)))
    index = make_index(campaign, survey_points(tables, campaign.settings.scoring), points)
    return index, answers.digest()


def write_index(
    store: Store, campaign: Campaign, points: IndexPoints, out: Path, now: datetime.datetime | None = None
) -> tuple[Index, tuple[Comparison, ...]]:
    """Compute the index and write its files, all made before the first is written; gives it, and what was published."""
    index, answers = compute_index(store, campaign, points)
    comparisons = compare_published(index, points.published)
    with store.read() as conn:
        doubts = sum(row.doubtful for row in quota_rows(conn))
    page = make_page(index, campaign, comparisons, _about(campaign, doubts, day_of(now)))
    said = index_method(index, page.lang), index_notes(index, doubts, page.lang)
    tables = {
        "index.csv": index_csv(index),
        "fields.csv": fields_csv(index, campaign.criteria),
        "index-notes.csv": notes_csv(index),
    }
    entry = index_manifest(campaign, store.folder, answers, tables)
    manifest = out / MANIFEST
    written = manifest.read_bytes() if manifest.is_file() else None
    files = {**tables, "index.html": index_html(page, *said), MANIFEST: add_entry(written, entry)}
    typeface = find_office_typeface(campaign.settings.typeface, campaign.fonts)
    with setting_in(typeface), unfinished_file(out / "index.pdf") as unfinished:
        write_index_paper(unfinished, page, *said)
    for name, content in files.items():
        write_whole(out / name, content)
    return index, comparisons


def _about(campaign: Campaign, doubts: int, day: datetime.date) -> IndexAbout:
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
    )
