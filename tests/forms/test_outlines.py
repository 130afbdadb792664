"""Every box of a layout stands where the rendered PDF shows its outline, on every sheet of every example."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from forms.campaign import Campaign, Head
from forms.compose import make_layout
from forms.folder import load_campaign
from forms.geometry import MM_PER_INCH
from forms.layout import Box, DigitBox, PageLayout, TextRegion
from forms.pdf import PrintedSheet, SheetWriter
from forms.promises import make_head
from forms.questionnaire import Questionnaire
from forms.serial import make_serial
from forms.trial import make_trial_sheet, write_trial_sheet
from forms.versions import plan_versions
from forms.words import LANGUAGES

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DPI = 600
PX_PER_MM = DPI / MM_PER_INCH
ALLOWED_MM = 0.1
REACH_MM = 0.6  # further than this from its place a line is not looked for
DARK = 90.0  # of 255, mean along a side: text that touches a side stays below
Part = Box | DigitBox | TextRegion


EVERY_KIND = {
    "code": "moi-loai",
    "title": "Mỗi loại câu hỏi một câu",
    "rates": "agency",
    "sections": [
        {
            "title": "Phần",
            "questions": [
                {"code": "q1", "text": "Mấy lần?", "kind": "number", "digits": 3},
                {"code": "q2", "text": "Góp ý", "kind": "text", "lines": 2},
                {
                    "code": "q3",
                    "text": "Chọn",
                    "kind": "many",
                    "options": [{"code": "a", "label": "Nộp qua mạng"}, {"code": "b", "label": "Bưu chính công ích"}],
                },
            ],
        }
    ],
}


def print_pages(
    campaign: Campaign, asked: Questionnaire, path: Path, head: Head | None = None
) -> Iterator[tuple[PageLayout, np.ndarray]]:
    """Each page of one printed sheet, rendered, one in memory at a time; of a matrix its first version."""
    layout, plan = make_layout(campaign, asked, head or plan_versions(campaign, asked).heads[0])
    writer = SheetWriter(path, plan, "")
    writer.add(PrintedSheet(make_serial(layout.number, 1), "SXD-CD-001", "Sở Xây dựng"))
    writer.close()
    document = pypdfium2.PdfDocument(path)
    for page, drawn in zip(layout.pages, document, strict=True):
        yield page, render(drawn)
    document.close()


def render(page: pypdfium2.PdfPage) -> np.ndarray:
    return np.asarray(page.render(scale=DPI / 72, grayscale=True).to_numpy())


def find_line(pixels: np.ndarray, along: tuple[float, float], near: float, vertical: bool) -> float | None:
    """How far (mm) the darkest straight line lies from `near`, looked for between `along`; None where there is none."""
    start, end = (round(edge * PX_PER_MM) for edge in along)
    first = round((near - REACH_MM) * PX_PER_MM)
    last = round((near + REACH_MM) * PX_PER_MM)
    strip = pixels[start:end, first:last] if vertical else pixels[first:last, start:end].T
    ink = 255.0 - strip.mean(axis=0)
    if ink.max() < DARK:
        return None
    peak = int(ink.argmax())
    left = right = peak
    while left > 0 and ink[left - 1] > ink[peak] / 2:
        left -= 1
    while right < len(ink) - 1 and ink[right + 1] > ink[peak] / 2:
        right += 1
    centre = np.average(np.arange(left, right + 1) + 0.5, weights=ink[left : right + 1])
    return (first + centre) / PX_PER_MM - near


def sides(part: Part) -> Iterator[tuple[str, tuple[float, float], float, bool]]:
    """The four sides without their ends, where they meet: name, from and to, where, upright."""
    across = part.x + 0.15 * part.w, part.x + 0.85 * part.w
    down = part.y + 0.15 * part.h, part.y + 0.85 * part.h
    yield "left", down, part.x, True
    yield "right", down, part.x + part.w, True
    yield "top", across, part.y, False
    yield "bottom", across, part.y + part.h, False


def misplaced(page: PageLayout, pixels: np.ndarray) -> list[str]:
    """Every side of a box, a digit box or an outlined text that is not drawn where the layout says."""
    wrong = []
    for part in (*page.boxes, *page.digits, *page.texts):
        found = {name: find_line(pixels, along, near, upright) for name, along, near, upright in sides(part)}
        if isinstance(part, TextRegion) and None in (found["left"], found["right"], found["top"]):
            found = {"bottom": found["bottom"]}  # ruled, not outlined: its last rule is its lower edge
        for name, off in found.items():
            if off is None or abs(off) > ALLOWED_MM:
                wrong.append(f"page {page.page} {part.question} {name}: {off}")
    return wrong


@pytest.mark.slow
def test_every_outline_of_every_example_stands_where_its_layout_says(tmp_path: Path) -> None:
    seen, rated = 0, set[str]()
    for folder in sorted(path.parent for path in EXAMPLES.glob("*/campaign.yaml")):
        campaign = load_campaign(folder)
        for asked in campaign.questionnaires.values():
            for page, pixels in print_pages(campaign, asked, tmp_path / "sheet.pdf"):
                assert misplaced(page, pixels) == [], (folder.name, asked.code)
                seen += len(page.boxes)
                rated |= {box.row for box in page.boxes if box.row is not None}
    assert seen >= 300
    assert len(rated) > 30


def test_every_outline_in_large_print_stands_there_too(example: Campaign, tmp_path: Path) -> None:
    asked = example.questionnaires["doanh-nghiep"]
    head = make_head(example, asked, large=True)
    pages = list(print_pages(example, asked, tmp_path / "sheet.pdf", head))
    assert sum(len(page.boxes) for page, _ in pages) > 60
    for page, pixels in pages:
        assert misplaced(page, pixels) == []


def test_digit_boxes_and_ruled_texts_stand_there_too(example: Campaign, tmp_path: Path) -> None:
    page, pixels = next(print_pages(example, Questionnaire.model_validate(EVERY_KIND), tmp_path / "sheet.pdf"))
    assert (len(page.digits), len(page.texts), len(page.boxes)) == (3, 1, 2)
    assert misplaced(page, pixels) == []
    digits = tuple(dataclasses.replace(digit, y=digit.y + 0.15) for digit in page.digits)
    texts = tuple(dataclasses.replace(region, h=region.h - 0.15) for region in page.texts)
    assert len(misplaced(dataclasses.replace(page, digits=digits, texts=texts), pixels)) == 2 * 3 + 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_trial_sheet_stands_there_too(lang: str, tmp_path: Path) -> None:
    write_trial_sheet(tmp_path / "trial.pdf", lang)
    document = pypdfium2.PdfDocument(tmp_path / "trial.pdf")
    for page, drawn in zip(make_trial_sheet(lang).layout.pages, document, strict=True):
        assert misplaced(page, render(drawn)) == []
    document.close()


@pytest.mark.parametrize("move", [{"x": 0.15}, {"y": -0.15}, {"w": 0.15}, {"h": -0.15}])
def test_a_box_0_15_mm_off_is_seen(example: Campaign, move: dict[str, float], tmp_path: Path) -> None:
    page, pixels = next(print_pages(example, example.questionnaires["doanh-nghiep"], tmp_path / "sheet.pdf"))
    assert misplaced(page, pixels) == []
    first = page.boxes[0]
    moved = dataclasses.replace(first, **{name: getattr(first, name) + by for name, by in move.items()})
    sides_off = misplaced(dataclasses.replace(page, boxes=(moved, *page.boxes[1:])), pixels)
    assert len(sides_off) == (2 if {"x", "y"} & move.keys() else 1)
    assert all(first.question in side for side in sides_off)
