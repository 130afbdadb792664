"""Freezing a campaign: refused while anything is undecided, recorded in the log, checked against it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from collector.files import write_whole
from collector.frozen import Frozen, dump_frozen, freeze, gather_inputs, load_frozen, score_frozen
from collector.frozen_results import has_index
from collector.import_parts import find_under_way
from collector.index import write_index
from collector.results import write_results
from collector.store import Store
from collector.store.answer_columns import ScoringColumns
from collector.store.clock import day_of
from collector.store.editions import EDITIONS, find_edition, list_petitions
from collector.store.events import Filter, find_events, record_event
from collector.store.order import forget_order
from collector.store.quota import quota_rows
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.index_points import load_index
from forms.words import text

ACTION = "freeze"
REPORTS = ("report.html", "report.pdf", "quality.csv", "index.html", "index.pdf")


def freeze_campaign(
    store: Store, campaign: Campaign, out: Path, who: str, provisional: bool, now: datetime.datetime | None = None
) -> Frozen:
    """Freeze what counts into a file and log its hash; InputWrong where marks or conflicts are open.

    `out`: the file, or a folder that is there, in which it is then called after its hash.
    `provisional` freezes all the same and says so in the manifest. Of a closed campaign the store then forgets in
    which order people answered.
    """
    with store.read() as conn:
        if under_way := find_under_way(conn):
            raise InputWrong([under_way])
        quotas = quota_rows(conn)
        open_ = {
            "doubts": sum(row.doubtful for row in quotas),
            "conflicts": sum(row.conflicts for row in quotas),
        }
        if any(open_.values()) and not provisional:
            problem = Problem(campaign.settings.id, text("freeze.open", **open_), text("freeze.open_fix"))
            raise InputWrong([problem])
        editions = [kept for code in EDITIONS if (kept := find_edition(conn, code)) is not None]
        petitions = list_petitions(conn)
        inputs = gather_inputs(store.folder, ScoringColumns(conn), petitions, editions)
    edition = {"code": editions[-1].code, "digest": editions[-1].digest} if editions else None
    said = {"provisional": provisional, "open": open_, "closed": campaign.settings.closed, "edition": edition}
    frozen = freeze(campaign, inputs, _make_reports(store, campaign, inputs, now), day_of(now), said)
    write_whole(out / f"{frozen.digest}.zip" if out.is_dir() else out, dump_frozen(frozen))
    with store.write() as conn:
        record_event(conn, who, ACTION, frozen.digest, json.dumps(said, sort_keys=True), now)
    if campaign.settings.closed and not provisional:
        forget_order(store)
    return frozen


def _make_reports(
    store: Store, campaign: Campaign, inputs: Iterable[str], now: datetime.datetime | None
) -> dict[str, bytes]:
    """The papers of the day: the report of the scores, and that of the index where its points are complete."""
    with TemporaryDirectory(prefix="phieu-") as made:
        out = Path(made)
        write_results(store, campaign, out, now, pages=())
        if has_index(inputs):
            with suppress(InputWrong):
                write_index(store, *load_index(store.folder), out, now=now)
        return {name: (out / name).read_bytes() for name in REPORTS if (out / name).is_file()}


def check_frozen(store: Store, path: Path) -> tuple[Frozen, bool]:
    """Check a frozen edition's hashes and score it again; the edition, and whether this campaign's log knows it."""
    frozen = load_frozen(path)
    score_frozen(frozen)
    with store.read() as conn:
        known = any(one.subject == frozen.digest for one in find_events(conn, Filter(action=ACTION)))
    return frozen, known
