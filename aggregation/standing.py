"""What a score's error means for its grade and for its block: the chance of every grade, the share that is no noise."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd

from aggregation.influence import Sample
from aggregation.plan import Plan
from aggregation.points import AgencyPoints
from aggregation.separation import Separation, grade_chances, measure_separation
from aggregation.tables import Floats
from aggregation.totals import Spread
from forms.rules import Scoring


def chance_table(
    spread: Spread, points: list[AgencyPoints], plan: Plan, rules: Scoring, ranked: Collection[str]
) -> pd.DataFrame:
    """Columns agency, block, grade, chance: every grade of every ranked agency; grade "": under every band.

    chance is NaN where the agency's error is unknown.
    """
    names = [band.name for band in sorted(rules.bands, key=lambda band: band.lower, reverse=True)]
    rows = list(_chances(spread, points, plan, rules, names, ranked)) if names else []
    return pd.DataFrame(rows, columns=["agency", "block", "grade", "chance"]).astype({"chance": "float64"})


def _chances(
    spread: Spread, points: list[AgencyPoints], plan: Plan, rules: Scoring, names: list[str], ranked: Collection[str]
) -> Iterator[tuple[str, str, str, float]]:
    lowest = min(band.lower for band in rules.bands)
    for agency, each in enumerate(points):
        if each.exact is None or plan.agencies[agency] not in ranked:
            continue
        block = plan.agency_blocks[agency]
        error = float(spread.se[agency]), float(spread.freedom[agency])
        chances = grade_chances(each, *error, plan.maximum(block), rules.bands, rules.rounding)
        for name, chance in zip([*names, ""], chances, strict=True):
            if name or lowest > 0:
                yield plan.agencies[agency], block, name, chance


def find_separations(samples: list[Sample], points: list[AgencyPoints], plan: Plan) -> dict[str, Separation]:
    """Every block's separation where two agencies have an error; unrounded points, no finite population correction."""
    se = np.sqrt(sum((sample.variance for sample in samples), np.zeros(len(plan.agencies))))
    exact: Floats = np.array([np.nan if each.exact is None else float(each.exact) for each in points])
    blocks, found = np.array(plan.agency_blocks, dtype=object), {}
    for block in dict.fromkeys(plan.agency_blocks):
        inside = blocks == block
        separation = measure_separation(exact[inside], se[inside])
        if separation is not None:
            found[block] = separation
    return found
