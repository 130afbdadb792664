"""The survey's part of the index, exact: points of every survey criterion of every agency, before any rounding."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from aggregation.counts import count_answers
from aggregation.plan import make_plan
from aggregation.points import average, score_agencies
from aggregation.tables import ScoringTables
from forms.rules import Scoring


@dataclass(frozen=True)
class SurveyPoints:
    """Points by (agency, criterion), before the maximum of criteria that nobody answered goes to the others.

    `left_out`: those criteria, of agencies that have a valid sheet.
    """

    points: dict[tuple[str, str], Fraction]
    left_out: frozenset[tuple[str, str]]


def survey_points(tables: ScoringTables, rules: Scoring) -> SurveyPoints:
    """The points of all survey criteria; agencies without a valid sheet are in neither."""
    plan = make_plan(tables)
    counts = count_answers(tables, plan, rules).counts
    scored = score_agencies(counts, average(counts, plan, rules), plan, rules)
    points: dict[tuple[str, str], Fraction] = {}
    left_out = set()
    for agency, each in zip(plan.agencies, scored, strict=True):
        for criterion in each.criteria if each.exact is not None else ():
            key = agency, plan.leaves[criterion.leaf].code
            if criterion.points is None:
                left_out.add(key)
            else:
                points[key] = criterion.points
    return SurveyPoints(points, frozenset(left_out))
