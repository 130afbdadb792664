"""Doubts: what a person decides, how it is logged and taken back."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import select

from collector.review.deciding import count_doubts, get_doubt, settle_doubt, unsettle_last
from collector.store.answers import export_rows, scoring_rows
from collector.store.schema import settlement
from forms.errors import InputWrong, NotFound
from tests.collector.review.conftest import FIRST, SECOND, answers_of, doubt_of, doubtful_sheet, log

NOW = datetime.datetime(2014, 4, 2, 1, 0, tzinfo=datetime.UTC)


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


def test_two_marks_are_one_row_without_an_option_for_scoring_and_two_for_export(desk, serial):
    doubtful_sheet(desk, serial, q2="54", q3="ab", doubtful="q2 q3")
    with desk.store.read() as conn:
        rows = [(row.question, row.option, row.state) for row in scoring_rows(conn) if row.question in ("q2", "q3")]
        exported = [row.option for row in export_rows(conn) if row.question == "q2"]
    assert rows == [("q2", None, "doubtful"), ("q3", None, "doubtful")]
    assert sorted(exported) == ["4", "5"]
