"""Marks that stand in no box: how many are seen, and how many questions left out are sent to a person for nothing.

    .venv/bin/python -m benchmarks.reading_elsewhere [--sheets 6] [--first-seed 400] [--stack NAME] [--condition NAME]

First every way of marking by the words instead of in a box, in three questions of ten, on an ordinary stack and on
photographs; then conditions of the reading bench with every other question left out. Counted are questions whose boxes
were bare enough to be promised blank; others go to a person anyway. Seeds below 10,000 alone. The last column is
processor time: of the look for such marks, for each question that it looks at, over that of reading the page.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2

import ocr.page_answers
import ocr.read
from benchmarks.reading.conditions import CONDITIONS, TARGETS, Condition
from benchmarks.reading.sheets import Printed, Task, make_scans, print_sheets
from ocr.files import BadImage, load_images
from ocr.pretend.elsewhere import WAYS
from ocr.reading import PageReading

STACKS = ("ordinary", "phone")


@dataclass
class Count:
    """Questions by what is on the paper and what was read, and processor seconds."""

    marked: int = 0
    missed: int = 0
    blank: int = 0
    sent: int = 0
    pages: int = 0
    looked: int = 0
    look_s: float = 0.0
    read_s: float = 0.0

    def show(self, name: str) -> str:
        each = 1000 * self.look_s / max(1, self.looked)
        page = 1000 * (self.read_s - self.look_s) / max(1, self.pages)
        marks = f"{self.marked:9}{self.missed:8}"
        return f"{name:34}{marks}{self.blank:9}{self.sent:7}{each / max(page, 1e-9):18.2f}"


def timed(count: Count, look: Callable[..., Any]) -> Callable[..., Any]:
    def looked(*given: Any) -> Any:
        started = time.process_time()
        found = look(*given)
        count.look_s += time.process_time() - started
        count.looked += len(given[3])
        return found

    return looked


def measure(condition: str, sheets: int, first_seed: int, printed: list[Printed]) -> Count:
    count, look = Count(), ocr.page_answers.find_elsewhere
    ocr.page_answers.find_elsewhere = timed(count, look)
    try:
        for number in range(sheets):
            sheet = number // len(printed)
            task = Task(printed[number % len(printed)], number, sheet, first_seed + number, condition)
            for said, reading in read_scans(task, count):
                tell(count, said, reading)
    finally:
        ocr.page_answers.find_elsewhere = look
    return count


def read_scans(task: Task, count: Count) -> Iterator[tuple[dict[Any, str], PageReading]]:
    for scan in make_scans(task)[1]:
        for image in load_images(scan.content, "page"):
            if scan.page is None or isinstance(image, BadImage):
                continue
            started = time.process_time()
            reading = ocr.read.read_image(image, task.printed.book)
            count.read_s += time.process_time() - started
            count.pages += 1
            boxes = {box.question for page in task.printed.layout.pages for box in page.boxes}
            yield {(one.question, one.row): one.how for one in scan.answers if one.question in boxes}, reading


def tell(count: Count, said: dict[Any, str], reading: PageReading) -> None:
    for answer in reading.answers:
        how = said.get((answer.question, answer.row))
        sent = answer.state == "doubtful" and answer.reason == "elsewhere"
        if how == "elsewhere":
            count.marked += 1
            count.missed += answer.state != "doubtful"
        elif how == "blank" and (sent or answer.state == "blank"):
            count.blank += 1
            count.sent += sent


def _marking(name: str, **changes: Any) -> Condition:
    settings = CONDITIONS[name].settings
    return replace(CONDITIONS[name], settings=replace(settings, marking=replace(settings.marking, **changes)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sheets", type=int, default=6)
    parser.add_argument("--first-seed", type=int, default=400)
    parser.add_argument("--condition", action="append", choices=list(CONDITIONS), default=[], help="half left out")
    parser.add_argument("--stack", action="append", choices=list(CONDITIONS), default=[], help="marked in every way")
    asked = parser.parse_args()
    if asked.first_seed + asked.sheets > 10_000:
        parser.error("development seeds end at 10,000")
    cv2.setNumThreads(1)
    chosen = bool(asked.condition or asked.stack)
    targets = [name for name, condition in CONDITIONS.items() if condition.family in TARGETS]
    rows = {}
    for stack in asked.stack if chosen else STACKS:
        for way in WAYS:
            rows[f"{way}, {stack}"] = _marking(stack, elsewhere=0.3, elsewhere_ways=(way,))
    for name in asked.condition if chosen else targets:
        rows[f"{name}, half left out"] = _marking(name, blank=0.5)
    CONDITIONS.update(rows)
    print(f"{'':34}{'marked':>9}{'missed':>8}{'blank':>9}{'sent':>7}{'of a page, each':>18}")
    with tempfile.TemporaryDirectory() as folder:
        printed = print_sheets(Path(folder), -(-asked.sheets // 3))
        for name in rows:
            print(measure(name, asked.sheets, asked.first_seed, printed).show(name), flush=True)


if __name__ == "__main__":
    main()
