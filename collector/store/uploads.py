"""Files handed in on the screen: what waits, what is being read, what became of each. See schema.uploads."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, func, insert, select, true, update

from collector.store.file_names import neutral_name
from collector.store.schema import page, upload
from collector.store.schema import scan_file as files

UploadState = Literal["waiting", "reading", "done", "known", "refused", "failed"]
UploadKind = Literal["pdf", "tiff", "jpeg", "png", "webp", "bmp", "other"]
UNDER_WAY: tuple[UploadState, ...] = ("waiting", "reading")
MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class Upload:
    """One file; `scan_file` is its key once it was claimed, `read` how many of its images are on record."""

    id: int
    token: str
    name: str
    size: int
    sha256: str
    kind: UploadKind
    who: str
    day: datetime.date
    state: UploadState
    reason: str | None
    images: int | None
    attempts: int
    scan_file: int | None
    read: int

    @property
    def is_under_way(self) -> bool:
        """Whether it is still to be read to its end."""
        return self.state in UNDER_WAY


@dataclass(frozen=True)
class Handed:
    """A file that was handed in just now: the program's name for it, its owner's, and what it is."""

    token: str
    name: str
    size: int
    sha256: str
    kind: UploadKind


def keep_upload(conn: Connection, handed: Handed, who: str, day: datetime.date, reason: str | None = None) -> Upload:
    """Put a file in the queue; `known` where its content is being read or was, refused where there is a reason.

    What is refused keeps its name, so that its owner finds it: no picture of it is shown.
    """
    same = upload.c.sha256 == handed.sha256
    waits = conn.scalar(select(func.count()).where(same, upload.c.state.in_(UNDER_WAY)))
    taken = conn.scalar(select(func.count()).where(files.c.sha256 == handed.sha256, files.c.pages.is_not(None)))
    state: UploadState = "refused" if reason else "known" if waits or taken else "waiting"
    name = handed.name if reason else neutral_name(conn, handed.name, handed.sha256)
    values = {**vars(handed), "name": name, "who": who, "day": day, "state": state, "reason": reason, "attempts": 0}
    conn.execute(insert(upload).values(values))
    return _list(conn, upload.c.token == handed.token)[0]


def is_known(conn: Connection, sha256: str) -> bool:
    """Whether this content was handed in before, refused or not, or was read."""
    handed = select(upload.c.id).where(upload.c.sha256 == sha256).limit(1)
    read = select(files.c.id).where(files.c.sha256 == sha256, files.c.pages.is_not(None)).limit(1)
    return conn.scalar(handed) is not None or conn.scalar(read) is not None


def list_uploads(conn: Connection, most: int, who: str | None = None) -> list[Upload]:
    """The latest files and all that are under way, the latest first; of one person where `who` is given."""
    theirs = upload.c.who == who if who is not None else true()
    last = conn.scalar(select(upload.c.id).where(theirs).order_by(upload.c.id.desc()).offset(most - 1).limit(1))
    return _list(conn, theirs & (upload.c.state.in_(UNDER_WAY) | (upload.c.id >= (last or 0))))[::-1]


def list_under_way(conn: Connection) -> list[Upload]:
    """What is to be read, first come first."""
    return _list(conn, upload.c.state.in_(UNDER_WAY))


def has_under_way(conn: Connection) -> bool:
    """Whether anything is to be read."""
    return conn.scalar(select(upload.c.id).where(upload.c.state.in_(UNDER_WAY)).limit(1)) is not None


def begin_uploads(conn: Connection, keys: Collection[int]) -> None:
    """Note that files are being read, once more."""
    one_more = {"state": "reading", "attempts": upload.c.attempts + 1}
    conn.execute(update(upload).where(upload.c.id.in_(keys)).values(one_more))


def count_upload(conn: Connection, key: int, images: int) -> None:
    """Note how many images a file has."""
    conn.execute(update(upload).where(upload.c.id == key).values(images=images))


def end_uploads(conn: Connection, keys: Collection[int], state: UploadState, reason: str | None = None) -> None:
    """Note what became of files."""
    conn.execute(update(upload).where(upload.c.id.in_(keys)).values(state=state, reason=reason))


def list_unfinished(conn: Connection, without: Sequence[str]) -> list[tuple[str, int]]:
    """Scan files that others read just now (`phieu scan`, a watched folder) or left: name, images on record.

    `without`: the SHA-256 of files that are under way here.
    """
    query = select(files.c.name, func.count(page.c.id)).outerjoin(page, page.c.scan_file == files.c.id)
    unfinished = files.c.pages.is_(None), files.c.state == "taken", files.c.sha256.not_in(without)
    return [
        (row[0], row[1]) for row in conn.execute(query.where(*unfinished).group_by(files.c.id).order_by(files.c.id))
    ]


def _list(conn: Connection, wanted: ColumnElement[bool]) -> list[Upload]:
    read = select(func.count()).where(page.c.scan_file == files.c.id).correlate(files).scalar_subquery()
    query = select(upload, files.c.id.label("scan_file"), func.coalesce(read, 0).label("read"))
    query = query.outerjoin(files, files.c.sha256 == upload.c.sha256).where(wanted).order_by(upload.c.id)
    return [Upload(**row._mapping) for row in conn.execute(query)]
