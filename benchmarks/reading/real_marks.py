"""Real pen marks pasted on our own printed pages, for the conditions of the table. The marks lie outside the project.

The folder holds a manifest.jsonl with grey ink layers (255 = no ink), the box each stood in and its source page.
Nothing of the reader is tuned on them. One sheet takes its marks from one source page, which is one hand: that page is
what its boxes share, and what the bootstrap draws.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np

from forms.layout import Box, Layout, PageLayout
from ocr.pictures import Gray
from ocr.pretend.respondent import FilledAnswer

_BLANK_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Layer:
    """The ink of one mark alone, and the size in pixels of the printed box it stood in."""

    name: str
    style: str
    source: str
    pixels: Gray
    box_px: float


@lru_cache(maxsize=1)
def load_layers(folder: Path) -> dict[str, tuple[Layer, ...]]:
    """The clean ink layers by source page; empty where there is no such folder."""
    listing, found = folder / "manifest.jsonl", {}
    for line in listing.read_text(encoding="utf-8").splitlines() if listing.is_file() else ():
        row = json.loads(line)
        if row["label"] == "marked" and row.get("ink") and row.get("ink_quality") == "clean":
            pixels = cv2.imread(str(folder / row["ink"]), cv2.IMREAD_GRAYSCALE)
            source = f"{row['repo']} {row['page']}"
            layer = Layer(row["ink"], row["style"], source, pixels, sum(row["box_px"]) / 2)
            found.setdefault(source, []).append(layer)
    return {source: tuple(layers) for source, layers in sorted(found.items())}


def turn_to_source(layers: dict[str, tuple[Layer, ...]], number: int) -> tuple[str, Iterator[Layer]]:
    """The source page of the sheet with this number, and its marks in turn, without end; sheets take turns."""
    source = list(layers)[number % len(layers)]
    offset = number // len(layers) * 7
    marks = layers[source]
    return source, cycle(marks[(offset + place) % len(marks)] for place in range(len(marks)))


def paste_page(
    pixels: Gray,
    layout: Layout,
    page: PageLayout,
    hand: Iterator[Layer],
    rng: np.random.Generator,
    px_per_mm: float,
    ink: float,
) -> list[FilledAnswer]:
    """Mark the one-choice questions of one page in place; a tenth of them, and every other question, stays blank."""
    filled = []
    for (question, row), boxes in _questions(page).items():
        chosen: tuple[str, ...] = ()
        if layout.questions[question] == "one" and rng.random() >= _BLANK_SHARE:
            box = boxes[int(rng.integers(len(boxes)))]
            paste(pixels, next(hand), box, px_per_mm, ink)
            chosen = (box.option,)
        filled.append(FilledAnswer(question, row, chosen, "ordinary" if chosen else "blank"))
    return filled


def _questions(page: PageLayout) -> dict[tuple[str, str | None], list[Box]]:
    grouped: dict[tuple[str, str | None], list[Box]] = {}
    for box in page.boxes:
        grouped.setdefault((box.question, box.row), []).append(box)
    return grouped


def paste(page: Gray, layer: Layer, box: Box, px_per_mm: float, ink: float = 1.0) -> None:
    """Multiply a layer onto the page, box on box; `ink` 0..1 is how much of its darkness stays."""
    factor = box.w * px_per_mm / layer.box_px
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    light = 1 - ink * (1 - cv2.resize(layer.pixels, None, fx=factor, fy=factor, interpolation=how) / 255.0)
    left = round((box.x + box.w / 2) * px_per_mm - light.shape[1] / 2)
    top = round((box.y + box.h / 2) * px_per_mm - light.shape[0] / 2)
    rows = slice(max(0, top), min(page.shape[0], top + light.shape[0]))
    columns = slice(max(0, left), min(page.shape[1], left + light.shape[1]))
    part = light[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    page[rows, columns] = np.rint(page[rows, columns] * part).astype(np.uint8)


def count_marks(layers: dict[str, Sequence[Layer]]) -> int:
    """Distinct marks."""
    return sum(map(len, layers.values()))
