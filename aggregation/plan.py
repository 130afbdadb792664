"""The plan of a scoring: codes settled into positions, numbers into fractions. Knows no answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd

from aggregation.tables import Bools, Floats, ScoringTables
from forms.errors import InputWrong, Problem
from forms.words import text


@dataclass(frozen=True)
class Leaf:
    """A survey criterion without children."""

    code: str
    block: str
    maximum: Fraction


@dataclass(frozen=True)
class Item:
    """A scored question of a group; `percents` stand beside `options`, None: no answer for scoring."""

    group: int
    question: str
    leaf: int
    weight: Fraction
    options: tuple[str, ...]
    percents: tuple[Fraction | None, ...]


@dataclass(frozen=True)
class Plan:
    """Positions and exact numbers of a campaign; `targets` and `populations` by (agency, group)."""

    agencies: tuple[str, ...]
    agency_blocks: tuple[str, ...]
    groups: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    items: tuple[Item, ...]
    targets: dict[tuple[int, int], int]
    populations: dict[tuple[int, int], int]

    @cached_property
    def blank_slot(self) -> int:
        """The position behind every option, where blanks are counted."""
        return max((len(item.options) for item in self.items), default=0)

    @cached_property
    def item_positions(self) -> dict[tuple[int, int], tuple[int, ...]]:
        """The items of a (criterion, group)."""
        found: dict[tuple[int, int], tuple[int, ...]] = {}
        for position, item in enumerate(self.items):
            found[item.leaf, item.group] = (*found.get((item.leaf, item.group), ()), position)
        return found

    @cached_property
    def population(self) -> Floats:
        """How many people could have been asked: [agency, group], NaN where unknown."""
        known = np.full((len(self.agencies), len(self.groups)), np.nan)
        for (agency, group), people in self.populations.items():
            known[agency, group] = people or np.nan
        return known

    def leaves_of(self, agency: int) -> Iterator[int]:
        """The criteria that hold for an agency's block, in the table's order."""
        for position, leaf in enumerate(self.leaves):
            if leaf.block in ("", self.agency_blocks[agency]):
                yield position

    def maximum(self, block: str) -> Fraction:
        """The survey points that an agency of a block can reach."""
        if block not in self._maxima:
            inside = (leaf.maximum for leaf in self.leaves if leaf.block in ("", block))
            self._maxima[block] = sum(inside, Fraction(0))
        return self._maxima[block]

    @cached_property
    def _maxima(self) -> dict[str, Fraction]:
        return {}

    def applies(self) -> Bools:
        """Whether an item counts for an agency: [agency, item]."""
        blocks = np.array(self.agency_blocks, dtype=object)[:, None]
        wanted = np.array([self.leaves[item.leaf].block for item in self.items], dtype=object)[None, :]
        return np.asarray((wanted == "") | (wanted == blocks), dtype=np.bool_)


def exact(value: object) -> Fraction:
    """A number of a table as it is written: Decimal, text, int, or a float by its shortest form."""
    return Fraction(str(value).strip())


def is_missing(value: object) -> bool:
    """Whether a field of a table is empty."""
    return value is None or value == "" or value is pd.NA or value != value


def make_plan(tables: ScoringTables) -> Plan:
    """The plan of the tables; InputWrong with every item that cannot be scored."""
    agencies = tuple(tables.agencies["agency"].astype(str))
    groups = tuple(tables.groups["group"].astype(str))
    leaves = _leaves(tables.criteria)
    items, problems = _items(tables, groups, leaves)
    if problems:
        raise InputWrong(problems)
    targets, populations = _cells(tables.cells, agencies, groups)
    blocks = tuple(tables.agencies["block"].astype(str))
    return Plan(agencies, blocks, groups, leaves, items, targets, populations)


def _leaves(criteria: pd.DataFrame) -> tuple[Leaf, ...]:
    parents = set(criteria["parent"])
    return tuple(
        Leaf(str(row.criterion), "" if is_missing(row.block) else str(row.block), exact(row.max_points))
        for row in criteria.itertuples(index=False)
        if row.source == "survey" and row.criterion not in parents
    )


def _items(
    tables: ScoringTables, groups: tuple[str, ...], leaves: tuple[Leaf, ...]
) -> tuple[tuple[Item, ...], list[Problem]]:
    levels: dict[tuple[str, str], list[tuple[str, Fraction | None]]] = {}
    for row in tables.levels.itertuples(index=False):
        percent = None if is_missing(row.percent) else exact(row.percent)
        levels.setdefault((str(row.group), str(row.question)), []).append((str(row.option), percent))
    positions = {leaf.code: position for position, leaf in enumerate(leaves)}
    items, problems = [], []
    for row in tables.items.itertuples(index=False):
        where = f"{row.group}/{row.question}"
        known = levels.get((str(row.group), str(row.question)), [])
        if row.criterion not in positions:
            problems.append(Problem(where, text("report.item_no_leaf", criterion=row.criterion)))
        elif row.group not in groups:
            problems.append(Problem(where, text("report.item_no_group", group=row.group)))
        elif all(percent is None for _, percent in known):
            problems.append(Problem(where, text("report.item_no_percent")))
        else:
            options, percents = zip(*known, strict=True)
            leaf = positions[str(row.criterion)]
            items.append(
                Item(groups.index(str(row.group)), str(row.question), leaf, exact(row.weight), options, percents)
            )
    return tuple(items), problems


def _cells(
    cells: pd.DataFrame, agencies: tuple[str, ...], groups: tuple[str, ...]
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    agency_positions = {code: position for position, code in enumerate(agencies)}
    targets: dict[tuple[int, int], int] = {}
    populations: dict[tuple[int, int], int] = {}
    for agency, group, target, population in cells[["agency", "group", "target", "population"]].itertuples(index=False):
        cell = agency_positions[str(agency)], groups.index(str(group))
        targets[cell] = int(exact(target))
        if not is_missing(population):
            populations[cell] = int(exact(population))
    return targets, populations
