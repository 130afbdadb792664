"""Which responses count: one condition for scores, exports and everything else that adds answers up."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select

from collector.store.import_schema import staged_sheet
from collector.store.recheck_decisions import is_struck
from collector.store.schema import response, sheet


def counts() -> ColumnElement[bool]:
    """Of response joined with sheet: accepted, struck by no recheck, and not of an import that is still under way."""
    coming_in = select(staged_sheet.c.response).where(staged_sheet.c.response.is_not(None))
    return and_(response.c.state == "accepted", ~is_struck(sheet.c.id), response.c.id.not_in(coming_in))
