"""The account of a score for the agency that asks about it: result, arithmetic, counts by level, what was left out.

Whatever aggregation.public hides has neither mean nor counts here, and no pictures. Where an agency has hidden cells,
no criterion has an interval and that of the total is rounded outwards; points of a criterion with hidden cells have no
more decimals than are published: means of a few people are fractions that many decimals would give away. Knows no
sheet and no picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import pandas as pd

from aggregation.explanation_words import criterion_formula, question_formula
from aggregation.parts import Grid, Items, Part, Section, Words
from aggregation.public import find_public, widen
from aggregation.rounding import show_number
from aggregation.scores import Scores
from aggregation.tables import COMBINED
from aggregation.trail import AgencyTrail, CriterionTrail, GroupTrail, QuestionTrail
from aggregation.trail_page import PLACES, show_exact_number
from forms.words import text

HIDDEN = "•"


@dataclass(frozen=True)
class Asked:
    """What stands beside the codes: names of the block, of groups, words of questions by (group, question)."""

    block: str
    groups: Mapping[str, str]
    questions: Mapping[tuple[str, str], str]


class Explanation:
    """The account of an agency's points; `trail` holds the criteria that it is about."""

    def __init__(self, scores: Scores, trail: AgencyTrail, asked: Asked, lang: str = "vi") -> None:
        self.scores, self.trail, self.asked, self.lang = scores, trail, asked, lang
        self.number = partial(show_exact_number, lang=lang)
        public = find_public(scores).scores
        own = public[public["agency"] == trail.agency]
        keys = zip(own["criterion"], own["group"], strict=True)
        self._hidden = {key for key, why in zip(keys, own["hidden"], strict=True) if why}
        self._known = set(zip(own["criterion"], own["group"], strict=True))

    @property
    def is_alone(self) -> bool:
        """Whether only the total may be shown."""
        return any(group == COMBINED for _, group in self._hidden)

    def is_open(self, criterion: str, group: str) -> bool:
        """Whether counts and pictures of a group's answers to a criterion may be shown."""
        return (criterion, group) in self._known and (criterion, group) not in self._hidden

    def sections(self, left_out: Mapping[str, int]) -> Iterator[Section]:
        """Result, arithmetic, what was left out; `left_out`: how many sheets or answers, by the reason's name."""
        yield Section(self._say("explain.result"), (Items(tuple(self._result())),))
        yield Section(self._say("explain.how"), tuple(self._how()))
        yield Section(self._say("explain.left_out"), (Items(tuple(self._left_out(left_out))),))
        if len(self.trail.criteria) > 1 and not self.is_alone and self.trail.published is not None:
            yield Section(self._say("explain.pictures"), (Words(self._say("explain.pictures_elsewhere")),))

    def _say(self, key: str, **fields: object) -> str:
        return text(key, self.lang, **fields)

    def _result(self) -> Iterator[str]:
        if len(self.trail.criteria) == 1 and not self.is_alone and self.trail.published is not None:
            yield self._criterion_result(self.trail.criteria[0])
        total = self.scores.totals[self.scores.totals["agency"] == self.trail.agency].iloc[0]
        if pd.isna(total["survey_points"]):
            yield self._say("trail.agency_none")
            return
        points = partial(show_number, places=self.scores.rules.rounding.places, lang=self.lang)
        maximum = self.number(self.trail.maximum)
        percent = show_number(100 * float(total["survey_points"]) / float(self.trail.maximum), 1, self.lang)
        said = self._say("report.page_points", points=points(total["survey_points"]), maximum=maximum, percent=percent)
        if not self.is_alone and not pd.isna(total["ci_low"]):
            low, high = self._bounds(total)
            bounds = {"low": points(low), "high": points(high)}
            said += f" {self._say('report.page_interval', **bounds)}"
        yield said
        yield f"{self._place(total)} {self._say('report.page_sheets', n=show_number(total['n_valid'], 0, self.lang))}"

    def _bounds(self, total: pd.Series[Any]) -> tuple[float, float]:
        """The interval around the total, rounded outwards where a cell is hidden."""
        if not self._hidden:
            return total["ci_low"], total["ci_high"]
        maximum, at = float(self.trail.maximum), float(total["survey_points"])
        half = widen(max(at - total["ci_low"], total["ci_high"] - at), maximum)
        return max(0.0, at - half), min(maximum, at + half)

    def _place(self, total: pd.Series[Any]) -> str:
        """Rank and grade, or why the agency of this row of totals has none."""
        if pd.isna(total["rank"]):
            return self._say("report.page_unranked", n=self.scores.rules.rank_from.n_valid, block=self.asked.block)
        ranked = self.scores.totals[(self.scores.totals["block"] == self.trail.block)]["rank"].notna().sum()
        place = {"rank": total["rank"], "low": total["rank_low"], "high": total["rank_high"], "size": ranked}
        grade = total["grade"] or self._say("report.chances_none")
        return self._say("report.page_rank", **place, block=self.asked.block, grade=grade)

    def _criterion_result(self, one: CriterionTrail) -> str:
        maximum = self.number(one.maximum)
        if one.points is None:
            return f"{one.criterion} {one.name}: {self._say(self.trail.why_left_out)}."
        percent = self.number(one.mean_percent, places=1 if self._is_veiled(one) else 2)
        fields = {"points": self._points(one), "percent": percent}
        said = self._say("explain.criterion_result", maximum=maximum, code=one.criterion, name=one.name, **fields)
        if self._hidden:
            return said
        table = self.scores.estimates
        own = table[(table["agency"] == self.trail.agency) & (table["criterion"] == one.criterion)]
        row = own[own["group"] == COMBINED]
        if row.empty or pd.isna(row["ci_low"].iloc[0]):
            return said
        low, high = (show_number(row[name].iloc[0], 1, self.lang) for name in ("ci_low", "ci_high"))
        return f"{said} {self._say('explain.criterion_interval', low=low, high=high)}"

    def _how(self) -> Iterator[Part]:
        if self.is_alone or self.trail.published is None:
            yield Words(self._say("explain.alone" if self.is_alone else "trail.agency_none"))
            return
        if len(self.trail.criteria) > 1:
            yield self._criteria()
            yield Words(self._total_formula())
        else:
            for one in self.trail.criteria:
                yield from self._criterion(one)
        yield from self._counts()
        if self._hidden & {(one.criterion, group.group) for one in self.trail.criteria for group in one.groups}:
            yield Words(self._say("report.page_hidden"), small=True)

    def _criteria(self) -> Grid:
        """Criteria with their maximum, groups and points."""
        used = {group.group for one in self.trail.criteria for group in one.groups}
        groups = [code for code in self.asked.groups if code in used]
        rows = []
        for one in self.trail.criteria:
            means = {group.group: self._mean(one, group.group, group.mean_percent) for group in one.groups}
            cells = (means.get(code, "–") for code in groups)
            rows.append((f"{one.criterion} {one.name}", self.number(one.maximum), *cells, self._points(one)))
        head = (self._say("report.page_criterion"), self._say("report.page_maximum"))
        names = *(f"{self.asked.groups[code]} (%)" for code in groups), self._say("report.page_points_short")
        widths = (5.0, 0.9, *[1.2] * len(groups), 1.0)
        return Grid(self._say("explain.criteria"), (*head, *names), tuple(rows), widths=widths)

    def _total_formula(self) -> str:
        points = [one.points for one in self.trail.criteria if one.points is not None]
        total = sum(points, Fraction(0)) if points else None
        places = self.scores.rules.rounding.places if self._hidden else PLACES
        fields = {"sum": self.number(total, places=places), "scale": self.number(self.trail.scale)}
        shown = self.number(self.trail.published)
        key = "explain.total" if self.trail.scale == 1 else "explain.total_scaled"
        return self._say(key, **fields, published=shown)

    def _is_veiled(self, one: CriterionTrail) -> bool:
        """Whether a cell of the criterion is hidden."""
        return any(criterion == one.criterion for criterion, _ in self._hidden)

    def _points(self, one: CriterionTrail) -> str:
        places = self.scores.rules.rounding.places if self._is_veiled(one) else PLACES
        return self.number(one.points, places=places)

    def _mean(self, one: CriterionTrail, group: str, mean: Fraction | None) -> str:
        if mean is None:
            return "–"
        return self.number(mean, places=2) if self.is_open(one.criterion, group) else HIDDEN

    def _sizes(self, one: CriterionTrail, group: GroupTrail) -> tuple[str, str]:
        """Answers and blanks; of a hidden cell neither, as they tell who said that they do not know."""
        if group.n_valid + group.n_blank and not self.is_open(one.criterion, group.group):
            return HIDDEN, HIDDEN
        return show_number(group.n_valid, 0, self.lang), show_number(group.n_blank, 0, self.lang)

    def _criterion(self, one: CriterionTrail) -> Iterator[Part]:
        """Each group's answers, mean and weight, then the arithmetic with its numbers."""
        rows = [
            (
                self.asked.groups[group.group],
                *self._sizes(one, group),
                self._mean(one, group.group, group.mean_percent),
                self.number(group.weight),
            )
            for group in one.groups
        ]
        names = ("group", "valid", "blank", "mean", "weight")
        yield Grid("", tuple(self._say(f"trail.head_{name}") for name in names), tuple(rows))
        formulas = [
            question_formula(group, self.asked.groups[group.group], self.scores.rules.blank, self.lang)
            for group in one.groups
            if group.mean_percent is not None and self.is_open(one.criterion, group.group)
        ]
        if one.points is None:
            yield Words(f"{self._say(self.trail.why_left_out)}.", small=True)
            return
        shown = {
            group.group: "0" if group.mean_percent is None else self._mean(one, group.group, group.mean_percent)
            for group in one.groups
        }
        yield Items((*formulas, criterion_formula(one, shown, self._points(one), self.lang)))
        if self.trail.scale != 1:
            yield Words(self._say("explain.scaled", scale=self.number(self.trail.scale)), small=True)

    def _counts(self) -> Iterator[Part]:
        """How often every level was counted; questions with the same levels share a table."""
        tables: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for one in self.trail.criteria:
            for group in one.groups:
                for asked in group.questions:
                    if self.is_open(one.criterion, group.group):
                        head, row = self._count_row(group.group, asked)
                        tables.setdefault(head, []).append(row)
        for number, (head, rows) in enumerate(tables.items()):
            first = self._say("explain.question")
            caption = self._say("explain.counts") if not number else ""
            widths = (3.4, *[1.0] * (len(head)))
            yield Grid(caption, (first, *head), tuple(rows), widths=widths)

    def _count_row(self, group: str, asked: QuestionTrail) -> tuple[tuple[str, ...], tuple[str, ...]]:
        heads = [
            f"{option.label} ({self.number(option.percent)}\u00a0%)" if option.percent is not None else option.label
            for option in asked.options
        ]
        name = f"{self.asked.groups[group]}, {asked.question}"
        if len(self.trail.criteria) == 1:
            name += f": {self.asked.questions[group, asked.question]}"
        counts = (show_number(option.n, 0, self.lang) for option in asked.options)
        blank = show_number(asked.n_blank, 0, self.lang)
        head = (*heads, self._say("trail.head_blank"), self._say("trail.head_mean"))
        return head, (name, *counts, blank, self.number(asked.mean_percent, places=2))

    def _left_out(self, left_out: Mapping[str, int]) -> Iterator[str]:
        for reason, count in left_out.items():
            yield self._say(f"explain.left_{reason}", count=show_number(count, 0, self.lang))
        if not left_out:
            yield self._say("explain.left_nothing")
