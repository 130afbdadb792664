"""What is drawn on a page, as data in mm: paragraphs, lines, boxes and their marks. Knows no questionnaire."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape
from typing import Any, Literal

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Paragraph

from forms.fonts import Typeface, current_typeface, is_khmer, mark_khmer
from forms.geometry import BOX_LINE_MM, PAGE_H_MM, PAGE_W_MM, PT_PER_MM, Rect
from forms.look import LEADING

Align = Literal["left", "centre", "right", "justify"]
Mark = Literal["", "cross", "fill", "tick", "circle"]
_ALIGNMENTS = {"left": TA_LEFT, "centre": TA_CENTER, "right": TA_RIGHT, "justify": TA_JUSTIFY}
BULLET_MM = 7.5
WATERMARK_MM = 235.0  # from corner to corner of the body
DOT_MM, DOT_STEP_MM = 0.3, 0.75  # as close as the reader's averaging, so that it takes the dots for a line


@dataclass(frozen=True)
class Prose:
    """A paragraph; `markup` may hold <b> and <i>, everything else escaped (see plain)."""

    markup: str
    size_pt: float = 10.0
    bold: bool = False
    align: Align = "left"
    bullet: str = ""  # stands in bold before the paragraph, which is indented by bullet_mm
    bullet_mm: float = BULLET_MM
    face: Typeface = field(default_factory=current_typeface)

    def flow(self) -> Paragraph:
        """The PDF library's paragraph."""
        style = ParagraphStyle(
            "prose",
            fontName=self.face.bold if self.bold else self.face.regular,
            fontSize=self.size_pt,
            leading=self.size_pt * LEADING,
            alignment=_ALIGNMENTS[self.align],
            leftIndent=self.bullet_mm * PT_PER_MM if self.bullet else 0,
            bulletFontName=self.face.bold,
            bulletFontSize=self.size_pt,
            shaping=int(is_khmer(self.markup)),
        )
        return Paragraph(mark_khmer(self.markup), style, bulletText=self.bullet or None)

    def height_mm(self, width_mm: float) -> float:
        """Its height when set in a column of that width."""
        return _height_mm(self, width_mm)


@lru_cache(maxsize=4096)
def _height_mm(prose: Prose, width_mm: float) -> float:
    return float(prose.flow().wrap(width_mm * PT_PER_MM, 10_000)[1]) / PT_PER_MM


def plain(text: str) -> str:
    """A text as markup."""
    return escape(text, quote=False)


@dataclass(frozen=True)
class PlacedProse:
    """A paragraph with its upper left corner and the width of its column, mm."""

    prose: Prose
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Rule:
    """A line from x1, y1 to x2, y2; `dotted` for lines to write on."""

    x1: float
    y1: float
    x2: float
    y2: float
    line_mm: float = 0.1
    dotted: bool = False


@dataclass(frozen=True)
class Outline:
    """An empty rectangle whose line runs along its edge; `mark` draws what the instruction shows in it."""

    rect: Rect
    line_mm: float = BOX_LINE_MM
    mark: Mark = ""


@dataclass(frozen=True)
class Patch:
    """A rectangle filled with grey, without an outline; `grey` is 0 for paper, 1 for black."""

    rect: Rect
    grey: float


@dataclass(frozen=True)
class Watermark:
    """Outlined grey letters across the page, drawn before all else; `clear` is wiped white again for what is read."""

    words: str
    face: Typeface
    clear: tuple[Rect, ...] = ()


Drawn = PlacedProse | Rule | Outline | Patch | Watermark


def move(drawn: Drawn, down_mm: float, right_mm: float = 0.0) -> Drawn:
    """The same, further down and to the right; a watermark stays where it is."""
    # A matrix has a thousand outlines: made anew by their own constructor, four times as fast as by replace()
    if isinstance(drawn, PlacedProse):
        return PlacedProse(drawn.prose, drawn.x + right_mm, drawn.y + down_mm, drawn.width)
    if isinstance(drawn, Rule):
        x1, x2 = drawn.x1 + right_mm, drawn.x2 + right_mm
        return replace(drawn, x1=x1, x2=x2, y1=drawn.y1 + down_mm, y2=drawn.y2 + down_mm)
    if isinstance(drawn, Watermark):
        return drawn
    rect = Rect(drawn.rect.x + right_mm, drawn.rect.y + down_mm, drawn.rect.w, drawn.rect.h)
    return Outline(rect, drawn.line_mm, drawn.mark) if isinstance(drawn, Outline) else replace(drawn, rect=rect)


