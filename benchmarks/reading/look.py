"""Pictures of what a row got wrong, left to a person or could not read, to be looked at. Nothing here is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.reading.sheets import Scan, Task, make_scans
from benchmarks.reading.tally import UNDECIDABLE, Tally
from forms.layout import PageLayout
from ocr.files import PageImage, load_images
from ocr.pictures import Gray
from ocr.pretend.respondent import FilledAnswer
from ocr.read import read_page
from ocr.reading import AnswerReading, PageReading

EACH = 8
_MARGIN_MM, _PX_PER_MM = 6.0, 8.0


def write_pictures(row: str, tasks: Sequence[Task], tallies: Sequence[Tally], folder: Path) -> Counter[str]:
    """At most EACH pictures of wrong answers, of doubtful ones and of pages not read; how many were written."""
    folder.mkdir(parents=True, exist_ok=True)
    written: Counter[str] = Counter()
    for task, tally in zip(tasks, tallies, strict=True):
        worth = {"wrong": tally.wrong, "doubtful": tally.doubtful - tally.undecidable, "unread": tally.pages_not_read}
        if any(count and written[kind] < EACH for kind, count in worth.items()):
            for scan in make_scans(task)[1]:
                for kind, name, picture in _pictures(task, scan):
                    if written[kind] < EACH:
                        written[kind] += 1
                        path = folder / f"{row}-{kind}-{written[kind]}-{task.seed}-{name}.png"
                        cv2.imwrite(str(path).replace(" ", ""), picture)
    return written


def _pictures(task: Task, scan: Scan) -> list[tuple[str, str, Gray]]:
    loaded = next(iter(load_images(scan.content, "page")))
    if not isinstance(loaded, PageImage) or scan.page is None:
        return []
    reading = read_page(loaded, task.printed.book)
    if reading.status != "read":
        small = cv2.resize(loaded.pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return [("unread", f"p{scan.page}-{reading.reason}", np.asarray(small, np.uint8))]
    found = {(answer.question, answer.row): answer for answer in reading.answers}
    page = task.printed.layout.pages[scan.page - 1]
    made = []
    for truth in scan.answers:
        answer = found.get((truth.question, truth.row))
        kind = _kind(truth, answer) if answer else None
        if answer and kind:
            picture = _cut(loaded.pixels, reading, page, answer)
            said = (
                f"p{scan.page}-{truth.question}-{truth.how}-is_{_options(truth.truth)}-read_{_options(answer.chosen)}"
            )
            made.append((kind, f"{said}-{answer.state}-{answer.reason}", picture))
    return made


def _kind(truth: FilledAnswer, answer: AnswerReading) -> str | None:
    if answer.state == "doubtful":
        return None if truth.how in UNDECIDABLE or truth.how == "written" else "doubtful"
    return None if truth.truth is not None and set(truth.truth) == set(answer.chosen) else "wrong"


def _options(chosen: Sequence[str] | None) -> str:
    return "unknown" if chosen is None else "+".join(chosen) or "none"


def _cut(pixels: Gray, reading: PageReading, page: PageLayout, answer: AnswerReading) -> Gray:
    """The boxes of one question, upright at _PX_PER_MM."""
    boxes = [box for box in page.boxes if (box.question, box.row) == (answer.question, answer.row)]
    if not boxes or reading.transform is None:
        return pixels[:1, :1]
    left, top = (min(getattr(box, side) for box in boxes) - _MARGIN_MM for side in "xy")
    width = max(box.x + box.w for box in boxes) + _MARGIN_MM - left
    height = max(box.y + box.h for box in boxes) + _MARGIN_MM - top
    to_mm = np.array([[1 / _PX_PER_MM, 0, left], [0, 1 / _PX_PER_MM, top], [0, 0, 1]])
    size = round(width * _PX_PER_MM), round(height * _PX_PER_MM)
    matrix, flags = np.array(reading.transform) @ to_mm, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(pixels, matrix, size, flags=flags, borderValue=255), np.uint8)
