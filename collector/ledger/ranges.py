"""Numbers of sheets as people read them: SXD-CD-003..SXD-CD-007, SXD-CD-011. Knows no database."""

from __future__ import annotations

from collections.abc import Iterable


def show_ranges(numbers: Iterable[str]) -> str:
    """Numbers, in any order, as compact ranges; a range of two is two numbers."""
    found = sorted({_split(number) for number in numbers})
    runs: list[list[tuple[str, int, str]]] = []
    for cell, ordinal, number in found:
        if runs and runs[-1][-1][:2] == (cell, ordinal - 1):
            runs[-1].append((cell, ordinal, number))
        else:
            runs.append([(cell, ordinal, number)])
    shown = [f"{run[0][2]}..{run[-1][2]}" if len(run) > 2 else ", ".join(number for *_, number in run) for run in runs]
    return ", ".join(shown)


def _split(number: str) -> tuple[str, int, str]:
    cell, _, ordinal = number.rpartition("-")
    return cell, int(ordinal), number
