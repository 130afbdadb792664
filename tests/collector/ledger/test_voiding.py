"""Void sheets: final, with a reason, and what they were answered counts no more."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from collector.review.deciding import count_conflicts
from collector.store.schema import movement, response, sheet, sheet_step
from forms.errors import InputWrong

DAY = datetime.date(2014, 3, 21)


def test_a_void_sheet_is_no_longer_printed_and_needs_a_reason(clerk):
    with pytest.raises(InputWrong):
        clerk.void("HL-CD-001", why=" ")
    clerk.void("HL-CD-001")
    row = clerk.cell()
    assert (row.printed, row.void, row.unused) == (3, 1, 3)
    assert clerk.void("HL-CD-001").known == 1


def test_whole_cells_are_not_made_void(clerk):
    with pytest.raises(InputWrong):
        clerk.void()


def test_nobody_makes_sheets_of_their_own_agency_void(clerk, works_at):
    works_at("Bình", "HL")
    with pytest.raises(InputWrong) as caught:
        clerk.void("HL-CD-001", "SNV-CD-001", who="Bình")
    assert [problem.where for problem in caught.value.problems] == ["HL-CD-001"]


def test_nobody_makes_a_matrix_sheet_void_that_rates_their_own_agency(clerk, works_at):
    works_at("Chi", "STC")
    with pytest.raises(InputWrong):
        clerk.void("HL-CC-001", who="Chi")
    assert clerk.void("HL-CD-001", who="Chi").changed == 1


def test_the_place_of_a_void_sheet_goes_to_who_waited(clerk, desk):
    outcomes = [desk.post(serial, q2="4") for serial in desk.serials()]
    assert outcomes[3].status == "over_quota"
    clerk.void("HL-CD-001")
    row = clerk.cell()
    assert (row.accepted, row.over_quota, row.void) == (3, 0, 1)
    assert desk.post(desk.serials()[0], q2="4").reason == "void"


def test_a_disputed_sheet_made_void_leaves_no_conflict_open(clerk, desk):
    desk.post(desk.serials()[0], q2="4")
    desk.post(desk.serials()[0], q2="1")
    desk.scan(desk.serials()[1], 1, q2="4")
    clerk.void("HL-CD-001", "HL-CD-002")
    with clerk.store.read() as conn:
        assert count_conflicts(conn) == 0
        assert set(conn.scalars(select(response.c.state))) == {"void"}
    assert desk.scan(desk.serials()[0], 1, q2="4").status == "void"
    assert clerk.cell().accepted == 0


@pytest.fixture
def refuses(store):
    def is_refused(statement):
        with pytest.raises(DBAPIError), store.write() as conn:
            conn.execute(statement)

    return is_refused


def test_the_database_keeps_the_log_and_holds_a_sheet_to_it(clerk, desk, refuses):
    clerk.give("HL-CD-001")
    desk.post(desk.serials()[1], q2="4")
    first = sheet.c.number == "HL-CD-001"
    for log in (sheet_step, movement):
        refuses(update(log).values(day=None))
        refuses(log.delete())
    refuses(sheet.delete())
    refuses(update(sheet).where(first).values(state="returned", received_day=DAY))
    refuses(update(sheet).where(first).values(handover=None))
    refuses(update(sheet).where(sheet.c.number == "HL-CD-002").values(step=None))
    step = {"sheet": clerk.sheets()["HL-CD-003"].id, "step": 1, "day": DAY, "channel": "paper"}
    refuses(insert(sheet_step).values(before="void", after="printed", **step))
    refuses(insert(sheet_step).values(before="returned", after="unused", **step))


def test_the_database_lets_no_sheet_go_back_to_an_earlier_line_nor_say_more_than_its_last(clerk, refuses):
    clerk.give("HL-CD-001")
    clerk.take("HL-CD-001", state="lost")
    clerk.correct("HL-CD-001", what="return")
    clerk.void("HL-CD-002")
    first, second = (sheet.c.number == f"HL-CD-00{ordinal}" for ordinal in (1, 2))
    refuses(update(sheet).where(first).values(step=1))
    refuses(update(sheet).where(first).values(received_day=DAY))
    refuses(update(sheet).where(second).values(void_reason="khác"))
    refuses(update(sheet).where(second).values(state="printed", void_reason=None, step=None))
    line = {"sheet": clerk.sheets()["HL-CD-001"].id, "day": DAY, "channel": "paper"}
    refuses(insert(sheet_step).values(step=5, before="handed_out", after="lost", **line))
    refuses(insert(sheet_step).values(step=4, before="lost", after="refused", **line))


def test_a_void_sheet_never_lives_again(clerk, refuses):
    clerk.give("HL-CD-001")
    clerk.void("HL-CD-001")
    refuses(update(sheet).where(sheet.c.number == "HL-CD-001").values(state="handed_out", step=1, void_reason=None))


def test_nothing_counts_on_a_void_sheet_whoever_asks(clerk, desk, refuses):
    desk.post(desk.serials()[0], q2="4")
    clerk.void("HL-CD-001")
    refuses(update(response).values(state="accepted", claims=True))
