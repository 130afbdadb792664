"""Sheets for the table: printed once, filled by a pretend pen or with real marks, scanned, read, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import cv2

from benchmarks.reading.conditions import CONDITIONS, Condition
from benchmarks.reading.real_marks import load_layers, paste_page, turn_to_source
from benchmarks.reading.tally import Tally, count_page
from benchmarks.reading.unseen import UNSEEN, Side
from forms.code import code_address
from forms.compose import make_layout
from forms.folder import load_campaign
from forms.geometry import MM_PER_INCH
from forms.layout import Layout, LayoutBook
from forms.pdf import PrintedSheet, SheetWriter
from forms.serial import make_serial
from ocr.files import BadImage, load_images
from ocr.pictures import Gray
from ocr.pretend.respondent import FilledAnswer, fill_page, meet_respondent
from ocr.pretend.sheets import SheetRandom, scan_sheet, sheet_random
from ocr.pretend.stack import render_pages
from ocr.print_picture import with_print
from ocr.read import read_image

EXAMPLE = Path(__file__).parents[2] / "examples" / "quang-ninh-2013"


@dataclass(frozen=True)
class Printed:
    """One questionnaire as printed: its layout, the PDF of its sheets, its book, and the sheets' serials."""

    pdf: Path
    layout: Layout
    book: LayoutBook
    serials: tuple[str, ...] = ()


def print_sheets(folder: Path, sheets: int) -> list[Printed]:
    """`sheets` sheets of every questionnaire of the example campaign."""
    campaign = load_campaign(EXAMPLE)
    address = code_address(campaign.settings.public_address)
    printed = []
    for asked in campaign.questionnaires.values():
        layout, plan = make_layout(campaign, asked)
        layout = with_print(layout, plan)
        pdf = folder / f"{asked.code}.pdf"
        writer = SheetWriter(pdf, plan, address)
        serials = tuple(make_serial(layout.number, number * 7919) for number in range(1, sheets + 1))
        for number, serial in enumerate(serials, 1):
            writer.add(PrintedSheet(serial, f"SXD-CD-{number:03d}", campaign.agencies[0].name))
        writer.close()
        book = LayoutBook(campaign.settings.id, (address,), {layout.id: layout})
        printed.append(Printed(pdf, layout, book, serials))
    return printed


@dataclass(frozen=True)
class Task:
    """One sheet to fill, scan and read. `number` counts the sheets of a row from 0; `marks`: a folder of real ones."""

    printed: Printed
    number: int
    sheet: int
    seed: int
    condition: str
    marks: Path | None = None


@dataclass(frozen=True)
class Scan:
    """One page image as it comes from a scanner; `page` None: it belongs to no sheet."""

    content: bytes
    page: int | None
    answers: Sequence[FilledAnswer]
    spoiled: str | None = None


def read_sheet(task: Task) -> Tally:
    """Make one sheet and compare what was read with its truth."""
    cv2.setNumThreads(1)
    cluster, scans = make_scans(task)
    tally = Tally(task.seed, cluster)
    for scan in scans:
        for loaded in load_images(scan.content, "page"):
            image = loaded if isinstance(loaded, BadImage) else replace(loaded, file="page")
            reading = read_image(image, task.printed.book)
            serial = task.printed.serials[task.sheet]
            count_page(tally, reading, scan.page, scan.answers, task.printed.layout, serial, scan.spoiled)
    return tally


def make_scans(task: Task) -> tuple[str, list[Scan]]:
    """What the boxes of the sheet share, and its page images; the same for the same task."""
    condition, layout = CONDITIONS[task.condition], task.printed.layout
    dpi = condition.settings.scanner.dpi
    random = sheet_random(task.seed, 0)
    blank = render_pages(task.printed.pdf, 1 + task.sheet * len(layout.pages), len(layout.pages), dpi)
    sides = [pixels.copy() for pixels in blank]
    cluster, filled = _fill(task, condition, sides, random)
    if condition.unseen is None:
        scans = scan_sheet(blank, sides, layout, filled, random, condition.settings)
        return cluster, [Scan(scan.content, scan.page, scan.answers, scan.spoiled) for scan in scans]
    scans = []
    for place, page in enumerate(layout.pages):
        behind = sides[place ^ 1] if place ^ 1 < len(sides) else None
        side = Side(sides[place], blank[place], behind, page, dpi)
        scans.append(Scan(UNSEEN[condition.unseen](side, random.scanner), page.page, filled[place]))
    return cluster, scans


def _fill(
    task: Task, condition: Condition, sides: Sequence[Gray], random: SheetRandom
) -> tuple[str, list[list[FilledAnswer]]]:
    layout, px_per_mm = task.printed.layout, condition.settings.scanner.dpi / MM_PER_INCH
    pages = list(zip(sides, layout.pages, strict=True))
    if task.marks is None:
        marking = condition.settings.marking
        person = meet_respondent(random.pen, marking)
        filled = [fill_page(side, layout, page, {}, random.pen, marking, px_per_mm, person) for side, page in pages]
        return str(task.seed), filled
    source, hand = turn_to_source(load_layers(task.marks), task.number)
    ink = cast(float, condition.ink)
    return source, [paste_page(side, layout, page, hand, random.pen, px_per_mm, ink) for side, page in pages]
