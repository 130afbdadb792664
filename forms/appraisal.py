"""The tables that the index is made of besides the survey: appraised and external points, and last year's totals.

Checks them while the campaign is prepared, so that nothing wrong lies there until the index is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from forms.campaign import Criterion
from forms.errors import Problem
from forms.numbers import find_number
from forms.parts import Parts
from forms.tables import Row
from forms.words import text

BONUS, PENALTY, TOTAL = "BONUS", "PENALTY", "TOTAL"
_EXTRA = (BONUS, PENALTY, TOTAL)
_MOST_POINTS = 10_000


@dataclass(frozen=True)
class _Known:
    """What the tables may name: criteria by code (None where their table could not be read), those with children."""

    criteria: dict[str, Criterion] | None
    parents: frozenset[str]
    blocks: dict[str, str]

    def find(self, code: str) -> Criterion | None:
        """The criterion of a code."""
        return (self.criteria or {}).get(code)


def check_appraisal(parts: Parts) -> Iterator[Problem]:
    """Every problem of `appraised`, `external` and `previous`, where they are there."""
    agencies = {agency.code for agency in parts.agencies} if "agencies" in parts.rows else None
    by_criterion = ("agency", "criterion")
    for name, keys in (("appraised", by_criterion), ("external", by_criterion), ("previous", ("agency",))):
        seen: set[tuple[str, ...]] = set()
        for row in parts.rows.get(name, ()):
            yield from _missing(row, keys)
            if agencies is not None and row.get("agency") and row.get("agency") not in agencies:
                yield _problem(row, "agency", "agency_missing", code=row.get("agency"))
            key = tuple(row.get(column) for column in keys)
            if all(key) and key in seen:
                yield _problem(row, "", "code_twice", code=" ".join(key))
            seen.add(key)
    known = _known(parts)
    for row in parts.rows.get("appraised", ()):
        yield from _check_appraised(known, row)
    for row in parts.rows.get("external", ()):
        yield from _check_external(known, row)
    for row in parts.rows.get("previous", ()):
        yield from _missing(row, ("total",))
        yield from _check_points(row, ("total", "se", "max_points"))
        yield from _check_scale(row, "total", "max_points")


def _known(parts: Parts) -> _Known:
    criteria = {one.code: one for one in parts.criteria} if "criteria" in parts.rows else None
    parents = frozenset(one.parent for one in parts.criteria)
    return _Known(criteria, parents, {agency.code: agency.block for agency in parts.agencies})


def _check_appraised(known: _Known, row: Row) -> Iterator[Problem]:
    code = row.get("criterion")
    points = ("self_points", "appraised_points")
    if code in _EXTRA or not code:
        yield from _check_points(row, points, below_zero=code == PENALTY)
        return
    yield from _check_points(row, points)
    if known.criteria is None:
        return
    criterion = known.find(code)
    if criterion is None:
        yield _problem(row, "criterion", "appraised_criterion", code=code)
        return
    yield from _check_block(known, row, criterion)
    if criterion.source == "survey" and code not in known.parents:
        yield _problem(row, "criterion", "appraised_survey", code=code)
    for column in points:
        given = find_number(row.get(column))
        if given is not None and given > criterion.max_points:
            yield _problem(row, column, "appraised_too_many", given=row.get(column), most=criterion.max_points)


def _check_external(known: _Known, row: Row) -> Iterator[Problem]:
    """A result of elsewhere: on a criterion without children that is not appraised, 0 to `out_of`, with its source."""
    yield from _missing(row, ("value", "source"))
    yield from _check_points(row, ("value", "out_of"))
    code = row.get("criterion")
    criterion = known.find(code)
    if known.criteria is not None and code and criterion is None:
        yield _problem(row, "criterion", "external_criterion", code=code)
    if criterion is None:
        return
    yield from _check_block(known, row, criterion)
    if criterion.source == "appraised" or code in known.parents:
        yield _problem(row, "criterion", "external_not_here", code=code)
    yield from _check_scale(row, "value", "out_of", criterion.max_points)


def _check_scale(row: Row, column: str, scale: str, otherwise: Decimal | None = None) -> Iterator[Problem]:
    """A value lies within its scale, and a scale is more than nothing."""
    given, most = find_number(row.get(column)), find_number(row.get(scale))
    if most is not None and most <= 0:
        yield _problem(row, scale, "scale_wrong", column=scale, given=row.get(scale))
        return
    most = otherwise if most is None else most
    if given is not None and most is not None and given > most:
        yield _problem(row, column, "over_scale", given=row.get(column), most=most, column=scale)


def _check_block(known: _Known, row: Row, criterion: Criterion) -> Iterator[Problem]:
    block = known.blocks.get(row.get("agency"), criterion.block)
    if criterion.block not in ("", block):
        fields = {"code": criterion.code, "block": criterion.block, "agency": row.get("agency")}
        yield _problem(row, "criterion", "criterion_of_other_block", **fields)


def _missing(row: Row, columns: tuple[str, ...]) -> Iterator[Problem]:
    for column in columns:
        if not row.get(column):
            yield _problem(row, column, "value_missing", column=column)


def _check_points(row: Row, columns: tuple[str, ...], *, below_zero: bool = False) -> Iterator[Problem]:
    for column in columns:
        written = row.get(column)
        points = find_number(written)
        lowest = -_MOST_POINTS if below_zero else 0
        if written and (points is None or not lowest <= points <= _MOST_POINTS):
            yield _problem(row, column, "points_wrong", column=column, given=written)


def _problem(row: Row, at: str, key: str, /, **fields: object) -> Problem:
    if "column" in fields:
        fields["column"] = row.heading(str(fields["column"]))
    return Problem(row.where(at), text(f"problem.{key}", **fields), text(f"problem.{key}_fix", **fields))
