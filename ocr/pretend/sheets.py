"""Whole pretend sheets: printed pages in, filled and scanned pages with their truth out, the same for the same seed.

Every sheet has its own generators, spawned from one seed by the sheet's index, so that sheets can be made in any order
and in several processes. Pen, mishaps and scanner draw apart: other scanner settings leave every mark where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import MM_PER_INCH
from forms.layout import Layout
from ocr.pictures import Gray
from ocr.pretend.camera import take_photo
from ocr.pretend.hostile import befall
from ocr.pretend.respondent import AnswerKey, FilledAnswer, fill_page, meet_respondent
from ocr.pretend.scanner import encode_jpeg, pick_quality, place, scan
from ocr.pretend.settings import PretendSettings
from ocr.pretend.spoil import EXTRA_PAGES, spoil
from ocr.pretend.stack import encode_tiff, render_pages
from ocr.reading import Matrix


@dataclass(frozen=True)
class PretendScan:
    """One scanned page. `content` is a JPEG, or a group 4 TIFF where the scanner is set to one bit; or a photo.

    `page` counts from 1; None for a page that belongs to no sheet. `answers` is what the page said before it was
    spoiled. `rotation`: how far the sheet's top is turned clockwise; `transform` takes sheet mm to pixels, rows first.
    """

    content: bytes
    page: int | None
    answers: tuple[FilledAnswer, ...]
    spoiled: str | None
    rotation: int
    transform: Matrix


@dataclass(frozen=True)
class SheetRandom:
    """The generators of one sheet."""

    pen: np.random.Generator
    mishaps: np.random.Generator
    scanner: np.random.Generator


def sheet_random(seed: int, index: int) -> SheetRandom:
    """The generators of the sheet with this index under this seed."""
    children = np.random.SeedSequence(seed, spawn_key=(index,)).spawn(3)
    return SheetRandom(*(np.random.default_rng(child) for child in children))


def make_sheet(
    pages: Sequence[Gray],
    layout: Layout,
    seed: int,
    index: int,
    settings: PretendSettings,
    answers: Mapping[AnswerKey, Sequence[str]] | None = None,
) -> list[PretendScan]:
    """Fill and scan one sheet; `pages` are all of its printed pages at settings.scanner.dpi and stay as they are.

    `answers` as in respondent.fill_page. The scans come in page order; a page of no sheet may follow one of them.
    """
    random = sheet_random(seed, index)
    person = meet_respondent(random.pen, settings.marking)
    sides = [pixels.copy() for pixels in pages]
    px_per_mm = settings.scanner.dpi / MM_PER_INCH
    filled = [
        fill_page(pixels, layout, page, answers or {}, random.pen, settings.marking, px_per_mm, person)
        for pixels, page in zip(sides, layout.pages, strict=True)
    ]
    return scan_sheet(pages, sides, layout, filled, random, settings)


def scan_sheet(
    pages: Sequence[Gray],
    sides: Sequence[Gray],
    layout: Layout,
    filled: Sequence[Sequence[FilledAnswer]],
    random: SheetRandom,
    settings: PretendSettings,
) -> list[PretendScan]:
    """Scan a sheet that was filled by whatever pen: `pages` as printed, `sides` filled, `filled` what each says."""
    px_per_mm = settings.scanner.dpi / MM_PER_INCH
    sides = list(sides)
    share = settings.scanner.show_through_share
    if share and random.mishaps.random() < share:
        sides = show_through(sides, random.mishaps.uniform(*settings.scanner.show_through), px_per_mm)
    if settings.befalls is not None:
        dpi, kind = settings.scanner.dpi, settings.befalls
        sides = [befall(side, page, kind, random.mishaps, dpi) for side, page in zip(sides, layout.pages, strict=True)]
    scans: list[PretendScan] = []
    for pixels, page, said, printed in zip(sides, layout.pages, filled, pages, strict=True):
        scans += _scan_side(pixels, page.page, said, random, settings, printed)
    return scans


def make_sheet_from_pdf(
    pdf: Path,
    first_page: int,
    layout: Layout,
    seed: int,
    index: int,
    settings: PretendSettings,
    answers: Mapping[AnswerKey, Sequence[str]] | None = None,
) -> list[PretendScan]:
    """The same from a printed PDF; `first_page` counts from 1, as in sheets.csv."""
    pages = render_pages(pdf, first_page, len(layout.pages), settings.scanner.dpi)
    return make_sheet(pages, layout, seed, index, settings, answers)


def show_through(sides: Sequence[Gray], strength: float, px_per_mm: float) -> list[Gray]:
    """Every side with what thin paper lets through from the sheet's other side: mirrored, weak and soft."""
    thin = []
    for number, pixels in enumerate(sides):
        behind = sides[number ^ 1] if number ^ 1 < len(sides) else np.full_like(pixels, 255)
        soft = cv2.GaussianBlur(behind[:, ::-1], (0, 0), 0.2 * px_per_mm).astype(np.float32)
        thin.append(np.rint(pixels * (1 - strength * (1 - soft / 255))).astype(np.uint8))
    return thin


def _scan_side(
    pixels: Gray,
    page: int,
    filled: Sequence[FilledAnswer],
    random: SheetRandom,
    settings: PretendSettings,
    printed: Gray,
) -> list[PretendScan]:
    dpi = settings.scanner.dpi
    kind = pick_mishap(random.mishaps, settings)
    if kind is None or kind in EXTRA_PAGES:
        scans = [make_scan(pixels, page, filled, None, random.scanner, settings, printed)]
    else:
        spoiled = spoil(pixels, kind, random.mishaps, dpi)
        scans = [make_scan(spoiled, page, filled, kind, random.scanner, settings, printed)]
    if kind in EXTRA_PAGES:
        other = spoil(pixels, kind, random.mishaps, dpi)
        scans.append(make_scan(other, None, (), kind, random.scanner, settings))
    return scans


def pick_mishap(rng: np.random.Generator, settings: PretendSettings) -> str | None:
    """Whether and how a page goes wrong."""
    if rng.random() >= settings.bad_page_share:
        return None
    kinds, shares = list(settings.bad_pages), np.array(list(settings.bad_pages.values()))
    return kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]


def make_scan(
    pixels: Gray,
    page: int | None,
    answers: Sequence[FilledAnswer],
    spoiled: str | None,
    rng: np.random.Generator,
    settings: PretendSettings,
    printed: Gray | None = None,
) -> PretendScan:
    """Scan or photograph one filled page as the settings say; `printed`: the same page before anybody wrote on it."""
    scanner = settings.scanner
    if settings.camera is not None:
        photo = take_photo(pixels, scanner.dpi, rng, settings.camera, printed)
        return PretendScan(
            photo.content, page, tuple(answers), spoiled, photo.view.rotation, _as_rows(photo.view.plane())
        )
    placement = place(pixels.shape, rng, scanner)
    image = scan(pixels, rng, scanner, placement)
    quality = pick_quality(rng, scanner)
    content = encode_tiff([image], scanner.dpi) if scanner.one_bit else encode_jpeg(image, quality, scanner.dpi)
    to_px = placement.matrix @ np.diag([scanner.dpi / MM_PER_INCH, scanner.dpi / MM_PER_INCH, 1.0])
    return PretendScan(content, page, tuple(answers), spoiled, placement.rotation, _as_rows(to_px))


def _as_rows(matrix: NDArray[np.float64]) -> Matrix:
    rows = [(float(row[0]), float(row[1]), float(row[2])) for row in matrix]
    return rows[0], rows[1], rows[2]
