"""Where the constants of ocr/marks.py come from: pretend marks on blank pages, seeds below 10,000, never real marks.

    .venv/bin/python benchmarks/tune_reading.py [--pages N] [--seed S]

Prints, for empty, stray, circled and marked boxes, how far each quantity reaches.
"""

from __future__ import annotations

import argparse
from dataclasses import fields, replace

import cv2
import numpy as np

from forms.geometry import BOX_MM, MM_PER_INCH
from forms.layout import Box, PageLayout
from forms.serial import make_serial
from ocr.blank import draw_blank
from ocr.boxes import read_boxes
from ocr.ink import BoxInk, measure_ink
from ocr.pictures import decode_jpeg
from ocr.pretend.pen import Mark, draw_mark, pick_pen
from ocr.pretend.scanner import encode_jpeg, pick_quality, scan
from ocr.pretend.settings import MarkingSettings, ScannerSettings
from ocr.register import Registration, find_registration

TUNING_SEEDS = range(10_000)
QUANTITIES = (
    *("area_mm2", "extent_mm", "darkness", "mean", "coverage", "beside_mm2"),
    *("edge_mm2", "sectors", "through", "outline"),
)
HABITS = ("cross", "tick", "fill", "hatch", "scribble", "stroke")
SCANNERS = {
    "as published": {},
    "noisy": {"noise": (6.0, 12.0), "jpeg_quality": (35, 60)},
    "soft": {"blur_px": (1.0, 1.5)},
    "skewed": {"skew_sd_deg": 3.0, "uneven_feed_share": 0.5},
}


def page_of_boxes(rows: int = 22, columns: int = 6) -> PageLayout:
    """A table page as the printer sets it."""
    boxes = [
        Box(f"q{row + 1}", None, str(columns - 1 - column), 114.4 + 13 * column, 40 + 9.5 * row, BOX_MM, BOX_MM)
        for row in range(rows)
        for column in range(columns)
    ]
    return PageLayout(1, tuple(boxes))


def marked_page(page: PageLayout, dpi: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A page with a mark in one box of six or so, and what stands in each box."""
    pixels = draw_blank(page, dpi, serial=make_serial(1, int(rng.integers(2**60))))
    scale, settings, kinds = dpi / MM_PER_INCH, MarkingSettings(), []
    pen = pick_pen(settings.pens, rng)
    for box in page.boxes:
        kind = str(rng.choice(["empty", "dot", "circle", *HABITS], p=[0.8, 0.02, 0.01, *[0.17 / len(HABITS)] * 6]))
        kinds.append(kind)
        if kind != "empty":
            mark = Mark(kind, float(rng.uniform(0.75, 1.3)), *rng.normal(0, 0.1, 2), float(rng.normal(0, 8)))
            draw_mark(pixels, (box.x * scale, box.y * scale, box.w * scale, box.h * scale), mark, rng, pen, scale)
    return pixels, np.array(kinds)


def measure(pages: int, seed: int) -> tuple[BoxInk, np.ndarray]:
    """The ink of every box of `pages` pages for each scanner and dpi."""
    page, inks, kinds = page_of_boxes(), [], []
    for number, (changes, dpi) in enumerate((c, d) for c in SCANNERS.values() for d in (100, 150, 200, 300)):
        settings = replace(ScannerSettings(), dpi=dpi, **changes)
        for index in range(pages):
            rng = np.random.default_rng((seed, number, index))
            pixels, drawn = marked_page(page, dpi, rng)
            content = encode_jpeg(scan(pixels, rng, settings), pick_quality(rng, settings), dpi)
            image = decode_jpeg(content)[0]
            place = find_registration(image)
            if isinstance(place, Registration):
                inks.append(measure_ink(read_boxes(image, place, page.boxes), len(page.boxes)))
                kinds.append(drawn)
    joined = {field.name: np.concatenate([getattr(ink, field.name) for ink in inks]) for field in fields(BoxInk)}
    return BoxInk(**joined), np.concatenate(kinds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=25, help="pages for each scanner and dpi")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.seed not in TUNING_SEEDS:
        parser.error("seeds from 10,000 on are for measuring, not for tuning")
    cv2.setNumThreads(1)
    ink, kinds = measure(options.pages, options.seed)
    levels = [0, 0.001, 0.01, 0.05, 0.5, 0.95, 0.99, 0.999, 1]
    for name, chosen in (("empty", ["empty"]), ("dot", ["dot"]), ("circle", ["circle"]), ("marked", HABITS)):
        boxes = np.isin(kinds, chosen)
        print(f"{name}: {boxes.sum()} boxes; quantiles {levels}")
        for quantity in QUANTITIES:
            values = np.quantile(getattr(ink, quantity)[boxes], levels)
            print(f"  {quantity:11}", " ".join(f"{value:8.3f}" for value in values))


if __name__ == "__main__":
    main()
