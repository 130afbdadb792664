"""Where work on a campaign begins: its folder read, its store opened, and the store told what the folder says today."""

from __future__ import annotations

from pathlib import Path

from collector.belonging import check_keys
from collector.folder_swap import finish_swap
from collector.store import Store, open_store
from collector.store.campaigns import sync_campaign
from forms.campaign import Campaign
from forms.folder import load_campaign


def open_campaign(folder: Path) -> tuple[Campaign, Store]:
    """For whatever takes answers in: a target that was raised holds from now on; InputWrong with every problem."""
    finish_swap(folder)
    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    check_keys(store, campaign.settings)
    with store.write() as conn:
        sync_campaign(conn, campaign)
    return campaign, store
