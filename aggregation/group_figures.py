"""Two figures of each respondent group that help to read its results, and flag nobody.

Alpha: whether the questions of a sheet go together. Intraclass correlation: how much of the spread between sheets lies
between agencies.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from aggregation.agency_indices import measure_clustering
from aggregation.plan import Plan
from aggregation.quality_sheets import GroupSheets
from aggregation.reliability import measure_reliability
from aggregation.tables import Floats

COLUMNS = ("group", "n", "k", "alpha", "alpha_low", "alpha_high", "icc")


def group_row(sheets: GroupSheets, plan: Plan) -> tuple[object, ...] | None:
    """One row of COLUMNS; None of a matrix, whose sheets are no sample of any one agency.

    n: sheets that answer everything, k: questions.
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
    icc = float("nan") if clustering is None else clustering.icc
    return plan.groups[sheets.group], found.n, found.k, found.alpha, found.low, found.high, icc


def group_table(rows: Iterable[tuple[object, ...] | None]) -> pd.DataFrame:
    """The rows as a table."""
    return pd.DataFrame([row for row in rows if row is not None], columns=list(COLUMNS))
