"""The middle of a workbook of scores: each criterion of each agency, by group and together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from aggregation.plan import Plan
from aggregation.score_book_counts import CountSheet
from aggregation.score_book_page import BookPage, address, span
from aggregation.scores import Scores
from aggregation.tables import COMBINED, ScoringTables
from forms.words import text

_COLUMNS = (
    *(
        "agency",
        "name",
        "criterion",
        "criterion_name",
        "group",
        "maximum",
        "weight",
        "valid",
        "blank",
        "mean",
        "points",
    ),
    *("used", "product", "heard", "counted", "reached"),
)
_AT = {name: place for place, name in enumerate(_COLUMNS)}
_CHECKED = 10


class CriterionSheet:
    """One line a group that takes part, and one for all groups together, whose points the results add up."""

    def __init__(
        self,
        page: BookPage,
        plan: Plan,
        scores: Scores,
        tables: ScoringTables,
        counts: CountSheet,
        weights: Mapping[tuple[int, int], str],
        lang: str,
    ) -> None:
        self.page, self.plan, self.rules, self.counts, self.weights = page, plan, scores.rules, counts, weights
        self.names = dict(zip(tables.agencies["agency"], tables.agencies["name"], strict=True))
        self.titles = dict(zip(tables.criteria["criterion"], tables.criteria["name"], strict=True))
        self.leaves = {leaf.code: position for position, leaf in enumerate(plan.leaves)}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        for row in scores.scores.astype(object).to_dict("records"):
            value = {str(key): None if pd.isna(one) else one for key, one in row.items()}
            self.rows.setdefault(str(value["agency"]), []).append(value)
        self.lines: dict[str, tuple[int, int]] = {}
        self.heard: dict[str, float] = {}
        self.line = 1
        page.head([text(f"book.{name}", lang) for name in _COLUMNS], {1: 34, 3: 34})

    def write(self, agencies: Sequence[str], heard: Mapping[str, str]) -> None:
        """All agencies; `heard` is where the results say whether an agency has any answer."""
        for agency in agencies:
            first, begun = self.line, self.line
            self.heard[agency] = 0.0
            for value in self.rows.get(agency, ()):
                if value["group"] == COMBINED:
                    self._write_all(value, (begun, self.line - 1), heard[agency])
                    begun = self.line + 1
                else:
                    self._write_group(value)
                self.line += 1
            self.lines[agency] = first, self.line - 1

    def sums(self, agency: str) -> tuple[str, str, str, float]:
        """Formulas for the points, the maximum they are out of, and the weight of groups with answers, now too."""
        lines = self.lines[agency]
        if lines[0] > lines[1]:
            return "0", "0", "0", 0.0
        sums = (f"SUM({span(self.page.name, *lines, _AT[name])})" for name in ("counted", "reached", "heard"))
        points, reached, heard = sums
        return points, reached, heard, self.heard[agency]

    def _begin(self, value: dict[str, Any]) -> int:
        leaf = self.leaves[value["criterion"]]
        code = value["agency"]
        said = (code, self.names[code], value["criterion"], self.titles[value["criterion"]], value["group"])
        for place, one in enumerate((*said, float(self.plan.leaves[leaf].maximum))):
            self.page.put(self.line, place, one)
        return leaf

    def _put(self, formulas: Mapping[str, tuple[str, object]]) -> None:
        for name, (formula, value) in formulas.items():
            self.page.formula(self.line, _AT[name], formula, value)

    def _cell(self, name: str) -> str:
        return address("", self.line, _AT[name]).rpartition("!")[2]

    def _write_group(self, value: dict[str, Any]) -> None:
        leaf, group = self._begin(value), self.plan.groups.index(value["group"])
        lines = self.counts.write_cell(value["agency"], self.plan.item_positions[leaf, group])
        weight = float(self.rules.group_weight(value["criterion"], value["group"]))
        mean, is_zero = value["mean_percent"], self.rules.empty_group == "zero"
        used, product = (f"SUM({self.counts.column(lines, name)})" for name in ("used", "product"))
        at_mean, at_weight = self._cell("mean"), self._cell("weight")
        known = 0.0 if mean is None else weight
        self.heard[value["agency"]] += known
        self._put(
            {
                "weight": (f"={self.weights[leaf, group]}", weight),
                "valid": (f"=SUM({self.counts.column(lines, 'valid')})", value["n_valid"]),
                "blank": (f"=SUM({self.counts.column(lines, 'blank')})", value["n_blank"]),
                "mean": (f'=IF({used}=0,"",{product}/{used})', mean),
                "points": (f'=IF({at_mean}="","",{at_mean}/100*{self._cell("maximum")})', value["points"]),
                "used": (
                    f"={at_weight}" if is_zero else f'=IF({at_mean}="",0,{at_weight})',
                    weight if is_zero else known,
                ),
                "product": (f'=IF({at_mean}="",0,{at_weight}*{at_mean})', known * (mean or 0)),
                "heard": (f'=IF({at_mean}="",0,{at_weight})', known),
            }
        )

    def _write_all(self, value: dict[str, Any], groups: tuple[int, int], heard: str) -> None:
        self._begin(value)
        mean, points = value["mean_percent"], value["points"]
        at_mean, maximum = self._cell("mean"), self._cell("maximum")
        if groups[0] > groups[1]:  # no group is asked about it
            self._put({"counted": ("=0", 0), "reached": ("=0", 0)})
            return
        own = {name: span(self.page.name, *groups, _AT[name]) for name in ("used", "product", "valid", "blank")}
        silent = f"OR({heard}=0,SUM({own['used']})=0)"
        worth = f"{at_mean}/100*{maximum}"
        if self.rules.rounding.at == "criterion":
            worth = f"ROUND(ROUND({worth},{_CHECKED}),{self.rules.rounding.places})"
        reached = None if points is None else float(self.plan.leaves[self.leaves[value["criterion"]]].maximum)
        self._put(
            {
                "valid": (f"=SUM({own['valid']})", value["n_valid"]),
                "blank": (f"=SUM({own['blank']})", value["n_blank"]),
                "mean": (f'=IF({silent},"",SUM({own["product"]})/SUM({own["used"]}))', mean),
                "points": (f'=IF({at_mean}="","",{worth})', points),
                "counted": (f'=IF({at_mean}="",0,{self._cell("points")})', points or 0),
                "reached": (f'=IF({at_mean}="",0,{maximum})', reached or 0),
            }
        )
