"""Hand-over and return: what is recorded, what is refused, and that the counts add up."""

from __future__ import annotations

import datetime

import pytest

from collector.ledger.acts import take_back
from collector.ledger.holding import Note
from collector.store.steps import get_movements, list_steps
from forms.errors import InputWrong


def balanced(row):
    """Whether the equations hold in a cell."""
    out = row.returned_paper + row.by_phone + row.refused + row.spoiled + row.lost + row.outstanding
    return row.printed == row.unused + row.handed_out and row.handed_out == out


def refused(act, *args, **fields):
    with pytest.raises(InputWrong) as caught:
        act(*args, **fields)
    return {problem.where: problem.what for problem in caught.value.problems}


def test_a_range_is_handed_over_and_counts_as_outstanding(clerk):
    done = clerk.give("SNV-CD-003..SNV-CD-007", letter="12/BB")
    assert done.numbers == tuple(f"SNV-CD-00{ordinal}" for ordinal in range(3, 8))
    row = clerk.cell("SNV")
    assert (row.printed, row.unused, row.handed_out, row.outstanding, row.unissued) == (25, 20, 5, 5, 0)
    assert balanced(row)


def test_a_whole_cell_leaves_the_reserve_at_home_and_goes_to_its_agency(clerk):
    assert clerk.give(agency="HL", group="CD").changed == 3
    assert clerk.states() == ["handed_out"] * 3 + ["printed"]
    key = clerk.sheets()["HL-CD-001"].id
    with clerk.store.read() as conn:
        (step,) = list_steps(conn, key)
        (act,) = get_movements(conn, [step.movement]).values()
    assert (act.party, act.kind, act.who, step.before, step.after) == ("HL", "handover", "lan", "printed", "handed_out")


def test_the_same_hand_over_again_changes_nothing(clerk):
    clerk.give("1-2", agency="HL", group="CD", letter="3")
    again = clerk.give("1-3", agency="HL", group="CD", letter="3")
    assert (again.numbers, again.known) == (("HL-CD-003",), 2)
    assert clerk.give("HL-CD-001", letter="3") == type(again)((), 1)


def test_everything_that_speaks_against_a_hand_over_is_told_at_once_and_nothing_is_done(clerk):
    clerk.give("HL-CD-001", letter="3")
    clerk.void("HL-CD-002")
    said = refused(clerk.give, "HL-CD-001", "HL-CD-002", "HL-CD-003", "HL-CD-004", to="HL", letter="4")
    assert set(said) == {"HL-CD-001", "HL-CD-002", "HL-CD-004"}
    assert "20/3/2014" in said["HL-CD-001"]
    assert clerk.states() == ["handed_out", "void", "printed", "printed"]


def test_who_brought_sheets_is_a_unit_and_never_a_person(clerk):
    clerk.give("HL-CC-001")
    note = Note("minh", datetime.date(2014, 3, 28))
    act = (clerk.store, clerk.campaign, clerk.named("HL-CC-001"), "returned", note)
    assert set(refused(take_back, *act, "Nguyễn Văn An")) == {"Nguyễn Văn An"}
    assert take_back(*act, "STC").changed == 1


def test_names_that_are_none_are_told_at_once(clerk):
    names = ("HL-CD-009", "XX-CD-001", "HL-CD-001..HL-CD-099", "HL-CD-003..HL-CD-001", "HL-CD-001..SNV-CD-002", "???")
    assert set(refused(clerk.give, *names)) == set(names)
    assert set(refused(clerk.give, agency="XX", group="YY")) == {"XX", "YY"}
    assert refused(clerk.give) != {}
    assert refused(clerk.give, "HL-CD-001", to="BUUDIEN") != {}


def test_a_day_to_come_is_refused(clerk):
    assert refused(clerk.give, "HL-CD-001", day=datetime.date.today() + datetime.timedelta(3)) != {}


@pytest.mark.parametrize("state", ["returned", "unused", "refused", "spoiled", "lost"])
def test_what_is_out_comes_back_as_something(clerk, state):
    clerk.give("HL-CD-001")
    clerk.take("HL-CD-001", state=state)
    row = clerk.cell()
    assert clerk.states()[0] == state
    assert balanced(row)
    assert row.handed_out == (state != "unused")
    assert row.unscanned == (state == "returned")
    assert clerk.take("HL-CD-001", state=state).known == 1


def test_what_was_never_handed_out_cannot_come_back(clerk):
    assert set(refused(clerk.take, "HL-CD-001", "HL-CD-002", state="lost")) == {"HL-CD-001", "HL-CD-002"}


def test_a_return_before_the_hand_over_is_refused(clerk):
    clerk.give("HL-CD-001")
    assert set(refused(clerk.take, "HL-CD-001", day=datetime.date(2014, 3, 19))) == {"HL-CD-001"}


