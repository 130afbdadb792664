"""Change on last year with its noise band: what can be told from two samples, in per cent of each year's maximum.

The years' samples are independent, so z = (now - before) / sqrt(se_now^2 + se_before^2), two-sided and normal; Holm's
adjustment runs over the agencies of a block, as the question asked is "which of them changed?". A finite population
correction belongs to this year's list of respondents; where the rules have one, a change is told apart too easily.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from aggregation.distributions import normal_above, normal_quantile
from aggregation.tables import COMBINED, Floats

CONFIDENCE = 0.95
LEVEL = 0.05

COLUMNS = ["agency", "block", "percent", "before", "change", "se", "noise", "p", "p_holm", "p_bh", "verdict"]


def compare_years(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """One row an agency of `now` in its order, columns COLUMNS.

    now: agency, block, percent, se. before: agency, percent, se. All in per cent of that year's maximum, NaN or no row
    where unknown. `noise`: half width of the 95 % band in which a change says nothing. `verdict`: "up" or "down" where
    the Holm-adjusted p is below 5 %, else "same"; "" where nothing can be said.
    """
    known = before.set_index("agency").reindex(now["agency"])
    table = now[["agency", "block", "percent"]].reset_index(drop=True)
    table["before"] = known["percent"].to_numpy(dtype=np.float64)
    table["change"] = table["percent"] - table["before"]
    errors = now["se"].to_numpy(dtype=np.float64) ** 2 + known["se"].to_numpy(dtype=np.float64) ** 2
    table["se"] = np.where(table["change"].notna(), np.sqrt(errors), np.nan)
    table["noise"] = normal_quantile(0.5 + CONFIDENCE / 2) * table["se"]
    table["p"] = two_sided(table["change"].to_numpy(dtype=np.float64), table["se"].to_numpy(dtype=np.float64))
    for name, adjust in (("p_holm", adjust_holm), ("p_bh", adjust_bh)):
        table[name] = table.groupby("block", sort=False)["p"].transform(lambda p, adjust=adjust: adjust(p.to_numpy()))
    sure, up = table["p_holm"] < LEVEL, table["change"] > 0
    table["verdict"] = np.select([table["p"].isna(), sure & up, sure], ["", "up", "down"], "same")
    return table[COLUMNS]


def total_rows(estimates: pd.DataFrame) -> pd.DataFrame:
    """Of a year's estimates the agencies' totals: agency, block, percent, se."""
    whole = estimates[(estimates["criterion"] == COMBINED) & (estimates["group"] == COMBINED)]
    return whole[["agency", "block", "mean_percent", "se"]].rename(columns={"mean_percent": "percent"})


def two_sided(gap: Floats, se: Floats) -> Floats:
    """The two-sided normal p of gaps; 1 where there is no gap, NaN where gap or error is unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * normal_above(np.abs(gap) / se)
    return np.asarray(np.where((gap == 0) & ~np.isnan(se), 1.0, p), dtype=np.float64)


def adjust_holm(p: Floats) -> Floats:
    """Holm's adjusted p over the known values (family-wise error); NaN stays NaN and counts as no test."""
    adjusted, known = np.full(len(p), np.nan), np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1.0)
    return adjusted


def adjust_bh(p: Floats) -> Floats:
    """Benjamini and Hochberg's adjusted p (false discovery rate); NaN stays NaN and counts as no test."""
    adjusted, known = np.full(len(p), np.nan), np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(-p[known], kind="stable")]
    size = len(order)
    adjusted[order] = np.minimum(np.minimum.accumulate(p[order] * size / np.arange(size, 0, -1)), 1.0)
    return adjusted
