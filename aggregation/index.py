"""The index: survey, appraised and external points, bonus and penalty summed over a tree that differs by block.

Exact fractions up to the one rounding; totals, ranks within each block, grades, and the change on last year. Tables in,
values out: knows no folder, no store and no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from aggregation.index_noise import weigh_changes
from aggregation.index_survey import SurveyPoints
from aggregation.index_values import AgencyIndex, BlockIndex, Index
from aggregation.index_years import compare_years, in_rank_order
from aggregation.ranks import find_grade
from aggregation.rounding import half_up
from forms.campaign import Agency, Campaign
from forms.errors import InputWrong, Problem
from forms.index_points import GivenPoints, IndexPoints
from forms.words import text

_EXTRA = ("bonus", "penalty", "total")


def make_index(campaign: Campaign, survey: SurveyPoints, points: IndexPoints) -> Index:
    """The index; InputWrong with every total that its parts deny, and every agency that the rules refuse."""
    counting = _Counting(campaign, survey, points)
    agencies = [counting.count(agency) for agency in campaign.agencies]
    if counting.problems:
        raise InputWrong(counting.problems)
    used = [block for block in campaign.settings.blocks if any(each.agency.block == block.code for each in agencies)]
    blocks = []
    for block in used:
        inside = [each for each in agencies if each.agency.block == block.code]
        unit, compared = compare_years(inside, campaign.settings.scoring.rounding.places)
        maximum = counting.maxima[block.code]
        weighed = weigh_changes(compared, unit)
        blocks.append(BlockIndex(block.code, block.name, maximum, unit, in_rank_order(weighed)))
    return Index(tuple(blocks), campaign.settings.scoring, campaign.settings.index, survey.left_out)


class _Counting:
    """The sums of one agency after the other."""

    def __init__(self, campaign: Campaign, survey: SurveyPoints, points: IndexPoints) -> None:
        self.campaign, self.survey, self.points = campaign, survey, points
        self.scoring, self.rules = campaign.settings.scoring, campaign.settings.index
        self.problems: list[Problem] = []
        self.given: dict[str, list[GivenPoints]] = {}
        for one in points.given:
            self.given.setdefault(one.agency, []).append(one)
        self.previous = {one.agency: one for one in points.previous}
        parents = {one.parent for one in campaign.criteria}
        self.leaves = [one for one in campaign.criteria if one.code not in parents]
        self.maxima = {
            block.code: sum(
                (Fraction(one.max_points) for one in self.leaves if one.block in ("", block.code)), Fraction(0)
            )
            for block in campaign.settings.blocks
        }

    def count(self, agency: Agency) -> AgencyIndex:
        """Points, total and grade of an agency; problems are noted."""
        given = self.given.get(agency.code, [])
        tabled = [replace(one, points=self._round(one.points)) for one in given if one.kind not in _EXTRA]
        parts = self._settle(tabled + self._surveyed(agency, given), agency)
        stated = next((one for one in given if one.kind == "total"), None)
        found = AgencyIndex(agency, self.maxima[agency.block], previous=self.previous.get(agency.code))
        few, veiled = (agency.code in some for some in (self.survey.too_few, self.survey.veiled))
        found = replace(found, too_few=few, veiled=veiled)
        found = replace(
            found,
            parts=self._in_tree_order(parts) + tuple(one for one in given if one.kind in ("bonus", "penalty")),
            survey=_sum(parts, ("survey",)),
            appraised=_sum(parts, ("appraised", "external")),
            external=_sum(parts, ("external",)),
            bonus=_limit(given, "bonus", self.rules.bonus_at_most),
            penalty=_limit(given, "penalty", self.rules.penalty_at_most),
        )
        return self._total(found, parts, stated)

    def _surveyed(self, agency: Agency, given: list[GivenPoints]) -> list[GivenPoints]:
        """The survey criteria from our own sheets; those whose survey was held elsewhere are given already.

        The maximum of criteria that nobody answered is shared among the others, as in scoring.
        """
        elsewhere = {one.criterion: one for one in given if one.kind == "survey"}
        own = [one for one in self.leaves if one.source == "survey" and one.block in ("", agency.block)]
        for leaf in own:
            if leaf.code in elsewhere and (agency.code, leaf.code) in self.survey.points:
                self._add(elsewhere[leaf.code].where, "index_survey_twice", code=leaf.code, agency=agency.code)
        own = [leaf for leaf in own if leaf.code not in elsewhere]
        heard = [leaf for leaf in own if (agency.code, leaf.code) in self.survey.points]
        whole, reached = (sum((Fraction(leaf.max_points) for leaf in part), Fraction(0)) for part in (own, heard))
        found = []
        for leaf in own:
            points = self._round(self.survey.points.get((agency.code, leaf.code)))
            scaled = None if points is None or not reached else points * whole / reached
            found.append(GivenPoints(agency.code, leaf.code, "survey", Fraction(leaf.max_points), scaled))
        return found

    def _round(self, points: Fraction | None) -> Fraction | None:
        """A criterion's points, rounded where the rules round every criterion."""
        rounding = self.scoring.rounding
        return points if points is None or rounding.at == "total" else Fraction(half_up(points, rounding.places))

    def _settle(self, parts: list[GivenPoints], agency: Agency) -> list[GivenPoints]:
        """What the rules say about an agency without a valid sheet."""
        asked = [one for one in parts if one.kind == "survey"]
        if asked and all(one.points is None for one in asked):
            if self.rules.no_survey == "stop":
                self._add(self.points.agency_rows.get(agency.code, agency.code), "index_no_survey", code=agency.code)
            elif self.rules.no_survey == "zero":
                return [replace(one, points=Fraction(0)) if one.kind == "survey" else one for one in parts]
        return parts

    def _total(self, found: AgencyIndex, parts: list[GivenPoints], stated: GivenPoints | None) -> AgencyIndex:
        stretch, exact = self._find_stretch(parts, found), None
        if stretch is not None:
            base = sum((one.points for one in parts if one.points is not None), Fraction(0))
            exact = base * stretch + found.bonus - found.penalty
            found = replace(found, se=self._find_se(found.agency, parts, stretch))
        places = self.scoring.rounding.places
        if stated is not None and stated.points is not None:
            said = half_up(stated.points, places)
            if exact is None:
                return replace(found, published=said, stated=stated, grade=self._grade(said, found))
            if half_up(exact, places) != said:
                self._add(stated.where, "index_total", given=said, total=half_up(exact, places))
        if exact is None:
            return replace(found, stated=stated)
        total = half_up(exact, places)
        return replace(found, published=total, grade=self._grade(total, found), stated=stated)

    def _find_stretch(self, parts: list[GivenPoints], found: AgencyIndex) -> Fraction | None:
        """What the points are multiplied by; None where some are missing that the rules do not leave out.

        What is left out shares its maximum among the rest; survey criteria that nobody answered did so already.
        """
        asked = [one for one in parts if one.kind == "survey"]
        silent = bool(asked) and all(one.points is None for one in asked)
        lacking = [one for one in parts if one.points is None and one.kind != "survey"]
        if (silent and self.rules.no_survey != "leave_out") or (lacking and self.rules.missing != "leave_out"):
            return None
        without = lacking + (asked if silent else [])
        reached = found.maximum - sum((one.maximum for one in without), Fraction(0))
        return found.maximum / reached if reached > 0 else None

    def _find_se(self, agency: Agency, parts: list[GivenPoints], stretch: Fraction) -> float | None:
        """The standard error of the total, all of it from our own sheets; None where a survey's is not known."""
        surveyed = [one for one in parts if one.kind == "survey"]
        if not surveyed:
            return 0.0
        heard = [one.maximum for one in surveyed if (agency.code, one.criterion) in self.survey.points]
        se = self.survey.se.get(agency.code)
        if se is None or not sum(heard) or any(one.where for one in surveyed):  # a survey held elsewhere has its own
            return None
        return se * float(sum((one.maximum for one in surveyed), Fraction(0)) / sum(heard, Fraction(0)) * stretch)

    def _grade(self, total: Decimal, found: AgencyIndex) -> str:
        return "" if found.too_few else find_grade(total, found.maximum, self.scoring.bands) or ""

    def _in_tree_order(self, parts: list[GivenPoints]) -> tuple[GivenPoints, ...]:
        places = {one.code: place for place, one in enumerate(self.campaign.criteria)}
        return tuple(sorted(parts, key=lambda one: places[one.criterion]))

    def _add(self, where: str, key: str, **fields: object) -> None:
        self.problems.append(Problem(where, text(f"problem.{key}", **fields), text(f"problem.{key}_fix", **fields)))


def _sum(parts: Sequence[GivenPoints], kinds: Sequence[str]) -> Fraction | None:
    known = [one.points for one in parts if one.kind in kinds and one.points is not None]
    return sum(known, Fraction(0)) if known else None


def _limit(given: Sequence[GivenPoints], kind: str, most: Decimal | None) -> Fraction:
    points = sum((one.points or Fraction(0) for one in given if one.kind == kind), Fraction(0))
    return points if most is None else min(points, Fraction(most))
