"""What reading costs against the bare decode of the same files, by stage, on one and two processes; and memory.

    .venv/bin/python -m benchmarks.reading.floor [--pages 60] [--dpi 200] [--rounds 3] [--pdf 10 --pdf 300] [--json]

Grey JPEG pages of 132 boxes with pretend marks, scanned by the pretend scanner. Each figure is the best of the rounds,
decode and reading taken in turn in the same run, in processes that have already started. Those that read keep their
memory from page to page as those of `phieu scan` do (ocr.pictures.keep_memory); the bare decode is taken in others
that do not, as anybody would measure it, and once more in those. Stages are processor time inside read_page, of these
pages and of sheets as they are printed. Memory: PDFs of so many scanned pages, each read in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np

import ocr.page_answers
import ocr.read
import ocr.sight
from benchmarks.reading.sheets import Task, make_scans, print_sheets
from forms.geometry import BOX_MM, MM_PER_INCH
from forms.layout import Box, Layout, LayoutBook, PageLayout
from forms.serial import make_serial
from ocr.blank import draw_blank
from ocr.files import PageImage, load_images
from ocr.pictures import keep_memory
from ocr.pretend.respondent import fill_page
from ocr.pretend.scanner import encode_jpeg, pick_quality, scan
from ocr.pretend.settings import MarkingSettings, ScannerSettings
from ocr.pretend.stack import write_pdf
from ocr.read import read_file, read_page

ROWS, OPTIONS = 22, 6
SEED = 30_000
# What read_page calls, by the modules and names it calls them; decision is the rest of its time
STAGES: dict[tuple[ModuleType, str], str] = {
    (ocr.read, "find_registration"): "registration",
    (ocr.read, "find_sheet_code"): "code",
    (ocr.sight, "read_boxes"): "boxes",
    (ocr.sight, "measure_ink"): "ink",
    (ocr.page_answers, "look_closer"): "closer look",
    (ocr.page_answers, "reduced"): "texts",
    (ocr.page_answers, "has_writing"): "texts",
}


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
    """The bare decode: OpenCV's, of the bytes, and nothing else."""
    return int(cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE) is not None)


def read(path: Path) -> int:
    return sum(reading.status == "read" for reading in read_file(path, BOOK))


def one_thread() -> None:
    cv2.setNumThreads(1)


def as_workers() -> None:
    """As processes begin that read a province's pages."""
    one_thread()
    keep_memory()


def timed(work: Callable[[Path], int], paths: list[Path]) -> tuple[float, float]:
    """Pages a second of wall time, and CPU ms a page of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = sum(map(work, paths))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert done >= 0.95 * len(paths), f"only {done} of {len(paths)} pages were read"
    return len(paths) / wall, cpu / len(paths) * 1000


def measure_speed(paths: list[Path], rounds: int) -> dict[str, float]:
    best: dict[str, float] = {}
    # spawned: a forked process would have this one's memory
    start = partial(ProcessPoolExecutor, 2, multiprocessing.get_context("spawn"))
    with start(initializer=one_thread) as bare, start(initializer=as_workers) as reading:
        for pool, work in ((bare, decode), (reading, read)):
            list(pool.map(work, paths[:16]))
        for _ in range(rounds):
            for name, work, pool in (
                ("decode", decode, bare),
                ("decode_kept", decode, reading),
                ("read", read, reading),
            ):
                rate, cpu_ms = pool.submit(timed, work, paths).result()
                best[f"{name}_pages_s"] = max(best.get(f"{name}_pages_s", 0), rate)
                best[f"{name}_cpu_ms"] = min(best.get(f"{name}_cpu_ms", 1e9), cpu_ms)
                # each of the two does all pages: shared out, the last few would keep one of them waiting
                started = time.perf_counter()
                both = [each.result()[1] for each in [pool.submit(timed, work, paths) for _ in range(2)]]
                rate = 2 * len(paths) / (time.perf_counter() - started)
                best[f"{name}_pages_s_2"] = max(best.get(f"{name}_pages_s_2", 0), rate)
                best[f"{name}_cpu_ms_2"] = min(best.get(f"{name}_cpu_ms_2", 1e9), sum(both) / 2)
    best["times_decode"] = best["read_cpu_ms"] / best["decode_cpu_ms"]
    best["times_decode_kept"] = best["read_cpu_ms"] / best["decode_kept_cpu_ms"]
    best["two_over_one"] = best["read_pages_s_2"] / best["read_pages_s"]
    return best


@contextmanager
def stages_timed() -> Iterator[Counter[str]]:
    """Processor seconds by stage while pages are read in this process; AttributeError where one is called no more."""
    spent: Counter[str] = Counter()
    kept = {place: getattr(*place) for place in STAGES}

    def watch(stage: str, work: Callable[..., object]) -> Callable[..., object]:
        def watched(*given: object) -> object:
            started = time.process_time()
            result = work(*given)
            spent[stage] += time.process_time() - started
            return result

        return watched

    for (module, name), work in kept.items():
        setattr(module, name, watch(STAGES[module, name], work))
    try:
        yield spent
    finally:
        for (module, name), work in kept.items():
            setattr(module, name, work)


def measure_stages(pages: list[tuple[Path | bytes, LayoutBook]]) -> dict[str, float]:
    """CPU ms a page by stage, in order of work; a layout's print is unpacked once in a process, before."""
    as_workers()
    unread = sum(reading.status != "read" for source, book in pages for reading in read_file(source, book, "page"))
    assert unread <= 0.05 * len(pages), f"{unread} of {len(pages)} pages were not read"
    total = Counter(dict.fromkeys(("decode", *STAGES.values(), "decision"), 0.0))
    with stages_timed() as spent:
        for source, book in pages:
            started = time.process_time()
            images = [image for image in load_images(source, "page") if isinstance(image, PageImage)]
            loaded = time.process_time()
            for image in images:
                read_page(image, book)
            total["decode"] += loaded - started
            total["decision"] += time.process_time() - loaded
    total.update(spent)
    total["decision"] -= sum(spent.values())
    return {name: 1000 * seconds / len(pages) for name, seconds in total.items()}


