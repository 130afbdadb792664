"""Many at once, on both engines: one claim a serial, no place given twice, nothing half done."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from collector.intake import accept_file, accept_reading, accept_readings
from collector.review.blank_page import leave_page_blank
from collector.review.deciding import count_doubts, decide_conflict, list_conflicts, list_doubts, settle_doubt
from collector.store import open_store
from collector.store.quota import quota_rows
from collector.store.schema import answer, cell, page, response, settlement, sheet
from collector.store.sheets import list_sheets
from forms.campaign import Quota

ROOT = Path(__file__).parents[3]


def at_once(*jobs):
    """Run jobs that all start at the same moment; their results in order."""
    barrier = threading.Barrier(len(jobs))

    def start(job):
        barrier.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(start, job) for job in jobs]]


def claims(store):
    with store.read() as conn:
        return conn.scalar(select(func.count()).where(response.c.claims))


def counters_hold(store):
    """Whether every counter is what counting says."""
    counted = (
        select(func.count())
        .select_from(response)
        .join(sheet)
        .where(sheet.c.cell == cell.c.id, response.c.state == "accepted")
        .scalar_subquery()
    )
    printed = select(func.count()).where(sheet.c.cell == cell.c.id).scalar_subquery()
    with store.read() as conn:
        rows = conn.execute(select(cell.c.accepted, counted, cell.c.reserved, printed)).all()
    return all(accepted == count and reserved == have for accepted, count, reserved, have in rows)


@pytest.mark.parametrize("round_", range(3))
def test_of_two_different_answers_at_once_one_claims_and_both_are_contested(desk, round_):
    serial = desk.serials()[0]
    outcomes = at_once(lambda: desk.post(serial, q2="5"), lambda: desk.post(serial, q2="1"))
    assert sorted(outcome.status for outcome in outcomes) == ["accepted", "conflict"]
    assert claims(desk.store) == 1
    with desk.store.read() as conn:
        assert len(list_conflicts(conn)) == 1
    assert counters_hold(desk.store)


def test_sixty_equal_answers_at_once_are_one_response_with_one_receipt(desk):
    serial = desk.serials()[0]
    outcomes = at_once(*[lambda: desk.post(serial, q2="5")] * 60)
    assert Counter(outcome.status for outcome in outcomes) == {"accepted": 1, "same": 59}
    assert len({outcome.receipt for outcome in outcomes}) == 1


def test_the_last_places_of_a_cell_are_given_once(desk):
    serials = desk.serials("SNV")
    outcomes = at_once(*[lambda serial=serial: desk.post(serial, q2="5") for serial in serials])
    assert Counter(outcome.status for outcome in outcomes) == {"accepted": 20, "over_quota": 5}
    assert counters_hold(desk.store)


@pytest.mark.parametrize("round_", range(3))
def test_paper_and_phone_racing_for_a_sheet_give_one_claim(desk, round_):
    serial = desk.serials()[0]
    file = desk.file()
    desk.scan(serial, 1, file, q2="5")
    last = desk.reading(serial, 2, q4="5")
    paper, phone = at_once(
        lambda: accept_reading(desk.store, desk.campaign, file, last), lambda: desk.post(serial, q2="1", q4="5")
    )
    assert claims(desk.store) == 1
    # Whichever came second found the conflict; where that was the paper, the phone had been told that it counts.
    assert (paper.status, phone.status) in [("read", "conflict"), ("conflict", "conflict"), ("waiting", "conflict")]
    with desk.store.read() as conn:
        assert [row.state for row in conn.execute(select(response.c.state))] == ["contested", "contested"]
    assert counters_hold(desk.store)


def test_a_file_taken_in_by_many_at_once_is_new_to_one_of_them(desk):
    content = b"a scan"
    key = hashlib.sha256(content).hexdigest()
    results = at_once(*[lambda: accept_file(desk.store, key, "a.pdf", content)] * 10)
    assert [is_new for _, is_new in results].count(True) == 1
    assert len({taken.id for taken, _ in results}) == 1
    assert desk.store.scan_path(key).read_bytes() == content
    assert [path.name for path in desk.store.scan_path(key).parent.iterdir()] == [key]


def test_an_image_read_by_many_at_once_is_recorded_once(desk):
    file, reading = desk.file(), desk.reading(desk.serials("HL", "CC")[0], 1, m1_SNV="5", m1_STC="4")
    outcomes = at_once(*[lambda: accept_reading(desk.store, desk.campaign, file, reading)] * 10)
    assert {outcome.status for outcome in outcomes} == {"read"}
    with desk.store.read() as conn:
        assert conn.scalar(select(func.count()).select_from(page)) == 1


@pytest.mark.parametrize("round_", range(3))
def test_fronts_and_backs_of_sheets_scanned_at_once_in_opposite_order_wait_for_each_other(desk, round_):
    serials = [*desk.serials("HL")[:3], *desk.serials("SNV")[:5]]
    files = [desk.file() for _ in range(4)]
    fronts = [(files[place % 2], desk.reading(serial, 1, q1="1", q2="5")) for place, serial in enumerate(serials)]
    backs = [(files[2 + place % 2], desk.reading(serial, 2, q4="5")) for place, serial in enumerate(serials)]
    phones = [lambda serial=serial: desk.post(serial, q2="5") for serial in desk.serials("SNV")[4:8]]
    scans = [lambda some=some: accept_readings(desk.store, desk.campaign, some) for some in (fronts, backs[::-1])]
    at_once(*scans, *phones)
    with desk.store.read() as conn:
        assert conn.scalar(select(func.count()).select_from(page)) == 16
    assert counters_hold(desk.store)


def test_printing_by_many_at_once_gives_one_set(tmp_path, url, campaign, print_sheets):
    stores = [open_store(tmp_path, campaign.settings, url) for _ in range(4)]
    at_once(*[lambda store=store: print_sheets(store) for store in stores])
    with stores[0].read() as conn:
        assert len(list_sheets(conn)) == 33
    assert counters_hold(stores[0])
    for store in stores:
        store.close()


def test_two_people_deciding_at_once_do_not_undo_each_other(desk):
    serial = desk.serials()[0]
    desk.scan(serial, 1, doubtful="q1 q2", q1="1", q2="5")
    desk.scan(serial, 2, q4="5")
    with desk.store.read() as conn:
        doubts = list_doubts(conn)
    at_once(*[lambda one=one: settle_doubt(desk.store, one.id, one.guess, "lan") for one in doubts])
    with desk.store.read() as conn:
        assert count_doubts(conn) == 0
    desk.post(serial, q1="0")
    with desk.store.read() as conn:
        (conflict,) = list_conflicts(conn)
    at_once(*[lambda: decide_conflict(desk.store, conflict.id, "first", "lan", "xác nhận")] * 4)
    with desk.store.read() as conn:
        assert next(row.accepted for row in quota_rows(conn) if (row.agency, row.group) == ("HL", "CD")) == 1
    assert counters_hold(desk.store)


@pytest.mark.parametrize("round_", range(3))
def test_of_people_who_leave_a_page_blank_or_decide_a_mark_of_it_at_once_nobody_does_half(desk, round_):
    serial = desk.serials()[0]
    desk.scan(serial, 1, doubtful="q1 q2 q3", why="struck_page", q1="1", q2="5", q3="a")
    desk.scan(serial, 2, q4="5")
    with desk.store.read() as conn:
        keys = [one.id for one in list_doubts(conn)]
    done = at_once(
        *[lambda who=who: leave_page_blank(desk.store, keys[0], keys, who) for who in ("lan", "minh", "hoa")],
        lambda: settle_doubt(desk.store, keys[1], ("5",), "nam", expected="open"),
    )
    assert sum(bool(one) for one in done) == 1
    with desk.store.read() as conn:
        lines = conn.execute(select(settlement.c.who, settlement.c.after)).all()
        assert len({line.who for line in lines}) == 1
    assert [line.after for line in lines] == (['["5"]'] if done[3] else ["[]"] * 3)


WORKER = """
import datetime, pickle, sys, time
from pathlib import Path
from collector.intake import accept_response
from collector.store import open_store
from collector.store.sheets import list_sheets
from forms.response import Answer, Response

