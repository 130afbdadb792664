"""What the tests of doubts and conflicts ask of a store, and sheets that raise them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from collector.review.deciding import list_conflicts, list_doubts
from collector.store.answers import export_rows
from collector.store.quota import quota_rows
from collector.store.scans import list_pages
from collector.store.schema import response, settlement
from collector.store.sheets import find_sheet

FIRST, SECOND = {"q1": "1", "q2": "4", "q3": "ac"}, {"q4": "5", "q5": "7"}


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


def blank_but_for_a_speck(desk, serial):
    desk.scan(serial, 1, doubtful="q2", q2="4")
    desk.scan(serial, 2)
    return doubt_of(desk, "q2").id
