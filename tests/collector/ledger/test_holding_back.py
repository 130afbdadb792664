"""Answers to sheets that nobody recorded as handed out: counted and shown, or held back, as the campaign says."""

from __future__ import annotations

import datetime

from sqlalchemy import select

from collector.review.deciding import decide_conflict, list_conflicts
from collector.store.deadlines import find_due_days, record_extension
from collector.store.schema import response
from forms.campaign import Phase


def test_by_default_they_count_and_are_shown(clerk, desk):
    assert desk.post(desk.serials()[0], q2="4").status == "accepted"
    assert (clerk.cell().accepted, clerk.cell().unissued, clerk.cell().held) == (1, 1, 0)


def test_held_answers_count_once_the_hand_over_is_on_record(clerk, desk):
    desk.campaign = clerk.set_rules(unissued="hold")
    outcome = desk.post(desk.serials()[0], q2="4")
    assert (outcome.status, bool(outcome.receipt)) == ("held", True)
    assert desk.post(desk.serials()[0], q2="4").receipt == outcome.receipt
    desk.scan(desk.serials()[1], 1, q2="4")
    desk.scan(desk.serials()[1], 2)
    row = clerk.cell()
    assert (row.accepted, row.held, row.unissued) == (0, 2, 2)
    clerk.give("HL-CD-001")
    row = clerk.cell()
    assert (row.accepted, row.held, row.unissued) == (1, 1, 1)
    assert desk.post(desk.serials()[2], q2="4").status == "held"


def test_what_is_held_takes_no_place_and_gets_one_only_while_there_are_some(clerk, desk):
    desk.campaign = clerk.set_rules(unissued="hold")
    for serial in desk.serials()[:3]:
        desk.post(serial, q2="4")
    clerk.give("HL-CD-001..HL-CD-003")
    assert clerk.cell().accepted == 3
    desk.post(desk.serials()[3], q2="4")
    assert (clerk.cell().accepted, clerk.cell().held) == (3, 1)


def test_a_disputed_held_sheet_is_held_again_when_it_was_decided(clerk, desk):
    desk.campaign = clerk.set_rules(unissued="hold")
    desk.post(desk.serials()[0], q2="4")
    assert desk.post(desk.serials()[0], q2="1").status == "conflict"
    with clerk.store.read() as conn:
        (found,) = list_conflicts(conn)
    decide_conflict(clerk.store, found.id, "first", "minh", "xác nhận")
    assert (clerk.cell().accepted, clerk.cell().held) == (0, 1)


def test_a_reserve_taken_without_asking_waits_for_its_release_and_hand_over(clerk, desk):
    desk.campaign = clerk.set_rules(unissued="hold")
    clerk.give(agency="HL", group="CD")
    assert desk.post(desk.serials()[3], q2="4").status == "held"
    clerk.take("HL-CD-002", state="lost")
    clerk.release(agency="HL")
    assert clerk.cell().held == 1
    clerk.give("HL-CD-004")
    assert (clerk.cell().accepted, clerk.cell().held) == (1, 0)


def test_changing_the_rule_weighs_what_is_there_again(clerk, desk):
    for serial in desk.serials():
        desk.post(serial, q2="4")
    assert (clerk.cell().accepted, clerk.cell().over_quota) == (3, 1)
    clerk.give("HL-CD-001")
    clerk.set_rules(unissued="hold")
    assert (clerk.cell().accepted, clerk.cell().over_quota, clerk.cell().held) == (1, 0, 3)
    clerk.set_rules(unissued="flag")
    assert (clerk.cell().accepted, clerk.cell().over_quota, clerk.cell().held) == (3, 1, 0)


def test_a_hand_over_taken_back_holds_the_answers_again(clerk, desk):
    desk.campaign = clerk.set_rules(unissued="hold")
    clerk.give("HL-CD-001")
    desk.post(desk.serials()[0], q2="4")
    clerk.correct("HL-CD-001", what="handover")
    assert (clerk.cell().accepted, clerk.cell().held) == (0, 1)
    with clerk.store.read() as conn:
        assert list(conn.scalars(select(response.c.claims))) == [True]


def test_late_is_what_was_received_late_not_what_was_scanned_late(clerk, desk):
    day = datetime.date
    clerk.set_rules(phases=(Phase(code="collect", name="Thu", **{"from": day(2014, 3, 1), "to": day(2014, 3, 20)}),))
    clerk.give("HL-CD-001..HL-CD-003", day=day(2014, 3, 10))
    clerk.take("HL-CD-001", day=day(2014, 3, 20))
    desk.scan(desk.serials()[0], 1, q2="4")
    clerk.take("HL-CD-002", day=day(2014, 3, 24))
    desk.post(desk.serials()[2], q2="4")  # on the 21st
    assert clerk.cell().late == 2
    with clerk.store.write() as conn:
        assert record_extension(conn, "agency", "HL", day(2014, 3, 24), "15/SNV", "lan", day(2014, 3, 21))
        assert not record_extension(conn, "agency", "HL", day(2014, 3, 24), "15/SNV", "lan", day(2014, 3, 21))
        assert set(find_due_days(conn).values()) == {day(2014, 3, 24), day(2014, 3, 20)}
    assert clerk.cell().late == 0


def test_without_a_day_nothing_is_late(clerk, desk):
    desk.scan(desk.serials()[0], 1, q2="4")
    assert clerk.cell().late == 0
