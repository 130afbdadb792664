"""A cover for every stack: in large type whose sheets lie below it, and the stack's code where a sheet has its own."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from forms.code import make_stack_code, stack_matrix
from forms.drawing import Outline, Rule, draw, plain
from forms.fonts import BOLD, text_width_mm
from forms.geometry import PAGE_H_MM, PAGE_W_MM, PT_PER_MM, Rect, code_rects
from forms.pack.content import Office, Pack, Stack, stacks_of
from forms.pack.paper import SMALL_PT, put, say, shortened
from forms.pack.ranges import show_numbers
from forms.pack.wording import foot, share_name, whose_heading
from forms.words import text

_LEFT_MM, _WIDTH_MM = 25.0, 165.0
_NUMBERS_PT, _NUMBERS_SMALLEST_PT = 44.0, 18.0


def write_stack_covers(path: Path, office: Office, pack: Pack) -> int:
    """Write the covers of a pack's stacks, a page each; gives the pages."""
    canvas = Canvas(str(path), pagesize=(PAGE_W_MM * PT_PER_MM, PAGE_H_MM * PT_PER_MM), pageCompression=1, invariant=1)
    canvas.setTitle(text("pack.stack_short", office.lang))
    stacks = [stack for share in pack.shares for stack in stacks_of(share)]
    for page, stack in enumerate(stacks, 1):
        _draw_cover(canvas, office, pack, stack)
        paging = text("pack.page", office.lang, page=page) + str(len(stacks))
        named = shortened(foot(text("pack.stack_short", office.lang), pack, office), _WIDTH_MM - 30)
        _put(canvas, plain(f"{named} – {paging}"), PAGE_H_MM - 18, SMALL_PT)
        canvas.showPage()
    canvas.save()
    return len(stacks)


def _put(
    canvas: Canvas, markup: str, y_mm: float, size_pt: float, face: str = "", width_mm: float = _WIDTH_MM
) -> float:
    """Draw a paragraph at the left margin; the y below it."""
    return put(canvas, say(markup, size_pt, face=face), _LEFT_MM, y_mm, width_mm)


def _draw_cover(canvas: Canvas, office: Office, pack: Pack, stack: Stack) -> None:
    lang = office.lang
    code = code_rects()[0]
    draw_code(canvas, make_stack_code(office.campaign, stack.code), code)
    put(canvas, say(plain(stack.code), 8, "centre"), code.x - 15, code.y + code.h + 3, code.w + 30)
    y = _put(canvas, plain(office.body), 14, 12, "bold", code.x - _LEFT_MM - 6)
    _put(canvas, plain(office.name), y + 1, 11, width_mm=code.x - _LEFT_MM - 6)
    y = _put(canvas, text("pack.stack", lang), 42, 26, "bold")
    if stack.is_reserve:
        draw(canvas, Outline(Rect(_LEFT_MM - 2, y + 3, _WIDTH_MM + 4, 14), 0.8))
        y = _put(canvas, text("pack.stack_reserve", lang), y + 5, 20, "bold") + 4
    y = _named(canvas, text("pack.stack_receiver", lang), plain(pack.name), y + 6)
    whose = f"{whose_heading(pack, lang)}:"
    y = _named(canvas, whose, plain(share_name(stack.share, pack, lang)), y + 5)
    y = _put(canvas, text("pack.stack_numbers", lang), y + 5, 12)
    for line in _number_lines(stack):
        size = 0.99 * min(_NUMBERS_PT, _NUMBERS_PT * _WIDTH_MM / text_width_mm(line, BOLD, _NUMBERS_PT))
        y = _put(canvas, plain(line), y, max(_NUMBERS_SMALLEST_PT, size), "bold")
    place = text("pack.stack_place", lang, place=stack.place, of=stack.of, count=len(stack.ordinals))
    _put(canvas, place, y + 4, 24, "bold")
    _draw_fields(canvas, stack, lang)


def _named(canvas: Canvas, label: str, name: str, y_mm: float) -> float:
    return _put(canvas, name, _put(canvas, label, y_mm, 12), 20, "bold")


def _number_lines(stack: Stack) -> list[str]:
    """First and last number, each on its own line; a stack with gaps in a row that wraps."""
    shown = show_numbers(stack.share.prefix, stack.ordinals)
    first, dash, last = shown.partition(" – ")
    return [f"{first} –", last] if dash else [shown]


def _draw_fields(canvas: Canvas, stack: Stack, lang: str) -> None:
    """What is written by hand, at the foot of the page, and how to use the cover."""
    y = 222.0
    for name in ("stack_box", "stack_counted", "stack_scanned"):
        label = text(f"pack.{name}", lang)
        _put(canvas, label, y, 13)
        start = _LEFT_MM + text_width_mm(label, BOLD, 13) + 2
        draw(canvas, Rule(start, y + 5.5, _LEFT_MM + _WIDTH_MM, y + 5.5, 0.15))
        y += 11
    y = _put(canvas, text("pack.stack_file", lang, name=plain(stack.code)), y, 13)
    _put(canvas, text("pack.stack_use", lang), y + 3, 10.5)


def draw_code(canvas: Canvas, payload: str, rect: Rect) -> None:
    """Draw a stack's code into a square, in whole runs of modules."""
    matrix = stack_matrix(payload)
    module = rect.w / len(matrix) * PT_PER_MM
    left, top = rect.x * PT_PER_MM, (PAGE_H_MM - rect.y) * PT_PER_MM
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        at = 0
        for dark, run in groupby(modules):
            width = len(list(run))
            if dark:
                path.rect(left + at * module, top - (row + 1) * module, width * module, module)
            at += width
    canvas.drawPath(path, stroke=0, fill=1)
