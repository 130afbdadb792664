"""Which files a person means by the paths they gave, and how a file name is shown. Knows no image and no store."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from forms.errors import Problem
from forms.words import text

# What systems put beside people's files without being asked, in small letters: pictures of pictures, notes, bins
_OF_SYSTEMS = {
    *("thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "__macosx"),
    *("$recycle.bin", "recycler", "#recycle", "@recycle", "system volume information"),
}


def list_files(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """Every file named and every file below the folders named, each folder in order of name.

    Below folders what is hidden is left out, bins and other things of systems too: a page that somebody threw away
    is not handed in. What is not there or may not be looked into is a problem; the rest is listed all the same.
    """
    found: list[Path] = []
    problems: list[Problem] = []
    for path in paths:
        if path.is_dir():
            found += sorted(_list_below(path, problems))
        elif path.is_file():
            found.append(path)
        else:
            problems.append(_problem(path, "path_missing"))
    return found, problems


def _list_below(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    for inside, folders, names in os.walk(folder, onerror=lambda error: problems.append(_refused(error))):
        folders[:] = filter(_is_handed_in, folders)
        files = (Path(inside, name) for name in filter(_is_handed_in, names))
        yield from (file for file in files if file.is_file())


def _is_handed_in(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in _OF_SYSTEMS


def _refused(error: OSError) -> Problem:
    return _problem(Path(error.filename), "folder_refused")


def _problem(path: Path, name: str) -> Problem:
    return Problem(show_name(path), text(f"scan.{name}"), text(f"scan.{name}_fix"))


def show_name(path: Path | str) -> str:
    """A path as people and the store see it: bytes that are not UTF-8 become marks of a character that is missing."""
    return os.fsencode(path).decode("utf-8", "replace")
