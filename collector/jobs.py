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
from collector.spread import spread
from collector.store import Store
from collector.store.layouts import get_book
from collector.store.scans import PageStatus, TakenFile, finish_file, recorded_images, refuse_file
from forms.campaign import Campaign
from forms.code import code_address
from forms.errors import InputWrong, Problem
from forms.layout import LayoutBook
from forms.words import text
from ocr.files import count_images, load_images
from ocr.pictures import FILE_REASONS
from ocr.read import read_image
from ocr.reading import PageReading

PAGES_A_TASK = 8  # enough that a task's cost of 0.2 ms is nothing, few enough that progress moves


@dataclass
class ScanSummary:
    """What became of every file and page of one call; `notes` are lines for the person, one a thing to look at."""

    files: int = 0
    known_files: int = 0
    bad_files: int = 0
    pages: Counter[PageStatus] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

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
) -> ScanSummary:
    """Take in files and all files below folders; InputWrong, before anything is taken in, where a path is not there.

    `listen` hears every reading once it is in the store.
    """
    summary = ScanSummary()
    with store.read() as conn:
        book = get_book(conn, campaign.settings.id, code_address(campaign.settings.public_address))
    waiting = [file for path in list_files(paths) if (file := _take(store, path, summary)) is not None]
    total, done = sum(len(file.images) for file in waiting), 0
    tasks = [task for file in waiting for task in _tasks(file, book)]
    readings = spread(_read_task, tasks, min(jobs, len(tasks) or 1))
    for file in waiting:
        for _ in _tasks(file, book):
            for reading in next(readings):
                _accept(store, campaign, file, reading, summary)
                listen(reading)
                done += 1
                report(done, total)
        with store.write() as conn:
            finish_file(conn, file.taken.id, file.pages)
    return summary


def list_files(paths: Iterable[Path]) -> list[Path]:
    """Every file named, and every file below the folders named, hidden ones left out, each folder in order of name."""
    paths = list(paths)
    problems = [
        Problem(str(path), text("scan.path_missing"), text("scan.path_missing_fix"))
        for path in paths
        if not path.exists()
    ]
    if problems:
        raise InputWrong(problems)
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [file for file in inside if file.is_file() and not file.name.startswith(".")]
    return found


def _take(store: Store, path: Path, summary: ScanSummary) -> _Waiting | None:
    summary.files += 1
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    taken, is_new = accept_file(store, sha256, path.name, path)
    if taken.is_finished:
        summary.known_files += 1
        summary.notes.append(text("scan.known_file", file=path.name))
        return None
    original = store.scan_path(sha256)
    pages = count_images(original)
    if is_new:
        images: Sequence[int] = range(1, pages + 1)
    else:
        with store.read() as conn:
            known = recorded_images(conn, taken.id)
        images = [image for image in range(1, pages + 1) if image not in known]
    return _Waiting(original, taken, tuple(images), pages)


def _tasks(file: _Waiting, book: LayoutBook) -> Iterator[_Task]:
    for start in range(0, len(file.images), PAGES_A_TASK):
        yield _Task(file.path, file.taken.name, file.images[start : start + PAGES_A_TASK], book)


def _read_task(task: _Task) -> list[PageReading]:
    cv2.setNumThreads(1)  # the pool is the parallelism
    wanted = set(task.images)
    first, last = min(wanted), max(wanted)
    loaded = islice(load_images(task.path, task.name, first), last - first + 1)
    return [read_image(image, task.book) for image in loaded if image.image in wanted]


def _accept(store: Store, campaign: Campaign, file: _Waiting, reading: PageReading, summary: ScanSummary) -> None:
    outcome = accept_reading(store, campaign, file.taken.id, reading)
    summary.pages[outcome.status] += 1
    if outcome.status in ("read", "waiting"):
        return
    reason = text(f"reading.reason_{reading.reason}") if reading.reason else ""
    status = text(f"scan.status_{outcome.status}")
    fields = {
        "file": reading.file,
        "image": reading.image,
        "status": status,
        "reason": reason or (outcome.serial or ""),
    }
    summary.notes.append(text("scan.page_note", **fields).rstrip(" :"))
    if reading.reason in FILE_REASONS:
        summary.bad_files += 1
        if file.pages == 1:
            with store.write() as conn:
                refuse_file(conn, file.taken.id, str(reading.reason))
