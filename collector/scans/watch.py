"""Which files of watched folders the scanner has finished writing: told by name, size, time and end. None is moved.

Polls, because shares of a network tell nobody what happens on them. Knows no image and no store.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from collector.scans.folder import list_files
from forms.errors import Problem

EVERY_S = 1.0  # between two looks
# How long a file must have stayed as it is: ending as its kind ends; of a kind without an end mark; cut off or empty.
# After the last it is taken all the same, so that somebody is told; what the scanner adds later is a new file to us.
QUIET_S, QUIET_UNMARKED_S, QUIET_CUT_S = 3.0, 8.0, 60.0
_TEMPORARY = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".swp", ".lock", "~")
_ENDS = ((b"%PDF-", b"%%EOF"), (b"\xff\xd8\xff", b"\xff\xd9"), (b"\x89PNG", b"IEND"))
_END_BYTES = 2048  # scanners pad what they wrote


@dataclass
class _Seen:
    stamp: tuple[int, int]
    since_s: float
    is_taken: bool = False


class Watch:
    """Remembers what it saw; `look` gives every file once it is finished, and again only when it was changed."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = list(paths)
        self._seen: dict[Path, _Seen] = {}
        self._said: set[Problem] = set()

    def look(self, now_s: float) -> tuple[list[Path], list[Problem]]:
        """Files finished since the last look, and folders that cannot be entered, each said once while it lasts.

        `now_s` comes from any clock that only goes forward.
        """
        found, problems = list_files(self._paths)
        fresh = [problem for problem in problems if problem not in self._said]
        self._said = set(problems)
        if not problems:  # a share that is gone for a moment has lost no file
            self._seen = {path: seen for path, seen in self._seen.items() if path in set(found)}
        return [path for path in found if not _is_temporary(path) and self._is_finished(path, now_s)], fresh

    def _is_finished(self, path: Path, now_s: float) -> bool:
        try:
            known = path.stat()
            stamp = known.st_size, known.st_mtime_ns
            seen = self._seen.get(path)
            if seen is None or seen.stamp != stamp:
                self._seen[path] = _Seen(stamp, now_s)
                return False
            if seen.is_taken or now_s - seen.since_s < QUIET_S or now_s - seen.since_s < _quiet_s(path):
                return False
            seen.is_taken = _is_free(path)
        except FileNotFoundError:  # renamed between the list and the look
            return False
        except OSError:  # it may not be read: whoever takes it in says so
            self._seen.setdefault(path, _Seen((-1, -1), now_s)).is_taken = True
        return self._seen[path].is_taken


def _is_temporary(path: Path) -> bool:
    """Names under which programs write before they give a file its own; hidden files were never listed."""
    return path.name.startswith("~") or path.name.lower().endswith(_TEMPORARY)


def _quiet_s(path: Path) -> float:
    """How long a file of this content must have been quiet."""
    with path.open("rb") as file:
        head = file.read(1024)
        file.seek(max(0, path.stat().st_size - _END_BYTES))
        end = file.read()
    for begins, ends in _ENDS:
        if head.startswith(begins):
            return QUIET_S if ends in end else QUIET_CUT_S
    return QUIET_UNMARKED_S if head else QUIET_CUT_S


def _is_free(path: Path) -> bool:
    """Whether no other program has the file open for writing, as far as the system tells; many shares do not."""
    try:
        if os.name == "nt":
            path.rename(path)  # refused while another program holds the file
            return True
        import fcntl

        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if hasattr(fcntl, "F_SETLEASE"):  # Linux gives a lease on files alone that nobody has open for writing
                fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)  # ignored: whoever opens it right now ends the lease
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return False
    except PermissionError:
        return os.name != "nt"
    except OSError:  # a share without locks and leases
        return True
    return True
