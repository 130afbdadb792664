"""Printing two-page sheets: pages a second, peak memory, size, and how much of the time is the PDF library's own.

    .venv/bin/python -m benchmarks.printing [--sheets 2220,20000,100000] [--jobs 1] [--json]

Every size is printed by a process of its own, so that its peak memory is its own too; `reserving` is the part before a
page is drawn (serials into an SQLite store). The campaign is the example, its quotas scaled up to so many sheets.
Shares come from stopping the process every 5 ms of processor time and asking whose function is at work (a library's own
helpers in C and in the standard library count as the library's). Times are processor time. With --jobs N the pages are
written by N more processes: times are wall times then, `peak` is N times the largest of these plus the parent, and
there are no shares.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import FrameType

import reportlab

from collector.example import examples_folder
from collector.printing.issue import print_sheets, reserve_run
from collector.store import open_store
from forms.campaign import Campaign
from forms.checkup import check_folder

SIZES = (2220, 20_000, 100_000)
EVERY_S = 0.005
LIBRARIES = {"reportlab": "PDF library", "qrcode": "QR library", "sqlalchemy": "database"}
ROOT = Path(__file__).parents[1]


def scaled_example(sheets: int) -> Campaign:
    """The example with so many sheets, spread over its cells as they are."""
    campaign = check_folder(examples_folder() / "quang-ninh-2013")
    whole = sum(quota.target for quota in campaign.quotas)
    upto = given = 0
    quotas = []
    for quota in campaign.quotas:
        upto += quota.target
        target = round(sheets * upto / whole) - given
        given += target
        quotas.append(dataclasses.replace(quota, target=target, reserve=0))
    return dataclasses.replace(campaign, quotas=tuple(quotas))


class Sampler:
    """Counts whose code is at work."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def _look(self, _: int, frame: FrameType | None) -> None:
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(ROOT) and ".venv" not in path.parts:
                self.seen["ours"] += 1
                return
            name = next((library for library in LIBRARIES if library in path.parts), None)
            if name:
                self.seen[LIBRARIES[name]] += 1
                return
            frame = frame.f_back
        self.seen["other"] += 1

    def __enter__(self) -> Sampler:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def shares(self) -> dict[str, float]:
        return {name: count / self.seen.total() for name, count in self.seen.most_common()}


def peak_megabytes(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / 1024


def measure(sheets: int, jobs: int) -> dict[str, float | dict[str, float]]:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        campaign = scaled_example(sheets)
        store = open_store(Path(scratch), campaign.settings, f"sqlite:///{scratch}/printing.sqlite")
        idle = peak_megabytes(resource.RUSAGE_SELF)
        clock = time.process_time if jobs == 1 else time.perf_counter
        started = clock()
        reserve_run(store, campaign, campaign.quotas)
        reserved = clock()
        with Sampler() as sampler:
            summary = print_sheets(store, campaign, out, campaign.quotas, jobs=jobs)
        printed = clock()
        size = sum(path.stat().st_size for path in out.rglob("*.pdf"))
        store.close()
    workers = jobs * peak_megabytes(resource.RUSAGE_CHILDREN) if jobs > 1 else 0
    return {
        "sheets": summary.sheets,
        "pages": summary.pages,
        "files": summary.files,
        "reserving_s": reserved - started,
        "printing_s": printed - reserved,
        "pages_per_s": summary.pages / (printed - reserved),
        "kilobytes_a_page": size / 1e3 / summary.pages,
        "idle_megabytes": idle,
        "peak_megabytes": peak_megabytes(resource.RUSAGE_SELF) + workers,
        "shares": sampler.shares() if jobs == 1 else {},
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sheets", default=",".join(map(str, SIZES)))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.jobs)))
        return
    print(f"reportlab {reportlab.__version__}, {given.jobs} process(es)", file=sys.stderr)
    for sheets in map(int, given.sheets.split(",")):
        command = [sys.executable, "-m", "benchmarks.printing", "--one", str(sheets), "--jobs", str(given.jobs)]
        told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        if given.json:
            print(told, end="")
            continue
        figures = json.loads(told)
        shares = figures.pop("shares")
        print(", ".join(f"{name} {figure:,.2f}" for name, figure in figures.items()))
        print("    time: " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))


if __name__ == "__main__":
    main()
