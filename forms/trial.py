"""The trial sheet: what it asks a tester to do, where that stands, and its PDF. It belongs to no campaign.

Its codes name an address that no campaign can have, so that its pages are foreign to every campaign, and every
campaign's sheets are foreign to its check. Knows no image.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from forms.compose import Plan
from forms.fonts import OURS, get_typeface
from forms.layout import Layout, LayoutBook, layout_id, preferred_number
from forms.pdf import PrintedSheet, SheetWriter
from forms.questionnaire import Kind
from forms.serial import make_serial
from forms.trial_pages import back_page, front_page
from forms.words import LANGUAGES, text

CAMPAIGN = "phieu-thu-may"
ADDRESS = "PHIEU-THU-MAY"  # a public address begins with http:// or https://, and without one the code holds none
NUMBER = "THU-MAY"
_RANDOM_BITS = 0x7_4875_6D61_79  # one serial for all: a trial sheet is told from others by nothing

Action = Literal[
    "cross", "tick", "fill", "circle", "corrected", "empty", "corners", "digits", "no_digits", "words", "no_words"
]


@dataclass(frozen=True)
class Task:
    """What one line asks for: the boxes to be marked, and with `corrected` the box filled by mistake."""

    question: str
    action: Action
    options: tuple[str, ...] = ()
    wrong: str = ""

    def asked(self, lang: str | None = None) -> str:
        """The instruction as it is printed."""
        fields = {"option": ", ".join(self.options), "wrong": self.wrong, "number": DIGITS}
        return text(f"trial.task_{self.action}", lang, **fields)


DIGITS = "2026"
FRONT = (
    Task("1", "cross", ("B",)),
    Task("2", "tick", ("D",)),
    Task("3", "fill", ("A",)),
    Task("4", "circle", ("E",)),
    Task("5", "corrected", ("C",), "A"),
    Task("6", "empty"),
    Task("7", "digits"),
    Task("8", "no_digits"),
)
BACK = (
    Task("9", "corners", ("1", "2", "3", "4")),
    Task("10", "cross", ("A",)),
    Task("11", "empty"),
    Task("12", "cross", ("E",)),
    Task("13", "words"),
    Task("14", "no_words"),
)
_KINDS: Mapping[Action, Kind] = {
    "corners": "many",
    "digits": "number",
    "no_digits": "number",
    "words": "text",
    "no_words": "text",
}


@dataclass(frozen=True)
class TrialSheet:
    """The sheet in one language."""

    layout: Layout
    plan: Plan
    serial: str


@cache
def make_trial_sheet(lang: str) -> TrialSheet:
    """The sheet as it is printed in a language; always the same."""
    front, subtitle_y_mm = front_page(FRONT, lang)
    plan = Plan((front, back_page(BACK, lang)), subtitle_y_mm, get_typeface(OURS), asking=2)
    kinds: dict[str, Kind] = {task.question: _KINDS.get(task.action, "one") for task in (*FRONT, *BACK)}
    printed = hashlib.sha256(repr(plan).encode()).hexdigest()
    layouts = tuple(page.layout for page in plan.pages)
    code = layout_id(layouts, kinds, printed)
    number = preferred_number(CAMPAIGN, code)
    return TrialSheet(Layout(code, number, CAMPAIGN, kinds, layouts), plan, make_serial(number, _RANDOM_BITS))


def trial_book() -> LayoutBook:
    """The trial sheet in every language, as `read` needs it."""
    layouts = [make_trial_sheet(lang).layout for lang in LANGUAGES]
    return LayoutBook(CAMPAIGN, (ADDRESS,), {layout.id: layout for layout in layouts})


def write_trial_sheet(path: Path, lang: str) -> None:
    """Write the two pages as a PDF; the same bytes every time."""
    sheet = make_trial_sheet(lang)
    writer = SheetWriter(path, sheet.plan, ADDRESS, lang, text("trial.title", lang))
    writer.add(PrintedSheet(sheet.serial, NUMBER, text("trial.subtitle", lang)))
    writer.close()
