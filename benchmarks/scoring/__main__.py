"""Seconds and memory to score a province's sheets of 30 questions, beside engines that only average the same answers.

    .venv/bin/python -m benchmarks.scoring [--sheets 300000]... [--agencies 3400] [--rounds 3] [--growth]

Every step runs in a fresh process, so that its peak memory is its own; `--growth` measures 3,000 to 3,000,000 sheets
(half an hour, 12 GB of disk). Scoring starts from the same arrays as the engines (pandas; polars and duckdb with
`pip install '.[bench]'`), which give the mean per cent by agency, group and question and nothing else; "counts and
means" is the same of ours. Loading starts from a real SQLite database of that size. Processor seconds over all threads,
the best of the rounds (one for loading and signs of quality), so that other work on the machine counts little.
Scores and signs of quality are kept in the folder for the tables and the report, which read no answers; `--keep FOLDER`
keeps all in FOLDER/SHEETS and uses it again, and any step runs alone:
`-m benchmarks.scoring.step report FOLDER/SHEETS 3400 1`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from benchmarks.scoring.engines import ENGINES
from benchmarks.scoring.made_answers import GROUPS, QUESTIONS, save_answers

GROWTH = (3_000, 30_000, 300_000, 3_000_000)
_MEASURED = ("load", "commands", "means", *ENGINES, "scoring", "quality", "tables", "report")


def run_step(name: str, folder: Path, agencies: int, number: int) -> tuple[dict[str, float], float]:
    """Seconds by stage and the peak in MB of one step in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scoring.step", name, str(folder), str(agencies), str(number)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr.strip().splitlines()[-1] if done.stderr else done.returncode}")
    found = json.loads(done.stdout)
    return found["seconds"], found["peak_mb"]


def measure(sheets: int, agencies: int, rounds: int, keep: Path | None) -> None:
    print(f"\n{sheets:,} sheets x {len(QUESTIONS)} questions, {agencies:,} agencies, {len(GROUPS)} groups")
    print(f"{'':<28} {'seconds':>9} {'peak MB of its process':>24}", flush=True)
    with nullcontext(str(keep)) if keep else tempfile.TemporaryDirectory(prefix="phieu-scoring-") as name:
        folder = Path(name) / str(sheets) if keep else Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "phieu.sqlite").is_file():
            save_answers(folder, sheets, agencies)
            run_step("fill", folder, agencies, sheets)
        for step in _MEASURED:
            seconds, peak_mb = run_step(step, folder, agencies, rounds)
            if not seconds:
                print(f"{step:<28}  not installed: pip install '.[bench]'")
            for stage, each in seconds.items():
                print(f"{stage:<28} {each:>9.2f} {peak_mb:>24,.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, action="append")
    parser.add_argument("--agencies", type=int, default=3_400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--growth", action="store_true")
    options = parser.parse_args()
    for sheets in GROWTH if options.growth else options.sheets or [300_000]:
        measure(sheets, options.agencies, options.rounds, options.keep)


if __name__ == "__main__":
    main()
