"""The queues of doubts and conflicts: their order, what narrows them, what waits for nobody."""

from __future__ import annotations

import pytest

from collector.review.deciding import (
    count_conflicts,
    count_doubts,
    decide_conflict,
    get_conflict,
    list_conflicts,
    list_doubts,
    next_doubt,
)
from forms.errors import NotFound
from tests.collector.review.conftest import conflicts, doubtful_sheet


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


def test_doubts_of_responses_that_were_set_aside_wait_for_nobody(desk, serial):
    doubtful_sheet(desk, serial)
    desk.post(serial, q1="0")
    (conflict,) = conflicts(desk)
    decide_conflict(desk.store, conflict.id, "second", "minh", "gọi điện xác nhận")
    with desk.store.read() as conn:
        assert count_doubts(conn) == 0


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
