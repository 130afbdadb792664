"""What the pages of a sheet amount to: a response once all are in, a duplicate, a conflict as soon as they differ."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from sqlalchemy import Connection

from collector.store.codes import Codes
from collector.store.conflicts import contest
from collector.store.copies import (
    CopyPage,
    adopt_duplicates,
    copy_answers,
    find_equal,
    find_lacking,
    is_complete,
    list_copies,
    mark_pages,
    read_copy,
    record_answers,
    record_page,
    write_copy,
)
from collector.store.responses import (
    HeldSheet,
    Kept,
    ResponseState,
    agree,
    find_principal,
    is_blank,
    keep_response,
    list_kept,
    read_answers,
    take_place,
)
from collector.store.scans import PageStatus
from ocr.reading import PageReading


def place_page(conn: Connection, codes: Codes, sheet: HeldSheet, scan_file: int, reading: PageReading) -> None:
    """Give a page to a copy of its sheet.

    To one out of the same file that lacks it; else it is a duplicate if it says the same as a page in the store; else
    it fills a gap, or begins another copy.
    """
    copies = list_copies(conn, sheet.id)
    sheet_page = reading.sheet_page or 0
    answers = [codes.answer(one.question, one.row, one.chosen, one.state) for one in reading.answers]
    copy = find_lacking(copies, sheet_page, scan_file)
    equal = find_equal(conn, codes, copies, sheet_page, answers) if copy is None else None
    if equal is not None:
        page = record_page(conn, scan_file, reading, "duplicate", sheet=sheet, copy=equal.copy, duplicate_of=equal.id)
    else:
        copy = copy or find_lacking(copies, sheet_page) or len(copies) + 1
        page = record_page(conn, scan_file, reading, "waiting", sheet=sheet, copy=copy)
        if copies and copy not in copies:
            adopt_duplicates(conn, sheet.id, scan_file, copy, sheet_page)
    record_answers(conn, codes, page, reading.answers)


def weigh_copies(conn: Connection, codes: Codes, sheet: HeldSheet, day: datetime.date) -> None:
    """Bring the responses of a sheet in line with its pages; run it after every new page and every new response.

    `day` is the day of arrival of a response that is made here.
    """
    copies = list_copies(conn, sheet.id)
    kept = list_kept(conn, sheet.id)
    own = {one.copy: one for one in kept if one.copy}
    unheard = sorted(copies.keys() - own.keys())
    for copy, heard in own.items():
        if not heard.complete:
            write_copy(conn, codes, heard.id, copies[copy], read_copy(conn, codes, copies[copy]))
        is_disputed = heard.state == "contested" or (heard.state == "set_aside" and heard.fought)
        mark_pages(conn, copies[copy], "conflict" if is_disputed else "read")
    for copy in unheard:
        status = _hear_copy(conn, codes, sheet, day, copies[copy], find_principal(kept), len(unheard) > 1)
        mark_pages(conn, copies[copy], status)
        if copy != unheard[-1]:
            kept = list_kept(conn, sheet.id)


def _hear_copy(
    conn: Connection,
    codes: Codes,
    sheet: HeldSheet,
    day: datetime.date,
    pages: Sequence[CopyPage],
    principal: Kept | None,
    has_rival: bool,
) -> PageStatus:
    complete = is_complete(codes, pages)
    if principal is None and not complete and not has_rival:
        return "waiting"
    read = read_copy(conn, codes, pages)
    answers = copy_answers(codes, read)
    # Copies of the paper differ by how they came to be; only against a phone or typed response is there a question.
    if (
        principal is not None
        and not principal.copy
        and (is_blank(answers) or agree(answers, read_answers(conn, codes, principal.id)))
    ):
        return "duplicate"
    state: ResponseState = "contested"
    if principal is None and not has_rival:
        # An empty sheet answers nothing: it is kept, takes no place, and its serial may still be answered by phone.
        state = "set_aside" if is_blank(answers) else take_place(conn, sheet.cell)
    kept = keep_response(conn, sheet, "paper", answers, state, day, copy=pages[0].copy, complete=complete)
    write_copy(conn, codes, kept.id, pages, read)
    if principal is not None:
        contest(conn, sheet, principal, kept)
    return "conflict" if state == "contested" else "read"
