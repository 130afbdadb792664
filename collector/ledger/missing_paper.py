"""The list of sheets still out, as a paper to send to each unit: the store's lines brought to the pack's rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from collector.files import unfinished_file
from collector.ledger.missing import MissingLine
from forms.campaign import Campaign
from forms.pack.content import office_of
from forms.pack.missing import MissingRow, write_missing_list


@dataclass(frozen=True)
class MissingPaper:
    """What was written: the sheets on the list, and its pages."""

    sheets: int
    pages: int


def write_missing_paper(
    path: Path, campaign: Campaign, lines: Iterable[MissingLine], as_of: datetime.date
) -> MissingPaper:
    """Write the sheets still out by the unit that took them; what is back and unscanned is no affair of theirs."""
    rows = list_rows(campaign, [line for line in lines if line.lack == "out"])
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished_file(path) as unfinished:
        pages = write_missing_list(unfinished, office_of(campaign), rows, as_of)
    return MissingPaper(sum(len(row.ordinals) for row in rows), pages)


def list_rows(campaign: Campaign, lines: Iterable[MissingLine]) -> list[MissingRow]:
    """One row a cell and unit, units in the order in which they first appear."""
    names = {agency.code: agency.name for agency in campaign.agencies}
    names |= {collector.code: collector.name for collector in campaign.collectors}
    found: dict[str, dict[tuple[str, str, str, str], list[int]]] = {}
    for line in lines:
        unit = names.get(line.party, line.party) or line.agency_name
        cell = (line.agency, line.agency_name, line.group, line.group_name)
        found.setdefault(unit, {}).setdefault(cell, []).extend(line.ordinals)
    return [
        MissingRow(unit, *cell, tuple(sorted(ordinals)))
        for unit, cells in found.items()
        for cell, ordinals in cells.items()
    ]
