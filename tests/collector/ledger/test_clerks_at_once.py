"""Several clerks, phones and scanners at once: each sheet moves once, and the counters are the counts."""

from __future__ import annotations

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from collector.store.responses import hold_sheet, keep_response, take_place
from collector.store.schema import cell, movement, response, sheet, sheet_step
from forms.errors import InputWrong

TODAY = datetime.date(2014, 3, 28)


def at_once(*jobs):
    """Run jobs that start at the same moment; their results, or the InputWrong that they raised."""
    barrier = threading.Barrier(len(jobs))

    def start(job):
        barrier.wait()
        try:
            return job()
        except InputWrong as wrong:
            return wrong

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(start, job) for job in jobs]]


def is_waiting_or_done(store, job):
    """Whether a job has ended, or waits for a lock (on SQLite it waits for the one writer there is)."""
    if store.engine.dialect.name == "sqlite":
        return True
    locked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with store.read() as conn:
        return job.done() or conn.scalar(text(locked)) > 0


def counters_hold(store):
    with store.read() as conn:
        counted = dict(
            conn.execute(
                select(sheet.c.cell, func.count())
                .join_from(response, sheet, sheet.c.id == response.c.sheet)
                .where(response.c.state == "accepted")
                .group_by(sheet.c.cell)
            ).all()
        )
        return all(row.accepted == counted.get(row.id, 0) for row in conn.execute(select(cell.c.id, cell.c.accepted)))


@pytest.mark.parametrize("round_", range(2))
def test_two_clerks_handing_over_the_same_range_record_it_once(clerk, round_):
    results = at_once(*[lambda: clerk.give("SNV-CD-001..SNV-CD-020", letter="1")] * 3)
    assert sorted((done.changed, done.known) for done in results) == [(0, 20), (0, 20), (20, 0)]
    with clerk.store.read() as conn:
        assert conn.scalar(select(func.count()).select_from(movement)) == 1
        assert conn.scalar(select(func.count()).select_from(sheet_step)) == 20


def test_of_two_clerks_handing_one_sheet_to_two_parties_one_is_told(clerk):
    results = at_once(
        lambda: clerk.give("SNV-CD-001..SNV-CD-010", to="SNV"), lambda: clerk.give("SNV-CD-005..SNV-CD-015", to="STC")
    )
    moved = [result for result in results if not isinstance(result, InputWrong)]
    assert len(moved) == 1
    assert clerk.cell("SNV").outstanding == moved[0].changed


@pytest.mark.parametrize("round_", range(3))
def test_void_against_intake_leaves_nothing_that_counts(clerk, desk, round_):
    serials = desk.serials()
    for serial in serials[1:]:
        desk.post(serial, q2="4")
    file = desk.file()
    at_once(
        lambda: clerk.void("HL-CD-001"),
        lambda: desk.post(serials[0], q2="4"),
        lambda: desk.scan(serials[0], 1, file, q2="4"),
    )
    assert clerk.states()[0] == "void"
    assert clerk.cell().accepted == 3
    assert counters_hold(clerk.store)
    with clerk.store.read() as conn:
        on_void = select(response.c.state).join_from(response, sheet, sheet.c.id == response.c.sheet)
        assert set(conn.scalars(on_void.where(sheet.c.state == "void"))) <= {"void"}


def test_reserves_released_twice_at_once_are_released_once(clerk):
    clerk.give(agency="SNV", group="CD")
    clerk.take("SNV-CD-001..SNV-CD-003", state="lost")
    results = at_once(*[lambda: clerk.release(agency="SNV", group="CD")] * 3)
    assert sorted(len(result.pairs) for result in results) == [0, 0, 3]
    assert len({result.pairs or result.known for result in results}) == 1


@pytest.mark.parametrize("round_", range(3))
def test_release_against_the_originals_own_answer_scores_one_of_them(clerk, desk, round_):
    clerk.give(agency="HL", group="CD")
    serials = desk.serials()
    release, _ = at_once(lambda: clerk.release("HL-CD-001"), lambda: desk.post(serials[0], q2="4"))
    with clerk.store.read() as conn:
        (state,) = conn.scalars(select(response.c.state))
    assert state == ("accepted" if isinstance(release, InputWrong) else "over_quota")
    assert counters_hold(clerk.store)


def test_a_place_given_back_while_an_answer_finds_the_cell_full_is_that_answers(clerk, desk):
    serials = desk.serials()
    for serial in serials[:3]:
        desk.post(serial, q2="4")
    with ThreadPoolExecutor(1) as pool:
        with clerk.store.write() as conn:
            last = hold_sheet(conn, sheet.c.serial == serials[3])
            keep_response(conn, last, "phone", (), take_place(conn, last), TODAY)
            void = pool.submit(clerk.void, "HL-CD-001")
            while not is_waiting_or_done(clerk.store, void):
                pass
        void.result()
    assert (clerk.cell().accepted, clerk.cell().over_quota) == (3, 0)


def test_whoever_was_passed_over_in_other_hands_gets_the_place_when_the_campaign_is_opened(clerk, desk):
    serials = desk.serials()
    for serial in serials:
        desk.post(serial, q2="4")
    if clerk.store.engine.dialect.name == "sqlite":
        clerk.void("HL-CD-001")  # there is one writer: nothing is ever in other hands
    else:
        with clerk.store.write() as conn:
            hold_sheet(conn, sheet.c.serial == serials[3])
            clerk.void("HL-CD-001")
    clerk.set_rules()
    assert (clerk.cell().accepted, clerk.cell().over_quota) == (3, 0)


def test_held_answers_and_hand_overs_at_once_lose_no_answer(clerk, desk):
    desk.campaign = clerk.set_rules(unissued="hold")
    serials = desk.serials("SNV")[:20]
    posts = [lambda serial=serial: desk.post(serial, q2="4") for serial in serials]
    gives = [lambda start=start: clerk.give(f"SNV-CD-{start:03d}..SNV-CD-{start + 4:03d}") for start in (1, 6, 11, 16)]
    at_once(*posts, *gives)
    row = clerk.cell("SNV")
    assert (row.accepted, row.held, row.over_quota) == (20, 0, 0)
    assert counters_hold(clerk.store)
