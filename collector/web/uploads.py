"""Scans handed in from a browser: taken onto the disk as they come, read by a process beside, watched page by page."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from flask import (
    Blueprint,
    Request,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.scans.batches import Batch, account_batch, show_counts, sum_files
from collector.scans.uploads import LARGEST_FILE_BYTES, clean_name, hand_in, inbox_path
from collector.store import Store
from collector.store.batches import FileAccount, account_files
from collector.store.scans import list_unread
from collector.store.uploads import Upload, list_under_way, list_unfinished, list_uploads
from collector.web import statuses
from collector.web.access import console_language, find_person, get_person, staff_only
from collector.web.site import site, utc_now
from collector.web.unread import PICTURELESS, PageView, view_page
from forms.words import text

uploads = Blueprint("uploads", __name__, url_prefix="/quan-ly/nhan-tep")
uploads.before_request(staff_only)

PATH = "/quan-ly/nhan-tep/"
LARGEST_UPLOAD_BYTES = 600_000_000  # of one post, all its files together
_MOST_FILES = 300  # of one post
_MOST_SHOWN, _MOST_WAITING, _MOST_PICTURES = 20, 40, 12
# What becomes of a file of this size: the body, its part, our copy and the original
_ROOM = 4


def find_room_bytes(store: Store) -> int:
    """How large a post of scans may be so that all that becomes of it has room on the campaign's disk."""
    return shutil.disk_usage(inbox_path(store)).free // _ROOM


class UploadingRequest(Request):
    """Flask's request, save that files of an upload go to the campaign's own disk as they come in."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.endpoint == f"{uploads.name}.{send.__name__}":
            return tempfile.TemporaryFile("rb+", dir=inbox_path(site().store))
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


@dataclass(frozen=True)
class UploadView:
    """A file as the screen shows it; `counts` are its pages by what they came to, in words."""

    upload: Upload
    account: FileAccount | None
    counts: str


@dataclass(frozen=True)
class Queue:
    """How many files wait, whoever's they are, and of those being read the pages on record and all, where known."""

    waiting: int
    read: int
    images: int

    @classmethod
    def of(cls, under_way: Sequence[Upload]) -> Queue:
        """The queue that these files make."""
        at_work = [one for one in under_way if one.state == "reading" and one.images]
        waiting = sum(one.state == "waiting" for one in under_way)
        return cls(waiting, sum(one.read for one in at_work), sum(one.images or 0 for one in at_work))


@dataclass(frozen=True)
class UploadsView:
    """The latest files; `others` are read by `phieu scan`, here or in a watched folder: name, pages so far.

    `fault`: why nothing is read at all, "" for an unknown reason, None where all is well.
    """

    files: list[UploadView]
    queue: Queue
    others: list[tuple[str, int]]
    pages: list[PageView]
    batch: Batch | None
    fault: str | None

    @property
    def is_under_way(self) -> bool:
        """Whether something changes by itself."""
        return bool(self.others) or any(one.upload.is_under_way for one in self.files)


@uploads.url_value_preprocessor
def _let_scans_in(endpoint: str | None, _values: object) -> None:
    # Before anything looks into the request; whoever may hand no scans in may send no more than to any other page
    person = find_person() if endpoint == f"{uploads.name}.{send.__name__}" else None
    if person is not None and person.may(f"{uploads.name}.{send.__name__}"):
        request.max_content_length = LARGEST_UPLOAD_BYTES
        if find_room_bytes(site().store) < (request.content_length or 0):
            words = text("console.upload_disk", console_language())
            page = render_template("console/busy.html", words=words, to=url_for("batches.show"))
            abort(make_response(page, statuses.NO_ROOM))


@uploads.post("/")
def send() -> ResponseReturnValue:
    """Keep the files of one post and have them read; what cannot be read is refused by name, with what to do."""
    lang = console_language()
    files = [one for one in request.files.getlist("scans") if one.filename]
    for file in files[:_MOST_FILES]:
        kept = hand_in(site().store, file.stream, file.filename or "", get_person().name, utc_now())
        if kept.state == "known":
            flash(text("console.upload_known", lang, file=kept.name))
        elif kept.reason is not None:
            flash(text("console.upload_refused", lang, file=kept.name, reason=show_reason(kept.reason)))
    if not files:
        flash(text("console.upload_none", lang))
    if left := files[_MOST_FILES:]:
        first = clean_name(left[0].filename or "")
        flash(text("console.upload_many", lang, most=_MOST_FILES, left=len(left), file=first))
    site().reader.wake()
    return redirect(url_for("batches.show"), statuses.SEE_OTHER)


@uploads.get("/tien-do")
def progress() -> ResponseReturnValue:
    """The list of files alone, for the script that keeps it fresh."""
    return render_template("console/uploads.html", view=view_uploads(), pictureless=PICTURELESS, show_file=True)


def view_uploads() -> UploadsView:
    """What was handed in last and how far it is; a reader that came to an end too soon is started again."""
    if not current_app.testing:
        site().reader.wake()
    with site().store.read() as conn:
        person = get_person()
        found = list_uploads(conn, _MOST_SHOWN, person.name if person.agency else None)
        queue = Queue.of(list_under_way(conn))
        others = [] if person.agency else list_unfinished(conn, [one.sha256 for one in found if one.is_under_way])
        keys = sorted({one.scan_file for one in found if one.scan_file is not None and one.state != "known"})
        accounts = {one.file.id: one for one in account_files(conn, keys)}
        pages = _view_pages(conn, keys)
    files = [_view(one, accounts.get(one.scan_file or 0)) for one in _shorten(found)]
    is_done = keys and not person.agency and not any(one.upload.is_under_way for one in files)
    fault = site().reader.fault
    return UploadsView(files, queue, others, pages, account_batch(site().store, keys) if is_done else None, fault)


def show_reason(code: str) -> str:
    """Why a file was not taken, and what to do."""
    own = {"upload_too_large": "console.reason_upload_too_large", "gave_up": "console.reason_gave_up"}
    key = own.get(code, "console.reason_not_taken" if code == "not_taken" else f"reading.reason_{code}")
    return text(key, console_language(), most=LARGEST_FILE_BYTES // 1_000_000)


def _shorten(found: list[Upload]) -> list[Upload]:
    """Without the files in the middle of a long queue: of those under way, the ones that are read next."""
    later = [one.id for one in reversed(found) if one.is_under_way][_MOST_WAITING:]
    return [one for one in found if one.id not in set(later)]


def _view_pages(conn: Connection, keys: list[int]) -> list[PageView]:
    found = list_unread(conn, keys, limit=_MOST_PICTURES, latest=True) if keys else []
    return [view_page(conn, page) for page in found]


def _view(upload: Upload, account: FileAccount | None) -> UploadView:
    shown = account if upload.state != "known" else None
    return UploadView(upload, shown, show_counts(sum_files([shown]), console_language()) if shown else "")
