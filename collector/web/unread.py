"""What was not read: refused files, and pages that are unreadable, foreign or of an unknown serial, file by file."""

from __future__ import annotations

from collections import Counter
from itertools import chain, groupby

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from collector.store.scans import Page, list_files, list_pages, page_account
from collector.web.access import staff_only
from collector.web.pictures import UNREAD
from collector.web.site import site

unread = Blueprint("unread", __name__, url_prefix="/quan-ly/khong-doc-duoc")
unread.before_request(staff_only)

# What ocr.pictures.BadPicture says of images that no program opens
PICTURELESS = ("empty_file", "damaged_file", "too_large", "not_an_image", "encrypted")
_MOST = 100  # of each kind; the screen says how many there are in all


@unread.get("/")
def show() -> ResponseReturnValue:
    """Every refused file, and the pages of each other file that came to nothing, with reason and picture."""
    with site().store.read() as conn:
        refused = {file.id: file for file in list_files(conn) if file.state == "refused"}
        account = page_account(conn)
        found = list(chain.from_iterable(list_pages(conn, status=status, limit=_MOST) for status in UNREAD))
    pages = sorted((page for page in found if page.scan_file not in refused), key=_place)
    in_refused = Counter(page.status for page in found if page.scan_file in refused)
    files = groupby(pages, lambda page: (page.scan_file, page.file_name))
    return render_template(
        "console/unread.html",
        refused=list(refused.values()),
        pictureless=PICTURELESS,
        account=[(status, account[status] - in_refused[status]) for status in UNREAD],
        files=[(name, list(of_file)) for (_, name), of_file in files],
        shown=len(pages),
        is_cut=any(account[status] > _MOST for status in UNREAD),
    )


def _place(page: Page) -> tuple[int, int]:
    return page.scan_file, page.image
