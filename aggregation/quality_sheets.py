"""The sheets of a group as rows of levels, and how each came in: what the signs of quality are looked for in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aggregation.counts import Tally
from aggregation.plan import Plan
from aggregation.sheet_indices import Levels
from aggregation.tables import Bools, Floats, Ints

# One row a sheet that counts: the cell that it was issued to, how it came in and by which stack of pages. Days are
# numbers, NaN where nothing was recorded; `file` -1 where no page was scanned; `seconds` on the phone. as_above: which
# share of a phone's answers about agencies was given as "the same as the agency above", NaN where no phone was used.
JOURNEY = (
    *("sheet", "agency", "group", "unreleased", "handed_day", "received_day"),
    *("file", "image", "seconds", "as_above"),
)


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
    order, bounds = _order_rows(tally)
    for group in range(len(plan.groups)):
        parts = np.flatnonzero((tally.parts.group == group) & tally.parts.valid)
        if not len(parts):
            continue
        rows = _ranges(bounds[parts], bounds[parts + 1])
        rows = rows if order is None else order[rows]
        sheets, row_of_part = np.unique(tally.parts.sheet[parts], return_inverse=True)
        place = np.full(len(tally.parts.sheet), -1, dtype=np.int64)
        place[parts] = row_of_part
        yield from _group_sheets(tally, plan, group, (sheets, place, rows), percents, known)


def _order_rows(tally: Tally) -> tuple[Ints | None, Ints]:
    """The rows of answers in the order of their parts, None where they lie so already; and where each part begins."""
    part, every = tally.row_part, np.arange(len(tally.parts.sheet) + 1, dtype=tally.row_part.dtype)
    if (part[1:] >= part[:-1]).all():
        return None, np.searchsorted(part, every)
    order = np.argsort(part, kind="stable")
    return order, np.searchsorted(part[order], every)


def _group_sheets(
    tally: Tally, plan: Plan, group: int, where: tuple[Ints, Ints, Ints], percents: Floats, known: pd.DataFrame
) -> Iterator[GroupSheets]:
    sheets, place, rows = where
    slots, items = plan.blank_slot + 1, len(plan.items)
    slot, part = tally.row_slot[rows], tally.row_part[rows]
    option, item = slot % slots, slot // slots % items
    own = [position for position, each in enumerate(plan.items) if each.group == group]
    parts = _distinct(part, len(place))
    rated = np.unique(tally.parts.agency[parts])
    is_matrix = len(parts) > len(sheets)
    column = np.searchsorted(own, np.arange(items))[item]
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


def _distinct(values: NDArray[np.int32], below: int) -> Ints:
    """The sorted distinct values, each of 0..below."""
    there = np.zeros(below, dtype=np.bool_)
    there[values] = True
    return np.flatnonzero(there)


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
