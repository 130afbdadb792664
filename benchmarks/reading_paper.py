"""Whether the geometry of a sheet survives printers, photocopiers, punches and staples: one row a mishap.

    .venv/bin/python -m benchmarks.reading_paper [--sheets 20] [--json]

Every page is printed, filled by a pretend pen, spoiled on paper (ocr/pretend/paper.py), scanned with the published
settings of the pretend scanner (skew, shift, JPEG) and read. `off` is how far a box lies, by the registration alone,
from where the clean rendering's place, carried through paper and scanner, puts it, in mm of the sheet; the reader then
looks for each outline 0.7 mm around. Seeds are test seeds; nothing is tuned on them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from benchmarks.reading.conditions import TEST_SEEDS, TIDY
from benchmarks.reading.sheets import Printed, print_sheets
from forms.geometry import MM_PER_INCH
from ocr.files import PageImage, load_images
from ocr.pretend.paper import MISHAPS, Matrix3
from ocr.pretend.respondent import FilledAnswer, fill_page
from ocr.pretend.scanner import encode_jpeg, pick_quality, place, scan
from ocr.pretend.settings import ScannerSettings
from ocr.pretend.sheets import SheetRandom, sheet_random
from ocr.pretend.stack import render_pages
from ocr.read import read_page
from ocr.reading import PageReading
from ocr.register import Registration, find_registration

MARKING = replace(TIDY, blank=0.1)
SCANNER = replace(ScannerSettings(), uneven_feed_share=0.0)  # the feeder's bend has a row of its own in reading.md


@dataclass
class Row:
    """What one mishap came to."""

    pages: int = 0
    registered: int = 0
    by_four: int = 0
    proved: int = 0
    answers: int = 0
    doubtful: int = 0
    silently_wrong: int = 0
    residual_mm: float = 0.0
    off_mm: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        off = self.off_mm or [float("nan")]
        figures = {name: value for name, value in vars(self).items() if name != "off_mm"}
        return figures | {"off_95_mm": float(np.percentile(off, 95)), "off_max_mm": max(off)}


def measure(printed: Printed, mishap: str, sheets: int) -> Row:
    row = Row()
    for index in range(sheets):
        random = sheet_random(TEST_SEEDS, index)
        pages = render_pages(printed.pdf, index * len(printed.layout.pages) + 1, len(printed.layout.pages), 200)
        for number, pixels in enumerate(pages):
            _add_page(row, printed, number, pixels, mishap, random)
    return row


def _add_page(row: Row, printed: Printed, number: int, pixels: np.ndarray, mishap: str, random: SheetRandom) -> None:
    page, dpi = printed.layout.pages[number], SCANNER.dpi
    clean = place_of(pixels)
    filled = fill_page(pixels, printed.layout, page, {}, random.pen, MARKING, dpi / MM_PER_INCH)
    paper, moved = MISHAPS[mishap](pixels, random.mishaps, dpi)
    placement = place(paper.shape, random.scanner, SCANNER)
    picture = scan(paper, random.scanner, SCANNER, placement)
    content = encode_jpeg(picture, pick_quality(random.scanner, SCANNER), dpi)
    image = next(iter(load_images(content, "page.jpg")))
    assert isinstance(image, PageImage)
    row.pages += 1
    looked = find_registration(image.pixels)
    if isinstance(looked, Registration):
        row.registered += 1
        row.by_four += looked.markers == 4
        row.residual_mm = max(row.residual_mm, looked.residual_mm)
        true = placement.matrix @ moved @ clean
        row.off_mm += offsets_mm(looked, true, np.array([(box.x, box.y) for box in page.boxes])).tolist()
    _judge(row, read_page(image, printed.book), filled)


def place_of(pixels: np.ndarray) -> Matrix3:
    """Sheet mm to continuous pixels of a page as rendered; pixel centres are halves here, whole numbers in `ocr`."""
    found = find_registration(pixels)
    assert isinstance(found, Registration)
    return np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]]) @ found.matrix


def offsets_mm(found: Registration, true: Matrix3, points_mm: np.ndarray) -> np.ndarray:
    """How far from their true places the registration puts some points of the sheet, mm of the sheet."""
    there = np.column_stack([points_mm, np.ones(len(points_mm))]) @ true.T
    return np.linalg.norm(found.to_px(points_mm) + 0.5 - there[:, :2] / there[:, 2:], axis=1) / found.px_per_mm


def _judge(row: Row, reading: PageReading, filled: list[FilledAnswer]) -> None:
    row.proved += reading.serial is not None
    read = {answer.question: answer for answer in reading.answers}
    for truth in filled:
        if truth.question not in read or truth.how == "written" or truth.value is not None:
            continue
        row.answers += 1
        answer = read[truth.question]
        row.doubtful += answer.state == "doubtful"
        row.silently_wrong += answer.state != "doubtful" and answer.chosen != truth.truth


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sheets", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        printed = print_sheets(Path(folder), given.sheets)[0]
        rows = {mishap: measure(printed, mishap, given.sheets).figures() for mishap in MISHAPS}
    if given.json:
        print(json.dumps(rows, indent=1))
        return
    print("| | pages | registered | by 4 markers | proved | off 95 % / most, mm | answers | doubtful | wrong |")
    print("|---|---|---|---|---|---|---|---|---|")
    for mishap, figures in rows.items():
        off = f"{figures['off_95_mm']:.2f} / {figures['off_max_mm']:.2f}"
        cells = [figures[name] for name in ("pages", "registered", "by_four", "proved")]
        cells += [off, *(figures[name] for name in ("answers", "doubtful", "silently_wrong"))]
        print(f"| {mishap} | " + " | ".join(map(str, cells)) + " |")


if __name__ == "__main__":
    main()
