"""What becomes of scan files that lost a part on their way: refused, read, taken for empty, or read wrong in silence.

    .venv/bin/python -m benchmarks.damaged_files [--sheets 6] [--first-seed 900] [--times 8]

Every page of the sheets (usual pens, a clean scan) is written as a grey JPEG and as a group 4 TIFF, and each file is
damaged once, `--times` times anew: a bit turned, or 512 bytes, a sector of a disk, made zeros, made ones, left out, or
changed for the next 512. An answer counts as wrong where it is clear or blank and not what was marked. Development
seeds only.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.reading.sheets import Printed, Scan, Task, make_scans, print_sheets
from ocr.files import BadImage, load_images
from ocr.pretend.respondent import FilledAnswer
from ocr.pretend.stack import encode_tiff
from ocr.read import read_image
from ocr.reading import PageReading

SEEDS = range(1_000)
SECTOR = 512
FROM_BYTE = 700  # behind the tables of a JPEG, without which nothing is decoded
OUTCOMES = ("refused", "not read", "empty", "read", "read wrong")
DAMAGES: dict[str, Callable[[bytes, int], bytes]] = {
    "a bit turned": lambda content, at: content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :],
    "made zeros": lambda content, at: content[:at] + bytes(SECTOR) + content[at + SECTOR :],
    "made ones": lambda content, at: content[:at] + b"\xff" * SECTOR + content[at + SECTOR :],
    "left out": lambda content, at: content[:at] + content[at + SECTOR :],
    "changed for the next": lambda content, at: (
        content[:at] + content[at + SECTOR : at + 2 * SECTOR] + content[at : at + SECTOR] + content[at + 2 * SECTOR :]
    ),
}


def write_files(scan: Scan) -> Iterator[tuple[str, bytes]]:
    """A scanned page in either coding."""
    yield "grey JPEG", scan.content
    (page,) = load_images(scan.content, "page")
    if not isinstance(page, BadImage):
        levels = cv2.threshold(page.pixels, 0, 255, cv2.THRESH_OTSU)[1].astype(np.uint8)
        yield "group 4 TIFF", encode_tiff([levels], 200)


def judge(reading: PageReading, filled: Sequence[FilledAnswer]) -> str:
    """One of OUTCOMES."""
    if reading.status != "read":
        empty = "empty" if reading.reason == "blank_page" else "not read"
        return "refused" if reading.reason == "damaged_file" else empty
    truth = {(answer.question, answer.row): set(answer.truth or ()) for answer in filled if answer.value is None}
    promised = [answer for answer in reading.answers if answer.state != "doubtful"]
    wrong = [each for each in promised if truth.get((each.question, each.row), set(each.chosen)) != set(each.chosen)]
    return "read wrong" if wrong else "read"


def damage_sheet(printed: Printed, sheet: int, seed: int, times: int) -> Counter[tuple[str, str, str]]:
    """How often each coding and damage came to each outcome on the pages of one sheet."""
    rng, found = np.random.default_rng(seed), Counter[tuple[str, str, str]]()
    for scan in make_scans(Task(printed, sheet, sheet, seed, "usual"))[1]:
        for coding, content in write_files(scan):
            for name, damage in DAMAGES.items():
                for at in rng.integers(FROM_BYTE, len(content) - 2 * SECTOR, times).tolist():
                    loaded = next(load_images(damage(content, at), "page"))
                    found[coding, name, judge(read_image(loaded, printed.book), scan.answers)] += 1
    return found


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=6)
    parser.add_argument("--first-seed", type=int, default=900)
    parser.add_argument("--times", type=int, default=8)
    args = parser.parse_args()
    seeds = range(args.first_seed, args.first_seed + args.sheets)
    if not set(seeds) <= set(SEEDS):
        parser.error("development seeds are below 1000")
    cv2.setNumThreads(1)
    found = Counter[tuple[str, str, str]]()
    with tempfile.TemporaryDirectory() as folder:
        printed = print_sheets(Path(folder), -(-args.sheets // 3))
        for number, seed in enumerate(seeds):
            found += damage_sheet(printed[number % len(printed)], number // len(printed), seed, args.times)
    print(f"| file | damage | {' | '.join(OUTCOMES)} |\n|---|---|{'---:|' * len(OUTCOMES)}")
    for coding, name in dict.fromkeys((coding, name) for coding, name, _ in found):
        counts = (str(found[coding, name, outcome]) for outcome in OUTCOMES)
        print(f"| {coding} | {name} | {' | '.join(counts)} |")


if __name__ == "__main__":
    main()
