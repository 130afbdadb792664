"""How to scan, on one page: four drawn steps, what to set on the scanner, what to do with a torn sheet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.platypus import Flowable, Table, TableStyle

from forms.geometry import PT_PER_MM
from forms.pack.content import Office, Pack, stacks_of
from forms.pack.paper import BODY_W_MM, item, official_head, paper_title, ruled_table, say, write_paper
from forms.words import text

_PICTURE_W_MM, _PICTURE_H_MM = 39.0, 30.0
_SETTINGS = ("dpi", "colour", "sides", "size", "file")
_STEPS, _TORN = 4, 4


def write_scanning(path: Path, office: Office, pack: Pack) -> int:
    """Write the page; `pack` only gives the name of a stack as the example of a file's name. Gives the pages: one."""
    lang = office.lang
    stack = next(stack.code for share in pack.shares for stack in stacks_of(share))
    head = [text("pack.scan_setting", lang), text("pack.scan_value", lang)]
    rows = [[text(f"pack.scan_{name}", lang), _value(name, stack, lang)] for name in _SETTINGS]
    flow = [
        *official_head(office.superior, office.body, lang),
        *paper_title(text("pack.scan", lang), "", office.name),
        _steps(lang),
        say("", 6),
        ruled_table([head], rows, (30.0, BODY_W_MM - 30.0)),
        say("", 4),
        say(text("pack.scan_torn", lang), face="bold", after_mm=1),
        *[item(text(f"pack.scan_torn_{number}", lang), 11, 0.8) for number in range(1, _TORN + 1)],
        say("", 4),
        say(text("pack.scan_again", lang), 11, "justify"),
        say(text("pack.scan_after", lang), 11, "justify", after_mm=0),
    ]
    title = text("pack.scan_short", lang)
    return write_paper(path, title, f"{title} – {office.name}", lang, flow)


def _value(name: str, stack: str, lang: str) -> str:
    # only one of the values has a field, and a field that a sentence lacks is left alone
    return text(f"pack.scan_{name}_value", lang, name=stack)


def _steps(lang: str) -> Table:
    """The four pictures with their number and words below."""
    pictures: list[Flowable] = [_Picture(drawing) for drawing in (_unclip, _cover_on_top, _both_sides, _four_corners)]
    words = [
        say(f"<b>{number}.</b> {text(f'pack.scan_{number}', lang)}", 10, after_mm=0) for number in range(1, _STEPS + 1)
    ]
    table = Table([pictures, words], [BODY_W_MM / _STEPS * PT_PER_MM] * _STEPS)
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOX", (0, 0), (-1, -1), 0.5, colors.black)]))
    return table


class _Picture(Flowable):  # type: ignore[misc]  # the PDF library has no types
    """A drawing in mm, its origin at the lower left."""

    def __init__(self, drawing: Callable[[Any], None]) -> None:
        super().__init__()
        self.drawing = drawing

    def wrap(self, _width_pt: float, _height_pt: float) -> tuple[float, float]:
        return _PICTURE_W_MM * PT_PER_MM, _PICTURE_H_MM * PT_PER_MM

    def draw(self) -> None:
        self.canv.saveState()
        self.canv.scale(PT_PER_MM, PT_PER_MM)
        self.canv.setLineWidth(0.3)
        self.canv.setFillColor(colors.white)
        self.drawing(self.canv)
        self.canv.restoreState()


