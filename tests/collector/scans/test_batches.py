"""The account of a batch: every page by what it came to, sheets with a page missing, sheets still to come."""

from __future__ import annotations

import datetime
from typing import Any

from collector.intake import accept_reading
from collector.ledger.acts import hand_over
from collector.ledger.holding import Note
from collector.ledger.naming import Named
from collector.scans.batches import account_batch, show_batch, sum_files
from ocr.reading import PageReading


def stray(desk: Any, file: int, status: str, reason: str, stack: str | None = None) -> None:
    reading = PageReading("scan.pdf", next(desk.images), status, reason, stack=stack)  # type: ignore[arg-type]
    accept_reading(desk.store, desk.campaign, file, reading)


def scan_mixed(desk: Any) -> int:
    """A cover, a sheet with a doubt, a sheet without its back, an empty page, a foreign one, a damaged one."""
    first, second, third, *_ = desk.serials("SNV")
    file = int(desk.file())
    stray(desk, file, "foreign", "stack_cover", "SNV-CD-X01")
    desk.scan(first, 1, file, q2="5")
    desk.scan(first, 2, file, "q4", q4="3")
    desk.scan(second, 1, file, q2="5")
    desk.scan(third, 1, file, q2="5")
    desk.scan(third, 2, file)
    desk.scan(third, 1, file, q2="5")
    stray(desk, file, "foreign", "blank_page")
    stray(desk, file, "foreign", "not_ours")
    stray(desk, file, "unreadable", "damaged_page")
    return file


def test_every_page_of_a_batch_is_accounted_for(desk: Any) -> None:
    batch = account_batch(desk.store, [scan_mixed(desk)])
    assert sum_files(batch.files) == {
        **{"read": 4, "doubtful": 1, "duplicate": 1, "waiting": 1, "unreadable": 1, "foreign": 1, "stack_cover": 1},
        "blank": 1,
    }
    assert (batch.read, batch.doubtful, batch.files[0].stacks) == (2, 1, ["SNV-CD-X01"])
    [lack] = batch.incomplete
    assert (lack.name, lack.missing) == ("SNV-CD-002", (2,))
    assert [(one.stack, one.file_name, one.image) for one in lack.places] == [("SNV-CD-X01", "scan.pdf", 4)]


def test_where_no_hand_over_was_recorded_all_originals_are_to_come(desk: Any) -> None:
    batch = account_batch(desk.store, [scan_mixed(desk)])
    (cell,) = batch.to_come
    assert (cell.agency, cell.group) == ("SNV", "CD")
    assert list(cell.numbers) == [f"SNV-CD-{ordinal:03d}" for ordinal in range(4, 21)], "21 to 25 are reserve sheets"


def test_after_a_hand_over_only_what_was_handed_out_is_to_come(desk: Any) -> None:
    given = Named(tuple(desk.serials("SNV")[:4]))
    hand_over(desk.store, desk.campaign, given, "", Note("lan", datetime.date(2014, 3, 20)))
    batch = account_batch(desk.store, [scan_mixed(desk)])
    assert [one.numbers for one in batch.to_come] == [("SNV-CD-004",)]
    lines = list(show_batch(batch))
    assert lines[0].startswith("scan.pdf: 4 đọc được, ")
    assert lines[0].endswith("; trong đó 1 trang có dấu cần xem lại (xấp SNV-CD-X01)")
    assert lines[1] == "SNV-CD-002: còn thiếu trang 2; phần đã có ở xấp SNV-CD-X01 (scan.pdf, hình 4)"
    assert lines[2] == "còn thiếu 1 phiếu của Sở Nội vụ, Người dân: SNV-CD số 004"
    assert lines[-1] == "Phiếu: 2 đọc được (trong đó 1 có dấu cần xem lại), 1 thiếu trang, 1 chưa về"


def test_a_batch_of_nothing_says_nothing(desk: Any) -> None:
    assert list(show_batch(account_batch(desk.store, []))) == []
