"""From the store and the folder's tables to the files of the index, each written whole."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from aggregation.index import make_index
from aggregation.index_files import fields_csv, index_csv, notes_csv
from aggregation.index_survey import survey_points
from aggregation.index_values import Index
from collector.files import write_whole
from collector.report import make_tables
from collector.store import Store
from collector.store.answers import scoring_rows
from collector.store.clock import day_of
from collector.store.quota import quota_rows
from forms.campaign import Campaign
from forms.index_points import IndexPoints


def compute_index(store: Store, campaign: Campaign, points: IndexPoints) -> Index:
    """The index of what counts in the store and what the tables give; InputWrong with every problem."""
    with store.read() as conn:
        tables = make_tables(campaign, scoring_rows(conn))
    return make_index(campaign, survey_points(tables, campaign.settings.scoring), points)


def write_index(
    store: Store, campaign: Campaign, points: IndexPoints, out: Path, now: datetime.datetime | None = None
) -> Index:
    """Compute the index and write its files; all are made before the first is written."""
    index = compute_index(store, campaign, points)
    for name, content in _make_files(store, campaign, index, day_of(now)).items():
        write_whole(out / name, content)
    return index


def _make_files(store: Store, campaign: Campaign, index: Index, day: datetime.date) -> Mapping[str, bytes]:
    with store.read() as conn:
        doubts = sum(row.doubtful for row in quota_rows(conn))
    del doubts, day
    return {
        "index.csv": index_csv(index),
        "fields.csv": fields_csv(index, campaign.criteria),
        "index-notes.csv": notes_csv(index),
    }
