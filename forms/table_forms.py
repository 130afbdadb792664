"""The tables of a campaign folder and their columns: one list for those who read them and for the Excel templates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableForm:
    """The name of a table and its columns."""

    name: str
    required: tuple[str, ...]
    more: tuple[str, ...]
    may_be_absent: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column, in the order in which people fill them in."""
        return (*self.required, *self.more)


AGENCIES = TableForm("agencies", ("code", "name", "block"), ("parent", "email", "predecessors"))
COLLECTORS = TableForm("collectors", ("code", "name"), ("email",), may_be_absent=True)
QUOTAS = TableForm("quotas", ("agency", "group", "target"), ("reserve", "collector", "population", "large_print"))
CRITERIA = TableForm("criteria", ("code", "name", "max_points"), ("parent", "block", "source"))
RECIPIENTS = TableForm(
    "recipients", ("agency", "group", "name"), ("email", "phone", "procedure", "file_code", "result_date"), True
)
APPRAISED = TableForm(
    "appraised", ("agency", "criterion", "appraised_points"), ("self_points", "note", "source"), may_be_absent=True
)
EXTERNAL = TableForm("external", ("agency", "criterion", "value", "source"), ("out_of", "note"), may_be_absent=True)
PREVIOUS = TableForm("previous", ("agency", "total"), ("se", "max_points", "note", "source"), may_be_absent=True)
PUBLISHED = TableForm("published", ("code", "measure", "value", "source"), ("note",), may_be_absent=True)
BOXES = TableForm("boxes", ("stack", "box"), (), may_be_absent=True)
TABLE_FORMS = (AGENCIES, COLLECTORS, QUOTAS, CRITERIA, RECIPIENTS, APPRAISED, EXTERNAL, PREVIOUS, PUBLISHED, BOXES)
