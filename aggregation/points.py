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
        self.n_valid = (counts[:, :, :-1] * means.in_mean[:, :-1]).sum(axis=2).tolist()

    def score_criterion(self, agency: int, leaf: int) -> CriterionPoints:
        """The cells of every group that takes part, and the points of the criterion."""
        found = []
        for group in range(len(self.plan.groups)):
            items = self.plan.item_positions.get((leaf, group), ())
            mean = self._mean(agency, items)
            if items and (mean is not None or self.plan.targets.get((agency, group), 0) > 0):
                found.append((group, items, mean))
        whole = sum((self.weights[leaf, group] for group, _, mean in found if self._counts(mean)), Fraction(0))
        cells = []
        for group, items, mean in found:
            weight = self.weights[leaf, group] / whole if whole and self._counts(mean) else Fraction(0)
            valid, blank = (sum(table[agency][item] for item in items) for table in (self.n_valid, self.blanks))
            cells.append(Cell(group, valid, blank, mean, weight))
        share = sum((cell.weight * (cell.mean_percent or 0) for cell in cells), Fraction(0))
        maximum = self.plan.leaves[leaf].maximum
        return CriterionPoints(leaf, tuple(cells), share / 100 * maximum if whole else None)

    def _mean(self, agency: int, items: tuple[int, ...]) -> Fraction | None:
        sizes, sums = self.sizes[agency], self.sums[agency]
        answered = [item for item in items if sizes[item]]
        if not answered:
            return None
        if len(answered) == 1:
            return Fraction(sums[answered[0]], sizes[answered[0]] * self.unit)
        weights = [self.plan.items[item].weight for item in answered]
        means = [Fraction(sums[item], sizes[item] * self.unit) for item in answered]
        return sum((w * m for w, m in zip(weights, means, strict=True)), Fraction(0)) / sum(weights, Fraction(0))

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
