"""What belongs together: a campaign's folder, its database, and the keys that lie outside both.

A database knows the id of its campaign and has a name of its own, drawn when it was made. The keys lie in a folder that
is called by the campaign's id, and say in a file which database they serve: a copy of a campaign folder that begins a
database anew has the same id, and would share keys, receipts and the first manager's password with the one copied.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from collector.settings import OWNER, database_url, find_keys_folder, write_secret
from collector.store import Store
from collector.store.engine import CAMPAIGN, STORE, read_names, read_owner
from forms.campaign import Settings
from forms.errors import InputWrong, Problem
from forms.words import text

_SETTINGS = "campaign.yaml"


def check_belonging(folder: Path, settings: Settings) -> list[Problem]:
    """What speaks against a folder's database and keys being its own; makes neither, and a server may be down."""
    known = read_owner(database_url(folder, settings.database))
    if known is None:
        return []
    if known[CAMPAIGN] != settings.id:
        what = text("store.other_campaign", found=known[CAMPAIGN], wanted=settings.id)
        return [Problem(_SETTINGS, what, text("store.other_campaign_fix"))]
    return list(_check_keys(folder, settings.id, known[STORE]))


def check_keys(store: Store, settings: Settings) -> None:
    """InputWrong where the keys of a campaign serve another database, whose folder is still there."""
    problems = list(_check_keys(store.folder, settings.id, _get_name(store)))
    if problems:
        raise InputWrong(problems)


def claim_keys(store: Store, settings: Settings) -> None:
    """Have the keys of a campaign serve this database, before any are made; InputWrong as of check_keys."""
    check_keys(store, settings)
    said = {STORE: _get_name(store), "folder": str(store.folder.resolve())}
    if _read_claim(settings.id) != said:
        write_secret(settings.id, OWNER, json.dumps(said))


def are_keys_free(folder: Path, campaign_id: str) -> bool:
    """Whether a database that begins in this folder may have the keys of this id: no other folder has them."""
    return not any(_check_keys(folder, campaign_id, ""))


def _get_name(store: Store) -> str:
    with store.read() as conn:
        return (read_names(conn) or {}).get(STORE, "")


def _check_keys(folder: Path, campaign_id: str, store: str) -> Iterator[Problem]:
    claim = _read_claim(campaign_id)
    if not claim or claim.get(STORE) == store:
        return
    other = Path(claim.get("folder", ""))
    if other == folder.resolve() or not (other / _SETTINGS).is_file():
        return  # that campaign was begun anew in its place, or is gone from this machine
    keys = find_keys_folder(campaign_id)
    what = text("store.keys_of_other", keys=keys, id=campaign_id, folder=other)
    yield Problem(_SETTINGS, what, text("store.keys_of_other_fix", id=campaign_id))


def _read_claim(campaign_id: str) -> dict[str, str]:
    path = find_keys_folder(campaign_id) / OWNER
    try:
        claim = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return claim if isinstance(claim, dict) else {}
