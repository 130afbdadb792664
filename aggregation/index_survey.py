"""The survey's part of the index: points of every survey criterion of every agency, exact, and their error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from aggregation.counts import Tally, count_answers
from aggregation.influence import agency_levers, find_influences, sample_groups
from aggregation.plan import Plan, make_plan
from aggregation.points import AgencyPoints, Means, average, score_agencies, tabulate
from aggregation.tables import ScoringTables
from aggregation.totals import heard_parts
from forms.rules import Scoring


@dataclass(frozen=True)
class SurveyPoints:
    """Points by (agency, criterion), before the maximum of criteria that nobody answered goes to the others.

    `left_out`: those criteria, of agencies that have a valid sheet. `se`: the standard error of the sum of an agency's
    points, without a finite population correction, as years are compared with it; no entry where it is not known.
    `too_few`: agencies with points from fewer valid sheets than the rules rank from; `veiled`: than they show from too.
    """

    points: dict[tuple[str, str], Fraction]
    left_out: frozenset[tuple[str, str]]
    se: dict[str, float]
    too_few: frozenset[str]
    veiled: frozenset[str]


def survey_points(tables: ScoringTables, rules: Scoring) -> SurveyPoints:
    """The points of all survey criteria; agencies without a valid sheet are in neither."""
    plan = make_plan(tables)
    tally = count_answers(tables, plan, rules)
    means = average(tally.counts, plan, rules)
    scored = score_agencies(tally.counts, means, plan, rules)
    points: dict[tuple[str, str], Fraction] = {}
    left_out = set()
    for agency, each in zip(plan.agencies, scored, strict=True):
        for criterion in each.criteria if each.exact is not None else ():
            key = agency, plan.leaves[criterion.leaf].code
            if criterion.points is None:
                left_out.add(key)
            else:
                points[key] = criterion.points
    heard = heard_parts(tally, means, plan, rules)
    few, veiled = (
        frozenset(code for code, n in zip(plan.agencies, heard, strict=True) if 0 < n < least)
        for least in (rules.rank_from.n_valid, max(rules.rank_from.n_valid, rules.show_from))
    )
    errors = _errors(tally, means, scored, plan, rules)
    return SurveyPoints(points, frozenset(left_out), errors, few, veiled)


def _errors(tally: Tally, means: Means, scored: list[AgencyPoints], plan: Plan, rules: Scoring) -> dict[str, float]:
    cells = tabulate(scored, plan)
    levers = agency_levers(replace(cells, scale=np.ones_like(cells.scale)), plan)
    samples = sample_groups(find_influences(tally, means, plan), levers, plan, rules.small_cell.pool_below)
    variance = sum((sample.variance for sample in samples), np.zeros(len(plan.agencies)))
    known = [place for place, each in enumerate(scored) if each.exact is not None and not np.isnan(variance[place])]
    return {plan.agencies[place]: float(np.sqrt(variance[place])) for place in known}
