"""Freezing a campaign: refused while anything is undecided, recorded in the log, checked against it."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from collector.editions.frozen import (
    Frozen,
    ZippedFiles,
    freeze,
    gather_inputs,
    load_frozen,
    name_edition,
    score_frozen,
    write_frozen,
)
from collector.editions.frozen_results import ANSWERS, dump_answers, has_index, make_results, unpack_folder
from collector.editions.index import write_index
from collector.files import find_abandoned, name_meant, private_file, sync_file
from collector.imports.parts import find_under_way
from collector.reports.results import write_results
from collector.store import Store
from collector.store.answer_columns import ScoringColumns
from collector.store.clock import day_of
from collector.store.editions import EDITIONS, find_edition, list_petitions
from collector.store.events import Filter, find_events, record_event
from collector.store.order import forget_order
from collector.store.quota import quota_rows
from forms.boxes import require_boxes
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.folder import load_campaign
from forms.index_points import load_index
from forms.words import text

ACTION = "freeze"
STEPS = 4  # answers, results, papers, the file
_HASHED = re.compile(r"[0-9a-f]{64}\.zip")
Report = Callable[[int, int], None]
REPORTS = ("report.html", "report.pdf", "quality.csv", "index.html", "index.pdf")


def freeze_campaign(
    store: Store,
    campaign: Campaign,
    out: Path,
    who: str,
    provisional: bool,
    now: datetime.datetime | None = None,
    report: Report = lambda *_: None,
) -> Frozen:
    """Freeze what counts into a file and log its hash; InputWrong where marks or conflicts are open.

    All of it is of one moment: tables and rules as they lie in it, the store as one read saw it.
    `out`: the file, or a folder that is there, in which it is then called after its hash.
    `provisional` freezes all the same and says so in the manifest. Of a closed campaign the store then forgets in
    which order people answered. `report` hears of steps done and in all; whoever stops between two leaves nothing.
    """
    with TemporaryDirectory(prefix="phieu-") as made:
        folder, answers = Path(made) / "folder", Path(made) / ANSWERS
        with store.at_one_moment() as still, still.read() as conn:
            report(0, STEPS)
            open_ = check_freezable(conn, campaign, provisional)
            editions = [kept for code in EDITIONS if (kept := find_edition(conn, code)) is not None]
            inputs = gather_inputs(store.folder, list_petitions(conn), editions)
            unpack_folder(inputs, folder)
            campaign = replace(load_campaign(folder), fonts=campaign.fonts)
            require_boxes(folder)  # an edition leads to the paper too
            with answers.open("wb") as file:
                file.writelines(dump_answers(ScoringColumns(conn)))
            report(1, STEPS)
            with answers.open("rb") as file:
                results = make_results(inputs, file)
            report(2, STEPS)
            reports = _make_reports(still, campaign, folder if has_index(inputs) else None, now)
        report(3, STEPS)
        edition = {"code": editions[-1].code, "digest": editions[-1].digest} if editions else None
        said = {"provisional": provisional, "open": open_, "closed": campaign.settings.closed, "edition": edition}
        files = freeze(campaign, inputs, answers, (results, reports), day_of(now), said)
        digest = name_edition(files)
        path = out / f"{digest}.zip" if out.is_dir() else out
        finish_frozen(store, path)
        with private_file(path) as unfinished:  # it holds every answer
            write_frozen(unfinished, files)
            sync_file(unfinished)
            if campaign.settings.closed and not provisional:
                forget_order(store)
            # Before the file has its name: one that no log knows proves nothing; a name can be given later
            with store.write() as conn:
                record_event(conn, who, ACTION, digest, json.dumps(said, sort_keys=True), now)
    report(STEPS, STEPS)
    return Frozen(ZippedFiles(path))


def finish_frozen(store: Store, path: Path) -> None:
    """Give editions beside a path that were cut off once they were in the log their names; drop what was never whole.

    Dropped is what was to be called as `path` or after its hash; whatever else somebody left there stays.
    """
    for left in find_abandoned(path):
        named = name_meant(left)
        try:
            is_logged = _is_logged(store, load_frozen(left))
        except InputWrong:
            is_logged = False
        if is_logged and not named.exists():
            left.replace(named)
        elif named.name == path.name or _HASHED.fullmatch(named.name):
            left.unlink(missing_ok=True)


def check_freezable(conn: Connection, campaign: Campaign, provisional: bool) -> dict[str, int]:
    """How many marks and conflicts are undecided; InputWrong where that, or an import, stands in the way."""
    if under_way := find_under_way(conn):
        raise InputWrong([under_way])
    quotas = quota_rows(conn)
    open_ = {"doubts": sum(row.doubtful for row in quotas), "conflicts": sum(row.conflicts for row in quotas)}
    if any(open_.values()) and not provisional:
        raise InputWrong([Problem(campaign.settings.id, text("freeze.open", **open_), text("freeze.open_fix"))])
    return open_


def _make_reports(
    store: Store, campaign: Campaign, folder: Path | None, now: datetime.datetime | None
) -> dict[str, bytes]:
    """The papers of the day: the report of the scores, and that of the index where a folder's points are complete."""
    with TemporaryDirectory(prefix="phieu-") as made:
        out = Path(made)
        write_results(store, campaign, out, now, pages=())
        if folder is not None:
            with suppress(InputWrong):
                write_index(store, *load_index(folder), out, now=now)
        return {name: (out / name).read_bytes() for name in REPORTS if (out / name).is_file()}


def check_frozen(store: Store, path: Path) -> tuple[Frozen, bool]:
    """Check a frozen edition's hashes and score it again; the edition, and whether this campaign's log knows it."""
    if not path.exists():
        finish_frozen(store, path)
    frozen = load_frozen(path)
    score_frozen(frozen)
    return frozen, _is_logged(store, frozen)


def _is_logged(store: Store, frozen: Frozen) -> bool:
    with store.read() as conn:
        return any(one.subject == frozen.digest for one in find_events(conn, Filter(action=ACTION)))
