"""Runs the rows: which sheets each takes, spread over processes, progress on stderr, every sheet into its journal."""

from __future__ import annotations

import hashlib
import multiprocessing
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.pool import Pool
from pathlib import Path

from benchmarks.reading.conditions import CONDITIONS, FAMILIES, Family
from benchmarks.reading.journal import Journal
from benchmarks.reading.real_marks import load_layers
from benchmarks.reading.sheets import Printed, Task, print_sheets, read_sheet
from benchmarks.reading.tally import Tally

_EVERY_S = 20.0


@dataclass(frozen=True)
class Row:
    """One row to measure; `marks` is the folder of real marks of a row that holds them."""

    condition: str
    marks: Path | None = None

    @property
    def name(self) -> str:
        """As the table shows it."""
        return self.condition + (" + real" if self.marks else "")

    @property
    def family(self) -> Family:
        """Its condition's."""
        return CONDITIONS[self.condition].family


@dataclass(frozen=True)
class Extent:
    """How much is measured: sheets a row (of a condition's `part`), seeds from, processes, and where journals lie."""

    sheets: int
    first_seed: int
    jobs: int
    journals: Path


def list_rows(families: list[str], conditions: list[str], marks: Path | None) -> list[Row]:
    """The rows asked for, by family; nothing named means all."""
    rows = []
    for name, condition in sorted(CONDITIONS.items(), key=lambda item: FAMILIES.index(item[1].family)):
        if (families or conditions) and condition.family not in families and name not in conditions:
            continue
        rows.append(Row(name))
        if marks is not None and condition.ink is not None and condition.family != "people":
            rows.append(Row(name, marks))
    return rows


def measure(rows: list[Row], extent: Extent) -> Iterator[tuple[Row, list[Task], list[Tally]]]:
    """The sheets of every row in turn and their tallies, in order of seeds; stopped at any moment, it goes on."""
    progress = Progress()
    with tempfile.TemporaryDirectory() as folder, _pool(extent.jobs) as pool:
        printed = print_sheets(Path(folder), -(-extent.sheets // 3))
        for place, row in enumerate(rows):
            journal = Journal(extent.journals, _journal_name(row))
            tasks = _tasks(row, printed, extent)
            missing = [task for task in tasks if task.seed not in journal.tallies]
            for count, tally in enumerate(pool.imap_unordered(read_sheet, missing), 1):
                journal.keep(tally)
                progress.say(f"row {place + 1} of {len(rows)}, {row.name}: {count} of {len(missing)} sheets")
            progress.clear()
            yield row, tasks, [journal.tallies[task.seed] for task in tasks]


def _pool(jobs: int) -> Pool:
    # Ctrl-C is the parent's: it ends the others, and what they were at is read again
    return multiprocessing.get_context("spawn").Pool(jobs, signal.signal, (signal.SIGINT, signal.SIG_IGN))


def _tasks(row: Row, printed: list[Printed], extent: Extent) -> list[Task]:
    """The questionnaires take turns over the sheets, and source pages of real marks over them."""
    sheets = max(1, round(extent.sheets * CONDITIONS[row.condition].part))
    return [
        Task(
            printed[number % len(printed)],
            number,
            number // len(printed),
            extent.first_seed + number,
            row.condition,
            row.marks,
        )
        for number in range(sheets)
    ]


def _journal_name(row: Row) -> str:
    if row.marks is None:
        return row.condition
    return f"{row.condition}+{hashlib.sha256((row.marks / 'manifest.jsonl').read_bytes()).hexdigest()[:8]}"


def count_marks(row: Row, sheets: int) -> int:
    """Distinct real marks among the sheets of a row: every source page that had a turn gives all of its marks."""
    if row.marks is None:
        return 0
    return sum(len(layers) for layers in list(load_layers(row.marks).values())[:sheets])


class Progress:
    """A line on stderr: anew in its place on a terminal, else now and then below the last."""

    def __init__(self) -> None:
        self._last = time.monotonic() + 2.0 - _EVERY_S  # nothing in the first two seconds

    def say(self, line: str) -> None:
        """Show a line, unless the last has not stood long enough."""
        every = 0.2 if sys.stderr.isatty() else _EVERY_S
        if time.monotonic() - self._last >= every:
            self._last = time.monotonic()
            print("\r\x1b[K" + line if sys.stderr.isatty() else line, end="", file=sys.stderr, flush=True)
            print("", end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line off a terminal."""
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
