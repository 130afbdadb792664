"""The index's public annex as a Word file: rank, agency, total, change and grade, block by block.

An agency with so few sheets that its total, less the appraised points, would tell what a person said has none.

What is made up says so in its cell, and in a line above all tables.
"""

from __future__ import annotations

from aggregation.index_page import BlockPage, IndexPage, RankRow
from aggregation.report import date_line
from aggregation.word_paper import WordPaper
from forms.words import text

NONE = "–"
_COLUMNS = ("total", "change", "grade")
_WIDTHS_MM = {"total": 28.0, "change": 28.0, "grade": 28.0}


def index_annex_docx(page: IndexPage) -> bytes:
    """The annex's bytes; same page, same bytes."""
    about, lang = page.about, page.lang
    paper = WordPaper(text("word.index_annex", lang), lang)
    paper.head(about.superior, about.body, date_line(about, lang))
    attached = (
        text("word.attached", lang, document=about.document) if about.document else text("word.attached_to", lang)
    )
    edition = [text("index.edition", lang, name=about.edition)] if about.edition else []
    year = text("word.assessed", lang, year=about.year)
    paper.title(text("word.index_annex", lang), about.campaign, year, *edition, attached)
    if page.made_up:
        paper.say(f"{text('index.warning', lang)}. {text('index.warning_why', lang)}", italic=True)
    for block in page.blocks:
        _add_block(paper, block, lang)
    return paper.content()


def _add_block(paper: WordPaper, block: BlockPage, lang: str) -> None:
    paper.heading(block.name)
    paper.say(text("word.of_points", lang, maximum=block.maximum), italic=True)
    columns = [column for column in _COLUMNS if column in block.columns]
    heads = [text("report.head_rank", lang), text("report.head_agency", lang)]
    heads += [text(f"index.head_{column}", lang) for column in columns]
    rows = [(row.rank, row.name, *(_say_cell(row, column, lang) for column in columns)) for row in block.rows]
    paper.table(heads, rows, (18, 80, *(_WIDTHS_MM[column] for column in columns)))
    if any(_is_same(row, lang) for row in block.rows):
        paper.say(text("word.same", lang), italic=True)
    few = [row.name for row in block.rows if row.veiled]
    if few:
        paper.say(text("word.too_few", lang, n=block.least, agencies="; ".join(few)), italic=True)


def _say_cell(row: RankRow, column: str, lang: str) -> str:
    """The figure, what is made up marked; a change that is no more than noise has a star. Of a few sheets nothing."""
    if row.veiled and column != "grade":
        return NONE
    cell = row.cells[column]
    marks = [text("index.mark_short", lang)] if cell.made_up else []
    star = "*" if column == "change" and _is_same(row, lang) else ""
    return f"{cell.text}{star} ({'; '.join(marks)})" if marks else f"{cell.text}{star}"


def _is_same(row: RankRow, lang: str) -> bool:
    return not row.veiled and row.told == text("index.told_same", lang)
