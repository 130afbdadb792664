"""Numbers of sheets as people read and type them: SXD-CD-003..SXD-CD-007, SXD-CD-011. Knows no database."""

from __future__ import annotations

from collections.abc import Iterable

from forms.pack.ranges import ranges_of


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