def _page(canvas: Any, x: float, y: float, w: float = 15.0, h: float = 21.0, markers: bool = True) -> None:
    """A sheet with its corner markers and two codes."""
    canvas.rect(x, y, w, h, fill=1)
    canvas.setFillColor(colors.black)
    corners = [(1.2, 1.2), (w - 2.4, 1.2), (1.2, h - 2.4), (w - 2.4, h - 2.4)]
    for left, low in corners if markers else ():
        canvas.rect(x + left, y + low, 1.2, 1.2, stroke=0, fill=1)
    canvas.setFillColor(colors.gray)
    if markers:
        canvas.rect(x + w - 5.4, y + h - 3.4, 2.4, 2.4, stroke=0, fill=1)
        canvas.rect(x + 3.0, y + 1.0, 2.4, 2.4, stroke=0, fill=1)
    if markers:  # its title, so that upside down is seen
        canvas.setFillColor(colors.black)
        canvas.rect(x + 3.0, y + h - 3.0, 5.0, 0.9, stroke=0, fill=1)
    for line in range(4):
        canvas.line(x + 2.5, y + h - 6.5 - 2.6 * line, x + w - 2.5, y + h - 6.5 - 2.6 * line)
    canvas.setFillColor(colors.white)


def _cross(canvas: Any, x: float, y: float, size: float = 5.0) -> None:
    canvas.saveState()
    canvas.setLineWidth(0.9)
    canvas.line(x, y, x + size, y + size)
    canvas.line(x, y + size, x + size, y)
    canvas.restoreState()


def _arrow(canvas: Any, x1: float, y1: float, x2: float, y2: float, tip: float = 1.6) -> None:
    """An arrow along x or y."""
    canvas.saveState()
    canvas.setLineWidth(0.6)
    canvas.line(x1, y1, x2, y2)
    along_x, along_y = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    for side in (-1, 1):
        back_x, back_y = x2 - tip * along_x + side * tip * along_y, y2 - tip * along_y + side * tip * along_x
        canvas.line(x2, y2, back_x, back_y)
    canvas.restoreState()


def _unclip(canvas: Any) -> None:
    """Sheets with a staple in the corner, crossed out."""
    for shift in (2, 1, 0):
        _page(canvas, 11 + shift, 3 + shift)
    canvas.saveState()
    canvas.setLineWidth(0.8)
    canvas.line(9.6, 21.4, 13.2, 25.0)
    canvas.restoreState()
    _cross(canvas, 4.5, 19.5)


def _shape(canvas: Any, corners: list[tuple[float, float]]) -> None:
    path = canvas.beginPath()
    path.moveTo(*corners[0])
    for corner in corners[1:]:
        path.lineTo(*corner)
    path.close()
    canvas.drawPath(path, fill=1)


def _cover_on_top(canvas: Any) -> None:
    """A stack seen from the side, its cover let down onto it."""
    for layer in range(7):
        canvas.rect(8, 3 + 0.9 * layer, 23, 0.9, fill=1)
    _shape(canvas, [(8, 14), (31, 14), (34, 22), (11, 22)])
    canvas.setFillColor(colors.black)
    _shape(canvas, [(26.9, 18.2), (30.7, 18.2), (31.9, 21.2), (28.1, 21.2)])
    canvas.setFillColor(colors.white)
    _arrow(canvas, 19.5, 13.2, 19.5, 10.0)


def _both_sides(canvas: Any) -> None:
    """A sheet upright and one upside down, with an arrow round to the other side."""
    _page(canvas, 2, 4)
    _arrow(canvas, 17.8, 16.5, 21.2, 16.5)
    _arrow(canvas, 21.2, 12.5, 17.8, 12.5)
    canvas.saveState()
    canvas.translate(37, 25)
    canvas.rotate(180)
    _page(canvas, 0, 0)
    canvas.restoreState()


def _four_corners(canvas: Any) -> None:
    """A whole page, and one whose edges were cut off, crossed out."""
    _page(canvas, 2, 4)
    canvas.saveState()
    clip = canvas.beginPath()
    clip.rect(23.4, 7.2, 12, 15.4)
    canvas.clipPath(clip, stroke=0)
    _page(canvas, 21.5, 4)
    canvas.restoreState()
    canvas.rect(23.4, 7.2, 12, 15.4, fill=0)
    _cross(canvas, 24.4, 9.0, 10.0)
