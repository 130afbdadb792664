"""Ranges of sheet numbers as people write them: 001-020, 022. A sheet's number is its cell's prefix and an ordinal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

DASH, GAPS = "–", "…"
MOST_RUNS = 60


def ranges_of(ordinals: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of every unbroken run, ascending; each ordinal counts once."""
    for _, run in groupby(enumerate(sorted(set(ordinals))), lambda placed: placed[1] - placed[0]):
        numbers = [ordinal for _, ordinal in run]
        yield numbers[0], numbers[-1]


def _show(first: int, last: int) -> str:
    return f"{first:03d}" if first == last else f"{first:03d}{DASH}{last:03d}"


def show_numbers(prefix: str, ordinals: Iterable[int]) -> str:
    """The numbers of a cell's sheets: "SXD-CD-001 – SXD-CD-120", or "SXD-CD-001–020, 022" where they have gaps.

    With more than MOST_RUNS gaps only the ends, "SXD-CD-001 … SXD-CD-999": a row of a table must fit a page.
    """
    runs = list(ranges_of(ordinals))
    if not runs:
        return ""
    first, last = runs[0][0], runs[-1][1]
    if 1 < len(runs) <= MOST_RUNS or first == last:
        return prefix + ", ".join(_show(*run) for run in runs)
    return f"{prefix}{first:03d} {DASH if len(runs) == 1 else GAPS} {prefix}{last:03d}"
