"""Lines of charts for paper: an interval with its point, shares stacked to 100 per cent. Black ink and hatches."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from reportlab.lib import colors
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from aggregation.parts import Chart, Interval, Stack
from aggregation.svg import LABEL_SHARE, Axis
from forms.fonts import REGULAR, current_typeface
from forms.geometry import PT_PER_MM

_LABEL_MM, _VALUE_MM, _GAP_MM, _ROW_MM = 55.0, 20.0, 3.0, 5.4
_SIZE_PT, _LEAD_PT, _SHARE_PT = 9.0, 10.0, 8.0
_GREYS = (0.18, 0.48, 0.8, 1.0, 1.0, 1.0)
_HATCH_PT = 3.2
_LIGHT_INK = 2  # on the first two greys the figures are white


class ChartLine(Flowable):  # type: ignore[misc]  # the PDF library has no types
    """A label on the left, a figure on the right, between them what `draw` puts there (x, width, height, pt)."""

    def __init__(self, label: str, value: str, draw: Callable[[Any, float, float, float], None]) -> None:
        super().__init__()
        self.face = current_typeface().name(REGULAR)
        self.lines = simpleSplit(label, self.face, _SIZE_PT, _LABEL_MM * PT_PER_MM)[:3]
        self.value, self.put = value, draw
        self.height = max(_ROW_MM * PT_PER_MM, len(self.lines) * _LEAD_PT + 2)

    def wrap(self, width_pt: float, _height_pt: float) -> tuple[float, float]:
        """All the width there is."""
        self.width = width_pt
        return width_pt, self.height

    def draw(self) -> None:
        """The line itself."""
        canvas, middle = self.canv, self.height / 2
        canvas.setFont(self.face, _SIZE_PT)
        top = middle + (len(self.lines) - 1) * _LEAD_PT / 2 - _SIZE_PT * 0.34
        for number, line in enumerate(self.lines):
            canvas.drawString(0, top - number * _LEAD_PT, line)
        canvas.drawRightString(self.width, middle - _SIZE_PT * 0.34, self.value)
        left = (_LABEL_MM + _GAP_MM) * PT_PER_MM
        width = self.width - left - _VALUE_MM * PT_PER_MM
        canvas.saveState()
        self.put(canvas, left, width, self.height)
        canvas.restoreState()


def chart_lines(chart: Chart) -> list[Flowable]:
    """Every line of a chart, its axis or its legend first."""
    lines: list[Flowable] = []
    if chart.axis is not None:
        lines.append(ChartLine("", "", partial(_draw_scale, chart.axis, chart.ticks)))
    if chart.legend:
        lines.append(Legend(chart.legend))
    for row in chart.rows:
        if isinstance(row, Stack):
            lines.append(ChartLine(row.label, row.value, partial(_draw_stack, row)))
        else:
            assert chart.axis is not None
            lines.append(ChartLine(row.label, row.value, partial(_draw_interval, chart.axis, row)))
    return lines


def _at(axis: Axis, value: float, left: float, width: float) -> float:
    share = (value - axis.ticks[0]) / (axis.ticks[-1] - axis.ticks[0])
    return left + width * min(max(share, 0.0), 1.0)


def _draw_scale(axis: Axis, ticks: tuple[str, ...], canvas: Any, left: float, width: float, height: float) -> None:
    canvas.setFont(current_typeface().name(REGULAR), _SHARE_PT)
    for tick, label in zip(axis.ticks, ticks, strict=True):
        canvas.drawCentredString(_at(axis, tick, left, width), height / 2 - 3, label)


def _draw_interval(axis: Axis, row: Interval, canvas: Any, left: float, width: float, height: float) -> None:
    middle = height / 2
    canvas.setLineWidth(0.4)
    canvas.setStrokeGray(0.82)
    for tick in axis.ticks:
        x = _at(axis, tick, left, width)
        canvas.line(x, 0, x, height)
    canvas.setStrokeGray(0)
    canvas.setLineWidth(1.1)
    if row.bounds is not None:
        low, high = (_at(axis, bound, left, width) for bound in row.bounds)
        canvas.line(low, middle, high, middle)
        for stop in (low, high):
            canvas.line(stop, middle - 2.6, stop, middle + 2.6)
    canvas.setFillGray(0 if row.bounds is not None else 1)
    canvas.circle(_at(axis, row.point, left, width), middle, 2.7, stroke=1, fill=1)


def _draw_stack(row: Stack, canvas: Any, left: float, width: float, height: float) -> None:
    start = left
    for level, (share, label) in enumerate(zip(row.shares, row.labels, strict=True)):
        if share <= 0:
            continue
        _fill_level(canvas, level, start, 1, width * share, height - 2)
        if share >= LABEL_SHARE:
            _put_share(canvas, level, label, start + width * share / 2, height / 2)
        start += width * share


def _put_share(canvas: Any, level: int, label: str, centre: float, middle: float) -> None:
    face = current_typeface().name(REGULAR)
    if level > _LIGHT_INK:  # over hatches a figure needs paper under it
        half = canvas.stringWidth(label, face, _SHARE_PT) / 2 + 1.5
        canvas.setFillGray(1)
        canvas.rect(centre - half, middle - 4.2, 2 * half, 8.4, stroke=0, fill=1)
    canvas.setFont(face, _SHARE_PT)
    canvas.setFillGray(1 if level < _LIGHT_INK else 0)
    canvas.drawCentredString(centre, middle - _SHARE_PT * 0.34, label)


def _fill_level(canvas: Any, level: int, x: float, y: float, width: float, height: float) -> None:
    """A level's grey, or its hatch: slanted lines, dots, crossed lines."""
    canvas.saveState()
    canvas.setLineWidth(0.4)
    canvas.setStrokeColor(colors.black)
    canvas.setFillGray(_GREYS[level])
    canvas.rect(x, y, width, height, stroke=1, fill=1)
    if level > _LIGHT_INK:
        inside = canvas.beginPath()
        inside.rect(x, y, width, height)
        canvas.clipPath(inside, stroke=0, fill=0)
        _hatch(canvas, level, x, y, width, height)
    canvas.restoreState()


