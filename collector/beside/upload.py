"""A table that somebody handed in, kept under a name of our own until it is taken in or put away.

It may name people: only the program's own account reads it, no backup holds it, and what lies too long is put away.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from collector.beside.work import Kind, clear_work, find_work, work_folder
from collector.files import private_file
from collector.prepare.arrivals import Arrival, find_table_ending, show_file
from forms.errors import Problem
from forms.words import reword

LARGEST_TABLE_BYTES = 11 * 1024 * 1024  # the server takes 12 MB of a post
LIST_LASTS_S = 30 * 60  # a list of people that nobody takes in
_DIGITS = re.compile(r"[0-9]+")
_ENDINGS = (".csv", ".xlsx")


@dataclass(frozen=True)
class Upload:
    """Where a table lies, and what its sender calls it."""

    path: Path
    name: str

    def rename(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems at the place that the sender knows, in the order of the file."""
        named = []
        for one in problems:
            is_here = one.where.startswith(self.path.name)
            where = reword(one.where, self.path.name, self.name) if is_here else one.where
            named.append(replace(one, where=where, what=reword(one.what, self.path.name, self.name)))
        return sorted(named, key=lambda one: [int(digits) for digits in _DIGITS.findall(one.where)])


def keep_upload(folder: Path, kind: Kind, name: str, content: bytes) -> Upload:
    """Keep a table in place of the last one of its kind; InputWrong where it is none, by its content."""
    arrival = Arrival(kind, name, content)
    ending = find_table_ending(arrival, LARGEST_TABLE_BYTES)
    drop_upload(folder, kind)
    path = work_folder(folder) / f"{kind}{ending}"
    with private_file(path) as fresh:
        fresh.write_bytes(content)
    return Upload(path, show_file(arrival))


def find_upload(folder: Path, kind: Kind) -> Path | None:
    """The table of a kind that waits, if one does."""
    found = (work_folder(folder) / f"{kind}{ending}" for ending in _ENDINGS)
    return next((path for path in found if path.is_file()), None)


def drop_upload(folder: Path, kind: Kind) -> None:
    """Put away the table of a kind."""
    while (path := find_upload(folder, kind)) is not None:
        path.unlink(missing_ok=True)


def is_stale(path: Path, lasts_s: float) -> bool:
    """Whether a file is older than so many seconds; one that somebody put away meanwhile is not."""
    try:
        return time.time() - path.stat().st_mtime > lasts_s
    except FileNotFoundError:
        return False


def drop_stale(folder: Path, kind: Kind, lasts_s: float) -> None:
    """Put away a table that waits longer than so many seconds, with what was found in it; nothing while it is read."""
    path, work = find_upload(folder, kind), find_work(folder, kind)
    if path is not None and is_stale(path, lasts_s) and (work is None or not work.is_running):
        drop_upload(folder, kind)
        clear_work(folder, kind)
