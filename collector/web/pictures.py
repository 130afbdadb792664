"""Sends the pictures that staff judge by: the row of a doubt, and whole pages that could not be read."""

from __future__ import annotations

from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.review import Doubt, get_doubt
from collector.store.layouts import get_snapshot
from collector.store.scans import PageStatus, get_page
from collector.web import statuses
from collector.web.access import get_person, staff_only
from collector.web.evidence import PagePicture, Picture, PictureFailed, RowPicture
from collector.web.site import site

pictures = Blueprint("pictures", __name__, url_prefix="/quan-ly/anh")
pictures.before_request(staff_only)

# Nobody but this browser may keep them, and no longer than a person sits before the screen
UNREAD: tuple[PageStatus, ...] = ("unreadable", "foreign", "unknown_serial")
_CACHING = "private, max-age=3600"


@pictures.get("/cau/<int:doubt_id>.png")
def row(doubt_id: int) -> ResponseReturnValue:
    """The row of a doubt."""
    with site().store.read() as conn:
        doubt = get_doubt(conn, doubt_id)
        if get_person().works_at(doubt.agency, doubt.row):
            abort(statuses.FORBIDDEN)
        picture = _row_picture(conn, doubt)
    return _send(picture)


@pictures.get("/trang/<int:page_id>.png")
def page(page_id: int) -> ResponseReturnValue:
    """A whole page; only of those that were not read, for the others show a person's answers side by side."""
    with site().store.read() as conn:
        found = get_page(conn, page_id)
    if found.status not in UNREAD:
        abort(statuses.FORBIDDEN)
    return _send(PagePicture(site().store.scan_path(found.sha256), found.sha256, found.image, found.transform))


def prepare_doubt(conn: Connection, doubt: Doubt) -> None:
    """Have the picture of a doubt cut that will be looked at soon."""
    picture = _row_picture(conn, doubt)
    if picture is not None:
        site().evidence.prepare(picture)


def _row_picture(conn: Connection, doubt: Doubt) -> RowPicture | None:
    """None where the page was never registered."""
    if doubt.transform is None:
        return None
    layout, _ = get_snapshot(conn, doubt.layout)
    page = next((known for known in layout.pages if known.page == doubt.sheet_page), None)
    if page is None:
        return None
    original = site().store.scan_path(doubt.sha256)
    place = doubt.layout, page, doubt.question, doubt.row
    return RowPicture(original, doubt.sha256, doubt.image, doubt.transform, *place)


def _send(picture: Picture | None) -> ResponseReturnValue:
    if picture is None:
        abort(statuses.NOT_FOUND)
    try:
        path = site().evidence.get_picture(picture)
    except PictureFailed:
        abort(statuses.UNAVAILABLE)
    reply = send_file(path, "image/png")
    reply.headers["Cache-Control"] = _CACHING
    return reply
