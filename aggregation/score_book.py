"""Scores as a workbook: from the counts of answers to points, ranks and grades by live formulas, results stored beside.

Counts are numbers; what follows from them is computed by the workbook: change a count, a per cent, a weight or a band,
and points, ranks and grades follow. Standard errors, intervals and rank intervals stand as numbers: they come from
whole sheets, which counts do not tell. Formulas keep to SUM, SUMPRODUCT, IF, OR, MIN, ROUND and RANK, which every
spreadsheet computes alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from aggregation.plan import Plan, exact, make_plan
from aggregation.rounding import half_up
from aggregation.score_book_counts import CountSheet, ItemSheet
from aggregation.score_book_criteria import CriterionSheet
from aggregation.score_book_page import BookPage, address
from aggregation.scores import Scores
from aggregation.tables import ScoringTables
from aggregation.wording import method_sentences
from forms.words import text
from forms.workbook import write_workbook

MOST_ROWS = 20_000  # of counts: 1.3 ms of processor time each to write; scores.csv has no limit
_RESULTS = (
    *("block", "rank", "code", "agency", "points", "maximum", "percent", "grade", "se", "ci_low", "ci_high"),
    *("rank_low", "rank_high", "sheets", "heard"),
)
_SPREAD = ("se", "ci_low", "ci_high", "rank_low", "rank_high")
_CHECKED = 10  # decimals that a double keeps of points: rounded to them first, a half is a half again


def fits_a_book(tables: ScoringTables) -> bool:
    """Whether the counts are few enough for a workbook."""
    return len(tables.items) * len(tables.agencies) <= MOST_ROWS


def score_workbook(
    scores: Scores, tables: ScoringTables, lang: str = "vi", more: Callable[[Any, dict[str, Any]], None] | None = None
) -> bytes:
    """The workbook's bytes; same scores, same bytes. `more` gets book and styles, to add sheets of its own behind."""

    def fill(book: Any, styles: dict[str, Any]) -> None:
        _Book(book, styles, scores, tables, lang).write()
        if more is not None:
            more(book, styles)

    return write_workbook(fill)


