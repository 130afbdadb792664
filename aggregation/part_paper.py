"""Sections of a report as flowables of the PDF library, set like the office's other papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reportlab.lib import colors
from reportlab.platypus import CondPageBreak, Flowable

from aggregation.parts import Chart, Grid, Items, Part, Section, Words
from aggregation.strip_paper import chart_lines
from forms.drawing import plain
from forms.fonts import BOLD, REGULAR, current_typeface, is_khmer, text_width_mm
from forms.geometry import PT_PER_MM
from forms.pack import paper

_GREYS = (1.0, 0.94, 0.86, 0.76, 0.64)
_CELL_PT, _PAD_MM = 8.5, 1.2
_NAME_SHARE = 2.5
_KEEP_MM = 40.0  # a heading with less room than this below it goes to the next page


def section_flow(section: Section, size_pt: float = 13) -> Iterator[Flowable]:
    """A heading and its parts."""
    yield from (CondPageBreak(_KEEP_MM * PT_PER_MM), paper.gap(2))
    yield paper.say(plain(section.heading), size_pt, face="bold")
    yield from parts_flow(section.parts)


def parts_flow(parts: Iterable[Part], size_pt: float = 11) -> Iterator[Flowable]:
    """Parts in their order, sentences of that size."""
    for part in parts:
        if isinstance(part, Words):
            yield paper.say(plain(part.words), 9 if part.small else size_pt, "left" if part.small else "justify")
        elif isinstance(part, Items):
            yield from (paper.item(plain(sentence), size_pt) for sentence in part.sentences)
        elif isinstance(part, Chart):
            yield from _caption(part.caption)
            yield from (*chart_lines(part), paper.gap(2))
        else:
            yield from _caption(part.caption)
            yield from (grid_table(part), paper.gap(1.5))


def _caption(caption: str) -> Iterator[Flowable]:
    if caption:
        yield CondPageBreak(25 * PT_PER_MM)
        yield paper.say(plain(caption), 11, face="bold", after_mm=1)


def grid_table(grid: Grid) -> Flowable:
    """A grid over the width of the page; names wrap, figures are plain strings, which the library draws fast."""
    shares = grid.widths or (_NAME_SHARE, *[1.0] * (len(grid.head) - 1))
    widths = [paper.BODY_W_MM * share / sum(shares) for share in shares]
    head = [[_head(words) for words in grid.head]]
    extra: list[tuple[Any, ...]] = []
    if grid.spans:
        over, at = [], 0
        for words, columns in grid.spans:
            over += [_head(words), *[""] * (columns - 1)]
            extra.append(("SPAN", (at, 0), (at + columns - 1, 0)))
            at += columns
        head.insert(0, over)
    first = len(head)
    rows = [
        [_name(cell, width, number in grid.bold) for cell, width in zip(row, widths, strict=True)]
        for number, row in enumerate(grid.rows)
    ]
    extra += [("ALIGN", (1, first), (-1, -1), "RIGHT"), ("FONTSIZE", (0, first), (-1, -1), _CELL_PT), *_tight()]
    extra.append(("LEADING", (0, first), (-1, -1), _CELL_PT * 1.2))
    extra += [("ALIGN", (at, first), (at, -1), "CENTER") for at in sorted(grid.centred)]
    bold = current_typeface().name(BOLD)
    extra += [("FONTNAME", (0, first + row), (-1, first + row), bold) for row in sorted(grid.bold)]
    for row, column, level in grid.shades:
        place = column, first + row
        extra.append(("BACKGROUND", place, place, colors.Color(*[_GREYS[level]] * 3)))
    return paper.ruled_table(head, rows, widths, extra=extra, wrapped=True)


def _head(words: str) -> Flowable:
    return paper.say(plain(words), _CELL_PT, "centre", "bold", 0)


def _name(words: str, width_mm: float, bold: bool) -> Flowable | str:
    """A string where it fits its column, else a paragraph that wraps."""
    if not is_khmer(words) and text_width_mm(words, BOLD if bold else REGULAR, _CELL_PT) <= width_mm - _PAD_MM:
        return words
    return paper.say(plain(words), _CELL_PT, face="bold" if bold else "", after_mm=0)


def _tight() -> list[tuple[Any, ...]]:
    return [(side, (0, 0), (-1, -1), 1.5) for side in ("TOPPADDING", "BOTTOMPADDING", "LEFTPADDING", "RIGHTPADDING")]
