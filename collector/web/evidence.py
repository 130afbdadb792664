"""Pictures of what was scanned, cut by one worker process and kept under data/evidence; web threads open no image.

The same worker reads the codes in a picture of a stack of sheets, which is kept nowhere.

A picture is named by the SHA-256 over all that it depends on, so it is cut once and never goes stale; the folder may be
emptied at any time. Knows no Flask.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

from collector.spread import limit_memory
from forms.errors import WorkFailed
from forms.layout import PageLayout
from ocr.reading import Matrix

Made = TypeVar("Made")
_CUTTING = 2  # raise it when pictures come to look different
_PATIENCE_S = 60
_PAGE_PX = 1200  # high: enough to tell what it is, and to read the serial beside the code
MOST_BYTES = 500_000_000  # of kept pictures: 3,500 rows or 1,100 pages; looked at whenever a worker starts
_YOUNG_S = 3600
_TASKS_A_PROCESS = 500  # PDF and image libraries leak a little; a fresh process costs under a second


@dataclass(frozen=True)
class RowPicture:
    """The picture of one question and row: where its page image lies, how it was registered, what to cut out."""

    original: Path
    sha256: str
    image: int
    transform: Matrix
    layout: str
    page: PageLayout
    question: str
    row: str | None

    kind: ClassVar[str] = "png"

    def key(self) -> list[object]:
        """All that the picture depends on; a layout's id stands for its geometry."""
        place = self.layout, self.page.page, self.question, self.row
        return ["row", _CUTTING, self.sha256, self.image, self.transform, *place]


@dataclass(frozen=True)
class PagePicture:
    """The picture of a whole page image, to be read; upright where it was registered."""

    original: Path
    sha256: str
    image: int
    transform: Matrix | None

    kind: ClassVar[str] = "png"

    def key(self) -> list[object]:
        """All that the picture depends on."""
        return ["page", _CUTTING, self.sha256, self.image, self.transform]


class SmallPicture(PagePicture):
    """The same for a list of many pages: to be told from the others."""

    kind: ClassVar[str] = "jpg"

    def key(self) -> list[object]:
        """All that the picture depends on."""
        return ["small", *super().key()]


class BodyPicture(RowPicture):
    """All that the row's page asks, without the codes and numbers that tell its sheet, and without free texts."""

    kind: ClassVar[str] = "jpg"

    def key(self) -> list[object]:
        """All that the picture depends on."""
        return ["body", _CUTTING, self.sha256, self.image, self.transform, self.layout, self.page.page]


Picture = RowPicture | PagePicture


class PictureFailed(WorkFailed):
    """A picture could not be cut; the original may be damaged or gone."""

    code = "picture_failed"


class PictureWorker:
    """The process that opens images, started when the first one is asked for, anew after some or when one killed it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._done_by_pool = 0

    def submit(self, folder: Path, work: Callable[..., Made], *given: object) -> Future[Made]:
        """Have something done; a worker that starts for it looks first whether `folder` keeps too many pictures."""
        with self._lock:
            if self._pool is not None and self._done_by_pool < _TASKS_A_PROCESS:
                try:
                    self._done_by_pool += 1
                    return self._pool.submit(work, *given)
                except BrokenProcessPool:  # a damaged original took the worker down: the next one starts afresh
                    pass
            if self._pool is not None:
                self._pool.shutdown(wait=False)
            # A fork of a process with threads could stand still for ever: the worker is spawned
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, spawn, _begin, (folder,))
            self._done_by_pool = 1
            return self._pool.submit(work, *given)

    def close(self) -> None:
        """End it."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)


