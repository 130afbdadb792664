"""A page of ours by hand, a simple pen, and a turn on the scanner's glass: all that the reader's tests need."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest

from forms.campaign import Head
from forms.geometry import BOX_MM, MM_PER_INCH
from forms.layout import Box, DigitBox, Layout, LayoutBook, PageLayout, TextRegion
from forms.questionnaire import Questionnaire
from forms.serial import make_serial
from ocr.blank import draw_blank
from ocr.files import PageImage
from ocr.pictures import Gray
from ocr.pretend.pen import Mark, PenStyle, draw_mark
from ocr.read import read_page
from ocr.reading import AnswerReading, PageReading
from tests.ocr.pressed import LEVELS, PEN, SECTIONS, Press

DPI = 200
ADDRESS = "HTTPS://KHAOSAT.EXAMPLE.VN"
NUMBER = 77
GLASS = 25 + np.arange(256, dtype=np.float32) * (213 / 255)  # what each grey is to the scanner

_LARGE_PX = 9_000_000  # more than a page at 300 dpi: such are few, and too large to keep


def grain(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """The noise of a scanner whose spread is 1; drawing it takes longer than all else that the glass does to a page."""
    return (_kept_grain if np.prod(shape) < _LARGE_PX else _draw_grain)(seed, shape)


def _draw_grain(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


_kept_grain = lru_cache(maxsize=3)(_draw_grain)
_kept_blank = lru_cache(maxsize=4)(draw_blank)


class Desk:
    """A printed page of 12 one-choice rows, one row that takes many, a number and a text; and what is done to it."""

    def __init__(self) -> None:
        rows = tuple(
            Box(f"q{row}", None, str(5 - column), 112.0 + 13 * column, 45.0 + 9.5 * row, BOX_MM, BOX_MM)
            for row in range(1, 14)
            for column in range(6)
        )
        digits = tuple(DigitBox("n1", index, 150.0 + 6 * index, 200, 6, 8) for index in range(3))
        self.page = PageLayout(1, rows, digits, (TextRegion("t1", 30, 220, 160, 24),))
        kinds = {f"q{row}": "one" for row in range(1, 13)} | {"q13": "many", "n1": "number", "t1": "text"}
        self.layout = Layout("LDESK", NUMBER, "desk", kinds, (self.page,))  # type: ignore[arg-type]
        self.book = LayoutBook("desk", (ADDRESS,), {self.layout.id: self.layout})
        self.serial = make_serial(NUMBER, 20_140_320)

    def blank(self, dpi: float = DPI, address: str = ADDRESS, serial: str | None = None, dark: float = 1.0) -> Gray:
        """The page as printed, with the ruled lines of its text."""
        pixels = _kept_blank(self.page, dpi, address, self.serial if serial is None else serial, dark).copy()
        for line in (228, 236, 244):
            y = round(line * dpi / MM_PER_INCH)
            pixels[y, round(30 * dpi / MM_PER_INCH) : round(190 * dpi / MM_PER_INCH)] = 160
        return pixels

    def box(self, question: str, option: str) -> Box:
        return next(box for box in self.page.boxes if (box.question, box.option) == (question, option))

    def draw(
        self,
        pixels: Gray,
        box: Box | DigitBox,
        kind: str = "cross",
        level: int = 30,
        dpi: float = DPI,
        width_mm: float = 0.5,
    ) -> None:
        """A mark in a box, straight strokes of one grey level; what is darker already stays."""
        scale = dpi / MM_PER_INCH
        strokes = {
            "cross": [(0.1, 0.1, 0.9, 0.9), (0.9, 0.1, 0.1, 0.9)],
            "tick": [(0.15, 0.5, 0.4, 0.85), (0.4, 0.85, 0.95, 0.1)],
            "fill": [(0.05, y / 12, 0.95, y / 12) for y in range(1, 12)],
            "upright": [(0.5, 0.15, 0.5, 0.85)],
            "dot": [(0.5, 0.5, 0.55, 0.5)],
        }[kind]
        ink = np.full(pixels.shape, 255, np.uint8)
        for stroke in strokes:
            x1, y1, x2, y2 = (
                round((start + share * size) * scale * 16)
                for start, share, size in zip((box.x, box.y) * 2, stroke, (box.w, box.h) * 2, strict=True)
            )
            cv2.line(ink, (x1, y1), (x2, y2), level, max(1, round(width_mm * scale)), cv2.LINE_AA, 4)
        np.minimum(pixels, ink, out=pixels)

    def write(self, pixels: Gray, box: Box, kind: str, pen: PenStyle = PEN, seed: int = 0) -> None:
        """A mark in a box as a person's pen makes it."""
        where = tuple(DPI / MM_PER_INCH * side for side in (box.x, box.y, box.w, box.h))
        draw_mark(pixels, where, Mark(kind), np.random.default_rng(seed), pen)  # type: ignore[arg-type]

    def write_all_but_last(self, kind: str = "cross", pen: PenStyle = PEN) -> Gray:
        """Every one-choice row answered by a person's pen but the last, q12."""
        pixels = self.blank()
        for row in range(1, 12):
            self.write(pixels, self.box(f"q{row}", "3"), kind, pen, row)
        return pixels

    def scan(self, pixels: Gray, degrees: float = 0.0, scale: float = 1.0, seed: int = 0, noise: float = 3.0) -> Gray:
        """Laid on the glass askew, grey paper, soft, noisy, through a JPEG."""
        height, width = pixels.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
        grey = cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)
        soft = cv2.GaussianBlur(cv2.LUT(grey, GLASS), (0, 0), 0.6 * width / 1654 + 0.01)
        rough = cv2.scaleAdd(grain(seed, soft.shape), noise, soft)
        np.clip(rough, 0, 255, out=rough)
        return cv2.imdecode(cv2.imencode(".jpg", rough.astype(np.uint8))[1], cv2.IMREAD_GRAYSCALE)

    def read(self, pixels: Gray) -> PageReading:
        return read_page(PageImage("desk.jpg", 1, pixels), self.book)

    def read_last(self, pixels: Gray) -> AnswerReading:
        """What is read in the last one-choice row of a page laid on the glass."""
        return next(one for one in self.read(self.scan(pixels, 0.4)).answers if one.question == "q12")

    def answers(self, reading: PageReading) -> dict[str, AnswerReading]:
        assert (reading.status, reading.reason) == ("read", None)
        return {answer.question: answer for answer in reading.answers}


