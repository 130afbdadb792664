"""One print run at a time in a folder, and what a run that was cut off had finished: OUT/.printing holds both.

The file is locked while a run is at work, holds a line for every finished PDF, and is gone once a run is done. Knows
neither the store nor how a sheet is drawn.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from collector.files import remove_leftovers

try:
    import fcntl
except ImportError:  # Windows has no such lock: there, nothing holds a second run off
    fcntl = None  # type: ignore[assignment]

JOURNAL = ".printing"
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP)  # a network share that cannot lock can still be printed to


@dataclass(frozen=True)
class PrintJournal:
    """The finished files of this run and of one before it that was cut off: path below OUT -> digest and size."""

    out: Path
    file: IO[str]
    finished: dict[str, tuple[str, int]] = field(default_factory=dict)

    def is_finished(self, path: str, content: str) -> bool:
        """Whether the file at `path` was written whole from the same `content`, and is still as long as it was."""
        size = (self.out / path).stat().st_size if (self.out / path).is_file() else None
        return self.finished.get(path) == (_digest(content), size)

    def note_finished(self, path: str, content: str) -> None:
        """Remember that the file at `path` stands, and what it was made of."""
        self.finished[path] = _digest(content), (self.out / path).stat().st_size
        self.file.write(json.dumps([path, *self.finished[path]]) + "\n")
        self.file.flush()


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


@contextmanager
def hold_folder(out: Path, tell_waiting: Callable[[], None]) -> Iterator[PrintJournal]:
    """Have the folder to oneself; `tell_waiting` is called once where another run has it, which is then waited for.

    What a killed run left half written is removed. The journal stays where the block raises after a file was finished.
    """
    file = _lock(out, tell_waiting)
    with file:
        for folder in (out, *(path for path in out.iterdir() if path.is_dir())):
            remove_leftovers(folder)
        journal = PrintJournal(out, file, dict(_read(file)))
        try:
            yield journal
        except BaseException:
            if not journal.finished:
                _remove(out, file)
            raise
        _remove(out, file)


def _remove(out: Path, file: IO[str]) -> None:
    file.truncate(0)
    with suppress(PermissionError):  # Windows keeps a file that is open; an empty one says nothing
        (out / JOURNAL).unlink()


def _lock(out: Path, tell_waiting: Callable[[], None]) -> IO[str]:
    out.mkdir(parents=True, exist_ok=True)
    while True:
        file = (out / JOURNAL).open("a+", encoding="utf-8")
        try:
            _wait_for(file, tell_waiting)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), (out / JOURNAL).stat()):
                    return file
        except BaseException:
            file.close()
            raise
        file.close()  # whoever had it has removed it, so what was locked here is no file of the folder any more


def _wait_for(file: IO[str], tell_waiting: Callable[[], None]) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        tell_waiting()
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise


def _read(file: IO[str]) -> Iterator[tuple[str, tuple[str, int]]]:
    file.seek(0)
    for line in file.read().splitlines():
        with suppress(ValueError):  # a line that was cut off
            path, digest, size = json.loads(line)
            yield path, (digest, size)
    file.write("\n")  # so that what comes next does not continue such a line
