"""Freezing a campaign: refused while anything is undecided, recorded in the log, checked against it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

from collector.files import write_whole
from collector.frozen import Frozen, dump_frozen, freeze, load_frozen, score_frozen
from collector.store import Store
from collector.store.answers import scoring_rows
from collector.store.clock import day_of
from collector.store.editions import EDITIONS, find_edition
from collector.store.events import list_events, record_event
from collector.store.order import forget_order
from collector.store.quota import quota_rows
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.words import text

ACTION = "freeze"


def freeze_campaign(
    store: Store, campaign: Campaign, out: Path, who: str, provisional: bool, now: datetime.datetime | None = None
) -> Frozen:
    """Freeze what counts into a file and log its hash; InputWrong where marks or conflicts are open.

    `provisional` freezes all the same and says so in the manifest. Of a closed campaign the store then forgets in
    which order people answered.
    """
    with store.read() as conn:
        quotas = quota_rows(conn)
        open_ = {
            "doubts": sum(row.doubtful for row in quotas),
            "conflicts": sum(row.conflicts for row in quotas),
        }
        if any(open_.values()) and not provisional:
            problem = Problem(campaign.settings.id, text("freeze.open", **open_), text("freeze.open_fix"))
            raise InputWrong([problem])
        made = [(code, kept) for code in EDITIONS if (kept := find_edition(conn, code)) is not None]
        edition = {"code": made[-1][0], "digest": made[-1][1].digest} if made else None
        said = {"provisional": provisional, "open": open_, "closed": campaign.settings.closed, "edition": edition}
        frozen = freeze(store.folder, campaign, scoring_rows(conn), day_of(now), said)
    write_whole(out, dump_frozen(frozen))
    with store.write() as conn:
        record_event(conn, who, ACTION, frozen.digest, json.dumps(said, sort_keys=True), now)
    if campaign.settings.closed and not provisional:
        forget_order(store)
    return frozen


def check_frozen(store: Store, path: Path) -> tuple[Frozen, bool]:
    """Check a frozen edition's hashes and score it again; the edition, and whether this campaign's log knows it."""
    frozen = load_frozen(path)
    score_frozen(frozen)
    with store.read() as conn:
        known = any(one.subject == frozen.digest for one in list_events(conn, ACTION))
    return frozen, known
