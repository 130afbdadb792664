"""A clerk at the store, who hands sheets over and takes them back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

import pytest

from collector.ledger.acts import ReturnedAs, hand_over, take_back
from collector.ledger.holding import Done, Note
from collector.ledger.mistakes import Undone, put_right
from collector.ledger.naming import Named
from collector.ledger.reserves import Released, release_reserves
from collector.ledger.voiding import void_sheets
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.quota import QuotaRow, quota_rows
from collector.store.sheets import Sheet, list_sheets
from forms.campaign import Campaign

OUT = datetime.date(2014, 3, 20)
BACK = datetime.date(2014, 3, 28)


@dataclass
class Clerk:
    """Somebody who records what happens to sheets."""

    store: Store
    campaign: Campaign

    def named(self, *names: str, agency: str = "", group: str = "") -> Named:
        return Named(names, agency, group)

    def give(self, *names: str, to: str = "", day: datetime.date = OUT, letter: str = "", **cell: str) -> Done:
        return hand_over(self.store, self.campaign, Named(names, **cell), to, Note("lan", day, letter))

    def take(
        self, *names: str, state: ReturnedAs = "returned", day: datetime.date = BACK, letter: str = "", **cell: str
    ) -> Done:
        return take_back(self.store, self.campaign, Named(names, **cell), state, Note("minh", day, letter))

    def void(self, *names: str, why: str = "in hỏng", who: str = "lan") -> Done:
        return void_sheets(self.store, self.campaign, Named(names), Note(who, BACK, note=why))

    def release(self, *names: str, **cell: str) -> Released:
        return release_reserves(self.store, self.campaign, Named(names, **cell), Note("lan", BACK))

    def correct(self, *names: str, what: Undone, why: str = "ghi nhầm số") -> Done:
        return put_right(self.store, self.campaign, Named(names), what, Note("lan", BACK, note=why))

    def cell(self, agency: str = "HL", group: str = "CD") -> QuotaRow:
        with self.store.read() as conn:
            return next(row for row in quota_rows(conn) if (row.agency, row.group) == (agency, group))

    def sheets(self, agency: str = "HL", group: str = "CD") -> dict[str, Sheet]:
        with self.store.read() as conn:
            return {sheet.number: sheet for sheet in list_sheets(conn, agency, group)}

    def states(self, agency: str = "HL", group: str = "CD") -> list[str]:
        return [sheet.state for sheet in self.sheets(agency, group).values()]

    def set_rules(self, **changed: object) -> Campaign:
        """Change settings of the campaign, or its scoring rule `unissued`, and tell the store."""
        settings = self.campaign.settings
        if "unissued" in changed:
            changed["scoring"] = settings.scoring.model_copy(update={"unissued": changed.pop("unissued")})
        self.campaign = replace(self.campaign, settings=settings.model_copy(update=changed))
        with self.store.write() as conn:
            sync_campaign(conn, self.campaign)
        return self.campaign


@pytest.fixture
def clerk(store: Store, campaign: Campaign) -> Clerk:
    """A clerk at the store."""
    return Clerk(store, campaign)