class _Book:
    """The sheets, results first: each knows the addresses that the others refer to."""

    def __init__(self, book: Any, styles: dict[str, Any], scores: Scores, tables: ScoringTables, lang: str) -> None:
        self.scores, self.tables, self.lang = scores, tables, lang
        self.plan: Plan = make_plan(tables)
        names = ("results", "criteria", "counts", "items", "weights", "rules")
        self.pages = {name: BookPage(book, styles, text(f"book.{name}", lang)) for name in names}
        blocks = {code: place for place, code in enumerate(tables.blocks["block"])}
        order = scores.totals.assign(place=[blocks.get(block, len(blocks)) for block in scores.totals["block"]])
        self.totals = order.sort_values(["place", "rank"], kind="stable", na_position="last")

    def write(self) -> None:
        """All sheets, those first that others refer to."""
        items = ItemSheet(self.pages["items"], self.plan, self.tables, self.lang)
        items.write()
        weights = self._weights()
        bands = self._rules()
        counts = CountSheet(self.pages["counts"], self.plan, self.scores, items, self.lang)
        criteria = CriterionSheet(
            self.pages["criteria"], self.plan, self.scores, self.tables, counts, weights, self.lang
        )
        heard = {
            code: address(self.pages["results"].name, line, _RESULTS.index("heard"))
            for line, code in enumerate(self.totals["agency"], 1)
        }
        criteria.write(list(self.totals["agency"]), heard)
        self._results(criteria, bands)

    def _weights(self) -> dict[tuple[int, int], str]:
        """The sheet of weights by criterion and group; the address of each."""
        page = self.pages["weights"]
        page.head([text("book.criterion", self.lang), *self.plan.groups], {0: 14})
        found = {}
        for leaf, one in enumerate(self.plan.leaves):
            page.put(leaf + 1, 0, one.code)
            for group, code in enumerate(self.plan.groups):
                page.put(leaf + 1, group + 1, self.scores.rules.group_weight(one.code, code))
                found[leaf, group] = address(page.name, leaf + 1, group + 1)
        return found

    def _rules(self) -> list[tuple[str, str]]:
        """The rules in words and the bands; the addresses of each band's name and lower bound, highest first."""
        page = self.pages["rules"]
        page.head(
            [text("book.band", self.lang), text("book.band_from", self.lang), "", text("book.said", self.lang)],
            {0: 18, 3: 110},
        )
        bands = sorted(self.scores.rules.bands, key=lambda band: -band.lower)
        for line, band in enumerate(bands, 1):
            page.put(line, 0, band.name)
            page.put(line, 1, band.lower)
        said = [text("book.about", self.lang), *method_sentences(self.scores.rules, self.tables, self.lang)]
        for line, sentence in enumerate(said, 1):
            page.put(line, 3, sentence)
        return [(address(page.name, line, 0), address(page.name, line, 1)) for line in range(1, len(bands) + 1)]

    def _results(self, criteria: CriterionSheet, bands: list[tuple[str, str]]) -> None:
        page = self.pages["results"]
        page.head([text(f"book.{name}", self.lang) for name in _RESULTS], {0: 20, 3: 44, 7: 14})
        names = dict(zip(self.tables.agencies["agency"], self.tables.agencies["name"], strict=True))
        titles = dict(zip(self.tables.blocks["block"], self.tables.blocks["name"], strict=True))
        blocks = list(self.totals["block"])
        for line, row in enumerate(self.totals.astype(object).to_dict("records"), 1):
            value = {str(key): None if pd.isna(one) else one for key, one in row.items()}
            first = blocks.index(value["block"]) + 1
            last = first + max(1, int(self.totals.loc[self.totals["block"] == value["block"], "rank"].count())) - 1
            page.put(line, 0, titles.get(value["block"], value["block"]))
            page.put(line, 2, value["agency"])
            page.put(line, 3, names[value["agency"]])
            self._formulas(line, value, criteria, (first, last), bands)
            for place, name in enumerate(_SPREAD, _RESULTS.index("se")):
                page.put(line, place, value[name])
            page.put(line, _RESULTS.index("sheets"), value["n_valid"])

    def _formulas(
        self,
        line: int,
        value: dict[str, Any],
        criteria: CriterionSheet,
        block: tuple[int, int],
        bands: list[tuple[str, str]],
    ) -> None:
        page, places, row = self.pages["results"], self.scores.rules.rounding.places, line + 1
        maximum = exact(self.scores.maxima[value["block"]])
        points, shares, heard, heard_value = criteria.sums(value["agency"])
        published = value["survey_points"]
        page.put(line, 5, half_up(maximum, 6).normalize())
        page.formula(line, 14, f"={heard}", heard_value)
        sums = f"{points}*F{row}/{shares}"
        page.formula(line, 4, f'=IF(OR(O{row}=0,{shares}=0),"",ROUND(ROUND({sums},{_CHECKED}),{places}))', published)
        is_ranked = value["rank"] is not None  # the unranked of a block stand last, outside the range of ranks
        rank = f'=IF(E{row}="","",RANK(E{row},E${block[0] + 1}:E${block[1] + 1}))' if is_ranked else '=""'
        page.formula(line, 1, rank, value["rank"])
        percent = None if published is None or not maximum else float(exact(published) * 100 / maximum)
        page.formula(line, 6, f'=IF(OR(E{row}="",F{row}=0),"",ROUND(E{row}*100/F{row},8))', percent)
        grade = '""'
        for name, lower in reversed(bands):
            grade = f"IF(G{row}>={lower},{name},{grade})"
        page.formula(line, 7, f'=IF(G{row}="","",{grade})' if is_ranked else '=""', value["grade"])
