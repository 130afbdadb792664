"""Sheets as PDF: what a layout draws alike is stored once a file, each page adds its codes, number and agency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject
from reportlab.pdfgen.textobject import PDFTextObject

from forms.code import MODULES, make_code, qr_matrix
from forms.compose import PagePlan, Plan
from forms.drawing import draw
from forms.fonts import BOLD, KHMER, REGULAR, is_khmer, setting_in, split_runs, text_width_mm
from forms.geometry import (
    BODY_LEFT_MM,
    BODY_RIGHT_MM,
    CODE_MM,
    MARKER_BITS,
    PAGE_H_MM,
    PAGE_W_MM,
    PT_PER_MM,
    Rect,
    code_rects,
    marker_rects,
    mid_mark_rects,
)
from forms.serial import show_serial
from forms.words import text

AGENCY_SMALLEST_PT = 8.0
AGENCY_W_MM = BODY_RIGHT_MM - BODY_LEFT_MM


@dataclass(frozen=True)
class PrintedSheet:
    """What differs from sheet to sheet of one layout; `agency_name` is the rated agency, on a matrix the workplace."""

    serial: str
    number: str
    agency_name: str
    is_reserve: bool = False


class _Text(PDFTextObject):  # type: ignore[misc]
    """A text whose rise is always known: the library forgets it where one rise follows another, and Khmer sinks."""

    _rise: float

    def setRise(self, rise: float) -> None:  # noqa: N802  # the library's name
        if self._code and self._code[-1].endswith(" Ts"):
            self._y += self._rise
            self._code.pop()
        self._rise = rise
        self._y -= rise
        self._code.append(f"{rise:.4f} Ts")


class _SheetCanvas(Canvas):  # type: ignore[misc]
    def beginText(self, x: float = 0, y: float = 0, direction: str | None = None) -> _Text:  # noqa: N802
        return _Text(self, x, y, direction=direction)


class SheetWriter:
    """Writes sheets into one PDF; same sheets, same bytes; memory grows with one file's pages."""

    def __init__(
        self, path: Path, plan: Plan, address: str, lang: str = "vi", title: str = "", *, training: bool = False
    ) -> None:
        self.address, self.lang, self.training = address, lang, training
        self.pages = 0
        self._stored: list[Plan] = []
        size = (PAGE_W_MM * PT_PER_MM, PAGE_H_MM * PT_PER_MM)
        self._canvas = _SheetCanvas(str(path), pagesize=size, pageCompression=1, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setViewerPreference("PrintScaling", "None")
        self.turn_to(plan)

    def turn_to(self, plan: Plan) -> None:
        """Sheets added from now on are of this plan; what its pages draw alike is stored once."""
        self.plan = plan
        if all(plan is not stored for stored in self._stored):
            self._stored.append(plan)
            for page in plan.pages:
                self._store_page(page)

    def _form(self, page: PagePlan) -> str:
        plan = next(number for number, stored in enumerate(self._stored) if stored is self.plan)
        return f"plan{plan}page{page.layout.page}"

    def _store_page(self, page: PagePlan) -> None:
        self._canvas.beginForm(self._form(page))
        for rect, rows in zip(marker_rects(), MARKER_BITS, strict=True):
            _fill(self._canvas, rect, len(rows), _dark_runs([[bit == "1" for bit in row] for row in rows]))
        for rect in mid_mark_rects():
            _fill(self._canvas, rect, 1, _dark_runs([[True]]))
        for drawn in page.drawn:
            draw(self._canvas, drawn)
        self._canvas.endForm()

    def add_empty(self) -> None:
        """Add every page of the plan with nothing on it but what all of its sheets draw alike."""
        for page in self.plan.pages:
            self._canvas.doForm(self._form(page))
            self._canvas.showPage()
            self.pages += 1

    def add(self, sheet: PrintedSheet) -> int:
        """Add every page of one sheet; gives its first page's number in the file, from 1."""
        first = self.pages + 1
        for page in self.plan.pages:
            self._canvas.doForm(self._form(page))
            runs = _dark_runs(qr_matrix(make_code(self.address, sheet.serial, page.layout.page)))
            for rect in code_rects():
                _fill(self._canvas, rect, MODULES, runs)
            self._draw_names(sheet, page.layout.page)
            self._canvas.showPage()
            self.pages += 1
        return first

    def _draw_names(self, sheet: PrintedSheet, page: int) -> None:
        upper, lower = code_rects()
        shown = show_serial(sheet.serial)
        number = text("sheet.number", self.lang, number=sheet.number)
        serial = text("sheet.serial", self.lang, serial=shown)
        paging = text("sheet.page", self.lang, page=page, pages=self.plan.asking) if page <= self.plan.asking else ""
        right = upper.x - 4
        self._say(number, right, upper.y + 4.5, 9, BOLD, "right")
        self._say(serial, right, upper.y + 9.5, 9, REGULAR, "right")
        self._say(paging, right, upper.y + 14.5, 9, REGULAR, "right")
        if sheet.is_reserve or self.training:
            kind = text("sheet.training" if self.training else "sheet.reserve", self.lang)
            self._say(kind, right, upper.y + 19.5, 9, BOLD, "right")
        self._say(shown, lower.x + CODE_MM + 4, lower.y + 8.5, 9, REGULAR, "left")
        self._say(
            " · ".join(filter(None, (sheet.number, paging))), lower.x + CODE_MM + 4, lower.y + 13.5, 9, REGULAR, "left"
        )
        if page == 1:
            with setting_in(self.plan.face):
                largest = self.plan.agency_pt
                width = text_width_mm(sheet.agency_name, BOLD, largest)
            size = min(largest, largest * AGENCY_W_MM / width)
            centre = (BODY_LEFT_MM + BODY_RIGHT_MM) / 2
            self._say(sheet.agency_name, centre, self.plan.agency_y_mm + largest / 3, size, BOLD, "centre")
        if page % 2 and page < self.plan.asking:
            self._say(text("sheet.turn_over", self.lang), BODY_RIGHT_MM - 12, lower.y + 13.5, 9, REGULAR, "right")

    def _say(self, words: str, x_mm: float, baseline_mm: float, size_pt: float, font: str, align: str) -> None:
        canvas, face = self._canvas, self.plan.face
        if not is_khmer(words):
            canvas.setFont(face.name(font), size_pt)
            put = {"left": canvas.drawString, "right": canvas.drawRightString, "centre": canvas.drawCentredString}[
                align
            ]
            put(x_mm * PT_PER_MM, (PAGE_H_MM - baseline_mm) * PT_PER_MM, words)
            return
        with setting_in(face):
            x_mm -= {"left": 0.0, "right": 1.0, "centre": 0.5}[align] * text_width_mm(words, font, size_pt)
        for run, khmer in split_runs(words, size_pt):
            name = KHMER if khmer else face.name(font)
            canvas.setFont(name, size_pt)
            canvas.drawString(x_mm * PT_PER_MM, (PAGE_H_MM - baseline_mm) * PT_PER_MM, run)
            x_mm += canvas.stringWidth(run, name, size_pt) / PT_PER_MM

    def close(self) -> None:
        """Finish the file."""
        self._canvas.save()


def _dark_runs(matrix: Sequence[Sequence[bool]]) -> list[str]:
    """The dark modules as rectangles in whole modules, row by row: short operators keep the file small."""
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                runs.append(f"{x} {y} {width} 1 re")
            x += width
    return runs


def _fill(canvas: Canvas, rect: Rect, modules: int, runs: list[str]) -> None:
    """Fill runs of modules in a square of so many modules, its first row at the top."""
    module_pt = rect.w * PT_PER_MM / modules
    canvas.saveState()
    canvas.transform(module_pt, 0, 0, -module_pt, rect.x * PT_PER_MM, (PAGE_H_MM - rect.y) * PT_PER_MM)
    canvas.drawPath(PDFPathObject(runs.copy()), stroke=0, fill=1)
    canvas.restoreState()