def printed_pages(folder: Path, sheets: int) -> list[tuple[Path | bytes, LayoutBook]]:
    """Pages of sheets as they are printed, with words and places for words, in the condition `ordinary`."""
    printed = print_sheets(folder, -(-sheets // 3))
    tasks = [Task(printed[number % 3], number, number // 3, number, "ordinary") for number in range(sheets)]
    return [(scan.content, task.printed.book) for task in tasks for scan in make_scans(task)[1]]


def same_page(path: Path, pages: int) -> Iterator[bytes]:
    content = path.read_bytes()
    # a comment of its own makes every stream another one, else the writer would store it once
    return (content[:2] + b"\xff\xfe\x00\x06" + number.to_bytes(4) + content[2:] for number in range(pages))


def read_pdf(path: Path) -> tuple[int, float, float]:
    """Pages read, peak memory in MB, CPU ms a page."""
    as_workers()
    started = time.process_time()
    readings = [reading.status for reading in read_file(path, BOOK)]
    # getrusage would count what the parent held when it started this process
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return readings.count("read"), peak, (time.process_time() - started) * 1000 / len(readings)


def measure_memory(page: Path, pages: int, dpi: int) -> dict[str, float]:
    """One page's JPEG on every page of a PDF, as a stream of its own, as a scanner writes it."""
    pdf = page.with_name(f"{pages}.pdf")
    write_pdf(list(same_page(page, pages)), pdf, dpi)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        read_pages, peak_mb, cpu_ms = pool.apply(read_pdf, (pdf,))
    return {"pages": pages, "read": read_pages, "peak_mb": round(peak_mb), "cpu_ms": round(cpu_ms, 1)}


def show(as_json: bool, pages: int = 60, dpi: int = 200, rounds: int = 3, pdfs: tuple[int, ...] = (10, 300)) -> None:
    """Measure and print all of it."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_pages(Path(folder), pages, dpi)
        best = measure_speed(paths, rounds)
        stages = {
            "132 boxes": measure_stages([(path, BOOK) for path in paths]),
            "sheets": measure_stages(printed_pages(Path(folder), max(3, pages // 4))),
        }
        memory = [measure_memory(paths[0], count, dpi) for count in pdfs]
    if as_json:
        rounded = {name: round(value, 2) for name, value in best.items()}
        by_stage = {kind: {name: round(value, 2) for name, value in of.items()} for kind, of in stages.items()}
        print(json.dumps({"dpi": dpi, "pages": pages, **rounded, "stages_cpu_ms": by_stage, "memory": memory}))
        return
    print(f"\nthe floor: {pages} grey JPEG pages, {dpi} dpi, {ROWS * OPTIONS} boxes each")
    print("                 one process   CPU ms/page   two processes   CPU ms/page")
    labels = {"decode": "bare decode", "decode_kept": "memory kept", "read": "decode and read"}
    for name, label in labels.items():
        print(f"{label:16}", f"{best[f'{name}_pages_s']:9.1f}/s", f"{best[f'{name}_cpu_ms']:11.1f}", end="   ")
        print(f"{best[f'{name}_pages_s_2']:11.1f}/s", f"{best[f'{name}_cpu_ms_2']:11.1f}")
    print(
        f"reading costs {best['times_decode']:.1f} times the bare decode (at most 3), "
        f"{best['times_decode_kept']:.1f} times one in a process that keeps its memory, "
        f"two processes do {best['two_over_one']:.2f} times one (1.9)"
    )
    for kind, of in stages.items():
        print(f"CPU ms a page by stage, {kind}: " + ", ".join(f"{name} {value:.1f}" for name, value in of.items()))
    for row in memory:
        print(f"a PDF of {row['pages']} pages: peak {row['peak_mb']} MB (under 300), {row['cpu_ms']} CPU ms a page")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pdf", type=int, action="append", help="pages of a PDF whose reading's memory is measured")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    show(asked.json, asked.pages, asked.dpi, asked.rounds, tuple(asked.pdf or (10, 300)))


if __name__ == "__main__":
    main()
