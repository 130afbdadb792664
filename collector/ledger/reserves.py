"""Reserve sheets: released by rule, each in the place of one sheet, never taken.

The rule: the reserve sheets of a cell stand in the order of SHA-256 of `CAMPAIGN|NUMBER` (the campaign's id and the
sheet's number, UTF-8); the sheets to be replaced, by their number, take the first that is free in turn. Whoever has the
numbers can recompute it, and nobody chooses. A reserve sheet that somebody used without asking keeps its turn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select

from collector.ledger.holding import Note, look_up, refuse, take_hold
from collector.ledger.journal import log_act
from collector.ledger.naming import Named
from collector.store import Store
from collector.store.accounts import find_workplace
from collector.store.clock import day_of
from collector.store.schema import sheet as sheets
from collector.store.steps import LedgerSheet, hold_sheets, record_movement, write_steps
from forms.campaign import Campaign
from forms.errors import Problem
from forms.words import text

GONE = ("refused", "spoiled", "lost")
_REPLACEABLE = (*GONE, "handed_out", "void")


@dataclass(frozen=True)
class Released:
    """(replaced, reserve) by number, as released now and as released before; numbers for which no reserve is left."""

    pairs: tuple[tuple[str, str], ...]
    known: tuple[tuple[str, str], ...]
    lacking: tuple[str, ...]


def reserve_order(campaign_id: str, reserves: Iterable[LedgerSheet]) -> list[LedgerSheet]:
    """The reserve sheets of a cell in the order in which they are released."""
    return sorted(reserves, key=lambda one: hashlib.sha256(f"{campaign_id}|{one.number}".encode()).hexdigest())


def release_reserves(store: Store, campaign: Campaign, named: Named, note: Note) -> Released:
    """Release a reserve sheet for each named sheet, or for all of whole cells that were refused, spoiled or lost.

    A sheet that has its replacement keeps that one. InputWrong where a named sheet still may be answered, or where its
    cell has no reserve left; of whole cells those are told for which none is left.
    """
    with store.write() as conn:
        own = find_workplace(conn, note.who)
        chosen = {one.id for one in take_hold(conn, campaign, named, note, own=own).sheets}
        cells = select(sheets.c.cell).where(sheets.c.id.in_(sorted(chosen)))
        mates = conn.scalars(select(sheets.c.id).where(sheets.c.cell.in_(cells))).all()
        held = look_up(conn, hold_sheets(conn, mates))
        by_key = {one.id: one for one in held.sheets}
        replaced = {one.replaces: one for one in held.sheets if one.replaces is not None}
        wanted = [one for one in held.sheets if one.id in chosen and (not named.is_whole or one.state in GONE)]
        lost = sorted((one for one in wanted if one.id not in replaced), key=lambda one: one.number)
        refuse(_check(lost))
        pairs = list(_pair(campaign.settings.id, lost, held.sheets))
        lacking = tuple(one.number for one in lost if one.id not in {gone.id for gone, _ in pairs})
        if not named.is_whole:
            refuse(Problem(number, text("sheets.no_reserve"), text("sheets.no_reserve_fix")) for number in lacking)
        if pairs:
            key = record_movement(conn, "release", note.day, note.who, day_of(), **note.words())
            changes = [(reserve, replace(reserve, replaces=gone.id)) for gone, reserve in pairs]
            write_steps(conn, changes, note.day, by=key)
            log_act(conn, "release", [reserve for _, reserve in pairs], note)
    known = tuple((by_key[one.id].number, replaced[one.id].number) for one in wanted if one.id in replaced)
    return Released(tuple((gone.number, reserve.number) for gone, reserve in pairs), known, lacking)


def _check(sheets: Iterable[LedgerSheet]) -> Iterator[Problem]:
    for one in sheets:
        if one.state not in _REPLACEABLE:
            now = text(f"sheets.state_{one.state}")
            yield Problem(one.number, text("sheets.not_replaceable", state=now), text("sheets.not_replaceable_fix"))


def _pair(
    campaign_id: str, lost: Iterable[LedgerSheet], mates: Iterable[LedgerSheet]
) -> Iterator[tuple[LedgerSheet, LedgerSheet]]:
    free = [one for one in mates if one.is_reserve and one.replaces is None and one.state != "void"]
    order = reserve_order(campaign_id, free)
    for gone in lost:
        own = next((one for one in order if one.cell == gone.cell and one.id != gone.id), None)
        if own is not None:
            order.remove(own)
            yield gone, own
