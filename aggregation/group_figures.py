"""Three figures of each respondent group that help to read its results, and flag nobody.

Alpha: whether the questions of a sheet go together. Intraclass correlation: how much of the spread between sheets lies
between agencies. Chi-square: how many answers' distributions differ from those of all other agencies.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from aggregation.agency_indices import contrast_agencies, measure_clustering
from aggregation.plan import Plan
from aggregation.quality_sheets import GroupSheets
from aggregation.reliability import measure_reliability
from aggregation.tables import Floats

COLUMNS = ("group", "n", "k", "alpha", "alpha_low", "alpha_high", "icc", "compared", "differing")
LEVEL = 0.01


def group_row(sheets: GroupSheets, plan: Plan) -> tuple[object, ...] | None:
    """One row of COLUMNS; None of a matrix, whose sheets are no sample of any one agency.

    n: sheets that answer everything, k: questions. compared: pairs of agency and question; differing: those with
    p <= 1 %.
    """
    if sheets.is_matrix:
        return None
    own = [item for item in plan.items if item.group == sheets.group]
    worth = np.full((len(own), max(len(item.percents) for item in own) + 1), np.nan)
    for place, item in enumerate(own):
        worth[place, 1 : len(item.percents) + 1] = [np.nan if each is None else float(each) for each in item.percents]
    values: Floats = worth[np.arange(len(own)), sheets.levels]
    found = measure_reliability(values)
    known = ~np.isnan(sheets.mean_percent)
    clustering = measure_clustering(sheets.mean_percent[known], sheets.agency[known]) if known.any() else None
    compared, differing = _contrasts(sheets, worth)
    icc = float("nan") if clustering is None else clustering.icc
    return plan.groups[sheets.group], found.n, found.k, found.alpha, found.low, found.high, icc, compared, differing


def _contrasts(sheets: GroupSheets, worth: Floats) -> tuple[int, int]:
    places = np.unique(sheets.agency, return_inverse=True)[1]
    compared = differing = 0
    for question in range(sheets.levels.shape[1]):
        level = sheets.levels[:, question].astype(np.int64)
        said = ~np.isnan(worth[question, level])
        counts = np.zeros((places.max() + 1, worth.shape[1]), dtype=np.int64)
        np.add.at(counts, (places[said], level[said]), 1)
        answered = counts.sum(axis=1) > 0
        found = contrast_agencies(counts)
        tested = answered & (found.freedom > 0)
        compared += int(tested.sum())
        differing += int((found.p[tested] <= LEVEL).sum())
    return compared, differing


def group_table(rows: Iterable[tuple[object, ...] | None]) -> pd.DataFrame:
    """The rows as a table."""
    return pd.DataFrame([row for row in rows if row is not None], columns=list(COLUMNS))