def draw(canvas: object, drawn: Drawn) -> None:
    """Put one thing on a canvas of the PDF library (origin lower left, points)."""
    if isinstance(drawn, PlacedProse):
        flow = drawn.prose.flow()
        height_pt = flow.wrap(drawn.width * PT_PER_MM, 10_000)[1]
        flow.drawOn(canvas, drawn.x * PT_PER_MM, (PAGE_H_MM - drawn.y) * PT_PER_MM - height_pt)
    elif isinstance(drawn, Rule):
        if drawn.dotted:
            canvas.setLineCap(1)  # type: ignore[attr-defined]
            canvas.setDash(0, DOT_STEP_MM * PT_PER_MM)  # type: ignore[attr-defined]
        _line(canvas, drawn.line_mm, drawn.x1, drawn.y1, drawn.x2, drawn.y2)
        if drawn.dotted:
            canvas.setDash()  # type: ignore[attr-defined]
            canvas.setLineCap(0)  # type: ignore[attr-defined]
    elif isinstance(drawn, Watermark):
        _watermark(canvas, drawn)
    elif isinstance(drawn, Patch):
        _patch(canvas, drawn)
    else:
        _outline(canvas, drawn)


def _line(canvas: object, line_mm: float, x1: float, y1: float, x2: float, y2: float) -> None:
    canvas.setLineWidth(line_mm * PT_PER_MM)  # type: ignore[attr-defined]
    points = (x1 * PT_PER_MM, (PAGE_H_MM - y1) * PT_PER_MM, x2 * PT_PER_MM, (PAGE_H_MM - y2) * PT_PER_MM)
    canvas.line(*points)  # type: ignore[attr-defined]


def _patch(canvas: object, drawn: Patch) -> None:
    rect = drawn.rect
    canvas.saveState()  # type: ignore[attr-defined]
    canvas.setFillGray(1 - drawn.grey)  # type: ignore[attr-defined]
    corner = (rect.x * PT_PER_MM, (PAGE_H_MM - rect.y - rect.h) * PT_PER_MM)
    canvas.rect(*corner, rect.w * PT_PER_MM, rect.h * PT_PER_MM, stroke=0, fill=1)  # type: ignore[attr-defined]
    canvas.restoreState()  # type: ignore[attr-defined]


def _watermark(canvas: Any, drawn: Watermark) -> None:
    size_pt = WATERMARK_MM * PT_PER_MM / pdfmetrics.stringWidth(drawn.words, drawn.face.bold, 1)
    canvas.saveState()
    canvas.translate(PAGE_W_MM / 2 * PT_PER_MM, PAGE_H_MM / 2 * PT_PER_MM)
    canvas.rotate(56)
    canvas.setStrokeGray(0.68)
    canvas.setLineWidth(0.3 * PT_PER_MM)
    line = canvas.beginText(-WATERMARK_MM / 2 * PT_PER_MM, -0.35 * size_pt)
    line.setFont(drawn.face.bold, size_pt)
    line.setTextRenderMode(1)
    line.textOut(drawn.words)
    canvas.drawText(line)
    canvas.restoreState()
    canvas.saveState()
    canvas.setFillGray(1)
    for rect in drawn.clear:
        place = (rect.x * PT_PER_MM, (PAGE_H_MM - rect.y - rect.h) * PT_PER_MM, rect.w * PT_PER_MM, rect.h * PT_PER_MM)
        canvas.rect(*place, stroke=0, fill=1)
    canvas.restoreState()


def _outline(canvas: object, drawn: Outline) -> None:
    rect = drawn.rect
    canvas.setLineWidth(drawn.line_mm * PT_PER_MM)  # type: ignore[attr-defined]
    corner = (rect.x * PT_PER_MM, (PAGE_H_MM - rect.y - rect.h) * PT_PER_MM)
    canvas.rect(*corner, rect.w * PT_PER_MM, rect.h * PT_PER_MM, fill=drawn.mark == "fill")  # type: ignore[attr-defined]
    if drawn.mark == "cross":
        inset = 0.6
        left, top, right, bottom = rect.x + inset, rect.y + inset, rect.x + rect.w - inset, rect.y + rect.h - inset
        _line(canvas, 0.5, left, top, right, bottom)
        _line(canvas, 0.5, left, bottom, right, top)
    elif drawn.mark == "tick":
        foot = rect.x + 0.42 * rect.w, rect.y + 0.85 * rect.h
        _line(canvas, 0.5, rect.x + 0.15 * rect.w, rect.y + 0.5 * rect.h, *foot)
        _line(canvas, 0.5, *foot, rect.x + 1.0 * rect.w, rect.y + 0.05 * rect.h)
    elif drawn.mark == "circle":
        canvas.setLineWidth(0.4 * PT_PER_MM)  # type: ignore[attr-defined]
        left, top, right, bottom = rect.x - 1.2, rect.y - 1.0, rect.x + rect.w + 1.2, rect.y + rect.h + 1.0
        corners = left, PAGE_H_MM - bottom, right, PAGE_H_MM - top
        canvas.ellipse(*(place * PT_PER_MM for place in corners))  # type: ignore[attr-defined]
