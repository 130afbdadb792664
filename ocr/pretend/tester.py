"""The pretend tester: does on a printed trial sheet what every line asks for. Knows no scanner."""

from __future__ import annotations

import numpy as np

from forms.layout import Box, DigitBox, PageLayout, TextRegion
from forms.trial import DIGITS, Task
from ocr.pictures import Gray
from ocr.pretend.pen import Mark, PenStyle, draw_mark
from ocr.pretend.shapes import MarkKind
from ocr.pretend.writing import draw_digit, draw_scrawl

_KINDS: dict[str, MarkKind] = {"tick": "tick", "fill": "blacken", "circle": "circle"}


def fill_trial_page(
    pixels: Gray, page: PageLayout, tasks: tuple[Task, ...], rng: np.random.Generator, pen: PenStyle, px_per_mm: float
) -> None:
    """Fill one page in place."""

    def px(part: Box | DigitBox | TextRegion) -> tuple[float, float, float, float]:
        return part.x * px_per_mm, part.y * px_per_mm, part.w * px_per_mm, part.h * px_per_mm

    for task in tasks:
        for box in (box for box in page.boxes if box.question == task.question):
            if box.option == task.wrong:
                draw_mark(pixels, px(box), Mark("cross"), rng, pen, px_per_mm)
                draw_mark(pixels, px(box), Mark("blacken", 0.95), rng, pen, px_per_mm)
            elif box.option in task.options:
                draw_mark(pixels, px(box), Mark(_KINDS.get(task.action, "cross")), rng, pen, px_per_mm)
        if task.action == "digits":
            written = (digit for digit in page.digits if digit.question == task.question)
            for symbol, digit in zip(DIGITS, written, strict=True):
                draw_digit(pixels, px(digit), symbol, rng, pen, px_per_mm)
        if task.action == "words":
            region = next(region for region in page.texts if region.question == task.question)
            draw_scrawl(pixels, px(region), rng, pen, px_per_mm)
