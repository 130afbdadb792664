"""Agencies, respondent groups and quota cells, as the campaign folder last said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, insert, select, update

from collector.store.events import record_event
from collector.store.places import fill_every_place, fill_places, settle_unissued
from collector.store.schema import agency, cell, meta, respondent_group, response, sheet
from collector.store.signing import RUNS
from forms.campaign import Campaign, Quota
from forms.errors import InputWrong, Problem
from forms.words import text

Keys = Mapping[str, int]


def sync_campaign(conn: Connection, campaign: Campaign) -> None:
    """Bring agencies, groups and cells in line with the campaign folder; run it before printing and taking in.

    InputWrong, with every problem, where a cell would fall below what was printed or accepted, where a cell with
    printed sheets is gone, or where the privacy of a group changes after its first answer.
    """
    conn.execute(select(meta.c.value).where(meta.c.key == "campaign").with_for_update())  # one at a time
    if _sync_rules(conn, campaign):
        settle_unissued(conn)  # before any cell is held: whoever takes an answer in holds its sheet first
    agencies = _sync_codes(
        conn, agency, {one.code: {"name": one.name, "block": one.block} for one in campaign.agencies}
    )
    fixed = _fixed_privacy(conn)
    problems = _privacy_problems(campaign, fixed)
    linked = {one.code: fixed.get(one.code, one.privacy == "linked") for one in campaign.settings.groups}
    groups = _sync_codes(
        conn,
        respondent_group,
        {one.code: {"name": one.name, "linked": linked[one.code]} for one in campaign.settings.groups},
    )
    problems += _sync_cells(conn, campaign, agencies, groups)
    if problems:
        raise InputWrong(problems)
    fill_every_place(conn)


def _sync_rules(conn: Connection, campaign: Campaign) -> bool:
    """Keep the rules that the store itself goes by: what happens to unissued sheets, and the day they are due.

    Whether responses have to be weighed by them: the rule changed, or an answer may have come in while it did.
    """
    due = campaign.settings.find_due_day()
    hold = campaign.settings.scoring.unissued == "hold"
    held = conn.scalar(select(meta.c.value).where(meta.c.key == "unissued")) is not None
    runs = campaign.settings.accounts.runs or None
    kept = (("unissued", "hold" if hold else None), ("due_day", due.isoformat() if due else None), (RUNS, runs))
    for key, value in kept:
        if (known := conn.scalar(select(meta.c.value).where(meta.c.key == key))) != value:
            if key == RUNS:
                record_event(conn, "campaign.yaml", "sign.rule", value or "", known or "")
            conn.execute(delete(meta).where(meta.c.key == key))
            if value is not None:
                conn.execute(insert(meta).values(key=key, value=value))
    return hold or held


def _sync_codes(conn: Connection, table: Table, wanted: Mapping[str, dict[str, Any]]) -> Keys:
    found = {row.code: row._mapping for row in conn.execute(select(table))}
    for position, (code, values) in enumerate(wanted.items()):
        values = {**values, "position": position}
        if code not in found:
            conn.execute(insert(table).values(code=code, **values))
        elif any(found[code][name] != value for name, value in values.items()):
            conn.execute(update(table).where(table.c.code == code).values(**values))
    return {row.code: row.id for row in conn.execute(select(table.c.code, table.c.id))}


def _fixed_privacy(conn: Connection) -> dict[str, bool]:
    """Whether the groups that answered are linked: the database refuses to change that."""
    answered = exists().where(
        response.c.sheet == sheet.c.id, sheet.c.cell == cell.c.id, cell.c.respondent_group == respondent_group.c.id
    )
    rows = conn.execute(select(respondent_group.c.code, respondent_group.c.linked).where(answered))
    return {row.code: row.linked for row in rows}


def _privacy_problems(campaign: Campaign, fixed: Mapping[str, bool]) -> list[Problem]:
    return [
        Problem("campaign.yaml", text("store.privacy_changed", group=group.code), text("store.privacy_changed_fix"))
        for group in campaign.settings.groups
        if fixed.get(group.code, group.privacy == "linked") != (group.privacy == "linked")
    ]


def _sync_cells(conn: Connection, campaign: Campaign, agencies: Keys, groups: Keys) -> list[Problem]:
    found = {(row.agency, row.respondent_group): row for row in conn.execute(select(cell))}
    wanted = {(agencies[quota.agency], groups[quota.group]): quota for quota in campaign.quotas}
    problems = []
    # Cells in the order of their keys, as everybody takes them: two who wait for each other would wait for ever.
    for keys, quota in sorted(wanted.items(), key=lambda entry: found[entry[0]].id if entry[0] in found else 0):
        if keys not in found:
            values = {"agency": keys[0], "respondent_group": keys[1], "target": quota.target, "reserve": quota.reserve}
            conn.execute(insert(cell).values(reserved=0, accepted=0, collector=quota.collector, **values))
            continue
        if (found[keys].target, found[keys].reserve) != (quota.target, quota.reserve):
            problems += _resize_cell(conn, found[keys].id, quota)
        if found[keys].collector != quota.collector:
            conn.execute(update(cell).where(cell.c.id == found[keys].id).values(collector=quota.collector))
    gone = [found[keys].id for keys in found.keys() - wanted.keys()]
    file = next((quota.where.rpartition(":")[0] or quota.where for quota in campaign.quotas), "quotas")
    return problems + _remove_cells(conn, gone, file)


def _resize_cell(conn: Connection, key: int, quota: Quota) -> list[Problem]:
    size = quota.target + quota.reserve
    resized = conn.execute(
        update(cell)
        .where(cell.c.id == key, cell.c.accepted <= quota.target, cell.c.reserved <= size)
        .values(target=quota.target, reserve=quota.reserve)
    )
    if resized.rowcount:
        fill_places(conn, key)
        return []
    now = conn.execute(select(cell.c.reserved, cell.c.accepted).where(cell.c.id == key)).one()
    names = {"agency": quota.agency, "group": quota.group, "target": quota.target, "reserve": quota.reserve}
    what = text("store.cell_too_small", printed=now.reserved, accepted=now.accepted, **names)
    return [Problem(quota.where, what, text("store.cell_too_small_fix"))]


def _remove_cells(conn: Connection, keys: list[int], file: str) -> list[Problem]:
    conn.execute(delete(cell).where(cell.c.id.in_(keys), cell.c.reserved == 0))
    printed = conn.execute(
        select(agency.c.code, respondent_group.c.code.label("group"), cell.c.reserved)
        .join_from(cell, agency)
        .join(respondent_group)
        .where(cell.c.id.in_(keys))
    )
    return [
        Problem(
            file,
            text("store.cell_gone", agency=row.code, group=row.group, printed=row.reserved),
            text("store.cell_gone_fix"),
        )
        for row in printed
    ]
