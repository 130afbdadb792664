"""A layout by hand, as large as a real page of answers, and its blank page."""

from __future__ import annotations

import pytest

from forms.geometry import BOX_MM
from forms.layout import Box, DigitBox, Layout, PageLayout, TextRegion
from ocr.blank import draw_blank
from ocr.pictures import Gray

DPI = 200
LEVELS = ("5", "4", "3", "2", "1", "0")


def _page(number: int) -> PageLayout:
    boxes = tuple(
        Box(f"p{number}q{row}", None, option, 110 + 12 * column, 50 + 9 * row, BOX_MM, BOX_MM)
        for row in range(20)
        for column, option in enumerate(LEVELS)
    )
    digits = tuple(DigitBox(f"p{number}n", index, 40 + 7 * index, 60, 6, 8) for index in range(3))
    return PageLayout(number, boxes, digits, (TextRegion(f"p{number}t", 30, 232, 160, 24),))


@pytest.fixture(scope="session")
def layout() -> Layout:
    """Two pages of 20 rows, six boxes a row, 12 mm apart; the last row of each takes many; a number and a text."""
    pages = (_page(1), _page(2))
    kinds: dict[str, str] = {box.question: "one" for page in pages for box in page.boxes}
    for number in (1, 2):
        kinds |= {f"p{number}q19": "many", f"p{number}n": "number", f"p{number}t": "text"}
    return Layout("LTEST", 7, "by-hand", kinds, pages)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def blanks(layout: Layout) -> list[Gray]:
    """Both pages as printed, 200 dpi."""
    return [draw_blank(page, DPI, "HTTPS://EXAMPLE.ORG", "0700000000000XYZ") for page in layout.pages]
