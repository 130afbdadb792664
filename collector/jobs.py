"""Taking scan files in: originals kept, pages read in worker processes, readings taken in by this process alone.

A file that was cut off half-way goes on where it stopped; one bad file or page never stops the rest.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import cv2

from collector.intake import accept_file, accept_reading
from collector.scan_folder import list_files, show_name
from collector.spread import Crashed, spread_apart, spread_over, spread_singly
from collector.store import Store
from collector.store.layouts import get_book
from collector.store.scans import (
    Page,
    PageStatus,
    TakenFile,
    finish_file,
    list_pages,
    recorded_images,
    refuse_file,
    unread_images,
)
from forms.campaign import Campaign
from forms.code import code_address
from forms.errors import WorkFailed
from forms.layout import LayoutBook
from forms.words import catalogue, text
from ocr.files import BadImage, PageImage, count_images, is_pdf, load_images
from ocr.pictures import FILE_REASONS
from ocr.read import read_image
from ocr.reading import PageReading

_NO_NOTE: tuple[PageStatus, ...] = ("read", "waiting", "training", "stack_cover")
PAGES_A_TASK = 8  # enough that a task's cost of 0.2 ms is nothing, few enough that progress moves

ReadImage = Callable[[PageImage | BadImage, LayoutBook], PageReading]
CountImages = Callable[[Path], int]


@dataclass
class ScanSummary:
    """What became of every file and page of one call; `notes` are lines for the person, one a thing to look at.

    `pages` counts the pages of all files that were read, whatever call recorded them, by what they came to in the end;
    `taken` are the ids of those files.
    """

    files: int = 0
    known_files: int = 0
    bad_files: int = 0
    pages: Counter[PageStatus] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)

    def account(self) -> str:
        """One line: how many files and pages, and what they came to."""
        counts = ", ".join(f"{text(f'scan.status_{status}')} {count}" for status, count in sorted(self.pages.items()))
        fields = {"files": self.files, "known": self.known_files, "bad": self.bad_files, "pages": self.pages.total()}
        return text("scan.account", **fields) + (f" ({counts})" if counts else "")


@dataclass(frozen=True)
class _Task:
    path: Path
    name: str
    images: tuple[int, ...]
    book: LayoutBook
    read: ReadImage


@dataclass(frozen=True)
class _Accepted:
    path: Path
    taken: TakenFile
    known: frozenset[int]


@dataclass(frozen=True)
class _Waiting:
    path: Path
    taken: TakenFile
    images: tuple[int, ...]
    pages: int


def take_files_in(
    store: Store,
    campaign: Campaign,
    paths: Iterable[Path],
    jobs: int,
    report: Callable[[int, int], None] = lambda *_: None,
    listen: Callable[[PageReading], object] = lambda _: None,
    *,
    again: bool = False,
    engine: str | None = None,
    read: ReadImage = read_image,
    count: CountImages = count_images,
) -> ScanSummary:
    """Take in files and all files below folders; what is not there or cannot be opened is noted, and the rest goes on.

    `listen` hears every reading once it is in the store. `again`: pages of known files that came to nothing are read
    once more. `engine`: the address of a Dask scheduler whose workers read, instead of `jobs` processes here; they must
    see the campaign folder under the same path. `read` and `count`, functions of a module, do one image and one file in
    processes of their own.
    """
    summary = ScanSummary()
    with store.read() as conn:
        book = get_book(conn, campaign.settings.id, code_address(campaign.settings.public_address))
    found, problems = list_files(paths)
    for problem in problems:
        _note_bad(summary, str(problem))
    each = [one for path in found if (one := _take(store, path, again, summary)) is not None]
    accepted = list({one.taken.id: one for one in each}.values())  # one file may lie there under two names
    waiting = _count_all(accepted, jobs, count)
    total, done = sum(len(file.images) for file in waiting), 0
    readings = _read_all([task for file in waiting for task in _tasks(file, book, read)], jobs, engine)
    for file in waiting:
        for _ in file.images:
            reading = next(readings)
            accept_reading(store, campaign, file.taken.id, reading, again=again)
            listen(reading)
            done += 1
            report(done, total)
        _finish(store, file)
    for file in waiting:
        summary.taken.append(file.taken.id)
        _account(store, file, summary)
    return summary


def _take(store: Store, path: Path, again: bool, summary: ScanSummary) -> _Accepted | None:
    summary.files += 1
    name = show_name(path.name)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        _note_bad(summary, text("scan.file_refused", file=name))
        return None
    try:
        taken, _ = accept_file(store, sha256, name, path)
    except (OSError, WorkFailed) as error:
        if isinstance(error, OSError) and error.filename != str(path):
            raise  # it is our own disk that fails
        _note_bad(summary, text("scan.file_refused", file=name))
        return None
    with store.read() as conn:
        unread = unread_images(conn, taken.id)
        known = recorded_images(conn, taken.id) - (unread if again else set())
    if taken.is_finished and not (again and unread):
        summary.known_files += 1
        note = "scan.known_file_unread" if unread else "scan.known_file"
        summary.notes.append(text(note, file=name, unread=len(unread)))
        return None
    return _Accepted(store.scan_path(sha256), taken, frozenset(known))


def _count_all(files: Sequence[_Accepted], jobs: int, count: CountImages) -> list[_Waiting]:
    """The files with the images left to read. PDFs are opened in processes of their own: one that brings its process
    down has one image, which nobody can read.
    """
    pdfs = [file.path for file in files if is_pdf(file.path)]
    counted = zip(pdfs, spread_apart(count, pdfs, min(jobs, len(pdfs) or 1)), strict=True) if pdfs else ()
    counts = {path: 1 if isinstance(pages, Crashed) else pages for path, pages in counted}
    waiting = []
    for file in files:
        pages = counts[file.path] if file.path in counts else count(file.path)
        images = tuple(image for image in range(1, pages + 1) if image not in file.known)
        waiting.append(_Waiting(file.path, file.taken, images, pages))
    return waiting


def _note_bad(summary: ScanSummary, note: str) -> None:
    summary.bad_files += 1
    summary.notes.append(note)


def _tasks(file: _Waiting, book: LayoutBook, read: ReadImage) -> Iterator[_Task]:
    for start in range(0, len(file.images), PAGES_A_TASK):
        yield _Task(file.path, file.taken.name, file.images[start : start + PAGES_A_TASK], book, read)


def _read_all(tasks: Sequence[_Task], jobs: int, engine: str | None) -> Iterator[PageReading]:
    """One reading for every image of every task, in order."""
    if engine is not None and tasks:
        spread = spread_over(_read_shared, tasks, engine)
    else:
        spread = spread_apart(_read_task, tasks, min(jobs, len(tasks) or 1))
    for done in spread:
        if isinstance(done, Crashed):
            yield from _read_singly(done.item)
        else:
            yield from done


def _read_singly(task: _Task) -> Iterator[PageReading]:
    """The same for a task that brought its process down: the image that does so is a page that cannot be read."""
    singles = [_Task(task.path, task.name, (image,), task.book, task.read) for image in task.images]
    for done in spread_singly(_read_task, singles):
        if isinstance(done, Crashed):
            yield PageReading(task.name, done.item.images[0], "unreadable", "damaged_page")
        else:
            yield from done


def _read_shared(task: _Task) -> list[PageReading]:
    """On another machine: a file that is not there is no bad file, but a folder that the machine does not see."""
    if not task.path.is_file():
        raise WorkFailed(text("scan.engine_folder", path=task.path))
    return _read_task(task)


def _read_task(task: _Task) -> list[PageReading]:
    cv2.setNumThreads(1)  # the pool is the parallelism
    wanted = dict.fromkeys(task.images)
    first, last = min(wanted), max(wanted)
    loaded = islice(load_images(task.path, task.name, first), last - first + 1)
    found = {image.image: task.read(image, task.book) for image in loaded if image.image in wanted}
    # a file may end before the pages that it announces
    return [found.get(image) or PageReading(task.name, image, "unreadable", "damaged_file") for image in wanted]


def _finish(store: Store, file: _Waiting) -> None:
    with store.write() as conn:
        reasons = {page.image: page.reason for page in list_pages(conn, file.taken.id)}
        if not reasons.keys() >= set(range(1, file.pages + 1)):
            return
        finish_file(conn, file.taken.id, len(reasons))
        reason = reasons[1]
        if len(reasons) == 1 and reason is not None and reason in FILE_REASONS:
            refuse_file(conn, file.taken.id, reason)


def _account(store: Store, file: _Waiting, summary: ScanSummary) -> None:
    """Count what the pages of a file came to: a page that waited may have met its others in a later file."""
    with store.read() as conn:
        pages = list_pages(conn, file.taken.id)
    summary.pages.update(page.status for page in pages)
    summary.notes += [_page_note(page) for page in pages if page.status not in _NO_NOTE]
    summary.bad_files += any(page.reason in FILE_REASONS for page in pages)


def _page_note(page: Page) -> str:
    key = f"reading.reason_{page.reason}"
    why = text(key) if key in catalogue() else page.serial or ""
    status = text(f"scan.status_{page.status}")
    note = text("scan.page_note", file=page.file_name, image=page.image, status=status, reason=why).rstrip(" :")
    return note + (text("scan.page_stack", stack=page.stack) if page.stack else "")
