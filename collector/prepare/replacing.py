"""Files of a campaign replaced from the console: checked as a whole, taken by store and folder together, on record."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

from collector.folder_swap import Swap, swap_files
from collector.prepare.arrivals import Arrival, make_swap, show_file
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
        swap = make_swap(load_shelf(store.folder).items, arrivals)
        try:
            return take_swap(store, settings, swap, who)
        except InputWrong as wrong:
            raise InputWrong(_as_sent(wrong.problems, swap, arrivals)) from None


def _as_sent(problems: Sequence[Problem], swap: Swap, arrivals: Sequence[Arrival]) -> Iterator[Problem]:
    """Problems at the names that the files have on the sender's machine, where they differ from those in the folder."""
    names = dict(zip(swap.put, map(show_file, arrivals), strict=False)) if len(swap.put) == len(arrivals) else {}
    for problem in problems:
        ours = next((name for name in names if re.match(rf"{re.escape(name)}(?![\w.-])", problem.where)), "")
        where = names.get(ours, "") + problem.where[len(ours) :]
        yield Problem(where, problem.what, problem.fix)


def take_swap(store: Store, settings: Settings, swap: Swap, who: str) -> Campaign:
    """replace_files for files that are known by name."""
    campaign = check_swap(store, settings, swap)
    with store.write() as conn:
        sync_campaign(conn, campaign)
        stamp = f"{store_time():%Y%m%d-%H%M%S}"
        former = swap_files(store.folder, swap, stamp)
        record_event(conn, who, "prepare.replace", ", ".join(sorted(swap.put)), former.name)
    return campaign
