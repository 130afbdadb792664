"""The points of the index that are given and not surveyed: rows of `appraised`, `external`, `previous` as values.

A criterion's points may be given at its sub-criteria, or at the criterion itself for all that is appraised below it;
both only where they add up. Gaps are looked for here, when the index is computed, and not by `phieu check`: while a
campaign is prepared its points are still to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from forms.appraisal import BONUS, PENALTY, TOTAL
from forms.campaign import Agency, Campaign, Criterion
from forms.errors import InputWrong, Problem
from forms.folder import read_parts
from forms.numbers import find_number
from forms.parts import Parts
from forms.published import PublishedFigure, read_published
from forms.tables import Row
from forms.words import text

Kind = Literal["survey", "appraised", "external", "bonus", "penalty", "total"]
_EXTRA: dict[str, Kind] = {BONUS: "bonus", PENALTY: "penalty", TOTAL: "total"}
_MOST_NAMES = 10


@dataclass(frozen=True)
class GivenPoints:
    """Points of an agency that come from a table; `criterion` "" for a bonus, a penalty and a total.

    kind "survey": a survey held elsewhere. points None: missing, and the rules let it. maximum: what the criterion's
    given part can reach, 0 for the extras. A penalty is positive. where: FILE:ROW.
    """

    agency: str
    criterion: str
    kind: Kind
    maximum: Fraction
    points: Fraction | None
    note: str = ""
    source: str = ""
    where: str = ""


@dataclass(frozen=True)
class PreviousTotal:
    """Last year's total of an agency; `maximum` None: this year's; `se` in its points, None: unknown."""

    agency: str
    total: Fraction
    maximum: Fraction | None = None
    note: str = ""
    source: str = ""
    se: Fraction | None = None


@dataclass(frozen=True)
class IndexPoints:
    """All that the index takes from tables; `agency_rows`: FILE:ROW of every agency."""

    given: tuple[GivenPoints, ...]
    previous: tuple[PreviousTotal, ...]
    agency_rows: dict[str, str]
    published: tuple[PublishedFigure, ...] = ()


def load_index(folder: Path) -> tuple[Campaign, IndexPoints]:
    """The campaign and its given points; InputWrong with every problem, points that are missing included."""
    parts, problems = read_parts(folder)
    if parts.settings is None or problems:
        raise InputWrong(problems)
    campaign = parts.campaign(parts.settings)
    points, problems = _Reader(parts, campaign).read()
    if problems:
        raise InputWrong(problems)
    return campaign, points


class _Reader:
    """The rows of one folder, settled agency by agency."""

    def __init__(self, parts: Parts, campaign: Campaign) -> None:
        self.campaign, self.problems = campaign, list[Problem]()
        self.parts, self.rows = parts, parts.rows
        self.criteria = {one.code: one for one in campaign.criteria}
        self.criterion_rows = {row.get("code"): row.where() for row in parts.rows["criteria"]}
        self.children: dict[str, list[Criterion]] = {}
        for one in campaign.criteria:
            self.children.setdefault(one.parent, []).append(one)
        self.gaps: dict[str, list[str]] = {}

    def read(self) -> tuple[IndexPoints, list[Problem]]:
        """The points, and every problem with them."""
        appraised, external = _by_agency(self.rows.get("appraised", ())), _by_agency(self.rows.get("external", ()))
        given: list[GivenPoints] = []
        agency_rows = {row.get("code"): row.where() for row in self.rows["agencies"]}
        for agency in self.campaign.agencies:
            mine = appraised.get(agency.code, {}), external.get(agency.code, {})
            given += self._agency(agency, *mine, agency_rows[agency.code])
        for code, agencies in self.gaps.items():
            fields = {"code": code, "agencies": _list_codes(agencies)}
            self._add(self.criterion_rows[code], "index_missing", **fields)
        previous = tuple(_previous(row) for row in self.rows.get("previous", ()))
        return IndexPoints(tuple(given), previous, agency_rows, read_published(self.parts)), self.problems

    def _agency(
        self, agency: Agency, appraised: dict[str, Row], external: dict[str, Row], where: str
    ) -> Iterator[GivenPoints]:
        extras = {code: row for code, row in appraised.items() if code in _EXTRA}
        for code, row in extras.items():
            points = _points(row, "appraised_points")
            if points is None:
                self._add(row.where("appraised_points"), "index_empty", code=code)
                continue
            yield _given(row, "", _EXTRA[code], Fraction(0), abs(points) if code == PENALTY else points)
        tree = list(self._below("", agency.block))
        leaves = [one for one in tree if one.code not in self.children]
        wanted = [one for one in leaves if one.source != "survey"]
        covered = {leaf.code: one for leaf in leaves if (one := self._leaf(leaf, appraised, external)) is not None}
        for code in (one.code for one in reversed(tree) if one.code in self.children):  # those below come first
            if code in appraised:
                self._parent(code, agency.block, appraised[code], covered)
        yield from dict.fromkeys(covered.values())
        lacking = [leaf for leaf in wanted if leaf.code not in covered]
        if TOTAL not in extras and self.campaign.settings.index.missing == "stop":
            self._note_gaps(agency, lacking, appraised, "" if covered or not wanted else where)
        counts_zero = TOTAL not in extras and self.campaign.settings.index.missing == "zero"
        for leaf in lacking:
            points = Fraction(0) if counts_zero else None
            yield GivenPoints(agency.code, leaf.code, _kind(leaf), Fraction(leaf.max_points), points)

    def _leaf(self, leaf: Criterion, appraised: dict[str, Row], external: dict[str, Row]) -> GivenPoints | None:
        here, there = appraised.get(leaf.code), external.get(leaf.code)
        if here is not None and there is not None:
            self._add(here.where("criterion"), "index_twice", code=leaf.code, other=there.where("criterion"))
        maximum = Fraction(leaf.max_points)
        if there is not None:
            value, out_of = _points(there, "value"), _points(there, "out_of")
            scaled = value * maximum / out_of if value is not None and out_of else value
            return _given(there, leaf.code, _kind(leaf), maximum, scaled)
        if here is None:
            return None
        if leaf.source == "external" and not here.get("source"):
            self._add(here.where("source"), "index_no_source", code=leaf.code)
        points = _points(here, "appraised_points")
        return None if points is None else _given(here, leaf.code, _kind(leaf), maximum, points)

    def _parent(self, code: str, block: str, row: Row, covered: dict[str, GivenPoints]) -> None:
        """The points given to a criterion as a whole cover what is below it, unless that has points which add up."""
        points, below = _points(row, "appraised_points"), self._given_leaves(code, block)
        if points is None:
            return
        there = [covered[leaf.code] for leaf in below if leaf.code in covered]
        whole = sum((one.points or Fraction(0) for one in dict.fromkeys(there)), Fraction(0))
        most = sum((Fraction(leaf.max_points) for leaf in below), Fraction(0))
        where, given = row.where("appraised_points"), row.get("appraised_points")
        if there and len(there) < len(below):
            self._add(where, "index_parent_part", code=code)
        elif there and whole != points:
            self._add(where, "index_parent_sum", code=code, given=given, total=_decimal(whole))
        elif points > most:
            self._add(where, "index_parent_most", code=code, given=given, most=_decimal(most))
        if not there:
            covered.update(dict.fromkeys([leaf.code for leaf in below], _given(row, code, "appraised", most, points)))

    def _given_leaves(self, code: str, block: str) -> list[Criterion]:
        below = self._below(code, block)
        return [one for one in below if one.code not in self.children and one.source != "survey"]

    def _below(self, code: str, block: str) -> Iterator[Criterion]:
        for child in self.children.get(code, ()):
            if child.block in ("", block):
                yield child
                yield from self._below(child.code, block)

    def _note_gaps(self, agency: Agency, lacking: list[Criterion], rows: dict[str, Row], nothing: str) -> None:
        """Every gap where it can be filled: an empty row, an agency that has nothing, a criterion."""
        if nothing and not rows:
            self._add(nothing, "index_nothing", code=agency.code)
            return
        empty = dict[str, Row]()
        for leaf in lacking:
            code = self._nearest_row(leaf.code, rows)
            if not code:
                self.gaps.setdefault(leaf.code, []).append(agency.code)
            elif _points(rows[code], "appraised_points") is None:  # else its own points are told not to be all
                empty[code] = rows[code]
        for code, row in empty.items():
            self._add(row.where("appraised_points"), "index_empty", code=code)

    def _nearest_row(self, code: str, rows: dict[str, Row]) -> str:
        """The criterion, or the first above it, that has a row; "" without one."""
        while code and code not in rows:
            code = self.criteria[code].parent
        return code

    def _add(self, where: str, key: str, **fields: object) -> None:
        self.problems.append(Problem(where, text(f"problem.{key}", **fields), text(f"problem.{key}_fix", **fields)))


def _by_agency(rows: Iterable[Row]) -> dict[str, dict[str, Row]]:
    found: dict[str, dict[str, Row]] = {}
    for row in rows:
        found.setdefault(row.get("agency"), {})[row.get("criterion")] = row
    return found


def _kind(leaf: Criterion) -> Kind:
    return "survey" if leaf.source == "survey" else "external" if leaf.source == "external" else "appraised"


def _points(row: Row, column: str) -> Fraction | None:
    number = find_number(row.get(column))
    return None if number is None else Fraction(number)


def _given(row: Row, criterion: str, kind: Kind, maximum: Fraction, points: Fraction | None) -> GivenPoints:
    where = row.where("criterion")
    return GivenPoints(row.get("agency"), criterion, kind, maximum, points, row.get("note"), row.get("source"), where)


def _previous(row: Row) -> PreviousTotal:
    total = _points(row, "total") or Fraction(0)
    remarks = row.get("note"), row.get("source")
    return PreviousTotal(row.get("agency"), total, _points(row, "max_points"), *remarks, _points(row, "se"))


def _decimal(value: Fraction) -> Decimal:
    """An exact sum of table entries as it would be written."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def _list_codes(codes: list[str]) -> str:
    return ", ".join(codes[:_MOST_NAMES]) + (", …" if codes[_MOST_NAMES:] else "")