@pytest.fixture(scope="session")
def desk() -> Desk:
    return Desk()


@pytest.fixture
def photograph() -> Gray:
    """Something like a photograph: soft blobs, stripes and grain, and no code."""
    rng = np.random.default_rng(7)
    small = rng.integers(0, 255, (24, 18)).astype(np.float32)
    soft = cv2.resize(small, (1500, 2000), interpolation=cv2.INTER_CUBIC)
    stripes = 30 * np.sin(np.arange(1500) / 9)[None, :]
    return (soft + stripes + rng.normal(0, 8, soft.shape)).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    asked = {"code": "dan", "title": "Phiếu", "scales": {"tot": LEVELS}, "sections": SECTIONS}
    head = Head(superior="", body="SỞ NỘI VỤ", lang="vi", by_phone=False)
    return Press(tmp_path_factory.mktemp("print"), head, Questionnaire.model_validate(asked))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Press:
    asked = {"code": "so", "title": "Phiếu", "rates": "block:SN", "scales": {"tot": LEVELS}, "sections": SECTIONS[:1]}
    rated = (("SXD", "Sở Xây dựng"), ("SYT", "Sở Y tế"), ("STC", "Sở Tài chính"), ("STP", "Sở Tư pháp"))
    head = Head(superior="", body="SỞ NỘI VỤ", lang="vi", by_phone=False, rated=rated, rated_of=4)
    return Press(tmp_path_factory.mktemp("print"), head, Questionnaire.model_validate(asked))
