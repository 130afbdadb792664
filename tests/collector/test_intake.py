"""Phone and typed responses at the one door."""

from __future__ import annotations

import dataclasses
import datetime
import re

import pytest
from sqlalchemy import select

from collector.store.answers import export_rows, scoring_rows
from collector.store.quota import quota_rows
from collector.store.schema import answer, answer_value, response
from collector.store.sheets import find_sheet
from forms.errors import InputWrong
from forms.serial import make_serial, show_serial

FULL = {"q1": "1", "q2": "4", "q3": "ac", "q4": "5", "q5": "7", "q6": "Cảm ơn"}


def cell_of(desk, agency="HL", group="CD"):
    with desk.store.read() as conn:
        return next(row for row in quota_rows(conn) if (row.agency, row.group) == (agency, group))


def kept(desk, serial):
    with desk.store.read() as conn:
        query = select(response).where(response.c.sheet == find_sheet(conn, serial).id).order_by(response.c.state)
        return conn.execute(query).all()


def test_a_response_is_accepted_and_gets_a_receipt(desk):
    outcome = desk.post(desk.serials()[0], **FULL)
    assert outcome.status == "accepted"
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", outcome.receipt)
    assert cell_of(desk).accepted == 1


def test_the_same_answers_again_give_the_same_receipt_and_no_second_row(desk):
    serial = desk.serials()[0]
    first = desk.post(serial, q3="ca", q1="1", q5="7")
    again = desk.post(show_serial(serial).lower(), q1="1", q3="ac", q5="07")
    assert (again.status, again.receipt) == ("same", first.receipt)
    assert len(kept(desk, serial)) == 1
    assert cell_of(desk).accepted == 1


def test_other_answers_make_a_conflict_in_which_neither_counts(desk):
    serial = desk.serials()[0]
    first = desk.post(serial, q1="1")
    second = desk.post(serial, q1="0")
    assert second.status == "conflict"
    assert [row.state for row in kept(desk, serial)] == ["contested", "contested"]
    assert (cell_of(desk).accepted, cell_of(desk).conflicts) == (0, 1)
    again = desk.post(serial, q1="0")
    assert (again.status, again.receipt) == ("conflict", second.receipt)
    again = desk.post(serial, q1="1")
    assert (again.status, again.receipt, again.disputed) == ("same", first.receipt, True)
    assert len(kept(desk, serial)) == 2


def test_a_third_different_answer_joins_the_conflict(desk):
    serial = desk.serials()[0]
    for value in "543":
        desk.post(serial, q1="1", q2=value)
    assert [row.state for row in kept(desk, serial)] == ["contested"] * 3
    assert sum(row.claims for row in kept(desk, serial)) == 1
    assert cell_of(desk).conflicts == 1


def test_answers_behind_a_skip_are_kept_aside_and_do_not_make_a_difference(desk):
    serial = desk.serials()[0]
    first = desk.post(serial, q1="0", q2="5", q3="a")
    assert desk.post(serial, q1="0", q2="1", q3="a").receipt == first.receipt
    with desk.store.read() as conn:
        rows = {row.question: (row.option, row.state) for row in export_rows(conn)}
    assert rows["q2"] == ("5", "skipped")
    assert rows["q3"] == ("a", "clear")


def test_questions_left_out_are_kept_as_blank(desk):
    desk.post(desk.serials()[0], q3="bc")
    with desk.store.read() as conn:
        rows = [(row.question, row.option, row.state) for row in export_rows(conn)]
    assert rows == [
        ("q1", "", "blank"),
        ("q2", "", "blank"),
        ("q3", "b", "clear"),
        ("q3", "c", "clear"),
        ("q4", "", "blank"),
        ("q5", "", "blank"),
        ("q6", "", "blank"),
    ]


def test_a_matrix_sheet_answers_for_each_rated_agency(desk):
    serial = desk.serials("HL", "CC")[0]
    assert desk.post(serial, m1_SNV="5", m1_STC="2").status == "accepted"
    with desk.store.read() as conn:
        assert [(row.agency, row.row, row.option) for row in export_rows(conn)] == [
            ("HL", "SNV", "5"),
            ("HL", "STC", "2"),
        ]
        assert [(row.agency, row.group, row.option) for row in scoring_rows(conn)] == [
            ("SNV", "CC", "5"),
            ("STC", "CC", "2"),
        ]


def test_numbers_are_exported_and_free_texts_are_not(desk):
    serial = desk.serials()[0]
    desk.post(serial, q5="07", q6="Bà Hoa ở bộ phận một cửa")
    with desk.store.read() as conn:
        rows = {row.question: row for row in export_rows(conn)}
        kept_text = conn.scalar(select(answer_value.c.value).where(answer_value.c.value.contains("Hoa")))
    assert rows["q5"].option == "7"
    assert (rows["q6"].option, rows["q6"].state) == ("", "clear")
    assert kept_text == "Bà Hoa ở bộ phận một cửa"


