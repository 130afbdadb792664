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
    find_lacking_in_file,
    is_complete,
    join_copy,
    list_copies,
    list_duplicates,
    mark_pages,
    read_copy,
    read_pages,
    record_answers,
    record_page,
    write_copy,
)
from collector.store.response_answers import agree, is_blank, read_answers
from collector.store.responses import (
    STANDING,
    HeldSheet,
    Kept,
    ResponseState,
    find_principal,
    keep_response,
    list_kept,
    take_place,
)
from collector.store.scans import PageStatus
from forms.response import Answer
from ocr.reading import PageReading


def place_page(conn: Connection, codes: Codes, sheet: HeldSheet, scan_file: int, reading: PageReading) -> int:
    """Give a page to a copy of its sheet; its key.

    To one out of the same file that lacks it; else it is a duplicate if it says the same as a page in the store; else
    it fills a gap, or begins another copy.
    """
    sheet_page = reading.sheet_page or 0
    answers = [codes.answer(one.question, one.row, one.chosen, one.state) for one in reading.answers]
    copies = list_copies(conn, sheet.id)
    copy, equal = _choose_copy(conn, codes, copies, (scan_file, reading.image, sheet_page), answers)
    status: PageStatus = "waiting" if equal is None else "duplicate"
    page = record_page(conn, scan_file, reading, status, sheet=sheet, copy=copy, duplicate_of=equal)
    if copies and copy not in copies:
        adopt_duplicates(conn, sheet.id, scan_file, copy, sheet_page)
    record_answers(conn, codes, page, reading.answers)
    return page


def part_duplicates(conn: Connection, codes: Codes, sheet: int, page: int) -> datetime.date | None:
    """Give duplicates of a page that say something else by now to other copies; weigh_copies must follow.

    The day on which the last of them came in, None where all still say the same.
    """
    stands = [one.answer for one in read_pages(conn, codes, [page])]
    days = []
    for row in list_duplicates(conn, page):
        answers = [one.answer for one in read_pages(conn, codes, [row.id])]
        if agree(stands, answers):
            continue
        copies = list_copies(conn, sheet)
        copy, equal = _choose_copy(conn, codes, copies, (row.scan_file, row.image, row.sheet_page), answers)
        join_copy(conn, row.id, copy, equal)
        if copy not in copies:
            adopt_duplicates(conn, sheet, row.scan_file, copy, row.sheet_page)
        days.append(row.first_day)
    return max(days, default=None)


def _choose_copy(
    conn: Connection,
    codes: Codes,
    copies: dict[int, list[CopyPage]],
    place: tuple[int, int, int],
    answers: Sequence[Answer],
) -> tuple[int, int | None]:
    """The copy for a page at (scan file, image, page of the sheet), and the page that it is a duplicate of."""
    scan_file, image, sheet_page = place
    copy = find_lacking_in_file(copies, sheet_page, scan_file, image)
    if copy is not None:
        return copy, None
    equal = find_equal(conn, codes, copies, sheet_page, answers)
    if equal is not None:
        return equal.copy, equal.id
    return find_lacking(copies, sheet_page) or len(copies) + 1, None


def weigh_copies(conn: Connection, codes: Codes, sheet: HeldSheet, day: datetime.date) -> None:
    """Bring the responses of a sheet in line with its pages; run it after every new page and every new response.

    `day` is the day of arrival of a response that is made here.
    """
    copies = list_copies(conn, sheet.id)
    if not copies:
        return
    kept = list_kept(conn, sheet.id)
    own = {one.copy: one for one in kept if one.copy}
    unheard = sorted(copies.keys() - own.keys())
    for copy, heard in own.items():
        if not heard.complete:
            write_copy(conn, codes, heard.id, copies[copy], read_copy(conn, codes, copies[copy]))
        mark_pages(conn, copies[copy], _page_status(heard, kept))
    for copy in unheard:
        status = _hear_copy(conn, codes, sheet, day, copies[copy], find_principal(kept), len(unheard) > 1)
        mark_pages(conn, copies[copy], status)
        if copy != unheard[-1]:
            kept = list_kept(conn, sheet.id)


def mark_decided(conn: Connection, sheet: int) -> None:
    """Say what became of a sheet's pages by a decision; those of a side that is contested still stay as they are."""
    copies, kept = list_copies(conn, sheet), list_kept(conn, sheet)
    for one in kept:
        if one.copy and one.state != "contested":
            mark_pages(conn, copies[one.copy], _page_status(one, kept), ("read", "duplicate", "conflict", "waiting"))


def _page_status(own: Kept, kept: Sequence[Kept]) -> PageStatus:
    """What the pages of a paper response are: a side that lost repeats the sheet; where neither was kept, none does."""
    if own.state == "contested":
        return "conflict"
    has_lost = own.state == "set_aside" and own.fought
    is_kept = any(one.state in (*STANDING, "contested") for one in kept)
    return "duplicate" if has_lost and is_kept else "read"


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
        state = "set_aside" if is_blank(answers) else take_place(conn, sheet)
    kept = keep_response(conn, sheet, "paper", answers, state, day, copy=pages[0].copy, complete=complete)
    write_copy(conn, codes, kept.id, pages, read)
    if principal is not None:
        contest(conn, sheet, principal, kept)
    return "conflict" if state == "contested" else "read"
