"""Whoever is held to one agency touches no other sheets: what the database refuses, past the program."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from collector.review.deciding import decide_conflict, list_conflicts, list_doubts, settle_doubt
from collector.store import Store
from collector.store.accounts import add_account, change_account
from collector.store.clock import day_of
from collector.store.schema import sheet as sheets
from collector.store.steps import find_ledger_sheet, record_movement, write_steps
from collector.store.typed_entries import record_typed

DAY = datetime.date(2014, 3, 20)
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA"
OUTSIDE = "touches no other sheets"


@pytest.fixture
def held(store: Store) -> str:
    """Bình, clerk and verifier of HL's sheets."""
    with store.write() as conn:
        add_account(conn, "binh", "Bình", ("clerk", "verifier"), HASH, agency="HL")
    return "Bình"


def hand_out(store: Store, number: str, who: str) -> None:
    """Hand a sheet out as the program does, without what the program checks."""
    with store.write() as conn:
        key = conn.execute(select(sheets.c.id).where(sheets.c.number == number)).scalar_one()
        was = find_ledger_sheet(conn, key)
        assert was is not None
        by = record_movement(conn, "handover", DAY, who, day_of(), party=was.agency)
        write_steps(conn, [(was, dataclasses.replace(was, state="handed_out", handover=by))], DAY, by=by)


def test_sheets_of_another_agency_are_not_moved(store: Store, held: str) -> None:
    with pytest.raises(DBAPIError, match=OUTSIDE):
        hand_out(store, "SNV-CD-001", held)
    hand_out(store, "HL-CD-001", held)
    hand_out(store, "SNV-CD-001", "Nam")


def test_doubts_conflicts_and_sheets_to_type_in_of_another_agency_are_not_decided(
    store: Store, held: str, desk: Any
) -> None:
    for agency in ("SNV", "HL"):
        first, second = desk.serials(agency)[:2]
        desk.scan(first, 1, doubtful="q2", q2="4")
        desk.scan(first, 2)
        desk.post(second, q2="5")
        desk.post(second, q2="1")
    with store.read() as conn:
        doubts = {one.agency: one.id for one in list_doubts(conn)}
        conflicts = {one.agency: one.id for one in list_conflicts(conn)}
    with pytest.raises(DBAPIError, match=OUTSIDE):
        settle_doubt(store, doubts["SNV"], ("1",), held)
    with pytest.raises(DBAPIError, match=OUTSIDE):
        decide_conflict(store, conflicts["SNV"], "first", held, "giống tờ giấy")
    with store.read() as conn:
        keys = {row.number: row.id for row in conn.execute(select(sheets.c.number, sheets.c.id))}
    with pytest.raises(DBAPIError, match=OUTSIDE), store.write() as conn:
        record_typed(conn, keys["SNV-CD-003"], None, held, DAY)
    settle_doubt(store, doubts["HL"], ("1",), held)
    decide_conflict(store, conflicts["HL"], "first", held, "giống tờ giấy")


@pytest.mark.parametrize("role", ["manager", "rechecker", "observer", "auditor"])
def test_roles_for_the_whole_round_are_held_to_no_agency_and_a_viewer_always_is(store: Store, role: Any) -> None:
    with pytest.raises(IntegrityError), store.write() as conn:
        add_account(conn, "chi", "Chi", (role,), HASH, agency="HL")
    with pytest.raises(IntegrityError), store.write() as conn:
        add_account(conn, "chi", "Chi", ("viewer",), HASH)
    with store.write() as conn:
        key = add_account(conn, "chi", "Chi", ("clerk",), HASH, agency="HL")
    with pytest.raises(IntegrityError), store.write() as conn:
        change_account(conn, key, {"roles": {"clerk", role}})
