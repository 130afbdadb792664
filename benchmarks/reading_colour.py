"""Blue and red ink in colour scans: what turning the picture into grey does to the answers.

    .venv/bin/python -m benchmarks.reading_colour [--sheets 20]

Pretend sheets of tuning seeds, filled with faint pens alone, every mark's ink taking so much of red, green and blue as
INKS says, of what a grey scanner would see; the paper yellowed, with a yellow stain. Rows are the ways to grey: `luma`
weighs the channels as JPEG does, `min` takes the darkest of three, `red_green` the darker of red and green.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks.reading.conditions import CONDITIONS
from benchmarks.reading.sheets import Printed, print_sheets
from benchmarks.reading.tally import Tally, count_page
from forms.layout import PageLayout
from ocr.files import PageImage
from ocr.pictures import Gray
from ocr.pretend.respondent import FilledAnswer, fill_page
from ocr.pretend.scanner import place, scan
from ocr.pretend.settings import ScannerSettings
from ocr.pretend.stack import render_pages
from ocr.read import read_page

# Of (255, 255, 255) paper: ball-point of (150, 160, 210), of (210, 60, 70), pencil; shares of the luma's darkness
INKS = {"blue": (1.17, 1.03, 0.39), "red": (0.22, 1.34, 1.27), "grey": (1.0, 1.0, 1.0)}
YELLOWED = (1.0, 0.97, 0.86)
SEED = 7_000
WAYS = {
    "luma": lambda red, green, blue: cv2.cvtColor(cv2.merge([blue, green, red]), cv2.COLOR_BGR2GRAY),
    "min": lambda red, green, blue: cv2.min(cv2.min(red, green), blue),
    "red_green": lambda red, green, _: cv2.min(red, green),
}


def scan_colour(blank: Gray, filled: Gray, ink: tuple[float, ...], seed: int) -> list[Gray]:
    """Red, green and blue as a JPEG of quality 80 gives them back."""
    taken = 1 - filled / np.maximum(blank, 1)
    settings = replace(ScannerSettings(), dark_lid_share=0.0)
    channels = []
    placement = place(blank.shape, np.random.default_rng((seed, 1)), settings)
    for share, tint in zip(ink, YELLOWED, strict=True):
        page = np.rint(blank * (1 - (share * taken).clip(0, 1)) * tint).astype(np.uint8)
        channels.append(scan(page, np.random.default_rng((seed, 2)), settings, placement))
    height, width = channels[2].shape
    stain = np.zeros((height, width), np.uint8)
    cv2.circle(stain, (int(width * 0.7), int(height * 0.5)), width // 5, 60, -1)
    channels[2] = cv2.subtract(channels[2], cv2.GaussianBlur(stain, (0, 0), 2))
    encoded = cv2.imencode(".jpg", cv2.merge(channels[::-1]), [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return list(cv2.split(cv2.imdecode(encoded, cv2.IMREAD_COLOR)))[::-1]


def fill(printed: Printed, page: PageLayout, blank: Gray, seed: int) -> tuple[Gray, list[FilledAnswer]]:
    pixels = blank.copy()
    marking = CONDITIONS["faint"].settings.marking
    said = fill_page(pixels, printed.layout, page, {}, np.random.default_rng(seed), marking, 200 / 25.4)
    return pixels, list(said)


def measure(sheets: int) -> dict[tuple[str, str], Tally]:
    tallies = {(ink, way): Tally() for ink in INKS for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        forms = print_sheets(Path(folder), -(-sheets // 3))
        for number in range(sheets):
            printed = forms[number % len(forms)]
            first = 1 + number // len(forms) * len(printed.layout.pages)
            serial = printed.serials[number // len(forms)]
            sides = render_pages(printed.pdf, first, len(printed.layout.pages), 200)
            for page, blank in zip(printed.layout.pages, sides, strict=True):
                filled, said = fill(printed, page, blank, SEED + number)
                for ink, shares in INKS.items():
                    channels = scan_colour(blank, filled, shares, SEED + number)
                    for way, to_grey in WAYS.items():
                        reading = read_page(PageImage("colour", 1, to_grey(*channels)), printed.book)
                        count_page(tallies[ink, way], reading, page.page, said, printed.layout, serial)
    return tallies


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sheets", type=int, default=20)
    asked = parser.parse_args()
    print(f"{'ink':8}{'grey by':12}{'answers':>9}{'doubtful':>10}{'silently wrong':>16}{'pages not read':>16}")
    for (ink, way), tally in measure(asked.sheets).items():
        print(f"{ink:8}{way:12}{tally.answers:9}{tally.answers_doubtful:10}", end="")
        print(f"{tally.answers_wrong:16}{tally.pages_not_read:16}")


if __name__ == "__main__":
    main()