class EvidenceRoom:
    """Cuts and reads pictures in a process of its own, or in a worker that is given and that others may use too."""

    def __init__(self, folder: Path, worker: PictureWorker | None = None) -> None:
        # Flask would look for a relative path beside its own code, not where `phieu serve khao-sat` was called
        self._folder = folder.resolve()
        self._lock = threading.Lock()
        self._is_own = worker is None
        self._worker = worker or PictureWorker()
        self._waiting: dict[Path, Future[None]] = {}

    def get_picture(self, picture: Picture) -> Path:
        """The file of a picture, cut now unless it is there; PictureFailed."""
        path = self._path(picture)
        for last in (False, True):
            try:
                self._wait(picture, path)
                break
            except BrokenProcessPool as error:  # maybe some other picture took the worker down: a second chance
                if last:
                    raise PictureFailed(str(error)) from error
        return path

    def prepare(self, picture: Picture) -> None:
        """Begin to cut a picture that will be wanted soon."""
        self._start(picture, self._path(picture))

    def read_stack(self, content: bytes) -> list[str]:
        """The proved serials in a picture of several sheets, read by the worker; PictureFailed."""
        future = self._worker.submit(self._folder, _read_stack, content)
        try:
            return future.result(timeout=_PATIENCE_S)
        except Exception as error:  # whatever a file that is no picture raised in the worker, or its end
            raise PictureFailed(str(error)) from error

    def make_paper(self, work: Callable[..., bytes], *given: object) -> bytes:
        """A paper that needs pictures, made by the worker; PictureFailed."""
        future = self._worker.submit(self._folder, work, *given)
        try:
            return future.result(timeout=_PATIENCE_S)
        except Exception as error:  # whatever went wrong in the worker, or its end
            raise PictureFailed(str(error)) from error

    def close(self) -> None:
        """End the worker, unless it was given; its giver ends it."""
        if self._is_own:
            self._worker.close()

    def _wait(self, picture: Picture, path: Path) -> None:
        future = self._start(picture, path)
        if future is None:
            return
        try:
            future.result(timeout=_PATIENCE_S)
        except BrokenProcessPool:
            raise
        except Exception as error:  # whatever a damaged original raised in the worker
            raise PictureFailed(str(error)) from error

    def _path(self, picture: Picture) -> Path:
        name = hashlib.sha256(json.dumps(picture.key()).encode()).hexdigest()
        return self._folder / name[:2] / f"{name}.{picture.kind}"

    def _start(self, picture: Picture, path: Path) -> Future[None] | None:
        """The cutting that is under way for a picture; None where its file is there."""
        with self._lock:
            if path.exists():
                return None
            running = self._waiting.get(path)
            if running is not None and not running.done():
                return running
            future = self._worker.submit(self._folder, _cut, picture, path)
            self._waiting[path] = future
        future.add_done_callback(lambda done: self._forget(path, done))
        return future

    def _forget(self, path: Path, done: Future[None]) -> None:
        with self._lock:
            if self._waiting.get(path) is done:
                del self._waiting[path]


def _begin(folder: Path) -> None:
    """Ctrl-C ends the server, which then ends its worker; the worker itself says nothing about it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory()
    prune_pictures(folder, MOST_BYTES, time.time() - _YOUNG_S)


def prune_pictures(folder: Path, most_bytes: int, before: float) -> int:
    """Remove the pictures that were cut longest ago until the others take `most_bytes` at most; how many went.

    None that was cut after `before` (seconds since 1970): somebody may be looking at it. One that is asked for again is
    cut anew, so that nothing is lost.
    """
    found = []
    for path in folder.glob("*/*"):
        with suppress(OSError):  # another worker may have removed it
            about = path.stat()
            found.append((about.st_mtime, about.st_size, path))
    over, removed = sum(size for _, size, _ in found) - most_bytes, 0
    for cut, size, path in sorted(found):
        if over <= 0 or cut > before:
            break
        with suppress(OSError):
            path.unlink()
            over, removed = over - size, removed + 1
    return removed


def _read_stack(content: bytes) -> list[str]:
    """Runs in the worker."""
    from ocr.stacks import read_stack

    return [code.serial for code in read_stack(content)]


def _cut(picture: Picture, path: Path) -> None:
    """Cut a picture and put it in its place in one step, so that nobody is sent half a file. Runs in the worker."""
    from ocr import evidence  # only the worker pays for the image libraries

    image = evidence.load_image(picture.original, picture.image)
    if isinstance(picture, BodyPicture):
        content = evidence.crop_body(image, picture.transform, picture.page)
    elif isinstance(picture, RowPicture):
        content = evidence.crop_question(image, picture.transform, picture.page, picture.question, picture.row)
    elif isinstance(picture, SmallPicture):
        content = evidence.crop_small_page(image, picture.transform)
    else:
        content = evidence.crop_page(image, picture.transform, height_px=_PAGE_PX)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)
