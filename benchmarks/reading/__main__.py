"""The measuring bench of the reader: how well it reads, how sure that is, what it costs.

    .venv/bin/python -m benchmarks.reading [--family clean] [--condition NAME] [--sheets 30] [--marks DIR]

Everything in one run: a table with a row a condition and 95 % bounds; the claims of the reader against what was right,
with --reliability drawn into a folder; the floor (bare decode, processor time a page by stage, memory), unless rows
were chosen. Seeds: below 10,000 for whoever builds the reader; --test takes those that nothing is tuned on. A run that
was stopped goes on with the same command. Pen, scanner and mishaps are pretended: the figures compare readers and
conditions, they are no promise about real sheets.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from itertools import islice
from pathlib import Path

from benchmarks.reading import floor, reliability
from benchmarks.reading.conditions import CONDITIONS, DEVELOPMENT_SEEDS, FAMILIES, TEST_SEEDS
from benchmarks.reading.look import write_pictures
from benchmarks.reading.run import Extent, Row, count_marks, list_rows, measure
from benchmarks.reading.table import NOTES, Figures, figure, show_head, show_row, show_why
from benchmarks.reading.tally import Tally, add_up

JOURNALS = Path(tempfile.gettempdir()) / "phieu-bench-reading"


def main() -> None:
    asked = _arguments()
    rows = list_rows(asked.family, asked.condition, asked.marks)
    chosen = bool(asked.family or asked.condition)
    if asked.marks is None or not (asked.marks / "manifest.jsonl").is_file():
        rows = [row for row in rows if row.marks is None]
        print("no folder of real marks given: rows with real marks are skipped", file=sys.stderr)
    extent = Extent(asked.sheets, asked.first_seed, asked.jobs, asked.journals)
    try:
        claims = show_table(rows, extent, asked.json, asked.why, asked.look)
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from here", file=sys.stderr)
        sys.exit(130)
    reliability.show(claims, asked.reliability, asked.json)
    if not chosen or asked.floor:
        floor.show(asked.json)


def show_table(rows: list[Row], extent: Extent, as_json: bool, why: bool, look: Path | None) -> dict[str, Tally]:
    """Print the rows, and a sum a family, which comes back by family."""
    every: dict[str, Tally] = {}
    reasons: list[str] = []
    measured = measure(rows, extent)
    for family in FAMILIES:
        sums: dict[bool, list[Tally]] = {}
        expected = [row for row in rows if row.family == family]
        for place, (row, tasks, tallies) in enumerate(islice(measured, len(expected))):
            if not place and not as_json:
                print(show_head(family))
            made = figure(row.name, family, tallies, count_marks(row, len(tallies)))
            _print(made, as_json)
            reasons += show_why(made)
            if look is not None:
                write_pictures(row.name, tasks, tallies, look)
            sums.setdefault(row.marks is not None, []).extend(tallies)
        for real, tallies in sums.items():
            if sum((row.marks is not None) == real for row in expected) > 1:
                marks = max(count_marks(row, extent.sheets) for row in expected) if real else 0
                _print(figure(f"all {family}" + (" + real" if real else ""), family, tallies, marks), as_json)
        if sums:
            every[family] = add_up(tally for tallies in sums.values() for tally in tallies)
    if not as_json:
        print("\n" + NOTES)
        if why:
            print("\n" + "\n".join(reasons))
    return every


def _print(row: Figures, as_json: bool) -> None:
    print(json.dumps(row.to_json()) if as_json else show_row(row), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", action="append", choices=FAMILIES, default=[])
    parser.add_argument("--condition", action="append", choices=list(CONDITIONS), default=[])
    parser.add_argument("--sheets", type=int, default=30, help="sheets of two pages a condition")
    parser.add_argument("--first-seed", type=int, default=DEVELOPMENT_SEEDS, help="below 10,000: for development")
    parser.add_argument("--test", action="store_true", help="the seeds that nothing may be tuned on")
    parser.add_argument("--marks", type=Path, help="a folder of real pen marks with its manifest.jsonl")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--journals", type=Path, default=JOURNALS, help="where what was read is kept for the next run")
    parser.add_argument("--reliability", type=Path, metavar="FOLDER", help="draw reliability.svg and .png there")
    parser.add_argument("--floor", action="store_true", help="the floor as well, though rows were chosen")
    parser.add_argument("--why", action="store_true", help="under the table: how and why, by row")
    parser.add_argument("--look", type=Path, metavar="FOLDER", help="pictures of what went wrong in every row")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.test:
        asked.first_seed = TEST_SEEDS
    elif asked.first_seed + asked.sheets > 10_000:
        parser.error("development seeds end at 10,000; --test takes the others")
    return asked


if __name__ == "__main__":
    main()
