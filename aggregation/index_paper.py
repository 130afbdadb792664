"""The index's report as a PDF for A4, set like the office's other papers; the same page gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.platypus import CondPageBreak, Flowable, PageBreak

from aggregation.index_page import BlockPage, Cell, IndexPage
from aggregation.index_report import show_figure
from aggregation.report import date_line
from aggregation.rounding import show_number
from forms.drawing import plain
from forms.geometry import PT_PER_MM
from forms.pack import paper
from forms.words import text

_RANK_MM, _NAME_MM = 10.0, 44.0
_GREYS = (1.0, 0.94, 0.86, 0.76, 0.64)  # from below 60 per cent to 90 and more
_SMALL_PT = 8.5
_NARROW_RANK_MM, _NARROW_NAME_MM, _MANY_COLUMNS = 9.5, 30.0, 8
_MOST_COLUMNS = 10  # side by side; with more the years stand in a table of their own
_YEARS = ("previous", "change", "noise", "rank_change")
_WIDE = {
    "external": 0.88,
    "total": 1.07,
    "source": 1.2,
    "change": 1.15,
    "rank_change": 0.75,
    "grade": 0.8,
    "noise": 1.05,
    "bonus": 1.15,
}  # shares of what the names leave: a figure keeps its mark on its line, with a noise band and other sources too
_HEADING_MM, _AFTER_MM = 11.0, 2.0  # of a section with the gap above it; below a paragraph
_KEEP_MM = 45.0  # a heading with less room than this below it goes to the next page


def write_index_paper(path: Path, page: IndexPage, method: list[str], notes: list[str]) -> int:
    """Write the report; gives its number of pages."""
    about, lang = page.about, page.lang
    title = text("index.title", lang)
    year = text("report.for_year_only", lang, year=about.year)
    if about.document:
        year = text("report.for_year", lang, year=about.year, document=about.document)
    edition = text("index.edition", lang, name=about.edition) if about.edition else ""
    flow = [
        *paper.official_head(about.superior, about.body, lang, "", plain(date_line(about, lang))),
        *paper.paper_title(title, about.campaign, f"{year} {edition}".strip()),
    ]
    if page.made_up:
        flow.append(_warning(lang))
    flow += _section(text("report.summary", lang))
    for block in page.blocks:
        name = f"{block.name} ({text('index.mark_some', lang)})" if block.made_up else block.name
        flow.append(paper.say(f"<b>{plain(name)}:</b> {plain(' '.join(block.summary))}", align="justify"))
    flow += [*_section(text("report.notes", lang)), *(paper.item(plain(sentence)) for sentence in notes)]
    flow += [*_section(text("report.method", lang)), *(paper.item(plain(sentence), 11) for sentence in method)]
    for block in page.blocks:
        flow += [PageBreak(), *_block(block, page)]
    flow += _changes(page)
    flow += _published(page)
    flow += _sources(page)  # at the end: on the first page they would now and then take a second one for themselves
    foot = f"{title} – {about.campaign}"
    if page.made_up:
        foot = f"{text('index.warning', lang)} – {foot}"
    return paper.write_paper(path, title, foot, lang, flow)


def _warning(lang: str) -> Flowable:
    said = f"<b>{plain(text('index.warning', lang))}.</b> {plain(text('index.warning_why', lang))}"
    return paper.ruled_table([], [[paper.say(said, 11, "centre", after_mm=1)]], [paper.BODY_W_MM])


def _section(heading: str, keep_mm: float = _KEEP_MM) -> list[Flowable]:
    return [CondPageBreak(keep_mm * PT_PER_MM), paper.gap(3), paper.say(plain(heading), 13, face="bold")]


def _block(block: BlockPage, page: IndexPage) -> Iterator[Flowable]:
    lang = page.lang
    yield paper.say(plain(block.name), 14, face="bold")
    unit = text("report.of_points", lang, maximum=block.maximum)
    yield paper.say(plain(f"{text('index.ranking', lang)} ({unit})"), 11, face="bold")
    columns, years = split_columns(block.columns)
    yield _ranking(block, columns, lang)
    if years:
        yield from (paper.gap(2), CondPageBreak(_KEEP_MM * PT_PER_MM))
        yield paper.say(plain(text("index.years", lang)), 11, face="bold")
        yield _ranking(block, years, lang)
    note = text("index.ranking_note", lang)
    note += f" {text('index.noise_note', lang)}" if "noise" in block.columns else ""
    note += f" {text('index.mark_note', lang)}" if block.made_up else ""
    yield from (paper.gap(1), paper.say(plain(note), 9))
    if block.unranked:
        yield paper.say(plain(block.unranked), 9)
    if block.fields and block.field_rows:
        made_up = f" – {text('index.mark', lang)}" if block.made_up else ""
        yield from _section(f"{text('report.fields', lang)} (%){made_up}")
        yield _fields(block, lang)
        names = "; ".join(f"{field.code}: {field.name}" for field in block.fields)
        yield from (paper.gap(1), paper.say(plain(f"{text('index.fields_note', lang)} {names}."), 9))


def split_columns(columns: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of the ranking, and those of a second table about the years where one could not hold them all."""
    if len(columns) <= _MOST_COLUMNS or not set(columns) & set(_YEARS):
        return tuple(columns), ()
    return tuple(one for one in columns if one not in _YEARS), ("total", *(one for one in columns if one in _YEARS))


