"""How far each quota cell is: views over sheets, responses, doubts and conflicts, and the two counters."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Subquery, case, distinct, func, select

from collector.store.doubts import IN_QUEUE
from collector.store.schema import agency, cell, conflict, doubt, respondent_group, response, sheet


@dataclass(frozen=True)
class QuotaRow:
    """One cell. `printed` counts all its serials, reserves and void ones too.

    `handed_out` counts every sheet that left the office, whatever became of it later; `by_phone` those answered by
    phone only; `accepted` responses that score; `doubtful` open doubts; `conflicts` sheets with an open conflict.
    """

    agency: str
    agency_name: str
    block: str
    group: str
    group_name: str
    target: int
    reserve: int
    printed: int
    handed_out: int
    returned_paper: int
    by_phone: int
    accepted: int
    doubtful: int
    conflicts: int
    over_quota: int


_LEFT = ("handed_out", "returned", "answered_phone", "refused", "spoiled", "lost")


def quota_rows(conn: Connection) -> list[QuotaRow]:
    """Every cell, in the order of agencies and groups in the campaign folder."""
    sheets, responses, doubts, conflicts = _sheets(), _responses(), _doubts(), _conflicts()
    counts = {
        "handed_out": sheets.c.handed_out,
        "returned_paper": sheets.c.returned_paper,
        "by_phone": sheets.c.by_phone,
        "over_quota": responses.c.over_quota,
        "doubtful": doubts.c.doubtful,
        "conflicts": conflicts.c.conflicts,
    }
    query = (
        select(
            agency.c.code.label("agency"),
            agency.c.name.label("agency_name"),
            agency.c.block,
            respondent_group.c.code.label("group"),
            respondent_group.c.name.label("group_name"),
            cell.c.target,
            cell.c.reserve,
            cell.c.reserved.label("printed"),
            cell.c.accepted,
            *(func.coalesce(count, 0).label(name) for name, count in counts.items()),
        )
        .join_from(cell, agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
    )
    for counted in (sheets, responses, doubts, conflicts):
        query = query.outerjoin(counted, counted.c.cell == cell.c.id)
    query = query.order_by(agency.c.position, respondent_group.c.position)
    return [QuotaRow(**row._mapping) for row in conn.execute(query)]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _sheets() -> Subquery:
    return (
        select(
            sheet.c.cell,
            _count(sheet.c.state.in_(_LEFT)).label("handed_out"),
            _count(sheet.c.state == "returned").label("returned_paper"),
            _count(sheet.c.state == "answered_phone").label("by_phone"),
        )
        .group_by(sheet.c.cell)
        .subquery("sheets")
    )


def _responses() -> Subquery:
    over = select(sheet.c.cell, func.count().label("over_quota")).join_from(response, sheet)
    return over.where(response.c.state == "over_quota").group_by(sheet.c.cell).subquery("responses")


def _doubts() -> Subquery:
    open_ones = select(sheet.c.cell, func.count().label("doubtful")).join_from(doubt, response)
    return open_ones.join(sheet).where(IN_QUEUE).group_by(sheet.c.cell).subquery("doubts")


def _conflicts() -> Subquery:
    open_ones = select(sheet.c.cell, func.count(distinct(sheet.c.id)).label("conflicts")).join_from(conflict, sheet)
    return open_ones.where(conflict.c.state == "open").group_by(sheet.c.cell).subquery("conflicts")
