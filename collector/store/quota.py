"""How far each quota cell is: views over sheets, responses, doubts and conflicts.

Every sheet has one state and every state one column here, so that in every cell, always: the cell's serials = printed +
void; printed = unused + handed_out; handed_out = returned_paper + by_phone + imported + refused + spoiled + lost +
outstanding.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Subquery, case, distinct, func, select

from collector.store.counting import is_coming_in, is_struck
from collector.store.deadlines import find_due_days
from collector.store.doubts import IN_QUEUE
from collector.store.responses import STANDING
from collector.store.schema import agency, cell, conflict, doubt, respondent_group, response, sheet
from collector.store.steps import CAME_IN
from collector.store.traces import is_scanned


@dataclass(frozen=True)
class QuotaRow:
    """One cell. `printed` counts its serials, reserves too, without void ones.

    `handed_out` counts every sheet that left the office, whatever became of it later; `by_phone` those answered by
    phone only, `imported` those whose answers came in a table and of which no paper came; `accepted`
    responses that score; `doubtful` open doubts; `conflicts` sheets with an open conflict;
    `unissued` sheets that came back although nobody recorded that they went; `held` responses that wait for that;
    `struck` accepted ones that a recheck's decision leaves out of the scores;
    `late` sheets that came in after their day; `unscanned` sheets recorded as returned whose pages are not in;
    `never_out` imported ones that nobody recorded as handed out; handed_out and unissued count them too;
    `coming_in` responses of an import under way, which none of the counts of responses holds.
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
    void: int = 0
    unused: int = 0
    refused: int = 0
    spoiled: int = 0
    lost: int = 0
    outstanding: int = 0
    late: int = 0
    unissued: int = 0
    unscanned: int = 0
    held: int = 0
    struck: int = 0
    coming_in: int = 0
    imported: int = 0
    never_out: int = 0


_LEFT = ("handed_out", *CAME_IN, "refused", "spoiled", "lost")
_SHEETS: dict[str, ColumnElement[bool]] = {
    "printed": sheet.c.state != "void",
    "void": sheet.c.state == "void",
    "unused": sheet.c.state.in_(("printed", "unused")),
    "handed_out": sheet.c.state.in_(_LEFT),
    "returned_paper": sheet.c.state == "returned",
    "by_phone": sheet.c.state == "answered_phone",
    "imported": sheet.c.state == "imported",
    "never_out": (sheet.c.state == "imported") & sheet.c.handover.is_(None),
    "refused": sheet.c.state == "refused",
    "spoiled": sheet.c.state == "spoiled",
    "lost": sheet.c.state == "lost",
    "outstanding": sheet.c.state == "handed_out",
    "unissued": sheet.c.state.in_(CAME_IN) & sheet.c.handover.is_(None),
    "unscanned": (sheet.c.state == "returned") & ~is_scanned(),
}


def quota_rows(conn: Connection) -> list[QuotaRow]:
    """Every cell, in the order of agencies and groups in the campaign folder."""
    sheets, responses, doubts, conflicts = _sheets(), _responses(), _doubts(), _conflicts()
    counts = {
        **{name: sheets.c[name] for name in _SHEETS},
        "over_quota": responses.c.over_quota,
        "held": responses.c.held,
        "struck": responses.c.struck,
        "coming_in": responses.c.coming_in,
        "doubtful": doubts.c.doubtful,
        "conflicts": conflicts.c.conflicts,
    }
    late = _count_late(conn)
    query = (
        select(
            cell.c.id,
            agency.c.code.label("agency"),
            agency.c.name.label("agency_name"),
            agency.c.block,
            respondent_group.c.code.label("group"),
            respondent_group.c.name.label("group_name"),
            cell.c.target,
            cell.c.reserve,
            (cell.c.accepted - func.coalesce(responses.c.not_yet, 0)).label("accepted"),
            *(func.coalesce(count, 0).label(name) for name, count in counts.items()),
        )
        .join_from(cell, agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
    )
    for counted in (sheets, responses, doubts, conflicts):
        query = query.outerjoin(counted, counted.c.cell == cell.c.id)
    query = query.order_by(agency.c.position, respondent_group.c.position)
    return [
        QuotaRow(**{name: value for name, value in row._mapping.items() if name != "id"}, late=late.get(row.id, 0))
        for row in conn.execute(query)
    ]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _sheets() -> Subquery:
    counts = [_count(condition).label(name) for name, condition in _SHEETS.items()]
    return select(sheet.c.cell, *counts).group_by(sheet.c.cell).subquery("sheets")


def _responses() -> Subquery:
    accepted, coming = response.c.state == "accepted", is_coming_in()
    struck = accepted & is_struck(sheet.c.id)
    counts = {
        **{state: (response.c.state == state) & ~coming for state in ("over_quota", "held")},
        "struck": struck & ~coming,
        "coming_in": coming & response.c.state.in_(STANDING),
        "not_yet": coming & accepted,
    }
    query = select(sheet.c.cell, *(_count(which).label(name) for name, which in counts.items()))
    query = query.join_from(response, sheet, sheet.c.id == response.c.sheet)
    told = response.c.state.in_(("over_quota", "held")) | struck | coming
    return query.where(told).group_by(sheet.c.cell).subquery("responses")


def _count_late(conn: Connection) -> dict[int, int]:
    """Sheets that came in after the day on which they were due, by cell."""
    due = find_due_days(conn)
    first = min(due.values(), default=None)
    if first is None:
        return {}
    query = select(sheet.c.cell, sheet.c.received_day, func.count().label("sheets"))
    late: Counter[int] = Counter()
    came_in = (sheet.c.state.in_(CAME_IN), sheet.c.received_day > first)
    for row in conn.execute(query.where(*came_in).group_by(sheet.c.cell, sheet.c.received_day)):
        late[row.cell] += row.sheets if row.received_day > due[row.cell] else 0
    return late


def _doubts() -> Subquery:
    open_ones = select(sheet.c.cell, func.count().label("doubtful")).join_from(doubt, response)
    return open_ones.join(sheet).where(IN_QUEUE).group_by(sheet.c.cell).subquery("doubts")


def _conflicts() -> Subquery:
    open_ones = select(sheet.c.cell, func.count(distinct(sheet.c.id)).label("conflicts")).join_from(conflict, sheet)
    return open_ones.where(conflict.c.state == "open").group_by(sheet.c.cell).subquery("conflicts")
