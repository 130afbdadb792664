"""What was not read: refused files, and pages that are unreadable, foreign or of an unknown serial, file by file.

A page of one's own workplace is named, and neither its sheet nor its picture is shown. A whole page shows a person's
answers, so the number of a sheet stands beside it only where the group is linked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain, groupby

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.store.scans import UNREAD, Page, count_unread, list_files, list_unread
from collector.store.typed_entries import count_typed_pages, list_typed_pages
from collector.web.access import staff_only
from collector.web.pictures import find_sheet_of, is_outside, rates_workplace
from collector.web.site import site

unread = Blueprint("unread", __name__, url_prefix="/quan-ly/khong-doc-duoc")
unread.before_request(staff_only)

# What ocr.pictures.BadPicture says of images that no program opens
PICTURELESS = (
    "empty_file",
    "damaged_file",
    "too_large",
    "too_many_pages",
    "not_an_image",
    "heic",
    "archive",
    "encrypted",
)
_MOST = 100  # of each kind; the screen says how many there are in all


@dataclass(frozen=True)
class PageView:
    """A page as the screen shows it; `number` is "" where it must not be known.

    `is_own`: others look at it. `is_closed`: its picture is not for this person.
    """

    page: Page
    number: str
    is_own: bool
    is_closed: bool


@unread.get("/")
def show() -> ResponseReturnValue:
    """Every refused file, and of each other file the pages that came to nothing, save empty ones."""
    with site().store.read() as conn:
        refused = {file.id: file for file in list_files(conn) if file.state == "refused"}
        account, typed = count_unread(conn), list_typed_pages(conn)
        account.subtract(count_typed_pages(conn))
        found = list(chain.from_iterable(list_unread(conn, status=(status,), limit=_MOST) for status in UNREAD))
        found = [page for page in found if page.id not in typed]
        pages = sorted((page for page in found if page.scan_file not in refused), key=_place)
        views = [view_page(conn, page) for page in pages]
    in_refused = Counter(page.status for page in found if page.scan_file in refused)
    files = groupby(views, lambda view: (view.page.scan_file, view.page.file_name))
    return render_template(
        "console/unread.html",
        refused=list(refused.values()),
        pictureless=PICTURELESS,
        account=[(status, account[status] - in_refused[status]) for status in UNREAD],
        files=[(name, list(of_file)) for (_, name), of_file in files],
        shown=len(pages),
        is_cut=any(account[status] > _MOST for status in UNREAD),
    )


def view_page(conn: Connection, page: Page) -> PageView:
    """A page that came to nothing, as this person may see it."""
    sheet = find_sheet_of(conn, page)
    is_own = rates_workplace(conn, sheet)
    linked = {group.code for group in site().campaign.settings.groups if group.privacy == "linked"}
    is_closed = is_own or is_outside(sheet)
    number = sheet.number if sheet is not None and sheet.group in linked and not is_closed else ""
    return PageView(page, number, is_own, is_closed)


def _place(page: Page) -> tuple[int, int]:
    return page.scan_file, page.image
