"""The lines of a chart as inline SVG, and answers as a line of a chart."""

from __future__ import annotations

from markupsafe import Markup

from aggregation.findings import Distribution
from aggregation.parts import Chart, Interval, Stack
from aggregation.rounding import show_number
from aggregation.svg import axis_strip, interval_strip, stacked_strip
from forms.words import text


class Strips:
    """The strips that a template asks for."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def scale(self, chart: Chart) -> Markup:
        """The chart's axis."""
        assert chart.axis is not None
        title = text("report.axis_title", self.lang, low=chart.ticks[0], high=chart.ticks[-1])
        return axis_strip(chart.axis, chart.ticks, title)

    def row(self, chart: Chart, row: Interval | Stack) -> Markup:
        """One line."""
        if isinstance(row, Stack):
            return stacked_strip(row.shares, row.labels, row.title)
        assert chart.axis is not None
        return interval_strip(chart.axis, row.point, row.bounds, row.title)


def make_stack(name: str, answers: Distribution, levels: tuple[str, ...], lang: str) -> Stack:
    """The shares of the levels, and how many answers they are of."""
    percents = tuple(show_number(100 * share, 0, lang) for share in answers.shares)
    told = "; ".join(f"{level}: {share} %" for level, share in zip(levels, percents, strict=True))
    return Stack(name, f"n = {show_number(answers.n, 0, lang)}", answers.shares, percents, f"{name}. {told}")
