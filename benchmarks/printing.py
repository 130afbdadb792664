"""Printing the whole example: 2,220 sheets. Pages a second, size on disk, peak memory, and the PDF library's floor.

    .venv/bin/python benchmarks/printing.py [--json]

The floor is the same number of pages of the same size, each drawing one stored form and nothing else: what the library
takes for a page before any code, serial or name is on it. One process; memory is the process's peak.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from collector.example import examples_folder
from collector.issue import print_sheets, reserve_run
from collector.store import open_store
from forms.checkup import check_folder


def floor_pages_per_s(pages: int, path: Path) -> float:
    canvas = Canvas(str(path), pageCompression=1)
    canvas.beginForm("empty")
    canvas.rect(10, 10, 10, 10)
    canvas.endForm()
    started = time.perf_counter()
    for _ in range(pages):
        canvas.doForm("empty")
        canvas.showPage()
    canvas.save()
    return pages / (time.perf_counter() - started)


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        campaign = check_folder(examples_folder() / "quang-ninh-2013")
        store = open_store(Path(scratch), campaign.settings, f"sqlite:///{scratch}/printing.sqlite")
        started = time.perf_counter()
        reserve_run(store, campaign, campaign.quotas)
        reserved = time.perf_counter()
        summary = print_sheets(store, campaign, out, campaign.quotas)
        printed = time.perf_counter()
        size = sum(path.stat().st_size for path in out.rglob("*.pdf"))
        store.close()
        floor = floor_pages_per_s(summary.pages, Path(scratch) / "floor.pdf")
        pages_per_s = summary.pages / (printed - reserved)
        return {
            "sheets": summary.sheets,
            "pages": summary.pages,
            "files": summary.files,
            "reserving_s": reserved - started,
            "printing_s": printed - reserved,
            "pages_per_s": pages_per_s,
            "floor_pages_per_s": floor,
            "times_the_floor": floor / pages_per_s,
            "megabytes": size / 1e6,
            "kilobytes_a_page": size / 1e3 / summary.pages,
            "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


if __name__ == "__main__":
    figures = measure()
    if "--json" in sys.argv:
        print(json.dumps(figures, indent=1))
    else:
        for name, figure in figures.items():
            print(f"{name:>20}  {figure:,.2f}")