def _ranking(block: BlockPage, columns: Sequence[str], lang: str) -> Flowable:
    head = ["report.head_rank", "report.head_agency", *(f"index.head_{column}" for column in columns)]
    shares = [_WIDE.get(column, 1.0) for column in columns]
    is_narrow = len(shares) > _MANY_COLUMNS
    rank_mm, name_mm = (_NARROW_RANK_MM, _NARROW_NAME_MM) if is_narrow else (_RANK_MM, _NAME_MM)
    unit = (paper.BODY_W_MM - rank_mm - name_mm) / sum(shares)
    rows: list[Sequence[paper.Cell]] = [
        [
            row.rank,
            _small(plain(row.name), "left"),
            *(_figure(row.cells[column], column, lang) for column in columns),
        ]
        for row in block.rows
    ]
    titles = [_small(f"<b>{plain(text(key, lang))}</b>", "centre") for key in head]
    widths = [rank_mm, name_mm, *(unit * share for share in shares)]
    return paper.ruled_table([titles], rows, widths, centred=(0,), extra=_tight(1.5))


def _figure(cell: Cell, column: str, lang: str) -> Flowable:
    shown = plain(cell.text)
    shown = f"<b>{shown}</b>" if column == "total" else shown
    if cell.made_up:
        shown = f"<i>{shown}</i><super size='6'>{plain(text('index.mark_short', lang))}</super>"
    return _small(shown, "centre" if column in ("grade", "source", "rank_change") else "right")


def _fields(block: BlockPage, lang: str) -> Flowable:
    width = (paper.BODY_W_MM - _NAME_MM) / len(block.fields)
    rows: list[Sequence[paper.Cell]] = []
    shades: list[tuple[Any, ...]] = []
    for number, row in enumerate(block.field_rows, 1):
        rows.append([_small(plain(row.name), "left"), *(show_number(one, 1, lang) for one in row.percents)])
        for place, percent in enumerate(row.percents, 1):
            grey = _GREYS[0 if percent is None else min(4, max(0, int((percent - 50) // 10)))]
            shades.append(("BACKGROUND", (place, number), (place, number), colors.Color(grey, grey, grey)))
    head = [text("report.head_agency", lang), *(field.code for field in block.fields)]
    small = ("FONTSIZE", (1, 1), (-1, -1), _SMALL_PT)
    cells = [[cell if isinstance(cell, Flowable) else _small(str(cell), "right") for cell in row] for row in rows]
    widths = [_NAME_MM, *[width] * len(block.fields)]
    return paper.ruled_table([head], cells, widths, extra=[small, *_tight(1.5), *shades])


def _sources(page: IndexPage) -> Iterator[Flowable]:
    if page.sources:
        lines = [paper.say(plain(f"[{number}] {source}"), 10) for number, source in enumerate(page.sources, 1)]
        # few sources want no more room than they take, or they would have a page for themselves
        height_mm = sum(paper.height_of(line, paper.BODY_W_MM) + _AFTER_MM for line in lines)
        yield from _section(text("index.sources", page.lang), min(_KEEP_MM, _HEADING_MM + height_mm))
        yield from lines


def _changes(page: IndexPage) -> Iterator[Flowable]:
    if page.changes is None:
        return
    lang = page.lang
    yield from _section(text("index.changes", lang))
    if not page.changes:
        yield paper.say(plain(text("index.changes_none", lang)))
        return
    names = ("what", "before", "after", "petition", "why")
    head = [text("report.head_agency", lang), *(text(f"index.change_{name}", lang) for name in names)]
    rows = [
        [_small(plain(cell), "right" if place in (2, 3) else "left") for place, cell in enumerate(row)]
        for row in page.changes
    ]
    yield paper.ruled_table([head], rows, (38.0, 40.0, 15.0, 15.0, 22.0, 35.0), extra=_tight(1.2))


def _published(page: IndexPage) -> Iterator[Flowable]:
    if not page.comparisons:
        return
    lang = page.lang
    yield from _section(text("index.published", lang))
    names = ("published_what", "published_value", "published_computed", "published_agrees")
    head = [text("report.head_agency", lang), *(text(f"index.{name}", lang) for name in names)]
    rows = []
    for one in page.comparisons:
        value = one.figure.value.replace(".", ",") if lang == "vi" else one.figure.value
        agrees = text("index.agrees_yes" if one.agrees else "index.agrees_no", lang)
        cells = (one.name, text(f"index.measure_{one.figure.measure}", lang), value, show_figure(one, lang), agrees)
        rows.append([_small(plain(cell), "left" if place < 2 else "centre") for place, cell in enumerate(cells)])
    yield paper.ruled_table([head], rows, (56.0, 50.0, 21.0, 21.0, 17.0), extra=_tight(1.2))
    sources = dict.fromkeys(one.figure.source for one in page.comparisons)
    yield from (paper.gap(1), paper.say(plain(f"{text('index.sources', lang)}: {'; '.join(sources)}."), 9))


def _small(markup: str, align: str) -> Flowable:
    return paper.say(markup, _SMALL_PT, align, after_mm=0)


def _tight(points: float) -> list[tuple[Any, ...]]:
    return [(side, (0, 0), (-1, -1), points) for side in ("TOPPADDING", "BOTTOMPADDING", "LEFTPADDING", "RIGHTPADDING")]
