"""Slips for people without e-mail: ten on a sheet of A4 to be cut apart, each with one link as a code and as text.

A slip names no agency, so that whoever finds one learns nothing about whom it rates. Knows no store; whether a name
stands on it is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from forms.code import code_address, make_code
from forms.drawing import Rule, draw, plain
from forms.geometry import PAGE_H_MM, PAGE_W_MM, PT_PER_MM, Rect
from forms.pack.paper import height_of, put, say
from forms.pack.stack_covers import draw_code
from forms.serial import show_serial
from forms.words import text

COLUMNS, ROWS = 2, 5
SLIPS_A_PAGE = COLUMNS * ROWS
_W_MM, _H_MM = PAGE_W_MM / COLUMNS, PAGE_H_MM / ROWS
_INSET_MM, _TOP_MM, _BOTTOM_MM = 8.0, 5.0, 5.0
_SMALLEST = 0.5
_CODE_MM, _QUIET_MM = 30.0, 4.0  # the quiet zone is four of the 33 and more modules of a code
_CUT_MM = 0.1


@dataclass(frozen=True)
class SlipHead:
    """What stands on every slip; `public_address` as campaign.yaml has it, `last_day` as people write it, or ""."""

    body: str
    campaign: str
    public_address: str
    last_day: str
    lang: str = "vi"


@dataclass(frozen=True)
class Slip:
    """One person's slip; `name` is "" where none may stand on it."""

    serial: str = field(repr=False)
    name: str = field(default="", repr=False)


def write_slips(path: Path, head: SlipHead, slips: Sequence[Slip]) -> int:
    """Write the slips in their order and give the pages."""
    size = (PAGE_W_MM * PT_PER_MM, PAGE_H_MM * PT_PER_MM)
    canvas = Canvas(str(path), pagesize=size, pageCompression=1, invariant=1)
    canvas.setTitle(text("slips.title", head.lang))
    canvas.setViewerPreference("PrintScaling", "None")
    pages = range(0, len(slips), SLIPS_A_PAGE)
    for start in pages:
        _draw_cuts(canvas)
        for place, slip in enumerate(slips[start : start + SLIPS_A_PAGE]):
            row, column = divmod(place, COLUMNS)
            _draw_slip(canvas, head, slip, column * _W_MM, row * _H_MM)
        canvas.showPage()
    canvas.save()
    return len(pages)


def _draw_cuts(canvas: Canvas) -> None:
    for column in range(1, COLUMNS):
        draw(canvas, Rule(column * _W_MM, 0, column * _W_MM, PAGE_H_MM, _CUT_MM, dotted=True))
    for row in range(1, ROWS):
        draw(canvas, Rule(0, row * _H_MM, PAGE_W_MM, row * _H_MM, _CUT_MM, dotted=True))


def _draw_slip(canvas: Canvas, head: SlipHead, slip: Slip, x_mm: float, y_mm: float) -> None:
    """A slip, its words as large as they fit beside the code."""
    left, bottom = x_mm + _INSET_MM, y_mm + _H_MM - _BOTTOM_MM
    code = Rect(x_mm + _W_MM - _INSET_MM - _CODE_MM, bottom - _CODE_MM, _CODE_MM, _CODE_MM)
    draw_code(canvas, make_code(code_address(head.public_address), slip.serial, 1), code)
    scale = 1.0
    while scale > _SMALLEST and _bottom_of(_lines(head, slip, scale), y_mm, code, left) > bottom:
        scale -= 0.05
    y = y_mm + _TOP_MM
    for line, above in _lines(head, slip, scale):
        y = put(canvas, line, left, y, _column(above, code, left))


def _column(above: bool, code: Rect, left: float) -> float:
    return code.x + code.w - left if above else code.x - left - _QUIET_MM


def _bottom_of(lines: Sequence[tuple[Paragraph, bool]], y_mm: float, code: Rect, left: float) -> float:
    """Where the words end; beyond the page where those above the code would run into it."""
    heights = [(height_of(line, _column(above, code, left)), above) for line, above in lines]
    if y_mm + _TOP_MM + sum(height for height, above in heights if above) > code.y:
        return y_mm + PAGE_H_MM
    return y_mm + _TOP_MM + sum(height for height, _ in heights)


def _lines(head: SlipHead, slip: Slip, scale: float) -> list[tuple[Paragraph, bool]]:
    """The paragraphs from top to bottom, and whether each stands above the code, over the whole width."""
    lang = head.lang
    shown = head.public_address.rstrip("/").partition("://")[2]
    found = [(say(plain(head.body), 8.5 * scale, face="bold"), True), (say(plain(head.campaign), 8 * scale), True)]
    if slip.name:
        found.append((say(text("slips.to", lang, name=plain(slip.name)), 9.5 * scale, face="bold"), True))
    found.append((say(text("slips.how", lang), 9 * scale), False))
    found.append((say(text("slips.or", lang, address=plain(shown)), 9 * scale), False))
    found.append((say(show_serial(slip.serial), 10 * scale, face="bold"), False))
    if head.last_day:
        found.append((say(text("slips.last_day", lang, day=head.last_day), 9 * scale), False))
    return [*found, (say(text("slips.own", lang), 8 * scale, face="italic"), False)]
