"""Taking scan files in: originals kept, pages read in worker processes, readings taken in by this process alone.

A file that was cut off half-way goes on where it stopped; one bad file or page never stops the rest.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from collector.intake import accept_readings, claim_file
from collector.scans.folder import list_files, show_name
from collector.scans.page_tasks import (
    FilePages,
    PageTask,
    ReadImage,
    pack_book,
    plan_tasks,
    read_shared_task,
    read_task,
)
from collector.spread import Crashed, spread_apart, spread_over, spread_singly
from collector.store import Store
from collector.store.layouts import get_book
from collector.store.originals import keep_original
from collector.store.scans import (
    BLANK,
    PAGE_STATUSES,
    Page,
    PageKind,
    PageStatus,
    TakenFile,
    finish_file,
    list_pages,
    page_account,
    page_reasons,
    recorded_images,
    refuse_file,
    unread_images,
)
from collector.store.steps import in_parts
from forms.campaign import Campaign
from forms.code import code_address
from forms.errors import WorkFailed
from forms.words import catalogue, text
from ocr.files import count_images, is_pdf
from ocr.pictures import FILE_REASONS
from ocr.read import read_image
from ocr.reading import PageReading

_NO_NOTE: tuple[PageStatus, ...] = ("read", "waiting", "training", "stack_cover")
_FILES_A_TIME = 64  # claimed in one transaction, once their originals are kept

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
    pages: Counter[PageKind] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)

    def account(self) -> str:
        """One line: how many files and pages, and what they came to."""
        counts = ", ".join(f"{text(f'scan.status_{status}')} {count}" for status, count in sorted(self.pages.items()))
        fields = {"files": self.files, "known": self.known_files, "bad": self.bad_files, "pages": self.pages.total()}
        return text("scan.account", **fields) + (f" ({counts})" if counts else "")


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
    names: Mapping[Path, str] | None = None,
) -> ScanSummary:
    """Take in files and all files below folders; what is not there or cannot be opened is noted, and the rest goes on.

    `listen` hears every reading once it is in the store. `again`: pages of known files that came to nothing are read
    once more. `engine`: the address of a Dask scheduler whose workers read, instead of `jobs` processes here; they must
    see the campaign folder under the same path. `read` and `count`, functions of a module, do one image and one file in
    processes of their own. `names`: what files are called that lie under names of our own.
    """
    summary = ScanSummary()
    with store.read() as conn:
        book = get_book(conn, campaign.settings.id, code_address(campaign.settings.public_address))
    found, problems = list_files(paths)
    for problem in problems:
        _note_bad(summary, str(problem))
    each = [one for some in _in_batches(found) for one in _take(store, some, again, summary, names or {})]
    accepted = list({one.taken.id: one for one in each}.values())  # one file may lie there under two names
    waiting = _count_all(accepted, jobs, count)
    total, done = sum(len(file.images) for file in waiting), 0
    with store.write() as conn:
        for file in waiting:
            if not file.images:  # cut off between its last page and its end
                _finish(conn, file)
    images = (FilePages(file.path, file.taken.name, file.images) for file in waiting)
    tasks, files = list(plan_tasks(images, pack_book(book), read)), {file.path: file for file in waiting}
    for task, readings in zip(tasks, _read_all(tasks, jobs, engine), strict=True):
        _accept(store, campaign, task, readings, files, again)
        for reading in readings:
            listen(reading)
            done += 1
            report(done, total)
    summary.taken += [file.taken.id for file in waiting]
    _account(store, summary)
    return summary


def _in_batches(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    for start in range(0, len(paths), _FILES_A_TIME):
        yield paths[start : start + _FILES_A_TIME]


def _take(
    store: Store, paths: Sequence[Path], again: bool, summary: ScanSummary, names: Mapping[Path, str]
) -> list[_Accepted]:
    """Keep the originals, claim the files, and leave out those that are read already."""
    summary.files += len(paths)
    kept = [one for path in paths if (one := _keep(store, path, names.get(path), summary)) is not None]
    accepted = []
    with store.write() as conn:
        for sha256, name, size in kept:
            taken, is_fresh = claim_file(conn, sha256, name, size)
            if is_fresh and taken.name != name:
                summary.notes.append(text("scan.renamed", file=name, kept=taken.name))
            unread = unread_images(conn, taken.id)
            known = recorded_images(conn, taken.id) - (unread if again else set())
            if taken.is_finished and not (again and unread):
                summary.known_files += 1
                to_look_at = len(unread_images(conn, taken.id, with_blank=False))
                note = "scan.known_file_unread" if to_look_at else "scan.known_file"
                summary.notes.append(text(note, file=name, unread=to_look_at))
            else:
                accepted.append(_Accepted(store.scan_path(sha256), taken, frozenset(known)))
    return accepted


def _keep(store: Store, path: Path, called: str | None, summary: ScanSummary) -> tuple[str, str, int] | None:
    """SHA-256, name and size of a file whose original is kept now; None, with a note, where it cannot be read."""
    name = called or show_name(path.name)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        _note_bad(summary, text("scan.file_refused", file=name))
        return None
    try:
        return sha256, name, keep_original(store.scan_path(sha256), sha256, path)
    except (OSError, WorkFailed) as error:
        if isinstance(error, OSError) and error.filename != str(path):
            raise  # it is our own disk that fails
        _note_bad(summary, text("scan.file_refused", file=name))
        return None


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


def _read_all(tasks: Sequence[PageTask], jobs: int, engine: str | None) -> Iterator[list[PageReading]]:
    """One reading for every image of every task, in order."""
    if engine is not None and tasks:
        spread = spread_over(read_shared_task, tasks, engine)
    else:
        spread = spread_apart(read_task, tasks, min(jobs, len(tasks) or 1))
    for done in spread:
        yield list(_read_singly(done.item)) if isinstance(done, Crashed) else done


def _read_singly(task: PageTask) -> Iterator[PageReading]:
    """The same for a task that brought its process down: the image that does so is a page that cannot be read."""
    for done in spread_singly(read_task, task.singly()):
        if isinstance(done, Crashed):
            (part,) = done.item.parts
            yield PageReading(part.name, part.images[0], "unreadable", "damaged_page")
        else:
            yield from done


def _accept(
    store: Store,
    campaign: Campaign,
    task: PageTask,
    readings: Sequence[PageReading],
    files: Mapping[Path, _Waiting],
    again: bool,
) -> None:
    """Take in what a task read, all of it or nothing: eight transactions would wait for the disk eight times, and the
    pages of one that was cut off are read again.
    """
    order = [(files[part.path], image) for part in task.parts for image in part.images]
    read = [(file.taken.id, reading) for (file, _), reading in zip(order, readings, strict=True)]
    ended = [file for file, image in order if image == file.images[-1]]

    def finish(conn: Connection) -> None:
        for file in ended:
            _finish(conn, file)

    accept_readings(store, campaign, read, again=again, then=finish)


def _finish(conn: Connection, file: _Waiting) -> None:
    reasons = page_reasons(conn, file.taken.id)
    if not reasons.keys() >= set(range(1, file.pages + 1)):
        return
    finish_file(conn, file.taken.id, len(reasons))
    reason = reasons[1]
    if len(reasons) == 1 and reason is not None and reason in FILE_REASONS:
        refuse_file(conn, file.taken.id, reason)


def _account(store: Store, summary: ScanSummary) -> None:
    """Count what the pages of all files came to: a page that waited may have met its others in a later file."""
    noted = [status for status in PAGE_STATUSES if status not in _NO_NOTE]
    bad: set[int] = set()
    for keys in in_parts(summary.taken):
        with store.read() as conn:
            summary.pages.update(page_account(conn, keys))
            pages = list_pages(conn, keys, noted)
        summary.notes += [_page_note(page) for page in pages if page.reason != BLANK]
        bad |= {page.scan_file for page in pages if page.reason in FILE_REASONS}
    summary.pages = +summary.pages
    summary.bad_files += len(bad)


def _page_note(page: Page) -> str:
    key = f"reading.reason_{page.reason}"
    why = text(key) if key in catalogue() else page.serial or ""
    status = text(f"scan.status_{page.status}")
    note = text("scan.page_note", file=page.file_name, image=page.image, status=status, reason=why).rstrip(" :")
    return note + (text("scan.page_stack", stack=page.stack) if page.stack else "")
