"""The sheets of a group as rows of levels, and how each came in: what the signs of quality are looked for in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aggregation.counts import Tally
from aggregation.plan import Plan
from aggregation.sheet_indices import Levels
from aggregation.tables import Bools, Floats, Ints

# One row a sheet that counts: the cell that it was issued to, how it came in and by which stack of pages. Days are
# numbers, NaN where nothing was recorded; `file` -1 where no page was scanned; `seconds` on the phone.
JOURNEY = ("sheet", "agency", "group", "unreleased", "handed_day", "received_day", "file", "image", "seconds")


@dataclass(frozen=True)
class GroupSheets:
    """The valid sheets of one group, one entry or row each, agencies as positions.

    levels[sheet, question]: 1.. in the order of the questionnaire's levels, 0 for none. mean_percent of the sheet's
    answers, NaN where none has one. A sheet that rates many agencies is one row of all its answers, `agency` whom it
    was issued to; `is_matrix` says so.
    """

    group: int
    is_matrix: bool
    agency: Ints
    levels: Levels
    mean_percent: Floats
    journey: pd.DataFrame

    def pick(self, chosen: Bools) -> GroupSheets:
        """Some of the sheets."""
        journey = self.journey[chosen].reset_index(drop=True)
        return GroupSheets(
            self.group, self.is_matrix, self.agency[chosen], self.levels[chosen], self.mean_percent[chosen], journey
        )


def list_sheets(tally: Tally, plan: Plan, journeys: pd.DataFrame) -> Iterator[GroupSheets]:
    """The sheets of every group that has any; those without a journey have no agency and are left out."""
    percents = _percents(plan)
    codes = {code: place for place, code in enumerate(plan.agencies)}
    known = journeys.assign(place=journeys["agency"].map(codes).astype("float64")).set_index("sheet")
    order = np.argsort(tally.row_part, kind="stable")
    bounds = np.searchsorted(tally.row_part[order], np.arange(len(tally.parts.sheet) + 1))
    for group in range(len(plan.groups)):
        parts = np.flatnonzero((tally.parts.group == group) & tally.parts.valid)
        if not len(parts):
            continue
        rows = order[_ranges(bounds[parts], bounds[parts + 1])]
        sheets, row_of_part = np.unique(tally.parts.sheet[parts], return_inverse=True)
        place = np.full(len(tally.parts.sheet), -1, dtype=np.int64)
        place[parts] = row_of_part
        yield from _group_sheets(tally, plan, group, (sheets, place, rows), percents, known)


def _group_sheets(
    tally: Tally, plan: Plan, group: int, where: tuple[Ints, Ints, Ints], percents: Floats, known: pd.DataFrame
) -> Iterator[GroupSheets]:
    sheets, place, rows = where
    slots, items = plan.blank_slot + 1, len(plan.items)
    slot, part = tally.row_slot[rows], tally.row_part[rows]
    option, item = slot % slots, slot // slots % items
    own = [position for position, each in enumerate(plan.items) if each.group == group]
    rated = np.unique(tally.parts.agency[np.unique(part)])
    is_matrix = len(np.unique(part)) > len(sheets)
    column = np.searchsorted(own, item)
    if is_matrix:
        column = np.searchsorted(rated, tally.parts.agency[part]) * len(own) + column
    levels = np.zeros((len(sheets), len(own) * (len(rated) if is_matrix else 1)), dtype=np.int8)
    levels[place[part], column] = np.where(option == plan.blank_slot, 0, option + 1)
    worth = percents[item, option]
    said = ~np.isnan(worth)
    sums = np.bincount(place[part][said], weights=worth[said], minlength=len(sheets))
    n = np.bincount(place[part][said], minlength=len(sheets))
    mean = np.where(n > 0, sums / np.maximum(n, 1), np.nan)
    journey = known.reindex(sheets)
    there = journey["place"].notna().to_numpy()
    agency = journey["place"].to_numpy()[there].astype(np.int64)
    if there.any():
        yield GroupSheets(group, is_matrix, agency, levels[there], mean[there], journey[there].reset_index())


def _percents(plan: Plan) -> Floats:
    table = np.full((len(plan.items), plan.blank_slot + 1), np.nan)
    for position, item in enumerate(plan.items):
        table[position, : len(item.percents)] = [np.nan if each is None else float(each) for each in item.percents]
    return table


def _ranges(starts: Ints, ends: Ints) -> Ints:
    """All positions of [start, end) one after the other."""
    lengths = ends - starts
    offsets = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return np.asarray(offsets + np.arange(int(lengths.sum())), dtype=np.int64)
