"""Peak memory and time a page of reading PDFs of ten and of a thousand scanned pages, each in a process of its own.

    .venv/bin/python -m benchmarks.reading_memory [--pages 10 --pages 1000] [--dpi 200]

One page's JPEG stands on every page as a stream of its own, as a scanner writes it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.reading_speed import BOOK, one_thread, write_pages
from ocr.pretend.stack import write_pdf
from ocr.read import read_file


def same_page(path: Path, pages: int) -> Iterator[bytes]:
    content = path.read_bytes()
    # a comment of its own makes every stream another one, else the writer would store it once
    return (content[:2] + b"\xff\xfe\x00\x06" + number.to_bytes(4) + content[2:] for number in range(pages))


def read_all(path: Path) -> tuple[int, float, float]:
    """Pages read, peak memory in MB, CPU ms a page."""
    one_thread()
    started = time.process_time()
    readings = [reading.status for reading in read_file(path, BOOK)]
    # getrusage would count what the parent held when it started this process
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return readings.count("read"), peak, (time.process_time() - started) * 1000 / len(readings)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pages", type=int, action="append")
    parser.add_argument("--dpi", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (page,) = write_pages(Path(folder), 1, options.dpi)
        for pages in options.pages or (10, 1000):
            pdf = Path(folder) / f"{pages}.pdf"
            write_pdf(list(same_page(page, pages)), pdf, options.dpi)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                read, peak_mb, ms = pool.apply(read_all, (pdf,))
            print(
                f"{pages:5} pages, {pdf.stat().st_size / 1e6:6.1f} MB: {read} read, "
                f"peak {peak_mb:.0f} MB, {ms:.1f} CPU ms a page"
            )


if __name__ == "__main__":
    main()
