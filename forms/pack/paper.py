"""An office paper as PDF: head, title, paragraphs, tables with their head on every page, signatures, "page x/y".

Margins, motto and the head's two blocks follow Decree 30/2020/ND-CP, annex I. Knows no sheet and no campaign; what
stands on a paper comes as flowables of the PDF library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from forms.drawing import plain
from forms.fonts import BOLD, ITALIC, REGULAR, Typeface, current_typeface, text_width_mm
from forms.geometry import PAGE_H_MM, PAGE_W_MM, PT_PER_MM
from forms.words import text

TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20.0, 20.0, 30.0, 15.0
BODY_W_MM = PAGE_W_MM - LEFT_MM - RIGHT_MM
SIZE_PT, TABLE_PT, HEAD_PT, SMALL_PT = 12.0, 10.0, 9.0, 9.0
_LEADING = 1.26
_LINE_PT = 0.5
_ALIGNMENTS = {"left": TA_LEFT, "centre": TA_CENTER, "right": TA_RIGHT, "justify": TA_JUSTIFY}
_FACES = {"": REGULAR, "bold": BOLD, "italic": ITALIC}

Cell: TypeAlias = str | Flowable | list[Flowable]


@cache
def _style(typeface: Typeface, size_pt: float, align: str, face: str, after_mm: float) -> ParagraphStyle:
    return ParagraphStyle(
        "paper",
        fontName=typeface.name(_FACES[face]),
        fontSize=size_pt,
        leading=size_pt * _LEADING,
        alignment=_ALIGNMENTS[align],
        spaceAfter=after_mm * PT_PER_MM,
        # no line of a paragraph alone on a page
        allowWidows=0,
        allowOrphans=0,
    )


def say(markup: str, size_pt: float = SIZE_PT, align: str = "left", face: str = "", after_mm: float = 2.0) -> Paragraph:
    """A paragraph; `markup` may hold <b> and <i>, everything else escaped (forms.drawing.plain)."""
    return Paragraph(markup, _style(current_typeface(), size_pt, align, face, after_mm))


def item(markup: str, size_pt: float = SIZE_PT, after_mm: float = 1.0) -> Paragraph:
    """A paragraph of a list, its lines in from the dash before it."""
    typeface = current_typeface()
    style = _style(typeface, size_pt, "left", "", after_mm).clone(
        "item", leftIndent=4.6 * PT_PER_MM, bulletFontName=typeface.regular, bulletFontSize=size_pt
    )
    return Paragraph(markup, style, bulletText="–")


def height_of(paragraph: Paragraph, width_mm: float) -> float:
    """The height of a paragraph in a column of that width, mm."""
    return float(paragraph.wrap(width_mm * PT_PER_MM, PAGE_H_MM * PT_PER_MM)[1]) / PT_PER_MM


def put(canvas: Canvas, paragraph: Paragraph, x_mm: float, y_mm: float, width_mm: float) -> float:
    """Draw a paragraph with its upper left corner there, counted from the top of the page; the y below it."""
    below = y_mm + height_of(paragraph, width_mm)
    paragraph.drawOn(canvas, x_mm * PT_PER_MM, (PAGE_H_MM - below) * PT_PER_MM)
    return below


def gap(height_mm: float) -> Spacer:
    """Empty space."""
    return Spacer(1, height_mm * PT_PER_MM)


class Line(Flowable):  # type: ignore[misc]  # the PDF library has no types
    """A horizontal line in the middle of its column."""

    def __init__(self, width_mm: float) -> None:
        super().__init__()
        self.line_pt = width_mm * PT_PER_MM

    def wrap(self, width_pt: float, _height_pt: float) -> tuple[float, float]:
        """All the width there is, and little height."""
        self.width = width_pt
        return width_pt, 3.0

    def draw(self) -> None:
        """The line itself."""
        self.canv.setLineWidth(_LINE_PT)
        left = (self.width - self.line_pt) / 2
        self.canv.line(left, 1.5, left + self.line_pt, 1.5)


class Tick(Flowable):  # type: ignore[misc]  # as above
    """An empty square to tick, 4 mm."""

    def wrap(self, _width_pt: float, _height_pt: float) -> tuple[float, float]:
        """Its size."""
        return 4 * PT_PER_MM, 4 * PT_PER_MM

    def draw(self) -> None:
        """The square itself."""
        self.canv.setLineWidth(0.7)
        self.canv.rect(0, 0, 4 * PT_PER_MM, 4 * PT_PER_MM)


def official_head(superior: str, body: str, lang: str, under_left: str = "", under_right: str = "") -> list[Flowable]:
    """The issuing bodies on the left, country and motto on the right; under them a number, a place and date."""
    country, motto = text("sheet.country", lang), text("sheet.motto", lang)
    left: list[Flowable] = [say(plain(superior), 11, "centre", after_mm=0)] if superior else []
    left += [say(plain(body), 11, "centre", "bold", 0), Line(18)]
    right = [say(country, 11, "centre", "bold", 0), say(motto, 12, "centre", "bold", 0)]
    right.append(Line(text_width_mm(motto, BOLD, 12)))
    if under_left:
        left.append(say(under_left, 11, "centre", after_mm=0))
    if under_right:
        right.append(say(under_right, 11, "centre", "italic", 0))
    columns = Table([[left, right]], [v * PT_PER_MM for v in (BODY_W_MM * 0.42, BODY_W_MM * 0.58)])
    columns.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(0)]))
    return [columns, gap(5)]


def _padding(points: float) -> list[tuple[Any, ...]]:
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    return [(side, (0, 0), (-1, -1), points) for side in sides]


def paper_title(main: str, about: str, below: str = "") -> list[Flowable]:
    """The kind of paper in capitals, what it is about, and the campaign."""
    titles = [say(plain(main), 15, "centre", "bold", 0.5)]
    if about:
        titles.append(say(plain(about), 13, "centre", "bold", 1))
    if below:
        titles.append(say(plain(below), 12, "centre", "italic", 1))
    return [*titles, gap(2)]


def ruled_table(
    head: Sequence[Sequence[Cell]],
    rows: Sequence[Sequence[Cell]],
    widths_mm: Sequence[float],
    centred: Sequence[int] = (),
    row_mm: float | None = None,
    extra: Sequence[tuple[Any, ...]] = (),
    wrapped: bool = False,
) -> Table:
    """A table whose `head` rows stand on every page; words wrap in their column, `centred` names columns of figures.

    No row may be taller than a page. `row_mm` gives empty rows room for a pen; `extra` are the PDF library's own
    commands, their rows counted with the head. `wrapped`: the caller has seen to what wraps, strings stay strings.
    """
    titles = [[_title(cell) for cell in row] for row in head]
    body = [list(row) for row in rows]
    if not wrapped:
        body = [[_cell(cell, "centre" if at in centred else "left") for at, cell in enumerate(row)] for row in rows]
    heights = None if row_mm is None else [*[None] * len(titles), *[row_mm * PT_PER_MM] * len(body)]
    widths = [width * PT_PER_MM for width in widths_mm]
    table = Table([*titles, *body], widths, heights, repeatRows=len(titles))
    style = [
        ("GRID", (0, 0), (-1, -1), _LINE_PT, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("FONT", (0, 0), (-1, -1), current_typeface().regular, TABLE_PT, TABLE_PT * _LEADING),
        *[("ALIGN", (at, len(titles)), (at, -1), "CENTER") for at in centred],
        *_padding(3),
        *extra,
    ]
    table.setStyle(TableStyle(style))
    return table


def _title(cell: Cell) -> Cell:
    return say(plain(cell), HEAD_PT, "centre", "bold", 0) if isinstance(cell, str) and cell else cell


def _cell(cell: Cell, align: str) -> Cell:
    # plain figures stay strings: the library draws them many times faster than paragraphs
    if not isinstance(cell, str) or not cell or cell.isdecimal():
        return cell
    return say(plain(cell), TABLE_PT, align, after_mm=0)


def bold_row(*cells: str) -> list[Cell]:
    """A row of sums."""
    return [say(plain(cell), TABLE_PT, "centre" if cell.isdecimal() else "left", "bold", 0) for cell in cells]


def dotted_line(label: str, width_mm: float = BODY_W_MM, height_mm: float = 8.0) -> Table:
    """A label and a dotted line to write on, up to the end of the width."""
    label_mm = text_width_mm(label, REGULAR, SIZE_PT) + 2 if label else 0.1
    row = [say(plain(label), after_mm=0) if label else "", ""]
    line = Table([row], [label_mm * PT_PER_MM, (width_mm - label_mm) * PT_PER_MM], [height_mm * PT_PER_MM])
    dots = ("LINEBELOW", (1, 0), (1, 0), 0.6, colors.black, 1, (0.6, 2.4))
    line.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "BOTTOM"), *_padding(0), ("BOTTOMPADDING", (0, 0), (0, 0), 0), dots])
    )
    line.hAlign = "LEFT"
    return line


def side_by_side(*parts: tuple[Cell, float]) -> Table:
    """Flowables beside each other, each with the width of its column in mm."""
    table = Table([[part for part, _ in parts]], [width * PT_PER_MM for _, width in parts])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "BOTTOM"), *_padding(0)]))
    table.hAlign = "LEFT"
    return table


def signatures(left: str, right: str, lang: str) -> Table:
    """Two blocks to sign, with their note and room for a hand and a stamp, on one page; "" for none on that side."""
    note = text("pack.sign", lang)
    blocks = [
        [say(plain(who), SIZE_PT, "centre", "bold", 0), say(note, 11, "centre", "italic", 0)] if who else ""
        for who in (left, right)
    ]
    table = Table([blocks, ["", ""]], [BODY_W_MM / 2 * PT_PER_MM] * 2, [None, 24 * PT_PER_MM])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("NOSPLIT", (0, 0), (-1, -1)), *_padding(0)]))
    return table


@dataclass
class _Paging:
    """Which copy is being laid out, and how many pages the copies before it took."""

    copy: int = 0
    before: int = 0

    @property
    def total(self) -> str:
        """The name of the drawing that says how many pages this copy has; it is made once its last page is there."""
        return f"total{self.copy}"


class _End(Flowable):  # type: ignore[misc]  # as above
    """The last thing on a copy's last page: its number is how many there are, for the foot of all of them."""

    def __init__(self, paging: _Paging) -> None:
        super().__init__()
        self.paging = paging

    def wrap(self, _width_pt: float, _height_pt: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        page = self.canv.getPageNumber()
        self.canv.beginForm(self.paging.total)
        self.canv.setFont(current_typeface().regular, SMALL_PT)
        self.canv.drawString(0, 0, str(page - self.paging.before))
        self.canv.endForm()
        self.paging.copy, self.paging.before = self.paging.copy + 1, page


def write_paper(path: Path, title: str, foot: str, lang: str, *copies: Sequence[Flowable]) -> int:
    """Write one paper and give its number of pages; the same content gives the same bytes.

    Each copy begins a page and counts its own. `foot` stands small at the foot of every page, before "page x/y".
    """
    size = (PAGE_W_MM * PT_PER_MM, PAGE_H_MM * PT_PER_MM)
    paper = BaseDocTemplate(str(path), pagesize=size, invariant=1, pageCompression=1, title=title)
    left, bottom = LEFT_MM * PT_PER_MM, BOTTOM_MM * PT_PER_MM
    height = (PAGE_H_MM - TOP_MM - BOTTOM_MM) * PT_PER_MM
    frame, paging = Frame(left, bottom, BODY_W_MM * PT_PER_MM, height, 0, 0, 0, 0), _Paging()
    page = PageTemplate("page", [frame], onPage=lambda canvas, _: _draw_foot(canvas, foot, lang, paging))
    paper.addPageTemplates([page])
    flow = [flowable for copy in copies for flowable in (*copy, _End(paging), PageBreak())]
    paper.build(flow[:-1])
    return int(paper.page)


def _draw_foot(canvas: Canvas, foot: str, lang: str, paging: _Paging) -> None:
    baseline, right = 11 * PT_PER_MM, (PAGE_W_MM - RIGHT_MM) * PT_PER_MM
    page = text("pack.page", lang, page=canvas.getPageNumber() - paging.before)
    total_at = right - text_width_mm("000", REGULAR, SMALL_PT) * PT_PER_MM
    canvas.saveState()
    canvas.setFont(current_typeface().regular, SMALL_PT)
    canvas.drawString(LEFT_MM * PT_PER_MM, baseline, shortened(foot, BODY_W_MM - 35))
    canvas.drawRightString(total_at, baseline, page)
    canvas.translate(total_at, baseline)
    canvas.doForm(paging.total)
    canvas.restoreState()


def shortened(words: str, width_mm: float) -> str:
    """A line for the foot of a page, cut off after a word where it is too long."""
    if text_width_mm(words, REGULAR, SMALL_PT) <= width_mm:
        return words
    while " " in words and text_width_mm(words + "…", REGULAR, SMALL_PT) > width_mm:
        words = words.rpartition(" ")[0]
    return words.rstrip(" ,;:–-") + "…"
