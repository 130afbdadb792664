"""Which responses count: one definition for scores, quotas, exports, draws and everything else that adds answers up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, select

from collector.store.schema import recheck_decision, recheck_struck, response, sheet, staged_sheet


def is_coming_in(one: FromClause = response) -> ColumnElement[bool]:
    """Of response, or an alias of it: it came in with an import that is still under way, or was cut off."""
    return one.c.id.in_(select(staged_sheet.c.response).where(staged_sheet.c.response.is_not(None)))


def is_accepted(one: FromClause = response) -> ColumnElement[bool]:
    """Of response, or an alias of it: accepted, and not of an import under way; a recheck may have struck it."""
    return and_(one.c.state == "accepted", ~is_coming_in(one))


def is_struck(sheet_key: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a decision that holds strikes a sheet."""
    undone = select(recheck_decision.c.undoes).where(recheck_decision.c.undoes.is_not(None))
    struck = select(recheck_struck.c.sheet).where(recheck_struck.c.recheck_decision.not_in(undone))
    return sheet_key.in_(struck)  # looked up once for a whole query, not once a row


def counts() -> ColumnElement[bool]:
    """Of response joined with sheet: accepted, and struck by no recheck."""
    return and_(is_accepted(), ~is_struck(sheet.c.id))
