"""The list of sheets that are still out, by unit: what a clerk reads out on the phone. Who is missing, others know."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from reportlab.platypus import Flowable

from forms.days import show_day
from forms.drawing import plain
from forms.pack.content import Office
from forms.pack.paper import Cell, bold_row, gap, official_head, paper_title, ruled_table, say, signatures, write_paper
from forms.pack.ranges import MOST_RUNS, ranges_of, show_numbers
from forms.words import text

_WIDTHS_MM = (11.0, 44.0, 30.0, 16.0, 64.0)


@dataclass(frozen=True)
class MissingRow:
    """The ordinals of a cell's sheets that are out, with the unit that answers for them: collector or agency."""

    unit: str
    agency: str
    agency_name: str
    group: str
    group_name: str
    ordinals: tuple[int, ...]


def write_missing_list(path: Path, office: Office, rows: Sequence[MissingRow], as_of: datetime.date) -> int:
    """Write the list of what is out on a day, rows in the order given, cells without any left out; gives its pages."""
    lang = office.lang
    title = text("pack.missing_short", lang)
    out = [row for row in rows if row.ordinals]
    date = text("pack.missing_date", lang, date=show_day(as_of))
    flow = [
        *official_head(office.superior, office.body, lang),
        *paper_title(text("pack.missing", lang), date, office.name),
        *(_table(out, office) if out else [say(text("pack.missing_done", lang))]),
    ]
    return write_paper(path, title, f"{title} – {date} – {office.name}", lang, flow)


def _table(rows: Sequence[MissingRow], office: Office) -> list[Flowable]:
    lang = office.lang
    columns = ("row", "missing_unit", "who", "missing_count", "missing_numbers_of")
    head = [text(f"pack.{name}", lang) for name in columns]
    body: list[list[Cell]] = []
    for place, (unit, cells) in enumerate(groupby(rows, lambda row: row.unit), 1):
        parts = list(cells)
        total = sum(len(set(row.ordinals)) for row in parts)
        body.append(bold_row(str(place), unit, "", str(total), ""))
        body += [line for row in parts for line in _lines(row)]
    everything = sum(len(set(row.ordinals)) for row in rows)
    body.append(bold_row("", text("pack.index_total", lang), "", str(everything), ""))
    return [
        ruled_table([head], body, _WIDTHS_MM, centred=(0, 3)),
        gap(4),
        say(text("pack.missing_why", lang, body=plain(office.named)), align="justify", after_mm=4),
        signatures("", text("pack.missing_by", lang), lang),
    ]


def _lines(row: MissingRow) -> Iterator[list[Cell]]:
    """One line a cell, several where its numbers are many and scattered."""
    runs = list(ranges_of(row.ordinals))
    for start in range(0, len(runs), MOST_RUNS):
        some = [number for first, last in runs[start : start + MOST_RUNS] for number in range(first, last + 1)]
        name = row.agency_name if row.agency_name != row.unit else ""
        yield ["", name, row.group_name, str(len(some)), show_numbers(f"{row.agency}-{row.group}-", some)]
