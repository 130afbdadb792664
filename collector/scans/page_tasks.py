"""What a worker process does for a scan: it reads some page images of a file, or of several small ones.

Knows no store and no campaign folder, so that a worker starts in half the time and takes less memory.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

import cv2

from forms.errors import WorkFailed
from forms.layout import LayoutBook
from forms.words import text
from ocr.files import BadImage, PageImage, load_images
from ocr.pictures import keep_memory
from ocr.reading import PageReading

PAGES_A_TASK = 8  # enough that a task's cost of 0.2 ms is nothing, few enough that progress moves

ReadImage = Callable[[PageImage | BadImage, LayoutBook], PageReading]


@dataclass(frozen=True)
class PackedBook:
    """A layout book on its way to workers: it goes with every task and is unpacked once in a process.

    One of 24 versions of a matrix sheet has 20,000 boxes, whose unpacking costs as much as reading a page.
    """

    digest: str
    content: bytes = field(repr=False, compare=False)

    def unpack(self) -> LayoutBook:
        """The book."""
        return _unpack(self)


def pack_book(book: LayoutBook) -> PackedBook:
    """The book for workers."""
    content = pickle.dumps(book)
    return PackedBook(hashlib.sha256(content).hexdigest(), content)


@lru_cache(maxsize=2)
def _unpack(packed: PackedBook) -> LayoutBook:
    book: LayoutBook = pickle.loads(packed.content)
    return book


@dataclass(frozen=True)
class FilePages:
    """Some images, from 1, of a file; `name` is what the file is called in readings."""

    path: Path
    name: str
    images: tuple[int, ...]


@dataclass(frozen=True)
class PageTask:
    """What one process reads at a time."""

    parts: tuple[FilePages, ...]
    book: PackedBook
    read: ReadImage

    def singly(self) -> list[PageTask]:
        """The same as tasks of one image each."""
        single = ((part, image) for part in self.parts for image in part.images)
        return [PageTask((FilePages(part.path, part.name, (image,)),), self.book, self.read) for part, image in single]


def plan_tasks(files: Iterable[FilePages], book: PackedBook, read: ReadImage) -> Iterator[PageTask]:
    """Tasks of PAGES_A_TASK images in order; a long file is cut up, short ones share a task."""
    parts: list[FilePages] = []
    room = PAGES_A_TASK
    for file in files:
        start = 0
        while start < len(file.images):
            images = file.images[start : start + room]
            parts.append(FilePages(file.path, file.name, images))
            start, room = start + len(images), room - len(images)
            if room == 0:
                yield PageTask(tuple(parts), book, read)
                parts, room = [], PAGES_A_TASK
    if parts:
        yield PageTask(tuple(parts), book, read)


def read_task(task: PageTask) -> list[PageReading]:
    """One reading for every image of a task, in order."""
    cv2.setNumThreads(1)  # the pool is the parallelism
    keep_memory()
    book = task.book.unpack()
    return [reading for part in task.parts for reading in _read_part(part, book, task.read)]


def read_shared_task(task: PageTask) -> list[PageReading]:
    """On another machine: a file that is not there is no bad file, but a folder that the machine does not see."""
    for part in task.parts:
        if not part.path.is_file():
            raise WorkFailed(text("scan.engine_folder", path=part.path))
    return read_task(task)


def _read_part(part: FilePages, book: LayoutBook, read: ReadImage) -> list[PageReading]:
    wanted = dict.fromkeys(part.images)
    first, last = min(wanted), max(wanted)
    loaded = islice(load_images(part.path, part.name, first), last - first + 1)
    found = {image.image: read(image, book) for image in loaded if image.image in wanted}
    # a file may end before the pages that it announces
    return [found.get(image) or PageReading(part.name, image, "unreadable", "damaged_file") for image in wanted]
