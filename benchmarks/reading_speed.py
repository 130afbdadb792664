"""Pages a second that are decoded and read, on one and two processes, against the bare decode of the same files.

    .venv/bin/python benchmarks/reading_speed.py [--pages 60] [--dpi 200] [--rounds 3] [--json]

Grey JPEG pages of 132 boxes with pretend marks, scanned by the pretend scanner. Each figure is the best of the rounds,
decode and reading taken in turn in the same run; with two processes the pool has already started.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from forms.geometry import BOX_MM, MM_PER_INCH
from forms.layout import Box, Layout, LayoutBook, PageLayout
from forms.serial import make_serial
from ocr.blank import draw_blank
from ocr.files import load_images
from ocr.pretend.respondent import fill_page
from ocr.pretend.scanner import encode_jpeg, pick_quality, scan
from ocr.pretend.settings import MarkingSettings, ScannerSettings
from ocr.read import read_file

ROWS, OPTIONS = 22, 6
SEED = 30_000


def make_book() -> LayoutBook:
    boxes = tuple(
        Box(f"q{row}", None, str(column), 114.4 + 13 * column, 40 + 9.5 * row, BOX_MM, BOX_MM)
        for row in range(ROWS)
        for column in range(OPTIONS)
    )
    layout = Layout("LSPEED", 3, "speed", {f"q{row}": "one" for row in range(ROWS)}, (PageLayout(1, boxes),))
    return LayoutBook("speed", ("",), {layout.id: layout})


BOOK = make_book()


def write_pages(folder: Path, pages: int, dpi: int) -> list[Path]:
    layout = BOOK.layouts["LSPEED"]
    scanner, paths = replace(ScannerSettings(), dpi=dpi), []
    for number in range(pages):
        rng = np.random.default_rng((SEED, number))
        pixels = draw_blank(layout.pages[0], dpi, "", make_serial(3, number))
        fill_page(pixels, layout, layout.pages[0], {}, rng, MarkingSettings(), dpi / MM_PER_INCH)
        paths.append(folder / f"{number:04d}.jpg")
        paths[-1].write_bytes(encode_jpeg(scan(pixels, rng, scanner), pick_quality(rng, scanner), dpi))
    return paths


def decode(path: Path) -> int:
    return sum(1 for _ in load_images(path))


def read(path: Path) -> int:
    return sum(reading.status == "read" for reading in read_file(path, BOOK))


def one_thread() -> None:
    cv2.setNumThreads(1)


def timed(work: Callable[[], int], pages: int) -> tuple[float, float]:
    """Pages a second of wall time, and CPU ms a page of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert done >= 0.95 * pages, f"only {done} of {pages} pages were read"
    return pages / wall, cpu / pages * 1000


def measure(paths: list[Path], rounds: int) -> dict[str, float]:
    one_thread()
    best: dict[str, float] = {}
    with ProcessPoolExecutor(2, initializer=one_thread) as pool:
        list(pool.map(read, paths[:8]))
        for _ in range(rounds):
            for name, work in (("decode", decode), ("read", read)):
                rate, cpu_ms = timed(lambda work=work: sum(map(work, paths)), len(paths))
                best[f"{name}_pages_s"] = max(best.get(f"{name}_pages_s", 0), rate)
                best[f"{name}_cpu_ms"] = min(best.get(f"{name}_cpu_ms", 1e9), cpu_ms)
                rate, _ = timed(lambda work=work: sum(pool.map(work, paths, chunksize=4)), len(paths))
                best[f"{name}_pages_s_2"] = max(best.get(f"{name}_pages_s_2", 0), rate)
    best["times_decode"] = best["read_cpu_ms"] / best["decode_cpu_ms"]
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        best = measure(write_pages(Path(folder), options.pages, options.dpi), options.rounds)
    if options.json:
        print(json.dumps({"dpi": options.dpi, "pages": options.pages, **{k: round(v, 2) for k, v in best.items()}}))
        return
    print(f"{options.pages} grey JPEG pages, {options.dpi} dpi, {ROWS * OPTIONS} boxes each")
    print("                 one process   CPU ms/page   two processes")
    for name, label in (("decode", "decode only"), ("read", "decode and read")):
        print(f"{label:16}", f"{best[f'{name}_pages_s']:9.1f}/s", f"{best[f'{name}_cpu_ms']:11.1f}", end="   ")
        print(f"{best[f'{name}_pages_s_2']:11.1f}/s")
    print(f"reading costs {best['times_decode']:.1f} times the bare decode")


if __name__ == "__main__":
    main()
