"""An edition of the index, or a frozen one; one is made at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from collector.beside.work import Report, Work
from collector.editions.freezing import freeze_campaign
from collector.editions.frozen_results import has_index
from collector.editions.index import write_index
from collector.settings import DATA
from collector.store import Store, open_store
from forms.campaign import Campaign
from forms.folder import load_campaign
from forms.index_points import load_index

FREEZE = "freeze"


def ask(code: str, provisional: bool = False) -> dict[str, Any]:
    """What the work is asked: the code of an edition, or FREEZE, provisional where that was ticked."""
    return {"code": code, "provisional": provisional}


def frozen_folder(folder: Path) -> Path:
    """Where frozen editions that were made here lie, each called after its hash."""
    return folder / DATA / "frozen"


def do(folder: Path, work: Work, report: Report) -> dict[str, Any]:
    """Gives the `digest` of what was frozen and whether it `lacks_index`, for want of points; of an edition nothing."""
    if work.asked["code"] == FREEZE:
        campaign = load_campaign(folder)
        store = open_store(folder, campaign.settings)
        try:
            return _freeze(store, campaign, work, report)
        finally:
            store.close()
    campaign, points = load_index(folder)
    store, code = open_store(folder, campaign.settings), str(work.asked["code"])
    try:
        write_index(store, campaign, points, None, code, work.who, report=report)
    finally:
        store.close()
    return {}


def _freeze(store: Store, campaign: Campaign, work: Work, report: Report) -> dict[str, Any]:
    out = frozen_folder(store.folder)
    out.mkdir(parents=True, exist_ok=True)
    made = freeze_campaign(store, campaign, out, work.who, work.asked["provisional"], report=report)
    lacks_index = has_index(made.files) and "results/index.csv" not in made.files
    return {"digest": made.digest, "lacks_index": lacks_index}
