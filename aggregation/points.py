"""Points, exactly: from the counts to the points of every group, criterion and agency, in fractions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from aggregation.plan import Plan
from aggregation.rounding import half_up
from aggregation.tables import Bools, Floats, Ints
from forms.errors import WorkFailed
from forms.rules import Scoring
from forms.words import text

_NONE = Fraction(0)


@dataclass(frozen=True)
class Means:
    """What every item's answers average to: sums[agency, item] / sizes[agency, item] / unit is the mean per cent.

    percents[item, option] and in_mean[item, option]: what one answer is worth in per cent, and whether it counts.
    """

    sums: Ints
    sizes: Ints
    unit: int
    percents: Floats
    in_mean: Bools


@dataclass(frozen=True)
class Cell:
    """One group in one criterion of one agency; `weight`: its share of the criterion's points, 0 where it has none."""

    group: int
    n_valid: int
    n_blank: int
    mean_percent: Fraction | None
    weight: Fraction


@dataclass(frozen=True)
class CriterionPoints:
    """One criterion of one agency; `points` None: nobody answered it, it is left out."""

    leaf: int
    cells: tuple[Cell, ...]
    points: Fraction | None


@dataclass(frozen=True)
class AgencyPoints:
    """One agency: `scale` shares the points of criteria that are left out among the others, `exact` is unrounded."""

    criteria: tuple[CriterionPoints, ...]
    scale: Fraction
    exact: Fraction | None
    published: Decimal | None


@dataclass(frozen=True)
class CellTable:
    """All cells as arrays [agency, criterion, group]: mean per cent (NaN: none) and weight; `scale` by agency."""

    mean: Floats
    weight: Floats
    scale: Floats


def tabulate(points: list[AgencyPoints], plan: Plan) -> CellTable:
    """The cells of exact points as floats, for what is not exact anyway."""
    shape = len(plan.agencies), len(plan.leaves), len(plan.groups)
    mean, weight = np.full(shape, np.nan), np.zeros(shape)
    for agency, each in enumerate(points):
        for criterion in each.criteria:
            for cell in criterion.cells:
                if cell.mean_percent is not None:
                    top, bottom = cell.mean_percent.as_integer_ratio()
                    mean[agency, criterion.leaf, cell.group] = top / bottom
                if cell.weight:
                    top, bottom = cell.weight.as_integer_ratio()
                    weight[agency, criterion.leaf, cell.group] = top / bottom
    return CellTable(mean, weight, np.array([float(each.scale) for each in points]))


def average(counts: Ints, plan: Plan, rules: Scoring) -> Means:
    """The means of all items; the blanks in them where the rules say that a blank is the lowest level."""
    known = [[percent for percent in item.percents if percent is not None] for item in plan.items]
    unit = math.lcm(1, *(percent.denominator for percents in known for percent in percents))
    whole = np.zeros((len(plan.items), plan.blank_slot + 1), dtype=np.int64)
    in_mean = np.zeros(whole.shape, dtype=np.bool_)
    for position, item in enumerate(plan.items):
        for slot, percent in enumerate(item.percents):
            if percent is not None:
                whole[position, slot], in_mean[position, slot] = int(percent * unit), True
        if rules.blank == "lowest":
            whole[position, -1], in_mean[position, -1] = int(min(known[position]) * unit), True
    return Means((counts * whole).sum(axis=2), (counts * in_mean).sum(axis=2), unit, whole / unit, in_mean)


def score_agencies(counts: Ints, means: Means, plan: Plan, rules: Scoring) -> list[AgencyPoints]:
    """The points of every agency, in the plan's order; WorkFailed naming every empty cell where the rules say stop."""
    weights = {
        (leaf, group): Fraction(rules.group_weight(plan.leaves[leaf].code, plan.groups[group]))
        for leaf, group in plan.item_positions
    }
    counting = _Counting(counts, means, plan, rules, weights)
    criteria = [
        [counting.score_criterion(agency, leaf) for leaf in plan.leaves_of(agency)]
        for agency in range(len(plan.agencies))
    ]
    if rules.empty_group == "stop":
        _refuse_empty(criteria, plan, weights)
    return [_add_up(points, plan, agency, rules) for agency, points in enumerate(criteria)]


