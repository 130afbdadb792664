"""answers.xlsx: the accepted answers beside the workbook of scores that they lead to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aggregation.score_book import fits_a_book, score_workbook
from aggregation.score_book_page import BookPage
from aggregation.scores import score
from collector.files import write_whole
from collector.reports.scores import read_tables
from collector.store import Store
from collector.store.answers import ExportRow, export_rows
from forms.campaign import Campaign
from forms.errors import WorkFailed
from forms.words import text

MOST_ROWS = 1_048_575  # of a sheet, below its headings


def write_answer_book(store: Store, campaign: Campaign, path: Path) -> int:
    """Write the workbook; the number of its answers. WorkFailed where they are more than a workbook holds."""
    with store.read() as conn:
        rows = list(export_rows(conn))
        tables = read_tables(campaign, conn)
    if len(rows) > MOST_ROWS or not fits_a_book(tables):
        raise WorkFailed(text("export.book_too_large", rows=len(rows)))

    def add_answers(book: Any, styles: dict[str, Any]) -> None:
        page = BookPage(book, styles, text("book.answers"))
        page.head(ExportRow._fields, {0: 20})
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                page.put(line, place, value or None)

    write_whole(path, score_workbook(score(tables, campaign.settings.scoring), tables, more=add_answers))
    return len(rows)
