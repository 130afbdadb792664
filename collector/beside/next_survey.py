"""Next year's survey, made beside the server."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from collector.accounts.desk import get_account
from collector.beside.work import Report, Work, main
from collector.opening import open_campaign
from collector.prepare.next_server import NextServer, keep_next
from collector.prepare.succession import NextCampaign, make_next


def ask(wish: NextCampaign, account: str) -> dict[str, Any]:
    """What the work is asked, for a person of this account."""
    return {"wish": asdict(wish), "account": account}


def do(folder: Path, work: Work, _report: Report) -> dict[str, Any]:
    """Make its folder; gives where that lies."""
    campaign, store = open_campaign(folder)
    made = make_next(store, campaign, NextCampaign(**work.asked["wish"]), get_account(store, work.asked["account"]))
    keep_next(folder, NextServer(str(made)))
    store.close()
    return {"folder": str(made)}


if __name__ == "__main__":
    main("next_survey")
