"""Signs of quality by agency and group: flags, never deletions, each beside what chance alone would raise.

Flags say where to look, by asking people again, and prove nothing; skilled invention raises none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from aggregation.change import adjust_bh
from aggregation.counts import Tally
from aggregation.csv_files import table_csv
from aggregation.group_figures import group_row, group_table
from aggregation.plan import Plan
from aggregation.quality_labels import ALARM, CONTENT, Sign, find_labels, grade_content, weigh_labels
from aggregation.quality_order import find_order
from aggregation.quality_pairs import find_copies, find_homogeneity
from aggregation.quality_sheets import GroupSheets, list_sheets
from aggregation.tables import Bools, Ints

# Of the agencies that flagged_agencies names, one in twenty at most is expected to be there by chance.
FALSE_SHARE = 0.05
FACTS = ("before_handover", "unreleased")
# They are held against sheets or cells as content. Where part of the agencies sit at the top of the scale that goes
# less far than is said: up to this share of honest cells was flagged then (docs/scoring.md, "Signs of quality").
LEANING = (*CONTENT, "near_copies", "homogeneous")
MOST_BY_CHANCE = 0.03
# A tick that the form offers: nothing that asking people again would settle.
NO_DOUBT = ("as_above",)

_COLUMNS = ["agency", "block", "group", "sign", "n", "found", "expected", "p", "p_adjusted", "chance", "flagged"]


@dataclass(frozen=True)
class Quality:
    """What was looked for and found.

    cells: agency, block, group, sign, n (sheets), found, expected (by chance), p, p_adjusted (Benjamini-Hochberg over
    the sign's cells), chance (that honest sheets are flagged), flagged. found and expected are sheets; of near_copies
    pairs; of scan_order the mean likeness of neighbours, 0..1; of homogeneous the standard deviation of sheet means in
    per cent. The facts (before_handover, unreleased) have no p: each sheet is one to be explained.
    summary: sign, cells, flagged, by_chance (flags that chance alone would raise in these cells), by_chance_most (that
    it would raise where part of the agencies sit at the top of the scale).
    groups: group_figures.COLUMNS, one row a group that is asked about one agency a sheet.
    """

    cells: pd.DataFrame
    summary: pd.DataFrame
    groups: pd.DataFrame = field(default_factory=pd.DataFrame)


def find_flags(tally: Tally, plan: Plan, journeys: pd.DataFrame, seed: int = 20250) -> Quality:
    """Every sign in every cell with enough sheets; the same seed gives the same result.

    journeys: columns quality_sheets.JOURNEY, one row a sheet. Order of sheets and agencies does not matter.
    """
    blocks = np.unique(np.array(plan.agency_blocks, dtype=object).astype(str), return_inverse=True)[1]
    found, groups = [], []
    for sheets in list_sheets(tally, plan, journeys):
        rng = np.random.default_rng([seed, sheets.group])
        groups.append(group_row(sheets, plan))
        found += [_rows(sign, plan, sheets.group) for sign in find_signs(sheets, blocks, rng)]
    cells = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=_COLUMNS)
    if len(cells):
        adjusted = cells.groupby("sign", sort=False)["p"].transform(lambda p: adjust_bh(p.to_numpy(dtype=np.float64)))
        cells["p_adjusted"] = adjusted
        is_fact = cells["sign"].isin(FACTS)
        cells["flagged"] = np.where(is_fact, cells["found"] > 0, cells["p"] <= ALARM).astype(np.bool_)
    summary = cells.groupby("sign", sort=False).agg(
        cells=("agency", "size"), flagged=("flagged", "sum"), by_chance=("chance", "sum")
    )
    summary = summary.reset_index()
    most = np.where(summary["sign"].isin(LEANING), MOST_BY_CHANCE * summary["cells"], 0.0)
    summary["by_chance_most"] = np.maximum(most, summary["by_chance"])
    return Quality(cells[_COLUMNS], summary, group_table(groups))


def find_signs(sheets: GroupSheets, blocks: Ints, rng: np.random.Generator) -> Iterator[Sign]:
    """Every sign in the cells of one group; `blocks`[agency]."""
    for name, (looked, borne) in find_labels(sheets).items():
        alike = grade_content(sheets, looked, blocks) if name in CONTENT else None
        yield from weigh_labels(name, looked, borne, sheets.agency, blocks, alike)
    if not sheets.is_matrix:
        for sign in (find_copies(sheets, rng), find_order(sheets, rng), find_homogeneity(sheets, rng)):
            if sign is not None:
                yield sign
    early = sheets.journey["received_day"] < sheets.journey["handed_day"]
    yield _fact("before_handover", early.to_numpy(dtype=np.bool_), sheets.agency)
    yield _fact("unreleased", sheets.journey["unreleased"].to_numpy(dtype=np.bool_), sheets.agency)


def _fact(name: str, borne: Bools, agency: Ints) -> Sign:
    n, found = np.bincount(agency), np.bincount(agency[borne], minlength=int(agency.max()) + 1)
    cells = np.flatnonzero(n)
    nothing = np.zeros(len(cells))
    return Sign(name, cells, n[cells], found[cells].astype(np.float64), nothing, np.full(len(cells), np.nan), nothing)


def _rows(sign: Sign, plan: Plan, group: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "agency": np.array(plan.agencies, dtype=object)[sign.agency],
            "block": np.array(plan.agency_blocks, dtype=object)[sign.agency],
            "group": plan.groups[group],
            "sign": sign.name,
            "n": sign.n,
            "found": sign.found,
            "expected": sign.expected,
            "p": sign.p,
            "chance": sign.chance,
        }
    )


def quality_csv(quality: Quality) -> bytes:
    """quality.csv: every sign in every cell; flagged: "yes" or nothing."""
    return table_csv(quality.cells.assign(flagged=quality.cells["flagged"].map({True: "yes", False: ""})))


def flagged_agencies(quality: Quality) -> dict[str, tuple[str, ...]]:
    """The agencies to ask more people again, and the signs for which: code -> signs.

    Only signs that stand after the adjustment for looking everywhere, and facts; a bare flag is too often chance.
    """
    cells = quality.cells
    sure = (cells["p_adjusted"] <= FALSE_SHARE) | (cells["sign"].isin(FACTS) & (cells["found"] > 0))
    sure &= ~cells["sign"].isin(NO_DOUBT)
    chosen = cells[sure].groupby("agency", sort=False)["sign"].unique()
    return {str(agency): tuple(signs) for agency, signs in chosen.items()}
