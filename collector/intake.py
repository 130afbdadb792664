"""The one door into the store: scan files, page readings, and responses by phone or typed in.

The same serial with the same answers gives the same receipt; other answers make a conflict in which both sides are kept
and neither counts. Which of two comes first is decided by the database's constraints.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, select

from collector.store import Store
from collector.store.as_above import keep_as_above
from collector.store.clock import day_of, store_time
from collector.store.codes import Codes
from collector.store.conflicts import came_second, contest
from collector.store.copies import is_page_of, record_page
from collector.store.imported import write_given
from collector.store.invitations import part_from_person
from collector.store.layouts import find_training_layout
from collector.store.looks import Draw, draw_answers
from collector.store.originals import keep_original
from collector.store.response_answers import agree, read_answers
from collector.store.responses import (
    HeldSheet,
    Kept,
    ResponseState,
    find_principal,
    hold_sheet,
    keep_response,
    list_kept,
    take_place,
)
from collector.store.scans import UNREAD, PageStatus, TakenFile, find_file, take_file
from collector.store.schema import cell
from collector.store.schema import page as pages
from collector.store.schema import response as responses
from collector.store.schema import scan_file as files
from collector.store.schema import sheet as sheets
from collector.store.steps import note_arrival
from collector.store.typed import typed_answers
from collector.store.weighing import place_page, weigh_copies
from forms.campaign import Campaign
from forms.errors import NotFound
from forms.response import Answer, Response, answers_digest, is_answered
from forms.serial import find_serial
from forms.words import text
from ocr.reading import PageReading

Status = Literal["accepted", "same", "conflict", "over_quota", "held", "refused"]


@dataclass(frozen=True)
class Outcome:
    """What became of a response.

    accepted: it counts · over_quota: kept, its cell was full, gets a receipt all the same · held: kept until somebody
    records that the sheet was handed out, gets a receipt too · same: these answers were there already, `receipt` is
    that one's · conflict: kept beside differing answers, neither counts · refused: nothing was kept, `reason` says why.
    `receipt` is two groups of five symbols, "" when refused. `disputed`: the same answers, that came first and that
    others stand against since.
    """

    status: Status
    receipt: str = ""
    reason: Literal["", "unknown", "void", "closed", "empty"] = ""
    disputed: bool = False


@dataclass(frozen=True)
class PageOutcome:
    """What became of a page image; `page` is its id in the store, `serial` is given where a sheet of ours is proved."""

    status: PageStatus
    page: int
    serial: str | None = None
    reason: str | None = None


def show_receipt(receipt: str) -> str:
    """A receipt as people see it: two groups of five."""
    return f"{receipt[:5]}-{receipt[5:]}"


def accept_response(store: Store, campaign: Campaign, response: Response, now: datetime.datetime) -> Outcome:
    """Take in a response that did not come as a page image; `now` is aware.

    Answers to questions that the skip rules lead past are kept aside; questions left out are blank. InputWrong, with
    every problem, where an answer names a question, row, option or number that its sheet does not have. A closed
    campaign refuses phones alone, and gives a receipt again even to them.
    """
    return store.write_together(lambda conn: accept_response_on(conn, store, campaign, response, now))


def accept_response_on(
    conn: Connection, store: Store, campaign: Campaign, response: Response, now: datetime.datetime
) -> Outcome:
    """accept_response inside a transaction of the caller's, for many responses that come in together or not at all."""
    sheet = hold_sheet(conn, sheets.c.serial == find_serial(response.serial))
    if sheet is None:
        return Outcome("refused", reason="unknown")
    if sheet.state == "void":
        return Outcome("refused", reason="void")
    codes = store.get_codes(conn, sheet.layout)
    answers = typed_answers(codes, response)
    if not any(is_answered(answer) or answer.state == "clear" for answer in answers):
        return Outcome("refused", reason="empty")
    known = list_kept(conn, sheet.id)
    again = _find_again(conn, known, answers_digest(answers))
    if again is None and campaign.settings.closed and response.channel == "phone":
        return Outcome("refused", reason="closed")
    outcome = again or _keep_response(conn, codes, sheet, known, response, answers, now)
    note_arrival(conn, sheet.id, response.channel, day_of(now))
    return outcome


