"""The chain of the log: each line carries the one before, and whatever is changed, cut or put in between shows."""

from __future__ import annotations

import datetime
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from collector.store import Store
from collector.store.chain import START, Event, Head, check_chain, find_head, hash_line
from collector.store.events import LOG_LOCK, Filter, count_events, find_events, get_head, list_events, record_event
from collector.store.schema import event

NOW = datetime.datetime(2014, 3, 20, 13, 30, tzinfo=datetime.UTC)


def write_lines(store: Store, *subjects: str) -> list[Event]:
    for subject in subjects:
        with store.write() as conn:
            record_event(conn, "Lê Thị Hoa", "sheets.void", subject, "sheets=1; rách", NOW)
    with store.read() as conn:
        return list_events(conn)


def test_a_verifier_written_from_the_description_alone_finds_the_same_hashes(store: Store) -> None:
    before = "0" * 64
    for line in write_lines(store, "HL-CD-001", "HL-CD-002", "Đông: 3,"):
        said = ["phieu-log-1", str(line.id), "2014-03-20T13:30:00Z", line.who, line.action, line.subject, line.detail]
        digest = hashlib.sha256()
        for word in [*said, before]:
            digest.update(f"{len(word.encode('utf-8'))}:".encode() + word.encode("utf-8") + b",")
        assert (line.prev, line.hash) == (before, digest.hexdigest())
        before = line.hash


def test_the_canonical_form_stays_what_it_is() -> None:
    at = datetime.datetime(2014, 3, 20, 13, 30)
    given = hash_line(1, at, "Hoa", "login", "hoa", "", START)
    assert (
        given
        == hashlib.sha256(
            b"11:phieu-log-1,1:1,20:2014-03-20T13:30:00Z,3:Hoa,5:login,3:hoa,0:,64:" + b"0" * 64 + b","
        ).hexdigest()
    )


def test_a_whole_log_holds_and_gives_its_head(store: Store) -> None:
    lines = write_lines(store, "a", "b", "c")
    head, broken = check_chain(lines)
    assert (head, broken) == (Head(3, lines[-1].hash), None)
    with store.read() as conn:
        assert get_head(conn) == head
    assert find_head(f" {head}\n") == head
    assert check_chain(lines, Head(2, lines[1].hash)) == (head, None)


@pytest.mark.parametrize("column", ["who", "action", "subject", "detail", "at"])
def test_a_changed_word_is_found_in_its_line(store: Store, column: str) -> None:
    lines = write_lines(store, "a", "b", "c")
    other = NOW.replace(tzinfo=None, hour=1) if column == "at" else "khác"
    lines[1] = replace(lines[1], **{column: other})
    broken = check_chain(lines)[1]
    assert broken is not None
    assert (broken.id, broken.fault) == (2, "changed")


def test_a_line_taken_out_put_in_or_cut_off_is_found(store: Store) -> None:
    lines = write_lines(store, "a", "b", "c")
    head = Head(3, lines[2].hash)

    def fault(kept: list[Event], written: Head | None = None) -> tuple[int, str] | None:
        broken = check_chain(kept, written)[1]
        return None if broken is None else (broken.id, broken.fault)

    assert fault([lines[0], lines[2]]) == (3, "missing")
    assert fault([lines[0], replace(lines[2], id=2)]) == (2, "follows")
    assert fault(lines[:2]) is None
    assert fault(lines[:2], head) == (3, "cut")
    forged = replace(lines[2], who="ai đó")
    forged = replace(forged, hash=hash_line(3, forged.at, "ai đó", forged.action, "c", forged.detail, forged.prev))
    assert fault([*lines[:2], forged]) is None
    assert fault([*lines[:2], forged], head) == (3, "other")


def test_the_database_refuses_a_line_that_does_not_continue_the_chain(store: Store) -> None:
    (last,) = write_lines(store, "a")
    at = NOW.replace(tzinfo=None)
    words = {"at": at, "who": "x", "action": "y", "subject": "", "detail": ""}
    wrong = [(3, last.hash), (2, START), (1, START), (0, last.hash)]
    for number, prev in wrong:
        with pytest.raises(DBAPIError), store.write() as conn:
            conn.execute(insert(event).values(id=number, prev=prev, hash="f" * 64, **words))
    with store.write() as conn:
        conn.execute(insert(event).values(id=2, prev=last.hash, hash="f" * 64, **words))


def test_an_act_that_fails_leaves_no_line(store: Store) -> None:
    def fail() -> None:
        with store.write() as conn:
            record_event(conn, "Hoa", "sheets.void", "HL-CD-001")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [line.subject for line in write_lines(store, "sau")] == ["sau"]


def test_people_who_act_at_one_moment_write_one_chain(store: Store) -> None:
    def act(who: int) -> None:
        for turn in range(5):
            with store.write() as conn:
                record_event(conn, str(who), "login", str(turn))

    with ThreadPoolExecutor(6) as people:
        list(people.map(act, range(6)))
    with store.read() as conn:
        assert check_chain(list_events(conn)) == (Head(30, get_head(conn).hash), None)


@pytest.mark.slow
def test_an_answer_never_waits_for_the_log(desk: Any) -> None:
    if desk.store.engine.dialect.name != "postgresql":
        return  # SQLite lets one writer in at a time, whatever they write
    with desk.store.engine.begin() as conn, ThreadPoolExecutor(1) as phone:
        conn.execute(select(func.pg_advisory_xact_lock(LOG_LOCK)))  # somebody's act that takes for ever
        answered = phone.submit(desk.post, desk.serials()[0], q1="1")
        assert answered.result(timeout=60).receipt


def test_words_that_a_database_cannot_keep_are_kept_as_they_can_be(store: Store) -> None:
    with store.write() as conn:
        record_event(conn, "Hoa", "import", "t\udce1p\0.csv")
    with store.read() as conn:
        assert check_chain(list_events(conn)) == (get_head(conn), None)


def test_lines_are_found_by_day_of_viet_nam_person_and_act(store: Store) -> None:
    late = datetime.datetime(2014, 3, 20, 17, 0, tzinfo=datetime.UTC)  # midnight in Viet Nam
    with store.write() as conn:
        record_event(conn, "Hoa", "login", "hoa", now=NOW)
        record_event(conn, "Nam", "login", "nam", now=late)
        record_event(conn, "Nam", "logout", "nam", now=late)
    day = datetime.date(2014, 3, 21)
    with store.read() as conn:
        assert count_events(conn, Filter()) == 3
        assert [line.id for line in find_events(conn, Filter(first_day=day))] == [3, 2]
        assert [line.id for line in find_events(conn, Filter(last_day=day - datetime.timedelta(days=1)))] == [1]
        assert [line.id for line in find_events(conn, Filter(who="Nam", action="login"))] == [2]
        assert [line.id for line in find_events(conn, Filter(), limit=1, offset=1)] == [2]
