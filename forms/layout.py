"""A layout: where every box, digit and text region of a questionnaire stands, in mm, and its file layout.json."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from forms.errors import InputWrong, Problem
from forms.geometry import PAGE_H_MM, PAGE_W_MM, Rect, code_rects, marker_rects, mid_mark_rects
from forms.questionnaire import Kind
from forms.serial import LAYOUT_NUMBERS, layout_number
from forms.words import text

FILE_VERSION = 1
_FOLLOWING = ("areas", "printed")  # what of a page its id leaves out, as it follows from the rest


@dataclass(frozen=True)
class Box:
    """One box to mark: x, y, w, h follow the centre line of its printed outline; `row` is the rated agency or None."""

    question: str
    row: str | None
    option: str
    x: float
    y: float
    w: float
    h: float

    @property
    def centre(self) -> tuple[float, float]:
        """x, y of the centre, mm."""
        return self.x + self.w / 2, self.y + self.h / 2


@dataclass(frozen=True)
class DigitBox:
    """One digit box of a number; `index` counts from the left."""

    question: str
    index: int
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class TextRegion:
    """Where a free text is written; kept as a picture. `option`: the level whose words these are, None for a text."""

    question: str
    x: float
    y: float
    w: float
    h: float
    option: str | None = None


@dataclass(frozen=True)
class Area:
    """A part of the page that belongs to one question and row alone: its words, its boxes, and the margins beside."""

    question: str
    row: str | None
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class PageLayout:
    """One page, counted from 1.

    `areas`: the questions with boxes, one area or several each; `printed`: a picture of all that is printed alike on
    every sheet, as ocr.printed packs it. Both are empty in layouts that were made before there were any.
    """

    page: int
    boxes: tuple[Box, ...]
    digits: tuple[DigitBox, ...] = ()
    texts: tuple[TextRegion, ...] = ()
    width: float = PAGE_W_MM
    height: float = PAGE_H_MM
    areas: tuple[Area, ...] = ()
    printed: str = field(default="", repr=False)


@dataclass(frozen=True)
class Layout:
    """A layout as printed; `id` is layout_id, `number` (0..1023) stands in the serial.

    `training`: its sheets are for practice, and what they answer is never kept.
    """

    id: str
    number: int
    questionnaire: str
    questions: Mapping[str, Kind]
    pages: tuple[PageLayout, ...]
    training: bool = False


def layout_id(pages: tuple[PageLayout, ...], questions: Mapping[str, Kind], printed_digest: str) -> str:
    """ "L" and 12 hexadecimal symbols over the geometry, the question codes in order, and all words on the sheet.

    Areas and the picture of the print follow from those.
    """
    content = {
        "pages": [{name: part for name, part in asdict(page).items() if name not in _FOLLOWING} for page in pages],
        "questions": list(questions.items()),
        "printed": printed_digest,
    }
    return "L" + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12].upper()


def preferred_number(campaign: str, layout: str) -> int:
    """Where a campaign looks first for a free layout number: spread out, so that others' sheets are foreign."""
    return int.from_bytes(hashlib.sha256(f"{campaign}/{layout}".encode()).digest()[:4]) % LAYOUT_NUMBERS


@dataclass(frozen=True)
class LayoutBook:
    """All layouts of one campaign, as `read` needs them.

    `addresses`: what codes hold before /P/ ("" without one): the campaign's address of today, then all printed earlier.
    """

    campaign: str
    addresses: tuple[str, ...]
    layouts: Mapping[str, Layout]

    def find_layout(self, serial: str) -> Layout | None:
        """The layout that a serial's first two symbols name."""
        wanted = layout_number(serial)
        return next((layout for layout in self.layouts.values() if layout.number == wanted), None)


def dump_layouts(book: LayoutBook) -> str:
    """layout.json: the same book gives the same bytes."""
    content = {
        "version": FILE_VERSION,
        "unit": "mm",
        "origin": "top-left",
        "campaign": book.campaign,
        "addresses": list(book.addresses),
        "markers": [{"id": number, **asdict(rect)} for number, rect in enumerate(marker_rects())],
        "mid_marks": [asdict(rect) for rect in mid_mark_rects()],
        "codes": [asdict(rect) for rect in code_rects()],
        "layouts": {layout.id: _layout_json(layout) for layout in book.layouts.values()},
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _layout_json(layout: Layout) -> dict[str, Any]:
    return {
        "number": layout.number,
        "questionnaire": layout.questionnaire,
        "training": layout.training,
        "questions": {code: {"kind": kind} for code, kind in layout.questions.items()},
        "pages": [asdict(page) for page in layout.pages],
    }


def layout_from_json(layout: str, content: Mapping[str, Any]) -> Layout:
    """One layout out of its JSON object; KeyError or TypeError where it is not one."""
    pages = tuple(
        PageLayout(
            page["page"],
            tuple(Box(**box) for box in page["boxes"]),
            tuple(DigitBox(**box) for box in page["digits"]),
            tuple(TextRegion(**region) for region in page["texts"]),
            page["width"],
            page["height"],
            tuple(Area(**area) for area in page.get("areas", ())),
            page.get("printed", ""),
        )
        for page in content["pages"]
    )
    questions = {code: question["kind"] for code, question in content["questions"].items()}
    training = bool(content.get("training", False))
    return Layout(layout, content["number"], content["questionnaire"], questions, pages, training)


def dump_layout(layout: Layout) -> str:
    """One layout as the store keeps it."""
    return json.dumps(_layout_json(layout), ensure_ascii=False)


def load_layouts(content: str, where: str = "layout.json") -> LayoutBook:
    """The book in a layout.json; InputWrong where the text is not one, or was written for other markers or codes."""
    try:
        data = json.loads(content)
        if data["version"] != FILE_VERSION or data["codes"] != [asdict(rect) for rect in code_rects()]:
            raise ValueError("another version")
        layouts = {code: layout_from_json(code, layout) for code, layout in data["layouts"].items()}
        return LayoutBook(data["campaign"], _addresses(data["addresses"]), layouts)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = Problem(where, text("problem.layout_file"), text("problem.layout_file_fix"))
        raise InputWrong([problem]) from error


def _addresses(given: object) -> tuple[str, ...]:
    # a mere string would be searched for a part of it
    if not isinstance(given, list) or not given or not all(isinstance(address, str) for address in given):
        raise ValueError("no list of addresses")
    return tuple(given)


def question_rect(page: PageLayout, question: str, row: str | None) -> Rect | None:
    """The rectangle around all that a question and row occupies on a page; None if it stands elsewhere."""
    parts: list[Box | DigitBox | TextRegion] = [
        *(box for box in page.boxes if box.question == question and box.row == row),
        *(digit for digit in page.digits if digit.question == question),
        *(region for region in page.texts if region.question == question),
    ]
    if not parts:
        return None
    left, top = min(part.x for part in parts), min(part.y for part in parts)
    right, bottom = max(part.x + part.w for part in parts), max(part.y + part.h for part in parts)
    return Rect(left, top, right - left, bottom - top)
