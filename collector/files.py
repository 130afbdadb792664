"""Files that are there whole or not at all, whoever else writes the same name at the same time."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows has no such lock: there, nothing holds a second process off
    fcntl = None  # type: ignore[assignment]

_LEFTOVER = re.compile(r"\.(.+)\.[0-9a-f]{16}\.part")


@contextmanager
def unfinished_file(path: Path) -> Iterator[Path]:
    """A path to write to; it becomes `path` once the block ends and it is safely on the disk, and is gone otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        yield unfinished
        sync_file(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Wait until what was written of a file is safely on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def private_file(path: Path) -> Iterator[Path]:
    """unfinished_file for personal data: from its first byte on nobody but the owner may read it (mode 0600).

    It is locked as long as somebody writes it, so that one left behind is known from one under way; before it is, it
    has a name that find_abandoned does not look at.
    """
    with ExitStack() as until_it_has_its_name, unfinished_file(path) as unfinished:
        fresh = unfinished if fcntl is None else unfinished.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        file = until_it_has_its_name.enter_context(os.fdopen(descriptor, "w"))
        if fcntl is not None:
            _try_lock(file)
            fresh.replace(unfinished)
        yield unfinished


def find_abandoned(path: Path) -> list[Path]:
    """What writers of private_file(path), or of other private files beside it, left half written when they were killed.

    One that somebody is writing at this moment is not among them; where locks are not to be had, none is.
    """
    return [one for one in sorted(path.parent.glob(".*.part")) if _LEFTOVER.fullmatch(one.name) and _is_left(one)]


def name_meant(unfinished: Path) -> Path:
    """What a file that find_abandoned gave was to be called."""
    named = _LEFTOVER.fullmatch(unfinished.name)
    return unfinished.with_name(named[1]) if named else unfinished


def _is_left(path: Path) -> bool:
    try:
        with path.open("ab") as file:
            is_private = os.fstat(file.fileno()).st_mode & 0o077 == 0
            return fcntl is not None and is_private and _try_lock(file)
    except OSError:  # gone meanwhile, or somebody else's
        return False


def _try_lock(file: IO[Any]) -> bool:
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # BlockingIOError, or a disk of another machine that has no locks
        return False
    return True


@contextmanager
def hold_file(path: Path, busy: Exception) -> Iterator[None]:
    """Have a lock to oneself, else `busy` is raised; it goes with the process that had it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise busy from error
        yield


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step."""
    write_stream(path, [content])


def write_stream(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file in one step that is too large to be held at once."""
    with unfinished_file(path) as unfinished, unfinished.open("wb") as file:
        file.writelines(parts)


def remove_leftovers(folder: Path) -> None:
    """Remove what writers that were killed left half written in a folder; only while nobody writes there."""
    for path in folder.glob(".*.part"):
        if _LEFTOVER.fullmatch(path.name):
            path.unlink(missing_ok=True)
