"""Files handed in on the screen of scans: kept under names of our own, then read as `phieu scan` reads, one reader at a
time in a process of its own. The queue is in the store, so that a server that ends loses nothing. Knows no Flask.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO, Any

from collector.files import unfinished_file
from collector.opening import open_campaign
from collector.settings import DATA
from collector.spread import default_jobs, follow_parent
from collector.store import Store
from collector.store.clock import day_of
from collector.store.uploads import (
    MOST_ATTEMPTS,
    Handed,
    Upload,
    begin_uploads,
    count_upload,
    end_uploads,
    has_under_way,
    keep_upload,
    list_under_way,
)
from forms.campaign import Campaign
from forms.errors import PhieuError
from ocr.kinds import HEAD_BYTES, PICTURES, find_kind, find_refusal

LARGEST_FILE_BYTES = 500_000_000  # 300 pages in colour at 300 dpi, with room
_INBOX = "inbox"
_CHUNK = 1 << 20
_LONGEST_NAME = 120
_TOGETHER = 32  # photographs read in one go
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5, 120  # between readers that come to nothing
_LONGEST_FAULT = 600  # letters of it


def inbox_path(store: Store) -> Path:
    """The folder of files that wait, inside the campaign's data and outside all that the web server gives out."""
    folder = store.folder.resolve() / DATA / _INBOX
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def hand_in(store: Store, content: IO[bytes], name: str, who: str, now: datetime.datetime) -> Upload:
    """Keep a file that somebody handed in and put it in the queue, `now` is aware; what cannot be read is refused.

    What it is, its first bytes say; its name is shown to people and never becomes a path.
    """
    token = secrets.token_hex(16)
    target = inbox_path(store) / token
    with unfinished_file(target) as fresh:
        size, sha256, head = _copy(content, fresh)
    kind = find_kind(head)
    reason = _find_reason(head, size, kind)
    handed = Handed(token, clean_name(name), size, sha256, kind or "other")
    with store.write() as conn:
        kept = keep_upload(conn, handed, who, day_of(now), reason)
    if not kept.is_under_way:
        target.unlink(missing_ok=True)
    return kept


def clean_name(name: str) -> str:
    """A file's own name as people may see it: no folders, nothing unprintable, not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip()[-_LONGEST_NAME:] or "?"


def _copy(content: IO[bytes], target: Path) -> tuple[int, str, bytes]:
    """Size, SHA-256 and first bytes of what was written; no more than one byte above the largest file is taken."""
    digest, size, head = hashlib.sha256(), 0, b""
    with target.open("xb") as file:
        while size <= LARGEST_FILE_BYTES and (chunk := content.read(_CHUNK)):
            head = head or chunk[:HEAD_BYTES]
            size += len(chunk)
            digest.update(chunk)
            file.write(chunk)
    return size, digest.hexdigest(), head


def _find_reason(head: bytes, size: int, kind: str | None) -> str | None:
    if size == 0:
        return "empty_file"
    if size > LARGEST_FILE_BYTES:
        return "upload_too_large"
    return None if kind else find_refusal(head)


class UploadReader:
    """Has one process read what waits, started when something does, and again where it came to an end too soon.

    One that changed nothing is started again after a while only, twice as long every time.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._said: Connection | None = None
        self._found: list[tuple[int, int]] = []
        self._in_vain, self._not_before_s = 0, 0.0
        self._fault: str | None = None

    def wake(self) -> None:
        """Have what waits read; nothing where a reader is at work, here or of another server on this folder."""
        with self._lock:
            if self._process is not None and self._process.is_alive():
                return
            waiting = self._list_waiting()
            if waiting != self._found:  # a reader that had begun a file is counted against the file, in the store
                self._in_vain, self._not_before_s, self._fault = 0, 0.0, None
            elif self._process is not None:
                self._wait_after(self._process)
            self._process = None
            if not waiting or self._clock() < self._not_before_s:
                return
            # spawn: a forked child would inherit locks of the server's threads; not a daemon, for it has children
            spawn, folder = get_context("spawn"), self._store.folder.resolve()
            self._said, says = spawn.Pipe(duplex=False)
            self._process, self._found = spawn.Process(target=read_beside, args=(folder, says), daemon=False), waiting
            self._process.start()
            says.close()

    @property
    def fault(self) -> str | None:
        """Why the last reader read nothing at all, "" where it could not even say that; None where all is well."""
        return self._fault

    def close(self) -> None:
        """End the reader; what it had not taken in waits for the next one."""
        with self._lock:
            if self._process is not None:
                self._process.terminate()
                self._process.join()

    def _list_waiting(self) -> list[tuple[int, int]]:
        with self._store.read() as conn:
            return [(one.id, one.attempts) for one in list_under_way(conn)] if has_under_way(conn) else []

    def _wait_after(self, ended: BaseProcess) -> None:
        """Let a while go by after a reader that came to nothing, and keep what it said."""
        wait_s = min(_FIRST_WAIT_S * 2**self._in_vain, _LONGEST_WAIT_S)
        self._in_vain, self._not_before_s = self._in_vain + 1, self._clock() + wait_s
        # One that ended well left the files to another server's reader
        self._fault = _hear(self._said) if ended.exitcode else None