def _find_again(conn: Connection, known: list[Kept], digest: str) -> Outcome | None:
    """The outcome of the same answers when they came before, by phone or typed."""
    by_key = {one.id: one for one in known}
    for one in known:
        if one.digest == digest and one.copy == 0:
            return _say_same(conn, by_key[one.twin_of] if one.twin_of else one)
    return None


def _say_same(conn: Connection, known: Kept) -> Outcome:
    """What came first is the same again whatever came since; what stood against another one still does."""
    is_disputed = known.state in ("contested", "set_aside")
    is_second = is_disputed and came_second(conn, known.id)
    return Outcome("conflict" if is_second else "same", show_receipt(known.receipt), disputed=is_disputed)


def _keep_response(
    conn: Connection,
    codes: Codes,
    sheet: HeldSheet,
    known: list[Kept],
    response: Response,
    answers: tuple[Answer, ...],
    now: datetime.datetime,
) -> Outcome:
    principal = find_principal(known)
    twin = _find_twin(conn, codes, known, answers)
    state: ResponseState = "set_aside" if twin else "contested" if principal else take_place(conn, sheet)
    twin_of = twin.id if twin else None
    if not sheet.linked:
        part_from_person(conn, sheet.id)
    kept = keep_response(
        conn,
        sheet,
        response.channel,
        answers,
        state,
        day_of(now),
        twin_of=twin_of,
        at=store_time(now),
        seconds=response.seconds,
    )
    write_given(conn, codes, kept.id, response, answers)
    if response.as_above:
        keep_as_above(conn, codes, kept.id, answers, response.as_above)
    if twin is not None:
        return _say_same(conn, twin)
    if principal is not None:
        contest(conn, sheet, principal, kept)
        return Outcome("conflict", show_receipt(kept.receipt))
    weigh_copies(conn, codes, sheet, day_of(now))  # pages that waited for others may say something else
    now_state = conn.execute(select(responses.c.state).where(responses.c.id == kept.id)).scalar_one()
    outcomes: dict[str, Status] = {"contested": "conflict", "accepted": "accepted", "held": "held"}
    return Outcome(outcomes.get(now_state, "over_quota"), show_receipt(kept.receipt))


def _find_twin(conn: Connection, codes: Codes, known: list[Kept], answers: tuple[Answer, ...]) -> Kept | None:
    """A paper response that says the same as far as it was read; its doubts may still turn out otherwise."""
    for one in known:
        is_side = one.state != "set_aside" or one.fought
        if one.copy and is_side and agree(read_answers(conn, codes, one.id), answers):
            return one
    return None


def accept_file(
    store: Store, sha256: str, name: str, content: bytes | Path, now: datetime.datetime | None = None
) -> tuple[TakenFile, bool]:
    """Keep an original under its SHA-256 and claim it; the file, and whether it is new.

    A file that is not new changes nothing; if it is not finished, its images that are not recorded may be read now.
    WorkFailed where the content has another SHA-256 (it changed while it was being read).
    """
    size = keep_original(store.scan_path(sha256), sha256, content)
    with store.write() as conn:
        return claim_file(conn, sha256, name, size, now)


def claim_file(
    conn: Connection, sha256: str, name: str, size: int, now: datetime.datetime | None = None
) -> tuple[TakenFile, bool]:
    """The same for a file whose original is kept already, inside a transaction."""
    fresh = take_file(conn, sha256, name, size, day_of(now))
    kept = fresh or find_file(conn, sha256)
    assert kept is not None  # its row is there, and rows are never deleted
    return kept, fresh is not None


