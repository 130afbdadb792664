"""From the store to how the survey was held: the counts under the check's three headings, agency by agency."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from aggregation.fieldwork import CheckRow, Fieldwork
from collector.store.quota import QuotaRow
from forms.campaign import Campaign

_SUMMED = {name: name for name in ("target", "handed_out", "by_phone", "accepted", "outstanding", "over_quota")}
_SUMMED |= {name: name for name in ("conflicts", "unissued", "late", "imported", "never_out")}
_SUMMED |= {"returned": "returned_paper"}


def make_fieldwork(
    campaign: Campaign, quotas: Iterable[QuotaRow], journeys: pd.DataFrame, found: Fieldwork
) -> Fieldwork:
    """The counts of every agency that has a quota, beside what the recheck and the reader's check `found`.

    journeys: of sheets that count, as make_journeys gives them.
    """
    sums: dict[str, Counter[str]] = {}
    for row in quotas:
        own = sums.setdefault(row.agency, Counter())
        own.update({name: getattr(row, column) for name, column in _SUMMED.items()})
        own["short"] += max(row.target - row.accepted, 0)
    planned = next(((phase.first, phase.last) for phase in campaign.settings.phases if phase.code == "collect"), None)
    came = dict(iter(journeys.groupby("agency", observed=True)))
    rows = []
    for agency, own in sums.items():
        counts: dict[str, Any] = dict(own)
        rows.append(CheckRow(agency, **counts, **_came_in(came[agency], planned) if agency in came else {}))
    return replace(found, rows=tuple(rows), planned=planned)


def _came_in(sheets: pd.DataFrame, planned: tuple[datetime.date, datetime.date] | None) -> dict[str, Any]:
    day = sheets["received_day"]
    low, high = (day.min(), day.max()) if planned is None else (one.toordinal() for one in planned)
    return {
        "first": datetime.date.fromordinal(int(day.min())),
        "last": datetime.date.fromordinal(int(day.max())),
        "early": int((day < sheets["handed_day"]).sum()),
        "unreleased": int(sheets["unreleased"].sum()),
        "outside": int(((day < low) | (day > high)).sum()),
    }
