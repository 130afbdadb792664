"""Slips for people without e-mail: ten on a sheet of A4 to be cut apart, each with one link as a code and as text.

A slip names no agency, so that whoever finds one learns nothing about whom it rates. Knows no store; whether a name
stands on it is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from forms.code import code_address, make_code
from forms.drawing import Rule, draw, plain
from forms.geometry import PAGE_H_MM, PAGE_W_MM, PT_PER_MM, Rect
from forms.pack.paper import put, say
from forms.pack.stack_covers import draw_code
from forms.serial import show_serial
from forms.words import text

COLUMNS, ROWS = 2, 5
SLIPS_A_PAGE = COLUMNS * ROWS
_W_MM, _H_MM = PAGE_W_MM / COLUMNS, PAGE_H_MM / ROWS
_INSET_MM = 8.0
_CODE_MM, _QUIET_MM = 33.0, 3.0  # four modules of the 33 and more that a code has
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
    lang, left, width = head.lang, x_mm + _INSET_MM, _W_MM - 2 * _INSET_MM
    y = put(canvas, say(plain(head.body), 8.5, face="bold"), left, y_mm + 5.0, width)
    y = put(canvas, say(plain(head.campaign), 8), left, y, width)
    code = Rect(x_mm + _W_MM - _INSET_MM - _CODE_MM, y_mm + _H_MM - _INSET_MM - _CODE_MM + 2, _CODE_MM, _CODE_MM)
    draw_code(canvas, make_code(code_address(head.public_address), slip.serial, 1), code)
    beside = code.x - left - _QUIET_MM
    y = max(y + 0.5, code.y - 1)
    if slip.name:
        y = put(canvas, say(text("slips.to", lang, name=plain(slip.name)), 9, face="bold"), left, y, beside)
    y = put(canvas, say(text("slips.how", lang), 8.5), left, y + 0.5, beside)
    shown = head.public_address.rstrip("/").partition("://")[2] or head.public_address
    y = put(canvas, say(text("slips.or", lang, address=plain(shown)), 8.5), left, y + 0.5, beside)
    y = put(canvas, say(show_serial(slip.serial), 9.5, face="bold"), left, y + 0.5, beside)
    if head.last_day:
        y = put(canvas, say(text("slips.last_day", lang, day=head.last_day), 8.5), left, y + 0.5, beside)
    put(canvas, say(text("slips.own", lang), 7.5, face="italic"), left, y + 0.5, beside)