def accept_reading(
    store: Store,
    campaign: Campaign,
    scan_file: int,
    reading: PageReading,
    *,
    again: bool = False,
    conn: Connection | None = None,
) -> PageOutcome:
    """Take in what was read on one page image of a scan file; the same image again changes nothing.

    `again`: unless the image came to nothing (UNREAD), for then it was read once more. NotFound where accept_file never
    claimed the scan file. Of sure answers a share is drawn for a second look (campaign.yaml, reading.second_look).
    `conn`: a write transaction that goes on, for several pages at a time.
    """
    with store.write() if conn is None else nullcontext(conn) as inside:
        file = inside.execute(select(files.c.first_day).where(files.c.id == scan_file).with_for_update()).one_or_none()
        if file is None:
            raise NotFound(text("store.no_file", file=scan_file))
        known = _find_page(inside, scan_file, reading.image)
        if known is not None and not (again and known.status in UNREAD):
            return known
        _accept_page(store, inside, campaign, scan_file, reading, file.first_day)
        outcome = _find_page(inside, scan_file, reading.image)
        assert outcome is not None
        return outcome


def accept_readings(
    store: Store,
    campaign: Campaign,
    readings: Sequence[tuple[int, PageReading]],
    *,
    again: bool = False,
    then: Callable[[Connection], object] = lambda _: None,
) -> list[PageOutcome]:
    """Take in what was read on several page images (scan file and reading), all or none; `then` belongs to it."""
    with store.write() as conn:
        hold_in_order(conn, {scan_file for scan_file, _ in readings}, {one.serial for _, one in readings})
        taken = [accept_reading(store, campaign, file, one, again=again, conn=conn) for file, one in readings]
        then(conn)
        return taken


def hold_in_order(conn: Connection, scan_files: Collection[int], serials: Collection[str | None]) -> None:
    """Take hold of all that several pages may change: files, then sheets, then cells, each by key.

    Whoever took two of them in another order could wait for somebody who waits for them.
    """
    of_these = sheets.c.serial.in_(serials)
    for wanted in (
        select(files.c.id).where(files.c.id.in_(scan_files)).order_by(files.c.id),
        select(sheets.c.id).where(of_these).order_by(sheets.c.id),
        select(cell.c.id).where(cell.c.id.in_(select(sheets.c.cell).where(of_these))).order_by(cell.c.id),
    ):
        conn.execute(wanted.with_for_update()).all()


def _find_page(conn: Connection, scan_file: int, image: int) -> PageOutcome | None:
    row = conn.execute(
        select(pages.c.status, pages.c.id.label("page"), sheets.c.serial, pages.c.reason)
        .join_from(pages, sheets, sheets.c.id == pages.c.sheet, isouter=True)
        .where(pages.c.scan_file == scan_file, pages.c.image == image)
    ).one_or_none()
    return PageOutcome(**row._mapping) if row is not None else None


def _accept_page(
    store: Store, conn: Connection, campaign: Campaign, scan_file: int, reading: PageReading, day: datetime.date
) -> None:
    sheet = hold_sheet(conn, sheets.c.serial == reading.serial) if reading.serial else None
    if sheet is None:
        status: PageStatus = "unknown_serial" if reading.status == "read" else reading.status
        if reading.serial and find_training_layout(conn, reading.serial) is not None:
            status = "training"
        elif reading.stack is not None:
            status = "stack_cover"
        record_page(conn, scan_file, reading, status)
        return
    codes = store.get_codes(conn, sheet.layout)
    if not sheet.linked:
        part_from_person(conn, sheet.id)
    note_arrival(conn, sheet.id, "paper", day)
    if sheet.state == "void":
        record_page(conn, scan_file, reading, "void", sheet=sheet)
    elif reading.status != "read":
        record_page(conn, scan_file, reading, "unreadable", sheet=sheet)
    elif not is_page_of(codes, reading):
        record_page(conn, scan_file, reading, "unreadable", reason="other_layout", sheet=sheet)
    else:
        page = place_page(conn, codes, sheet, scan_file, reading)
        if reading.transform is not None:  # without one there is no picture to look at
            rule = Draw(campaign.settings.id, campaign.settings.reading.second_look)
            draw_answers(conn, codes, page, sheet.serial, reading.answers, rule)
        weigh_copies(conn, codes, sheet, day)
