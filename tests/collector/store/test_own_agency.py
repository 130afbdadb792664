"""What the database itself holds of decisions: nobody about where they work, two people about who runs the survey.

Everything here is written past the program, straight into the tables.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError

from collector.accounts.desk import get_account
from collector.intake import accept_reading
from collector.ledger.holding import Note
from collector.ledger.mistakes import put_right
from collector.ledger.naming import Named
from collector.ledger.voiding import void_sheets
from collector.review.deciding import decide_conflict, list_conflicts, list_doubts, settle_doubt
from collector.signatures import sign
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.clock import day_of, store_time
from collector.store.conflicts import close_conflict
from collector.store.looks import record_look
from collector.store.schema import (
    conflict,
    doubt,
    doubt_reading,
    drawn_answer,
    layout_row,
    movement,
    pending_act,
    settlement,
)
from collector.store.schema import sheet as sheets
from collector.store.settlements import Signature, log_settlement
from collector.store.signing import list_acts
from collector.store.steps import MovementKind, find_ledger_sheet, record_movement, write_steps
from collector.store.typed_entries import record_typed
from forms.account_rules import AccountRules
from forms.campaign import Campaign
from forms.errors import InputWrong
from forms.rules import Reading

NOW = datetime.datetime(2014, 3, 25, 2, 0, tzinfo=datetime.UTC)
NOTE = Note("Hoa", day_of(), "", "rách")


@pytest.fixture
def refused(store: Store) -> Callable[[], AbstractContextManager[Any]]:
    """A transaction that the database refuses for who works where."""
    return lambda: pytest.raises(DBAPIError, match=r"where they work|second signature")


@pytest.fixture
def run(store: Store, campaign: Campaign, works_at: Callable[[str, str | None], None]) -> Campaign:
    """SNV runs the survey and is rated in it; Hoa asks, Nam works elsewhere."""
    rules = {"accounts": AccountRules(runs="SNV"), "reading": Reading(second_look=1)}
    changed = dataclasses.replace(campaign, settings=campaign.settings.model_copy(update=rules))
    with store.write() as conn:
        sync_campaign(conn, changed)
    works_at("Hoa", None)
    works_at("Nam", "STC")
    return changed


def void(conn: Connection, number: str, who: str, act: int | None = None, kind: MovementKind = "void") -> None:
    """Make a sheet void as the program does, without what the program checks."""
    key = conn.execute(select(sheets.c.id).where(sheets.c.number == number)).scalar_one()
    was = find_ledger_sheet(conn, key)
    assert was is not None
    by = record_movement(conn, kind, NOTE.day, who, day_of(), note="rách", act=act)
    write_steps(conn, [(was, dataclasses.replace(was, state="void"))], NOTE.day, by=by, void_reason="rách")


def ask_void(store: Store, run: Campaign, number: str) -> int:
    return void_sheets(store, run, Named((number,)), NOTE).waits


def sign_it(store: Store, run: Campaign) -> None:
    with store.read() as conn:
        (act,) = list_acts(conn, True, 10)
    sign(store, run, act.id, get_account(store, "nguoi-2"), NOW)


def test_nobody_makes_void_corrects_or_releases_sheets_of_their_workplace(
    store: Store, works_at: Callable[[str, str | None], None], refused: Any
) -> None:
    works_at("Bình", "HL")
    works_at("Chi", "STC")
    for number, who in (("HL-CD-001", "Bình"), ("HL-CC-001", "Chi")):
        with refused(), store.write() as conn:
            void(conn, number, who)
    for kind in ("correction", "release"):
        with refused(), store.write() as conn:
            key = conn.execute(select(sheets.c.id).where(sheets.c.number == "HL-CD-001")).scalar_one()
            was = find_ledger_sheet(conn, key)
            by = record_movement(conn, kind, NOTE.day, "Bình", day_of(), note="nhầm")
            write_steps(conn, [(was, was)], NOTE.day, by=by)
    with store.write() as conn:
        void(conn, "SNV-CD-001", "Bình")


def test_a_sheet_is_made_void_by_a_void_alone(store: Store) -> None:
    with pytest.raises(DBAPIError, match="made void by a void"), store.write() as conn:
        void(conn, "HL-CD-001", "lan", kind="return")


def test_the_runners_sheet_is_made_void_by_what_was_signed_of_it_and_once(
    store: Store, run: Campaign, refused: Any
) -> None:
    key = ask_void(store, run, "SNV-CD-001")
    for act in (None, key):
        with refused(), store.write() as conn:
            void(conn, "SNV-CD-001", "Hoa", act)
    with store.write() as conn:
        values = {"state": "signed", "signer": "Nam", "signer_account": 2, "decided_at": store_time(NOW)}
        conn.execute(update(pending_act).where(pending_act.c.id == key).values(**values))
    for number, who in (("SNV-CD-002", "Hoa"), ("SNV-CD-001", "Nam")):
        with refused(), store.write() as conn:
            void(conn, number, who, key)
    with store.write() as conn:
        void(conn, "SNV-CD-001", "Hoa", key)
    with pytest.raises(DBAPIError), store.write() as conn:
        record_movement(conn, "void", NOTE.day, "Hoa", day_of(), note="rách", act=key)
    with store.write() as conn:
        void(conn, "HL-CD-001", "Hoa")


def test_a_number_in_the_words_of_who_asked_is_none_that_was_asked_for(
    store: Store, run: Campaign, refused: Any
) -> None:
    for reason in ("SNV-CD-002", '", "SNV-CD-002", "', '["SNV-CD-002"]'):
        key = void_sheets(store, run, Named(("SNV-CD-001",)), dataclasses.replace(NOTE, note=reason)).waits
        with refused(), store.write() as conn:
            values = {"state": "signed", "signer": "Nam", "signer_account": 2, "decided_at": store_time(NOW)}
            conn.execute(update(pending_act).where(pending_act.c.id == key).values(**values))
            void(conn, "SNV-CD-002", "Hoa", key)


def test_a_correction_on_the_runners_sheet_needs_what_was_signed(
    store: Store, run: Campaign, refused: Any, clerk_of: Any
) -> None:
    clerk_of(store, run, "SNV-CD-001")
    put_right(store, run, Named(("SNV-CD-001",)), "handover", NOTE)
    with refused(), store.write() as conn:
        key = conn.execute(select(sheets.c.id).where(sheets.c.number == "SNV-CD-001")).scalar_one()
        was = find_ledger_sheet(conn, key)
        assert was is not None
        by = record_movement(conn, "correction", NOTE.day, "Hoa", day_of(), note="nhầm")
        now = dataclasses.replace(was, state="printed", handover=None)
        write_steps(conn, [(was, now)], NOTE.day, by=by)
    sign_it(store, run)
    with store.read() as conn:
        kept = conn.scalar(select(movement.c.act).where(movement.c.kind == "correction"))
        assert kept == list_acts(conn, False, 10)[0].id


@pytest.fixture
def clerk_of() -> Any:
    from collector.ledger.acts import hand_over

    return lambda store, run, number: hand_over(store, run, Named((number,)), "", dataclasses.replace(NOTE, note=""))


def settle(conn: Connection, key: int, who: str, chosen: str = '["3"]', act: int | None = None) -> None:
    log_settlement(conn, key, chosen, Signature(who, None, "", store_time(NOW), act))


def test_a_doubt_about_the_runner_is_settled_by_what_was_signed_of_it_and_by_nobody_who_works_there(
    desk: Any, store: Store, run: Campaign, works_at: Callable[[str, str | None], None], refused: Any
) -> None:
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_SNV m1_STC", m1_SNV="5", m1_STC="4")
    works_at("Bình", "HL")
    with store.read() as conn:
        own, other = (next(one.id for one in list_doubts(conn) if one.row == row) for row in ("SNV", "STC"))
    for key, who in ((own, "Hoa"), (other, "Nam"), (other, "Bình")):
        with refused(), store.write() as conn:
            settle(conn, key, who)
    settle_doubt(store, own, ("3",), "Hoa")
    with store.write() as conn:
        (act,) = list_acts(conn, True, 10)
        with refused(), conn.begin_nested():
            settle(conn, own, "Hoa", act=act.id)
        values = {"state": "signed", "signer": "Nam", "signer_account": 2, "decided_at": store_time(NOW)}
        conn.execute(update(pending_act).where(pending_act.c.id == act.id).values(**values))
        for chosen in ('["4"]', None):
            with refused(), conn.begin_nested():
                settle(conn, own, "Hoa", chosen, act.id)
        settle(conn, own, "Hoa", act=act.id)
        with pytest.raises(DBAPIError), conn.begin_nested():
            settle(conn, own, "Hoa", act=act.id)
        settle(conn, other, "Hoa")


def test_a_doubt_is_what_the_last_line_of_its_log_says(desk: Any, store: Store) -> None:
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_STC", m1_SNV="5", m1_STC="4")
    with pytest.raises(DBAPIError, match="last line of its log"), store.write() as conn:
        conn.execute(update(doubt).values(state="settled", chosen='["4"]'))
    with store.read() as conn:
        known = dict(conn.execute(select(doubt)).one()._mapping)
    fresh = known | {"id": 99, "rated": 0, "state": "settled", "chosen": '["4"]'}
    with pytest.raises(DBAPIError, match="begins undecided"), store.write() as conn:
        conn.execute(insert(doubt).values(fresh))


def test_a_conflict_about_the_runner_is_decided_as_it_was_signed_and_by_nobody_who_works_there(
    desk: Any, store: Store, run: Campaign, works_at: Callable[[str, str | None], None], refused: Any
) -> None:
    works_at("Bình", "HL")
    for serial in (desk.serials("SNV", "CD")[0], desk.serials("HL", "CD")[0]):
        desk.post(serial, q1="1")
        desk.post(serial, q1="0")
    with store.read() as conn:
        keys = {one.agency: one.id for one in list_conflicts(conn)}
    for agency, who in (("SNV", "Hoa"), ("HL", "Bình")):
        with refused(), store.write() as conn:
            close_conflict(conn, keys[agency], "first", who, "gọi lại", store_time(NOW))
    decide_conflict(store, keys["SNV"], "first", "Hoa", "gọi lại")
    with store.write() as conn:
        (act,) = list_acts(conn, True, 10)
        values = {"state": "signed", "signer": "Nam", "signer_account": 2, "decided_at": store_time(NOW)}
        conn.execute(update(pending_act).where(pending_act.c.id == act.id).values(**values))
        for keep, who in (("second", "Hoa"), ("neither", "Hoa"), ("first", "Nam")):
            with refused(), conn.begin_nested():
                close_conflict(conn, keys["SNV"], keep, who, "gọi lại", store_time(NOW))
        close_conflict(conn, keys["SNV"], "first", "Hoa", "gọi lại", store_time(NOW))
        close_conflict(conn, keys["HL"], "first", "Hoa", "gọi lại", store_time(NOW))


def test_a_void_that_was_signed_ends_the_conflicts_of_its_sheet(desk: Any, store: Store, run: Campaign) -> None:
    serial = desk.serials("SNV", "CD")[0]
    desk.post(serial, q1="1")
    desk.post(serial, q1="0")
    ask_void(store, run, "SNV-CD-001")
    sign_it(store, run)
    with store.read() as conn:
        assert conn.scalars(select(conflict.c.decision)).all() == ["neither"]


def test_three_answers_of_the_runners_sheet_are_decided_one_signature_after_the_other(
    desk: Any, store: Store, run: Campaign
) -> None:
    serial = desk.serials("SNV", "CD")[0]
    for said in ("1", "0"):
        desk.post(serial, q1=said)
    desk.scan(serial, 1, q1="1", q2="3")
    desk.scan(serial, 2)
    while True:
        with store.read() as conn:
            waiting = list_conflicts(conn)
        if not waiting:
            break
        decide_conflict(store, waiting[0].id, "second", "Hoa", "đã gọi lại")
        sign_it(store, run)
    with store.read() as conn:
        assert set(conn.scalars(select(conflict.c.state))) == {"decided"}


def test_nobody_looks_reads_again_or_types_in_what_is_about_their_workplace(
    desk: Any, store: Store, run: Campaign, works_at: Callable[[str, str | None], None], refused: Any
) -> None:
    serial = desk.serials("HL", "CC")[0]
    accept_reading(store, run, desk.file(), desk.reading(serial, 1, "m1_STC", m1_SNV="5", m1_STC="4"))
    works_at("Bình", "HL")
    works_at("Mai", "SNV")
    with store.write() as conn:
        drawn = conn.execute(select(drawn_answer.c.id)).scalar_one()
        key = conn.execute(select(sheets.c.id).where(sheets.c.serial == serial)).scalar_one()
        (open_one,) = list_doubts(conn)
        settle(conn, open_one.id, "Hoa")
        line = conn.execute(select(settlement.c.id)).scalar_one()
    again = {"doubt": open_one.id, "round": 1, "settlement": line, "first": '["3"]', "seen": '["3"]', "agrees": True}
    for who in ("Bình", "Mai"):
        with refused(), store.write() as conn:
            record_look(conn, drawn, ("5",), Signature(who, None, "", store_time(NOW)))
        with refused(), store.write() as conn:
            record_typed(conn, key, None, who, day_of())
    for who in ("Bình", "Nam"):
        with refused(), store.write() as conn:
            conn.execute(insert(doubt_reading).values(**again, who=who, at=store_time(NOW)))
    with store.write() as conn:
        record_look(conn, drawn, ("5",), Signature("Nam", None, "", store_time(NOW)))
        record_typed(conn, key, None, "Hoa", day_of())
        conn.execute(insert(doubt_reading).values(**again, who="Mai", at=store_time(NOW)))


def test_an_act_is_asked_for_by_the_account_of_that_name_and_begins_unsigned(store: Store, run: Campaign) -> None:
    asked = {"kind": "void", "agency": "SNV", "subject": "SNV-CD-001", "why": "rách", "at": store_time(NOW)}
    asked |= {"asked": json.dumps({"numbers": ["SNV-CD-001"]}), "who": "Hoa", "state": "waiting"}
    signed = {"state": "signed", "signer": "Nam", "signer_account": 2, "decided_at": store_time(NOW)}
    for wrong in ({"account": None}, {"account": 2}, {"account": 1, **signed}):
        with pytest.raises(DBAPIError), store.write() as conn:
            conn.execute(insert(pending_act).values({**asked, **wrong}))
    with store.write() as conn:
        conn.execute(insert(pending_act).values({**asked, "account": 1}))


def test_what_somebody_asked_for_who_works_there_by_now_is_not_signed(store: Store, run: Campaign) -> None:
    key = ask_void(store, run, "SNV-CD-001")
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE account SET workplace = 'SNV' WHERE shown_name = 'Hoa'")
    with pytest.raises(InputWrong):
        sign(store, run, key, get_account(store, "nguoi-2"), NOW)


def test_the_rows_of_a_printed_matrix_stay(store: Store) -> None:
    with store.read() as conn:
        assert len(conn.execute(select(layout_row)).all()) == 2
    for change in (layout_row.delete(), layout_row.update().values(agency=3)):
        with pytest.raises(DBAPIError), store.write() as conn:
            conn.execute(change)