def test_an_unused_sheet_is_handed_out_again(clerk):
    clerk.give("HL-CD-001")
    clerk.take("HL-CD-001", state="unused")
    assert clerk.give("HL-CD-001", day=datetime.date(2014, 3, 29)).changed == 1
    assert clerk.states()[0] == "handed_out"


def test_a_sheet_with_answers_cannot_be_unused_or_lost(clerk, desk):
    clerk.give("HL-CD-001..HL-CD-003")
    desk.post(desk.serials()[0], q1="1")
    desk.scan(desk.serials()[1], 1, q2="5")
    assert set(refused(clerk.take, "HL-CD-001", "HL-CD-002", state="unused")) == {"HL-CD-001", "HL-CD-002"}
    assert set(refused(clerk.take, "HL-CD-001", state="lost")) == {"HL-CD-001"}
    clerk.take("HL-CD-002")
    assert balanced(clerk.cell())
    assert clerk.cell().unscanned == 0


def test_what_came_in_without_having_been_handed_out_left_unissued(clerk, desk):
    desk.post(desk.serials()[0], q1="1")
    desk.scan(desk.serials()[1], 1, q2="5")
    row = clerk.cell()
    assert (row.handed_out, row.unissued, row.by_phone, row.returned_paper) == (2, 2, 1, 1)
    assert balanced(row)
    clerk.give("HL-CD-001", "HL-CD-002")
    assert (clerk.cell().handed_out, clerk.cell().unissued) == (2, 0)
    assert clerk.states()[:2] == ["answered_phone", "returned"]


def test_a_spare_that_came_back_unused_and_is_answered_all_the_same_is_unissued(clerk, desk):
    clerk.give("HL-CD-001")
    clerk.take("HL-CD-001", state="unused")
    desk.post(desk.serials()[0], q1="1")
    assert clerk.cell().unissued == 1


def test_a_mistake_is_taken_back_and_stays_in_the_log(clerk):
    clerk.give("HL-CD-001")
    clerk.take("HL-CD-001", state="lost")
    assert clerk.correct("HL-CD-001", what="return").changed == 1
    assert clerk.states()[0] == "handed_out"
    assert clerk.correct("HL-CD-001", what="return").known == 1
    assert clerk.correct("HL-CD-001", what="handover", why="phát cho nơi khác").changed == 1
    assert clerk.states()[0] == "printed"
    with clerk.store.read() as conn:
        steps = list_steps(conn, clerk.sheets()["HL-CD-001"].id)
    assert [step.after for step in steps] == ["handed_out", "lost", "handed_out", "printed"]
    assert clerk.give("HL-CD-001", to="SNV").changed == 1


def test_only_the_last_entry_is_taken_back_and_for_a_reason(clerk):
    clerk.give("HL-CD-001")
    clerk.take("HL-CD-001")
    assert set(refused(clerk.correct, "HL-CD-001", "HL-CD-002", what="handover")) == {"HL-CD-001", "HL-CD-002"}
    assert refused(clerk.correct, "HL-CD-001", what="return", why=" ") != {}


def test_what_was_scanned_stays_returned_whatever_is_taken_back(clerk, desk):
    clerk.give("HL-CD-001")
    clerk.take("HL-CD-001")
    desk.scan(desk.serials()[0], 1, q2="5")
    clerk.correct("HL-CD-001", what="return")
    assert clerk.states()[0] == "returned"
    clerk.correct("HL-CD-001", what="handover", why="không phát")
    assert (clerk.states()[0], clerk.cell().unissued) == ("returned", 1)


def test_a_serial_and_a_code_name_their_sheet(clerk, desk):
    first, second, third = desk.serials()[:3]
    code = f"HTTPS://KHAOSAT.QUANGNINH.GOV.VN/P/{second}-2"
    done = clerk.give(f"{first[:4]}-{first[4:8]}-{first[8:12]}-{first[12:]}".lower(), code, f"{third}-1", first)
    assert done.numbers == ("HL-CD-001", "HL-CD-002", "HL-CD-003")


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("hl-cd-002", (2,)),
        ("HL-CD-001..003", (1, 2, 3)),
        ("HL-CD-001…HL-CD-002", (1, 2)),
        ("HL-CD-001 – HL-CD-002", (1, 2)),
        ("HL-CD-001 đến HL-CD-002", (1, 2)),
        ("HL-CD-001-HL-CD-002", (1, 2)),
        ("1-3", (1, 2, 3)),
        ("2", (2,)),
    ],
)
def test_ranges_may_be_written_in_many_ways(clerk, name, numbers):
    done = clerk.give(name, agency="HL", group="CD")
    assert done.numbers == tuple(f"HL-CD-{ordinal:03d}" for ordinal in numbers)
