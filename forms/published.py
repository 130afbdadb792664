"""Published figures of an index, to hold a computed one against: table `published`, each with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.errors import Problem
from forms.numbers import find_number
from forms.parts import Parts
from forms.tables import Row
from forms.words import text

OF_AGENCY: tuple[str, ...] = ("total", "rank", "grade", "change")
OF_BLOCK: tuple[str, ...] = ("mean", "mean_change", "above", "grade")


@dataclass(frozen=True)
class PublishedFigure:
    """A figure about an agency or a block: its code, what is measured, the value as written, and where it was said.

    measure above: every total of the block is more than this; grade of a block: that of all its agencies.
    """

    code: str
    measure: str
    value: str
    source: str
    note: str = ""


def read_published(parts: Parts) -> tuple[PublishedFigure, ...]:
    """The figures of a checked folder."""
    columns = ("code", "measure", "value", "source", "note")
    return tuple(PublishedFigure(*map(row.get, columns)) for row in parts.rows.get("published", ()))


def check_published(parts: Parts) -> Iterator[Problem]:
    """Every problem of `published`, where it is there."""
    agencies, blocks = {agency.code for agency in parts.agencies}, parts.codes("blocks") or set()
    for row in parts.rows.get("published", ()):
        code, measure, value = row.get("code"), row.get("measure"), row.get("value")
        for column in ("code", "measure", "value", "source"):
            if not row.get(column):
                yield _problem(row, column, "value_missing", column=column)
        if code and code not in agencies | blocks:
            yield _problem(row, "code", "published_code", code=code)
        elif measure and measure not in (OF_AGENCY if code in agencies else OF_BLOCK):
            known = ", ".join(OF_AGENCY if code in agencies else OF_BLOCK)
            yield _problem(row, "measure", "published_measure", given=measure, known=known)
        elif value and measure != "grade" and find_number(value) is None:
            yield _problem(row, "value", "published_value", given=value)


def _problem(row: Row, at: str, key: str, /, **fields: object) -> Problem:
    if "column" in fields:
        fields["column"] = row.heading(str(fields["column"]))
    return Problem(row.where(at), text(f"problem.{key}", **fields), text(f"problem.{key}_fix", **fields))
