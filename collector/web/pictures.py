"""Sends the pictures that staff judge by: the row of a doubt or a second look, whole pages that could not be read.

None of a sheet that rates the agency where the person works. Whole pages are those that could not be read, and those
of which everything is in doubt.
"""

from __future__ import annotations

from flask import Blueprint, abort, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.review.deciding import Conflict, Doubt, get_conflict, get_doubt, is_raised_for
from collector.review.second_look import DrawnAnswer, get_drawn
from collector.store.layouts import get_snapshot
from collector.store.scans import UNREAD, Page, get_page, list_pages_of_response
from collector.store.sheets import Sheet, find_sheet
from collector.web import statuses
from collector.web.access import get_person, staff_only
from collector.web.evidence import BodyPicture, PagePicture, Picture, PictureFailed, RowPicture, SmallPicture
from collector.web.site import KEY, RANDOM_KEY, site
from forms.layout import question_rect

pictures = Blueprint("pictures", __name__, url_prefix="/quan-ly/anh")
pictures.before_request(staff_only)

# Nobody but this browser may keep them, and no longer than a person sits before the screen
_CACHING = "private, max-age=3600"
OF_PAGE = frozenset({"struck_page", "slid"})
"""Reasons of a doubt that no row tells: its whole page is shown, of which every mark is a doubt, for any reason."""
# The rows that a layout rates. Its id is a hash over them, so what is known once holds for ever.
_RATED: dict[str, frozenset[str | None]] = {}


@pictures.get(f"/cau/<{KEY}:doubt_id>.png")
def row(doubt_id: int) -> ResponseReturnValue:
    """The row of a doubt."""
    with site().store.read() as conn:
        picture = _row_picture(conn, _get_allowed(conn, doubt_id))
    return send_picture(picture)


@pictures.get(f"/cau/<{KEY}:doubt_id>/trang.jpg")
def body(doubt_id: int) -> ResponseReturnValue:
    """The whole page of a doubt that no row tells, but for its codes and numbers."""
    with site().store.read() as conn:
        doubt = _get_allowed(conn, doubt_id)
        if not shows_body(conn, doubt):
            abort(statuses.FORBIDDEN)
        row = _row_picture(conn, doubt)
    return send_picture(None if row is None else BodyPicture(**vars(row)))


def shows_body(conn: Connection, doubt: Doubt) -> bool:
    """Whether the whole page of a doubt is shown beside its row; never one that rates the person's own workplace."""
    is_told = doubt.transform is not None and is_raised_for(conn, doubt.id, OF_PAGE)
    return is_told and not rates_workplace(conn, find_sheet(conn, doubt.serial))


@pictures.get(f"/lan-hai/<{KEY}:drawn_id>.png")
def look(drawn_id: int) -> ResponseReturnValue:
    """The row of an answer drawn for a second look."""
    with site().store.read() as conn:
        drawn = get_drawn(conn, drawn_id)
        if get_person().works_at(drawn.agency, drawn.row):
            abort(statuses.FORBIDDEN)
        picture = _row_picture(conn, drawn)
    return send_picture(picture)


@pictures.get(f"/trung/<{RANDOM_KEY}:conflict_id>/<side>/<question>.png")
def side(conflict_id: int, side: str, question: str) -> ResponseReturnValue:
    """The row of one side of an open conflict, about the agency of ?row= where it is a matrix; of paper alone."""
    with site().store.read() as conn:
        found = get_conflict(conn, conflict_id)
        if is_about_workplace(found):
            abort(statuses.FORBIDDEN)
        if found.state != "open" or side not in ("first", "second"):
            abort(statuses.NOT_FOUND)
        held = found.first if side == "first" else found.second
        picture = _side_picture(conn, found.layout, held.response, question, request.args.get("row"))
    return send_picture(picture)


