"""Pretend scan files: printed sheets filled with the pretend pen, scanned, bound into files as a scanner does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.demo.opinions import SEED, Opinion, generator
from collector.spread import spread
from forms.layout import Layout
from ocr.pictures import decode_jpeg
from ocr.pretend.respondent import FilledAnswer
from ocr.pretend.settings import PretendSettings
from ocr.pretend.sheets import PretendScan, make_sheet_from_pdf
from ocr.pretend.stack import write_pdf, write_tiff

SHEETS_A_STACK = 50


@dataclass(frozen=True)
class FilledSheet:
    """One printed sheet to be filled: where it was printed, and what its respondent wants to say."""

    index: int
    serial: str
    pdf: Path
    first_page: int
    layout: Layout
    opinion: Opinion


@dataclass(frozen=True)
class ScannedPage:
    """The truth of one page image: file name and image, sheet (None: not ours), what it says, its mishap."""

    file: str
    image: int
    serial: str | None
    page: int | None
    answers: tuple[FilledAnswer, ...]
    spoiled: str | None


@dataclass(frozen=True)
class _Job:
    sheet: FilledSheet
    settings: PretendSettings


def _make(job: _Job) -> list[PretendScan]:
    sheet = job.sheet
    return make_sheet_from_pdf(
        sheet.pdf, sheet.first_page, sheet.layout, SEED, sheet.index, job.settings, sheet.opinion
    )


def write_scans(
    sheets: Sequence[FilledSheet],
    folder: Path,
    settings: PretendSettings,
    jobs: int,
    report: Callable[[int, int], None],
) -> list[ScannedPage]:
    """Fill and scan the sheets and write one file a stack of fifty: PDFs, and now and then a TIFF."""
    folder.mkdir(parents=True, exist_ok=True)
    truth: list[ScannedPage] = []
    stack: list[tuple[FilledSheet, PretendScan]] = []
    made = spread(_make, [_Job(sheet, settings) for sheet in sheets], jobs)
    for done, (sheet, scans) in enumerate(zip(sheets, made, strict=True), 1):
        stack += [(sheet, scan) for scan in scans]
        report(done, len(sheets))
        if done % SHEETS_A_STACK == 0 or done == len(sheets):
            truth += _bind(stack, folder, len({page.file for page in truth}) + 1, settings.scanner.dpi)
            stack = []
    return truth


def _bind(stack: list[tuple[FilledSheet, PretendScan]], folder: Path, number: int, dpi: int) -> list[ScannedPage]:
    """One stack in one file; every other stack was dropped on the floor first, so that its pages are in any order."""
    if number % 2 == 0:
        generator("floor", number).shuffle(stack)
    name = f"xap-{number:02d}"
    contents = [scan.content for _, scan in stack]
    if number % 5 == 3:
        name += ".tif"
        write_tiff([decode_jpeg(content)[0] for content in contents], folder / name, dpi)
    else:
        name += ".pdf"
        write_pdf(contents, folder / name, dpi)
    return [
        ScannedPage(name, image, sheet.serial if scan.page else None, scan.page, scan.answers, scan.spoiled)
        for image, (sheet, scan) in enumerate(stack, 1)
    ]
