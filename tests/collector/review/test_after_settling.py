"""What a settled doubt means for rescans, for phone responses, and for a sheet that was blank after all."""

from __future__ import annotations

from collector.review.deciding import settle_doubt, unsettle_last
from tests.collector.review.conftest import (
    FIRST,
    SECOND,
    accepted,
    answers_of,
    blank_but_for_a_speck,
    conflicts,
    doubt_of,
    doubtful_sheet,
    q2_of_second,
    states,
    statuses,
)


def test_a_phone_response_that_agreed_only_because_of_a_doubt_comes_up_again(desk, serial):
    doubtful_sheet(desk, serial)
    outcome = desk.post(serial, q1="1", q2="1", q3="ac", q4="5", q5="7")
    assert outcome.status == "same"
    settle_doubt(desk.store, doubt_of(desk, "q2").id, ("4",), "lan")
    assert states(desk, serial) == [("paper", "contested"), ("phone", "contested")]
    assert desk.post(serial, q1="1", q2="1", q3="ac", q4="5", q5="7").status == "conflict"


def test_a_phone_response_that_a_settled_doubt_confirms_stays_a_twin(desk, serial):
    doubtful_sheet(desk, serial)
    desk.post(serial, q1="1", q2="1", q3="ac", q4="5", q5="7")
    settle_doubt(desk.store, doubt_of(desk, "q2").id, ("1",), "lan")
    assert states(desk, serial) == [("paper", "accepted"), ("phone", "set_aside")]


def test_a_rescan_is_held_against_what_was_settled(desk, serial):
    doubtful_sheet(desk, serial)
    settle_doubt(desk.store, doubt_of(desk, "q2").id, ("3",), "lan")
    assert desk.scan(serial, 1, **FIRST | {"q2": "3"}).status == "duplicate"
    assert desk.scan(serial, 1, **FIRST | {"q2": "5"}).status == "conflict"


def test_a_rescan_that_came_before_a_doubt_was_settled_is_held_against_the_decision(desk, serial):
    doubtful_sheet(desk, serial)
    assert desk.scan(serial, 1, **FIRST | {"q2": "5"}).status == "duplicate"
    assert desk.scan(serial, 1, **FIRST | {"q2": "1"}).status == "duplicate"
    settle_doubt(desk.store, doubt_of(desk, "q2").id, ("1",), "lan")
    assert states(desk, serial) == [("paper", "contested"), ("paper", "contested")]
    (conflict,) = conflicts(desk)
    assert (q2_of_second(conflict), conflict.second.complete) == (("5",), False)
    assert statuses(desk) == ["read", "read", "conflict", "duplicate"]
    assert accepted(desk) == 0


def test_rescans_that_part_from_a_settled_page_are_weighed_among_each_other(desk, serial):
    doubtful_sheet(desk, serial)
    whole = desk.file()
    desk.scan(serial, 1, whole, **FIRST | {"q2": "5"})
    desk.scan(serial, 2, whole, **SECOND)
    desk.scan(serial, 1, **FIRST | {"q2": "5"})
    desk.scan(serial, 1, **FIRST | {"q2": "3"})
    settle_doubt(desk.store, doubt_of(desk, "q2").id, ("1",), "lan")
    sides = sorted((q2_of_second(one), one.second.complete) for one in conflicts(desk))
    assert sides == [(("3",), False), (("5",), True)]
    assert statuses(desk) == ["read", "read", "conflict", "conflict", "duplicate", "conflict"]


def test_a_rescan_that_is_doubtful_as_well_stays_a_duplicate(desk, serial):
    doubtful_sheet(desk, serial)
    desk.scan(serial, 1, doubtful="q2", **FIRST | {"q2": "5"})
    settle_doubt(desk.store, doubt_of(desk, "q2").id, ("1",), "lan")
    assert states(desk, serial) == [("paper", "accepted")]


def test_a_sheet_that_turns_out_blank_leaves_its_serial_and_its_place(desk, serial):
    doubt = blank_but_for_a_speck(desk, serial)
    assert accepted(desk) == 1
    settle_doubt(desk.store, doubt, (), "lan")
    assert states(desk, serial) == [("paper", "set_aside")]
    assert accepted(desk) == 0
    assert desk.post(serial, q1="1", q2="3").status == "accepted"


def test_a_sheet_that_is_not_blank_after_all_counts_again(desk, serial):
    doubt = blank_but_for_a_speck(desk, serial)
    settle_doubt(desk.store, doubt, (), "lan")
    unsettle_last(desk.store, "lan")
    assert states(desk, serial) == [("paper", "accepted")]
    settle_doubt(desk.store, doubt, (), "lan")
    settle_doubt(desk.store, doubt, ("5",), "lan")
    assert (states(desk, serial), accepted(desk)) == ([("paper", "accepted")], 1)


def test_a_sheet_that_is_not_blank_after_all_stands_against_what_was_answered_meanwhile(desk, serial):
    doubt = blank_but_for_a_speck(desk, serial)
    settle_doubt(desk.store, doubt, (), "lan")
    desk.post(serial, q2="3")
    unsettle_last(desk.store, "lan")
    assert states(desk, serial) == [("paper", "set_aside"), ("phone", "accepted")]
    settle_doubt(desk.store, doubt, ("5",), "lan")
    assert states(desk, serial) == [("paper", "contested"), ("phone", "contested")]


def test_a_phone_response_answers_the_sheet_whose_only_mark_was_none(desk, serial):
    doubt = blank_but_for_a_speck(desk, serial)
    assert desk.post(serial, q2="3").status == "same"
    settle_doubt(desk.store, doubt, (), "lan")
    assert states(desk, serial) == [("paper", "set_aside"), ("phone", "accepted")]
    assert accepted(desk) == 1


def test_a_place_that_a_blank_sheet_gives_back_goes_to_a_response_over_quota(desk):
    first, *others = desk.serials()
    doubt = blank_but_for_a_speck(desk, first)
    for serial in others:
        desk.post(serial, q1="1")
    assert sorted(states(desk, serial)[0][1] for serial in others) == ["accepted", "accepted", "over_quota"]
    settle_doubt(desk.store, doubt, (), "lan")
    assert [states(desk, serial)[0][1] for serial in others] == ["accepted"] * 3
    unsettle_last(desk.store, "lan")
    assert states(desk, first) == [("paper", "over_quota")]


def test_a_rescan_with_a_mark_answers_the_sheet_whose_first_scan_was_settled_as_blank(desk, serial):
    doubt = blank_but_for_a_speck(desk, serial)
    again = desk.file()
    desk.scan(serial, 1, again, q2="4")
    assert desk.scan(serial, 2, again).status == "duplicate"
    settle_doubt(desk.store, doubt, (), "lan")
    assert states(desk, serial) == [("paper", "accepted"), ("paper", "set_aside")]
    assert (answers_of(desk, serial)["q2"], accepted(desk)) == (("4", "clear"), 1)