class _Counting:
    """The exact arithmetic of one criterion in one agency, over plain Python numbers."""

    def __init__(
        self, counts: Ints, means: Means, plan: Plan, rules: Scoring, weights: dict[tuple[int, int], Fraction]
    ) -> None:
        self.plan, self.rules, self.weights, self.unit = plan, rules, weights, means.unit
        self.sums, self.sizes = means.sums.tolist(), means.sizes.tolist()
        self.blanks = counts[:, :, -1].tolist()
        # Only the weights' proportions matter: as whole numbers over their common denominator.
        common = math.lcm(1, *(item.weight.denominator for item in plan.items))
        self.item_weights = [int(item.weight * common) for item in plan.items]
        self.shares: dict[tuple[int, tuple[int, ...]], dict[int, Fraction]] = {}
        self.n_valid = (counts[:, :, :-1] * means.in_mean[:, :-1]).sum(axis=2).tolist()

    def score_criterion(self, agency: int, leaf: int) -> CriterionPoints:
        """The cells of every group that takes part, and the points of the criterion."""
        found = []
        for group in range(len(self.plan.groups)):
            items = self.plan.item_positions.get((leaf, group), ())
            mean = self._mean(agency, items)
            if items and (mean is not None or self.plan.targets.get((agency, group), 0) > 0):
                found.append((group, items, mean))
        counting = tuple(group for group, _, mean in found if self._counts(mean))
        shares = self._share(leaf, counting)
        cells = []
        for group, items, mean in found:
            valid, blank = (sum([table[agency][item] for item in items]) for table in (self.n_valid, self.blanks))
            cells.append(Cell(group, valid, blank, mean, shares.get(group, _NONE)))
        return CriterionPoints(leaf, tuple(cells), self._weigh(leaf, cells) if shares else None)

    def _share(self, leaf: int, groups: tuple[int, ...]) -> dict[int, Fraction]:
        """Each group's share of a criterion among those that count; none where their weights are all 0."""
        if (leaf, groups) not in self.shares:
            whole = sum((self.weights[leaf, group] for group in groups), _NONE)
            self.shares[leaf, groups] = {group: self.weights[leaf, group] / whole for group in groups} if whole else {}
        return self.shares[leaf, groups]

    def _weigh(self, leaf: int, cells: list[Cell]) -> Fraction:
        """The criterion's points. Whole numbers throughout: a fraction in lowest terms only at the end, for speed."""
        top, bottom = 0, 1
        for cell in cells:
            if cell.mean_percent is not None and cell.weight:
                over = cell.weight.denominator * cell.mean_percent.denominator
                top = top * over + cell.weight.numerator * cell.mean_percent.numerator * bottom
                bottom *= over
        maximum = self.plan.leaves[leaf].maximum
        return Fraction(top * maximum.numerator, bottom * maximum.denominator * 100)

    def _mean(self, agency: int, items: tuple[int, ...]) -> Fraction | None:
        sizes, sums = self.sizes[agency], self.sums[agency]
        top, bottom, weight = 0, 1, 0
        for item in items:
            size = sizes[item]
            if size:
                each = self.item_weights[item]
                top, bottom, weight = top * size + each * sums[item] * bottom, bottom * size, weight + each
        return Fraction(top, bottom * weight * self.unit) if weight else None

    def _counts(self, mean: Fraction | None) -> bool:
        return mean is not None or self.rules.empty_group == "zero"


def _refuse_empty(criteria: list[list[CriterionPoints]], plan: Plan, weights: dict[tuple[int, int], Fraction]) -> None:
    empty: dict[tuple[int, int], list[str]] = {}
    for agency, scored in enumerate(criteria):
        for criterion in scored:
            for cell in criterion.cells:
                if cell.mean_percent is None and weights[criterion.leaf, cell.group]:
                    empty.setdefault((agency, cell.group), []).append(plan.leaves[criterion.leaf].code)
    if empty:
        cells = [f"{plan.agencies[a]}/{plan.groups[g]} ({', '.join(codes)})" for (a, g), codes in empty.items()]
        raise WorkFailed(text("report.stopped", cells="; ".join(cells)))


def _add_up(criteria: list[CriterionPoints], plan: Plan, agency: int, rules: Scoring) -> AgencyPoints:
    scored = [criterion for criterion in criteria if criterion.points is not None]
    reached = sum((plan.leaves[criterion.leaf].maximum for criterion in scored), Fraction(0))
    heard = any(cell.weight and cell.mean_percent is not None for criterion in scored for cell in criterion.cells)
    if not reached or not heard:
        left_out = tuple(CriterionPoints(criterion.leaf, criterion.cells, None) for criterion in criteria)
        return AgencyPoints(left_out, Fraction(1), None, None)
    scale = plan.maximum(plan.agency_blocks[agency]) / reached
    points = [criterion.points for criterion in scored if criterion.points is not None]
    total = sum(points, Fraction(0)) * scale
    shown = total
    if rules.rounding.at == "criterion":
        shown = sum((Fraction(half_up(each, rules.rounding.places)) for each in points), Fraction(0)) * scale
    return AgencyPoints(tuple(criteria), scale, total, half_up(shown, rules.rounding.places))
