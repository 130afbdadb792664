"""The trial sheet's check on pretend sheets: how many good ones pass, and how well a JPEG's quality is told.

    .venv/bin/python -m benchmarks.trial_sheet [--sheets 100]

Every sheet is filled as it asks, with an office pen (no pencil, no dying ballpoint), and scanned with the published
settings: skew, dust, streaks, uneven feed, JPEG 60-90. Whatever is named then is either a fault of the check or what a
streak or a slip of the pen really did; both are listed. Seeds are test seeds; the bounds were not tuned on them.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.reading.conditions import TEST_SEEDS
from forms.geometry import MM_PER_INCH
from forms.trial import BACK, FRONT, make_trial_sheet, write_trial_sheet
from ocr.files import PageImage, load_images
from ocr.pictures import Gray
from ocr.pretend.pen import pick_pen
from ocr.pretend.scanner import encode_jpeg, pick_quality, scan
from ocr.pretend.settings import MarkingSettings, ScannerSettings
from ocr.pretend.stack import render_pages
from ocr.pretend.tester import fill_trial_page
from ocr.trial import TrialVerdict, check_trial
from ocr.trial_picture import jpeg_quality

SCANNER = ScannerSettings()
PENS = {name: pen for name, pen in MarkingSettings().pens.items() if not pen.faint and name != "pencil"}
QUALITIES = (15, 20, 30, 40, 50, 60, 75)


def load(content: bytes) -> PageImage:
    image = next(iter(load_images(content, "scan.jpg")))
    assert isinstance(image, PageImage)
    return image


def check_one(printed: list[Gray], seed: int) -> TrialVerdict:
    rng = np.random.default_rng(seed)
    pen, images = pick_pen(PENS, rng), []
    for pixels, page, tasks in zip(printed, make_trial_sheet("vi").layout.pages, (FRONT, BACK), strict=True):
        filled = pixels.copy()
        fill_trial_page(filled, page, tasks, rng, pen, SCANNER.dpi / MM_PER_INCH)
        picture = scan(filled, rng, SCANNER)
        images.append(load(encode_jpeg(picture, pick_quality(rng, SCANNER), SCANNER.dpi)))
    return check_trial(images)


def quality_errors(printed: list[Gray], seed: int) -> list[int | None]:
    """How far the quality that is told is from the true one; None where none is told."""
    rng = np.random.default_rng(seed)
    errors: list[int | None] = []
    for pixels in printed:
        picture = scan(pixels, rng, SCANNER)
        for quality in QUALITIES:
            told = jpeg_quality(load(encode_jpeg(picture, quality, SCANNER.dpi)).pixels)
            errors.append(None if told is None else abs(told - quality))
    return errors


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sheets", type=int, default=100)
    sheets = parser.parse_args().sheets
    with tempfile.TemporaryDirectory() as folder:
        write_trial_sheet(Path(folder) / "trial.pdf", "vi")
        printed = render_pages(Path(folder) / "trial.pdf", 1, 2, SCANNER.dpi)
    passed = 0
    for sheet in range(sheets):
        verdict = check_one(printed, TEST_SEEDS + sheet)
        passed += verdict.passes
        if not verdict.passes:
            named = [finding.code for finding in verdict.findings]
            read = [f"{mark.task.action}: {mark.answer.state} {mark.answer.reason or ''}" for mark in verdict.marks]
            print(f"sheet {sheet}: {', '.join(named + read)}")
    print(f"{passed} of {sheets} good sheets pass")
    errors = [error for sheet in range(10) for error in quality_errors(printed, TEST_SEEDS + sheet)]
    told = [error for error in errors if error is not None]
    print(f"JPEG quality {QUALITIES}: told on {len(told)} of {len(errors)} pages, off by {max(told)} at most")


if __name__ == "__main__":
    main()
