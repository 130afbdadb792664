"""Pages at the one door: copies, duplicates, conflicts, and paper against phone."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest
from sqlalchemy import select

from collector.intake import accept_file, accept_reading
from collector.review.deciding import count_doubts, list_conflicts
from collector.store.answers import export_rows
from collector.store.quota import quota_rows
from collector.store.scans import (
    finish_file,
    get_page,
    list_files,
    list_pages,
    page_account,
    recorded_images,
    refuse_file,
)
from collector.store.schema import response
from collector.store.sheets import find_sheet
from forms.errors import NotFound, WorkFailed
from forms.serial import make_serial
from ocr.reading import PageReading

FIRST, SECOND = {"q1": "1", "q2": "4", "q3": "ac"}, {"q4": "5", "q5": "07"}
BOTH = {"q1": "1", "q2": "4", "q3": "ac", "q4": "5", "q5": "7"}


@pytest.fixture
def serial(desk):
    return desk.serials()[0]


def cell_of(desk):
    with desk.store.read() as conn:
        return next(row for row in quota_rows(conn) if (row.agency, row.group) == ("HL", "CD"))


def states(desk, serial):
    with desk.store.read() as conn:
        key = find_sheet(conn, serial).id
        rows = conn.execute(select(response).where(response.c.sheet == key).order_by(response.c.copy))
        return [(row.channel, row.state, row.complete) for row in rows]


def statuses(desk):
    with desk.store.read() as conn:
        return [page.status for page in sorted(list_pages(conn), key=lambda page: page.id)]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_sheet_counts_once_all_its_pages_are_in(desk, serial, order):
    said = {1: FIRST, 2: SECOND}
    assert desk.scan(serial, order[0], **said[order[0]]).status == "waiting"
    assert states(desk, serial) == []
    assert desk.scan(serial, order[1], **said[order[1]]).status == "read"
    assert states(desk, serial) == [("paper", "accepted", True)]
    assert statuses(desk) == ["read", "read"]
    assert (cell_of(desk).accepted, cell_of(desk).returned_paper) == (1, 1)


@pytest.mark.parametrize("order", [(1,), (1, 2), (2, 1)])
def test_a_back_that_asks_nothing_may_be_missing_or_come_at_any_time(desk, order):
    serial, file = desk.serials("HL", "CC")[0], desk.file()
    for page in order:
        desk.scan(serial, page, file, **({"m1_SNV": "5", "m1_STC": "4"} if page == 1 else {}))
    assert states(desk, serial) == [("paper", "accepted", True)]
    assert set(statuses(desk)) == {"read"}
    assert desk.scan(serial, 2).status == ("duplicate" if 2 in order else "read")


def test_what_was_read_is_what_is_exported(desk, serial):
    desk.scan(serial, 1, **FIRST)
    desk.scan(serial, 2, **SECOND)
    with desk.store.read() as conn:
        rows = [(row.channel, row.question, row.option, row.state) for row in export_rows(conn)]
    assert rows == [
        ("paper", "q1", "1", "clear"),
        ("paper", "q2", "4", "clear"),
        ("paper", "q3", "a", "clear"),
        ("paper", "q3", "c", "clear"),
        ("paper", "q4", "5", "clear"),
        ("paper", "q5", "7", "clear"),
        ("paper", "q6", "", "blank"),
    ]


def test_doubts_do_not_keep_a_sheet_from_counting(desk, serial):
    desk.scan(serial, 1, doubtful="q2", **FIRST)
    assert desk.scan(serial, 2, **SECOND).status == "read"
    assert (cell_of(desk).accepted, cell_of(desk).doubtful) == (1, 1)


def test_an_equal_rescan_is_a_duplicate(desk, serial):
    desk.scan(serial, 1, **FIRST)
    desk.scan(serial, 2, **SECOND)
    assert desk.scan(serial, 1, **FIRST).status == "duplicate"
    assert desk.scan(serial, 2, **SECOND).status == "duplicate"
    assert states(desk, serial) == [("paper", "accepted", True)]


def test_a_doubtful_mark_agrees_with_any_reading_of_it(desk, serial):
    desk.scan(serial, 1, doubtful="q2", **FIRST)
    assert desk.scan(serial, 1, **FIRST | {"q2": "1"}).status == "duplicate"
    assert desk.scan(serial, 1, doubtful="q3", **FIRST | {"q3": "b"}).status == "duplicate"


def test_a_rescan_that_differs_is_a_conflict_at_once(desk, serial):
    desk.scan(serial, 1, **FIRST)
    desk.scan(serial, 2, **SECOND)
    assert desk.scan(serial, 2, q4="1", q5="7").status == "conflict"
    assert states(desk, serial) == [("paper", "contested", True), ("paper", "contested", False)]
    assert (cell_of(desk).accepted, cell_of(desk).conflicts) == (0, 1)
    assert desk.scan(serial, 2, q4="1", q5="7").status == "duplicate"


def test_a_mark_added_after_the_first_scan_is_a_conflict(desk, serial):
    desk.scan(serial, 1, **FIRST)
    desk.scan(serial, 2, q5="7")
    assert desk.scan(serial, 2, q5="7", q4="5").status == "conflict"


def test_two_different_first_pages_are_a_conflict_though_both_sheets_miss_a_page(desk, serial):
    desk.scan(serial, 1, **FIRST)
    assert desk.scan(serial, 1, **FIRST | {"q2": "1"}).status == "conflict"
    assert statuses(desk) == ["conflict", "conflict"]
    assert states(desk, serial) == [("paper", "contested", False), ("paper", "contested", False)]
    assert desk.scan(serial, 2, **SECOND).status == "conflict"
    assert states(desk, serial) == [("paper", "contested", True), ("paper", "contested", False)]


def test_a_page_goes_to_the_copy_out_of_the_same_file(desk, serial):
    one, other = desk.file(), desk.file()
    desk.scan(serial, 1, one, **FIRST)
    desk.scan(serial, 1, other, **FIRST | {"q2": "1"})
    desk.scan(serial, 2, other, **SECOND)
    desk.scan(serial, 2, one, **SECOND)
    assert states(desk, serial) == [("paper", "contested", True), ("paper", "contested", True)]


def test_a_page_taken_for_a_duplicate_goes_over_to_the_copy_that_its_file_brings(desk, serial):
    one, other = desk.file(), desk.file()
    desk.scan(serial, 1, one, **FIRST)
    desk.scan(serial, 2, one, **SECOND)
    assert desk.scan(serial, 2, other, **SECOND).status == "duplicate"
    assert desk.scan(serial, 1, other, **FIRST | {"q2": "1"}).status == "conflict"
    assert states(desk, serial) == [("paper", "contested", True), ("paper", "contested", True)]
    assert statuses(desk) == ["read", "read", "conflict", "conflict"]


def test_the_same_image_again_changes_nothing(desk, serial):
    file = desk.file()
    reading = desk.reading(serial, 1, **FIRST)
    first = accept_reading(desk.store, desk.campaign, file, reading)
    again = accept_reading(desk.store, desk.campaign, file, dataclasses.replace(reading, status="foreign"))
    assert first == again
    assert statuses(desk) == ["waiting"]


def test_a_file_taken_in_twice_is_one_file(desk):
    content = b"%PDF-1.7 a scan"
    key = hashlib.sha256(content).hexdigest()
    taken, is_new = accept_file(desk.store, key, "Hộp 1.pdf", content)
    again, is_again_new = accept_file(desk.store, key, "the same.pdf", content)
    assert (is_new, is_again_new, again) == (True, False, taken)
    assert desk.store.scan_path(key).read_bytes() == content
    with desk.store.read() as conn:
        assert [file.name for file in list_files(conn)] == ["Hộp 1.pdf"]


def test_a_file_given_by_its_path_is_copied(desk, tmp_path):
    path = tmp_path / "scan.tif"
    path.write_bytes(b"II*\x00")
    key = hashlib.sha256(b"II*\x00").hexdigest()
    accept_file(desk.store, key, path.name, path)
    path.unlink()
    assert desk.store.scan_path(key).read_bytes() == b"II*\x00"


def test_a_file_that_changed_meanwhile_is_not_taken_in(desk):
    with pytest.raises(WorkFailed):
        accept_file(desk.store, "0" * 64, "scan.pdf", b"something else")
    with desk.store.read() as conn:
        assert list_files(conn) == []


def test_a_file_that_was_cut_off_can_go_on_and_a_finished_one_is_done(desk, serial):
    content = b"two pages"
    key = hashlib.sha256(content).hexdigest()
    taken, _ = accept_file(desk.store, key, "a.pdf", content)
    reading = desk.reading(serial, 1, **FIRST)
    accept_reading(desk.store, desk.campaign, taken.id, reading)
    again, _ = accept_file(desk.store, key, "a.pdf", content)
    assert not again.is_finished
    with desk.store.write() as conn:
        assert recorded_images(conn, taken.id) == {reading.image}
        finish_file(conn, taken.id, 1)
    assert accept_file(desk.store, key, "a.pdf", content)[0].is_finished


def test_a_refused_file_is_kept_with_its_reason(desk):
    taken, _ = accept_file(desk.store, hashlib.sha256(b"").hexdigest(), "empty.pdf", b"")
    with desk.store.write() as conn:
        refuse_file(conn, taken.id, "empty")
    with desk.store.read() as conn:
        (file,) = list_files(conn)
    assert (file.state, file.reason, file.is_finished) == ("refused", "empty", True)


def test_pages_that_are_none_of_ours_are_accounted_for(desk, serial):
    file = desk.file()
    stranger = make_serial(99)
    readings = [
        PageReading("scan.pdf", 1, "foreign", "no_code"),
        PageReading("scan.pdf", 2, "unreadable", "no_markers", serial, 1),
        PageReading("scan.pdf", 3, "unreadable", "no_code"),
        dataclasses.replace(desk.reading(serial, 1), serial=stranger, image=4),
        dataclasses.replace(desk.reading(serial, 1), layout="LOTHER", image=5),
        dataclasses.replace(desk.reading(serial, 1), sheet_page=3, image=6),
    ]
    outcomes = [accept_reading(desk.store, desk.campaign, file, reading) for reading in readings]
    assert [(outcome.status, outcome.reason) for outcome in outcomes] == [
        ("foreign", "no_code"),
        ("unreadable", "no_markers"),
        ("unreadable", "no_code"),
        ("unknown_serial", None),
        ("unreadable", "other_layout"),
        ("unreadable", "other_layout"),
    ]
    assert outcomes[1].serial == serial
    with desk.store.read() as conn:
        account = page_account(conn, file)
        assert sum(account.values()) == 6
        assert (account["foreign"], account["unreadable"], account["unknown_serial"], account["read"]) == (1, 4, 1, 0)
        assert page_account(conn) == account
        assert find_sheet(conn, serial).state == "returned"
    assert states(desk, serial) == []


def test_a_reading_with_an_option_that_is_not_on_the_sheet_is_unreadable(desk, serial):
    reading = desk.reading(serial, 1, **FIRST)
    wrong = dataclasses.replace(reading, answers=(dataclasses.replace(reading.answers[0], chosen=("7",)),))
    assert accept_reading(desk.store, desk.campaign, desk.file(), wrong).status == "unreadable"


def test_a_page_of_no_file_is_an_error(desk, serial):
    with pytest.raises(NotFound):
        accept_reading(desk.store, desk.campaign, 99, desk.reading(serial, 1))


def test_a_page_keeps_what_cutting_out_its_evidence_needs(desk, serial):
    outcome = desk.scan(serial, 1, **FIRST)
    with desk.store.read() as conn:
        page = get_page(conn, outcome.page)
        assert page.transform == ((8.0, 0.0, 0.0), (0.0, 8.0, 0.0), (0.0, 0.0, 1.0))
        assert (page.serial, page.sheet_page, page.rotation) == (serial, 1, 0)
        with pytest.raises(NotFound):
            get_page(conn, outcome.page + 1)


def test_a_page_of_a_void_sheet_is_kept_and_counts_for_nothing(desk, serial):
    desk.void(serial, "mất")
    assert desk.scan(serial, 1, **FIRST).status == "void"
    assert desk.scan(serial, 2, **SECOND).status == "void"
    assert states(desk, serial) == []


def test_an_empty_sheet_takes_no_place_and_can_still_be_answered_by_phone(desk, serial):
    desk.scan(serial, 1)
    assert desk.scan(serial, 2).status == "read"
    assert states(desk, serial) == [("paper", "set_aside", True)]
    assert cell_of(desk).accepted == 0
    assert desk.post(serial, q1="1").status == "accepted"


def test_an_empty_sheet_does_not_contest_a_response_by_phone(desk, serial):
    desk.post(serial, q1="1")
    assert desk.scan(serial, 1).status == "duplicate"
    assert desk.scan(serial, 2).status == "duplicate"
    assert states(desk, serial) == [("phone", "accepted", True)]


def test_phone_after_equal_paper_gets_the_papers_receipt(desk, serial):
    desk.scan(serial, 1, **FIRST)
    desk.scan(serial, 2, **SECOND)
    outcome = desk.post(serial, **BOTH)
    assert outcome.status == "same"
    assert desk.post(serial, **BOTH) == outcome
    assert cell_of(desk).accepted == 1
    with desk.store.read() as conn:
        assert len({row.serial for row in export_rows(conn)}) == 1
        assert len(list(export_rows(conn))) == 7


def test_paper_after_an_equal_phone_is_a_duplicate(desk, serial):
    desk.post(serial, **BOTH)
    assert desk.scan(serial, 1, doubtful="q2", **FIRST | {"q2": "1"}).status == "duplicate"
    assert desk.scan(serial, 2, **SECOND).status == "duplicate"
    assert states(desk, serial) == [("phone", "accepted", True)]
    with desk.store.read() as conn:
        assert count_doubts(conn) == 0
        assert find_sheet(conn, serial).state == "returned"


def test_phone_after_different_paper_is_a_conflict(desk, serial):
    desk.scan(serial, 1, **FIRST)
    desk.scan(serial, 2, **SECOND)
    assert desk.post(serial, **BOTH | {"q4": "1"}).status == "conflict"
    assert states(desk, serial) == [("phone", "contested", True), ("paper", "contested", True)]
    assert cell_of(desk).accepted == 0


def test_paper_after_a_different_phone_is_a_conflict_at_its_first_page(desk, serial):
    desk.post(serial, **BOTH | {"q2": "1"})
    assert desk.scan(serial, 1, **FIRST).status == "conflict"
    with desk.store.read() as conn:
        (conflict,) = list_conflicts(conn)
    assert (conflict.first.channel, conflict.second.channel) == ("phone", "paper")
    assert not conflict.second.complete


def test_paper_that_agreed_with_the_phone_so_far_is_a_conflict_once_it_does_not(desk, serial):
    desk.post(serial, **BOTH)
    assert desk.scan(serial, 1, **FIRST).status == "duplicate"
    assert desk.scan(serial, 2, q4="1").status == "conflict"
    assert statuses(desk) == ["conflict", "conflict"]
    assert states(desk, serial) == [("phone", "contested", True), ("paper", "contested", True)]


def test_a_page_that_waits_is_held_against_the_phone_as_well(desk, serial):
    desk.scan(serial, 1, **FIRST)
    assert desk.post(serial, **BOTH | {"q1": "1", "q2": "2"}).status == "conflict"
    other = desk.serials()[1]
    desk.scan(other, 1, **FIRST)
    assert desk.post(other, **BOTH).status == "accepted"
    assert statuses(desk) == ["conflict", "duplicate"]


def test_a_text_in_handwriting_agrees_with_the_text_typed_on_the_phone(desk, serial):
    desk.scan(serial, 1, **FIRST)
    written = desk.reading(serial, 2, **SECOND)
    *others, text = written.answers
    ink = dataclasses.replace(text, state="clear")
    accept_reading(desk.store, desk.campaign, desk.file(), dataclasses.replace(written, answers=(*others, ink)))
    assert desk.post(serial, **BOTH, q6="Cảm ơn").status == "same"


@pytest.mark.parametrize(
    "order",
    [
        ("1a", "1b", "2b", "2a"),  # fronts, then the backs of the turned stack
        ("1a", "2a", "1b", "2b"),
        ("2b", "1b", "1a", "2a"),
    ],
)
def test_pages_that_lie_side_by_side_belong_together(desk, serial, order):
    file = desk.file()
    said = {"1a": FIRST, "1b": FIRST | {"q2": "1"}, "2a": SECOND, "2b": SECOND | {"q4": "1"}}
    for page in order:
        desk.scan(serial, int(page[0]), file, **said[page])
    with desk.store.read() as conn:
        (conflict,) = list_conflicts(conn)
    sides = [
        tuple(one.chosen for one in side.answers if one.question in ("q2", "q4"))
        for side in (conflict.first, conflict.second)
    ]
    assert sorted(sides) == [(("1",), ("1",)), (("4",), ("5",))]
