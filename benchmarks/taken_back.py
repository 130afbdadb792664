"""How many marks that were taken back, with no new one beside them, are read as an answer all the same.

    .venv/bin/python -m benchmarks.taken_back [--sheets 90] [--first-seed 850] [--condition usual]

Every question of the sheets holds one mark by the condition's pens and habits, and over it what takes it back
(benchmarks/mark_habits.py and the printed habits of exams). Development seeds only: below 1,000.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks.mark_habits import TAKES_BACK
from benchmarks.reading.conditions import CONDITIONS
from benchmarks.reading.sheets import Printed, print_sheets
from forms.geometry import MM_PER_INCH
from forms.layout import Box
from ocr.files import BadImage, load_images
from ocr.pictures import Gray
from ocr.pretend.pen import Mark, draw_mark, draw_strokes
from ocr.pretend.respondent import FILLING, FilledAnswer, Respondent, meet_respondent
from ocr.pretend.settings import PretendSettings
from ocr.pretend.shapes import wobble
from ocr.pretend.sheets import scan_sheet, sheet_random
from ocr.pretend.stack import render_pages
from ocr.read import read_image

SEEDS = range(1_000)


def take_back(side: Gray, box: Box, person: Respondent, rng: np.random.Generator, px_per_mm: float) -> str:
    """One mark of a person's in a box and what takes it back, in place; the way's name."""
    where = tuple(px_per_mm * part for part in (box.x, box.y, box.w, box.h))
    x, y, w, h = where
    kind = "cross" if person.habit in FILLING or person.habit == "circle" else person.habit
    off, size = rng.normal(0, person.spread, 2), person.size * float(np.clip(rng.normal(1, 0.1), 0.75, 1.3))
    mark = Mark(kind, size, float(off[0]), float(off[1]), person.slant_deg + float(rng.normal(0, 5)))
    draw_mark(side, (x, y, w, h), mark, rng, person.pen, px_per_mm)
    way = str(rng.choice(list(TAKES_BACK)))
    size_px = np.array([w, h])
    strokes = [np.array([x, y]) + size_px / 2 + wobble(each, 0.03, rng) * size_px for each in TAKES_BACK[way](rng)]
    draw_strokes(side, strokes, rng, person.pen, px_per_mm)
    return way


def read_taken_back(printed: Printed, sheet: int, seed: int, settings: PretendSettings) -> Counter[tuple[str, str]]:
    """How often marks of each way were read as each state on one sheet."""
    layout, random, px_per_mm = printed.layout, sheet_random(seed, 0), settings.scanner.dpi / MM_PER_INCH
    blank = render_pages(printed.pdf, 1 + sheet * len(layout.pages), len(layout.pages), settings.scanner.dpi)
    sides, filled, ways = [pixels.copy() for pixels in blank], [], {}
    person = meet_respondent(random.pen, settings.marking)
    for side, page in zip(sides, layout.pages, strict=True):
        keys = list(dict.fromkeys((box.question, box.row) for box in page.boxes))
        for key in keys:
            boxes = [box for box in page.boxes if (box.question, box.row) == key]
            box = boxes[int(random.pen.integers(len(boxes)))]
            ways[key] = take_back(side, box, person, random.pen, px_per_mm)
        filled.append([FilledAnswer(*key, (), "other_correction") for key in keys])
    counted: Counter[tuple[str, str]] = Counter()
    for scan in scan_sheet(blank, sides, layout, filled, random, settings):
        for loaded in load_images(scan.content, "page"):
            answers = () if isinstance(loaded, BadImage) else read_image(loaded, printed.book).answers
            read = (((answer.question, answer.row), answer.state) for answer in answers)
            counted.update((ways[key], state) for key, state in read if key in ways)
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=90)
    parser.add_argument("--first-seed", type=int, default=850)
    parser.add_argument("--condition", choices=sorted(CONDITIONS), default="usual")
    given = parser.parse_args()
    if given.first_seed + given.sheets > len(SEEDS):
        parser.error("development seeds end at 999")
    cv2.setNumThreads(1)
    settings = replace(CONDITIONS[given.condition].settings, bad_page_share=0.0)
    total: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        printed = print_sheets(Path(folder), -(-given.sheets // 3))
        for number in range(given.sheets):
            seed = given.first_seed + number
            total += read_taken_back(printed[number % len(printed)], number // len(printed), seed, settings)
    for way in sorted(TAKES_BACK):
        count = sum(times for (name, _), times in total.items() if name == way)
        print(f"{way:12} {count:5} taken back, {total[way, 'clear']:4} read as an answer")
    print(
        f"{'all':12} {total.total():5} taken back, {sum(total[way, 'clear'] for way in TAKES_BACK):4} read as an answer"
    )


if __name__ == "__main__":
    main()
