"""Scan batches, day by day: what every file came to, the pages to look at, and the sheets that are missing."""

from __future__ import annotations

import datetime
from itertools import chain

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from collector.review.deciding import list_doubts
from collector.review.reader_account import account_reader, show_account
from collector.scans.batches import account_batch, show_counts, show_incomplete, show_to_come, sum_files
from collector.scans.uploads import LARGEST_FILE_BYTES
from collector.store.batches import list_days, list_keys
from collector.store.scans import list_unread
from collector.store.steps import in_parts
from collector.web import statuses
from collector.web.access import console_language, get_person, staff_only
from collector.web.rows import view_row
from collector.web.site import site
from collector.web.unread import PICTURELESS, view_page
from collector.web.uploads import LARGEST_UPLOAD_BYTES, view_uploads
from ocr.kinds import MOST_PAGES

batches = Blueprint("batches", __name__, url_prefix="/quan-ly/lo-quet")
batches.before_request(staff_only)

_MOST_PAGES = 60  # pictures on one screen
_MOST_MARKS, _MOST_DOUBTS = 24, 100


@batches.get("/")
def show() -> ResponseReturnValue:
    """The days on which files came in."""
    with site().store.read() as conn:
        days = list_days(conn)
        check = next(show_account(account_reader(conn), console_language()))
    return render_template(
        "console/batches.html",
        days=days,
        check=check,
        view=view_uploads(),
        pictureless=PICTURELESS,
        show_file=True,
        largest_mb=LARGEST_FILE_BYTES // 1_000_000,
        most_pages=MOST_PAGES,
        most_mb=LARGEST_UPLOAD_BYTES // 1_000_000,
    )


@batches.get("/<day>")
def batch(day: str) -> ResponseReturnValue:
    """The account of one day."""
    try:
        on = datetime.date.fromisoformat(day)
    except ValueError:
        abort(statuses.NOT_FOUND)
    with site().store.read() as conn:
        keys = list_keys(conn, on)
        pages = list(chain.from_iterable(list_unread(conn, some, limit=_MOST_PAGES + 1) for some in in_parts(keys)))
        views = [view_page(conn, page) for page in pages[:_MOST_PAGES]]
        own = get_person().workplace or None
        doubts = list_doubts(conn, limit=_MOST_DOUBTS, not_agency=own, day=on)
        # One of each sheet: a sheet's answers do not stand side by side
        firsts = list({doubt.serial: doubt for doubt in reversed(doubts)}.values())[::-1]
        marks = [(one, view_row(conn, one.layout, one.question, one.row)) for one in firsts[:_MOST_MARKS]]
    if not keys:
        abort(statuses.NOT_FOUND)
    account = account_batch(site().store, keys)
    lang = console_language()
    return render_template(
        "console/batch.html",
        on=on,
        batch=account,
        total=show_counts(sum_files(account.files), lang),
        files=[(one, show_counts(sum_files([one]), lang)) for one in account.files],
        incomplete=[show_incomplete(one, lang) for one in account.incomplete],
        to_come=[show_to_come(one, lang) for one in account.to_come],
        marks=marks,
        more_marks=len(marks) < len(doubts),
        conflicts=sum(one.pages["conflict"] for one in account.files),
        views=views,
        show_file=True,
        pictureless=PICTURELESS,
        is_cut=len(pages) > _MOST_PAGES,
    )
