"""Numbers of sheets as people read and type them: SXD-CD-003..SXD-CD-007, SXD-CD-011. Knows no database."""

from __future__ import annotations

from collections.abc import Iterable

from forms.pack.ranges import ranges_of


def show_in_cell(numbers: Iterable[str]) -> tuple[str, str]:
    """Numbers of one cell, at least one: what they all begin with, and the rest, SXD-CD and 003-007, 011.

    Written so, they may be typed wherever the cell was chosen before.
    """
    known = {int(ordinal): (prefix, ordinal) for prefix, _, ordinal in (one.rpartition("-") for one in numbers)}
    runs = [(known[first][1], known[last][1]) for first, last in ranges_of(known)]
    shown = ", ".join(first if first == last else f"{first}-{last}" for first, last in runs)
    return next(iter(known.values()))[0], shown


def show_ranges(numbers: Iterable[str]) -> str:
    """Numbers, in any order, as compact ranges that can be typed again; a range of two is two numbers."""
    cells: dict[str, dict[int, str]] = {}
    for number in numbers:
        prefix, _, ordinal = number.rpartition("-")
        cells.setdefault(prefix, {})[int(ordinal)] = number
    runs = [(known, first, last) for _, known in sorted(cells.items()) for first, last in ranges_of(known)]
    return ", ".join(
        f"{known[first]}..{known[last]}"
        if last - first > 1
        else ", ".join(known[ordinal] for ordinal in range(first, last + 1))
        for known, first, last in runs
    )
