"""Scores of the whole campaign, kept for a little while: a screen says of which moment they are."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from aggregation.quality import Quality, find_flags
from aggregation.scores import Scores, count, score
from aggregation.tables import ScoringTables
from collector.reports.scores import make_journeys, read_tables
from collector.store import Store
from collector.store.journeys import journey_rows
from forms.campaign import Campaign

LASTS = datetime.timedelta(minutes=2)  # scoring a province takes seconds, and people turn pages faster than that
Made = TypeVar("Made")


@dataclass
class _Slot(Generic[Made]):
    """One thing that is dear to make; made by one thread at a time."""

    make: Callable[[Store, Campaign], Made]
    lock: threading.Lock = field(default_factory=threading.Lock)
    kept: tuple[datetime.datetime, Made] | None = None

    def get(self, store: Store, campaign: Campaign, now: datetime.datetime) -> tuple[datetime.datetime, Made]:
        with self.lock:
            if self.kept is None or now - self.kept[0] > LASTS:
                self.kept = now, self.make(store, campaign)
            return self.kept


class ScoreShelf:
    """What a site keeps of its scores, each with the moment (aware, UTC) at which it was made."""

    def __init__(self) -> None:
        self._scores, self._quality = _Slot(_make_scores), _Slot(_make_quality)

    def get_scores(self, store: Store, campaign: Campaign, now: datetime.datetime) -> tuple[datetime.datetime, Scores]:
        """The scores; WorkFailed as aggregation.scores.score."""
        return self._scores.get(store, campaign, now)

    def get_quality(
        self, store: Store, campaign: Campaign, now: datetime.datetime
    ) -> tuple[datetime.datetime, tuple[Quality, ScoringTables]]:
        """The signs of quality, and the tables that they were found in."""
        return self._quality.get(store, campaign, now)


def _make_scores(store: Store, campaign: Campaign) -> Scores:
    with store.read() as conn:
        tables = read_tables(campaign, conn)
    return score(tables, campaign.settings.scoring)


def _make_quality(store: Store, campaign: Campaign) -> tuple[Quality, ScoringTables]:
    with store.read() as conn:
        tables = read_tables(campaign, conn)
        journeys = make_journeys(journey_rows(conn))
    counted = count(tables, campaign.settings.scoring)
    return find_flags(counted.tally, counted.plan, journeys), tables