def _hatch(canvas: Any, level: int, x: float, y: float, width: float, height: float) -> None:
    for step in range(int((width + height) / _HATCH_PT) + 1):
        at = x - height + step * _HATCH_PT
        if level in (3, 5):
            canvas.line(at, y, at + height, y + height)
        if level == 5:
            canvas.line(at, y + height, at + height, y)
        if level == 4:
            canvas.setFillGray(0)
            for row in range(int(height / _HATCH_PT) + 1):
                canvas.circle(at + height, y + (row + 0.5) * _HATCH_PT, 0.55, stroke=0, fill=1)


class Legend(Flowable):  # type: ignore[misc]  # as above
    """The levels with their fills, as many in a line as fit."""

    def __init__(self, levels: tuple[str, ...]) -> None:
        super().__init__()
        self.levels, self.face = levels, current_typeface().name(REGULAR)

    def wrap(self, width_pt: float, _height_pt: float) -> tuple[float, float]:
        """As many lines as the levels need."""
        self.width = width_pt
        return width_pt, 12.0 * max(line + len(parts) for line, _, _, parts in self._places()) + 2

    def _places(self) -> list[tuple[int, float, int, list[str]]]:
        """Of each level its first line, x, number and words; one too long for the width goes on in the next line."""
        places, line, x = [], 0, 0.0
        for level, words in enumerate(self.levels):
            parts = simpleSplit(words, self.face, _SHARE_PT, self.width - 20)[:2]
            need = 20 + max(stringWidth(part, self.face, _SHARE_PT) for part in parts)
            if x and x + need > self.width:
                line, x = line + 1, 0.0
            places.append((line, x, level, parts))
            x, line = (x + need + 8, line) if len(parts) == 1 else (0.0, line + len(parts))
        return places

    def draw(self) -> None:
        """The legend itself."""
        height = self.wrap(self.width, 0)[1]
        for line, x, level, parts in self._places():
            y = height - 12.0 * (line + 1)
            _fill_level(self.canv, level, x, y, 14, 8)
            self.canv.setFont(self.face, _SHARE_PT)
            for number, part in enumerate(parts):
                self.canv.drawString(x + 17, y + 1.2 - 12.0 * number, part)
