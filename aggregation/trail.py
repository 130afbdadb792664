"""One agency's points opened up: criterion, group, question, option, each with the counts that it comes from.

The figures are those of scores.csv, by the same arithmetic over the agency's own answers alone. Knows no sheet but by
its key, no picture and no store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from aggregation.counts import Tally, count_answers
from aggregation.plan import Plan, make_plan
from aggregation.points import Cell, CriterionPoints, Means, average, score_agencies
from aggregation.rounding import half_up
from aggregation.tables import ScoringTables
from forms.errors import NotFound
from forms.rules import Scoring
from forms.words import text


@dataclass(frozen=True)
class OptionCount:
    """How many counted answers chose an option, and what one is worth; percent None: no answer for scoring."""

    option: str
    label: str
    percent: Fraction | None
    n: int


@dataclass(frozen=True)
class QuestionTrail:
    """One question of a group; `mean_percent` None where nobody answered it."""

    question: str
    weight: Fraction
    options: tuple[OptionCount, ...]
    n_blank: int
    mean_percent: Fraction | None

    @property
    def n_valid(self) -> int:
        """Answers that score."""
        return sum(one.n for one in self.options if one.percent is not None)


@dataclass(frozen=True)
class GroupTrail:
    """One group in a criterion: a row of scores.csv, its weight among the groups, and its questions."""

    group: str
    n_valid: int
    n_blank: int
    mean_percent: Fraction | None
    points: Fraction | None
    weight: Fraction
    questions: tuple[QuestionTrail, ...]


@dataclass(frozen=True)
class CriterionTrail:
    """One criterion: the row `*` of scores.csv, and its groups; points None where it was left out."""

    criterion: str
    name: str
    maximum: Fraction
    n_valid: int
    n_blank: int
    points: Fraction | None
    groups: tuple[GroupTrail, ...]
    mean_percent: Fraction | None


@dataclass(frozen=True)
class AgencyTrail:
    """One agency's points. valid_sheets: keys of sheets whose answers about it count; short_sheets: of those that
    answer too little about it to count.
    """

    agency: str
    name: str
    block: str
    criteria: tuple[CriterionTrail, ...]
    scale: Fraction
    exact: Fraction | None
    published: Decimal | None
    maximum: Fraction
    valid_sheets: frozenset[int]
    short_sheets: frozenset[int]

    @property
    def why_left_out(self) -> str:
        """The catalogue's key for a criterion without points: where the agency has none, nothing is shared out."""
        return "trail.none_criterion" if self.published is None else "trail.left_out_criterion"


def narrow_tables(tables: ScoringTables, agency: str) -> ScoringTables:
    """The same tables with one agency in them; NotFound where they have no such agency."""
    if agency not in set(tables.agencies["agency"]):
        known = ", ".join(tables.agencies["agency"].astype(str))
        raise NotFound(text("trail.no_agency", agency=agency, known=known))
    parts = {
        name: table[table["agency"].astype(str) == agency].reset_index(drop=True)
        for name, table in (("agencies", tables.agencies), ("cells", tables.cells), ("answers", tables.answers))
    }
    return replace(tables, **parts)


def trace_points(tables: ScoringTables, rules: Scoring, agency: str) -> AgencyTrail:
    """An agency's points with all that they come from; NotFound, and what aggregation.scores.score raises."""
    own = narrow_tables(tables, agency)
    plan = make_plan(own)
    tally = count_answers(own, plan, rules)
    means = average(tally.counts, plan, rules)
    points = score_agencies(tally.counts, means, plan, rules)[0]
    names = {str(row.criterion): str(row.name) for row in own.criteria.itertuples(index=False)}
    labels = {
        (str(row.group), str(row.question), str(row.option)): str(row.label)
        for row in own.levels.itertuples(index=False)
    }
    opened = _Opened(plan, tally, means, labels)
    valid = tally.parts.valid
    return AgencyTrail(
        agency=agency,
        name=str(own.agencies["name"].iloc[0]),
        block=plan.agency_blocks[0],
        criteria=tuple(opened.criterion(each, names[plan.leaves[each.leaf].code], rules) for each in points.criteria),
        scale=points.scale,
        exact=points.exact,
        published=points.published,
        maximum=plan.maximum(plan.agency_blocks[0]),
        valid_sheets=frozenset(tally.parts.sheet[valid].tolist()),
        short_sheets=frozenset(tally.parts.sheet[~valid].tolist()),
    )


class _Opened:
    """Turns positions into the codes and counts that they stand for."""

    def __init__(self, plan: Plan, tally: Tally, means: Means, labels: dict[tuple[str, str, str], str]) -> None:
        self.plan, self.means, self.labels = plan, means, labels
        self.counts = tally.counts[0].tolist()

    def criterion(self, each: CriterionPoints, name: str, rules: Scoring) -> CriterionTrail:
        """A criterion with its groups; rounded where the rules round criteria, as in scores.csv."""
        leaf = self.plan.leaves[each.leaf]
        points = each.points
        if points is not None and rules.rounding.at == "criterion":
            points = Fraction(half_up(points, rules.rounding.places))
        valid, blank = sum(cell.n_valid for cell in each.cells), sum(cell.n_blank for cell in each.cells)
        groups = tuple(self._group(each.leaf, cell) for cell in each.cells)
        mean = None if each.points is None or not leaf.maximum else each.points / leaf.maximum * 100
        return CriterionTrail(leaf.code, name, leaf.maximum, valid, blank, points, groups, mean)

    def _group(self, leaf: int, cell: Cell) -> GroupTrail:
        mean = cell.mean_percent
        return GroupTrail(
            self.plan.groups[cell.group],
            cell.n_valid,
            cell.n_blank,
            mean,
            None if mean is None else mean / 100 * self.plan.leaves[leaf].maximum,
            cell.weight,
            tuple(self._question(item) for item in self.plan.item_positions[leaf, cell.group]),
        )

    def _question(self, position: int) -> QuestionTrail:
        item, counts = self.plan.items[position], self.counts[position]
        group = self.plan.groups[item.group]
        options = tuple(
            OptionCount(option, self.labels.get((group, item.question, option), option), percent, counts[slot])
            for slot, (option, percent) in enumerate(zip(item.options, item.percents, strict=True))
        )
        size = int(self.means.sizes[0, position])
        mean = Fraction(int(self.means.sums[0, position]), size * self.means.unit) if size else None
        return QuestionTrail(item.question, item.weight, options, counts[-1], mean)
