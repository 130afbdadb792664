"""Scan files and their pages: each file taken in once, each page image recorded once."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Column, ColumnElement, Connection, Row, ScalarSelect, Select, and_, case, func, select, update

from collector.store.clock import day_of
from collector.store.file_names import neutral_name
from collector.store.once import insert_once
from collector.store.schema import layout as layouts
from collector.store.schema import page as pages
from collector.store.schema import response as responses
from collector.store.schema import scan_file as files
from collector.store.schema import sheet
from forms.errors import NotFound
from forms.words import text
from ocr.reading import Matrix

# waiting: other pages of the sheet are missing; void: the sheet was made void before.
# training: a sheet for practice, of which nothing is kept; stack_cover: the cover of the stack behind it in its file.
PageStatus = Literal[
    "read",
    "duplicate",
    "conflict",
    "waiting",
    "unreadable",
    "foreign",
    "unknown_serial",
    "void",
    "training",
    "stack_cover",
]
PAGE_STATUSES: tuple[PageStatus, ...] = get_args(PageStatus)
PageKind = Literal[PageStatus, "blank"]  # as people count pages: an empty one is none of a foreign survey
UNREAD: tuple[PageStatus, ...] = ("unreadable", "foreign", "unknown_serial")
BLANK = "blank_page"  # the reason of an empty page, which is foreign and nobody's to do


@dataclass(frozen=True)
class TakenFile:
    """A scan file; `pages` is None until all its images are recorded (a job that was cut off goes on there)."""

    id: int
    sha256: str
    name: str
    size: int
    state: Literal["taken", "refused"]
    reason: str | None
    pages: int | None
    first_day: datetime.date

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to read in it."""
        return self.state == "refused" or self.pages is not None


@dataclass(frozen=True)
class Page:
    """One recorded page image; `transform` takes sheet mm to pixels of the image as stored.

    `stack`: the stack of whose cover the last one before it in its file was; None before the first.
    """

    id: int
    scan_file: int
    sha256: str
    file_name: str
    image: int
    status: PageStatus
    reason: str | None
    serial: str | None
    number: str | None
    sheet_page: int | None
    layout: str | None
    rotation: int | None
    transform: Matrix | None
    stack: str | None = None


def take_file(
    conn: Connection, sha256: str, name: str, size: int, day: datetime.date | None = None
) -> TakenFile | None:
    """Claim a file by its content; None where it is there already. `day` is today in Viet Nam unless given.

    It is kept under a name that names nobody (neutral_name).
    """
    kept = neutral_name(conn, name, sha256)
    values = {"sha256": sha256, "name": kept, "size": size, "state": "taken", "first_day": day or day_of()}
    return find_file(conn, sha256) if insert_once(conn, files, values) else None


def find_file(conn: Connection, sha256: str) -> TakenFile | None:
    """The scan file of a SHA-256."""
    row = conn.execute(select(files).where(files.c.sha256 == sha256)).one_or_none()
    return TakenFile(**row._mapping) if row is not None else None


def list_files(conn: Connection) -> list[TakenFile]:
    """Every scan file in the order of taking in."""
    return [TakenFile(**row._mapping) for row in conn.execute(select(files).order_by(files.c.id))]


def finish_file(conn: Connection, scan_file: int, pages: int) -> None:
    """Note that all `pages` images of a file are recorded; it is not refused, or no longer."""
    conn.execute(update(files).where(files.c.id == scan_file).values(pages=pages, state="taken", reason=None))


def refuse_file(conn: Connection, scan_file: int, reason: str) -> None:
    """Note that a file holds no page that can be read; `reason` is a code such as "empty" or "not_an_image"."""
    conn.execute(update(files).where(files.c.id == scan_file).values(state="refused", reason=reason))


def recorded_images(conn: Connection, scan_file: int) -> set[int]:
    """The images of a file that are recorded already."""
    return set(conn.scalars(select(pages.c.image).where(pages.c.scan_file == scan_file)))


def unread_images(conn: Connection, scan_file: int, *, with_blank: bool = True) -> set[int]:
    """The images of a file that came to nothing; they hold no answers. Empty ones are among them unless not wanted."""
    query = select(pages.c.image).where(pages.c.scan_file == scan_file, pages.c.status.in_(UNREAD))
    return set(conn.scalars(query if with_blank else query.where(_not_blank())))


def get_page(conn: Connection, page: int) -> Page:
    """A page by its id; NotFound."""
    row = conn.execute(_select_pages().where(pages.c.id == page)).one_or_none()
    if row is None:
        raise NotFound(text("store.no_page", page=page))
    return _page(row)


def page_reasons(conn: Connection, scan_file: int) -> dict[int, str | None]:
    """Image -> why it came to nothing, or None, for every recorded image of a file."""
    rows = conn.execute(select(pages.c.image, pages.c.reason).where(pages.c.scan_file == scan_file))
    return {row.image: row.reason for row in rows}


