"""The internal report as a PDF for A4, set like the office's other papers; the same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reportlab.platypus import PageBreak

from aggregation.block_page import BlockPage
from aggregation.part_paper import parts_flow, section_flow
from aggregation.parts import Chart, Grid, Items, Part, Section, Words
from aggregation.quality_page import QualityPage
from aggregation.report import Report
from forms.drawing import plain
from forms.pack import paper
from forms.words import text


def write_report_paper(path: Path, report: Report) -> int:
    """Write the report; gives its number of pages."""
    about, lang = report.about, report.lang
    title = text("report.title", lang)
    year = text("report.for_year_only", lang, year=about.year)
    if about.document:
        year = text("report.for_year", lang, year=about.year, document=about.document)
    internal = f"<b>{plain(text('report.internal', lang))}.</b> {plain(text('report.internal_why', lang))}"
    flow = [
        *paper.official_head(about.superior, about.body, lang, "", plain(report.date)),
        *paper.paper_title(title, about.campaign, year),
        paper.ruled_table([], [[paper.say(internal, 11, "centre", after_mm=1)]], [paper.BODY_W_MM]),
        *section_flow(Section(text("report.summary", lang), (Words(report.sheets),))),
    ]
    for name, sentences in report.summary:
        flow.append(paper.say(f"<b>{plain(name)}:</b> {plain(' '.join(sentences))}", 11, "justify"))
    flow += parts_flow([Words(text("report.summary_caution", lang))])
    flow += section_flow(Section(text("report.notes", lang), (Items(tuple(report.notes)),)))
    for block in report.blocks:
        flow += [PageBreak(), paper.say(plain(block.block.name), 14, face="bold"), *parts_flow(_block(block, lang))]
    flow.append(PageBreak())
    for section in _sections(report):
        flow += section_flow(section)
    foot = f"{text('report.internal', lang)} – {title} – {about.campaign}"
    return paper.write_paper(path, title, foot, lang, flow)


def _sections(report: Report) -> Iterator[Section]:
    yield from report.sections_before
    if report.quality is not None:
        yield _quality(report.quality, report.lang)
    yield from report.sections_after
    yield Section(text("report.method", report.lang), (Items(tuple(report.method)),))


def _quality(quality: QualityPage, lang: str) -> Section:
    head = tuple(text(f"report.quality_{name}", lang) for name in ("sign", "cells", "flagged", "chance"))
    rows = tuple((row.name, row.cells, row.flagged, row.by_chance) for row in quality.rows)
    parts: list[Part] = [Words(text("report.quality_why", lang)), Grid("", head, rows), Words(quality.named)]
    if quality.groups:
        heads = tuple(text(f"report.together_{name}", lang) for name in ("group", "sheets", "alpha", "between"))
        parts.append(Grid(text("report.together", lang), heads, quality.groups))
        whys = (text(f"report.together_{name}_why", lang) for name in ("alpha", "between"))
        parts.append(Words(" ".join(whys), small=True))
    return Section(text("report.quality", lang), tuple(parts))


def _block(page: BlockPage, lang: str) -> Iterator[Part]:
    if page.block.ranked:
        yield page.chart()
        start = text("report.chart_from", lang, low=page.axis_low)
        yield Words(f"{text('report.chart_note', lang)} {start}", small=True)
    yield _ranking(page, lang)
    yield Words(text("report.ranking_note", lang), small=True)
    if page.block.ranked:
        first, *others = page.answers()
        caption = f"{text('report.answers', lang)}: {first.caption[:1].lower()}{first.caption[1:]}"
        yield Chart(caption, first.rows, legend=page.block.levels)
        yield from others
        yield Words(text("report.answers_note", lang), small=True)
        yield from _fields(page, lang)
    if page.quota_groups():
        yield _quota(page, lang)
        yield Words(text("report.quota_note_paper", lang), small=True)
    yield from page.more


def _ranking(page: BlockPage, lang: str) -> Grid:
    names = ("agency", "rank", "points", "half_width", "rank_set", "grade", "sheets")
    rows = []
    for one in page.block.agencies:
        figures: tuple[str, ...] = ("–", text("report.not_scored", lang), "", "", "")
        if one.points is not None:
            rank, reach = ("–", "–") if one.rank is None else (str(one.rank), f"{one.rank_low}–{one.rank_high}")
            figures = (rank, page.number(one.points), page.number(one.half_width), reach, one.grade or "–")
        rows.append((one.name, *figures, page.number(one.n_valid, 0)))
    caption = f"{text('report.ranking', lang)} ({text('report.of_points', lang, maximum=page.maximum)})"
    head = tuple(text(f"report.head_{name}", lang) for name in names)
    widths = (3.2, 0.7, 1.0, 0.8, 1.0, 1.2, 0.9)
    return Grid(caption, head, tuple(rows), centred=frozenset({1, 4, 5}), widths=widths)


def _fields(page: BlockPage, lang: str) -> Iterator[Part]:
    fields, rows, shades = page.block.fields, [], []
    rows.append((text("report.fields_mean", lang), *(page.number(page.mean(code), 1) for code in fields)))
    for line, one in enumerate(page.block.ranked, 1):
        rows.append((one.name, *(page.number(one.fields.get(code), 1) for code in fields)))
        known = ((at, one.fields[code]) for at, code in enumerate(fields, 1) if code in one.fields)
        shades += [(line, at, page.shade(percent)) for at, percent in known]
    head = text("report.head_agency", lang), *fields
    caption = f"{text('report.fields', lang)} (%)"
    yield Grid(caption, head, tuple(rows), bold=frozenset({0}), shades=tuple(shades))
    named = "; ".join(f"{code}: {name}" for code, name in fields.items())
    yield Words(f"{text('report.fields_note_paper', lang)} {named}.", small=True)


def _quota(page: BlockPage, lang: str) -> Grid:
    def counts(cell: tuple[int, int] | None) -> str:
        return "–" if cell is None else f"{page.number(cell[0], 0)}/{page.number(cell[1], 0)}"

    rows = page.quota_rows()
    shown = []
    for row in rows:
        share = f"{page.number(100 * row.whole[0] / row.whole[1], 0)} %" if row.whole[1] else "–"
        shown.append((row.name, *map(counts, row.cells), counts(row.whole), share))
    names = *(name for _, name in page.quota_groups()), text("report.quota_total", lang)
    head = text("report.head_agency", lang), *names, text("report.quota_share", lang)
    return Grid(text("report.quota", lang), head, tuple(shown), bold=frozenset({len(rows) - 1}))
