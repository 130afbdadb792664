"""Conflicts: which side counts, and what becomes of the pages and places of the other."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from collector.intake import accept_reading
from collector.review.deciding import decide_conflict, list_conflicts
from forms.errors import InputWrong, NotFound
from tests.collector.review.conftest import (
    FIRST,
    SECOND,
    accepted,
    answers_of,
    conflicts,
    doubtful_sheet,
    q2_of_second,
    states,
    statuses,
)

NOW = datetime.datetime(2014, 4, 2, 1, 0, tzinfo=datetime.UTC)


def test_both_sides_of_a_conflict_are_shown(desk, serial):
    desk.post(serial, q1="1", q3="b")
    desk.post(serial, channel="typed", q1="0", q6="Không")
    (conflict,) = conflicts(desk)
    assert (conflict.serial, conflict.agency, conflict.state, conflict.decision) == (serial, "HL", "open", None)
    said = [
        {one.question: one.chosen or one.value for one in side.answers} for side in (conflict.first, conflict.second)
    ]
    assert (said[0]["q3"], said[1]["q6"]) == (("b",), "Không")
    assert (conflict.first.channel, conflict.second.channel) == ("phone", "typed")
    with desk.store.read() as conn:
        assert list_conflicts(conn, "SNV") == []
        assert len(list_conflicts(conn, "HL")) == 1


@pytest.mark.parametrize(("keep", "kept"), [("first", "1"), ("second", "0"), ("neither", None)])
def test_a_decision_lets_one_side_count_or_none(desk, serial, keep, kept):
    desk.post(serial, q1="1")
    desk.post(serial, q1="0")
    (conflict,) = conflicts(desk)
    decide_conflict(desk.store, conflict.id, keep, "minh", "hỏi lại người dân", NOW)
    assert answers_of(desk, serial).get("q1", (None,))[0] == kept
    assert conflicts(desk) == []
    (decided,) = conflicts(desk, only_open=False)
    assert (decided.decision, decided.who, decided.why) == (keep, "minh", "hỏi lại người dân")
    decide_conflict(desk.store, conflict.id, keep, "minh", "hỏi lại người dân", NOW)
    with pytest.raises(InputWrong):
        decide_conflict(desk.store, conflict.id, "first" if keep != "first" else "second", "minh", "đổi ý")


def test_after_a_decision_the_sheet_stays_answered(desk, serial):
    first = desk.post(serial, q1="1")
    desk.post(serial, q1="0")
    decide_conflict(desk.store, conflicts(desk)[0].id, "neither", "minh", "không rõ ai trả lời")
    again = desk.post(serial, q1="1")
    assert (again.status, again.receipt, again.disputed) == ("same", first.receipt, True)
    assert desk.post(serial, q1="0").status == "conflict"
    assert desk.post(serial, q1="1", q2="3").status == "conflict"
    (again,) = conflicts(desk)
    with pytest.raises(InputWrong):
        decide_conflict(desk.store, again.id, "first", "minh", "đã loại rồi")
    decide_conflict(desk.store, again.id, "second", "minh", "người dân xác nhận")
    assert answers_of(desk, serial)["q2"] == ("3", "clear")


def test_a_decision_wants_a_reason_and_a_conflict(desk, serial):
    desk.post(serial, q1="1")
    desk.post(serial, q1="0")
    with pytest.raises(InputWrong):
        decide_conflict(desk.store, conflicts(desk)[0].id, "first", "minh", " ")
    with pytest.raises(NotFound):
        decide_conflict(desk.store, 99, "first", "minh", "vì sao")


def test_a_side_that_misses_pages_cannot_be_kept(desk, serial):
    doubtful_sheet(desk, serial, doubtful="")
    desk.scan(serial, 1, **FIRST | {"q2": "1"})
    (conflict,) = conflicts(desk)
    with pytest.raises(InputWrong):
        decide_conflict(desk.store, conflict.id, "second", "minh", "bản sao")
    assert len(conflicts(desk)) == 1
    decide_conflict(desk.store, conflict.id, "first", "minh", "bản gốc có dấu")
    assert states(desk, serial) == [("paper", "accepted"), ("paper", "set_aside")]


def test_of_three_sides_one_counts_only_when_all_is_decided(desk, serial):
    for value in "543":
        desk.post(serial, q2=value)
    one, two = sorted(conflicts(desk), key=q2_of_second, reverse=True)
    decide_conflict(desk.store, one.id, "second", "minh", "bên thứ nhất là giả")
    assert answers_of(desk, serial) == {}
    (left,) = conflicts(desk)
    assert {left.first.response, left.second.response} == {one.second.response, two.second.response}
    assert [c.decision for c in conflicts(desk, only_open=False) if c.id == two.id] == ["moved"]
    keep = "second" if q2_of_second(left) == ("4",) else "first"
    decide_conflict(desk.store, left.id, keep, "minh", "xác nhận")
    assert answers_of(desk, serial)["q2"] == ("4", "clear")
    assert states(desk, serial) == [("phone", "accepted"), ("phone", "set_aside"), ("phone", "set_aside")]


def test_of_three_sides_neither_of_two_leaves_the_third_to_be_decided(desk, serial):
    for value in "543":
        desk.post(serial, q2=value)
    one, two = sorted(conflicts(desk), key=q2_of_second, reverse=True)
    decide_conflict(desk.store, one.id, "neither", "minh", "cùng một máy")
    assert answers_of(desk, serial) == {}
    decide_conflict(desk.store, two.id, "second", "minh", "xác nhận")
    assert answers_of(desk, serial)["q2"] == ("3", "clear")


def test_a_side_kept_after_its_cell_filled_up_is_over_quota(desk):
    disputed, *others = desk.serials()
    desk.post(disputed, q1="1")
    desk.post(disputed, q1="0")
    for serial in others:
        assert desk.post(serial, q1="1").status == "accepted"
    decide_conflict(desk.store, conflicts(desk)[0].id, "first", "minh", "xác nhận")
    assert states(desk, disputed) == [("phone", "over_quota"), ("phone", "set_aside")]


def test_pages_may_still_come_for_a_side_that_was_set_aside(desk, serial):
    doubtful_sheet(desk, serial, doubtful="")
    file = desk.file()
    desk.scan(serial, 1, file, **FIRST | {"q2": "1"})
    decide_conflict(desk.store, conflicts(desk)[0].id, "first", "minh", "bản gốc")
    reading = dataclasses.replace(desk.reading(serial, 2, **SECOND))
    assert accept_reading(desk.store, desk.campaign, file, reading).status == "duplicate"
    assert states(desk, serial) == [("paper", "accepted"), ("paper", "set_aside")]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        ("first", ["read", "read", "duplicate"]),
        ("neither", ["read", "read", "read"]),
    ],
)
def test_a_decision_says_what_became_of_the_pages(desk, serial, keep, expected):
    doubtful_sheet(desk, serial, doubtful="")
    desk.scan(serial, 1, **FIRST | {"q2": "1"})
    assert statuses(desk) == ["read", "read", "conflict"]
    decide_conflict(desk.store, conflicts(desk)[0].id, keep, "minh", "xem bản gốc")
    assert statuses(desk) == expected


def test_pages_that_a_phone_response_won_against_are_duplicates_and_the_other_way_round(desk):
    kept, lost = desk.serials()[:2]
    for serial in (kept, lost):
        desk.post(serial, q1="1", q2="1")
        doubtful_sheet(desk, serial, doubtful="")
    assert statuses(desk) == ["conflict"] * 4
    by_serial = {one.serial: one for one in conflicts(desk)}
    decide_conflict(desk.store, by_serial[kept].id, "second", "minh", "bản giấy có dấu")
    decide_conflict(desk.store, by_serial[lost].id, "first", "minh", "gọi điện xác nhận")
    assert statuses(desk) == ["read", "read", "duplicate", "duplicate"]


def test_a_place_that_a_decision_frees_goes_to_a_response_over_quota(desk):
    disputed, *others = desk.serials()
    desk.post(disputed, q1="1")
    desk.post(disputed, q1="0")
    for serial in others:
        desk.post(serial, q1="1")
    (conflict,) = conflicts(desk)
    decide_conflict(desk.store, conflict.id, "neither", "minh", "không rõ ai trả lời")
    assert accepted(desk) == 3