def list_pages(
    conn: Connection,
    scan_file: int | Collection[int] | None = None,
    status: PageStatus | Collection[PageStatus] | None = None,
) -> list[Page]:
    """Recorded pages, file by file, image by image; of one file or some, of one status or some."""
    query = _select_pages().order_by(pages.c.scan_file, pages.c.image)
    if scan_file is not None:
        query = query.where(_is_in(pages.c.scan_file, scan_file))
    if status is not None:
        query = query.where(_is_in(pages.c.status, status))
    return [_page(row) for row in conn.execute(query)]


def list_unread(
    conn: Connection,
    scan_file: Collection[int] | None = None,
    status: Collection[PageStatus] = UNREAD,
    limit: int | None = None,
    *,
    latest: bool = False,
) -> list[Page]:
    """Pages that somebody should look at, for they came to nothing and are not empty; of some files, of some kinds.

    Of more than `limit` the first, or the `latest`, in the order of list_pages.
    """
    query = _select_pages().where(pages.c.status.in_(status), _not_blank())
    if scan_file is not None:
        query = query.where(pages.c.scan_file.in_(scan_file))
    places = pages.c.scan_file, pages.c.image
    query = query.order_by(*(place.desc() if latest else place for place in places)).limit(limit)
    found = [_page(row) for row in conn.execute(query)]
    return found[::-1] if latest else found


def count_unread(conn: Connection) -> Counter[PageStatus]:
    """How many pages somebody should look at, by what they came to."""
    query = select(pages.c.status, func.count()).where(pages.c.status.in_(UNREAD), _not_blank())
    return Counter({row[0]: row[1] for row in conn.execute(query.group_by(pages.c.status))})


def _not_blank() -> ColumnElement[bool]:
    return pages.c.reason.is_distinct_from(BLANK)


def list_pages_of_sheet(conn: Connection, key: int) -> list[Page]:
    """Every page image that was proved to be of a sheet, by its key."""
    return [_page(row) for row in conn.execute(_select_pages().where(pages.c.sheet == key).order_by(pages.c.id))]


def list_pages_of_response(conn: Connection, response: int) -> list[Page]:
    """The page images that a response was read from, by sheet page; none where it came by phone or was typed in."""
    read_from = and_(responses.c.sheet == pages.c.sheet, responses.c.copy == pages.c.copy)
    query = _select_pages().join(responses, read_from)
    query = query.where(responses.c.id == response, pages.c.duplicate_of.is_(None)).order_by(pages.c.sheet_page)
    return [_page(row) for row in conn.execute(query)]


def _is_in(column: Column[Any], wanted: Any) -> ColumnElement[bool]:
    return column == wanted if isinstance(wanted, int | str) else column.in_(wanted)


def page_account(conn: Connection, scan_file: int | Collection[int] | None = None) -> dict[PageKind, int]:
    """How many pages came to what, every kind named; of one file, of some or of all."""
    came_to = case((_not_blank(), pages.c.status), else_="blank").label("came_to")
    query = select(came_to, func.count().label("pages")).group_by("came_to")
    if scan_file is not None:
        query = query.where(_is_in(pages.c.scan_file, scan_file))
    found = {row.came_to: row.pages for row in conn.execute(query)}
    return {status: found.get(status, 0) for status in get_args(PageKind)}


def _select_pages() -> Select[Any]:
    return (
        select(
            pages.c.id,
            pages.c.scan_file,
            files.c.sha256,
            files.c.name.label("file_name"),
            pages.c.image,
            pages.c.status,
            pages.c.reason,
            sheet.c.serial,
            sheet.c.number,
            pages.c.sheet_page,
            layouts.c.code.label("layout"),
            pages.c.rotation,
            pages.c.transform,
            stack_of_page().label("stack"),
        )
        .join_from(pages, files, files.c.id == pages.c.scan_file)
        .outerjoin(sheet, sheet.c.id == pages.c.sheet)
        .outerjoin(layouts, layouts.c.id == pages.c.layout)
    )


def stack_of_page() -> ScalarSelect[str]:
    """The stack of a row of `page`: named by the last cover at it or before it in its file. Covers may come in later,
    when a page is read once more, so what stack a page lies in is asked and not kept.
    """
    cover = pages.alias("cover")
    return (
        select(cover.c.stack)
        .where(cover.c.scan_file == pages.c.scan_file, cover.c.image <= pages.c.image, cover.c.stack.is_not(None))
        .order_by(cover.c.image.desc())
        .limit(1)
        .correlate(pages)
        .scalar_subquery()
    )


def _page(row: Row[Any]) -> Page:
    return Page(**{**row._mapping, "transform": matrix(row.transform)})


def dump_matrix(transform: Matrix | None) -> str | None:
    """A transform as the store keeps it."""
    return None if transform is None else json.dumps(transform)


def matrix(kept: str | None) -> Matrix | None:
    """A transform out of the store."""
    if kept is None:
        return None
    first, second, third = (tuple(row) for row in json.loads(kept))
    return first, second, third