def test_what_comes_beyond_the_target_is_kept_with_a_receipt_and_not_scored(desk):
    outcomes = [desk.post(serial, q2="4") for serial in desk.serials()]
    assert [outcome.status for outcome in outcomes] == ["accepted"] * 3 + ["over_quota"]
    assert outcomes[3].receipt
    row = cell_of(desk)
    assert (row.target, row.printed, row.accepted, row.over_quota, row.by_phone) == (3, 4, 3, 1, 4)
    with desk.store.read() as conn:
        assert len({line.serial for line in export_rows(conn)}) == 3
    again = desk.post(desk.serials()[3], q2="4")
    assert (again.status, again.receipt) == ("same", outcomes[3].receipt)


@pytest.mark.parametrize("channel", ["phone", "paper"])
def test_the_place_that_a_conflict_gives_back_goes_to_who_waits_for_one(desk, channel):
    serials = desk.serials()
    for serial in serials:
        desk.post(serial, q1="1", q2="5", q4="5")
    assert (cell_of(desk).accepted, cell_of(desk).over_quota) == (3, 1)
    if channel == "phone":
        desk.post(serials[0], q1="0")
    else:
        desk.scan(serials[0], 1, q1="1", q2="1")
    assert (cell_of(desk).accepted, cell_of(desk).over_quota, cell_of(desk).conflicts) == (3, 0, 1)


def test_an_unknown_serial_is_refused(desk):
    layout_number = 7
    assert desk.post(make_serial(layout_number), q1="1").reason == "unknown"
    assert desk.post("not a serial", q1="1").reason == "unknown"


def test_a_void_sheet_is_refused(desk):
    serial = desk.serials()[0]
    desk.void(serial)
    assert desk.post(serial, q1="1") == desk.post(serial, q1="0")
    assert desk.post(serial, q1="1").reason == "void"
    assert not kept(desk, serial)


def test_a_response_that_says_nothing_is_refused(desk):
    assert desk.post(desk.serials()[0], q1="", q6="  ").reason == "empty"


def test_a_closed_campaign_refuses_phones_but_repeats_receipts_and_takes_what_is_typed_in(desk, campaign):
    settings = campaign.settings.model_copy(update={"closed": True})
    closed = dataclasses.replace(campaign, settings=settings)
    early, late, paper = desk.serials()[:3]
    receipt = desk.post(early, q1="1").receipt
    assert desk.post(early, campaign=closed, q1="1").receipt == receipt
    assert desk.post(late, campaign=closed, q1="1").reason == "closed"
    assert desk.post(paper, channel="typed", campaign=closed, q1="1").status == "accepted"


def test_every_wrong_answer_is_named_at_once_and_nothing_is_kept(desk):
    serial = desk.serials()[0]
    with pytest.raises(InputWrong) as caught:
        desk.post(serial, q1="10", q2="9", q5="123", q9="1", m1_SNV="5")
    assert [problem.where for problem in caught.value.problems] == ["q1", "q2", "q5", "q9", "m1"]
    assert not kept(desk, serial)


def test_a_sheet_remembers_how_it_was_answered(desk):
    by_phone, typed = desk.serials()[:2]
    desk.post(by_phone, q1="1")
    desk.post(typed, channel="typed", q1="1")
    with desk.store.read() as conn:
        assert (find_sheet(conn, by_phone).state, find_sheet(conn, typed).state) == ("answered_phone", "returned")
    desk.post(by_phone, channel="typed", q1="1")
    desk.post(typed, q1="1")
    with desk.store.read() as conn:
        assert (find_sheet(conn, by_phone).state, find_sheet(conn, typed).state) == ("returned", "returned")


def test_a_moment_is_kept_for_linked_groups_only_and_the_day_is_that_of_viet_nam(desk):
    desk.post(desk.serials()[0], q1="1")
    desk.post(desk.serials("HL", "CC")[0], m1_SNV="1")
    with desk.store.read() as conn:
        rows = conn.execute(select(response.c.linked, response.c.received_at, response.c.received_day)).all()
    day = datetime.date(2014, 3, 21)
    assert sorted(rows) == [(False, None, day), (True, datetime.datetime(2014, 3, 20, 20, 30), day)]


def test_neither_keys_nor_storage_keep_the_order_of_arrival(desk):
    serials = desk.serials("SNV")[:12]
    for serial in serials:
        desk.post(serial, q1="1")
    with desk.store.read() as conn:
        arrived = [
            conn.scalar(select(response.c.id).where(response.c.sheet == find_sheet(conn, s).id)) for s in serials
        ]
        if conn.dialect.name == "sqlite":
            stored = list(conn.exec_driver_sql("SELECT id FROM response ORDER BY rowid").scalars())
            assert stored == sorted(arrived)
            definition = conn.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'answer'").scalar_one()
            assert "WITHOUT ROWID" in definition
    assert arrived != sorted(arrived)  # one chance in 12! to fail though all is well


def test_every_answer_belongs_to_a_place_of_the_sheet_and_each_place_has_one(desk):
    serial = desk.serials()[0]
    desk.post(serial, **FULL)
    with desk.store.read() as conn:
        places = conn.execute(select(answer.c.question, answer.c.rated).distinct()).all()
    assert len(places) == 6
