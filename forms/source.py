"""What a file of definitions is to those who check it: values, where each stands, how its fields are called there.

YAML files and XLSForm workbooks are such files; whoever checks one need not know which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeVar

from forms.errors import Problem

Path = tuple[str | int, ...]
Found = TypeVar("Found")


class Source(Protocol):
    """A file that was read. `mended` holds the paths where a stand-in took the place of a wrong value."""

    name: str
    data: Any
    problems: list[Problem]
    mended: set[Path]

    def where(self, path: Path = ()) -> str:
        """FILE:LINE, or FILE and cell, of a path or of the nearest part of it that stands in the file."""

    def shown(self, path: Path) -> str:
        """The name of a field as people know it from this kind of file."""


def nearest(places: Mapping[Path, Found], path: Path) -> Found | None:
    """What is kept for a path, or for the nearest path above it; None where there is nothing."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path)


def texts(source: Source) -> Iterator[tuple[Path, str]]:
    """Every text of a source with its path."""

    def walk(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict | list):
            for key, child in value.items() if isinstance(value, dict) else enumerate(value):
                yield from walk(child, (*path, key))

    return walk(source.data, ())


def is_mended(source: Source, path: Path) -> bool:
    """Whether something at or below a path is a stand-in: what refers to it cannot be judged."""
    return any(mended[: len(path)] == path for mended in source.mended)
