"""Who typed which sheet in, and which pages are dealt with thereby."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from collector.intake import accept_reading
from collector.store.edits import list_edits
from collector.store.schema import typed_entry
from collector.store.sheets import find_sheet
from collector.store.typed_entries import (
    count_typed_pages,
    find_named_sheet,
    list_sure_answers,
    list_typed_pages,
    record_typed,
)
from ocr.reading import PageReading

DAY = datetime.date(2014, 3, 21)


def test_pages_of_a_typed_sheet_and_the_page_it_was_typed_beside_are_dealt_with(desk: Any) -> None:
    one, two = desk.serials()[:2]
    pages = {}
    for image, serial in enumerate((one, two, None, None), start=1):
        reading = PageReading("scan.pdf", image, "unreadable", "no_markers", serial, 1 if serial else None)
        pages[image] = accept_reading(desk.store, desk.campaign, desk.file(), reading).page
    with desk.store.write() as conn:
        sheet = find_sheet(conn, one)
        record_typed(conn, sheet.id, pages[3], "Lê Thị Hoa", DAY)
    with desk.store.read() as conn:
        told = [(edit.kind, edit.who, edit.at) for edit in list_edits(conn, [sheet.id])]
        assert told == [("typed", "Lê Thị Hoa", "2014-03-21")]
        assert list_typed_pages(conn) == {pages[1], pages[3]}
        assert count_typed_pages(conn) == {"unreadable": 2}
        assert find_named_sheet(conn, " hl-cd-001 ") == sheet
        assert find_named_sheet(conn, "HL-CD-999") is None


def test_what_stands_ready_is_of_the_copy_with_the_most_pages_and_sure(desk: Any) -> None:
    serial = desk.serials()[0]
    desk.scan(serial, 1, doubtful="q2", q1="1", q2="4")
    with desk.store.read() as conn:
        sheet = find_sheet(conn, serial)
        sure = list_sure_answers(conn, desk.store.get_codes, sheet.id)
        assert [(answer.question, answer.chosen) for answer in sure] == [("q1", ("1",))]
        assert list_sure_answers(conn, desk.store.get_codes, find_sheet(conn, desk.serials()[1]).id) == []


@pytest.mark.parametrize("change", [update(typed_entry).values(who="Ai đó"), delete(typed_entry)])
def test_who_typed_a_sheet_in_stays_on_record(desk: Any, change: Any) -> None:
    with desk.store.write() as conn:
        record_typed(conn, find_sheet(conn, desk.serials()[0]).id, None, "Lê Thị Hoa", DAY)
    with pytest.raises(DBAPIError), desk.store.write() as conn:
        conn.execute(change)
