"""A questionnaire as it is printed and read, and a pen that marks anywhere on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from forms.campaign import Head
from forms.compose import compose, plan_id
from forms.geometry import MM_PER_INCH
from forms.layout import Layout, LayoutBook, PageLayout
from forms.pdf import PrintedSheet, SheetWriter
from forms.questionnaire import Questionnaire
from forms.serial import make_serial
from ocr.files import PageImage
from ocr.pictures import Gray
from ocr.pretend.pen import Mark, PenStyle, draw_mark, draw_strokes
from ocr.pretend.stack import render_pages
from ocr.print_picture import with_print
from ocr.read import read_page
from ocr.reading import AnswerReading

DPI = 200
SCALE = DPI / MM_PER_INCH
PEN = PenStyle("ballpoint_blue", 0.45, 0.75)
LEVELS = [{"code": str(5 - place), "label": label} for place, label in enumerate(("Rất tốt", "Tốt", "Khá", "Kém"))]
WORDS = ("Thái độ phục vụ của công chức tại nơi tiếp nhận hồ sơ", "Thời gian giải quyết so với giấy hẹn", "Phí, lệ phí")
SECTIONS = [
    {
        "title": "Một cửa",
        "questions": [
            {"code": f"q{place}", "text": words, "kind": "one", "scale": "tot"} for place, words in enumerate(WORDS, 1)
        ],
    },
    {
        "title": "Thông tin",
        "questions": [
            {
                "code": "q4",
                "text": "Ông/Bà biết tin qua những kênh nào?",
                "kind": "many",
                "options": [
                    {"code": "a", "label": "Báo chí, phát thanh, truyền hình"},
                    {"code": "b", "label": "Trang thông tin điện tử của cơ quan nhà nước các cấp trong tỉnh"},
                    {"code": "c", "label": "Kênh khác (ghi rõ)", "specify": True},
                ],
            },
            {"code": "q5", "text": "Góp ý", "kind": "text", "lines": 3},
        ],
    },
]


class Press:
    """A questionnaire as it is printed and read, all its questions on the first page."""

    def __init__(self, folder: Path, head: Head, asked: Questionnaire) -> None:
        plan = compose(head, asked)
        kinds = {question.code: question.kind for question in asked.questions()}
        pages = tuple(page.layout for page in plan.pages)
        self.bare = Layout(plan_id(plan, head, asked), 7, asked.code, kinds, pages)
        self.layout = with_print(self.bare, plan)
        writer = SheetWriter(folder / f"{asked.code}.pdf", plan, "")
        writer.add(PrintedSheet(make_serial(7), "HL-CD-001", "Thành phố Hạ Long"))
        writer.close()
        self.pixels = render_pages(folder / f"{asked.code}.pdf", 1, 1, DPI)[0]

    @property
    def page(self) -> PageLayout:
        return self.layout.pages[0]

    def boxes(self, question: str, row: str | None = None) -> list:
        return [box for box in self.page.boxes if (box.question, box.row) == (question, row)]

    def read(self, pixels: Gray, layout: Layout | None = None) -> dict[tuple[str, str | None], AnswerReading]:
        book = LayoutBook("thu", ("",), {self.layout.id: layout or self.layout})
        reading = read_page(PageImage("a", 1, pixels), book)
        assert (reading.status, reading.reason) == ("read", None)
        return {(answer.question, answer.row): answer for answer in reading.answers}

    def doubted(self, pixels: Gray) -> set[tuple[str, str | None]]:
        """Questions that go to a person for ink elsewhere; all others are blank."""
        answers = self.read(pixels)
        found = {key for key, answer in answers.items() if answer.reason == "elsewhere"}
        assert {answer.state for key, answer in answers.items() if key in found} <= {"doubtful"}
        assert {answer.state for key, answer in answers.items() if key not in found} <= {"blank"}
        return found


def draw(pixels: Gray, x: float, y: float, kind: str, size: float = 1.0, seed: int = 1) -> None:
    """A mark in the middle of nowhere; x, y in mm."""
    where = tuple(SCALE * side for side in (x - 2.1, y - 2.1, 4.2, 4.2))
    draw_mark(pixels, where, Mark(kind, size), np.random.default_rng(seed), PEN)  # type: ignore[arg-type]


def line(pixels: Gray, *points: tuple[float, float], pen: PenStyle = PEN) -> None:
    along = np.linspace(0, 1, max(30, len(points)))
    given = np.array(points)
    stroke = np.column_stack([np.interp(along, np.linspace(0, 1, len(given)), given[:, axis]) for axis in (0, 1)])
    draw_strokes(pixels, [stroke * SCALE], np.random.default_rng(2), pen)
