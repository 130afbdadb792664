"""Scores with all that is known of the survey beside them: the recheck's calls, the reader's standing check."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from pathlib import Path

from aggregation.fieldwork import Fieldwork
from collector.recheck.comparing import find_lines
from collector.reports.scores import ScoreSummary, write_scores
from collector.review.reader_account import account_reader, show_account
from collector.store import Store
from forms.campaign import Campaign


def write_results(
    store: Store,
    campaign: Campaign,
    out: Path,
    now: datetime.datetime | None = None,
    before: Path | None = None,
    pages: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    word: bool = False,
) -> ScoreSummary:
    """The files of `phieu score`, all of one moment; see write_scores."""
    with store.at_one_moment() as still:
        evidence = find_evidence(still, campaign)
        return write_scores(still, campaign, out, now, before, evidence, pages, progress, word)


def find_evidence(store: Store, campaign: Campaign, lang: str = "vi") -> Fieldwork:
    """What was found by asking people again and by looking at what was read; empty where nothing was drawn."""
    with store.read() as conn:
        account = account_reader(conn)
    reader = tuple(show_account(account, lang)) if account.bound.looked or account.waiting else ()
    return Fieldwork(lines=tuple(find_lines(store, campaign)), reader=reader)
