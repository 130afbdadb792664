"""Real pen marks pasted on our pages and scanned by the pretend scanner: what is read wrong without anyone knowing.

    .venv/bin/python benchmarks/reading_real_marks.py --marks DIR [--pages N] [--dpi 200] [--json]

DIR holds a manifest.jsonl with grey ink layers of real marks (255 = no ink) and the size of the box each stood in.
Nothing of the reader was tuned on them. Every clean layer is pasted N times, in one box of six; other boxes are empty.
Errors are counted by source page as well, since marks of one page are of one hand. Without DIR there is nothing to do.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from forms.geometry import BOX_MM, MM_PER_INCH
from forms.layout import Box, Layout, LayoutBook, PageLayout
from forms.serial import make_serial
from ocr.blank import draw_blank
from ocr.files import PageImage
from ocr.pictures import decode_jpeg
from ocr.pretend.scanner import encode_jpeg, pick_quality, scan
from ocr.pretend.settings import ScannerSettings
from ocr.read import read_page

ROWS, OPTIONS = 22, 6
SEED = 20_000


def load_layers(folder: Path) -> list[dict]:
    """The clean ink layers: style, source page, pixels, and px of the box they stood in."""
    layers = []
    for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["label"] == "marked" and row.get("ink") and row.get("ink_quality") == "clean":
            pixels = cv2.imread(str(folder / row["ink"]), cv2.IMREAD_GRAYSCALE)
            source = f"{row['repo']} {row['page']}"
            layers.append({"style": row["style"], "source": source, "pixels": pixels, "box_px": row["box_px"]})
    return layers


def page_layout() -> PageLayout:
    """A table page as the printer sets it."""
    return PageLayout(
        1,
        tuple(
            Box(f"q{row}", None, str(column), 114.4 + 13 * column, 40 + 9.5 * row, BOX_MM, BOX_MM)
            for row in range(ROWS)
            for column in range(OPTIONS)
        ),
    )


def paste(page: np.ndarray, layer: dict, box: Box, dpi: int) -> None:
    """Multiply a layer onto the page, scaled box to box and centred on the box."""
    scale = dpi / MM_PER_INCH
    factor = BOX_MM * scale / (sum(layer["box_px"]) / 2)
    ink = cv2.resize(layer["pixels"], None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    left = round((box.x + box.w / 2) * scale - ink.shape[1] / 2)
    top = round((box.y + box.h / 2) * scale - ink.shape[0] / 2)
    area = page[top : top + ink.shape[0], left : left + ink.shape[1]]
    area[:] = np.rint(area * (ink / 255.0)).astype(np.uint8)


def read_marks(layers: list[dict], rounds: int, dpi: int, strength: float) -> tuple[Counter, Counter]:
    """Outcomes over all answers, and silent errors by source page. `strength` 1 leaves the ink as dark as it is."""
    layout = Layout("LREAL", 5, "real", {f"q{row}": "one" for row in range(ROWS)}, (page_layout(),))
    book = LayoutBook("real", ("",), {layout.id: layout})
    settings = replace(ScannerSettings(), dpi=dpi)
    outcomes, by_source = Counter(), Counter()
    blank = draw_blank(layout.pages[0], dpi, "", make_serial(5, 1))
    for number in range(0, rounds * len(layers), ROWS):
        rng = np.random.default_rng((SEED, number, dpi))
        page, truth = blank.copy(), {}
        for row in range(ROWS):
            layer, column = layers[(number + row) % len(layers)], int(rng.integers(OPTIONS))
            faded = (255 - strength * (255.0 - layer["pixels"])).astype(np.uint8)
            paste(page, {**layer, "pixels": faded}, layout.pages[0].boxes[row * OPTIONS + column], dpi)
            truth[f"q{row}"] = (str(column), layer)
        content = encode_jpeg(scan(page, rng, settings), pick_quality(rng, settings), dpi)
        reading = read_page(PageImage("page", 1, decode_jpeg(content)[0]), book)
        outcomes[f"page {reading.status}"] += 1
        for answer in reading.answers:
            option, layer = truth[answer.question]
            right = answer.chosen == (option,)
            outcomes[f"{answer.state} {'right' if right else 'wrong'}"] += 1
            outcomes[f"{answer.state}: {layer['style']}"] += 1
            if answer.state != "doubtful" and not right:
                by_source[layer["source"]] += 1
    return outcomes, by_source


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--marks", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.marks is None or not (options.marks / "manifest.jsonl").is_file():
        print("no folder of real marks given: skipped")
        return
    cv2.setNumThreads(1)
    layers = load_layers(options.marks)
    for name, strength in (("as they are", 1.0), ("ink at 50 %", 0.5), ("ink at 25 %", 0.25)):
        outcomes, by_source = read_marks(layers, options.rounds, options.dpi, strength)
        if options.json:
            print(json.dumps({"ink": name, "dpi": options.dpi, **outcomes}))
            continue
        answers = sum(
            outcomes[f"{state} {side}"] for state in ("clear", "doubtful", "blank") for side in ("right", "wrong")
        )
        silent = outcomes["clear wrong"] + outcomes["blank wrong"]
        sources = len({layer["source"] for layer in layers})
        print(f"{name}: {len(layers)} marks of {sources} pages, {answers} answers = {answers * OPTIONS} boxes")
        print(f"  silently wrong {silent} (on {len(by_source)} source pages), doubtful", end=" ")
        print(
            f"{outcomes['doubtful right'] + outcomes['doubtful wrong']}, best guess right {outcomes['doubtful right']}"
        )
        print("  doubtful by style", {k[10:]: v for k, v in sorted(outcomes.items()) if k.startswith("doubtful: ")})


if __name__ == "__main__":
    main()