def _hear(said: Connection | None) -> str:
    try:
        return str(said.recv()) if said is not None and said.poll() else ""
    except EOFError:  # it died without a word
        return ""


def read_beside(folder: Path, says: Connection) -> None:
    """What the reader's process does: it goes when the server goes, and says why where it cannot begin."""
    follow_parent()
    try:
        campaign, store = open_campaign(folder)
    except (PhieuError, OSError) as error:
        says.send(str(error)[:_LONGEST_FAULT])
        raise SystemExit(1) from error
    read_uploads(store, campaign, default_jobs())
    store.close()


def read_uploads(store: Store, campaign: Campaign, jobs: int) -> None:
    """Read files until none waits; returns at once where another process does so already."""
    turns: Counter[str] = Counter()
    with _only_one(inbox_path(store) / ".reader") as is_ours:
        while is_ours:
            with store.read() as conn:
                waiting = list_under_way(conn)
            if not waiting:
                return
            some = _choose(waiting, turns)
            _read(store, campaign, jobs, some)
            turns.update({one.who for one in some})


def _choose(waiting: list[Upload], turns: Counter[str]) -> list[Upload]:
    """The first file of whoever had the fewest `turns`, so that nobody waits for all that somebody else handed in; or
    where it is a photograph the photographs behind it: to start processes for each is dear.
    """
    first = min(waiting, key=lambda one: turns[one.who])
    if first.kind not in PICTURES or first.attempts:
        return [first]
    photos = [one for one in waiting if one.kind in PICTURES and not one.attempts]
    return photos[:_TOGETHER]


def _read(store: Store, campaign: Campaign, jobs: int, some: list[Upload]) -> None:
    """Take files in by the door of `phieu scan`; one that ended its reader again and again is given up."""
    keys = [one.id for one in some]
    if some[0].attempts >= MOST_ATTEMPTS:
        _end(store, some, "gave_up")
        return
    from collector.scans.jobs import take_files_in  # only the reader pays for the image libraries

    paths = {inbox_path(store) / one.token: one.name for one in some}
    with store.write() as conn:
        begin_uploads(conn, keys)
        if some[0].kind in PICTURES:
            for key in keys:
                count_upload(conn, key, 1)
    counted = False

    def report(_: int, total: int) -> None:
        nonlocal counted
        if not counted and len(some) == 1 and not some[0].read:
            with store.write() as conn:
                count_upload(conn, keys[0], total)
        counted = True

    gone = [one for one in some if not (inbox_path(store) / one.token).is_file()]
    try:
        take_files_in(store, campaign, paths, jobs, report, names=paths)
    except (PhieuError, OSError):
        _end(store, some, "not_taken")
        return
    _end(store, gone, "not_taken")
    _end(store, [one for one in some if one not in gone])


def _end(store: Store, some: list[Upload], reason: str | None = None) -> None:
    with store.write() as conn:
        end_uploads(conn, [one.id for one in some], "failed" if reason else "done", reason)
    for one in some:
        (inbox_path(store) / one.token).unlink(missing_ok=True)


@contextmanager
def _only_one(path: Path) -> Iterator[bool]:
    """Whether nobody else holds this file; held, where the system can, until the end or the death of this process."""
    with path.open("ab") as file:
        yield _try_to_hold(file)


def _try_to_hold(file: IO[Any]) -> bool:
    if os.name == "nt":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
