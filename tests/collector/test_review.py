"""Doubts and conflicts: what people decide, how it is logged, and what follows for the count."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from sqlalchemy import select

from collector.intake import accept_reading
from collector.review import (
    count_conflicts,
    count_doubts,
    decide_conflict,
    get_conflict,
    get_doubt,
    list_conflicts,
    list_doubts,
    next_doubt,
    settle_doubt,
    unsettle_last,
)
from collector.store.answers import export_rows, scoring_rows
from collector.store.quota import quota_rows
from collector.store.scans import list_pages
from collector.store.schema import response, settlement
from collector.store.sheets import find_sheet
from forms.errors import InputWrong, NotFound

FIRST, SECOND = {"q1": "1", "q2": "4", "q3": "ac"}, {"q4": "5", "q5": "7"}
NOW = datetime.datetime(2014, 4, 2, 1, 0, tzinfo=datetime.UTC)


@pytest.fixture
def serial(desk):
    return desk.serials()[0]


def doubt_of(desk, question):
    with desk.store.read() as conn:
        return next(doubt for doubt in list_doubts(conn) if doubt.question == question)


def answers_of(desk, serial):
    with desk.store.read() as conn:
        return {row.question: (row.option, row.state) for row in export_rows(conn) if row.serial == serial}


def log(desk):
    with desk.store.read() as conn:
        return [(row.who, row.before, row.after) for row in conn.execute(select(settlement).order_by(settlement.c.id))]


def states(desk, serial):
    with desk.store.read() as conn:
        key = find_sheet(conn, serial).id
        rows = conn.execute(select(response).where(response.c.sheet == key))
        return sorted((row.channel, row.state) for row in rows)


def conflicts(desk, only_open=True):
    with desk.store.read() as conn:
        return list_conflicts(conn, only_open=only_open)


def q2_of_second(conflict):
    return next(one.chosen for one in conflict.second.answers if one.question == "q2")


def statuses(desk):
    with desk.store.read() as conn:
        return [page.status for page in sorted(list_pages(conn), key=lambda page: page.id)]


def accepted(desk):
    with desk.store.read() as conn:
        return next(row.accepted for row in quota_rows(conn) if (row.agency, row.group) == ("HL", "CD"))


def doubtful_sheet(desk, serial, doubtful="q2", **said):
    desk.scan(serial, 1, doubtful=doubtful, **FIRST | said)
    desk.scan(serial, 2, **SECOND)


def test_a_doubt_carries_what_a_person_must_see(desk, serial):
    doubtful_sheet(desk, serial, q3="ca", doubtful="q3")
    doubt = doubt_of(desk, "q3")
    assert doubt.guess == ("a", "c")
    assert (doubt.serial, doubt.number, doubt.agency, doubt.group) == (serial, "HL-CD-001", "HL", "CD")
    assert (doubt.reason, doubt.sheet_page, doubt.row, doubt.state, doubt.chosen) == ("faint", 1, None, "open", None)
    assert desk.store.scan_path(doubt.sha256).exists()
    assert doubt.transform == ((8.0, 0.0, 0.0), (0.0, 8.0, 0.0), (0.0, 0.0, 1.0))


def test_a_settled_doubt_is_an_answer_and_the_decision_is_logged(desk, serial):
    doubtful_sheet(desk, serial)
    assert answers_of(desk, serial)["q2"] == ("4", "doubtful")
    doubt = doubt_of(desk, "q2")
    settle_doubt(desk.store, doubt.id, ("3",), "lan", "nét mờ", NOW)
    assert answers_of(desk, serial)["q2"] == ("3", "settled")
    with desk.store.read() as conn:
        line = conn.execute(select(settlement)).one()
        assert count_doubts(conn) == 0
        assert get_doubt(conn, doubt.id).chosen == ("3",)
    assert (line.before, line.after, line.who, line.why) == (None, '["3"]', "lan", "nét mờ")
    assert line.at == datetime.datetime(2014, 4, 2, 1, 0)


def test_a_doubt_can_be_settled_as_blank(desk, serial):
    doubtful_sheet(desk, serial)
    settle_doubt(desk.store, doubt_of(desk, "q2").id, (), "lan")
    assert answers_of(desk, serial)["q2"] == ("", "settled")


def test_a_doubtful_number_is_settled_as_a_number(desk, serial):
    desk.scan(serial, 1, **FIRST)
    desk.scan(serial, 2, doubtful="q5", **SECOND)
    doubt = doubt_of(desk, "q5")
    assert doubt.guess == ("7",)
    with pytest.raises(InputWrong):
        settle_doubt(desk.store, doubt.id, ("một",), "lan")
    settle_doubt(desk.store, doubt.id, ("04",), "lan")
    assert answers_of(desk, serial)["q5"] == ("4", "settled")


def test_the_same_decision_again_is_logged_once_and_another_one_beside_it(desk, serial):
    doubtful_sheet(desk, serial)
    doubt = doubt_of(desk, "q2")
    for chosen in (("3",), ("3",), ("2",)):
        settle_doubt(desk.store, doubt.id, chosen, "lan")
    assert log(desk) == [("lan", None, '["3"]'), ("lan", '["3"]', '["2"]')]
    assert answers_of(desk, serial)["q2"] == ("2", "settled")


@pytest.mark.parametrize("chosen", [("9",), ("5", "4"), ("a",)])
def test_options_that_the_question_does_not_have_are_refused(desk, serial, chosen):
    doubtful_sheet(desk, serial)
    with pytest.raises(InputWrong):
        settle_doubt(desk.store, doubt_of(desk, "q2").id, chosen, "lan")
    assert log(desk) == []


def test_an_unknown_doubt_is_not_found(desk):
    with pytest.raises(NotFound):
        settle_doubt(desk.store, 1, ("5",), "lan")
    with desk.store.read() as conn, pytest.raises(NotFound):
        get_doubt(conn, 1)


def test_settling_applies_the_skip_rules_anew(desk, serial):
    doubtful_sheet(desk, serial, doubtful="q1 q2")
    first, second = doubt_of(desk, "q1"), doubt_of(desk, "q2")
    settle_doubt(desk.store, first.id, ("0",), "lan")
    assert answers_of(desk, serial)["q2"] == ("4", "skipped")
    with desk.store.read() as conn:
        assert count_doubts(conn) == 0
        assert get_doubt(conn, second.id).state == "moot"
    assert unsettle_last(desk.store, "lan") == first.id
    assert answers_of(desk, serial)["q2"] == ("4", "doubtful")
    with desk.store.read() as conn:
        assert count_doubts(conn) == 2


def test_the_last_decision_of_a_person_can_be_taken_back_step_by_step(desk, serial):
    doubtful_sheet(desk, serial, doubtful="q2 q3")
    marked, many = doubt_of(desk, "q2"), doubt_of(desk, "q3")
    settle_doubt(desk.store, marked.id, ("5",), "lan")
    settle_doubt(desk.store, many.id, ("b",), "minh")
    settle_doubt(desk.store, many.id, ("a",), "lan")
    assert unsettle_last(desk.store, "lan") == many.id
    assert get_chosen(desk, many) == ("b",)
    assert unsettle_last(desk.store, "lan") == marked.id
    assert get_chosen(desk, marked) is None
    assert unsettle_last(desk.store, "lan") is None
    assert len(log(desk)) == 5


def get_chosen(desk, doubt):
    with desk.store.read() as conn:
        return get_doubt(conn, doubt.id).chosen


def test_doubts_come_sheet_by_sheet_and_question_by_question(desk):
    second, first = desk.serials()[1], desk.serials()[0]
    doubtful_sheet(desk, second, doubtful="q3 q1")
    doubtful_sheet(desk, first)
    other = desk.serials("SNV")[0]
    doubtful_sheet(desk, other)
    with desk.store.read() as conn:
        assert [(doubt.serial, doubt.question) for doubt in list_doubts(conn)] == [
            (other, "q2"),
            (first, "q2"),
            (second, "q1"),
            (second, "q3"),
        ]
        assert [doubt.serial for doubt in list_doubts(conn, "SNV")] == [other]
        assert (count_doubts(conn), count_doubts(conn, "HL"), len(list_doubts(conn, limit=2))) == (4, 3, 2)


def test_the_queue_goes_round(desk):
    for serial in desk.serials()[:2]:
        doubtful_sheet(desk, serial, doubtful="q1 q2")
    with desk.store.read() as conn:
        doubts = list_doubts(conn)
        seen, after = [], None
        for _ in range(5):
            after = next_doubt(conn, after=after).id
            seen.append(after)
        assert seen == [doubt.id for doubt in doubts] + [doubts[0].id]
        assert next_doubt(conn, "SNV") is None


def test_doubts_on_a_matrix_name_the_rated_agency(desk):
    serial = desk.serials("HL", "CC")[0]
    desk.scan(serial, 1, doubtful="m1_STC", m1_SNV="5", m1_STC="3")
    doubt = doubt_of(desk, "m1")
    assert doubt.row == "STC"
    settle_doubt(desk.store, doubt.id, ("1",), "lan")
    with desk.store.read() as conn:
        assert [(row.agency, row.option, row.state) for row in scoring_rows(conn)] == [
            ("SNV", "5", "clear"),
            ("STC", "1", "settled"),
        ]


def test_doubts_of_responses_that_were_set_aside_wait_for_nobody(desk, serial):
    doubtful_sheet(desk, serial)
    desk.post(serial, q1="0")
    (conflict,) = conflicts(desk)
    decide_conflict(desk.store, conflict.id, "second", "minh", "gọi điện xác nhận")
    with desk.store.read() as conn:
        assert count_doubts(conn) == 0


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
    desk.post(serial, q1="1")
    desk.post(serial, q1="0")
    decide_conflict(desk.store, conflicts(desk)[0].id, "neither", "minh", "không rõ ai trả lời")
    assert desk.post(serial, q1="1").status == "conflict"
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


def blank_but_for_a_speck(desk, serial):
    desk.scan(serial, 1, doubtful="q2", q2="4")
    desk.scan(serial, 2)
    return doubt_of(desk, "q2").id


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


def test_of_two_people_before_the_same_doubt_the_second_is_told(desk, serial):
    doubtful_sheet(desk, serial)
    doubt = doubt_of(desk, "q2").id
    assert settle_doubt(desk.store, doubt, ("3",), "lan", expected="open")
    assert not settle_doubt(desk.store, doubt, ("1",), "minh", expected="open")
    assert get_chosen(desk, doubt_of_id(desk, doubt)) == ("3",)
    assert settle_doubt(desk.store, doubt, ("1",), "minh", expected="settled")
    assert len(log(desk)) == 2


def doubt_of_id(desk, key):
    with desk.store.read() as conn:
        return get_doubt(conn, key)


def test_only_decisions_of_ones_own_session_are_taken_back(desk, serial):
    doubtful_sheet(desk, serial, doubtful="q2 q3")
    marked, many = doubt_of(desk, "q2"), doubt_of(desk, "q3")
    settle_doubt(desk.store, marked.id, ("5",), "lan", session="a")
    settle_doubt(desk.store, many.id, ("b",), "lan", session="b")
    assert unsettle_last(desk.store, "lan") is None
    assert unsettle_last(desk.store, "lan", session="a") == marked.id
    assert unsettle_last(desk.store, "lan", session="a") is None
    assert get_chosen(desk, many) == ("b",)


def test_a_group_and_ones_own_workplace_narrow_the_queue(desk):
    doubtful_sheet(desk, desk.serials()[0])
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_SNV m1_STC", m1_SNV="5", m1_STC="3")
    doubtful_sheet(desk, desk.serials("SNV")[0])
    with desk.store.read() as conn:

        def found(**wanted):
            doubts = list_doubts(conn, **wanted)
            assert count_doubts(conn, **wanted) == len(doubts)
            walked, after = [], None
            for _ in doubts:
                after = next_doubt(conn, after=after, **wanted).id
                walked.append(after)
            assert walked == [doubt.id for doubt in doubts]
            return [(doubt.agency, doubt.group, doubt.row) for doubt in doubts]

        assert found(group="CC") == [("HL", "CC", "SNV"), ("HL", "CC", "STC")]
        assert found(not_agency="SNV") == [("HL", "CD", None), ("HL", "CC", "STC")]
        assert found(agency="HL", group="CD", not_agency="STC") == [("HL", "CD", None)]
        assert found(not_agency="HL") == [("SNV", "CD", None)]
        assert next_doubt(conn, group="CC", not_agency="HL") is None


def test_conflicts_come_a_page_at_a_time(desk):
    for serial in desk.serials("SNV")[:5]:
        desk.post(serial, q1="1")
        desk.post(serial, q1="0")
    with desk.store.read() as conn:
        every = list_conflicts(conn)
        assert [one.number for one in every] == [f"SNV-CD-00{number}" for number in range(1, 6)]
        assert list_conflicts(conn, limit=2, offset=2) == every[2:4]
        assert (count_conflicts(conn), count_conflicts(conn, "SNV"), count_conflicts(conn, "HL")) == (5, 5, 0)
        assert get_conflict(conn, every[3].id) == every[3]
        with pytest.raises(NotFound):
            get_conflict(conn, 99)
    decide_conflict(desk.store, every[0].id, "first", "minh", "xác nhận")
    with desk.store.read() as conn:
        assert (count_conflicts(conn), count_conflicts(conn, only_open=False)) == (4, 5)


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


def test_two_marks_are_one_row_without_an_option_for_scoring_and_two_for_export(desk, serial):
    doubtful_sheet(desk, serial, q2="54", q3="ab", doubtful="q2 q3")
    with desk.store.read() as conn:
        rows = [(row.question, row.option, row.state) for row in scoring_rows(conn) if row.question in ("q2", "q3")]
        exported = [row.option for row in export_rows(conn) if row.question == "q2"]
    assert rows == [("q2", None, "doubtful"), ("q3", None, "doubtful")]
    assert sorted(exported) == ["4", "5"]


def test_a_rescan_with_a_mark_answers_the_sheet_whose_first_scan_was_settled_as_blank(desk, serial):
    doubt = blank_but_for_a_speck(desk, serial)
    again = desk.file()
    desk.scan(serial, 1, again, q2="4")
    assert desk.scan(serial, 2, again).status == "duplicate"
    settle_doubt(desk.store, doubt, (), "lan")
    assert states(desk, serial) == [("paper", "accepted"), ("paper", "set_aside")]
    assert (answers_of(desk, serial)["q2"], accepted(desk)) == (("4", "clear"), 1)
