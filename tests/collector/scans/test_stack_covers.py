"""Stack covers come in with their sheets: what follows a cover in its file lies in that stack and is found there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from collector.intake import accept_reading
from collector.store.scans import list_pages
from collector.store.schema import page
from collector.store.whereabouts import list_whereabouts
from ocr.reading import PageReading


def cover(desk: Any, file: int, stack: str) -> str:
    """A cover in a file, at the next image."""
    reading = PageReading("scan.pdf", next(desk.images), "foreign", "stack_cover", stack=stack)
    return accept_reading(desk.store, desk.campaign, file, reading).status


def stacks(desk: Any) -> list[tuple[str, str | None]]:
    with desk.store.read() as conn:
        return [(one.status, one.stack) for one in list_pages(conn)]


def test_what_follows_a_cover_lies_in_its_stack_until_the_next_one(desk: Any) -> None:
    first, second, third, *_ = desk.serials()
    file = desk.file()
    for number in (1, 2):
        desk.scan(first, number, file)
    assert cover(desk, file, "HL-CD-X01") == "stack_cover"
    for serial in (second, third):
        for number in (1, 2):
            desk.scan(serial, number, file)
    cover(desk, file, "HL-CD-X02")
    other = desk.file()
    desk.scan(first, 1, other)
    assert [stack for _, stack in stacks(desk)] == [None, None, *["HL-CD-X01"] * 5, "HL-CD-X02", None]
    with desk.store.read() as conn:
        found = [(one.stack, one.leaf, one.sheet_page) for one in list_whereabouts(conn, third)]
        assert found == [("HL-CD-X01", 2, 1), ("HL-CD-X01", 2, 2)]
        twice = [(one.stack, one.leaf, one.status) for one in list_whereabouts(conn, first)]
        assert twice == [(None, 1, "read"), (None, 1, "read"), (None, 1, "duplicate")]
        assert list_whereabouts(conn, desk.serials()[3]) == []


def test_a_cover_that_could_only_be_read_the_second_time_still_names_what_follows(desk: Any) -> None:
    serial, file = desk.serials()[0], desk.file()
    image = next(desk.images)
    dark = PageReading("scan.pdf", image, "foreign", "nothing_of_ours")
    accept_reading(desk.store, desk.campaign, file, dark)
    desk.scan(serial, 1, file)
    assert [stack for _, stack in stacks(desk)] == [None, None]
    better = PageReading("scan.pdf", image, "foreign", "stack_cover", stack="HL-CD-X01")
    accept_reading(desk.store, desk.campaign, file, better, again=True)
    assert [stack for _, stack in stacks(desk)] == ["HL-CD-X01", "HL-CD-X01"]


@pytest.mark.parametrize(("status", "stack"), [("stack_cover", None), ("foreign", "HL-CD-X01")])
def test_the_database_knows_a_cover_by_its_stack_alone(desk: Any, status: str, stack: str | None) -> None:
    row = {"scan_file": desk.file(), "image": 1, "status": status, "stack": stack}
    with pytest.raises(IntegrityError), desk.store.write() as conn:
        conn.execute(insert(page).values(row))
