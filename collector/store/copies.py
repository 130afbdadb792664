"""Paper: the pages of a sheet as they were read, and the copies of the sheet that they make up.

A page whose sure answers equal those of a page in the store is a duplicate of it. One that differs belongs to another
copy of the sheet (a photocopy, or the same sheet marked again), which becomes a response of its own.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from collector.store.codes import Codes, Place
from collector.store.doubts import Doubted, sync_doubts
from collector.store.looks import SECOND_LOOK, find_disputed
from collector.store.response_answers import agree, write_answers
from collector.store.responses import HeldSheet
from collector.store.scans import UNREAD, PageStatus, dump_matrix
from collector.store.schema import doubt, page_answer, page_choice, page_value, scan_file
from collector.store.schema import page as pages
from collector.store.schema import response as responses
from forms.response import Answer, State, answers_digest, set_skipped_aside
from ocr.reading import AnswerReading, PageReading


@dataclass(frozen=True)
class CopyPage:
    """A page that stands for a page of a copy, not a duplicate; `image` and `sheet_page` count from 1."""

    id: int
    scan_file: int
    image: int
    sheet_page: int
    copy: int


@dataclass(frozen=True)
class ReadAnswer:
    """What stands on a page: the answer as a person settled it or the program read it, and why it was doubtful."""

    answer: Answer
    page: int
    was_doubtful: bool
    reason: str | None


def record_page(
    conn: Connection,
    scan_file: int,
    reading: PageReading,
    status: PageStatus,
    *,
    reason: str | None = None,
    sheet: HeldSheet | None = None,
    copy: int | None = None,
    duplicate_of: int | None = None,
) -> int:
    """Store a page image without its answers; its key. What came to nothing before is what it came to now."""
    values = {
        "scan_file": scan_file,
        "image": reading.image,
        "status": status,
        "reason": reason or reading.reason,
        "sheet": sheet.id if sheet else None,
        "sheet_page": reading.sheet_page,
        "copy": copy,
        "layout": sheet.layout if sheet else None,
        "rotation": reading.rotation,
        "transform": dump_matrix(reading.transform),
        "duplicate_of": duplicate_of,
        "stack": reading.stack if status == "stack_cover" else None,
    }
    before = (pages.c.scan_file == scan_file, pages.c.image == reading.image, pages.c.status.in_(UNREAD))
    known: int | None = conn.execute(update(pages).where(*before).values(values).returning(pages.c.id)).scalar()
    if known is not None:
        return known
    key: int = conn.execute(insert(pages).values(values).returning(pages.c.id)).scalar_one()
    return key


def record_answers(conn: Connection, codes: Codes, page: int, read: Sequence[AnswerReading]) -> None:
    """Store what was read on a page."""
    rows: list[dict[str, object]] = []
    choices: list[dict[str, object]] = []
    values: list[dict[str, object]] = []
    for one in read:
        question, rated = codes.keys((one.question, one.row))
        place = {"page": page, "question": question, "rated": rated}
        rows.append({**place, "state": one.state, "reason": one.reason, "confidence": one.confidence})
        given = codes.answer(one.question, one.row, one.chosen, one.state)
        choices += [{**place, "option": codes.options[one.question, code]} for code in given.chosen]
        if given.value:
            values.append({"page": page, "question": question, "value": given.value})
    for table, content in ((page_answer, rows), (page_choice, choices), (page_value, values)):
        if content:
            conn.execute(insert(table), content)


def is_page_of(codes: Codes, reading: PageReading) -> bool:
    """Whether a reading answers exactly what its page of this layout asks, with options that stand there."""
    asked = codes.page_places.get(reading.sheet_page or 0)
    return (
        asked is not None
        and reading.layout == codes.layout.id
        and sorted((one.question, one.row or "") for one in reading.answers)
        == sorted((question, row or "") for question, row in asked)
        and all(
            (one.question, code) in codes.options
            for one in reading.answers
            for code in one.chosen
            if codes.by_code[one.question].kind in ("one", "many")
        )
    )


def list_copies(conn: Connection, sheet: int) -> dict[int, list[CopyPage]]:
    """The copies of a sheet, from 1, each with its pages in order."""
    rows = conn.execute(
        select(pages.c.id, pages.c.scan_file, pages.c.image, pages.c.sheet_page, pages.c.copy)
        .where(pages.c.sheet == sheet, pages.c.copy.is_not(None), pages.c.duplicate_of.is_(None))
        .order_by(pages.c.copy, pages.c.sheet_page)
    )
    copies: dict[int, list[CopyPage]] = {}
    for row in rows:
        copies.setdefault(row.copy, []).append(CopyPage(**row._mapping))
    return copies


def is_complete(codes: Codes, copy: Iterable[CopyPage]) -> bool:
    """Whether every page that asks something is in: scanners drop the blank back that fills a sheet up."""
    asking = {page for page, places in codes.page_places.items() if places}
    return asking <= {page.sheet_page for page in copy}


def find_equal(
    conn: Connection, codes: Codes, copies: dict[int, list[CopyPage]], sheet_page: int, answers: Sequence[Answer]
) -> CopyPage | None:
    """The stored page with the same number that says the same wherever both are sure."""
    for copy in copies.values():
        for page in copy:
            if page.sheet_page == sheet_page:
                stored = [one.answer for one in read_pages(conn, codes, [page.id])]
                if agree(stored, answers):
                    return page
    return None


def find_lacking(copies: dict[int, list[CopyPage]], sheet_page: int) -> int | None:
    """The first copy without a page of this number."""
    return next((copy for copy, in_copy in copies.items() if _lacks(in_copy, sheet_page)), None)


def find_lacking_in_file(copies: dict[int, list[CopyPage]], sheet_page: int, scan_file: int, image: int) -> int | None:
    """The copy without a page of this number that most likely lay with this image: a neighbour in its file, else the
    first with any page out of that file.

    Neighbours tell copies apart that were scanned sheet by sheet, in whatever order. Where the pages of two copies
    were mixed (both fronts, then both backs in the same order), nothing on them says which belong together: the
    copies may swap backs, and only a person who sees the conflict can notice.
    """
    lacking = {
        copy: [page.image for page in in_copy if page.scan_file == scan_file]
        for copy, in_copy in copies.items()
        if _lacks(in_copy, sheet_page)
    }
    out_of_file = [copy for copy, images in lacking.items() if images]
    beside = [copy for copy in out_of_file if {image - 1, image + 1} & set(lacking[copy])]
    return next(iter(beside or out_of_file), None)


def _lacks(in_copy: Iterable[CopyPage], sheet_page: int) -> bool:
    return all(page.sheet_page != sheet_page for page in in_copy)


def adopt_duplicates(conn: Connection, sheet: int, scan_file: int, copy: int, but: int) -> None:
    """Give a new copy the pages of the same scan file that were taken for duplicates before page `but` differed."""
    ours = (pages.c.sheet == sheet, pages.c.scan_file == scan_file, pages.c.duplicate_of.is_not(None))
    rows = conn.execute(select(pages.c.id, pages.c.sheet_page).where(*ours).order_by(pages.c.image)).all()
    wanted = {row.sheet_page: row.id for row in rows if row.sheet_page != but}
    conn.execute(
        update(pages).where(pages.c.id.in_(wanted.values())).values(copy=copy, duplicate_of=None, status="waiting")
    )


def mark_pages(
    conn: Connection,
    copy: Iterable[CopyPage],
    status: PageStatus,
    instead_of: Collection[PageStatus] = ("waiting", "duplicate"),
) -> None:
    """Say what became of pages; by default of those that waited, or seemed to be duplicates of another response."""
    conn.execute(
        update(pages)
        .where(pages.c.id.in_([page.id for page in copy]), pages.c.status.in_(instead_of))
        .values(status=status)
    )


def list_duplicates(conn: Connection, page: int) -> list[Row[Any]]:
    """The pages taken for duplicates of a page: id, scan_file, image, sheet_page and the day their file came in."""
    query = select(pages.c.id, pages.c.scan_file, pages.c.image, pages.c.sheet_page, scan_file.c.first_day)
    query = query.join_from(pages, scan_file).where(pages.c.duplicate_of == page)
    return list(conn.execute(query.order_by(pages.c.scan_file, pages.c.image)))


def join_copy(conn: Connection, page: int, copy: int, duplicate_of: int | None) -> None:
    """Take a page for one of another copy: as a duplicate of a page there, else as a page of its own."""
    status: PageStatus = "waiting" if duplicate_of is None else "duplicate"
    values = {"copy": copy, "duplicate_of": duplicate_of, "status": status}
    conn.execute(update(pages).where(pages.c.id == page).values(values))


def read_pages(conn: Connection, codes: Codes, wanted: Sequence[int]) -> list[ReadAnswer]:
    """The answers on some pages of one copy, in the questionnaire's order; settled doubts as they were settled.

    What a second look sees otherwise than it was read is doubtful from then on.
    """
    chosen: dict[tuple[int, Place], set[str]] = {}
    for row in conn.execute(select(page_choice).where(page_choice.c.page.in_(wanted))):
        chosen.setdefault((row.page, codes.place_of[row.question, row.rated]), set()).add(codes.option_of[row.option])
    for row in conn.execute(select(page_value).where(page_value.c.page.in_(wanted))):
        chosen.setdefault((row.page, codes.place_of[row.question, 0]), set()).add(row.value)
    settled = {
        (row.page, codes.place_of[row.question, row.rated]): tuple(json.loads(row.chosen))
        for row in conn.execute(select(doubt).where(doubt.c.page.in_(wanted), doubt.c.chosen.is_not(None)))
    }
    disputed = find_disputed(conn, wanted)
    found: dict[Place, ReadAnswer] = {}
    for row in conn.execute(select(page_answer).where(page_answer.c.page.in_(wanted))):
        place = codes.place_of[row.question, row.rated]
        if (decided := settled.get((row.page, place))) is not None:
            answer = codes.answer(*place, decided, "settled")
        else:
            state: State = "doubtful" if disputed.get(tuple(row[:3])) else row.state
            answer = codes.answer(*place, codes.in_order(place[0], chosen.get((row.page, place), set())), state)
        was_disputed = tuple(row[:3]) in disputed
        reason = SECOND_LOOK if was_disputed else row.reason
        found[place] = ReadAnswer(answer, row.page, was_disputed or row.state == "doubtful", reason)
    return [found[place] for place in codes.places if place in found]


def copy_answers(codes: Codes, read: Iterable[ReadAnswer]) -> tuple[Answer, ...]:
    """The answers of a copy with the skip rules applied."""
    return set_skipped_aside(codes.questionnaire, [one.answer for one in read])


def read_copy(conn: Connection, codes: Codes, copy: Iterable[CopyPage]) -> list[ReadAnswer]:
    """The answers on all pages of a copy."""
    return read_pages(conn, codes, [page.id for page in copy])


def write_copy(
    conn: Connection, codes: Codes, response: int, copy: Sequence[CopyPage], read: Sequence[ReadAnswer]
) -> tuple[Answer, ...]:
    """Bring a paper response in line with what read_copy gave, settled doubts included; its answers."""
    answers = copy_answers(codes, read)
    write_answers(conn, codes, response, answers)
    sync_doubts(
        conn,
        codes,
        response,
        [Doubted(now, one.page, one.reason) for now, one in zip(answers, read, strict=True) if one.was_doubtful],
    )
    conn.execute(
        update(responses)
        .where(responses.c.id == response)
        .values(digest=answers_digest(answers), complete=is_complete(codes, copy))
    )
    return answers
