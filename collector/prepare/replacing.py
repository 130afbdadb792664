"""Files of a campaign replaced from the console: checked as a whole, taken by store and folder together, on record."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from collector.folder_swap import Swap, swap_files
from collector.prepare.arrivals import Arrival, make_swap
from collector.prepare.checking import check_swap
from collector.prepare.shelf import load_shelf
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.clock import store_time
from collector.store.events import record_event
from forms.campaign import Campaign, Settings
from forms.errors import InputWrong, Problem
from forms.words import text

ONE_AT_A_TIME = threading.Lock()


def replace_files(store: Store, settings: Settings, arrivals: Sequence[Arrival], who: str) -> Campaign:
    """Take uploaded files into the folder; gives the campaign as it is then.

    InputWrong with every problem, and nothing written, where the folder would not pass `phieu check` with them, where
    the store has more sheets than the quotas say, or where what is on paper would be printed otherwise.
    """
    if not arrivals:
        raise InputWrong([Problem(text("prepare.files"), text("prepare.no_files"), text("prepare.no_files_fix"))])
    with ONE_AT_A_TIME:
        return take_swap(store, settings, make_swap(load_shelf(store.folder).items, arrivals), who)


def take_swap(store: Store, settings: Settings, swap: Swap, who: str) -> Campaign:
    """replace_files for files that are known by name."""
    campaign = check_swap(store, settings, swap)
    with store.write() as conn:
        sync_campaign(conn, campaign)
        stamp = f"{store_time():%Y%m%d-%H%M%S}"
        former = swap_files(store.folder, swap, stamp)
        record_event(conn, who, "prepare.replace", ", ".join(sorted(swap.put)), former.name)
    return campaign
