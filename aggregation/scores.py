"""The whole of scoring in one walk: tables and rules in; scores, totals, counts and notes out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd

from aggregation.counts import Tally, count_answers
from aggregation.estimates import estimate_table, question_table
from aggregation.influence import agency_levers, find_influences, sample_groups
from aggregation.plan import Plan, make_plan
from aggregation.points import AgencyPoints, CriterionPoints, average, score_agencies, tabulate
from aggregation.rounding import half_up
from aggregation.separation import Separation
from aggregation.standing import chance_table, find_separations
from aggregation.tables import COMBINED, ScoringTables
from aggregation.totals import spread_points, total_table
from forms.rules import Scoring

NoteKind = Literal["no_points", "left_out", "empty_group", "unplanned_group", "no_population", "no_interval", "too_few"]


@dataclass(frozen=True)
class Note:
    """Something a reader of the scores has to know about an agency; criterion or group "" where it concerns none.

    no_points: nothing is valid. left_out: nobody answered the criterion, its points went to the others. empty_group:
    sheets were planned and no answer is valid. unplanned_group: answers without a planned cell, scored all the same.
    no_population: no finite population correction for want of a population. no_interval: too few sheets to know a
    standard error. too_few: fewer valid sheets than the rules rank from, so neither rank nor grade.
    """

    kind: NoteKind
    agency: str
    criterion: str = ""
    group: str = ""


@dataclass(frozen=True)
class Scores:
    """What scoring gives.

    scores: agency, block, criterion, group (COMBINED: all of them), n_valid, n_blank (answers), mean_percent, points.
    totals: agency, block, survey_points, se, ci_low, ci_high, rank, rank_low, rank_high, grade, n_valid (sheets).
    estimates: agency, block, criterion, group, n (sheets), mean_percent, se, ci_low, ci_high (per cent), weight (of the
    group in the agency's points of the criterion); COMBINED as group: all groups together, as criterion: all that the
    group answered; both: the agency's unrounded points in per cent of the maximum.
    questions: agency, block, group, question, criterion, n (sheets), n_valid, n_blank (answers), mean_percent, se,
    ci_low, ci_high (per cent).
    chances: agency, block, grade, chance (0..1), of ranked agencies; separations: by block, where two agencies have a
    known error.
    counts: agency, group, question, option ("": blank), n; what was counted, without empty cells.
    sheets: agency, group, n_sheets, n_valid, n_short (too little answered), n_blank, n_doubtful (answers).
    valid_sheets: sheets valid for at least one agency, each counted once however many agencies it rates.
    maxima: the survey points that an agency of each block can reach; leaf_maxima: the points of each criterion.
    """

    scores: pd.DataFrame
    totals: pd.DataFrame
    estimates: pd.DataFrame
    questions: pd.DataFrame
    chances: pd.DataFrame
    separations: dict[str, Separation]
    counts: pd.DataFrame
    sheets: pd.DataFrame
    valid_sheets: int
    maxima: dict[str, Decimal]
    leaf_maxima: pd.Series
    notes: tuple[Note, ...]
    rules: Scoring


@dataclass(frozen=True)
class Counted:
    """The campaign settled into positions, and its answers counted: what scores and signs of quality start from."""

    plan: Plan
    tally: Tally


def count(tables: ScoringTables, rules: Scoring) -> Counted:
    """The answers counted; InputWrong where the tables name what they do not hold."""
    plan = make_plan(tables)
    return Counted(plan, count_answers(tables, plan, rules))


def score(tables: ScoringTables, rules: Scoring, counted: Counted | None = None) -> Scores:
    """Every agency's points, exact, and their uncertainty; `counted` spares counting again.

    InputWrong where the tables name what they do not hold; WorkFailed for empty cells under `empty_group: stop`.
    """
    counted = counted or count(tables, rules)
    plan, tally = counted.plan, counted.tally
    means = average(tally.counts, plan, rules)
    points = score_agencies(tally.counts, means, plan, rules)
    influences = find_influences(tally, means, plan)
    cells = tabulate(points, plan)
    samples = sample_groups(influences, agency_levers(cells, plan), plan, rules.small_cell.pool_below)
    spread = spread_points(samples, plan, rules)
    totals = total_table(tally, means, samples, spread, points, plan, rules)
    blocks = dict.fromkeys([*tables.blocks["block"].astype(str), *plan.agency_blocks])
    return Scores(
        scores=_score_table(points, plan, rules),
        totals=totals,
        estimates=estimate_table(influences, cells, points, plan, rules),
        questions=question_table(tally, means, influences, plan, rules),
        chances=chance_table(spread, points, plan, rules, set(totals.loc[totals["rank"].notna(), "agency"])),
        separations=find_separations(samples, points, plan),
        counts=_count_table(tally, plan),
        sheets=_sheet_table(tally, plan),
        valid_sheets=len(np.unique(tally.parts.sheet[tally.parts.counted])),
        maxima={block: half_up(plan.maximum(block), 6).normalize() for block in blocks},
        leaf_maxima=pd.Series({leaf.code: float(leaf.maximum) for leaf in plan.leaves}, dtype="float64"),
        notes=tuple(_find_notes(points, totals, plan, rules)),
        rules=rules,
    )


def _score_table(points: list[AgencyPoints], plan: Plan, rules: Scoring) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for agency, each in enumerate(points):
        for criterion in each.criteria:
            leaf = plan.leaves[criterion.leaf]
            place = plan.agencies[agency], plan.agency_blocks[agency], leaf.code
            all_valid = all_blank = 0
            for cell in criterion.cells:
                own = _own_points(cell.mean_percent, leaf.maximum)
                rows.append((*place, plan.groups[cell.group], cell.n_valid, cell.n_blank, *own))
                all_valid, all_blank = all_valid + cell.n_valid, all_blank + cell.n_blank
            rows.append((*place, COMBINED, all_valid, all_blank, *_combined(criterion, plan, rules)))
    names = ["agency", "block", "criterion", "group", "n_valid", "n_blank", "mean_percent", "points"]
    return pd.DataFrame(rows, columns=names).astype({"mean_percent": "float64", "points": "float64"})


def _own_points(mean: Fraction | None, maximum: Fraction) -> tuple[float | None, float | None]:
    """Per cent and points; the quotient of whole numbers is the nearest double to the exact value."""
    if mean is None:
        return None, None
    top, bottom = mean.numerator, mean.denominator
    return top / bottom, top * maximum.numerator / (bottom * maximum.denominator * 100)


def _combined(criterion: CriterionPoints, plan: Plan, rules: Scoring) -> tuple[float | None, float | None]:
    maximum = plan.leaves[criterion.leaf].maximum
    if criterion.points is None:
        return None, None
    at_criterion = rules.rounding.at == "criterion"
    points = half_up(criterion.points, rules.rounding.places) if at_criterion else criterion.points
    return float(criterion.points / maximum * 100) if maximum else None, float(points)


def _count_table(tally: Tally, plan: Plan) -> pd.DataFrame:
    agency, item, slot = np.nonzero(tally.counts)
    options = np.full((len(plan.items), plan.blank_slot + 1), "", dtype=object)
    for position, entry in enumerate(plan.items):
        options[position, : len(entry.options)] = entry.options
    groups = np.array([plan.groups[entry.group] for entry in plan.items], dtype=object)
    questions = np.array([entry.question for entry in plan.items], dtype=object)
    return pd.DataFrame(
        {
            "agency": np.array(plan.agencies, dtype=object)[agency],
            "group": groups[item],
            "question": questions[item],
            "option": options[item, slot],
            "n": tally.counts[agency, item, slot],
        }
    )


def _sheet_table(tally: Tally, plan: Plan) -> pd.DataFrame:
    parts, groups = tally.parts, len(plan.groups)
    cell = parts.agency * groups + parts.group
    size = len(plan.agencies) * groups

    def count(weights: object) -> object:
        return np.bincount(cell, weights=np.asarray(weights, dtype=np.float64), minlength=size).astype(np.int64)

    table = pd.DataFrame(
        {
            "agency": np.repeat(np.array(plan.agencies, dtype=object), groups),
            "group": np.tile(np.array(plan.groups, dtype=object), len(plan.agencies)),
            "n_sheets": count(np.ones(len(cell))),
            "n_valid": count(parts.valid),
            "n_short": count(~parts.valid),
            "n_blank": count(parts.blank),
            "n_doubtful": count(parts.doubtful),
        }
    )
    planned = [(a, g) in plan.targets for a in range(len(plan.agencies)) for g in range(groups)]
    return table[np.array(planned, dtype=np.bool_) | (table["n_sheets"] > 0)].reset_index(drop=True)


def _find_notes(points: list[AgencyPoints], totals: pd.DataFrame, plan: Plan, rules: Scoring) -> list[Note]:
    notes: list[Note] = []
    for agency, code in enumerate(plan.agencies):
        criteria = points[agency].criteria
        if points[agency].published is None:
            notes.append(Note("no_points", code))
            continue
        notes += [Note("left_out", code, plan.leaves[c.leaf].code) for c in criteria if c.points is None]
        for group, name in enumerate(plan.groups):
            cells = [cell for criterion in criteria for cell in criterion.cells if cell.group == group]
            silent = all(cell.mean_percent is None for cell in cells)
            planned = plan.targets.get((agency, group), 0) > 0
            if cells and silent:
                notes.append(Note("empty_group", code, group=name))
            elif cells and not planned:
                notes.append(Note("unplanned_group", code, group=name))
            if cells and not silent and rules.population == "quota" and (agency, group) not in plan.populations:
                notes.append(Note("no_population", code, group=name))
    unknown = totals["survey_points"].notna() & totals["se"].isna()
    notes += [Note("no_interval", code) for code in totals.loc[unknown, "agency"]]
    unranked = totals["survey_points"].notna() & totals["rank"].isna()
    return notes + [Note("too_few", code) for code in totals.loc[unranked, "agency"]]