job, folder, url, pickled = sys.argv[1:]
campaign = pickle.loads(Path(pickled).read_bytes())
store = open_store(Path(folder), campaign.settings, url)
with store.read() as conn:
    sheets = list_sheets(conn, "SNV", "CD")
if job == "post":
    for one in sheets:
        answers = tuple(Answer(code, None, (option,)) for code, option in (("q1", "1"), ("q2", "4"), ("q4", "5")))
        response = Response(one.serial, "phone", answers)
        outcome = accept_response(store, campaign, response, datetime.datetime.now(datetime.UTC))
        print(outcome.receipt, flush=True)
else:
    from collector.store.campaigns import sync_campaign
    from collector.store.layouts import get_snapshot
    from collector.store.sheets import reserve_sheets
    with store.write() as conn:
        sync_campaign(conn, campaign)
        for quota in campaign.quotas:
            if quota.group == "CD":
                reserve_sheets(conn, campaign, quota, get_snapshot(conn, sheets[0].layout)[0])
        print("half", flush=True)
        time.sleep(60)
"""


def run_until_killed(store, campaign, tmp_path, job, lines):
    """Start a process at the store and kill it after some lines of output; all the whole lines that it wrote."""
    pickled = tmp_path / "campaign.pickle"
    pickled.write_bytes(pickle.dumps(campaign))
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, job, str(store.folder), store.url, str(pickled)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert worker.stdout is not None
    seen = [worker.stdout.readline() for _ in range(lines)]
    worker.kill()
    seen += worker.stdout.readlines()
    worker.wait()
    return [line.strip() for line in seen if line.endswith("\n")]


@pytest.mark.parametrize("lines", [1, *(pytest.param(lines, marks=pytest.mark.slow) for lines in (6, 13))])
def test_a_receipt_that_was_given_outlives_a_killed_process(desk, tmp_path, lines):
    receipts = run_until_killed(desk.store, desk.campaign, tmp_path, "post", lines)
    assert len(receipts) >= lines
    with desk.store.read() as conn:
        kept = {f"{receipt[:5]}-{receipt[5:]}" for receipt in conn.scalars(select(response.c.receipt))}
        places = select(func.count(answer.c.question)).select_from(response).outerjoin(answer).group_by(response.c.id)
        assert set(conn.scalars(places)) == {6}
    assert set(receipts) <= kept
    assert len(kept) <= len(receipts) + 1
    assert counters_hold(desk.store)


def test_a_process_killed_while_it_reserves_leaves_nothing_half_done(desk, tmp_path):
    quotas = (Quota("HL", "CD", 30, 10), Quota("SNV", "CD", 200, 50), desk.campaign.quotas[2])
    grown = dataclasses.replace(desk.campaign, quotas=quotas)
    assert run_until_killed(desk.store, grown, tmp_path, "reserve", 1) == ["half"]
    with desk.store.read() as conn:
        assert len(list_sheets(conn)) == 33
        assert {row.target for row in quota_rows(conn)} == {3, 20, 4}
    assert counters_hold(desk.store)
    assert desk.post(desk.serials()[0], q1="1").status == "accepted"


def test_places_that_decisions_free_at_once_are_given_once_each(desk):
    serials = desk.serials("SNV")
    for serial in serials:
        desk.post(serial, q2="5")
    for serial in serials[:4]:
        desk.post(serial, q2="1")
    with desk.store.read() as conn:
        disputed = list_conflicts(conn)
    decisions = [lambda one=one: decide_conflict(desk.store, one.id, "neither", "lan", "không rõ") for one in disputed]
    doubted = [lambda serial=serial: desk.post(serial, q2="3") for serial in serials[20:22]]
    at_once(*decisions, *doubted)
    assert counters_hold(desk.store)
    with desk.store.read() as conn:
        row = next(row for row in quota_rows(conn) if row.agency == "SNV")
    # Of 25 sheets four answer nothing any more and two are disputed.
    assert row.accepted + row.over_quota == 19