@pictures.get(f"/trang/<{KEY}:page_id>.png", defaults={"kind": PagePicture.kind})
@pictures.get(f"/trang/<{KEY}:page_id>.<any(jpg):kind>")
def page(page_id: int, kind: str) -> ResponseReturnValue:
    """A whole page, in lists as a small .jpg; of those alone that were not read: others show somebody's answers."""
    with site().store.read() as conn:
        found = get_page(conn, page_id)
        sheet = find_sheet_of(conn, found)
        is_kept_from = found.status not in UNREAD or rates_workplace(conn, sheet) or is_outside(sheet)
    if is_kept_from:
        abort(statuses.FORBIDDEN)
    made = SmallPicture if kind == SmallPicture.kind else PagePicture
    return send_picture(made(site().store.scan_path(found.sha256), found.sha256, found.image, found.transform))


def _get_allowed(conn: Connection, doubt_id: int) -> Doubt:
    """A doubt, but not of the person's own workplace or of what they are held from."""
    doubt = get_doubt(conn, doubt_id)
    if get_person().works_at(doubt.agency, doubt.row) or get_person().is_outside(doubt.agency):
        abort(statuses.FORBIDDEN)
    return doubt


def find_sheet_of(conn: Connection, page: Page) -> Sheet | None:
    """The sheet that a page image was proved to be of."""
    return find_sheet(conn, page.serial) if page.serial is not None else None


def is_outside(sheet: Sheet | None) -> bool:
    """Whether a sheet, or one that nobody knows, is none of those that the person is held to."""
    return get_person().is_outside("" if sheet is None else sheet.agency)


def rates_workplace(conn: Connection, sheet: Sheet | None) -> bool:
    """Whether a sheet is about the person's own workplace, or rates it in one of its rows."""
    if sheet is None or not get_person().workplace:
        return False
    if sheet.layout not in _RATED:
        layout, _ = get_snapshot(conn, sheet.layout)
        _RATED[sheet.layout] = frozenset(box.row for sheet_page in layout.pages for box in sheet_page.boxes)
    return get_person().works_at(sheet.agency, *_RATED[sheet.layout])


def is_about_workplace(conflict: Conflict) -> bool:
    """Whether a conflict is about the person's own workplace, or rates it in one of its rows."""
    rated = {answer.row for side in (conflict.first, conflict.second) for answer in side.answers}
    return get_person().works_at(conflict.agency, *rated)


def _side_picture(conn: Connection, layout_id: str, response: int, question: str, row: str | None) -> RowPicture | None:
    """None where the side has no paper, or nothing of the question and row stands on it."""
    layout, _ = get_snapshot(conn, layout_id)
    for page in list_pages_of_response(conn, response):
        drawn = next((one for one in layout.pages if one.page == page.sheet_page), None)
        if drawn is not None and page.transform is not None and question_rect(drawn, question, row) is not None:
            original = site().store.scan_path(page.sha256)
            return RowPicture(original, page.sha256, page.image, page.transform, layout_id, drawn, question, row)
    return None


def prepare_picture(conn: Connection, shown: Doubt | DrawnAnswer) -> None:
    """Have the picture of a row cut that will be looked at soon."""
    picture = _row_picture(conn, shown)
    if picture is not None:
        site().evidence.prepare(picture)


def _row_picture(conn: Connection, doubt: Doubt | DrawnAnswer) -> RowPicture | None:
    """None where the page was never registered, and of what a table left undecided."""
    if doubt.transform is None or doubt.sha256 is None or doubt.image is None:
        return None
    layout, _ = get_snapshot(conn, doubt.layout)
    page = next((known for known in layout.pages if known.page == doubt.sheet_page), None)
    if page is None:
        return None
    original = site().store.scan_path(doubt.sha256)
    place = doubt.layout, page, doubt.question, doubt.row
    return RowPicture(original, doubt.sha256, doubt.image, doubt.transform, *place)


def send_picture(picture: Picture | None) -> ResponseReturnValue:
    """A picture as a reply that the browser alone may keep; not found where there is none."""
    if picture is None:
        abort(statuses.NOT_FOUND)
    try:
        path = site().evidence.get_picture(picture)
    except PictureFailed:
        abort(statuses.UNAVAILABLE)
    reply = send_file(path, f"image/{'jpeg' if picture.kind == SmallPicture.kind else picture.kind}")
    reply.headers["Cache-Control"] = _CACHING
    return reply
