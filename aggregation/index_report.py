"""The report of the index as one HTML file that needs nothing else, for screen, phone and A4; same page, same bytes."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from aggregation.index_check import Comparison
from aggregation.index_page import BlockPage, IndexPage
from aggregation.index_svg import years_strip
from aggregation.report import date_line, environment
from aggregation.rounding import show_exact, show_number
from aggregation.svg import Axis, axis_strip, make_axis
from forms.words import text


def index_html(page: IndexPage, method: list[str], notes: list[str]) -> bytes:
    """The report as UTF-8 bytes; `method` and `notes` are the sentences of index_wording."""
    html = (
        environment()
        .get_template("index.html")
        .render(
            lang=page.lang,
            t=partial(_say, page.lang),
            page=page,
            about=page.about,
            date=date_line(page.about, page.lang),
            charts=[_Chart(block, page.lang) for block in page.blocks],
            number=partial(show_number, lang=page.lang),
            shade=lambda percent: min(4, max(0, int((percent - 50) // 10))),
            shown=partial(show_figure, lang=page.lang),
            method=method,
            notes=notes,
        )
    )
    return html.encode()


def show_figure(one: Comparison, lang: str) -> str:
    """The computed side of a comparison, a number with as many places as were published."""
    if one.computed is None:
        return "–"
    if isinstance(one.computed, str):
        return one.computed
    return show_number(one.computed, max(0, -int(one.computed.as_tuple().exponent)), lang)


def _say(lang: str, key: str, **fields: object) -> str:
    return text(key, lang, **fields)


class _Chart:
    """The strips of one block, over one axis in per cent of the maximum."""

    def __init__(self, block: BlockPage, lang: str) -> None:
        self.block, self.lang = block, lang
        percents = [float(each) for _, before, now, _ in block.dots for each in (before, now) if each is not None]
        self.axis: Axis = make_axis(percents, 100.0)

    def scale(self) -> Markup:
        """The axis."""
        labels = [show_exact(tick, self.lang) for tick in self.axis.ticks]
        return axis_strip(self.axis, labels, text("report.axis_title", self.lang, low=labels[0], high=labels[-1]))

    def rows(self) -> list[tuple[str, Markup, str]]:
        """Name, strip and total of every agency that has one."""
        found = []
        for name, before, now, total in self.block.dots:
            fields = {"name": name, "now": show_number(now, 2, self.lang)}
            title = text("index.chart_title_new", self.lang, **fields)
            if before is not None:
                title = text("index.chart_title", self.lang, **fields, before=show_number(before, 2, self.lang))
            strip = years_strip(self.axis, None if before is None else float(before), float(now), title)
            found.append((name, strip, total))
        return found
