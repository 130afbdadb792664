"""The tables that the index is made of besides the survey: appraised points, and last year's totals.

Checks them while the campaign is prepared, so that nothing wrong lies there until the index is computed.
"""

from __future__ import annotations

from collections.abc import Iterator

from forms.errors import Problem
from forms.numbers import find_number
from forms.parts import Parts
from forms.tables import Row
from forms.words import text

BONUS, PENALTY, TOTAL = "BONUS", "PENALTY", "TOTAL"
_EXTRA = (BONUS, PENALTY, TOTAL)
_MOST_POINTS = 10_000


def check_appraisal(parts: Parts) -> Iterator[Problem]:
    """Every problem of `appraised` and `previous`, where they are there."""
    agencies = {agency.code for agency in parts.agencies} if "agencies" in parts.rows else None
    for name, keys in (("appraised", ("agency", "criterion")), ("previous", ("agency",))):
        seen: set[tuple[str, ...]] = set()
        for row in parts.rows.get(name, ()):
            yield from _missing(row, keys)
            if agencies is not None and row.get("agency") and row.get("agency") not in agencies:
                yield _problem(row, "agency", "agency_missing", code=row.get("agency"))
            key = tuple(row.get(column) for column in keys)
            if all(key) and key in seen:
                yield _problem(row, "", "code_twice", code=" ".join(key))
            seen.add(key)
    for row in parts.rows.get("appraised", ()):
        yield from _check_appraised(parts, row)
    for row in parts.rows.get("previous", ()):
        yield from _missing(row, ("total",))
        yield from _check_points(row, ("total", "se"))


def _check_appraised(parts: Parts, row: Row) -> Iterator[Problem]:
    code = row.get("criterion")
    points = ("self_points", "appraised_points")
    if code in _EXTRA or not code:
        yield from _check_points(row, points, below_zero=code == PENALTY)
        return
    yield from _check_points(row, points)
    criterion = next((one for one in parts.criteria if one.code == code), None)
    if "criteria" not in parts.rows:
        return
    if criterion is None:
        yield _problem(row, "criterion", "appraised_criterion", code=code)
        return
    if criterion.source == "survey" and not any(other.parent == code for other in parts.criteria):
        yield _problem(row, "criterion", "appraised_survey", code=code)
    for column in points:
        given = find_number(row.get(column))
        if given is not None and given > criterion.max_points:
            yield _problem(row, column, "appraised_too_many", given=row.get(column), most=criterion.max_points)


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
    return Problem(row.where(at), text(f"problem.{key}", **fields), text(f"problem.{key}_fix", **fields))
