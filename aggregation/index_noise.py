"""How far two years' totals of the index may lie apart by sampling alone: only the survey's points have such an error.

The years' samples are independent: z = change / sqrt(se_now^2 + se_before^2), two-sided and normal, Holm-adjusted over
the agencies of a block, as in aggregation/change.py for the survey's own points.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from aggregation.change import CONFIDENCE, LEVEL, adjust_holm, two_sided
from aggregation.csv_files import csv_bytes
from aggregation.distributions import normal_quantile
from aggregation.index_marks import change_made_up
from aggregation.index_values import AgencyIndex, Index, Noise, Told, Unit
from forms.words import text

CHANGE_COLUMNS = ("agency", "block", "unit", "change", "se", "se_before", "noise", "p", "p_holm", "told", "note")
_PLACES = 6


def weigh_changes(agencies: list[AgencyIndex], unit: Unit) -> list[AgencyIndex]:
    """The agencies of a block, each with its change's noise where both years' errors are known."""
    errors = [_errors(each, unit) for each in agencies]
    gap = np.array([math.nan if each.change is None else float(each.change) for each in agencies])
    se = np.array([math.nan if pair is None else math.hypot(*pair) for pair in errors])
    p = two_sided(gap, se)
    p_holm = adjust_holm(p)
    weighed = []
    for place, (each, pair) in enumerate(zip(agencies, errors, strict=True)):
        if pair is None or math.isnan(p[place]):
            weighed.append(each)
            continue
        sure = p_holm[place] < LEVEL
        half = float(normal_quantile(0.5 + CONFIDENCE / 2)) * float(se[place])
        told: Told = "same" if not sure else "up" if gap[place] > 0 else "down"
        weighed.append(replace(each, noise=Noise(*pair, half, float(p[place]), float(p_holm[place]), told)))
    return weighed


def _errors(each: AgencyIndex, unit: Unit) -> tuple[float, float] | None:
    """This year's and last year's standard error in the block's unit; None where either is not known."""
    if each.se is None or each.change is None or each.previous is None or each.previous.se is None:
        return None
    before = each.previous.maximum or each.maximum
    if unit == "points":
        return each.se, float(each.previous.se)
    return each.se * float(Fraction(100) / each.maximum), float(each.previous.se * 100 / before)


def index_change_csv(index: Index) -> bytes:
    """index-change.csv: one row an agency as in index.csv; `se` of this year's total is next year's `previous.se`.

    se in points, all others in the block's unit (points, or per cent of the maximum); empty where nothing is known.
    `note`: whether the change is made up.
    """
    rows = []
    for block in index.blocks:
        for each in block.agencies:
            change = None if each.change is None else f"{each.change:f}"
            noise = each.noise
            figures = () if noise is None else (noise.se_before, noise.half_width, noise.p, noise.p_holm)
            shown = [_fixed(figure) for figure in figures] or [None] * 4
            note = text("index.mark", "vi") if change_made_up(each) else None
            told = None if noise is None else noise.told
            rows.append((each.agency.code, block.code, block.unit, change, _fixed(each.se), *shown, told, note))
    return csv_bytes(CHANGE_COLUMNS, rows)


def _fixed(value: float | None) -> str | None:
    return None if value is None else f"{value:.{_PLACES}f}"
