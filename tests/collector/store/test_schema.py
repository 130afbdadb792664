"""What the database itself refuses, whoever asks."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError, IntegrityError

from collector.review.deciding import decide_conflict, list_conflicts, list_doubts, settle_doubt
from collector.store.events import list_events, record_event
from collector.store.schema import (
    answer,
    answer_as_above,
    answer_value,
    cell,
    conflict,
    doubt,
    event,
    layout,
    option,
    page,
    respondent_group,
    response,
    scan_file,
    settlement,
    sheet,
)


@pytest.fixture
def refuses(store):
    """Whether the database refuses a statement for breaking its rules."""

    def is_refused(statement, error=IntegrityError):
        with pytest.raises(error), store.write() as conn:
            conn.execute(statement)

    return is_refused


@pytest.fixture
def kept(desk):
    """An accepted response of a linked group: its row."""
    desk.post(desk.serials()[0], q1="1")
    with desk.store.read() as conn:
        return dict(conn.execute(select(response)).one()._mapping)


def test_a_serial_is_claimed_once(kept, refuses):
    second = kept | {"id": 1, "receipt": "0" * 10, "digest": "x"}
    refuses(insert(response).values(second))


def test_only_an_answer_that_is_there_can_have_come_as_above_and_it_stays_so(desk, store, refuses):
    desk.post(desk.serials("HL", "CC")[0], m1_SNV="4")
    with store.read() as conn:
        given = dict(conn.execute(select(answer).where(answer.c.option != 0)).one()._mapping)
    key = {name: given[name] for name in ("response", "question", "rated", "option")}
    for wrong in ({"option": 0}, {"rated": 0}, {"rated": given["rated"] + 1}, {"option": given["option"] + 1}):
        refuses(insert(answer_as_above).values({**key, **wrong}))
    with store.write() as conn:
        conn.execute(insert(answer_as_above).values(key))
    refuses(delete(answer_as_above), DBAPIError)


def test_what_claims_nothing_may_stand_beside_it(kept, store):
    with store.write() as conn:
        second = kept | {"id": 1, "receipt": "0" * 10, "digest": "x", "claims": False, "state": "contested"}
        conn.execute(insert(response).values(second))


def test_the_same_typed_answers_are_kept_once(kept, refuses):
    refuses(insert(response).values(kept | {"id": 1, "receipt": "0" * 10, "claims": False, "state": "contested"}))


def test_a_copy_of_a_sheet_answers_once(kept, refuses, store):
    paper = kept | {"channel": "paper", "copy": 1, "claims": False, "state": "contested"}
    with store.write() as conn:
        conn.execute(insert(response).values(paper | {"id": 1, "receipt": "0" * 10}))
    refuses(insert(response).values(paper | {"id": 2, "receipt": "1" * 10, "digest": "x"}))


def test_a_receipt_is_given_once(kept, refuses):
    refuses(insert(response).values(kept | {"id": 1, "digest": "x", "claims": False, "state": "contested"}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": False},
        {"complete": False},
        {"state": "set_aside"},
        {"state": "void"},
        {"state": "something else"},
        {"copy": 1},
        {"channel": "paper"},
        {"linked": False},
    ],
)
def test_a_counting_response_claims_is_complete_and_is_what_it_says(kept, refuses, wrong):
    refuses(update(response).values(wrong))


def test_no_moment_is_kept_for_an_unlinked_group(desk, refuses):
    desk.post(desk.serials("HL", "CC")[0], m1_SNV="1")
    with desk.store.read() as conn:
        assert conn.execute(select(response.c.received_at)).scalar_one() is None
    refuses(update(response).values(received_at=datetime.datetime(2014, 3, 20)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"accepted": cell.c.target + 1},
        {"accepted": -1},
        {"reserved": cell.c.target + cell.c.reserve + 1},
        {"target": -1},
    ],
)
def test_a_cell_never_overflows(store, refuses, wrong):
    refuses(update(cell).values(wrong))


def test_the_privacy_of_an_answer_is_that_of_its_group_and_of_what_was_answered_stays(desk, refuses):
    desk.post(desk.serials("HL", "CC")[0], m1_SNV="1")
    with desk.store.read() as conn:
        row = dict(conn.execute(select(response)).one()._mapping)
    other = {"id": 1, "receipt": "0" * 10, "digest": "x", "claims": False, "state": "contested"}
    refuses(insert(response).values(row | other | {"linked": True, "received_at": datetime.datetime(2014, 3, 20)}))
    refuses(update(respondent_group).where(respondent_group.c.code == "CC").values(linked=True))
    with desk.store.write() as conn:
        conn.execute(update(respondent_group).where(respondent_group.c.code == "CD").values(linked=False))


@pytest.mark.parametrize(
    "wrong",
    [
        update(response).values(sheet=2),
        update(response).values(receipt="0" * 10),
        update(response).values(received_day=datetime.date(2014, 1, 1)),
        update(sheet).values(cell=2),
        update(sheet).values(layout=2),
        update(sheet).values(is_reserve=True),
        update(cell).values(agency=2),
        update(layout).values(content="{}"),
        update(option).values(code="9"),
    ],
)
def test_nothing_becomes_another_sheets_another_cells_or_another_questions(kept, refuses, wrong):
    refuses(wrong)


def test_a_serial_and_a_place_in_a_cell_are_given_once(store, refuses):
    with store.read() as conn:
        first = dict(conn.execute(select(sheet).limit(1)).one()._mapping)
    del first["id"]
    refuses(insert(sheet).values(first | {"ordinal": 999}))
    refuses(insert(sheet).values(first | {"serial": "0" * 16}))


@pytest.mark.parametrize("wrong", [{"state": "gone"}, {"state": "void"}, {"void_reason": "vì sao"}, {"ordinal": 0}])
def test_a_sheet_has_one_known_state(refuses, wrong):
    refuses(update(sheet).values(wrong))


def test_a_layout_number_is_given_once_and_fits_the_serial(refuses):
    refuses(update(layout).values(number=1))
    refuses(update(layout).where(layout.c.id == 1).values(number=1024))


def test_a_scan_file_and_an_image_are_taken_in_once(desk, refuses):
    desk.scan(desk.serials()[0], 1)
    with desk.store.read() as conn:
        file = dict(conn.execute(select(scan_file)).one()._mapping)
        image = dict(conn.execute(select(page)).one()._mapping)
    refuses(insert(scan_file).values(file | {"id": 99}))
    refuses(insert(page).values(image | {"id": 99}))
    refuses(update(page).values(copy=None))


def test_two_responses_have_one_conflict_and_it_is_open_or_decided(desk, refuses):
    serial = desk.serials()[0]
    desk.post(serial, q1="1")
    desk.post(serial, q1="0")
    with desk.store.read() as conn:
        row = dict(conn.execute(select(conflict)).one()._mapping)
    refuses(insert(conflict).values(row | {"id": 99}))
    refuses(update(conflict).values(state="decided"))
    refuses(update(conflict).values(decision="first"))
    refuses(update(conflict).values(second=row["first"]))


def test_a_doubt_is_open_or_says_what_was_chosen(desk, refuses):
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_SNV", m1_SNV="5", m1_STC="4")
    refuses(update(doubt).values(state="settled"))
    refuses(update(doubt).values(chosen="[]"))


def test_nothing_refers_to_what_is_not_there(refuses):
    refuses(update(sheet).values(layout=99))


@pytest.fixture
def logs(desk):
    """Both logs with a line each."""
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_SNV", m1_SNV="5", m1_STC="4")
    with desk.store.read() as conn:
        (found,) = list_doubts(conn)
    settle_doubt(desk.store, found.id, ("3",), "lan")
    with desk.store.write() as conn:
        record_event(conn, "lan", "print", "HL-CD")
    return settlement, event


def test_logs_are_append_only(desk, refuses, logs):
    for log in logs:
        refuses(update(log).values(who="không ai"), DBAPIError)
        refuses(delete(log), DBAPIError)
    with desk.store.read() as conn:
        line = list_events(conn)[-1]
    assert (line.who, line.action, line.subject) == ("lan", "print", "HL-CD")


def test_logs_are_neither_replaced_nor_emptied(desk, refuses, logs):
    for log in logs:
        if desk.store.engine.dialect.name == "postgresql":
            refuses(sql(f"TRUNCATE {log.name} CASCADE"), DBAPIError)
        else:
            with desk.store.read() as conn:
                line = dict(conn.execute(select(log).order_by(log.c.id)).first()._mapping)
            refuses(insert(log).prefix_with("OR REPLACE").values(line | {"who": "không ai"}), DBAPIError)


def test_what_people_said_is_never_deleted(desk, refuses):
    serial, scanned = desk.serials()[:2]
    desk.post(serial, q1="1", q6="Cảm ơn")
    desk.post(serial, q1="0")
    desk.scan(scanned, 1, doubtful="q2", q2="5")
    desk.scan(scanned, 2)
    with desk.store.read() as conn:
        (disputed,) = list_conflicts(conn)
    side = disputed.first.response
    for table in (conflict, doubt, page, scan_file, response):
        refuses(delete(table), DBAPIError)
    for table in (answer, answer_value):
        refuses(delete(table).where(table.c.response == side), DBAPIError)
    refuses(update(answer).where(answer.c.response == side).values(state="skipped"), DBAPIError)
    refuses(update(answer_value).values(value="khác"), DBAPIError)
    if desk.store.engine.dialect.name == "postgresql":
        refuses(sql("TRUNCATE response CASCADE"), DBAPIError)


def test_a_decision_stands(desk, refuses):
    serial = desk.serials()[0]
    desk.post(serial, q1="1")
    desk.post(serial, q1="0")
    with desk.store.read() as conn:
        (disputed,) = list_conflicts(conn)
    decide_conflict(desk.store, disputed.id, "first", "minh", "xác nhận")
    refuses(update(conflict).values(decision="second"), DBAPIError)
    refuses(update(conflict).values(state="open", decision=None), DBAPIError)


def test_a_page_of_a_copy_is_there_once_and_its_duplicates_beside_it(desk, refuses):
    serial = desk.serials()[0]
    desk.scan(serial, 1, q2="5")
    desk.scan(serial, 1, q2="5")
    refuses(update(page).where(page.c.duplicate_of.is_not(None)).values(duplicate_of=None))


def test_a_sheet_number_is_given_once(desk, refuses):
    first, second = desk.serials()[:2]
    number = select(sheet.c.number).where(sheet.c.serial == first).scalar_subquery()
    refuses(update(sheet).where(sheet.c.serial == second).values(number=number))
