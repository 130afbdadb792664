"""Excel templates of a campaign's tables: Vietnamese headings, drop-downs, notes; empty or filled in.

What the drop-downs offer is only advice, for a code may be new: `phieu check` decides.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forms.appraisal import BONUS, PENALTY, TOTAL
from forms.headings import SOURCES, find_source, heading_aliases, source_words
from forms.numbers import find_count, find_number
from forms.parts import Parts
from forms.table_forms import TableForm
from forms.words import text
from forms.workbook import write_workbook

Lists = Mapping[str, Sequence[tuple[str, str]]]

_WHOLE = ("target", "reserve", "population", "large_print")
_DECIMAL = ("max_points", "self_points", "appraised_points", "value", "out_of", "total", "se")
_DAYS = ("result_date",)
_LISTED = ("block", "group", "agency", "collector", "criterion")
_OWN_CODES = ("parent",)
_WIDTHS = {"name": 48, "predecessors": 30, "email": 30, "procedure": 40, "note": 40, "criterion": 16, "source": 18}
_WIDTH = 14
_ROWS_TO_COME = 500
_TITLE_LETTERS = 32  # what the title of a cell's note may hold


def dump_table(form: TableForm, rows: Sequence[Mapping[str, str]], lists: Lists) -> bytes:
    """The workbook of a table, its rows by English column; the same rows and lists give the same bytes."""

    def fill(book: Any, styles: dict[str, Any]) -> None:
        sheet = book.add_worksheet(_said(form.name))
        named = _add_lists(book, styles, lists, form)
        for place, column in enumerate(form.columns):
            _add_column(sheet, styles, form, place, [row.get(column, "") for row in rows])
            _add_validation(sheet, form, place, named, len(rows) + _ROWS_TO_COME)
        sheet.set_row(0, 34)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        _add_guide(book, styles, form)

    return write_workbook(fill)


def table_lists(parts: Parts) -> Lists:
    """What drop-downs offer, from the folder as far as it could be read: code and name."""
    settings = parts.settings
    return {
        "block": [(block.code, block.name) for block in settings.blocks] if settings else [],
        "group": [(group.code, group.name) for group in settings.groups] if settings else [],
        "agency": [(agency.code, agency.name) for agency in parts.agencies],
        "collector": [(collector.code, collector.name) for collector in parts.collectors],
        "criterion": [(one.code, one.name) for one in parts.criteria if one.source != "survey"]
        + [(extra, "") for extra in (BONUS, PENALTY, TOTAL)],
    }


def _said(key: str) -> str:
    return text(f"templates.{key}", "vi")


def heading(form: TableForm, column: str) -> str:
    """The usual Vietnamese heading of a column."""
    return next(iter(heading_aliases(form.name, column)), column)


def _add_column(sheet: Any, styles: Mapping[str, Any], form: TableForm, place: int, values: Sequence[str]) -> None:
    column = form.columns[place]
    style = "whole" if column in _WHOLE else "decimal" if column in _DECIMAL else "text"
    style = "day" if column in _DAYS else style
    sheet.set_column(place, place, _WIDTHS.get(column, _WIDTH), styles[style])
    sheet.write_string(0, place, heading(form, column), styles["needed" if column in form.required else "head"])
    sheet.write_comment(0, place, _said(f"{form.name}_column_{column}"), {"x_scale": 1.8, "y_scale": 0.9, "author": ""})
    in_words = column == "source" and form.name == "criteria"
    for row, value in enumerate(values, 1):
        if value:
            source = find_source(value) if in_words else None
            value = source_words(source)[0] if source else value
            _write(sheet, row, place, column, value, styles[style])


def _write(sheet: Any, row: int, place: int, column: str, value: str, style: Any) -> None:
    number = find_count(value) if column in _WHOLE else find_number(value) if column in _DECIMAL else None
    if number is not None:
        sheet.write_number(row, place, float(number), style)
        return
    try:
        day = datetime.datetime.fromisoformat(value) if column in _DAYS else None
    except ValueError:
        day = None
    if day is not None:
        sheet.write_datetime(row, place, day, style)
    else:
        sheet.write_string(row, place, value, style)


def _add_lists(book: Any, styles: Mapping[str, Any], lists: Lists, form: TableForm) -> dict[str, str]:
    """The sheet of lists behind the table; gives the range of codes of each list that the table needs."""
    sheet = book.add_worksheet(_said("lists"))
    wanted = [column for column in form.columns if column in _LISTED and lists.get(column)]
    ranges: dict[str, str] = {}
    for place, column in enumerate(wanted):
        sheet.set_column(2 * place, 2 * place, 16)
        sheet.set_column(2 * place + 1, 2 * place + 1, 44)
        sheet.write_string(0, 2 * place, heading(form, column), styles["head"])
        sheet.write_string(0, 2 * place + 1, text("heading.name", "vi").split(" | ")[0], styles["head"])
        for row, (code, name) in enumerate(lists[column], 1):
            sheet.write_string(row, 2 * place, code, styles["text"])
            sheet.write_string(row, 2 * place + 1, name, styles["text"])
        letter = chr(ord("A") + 2 * place)
        ranges[column] = f"='{_said('lists')}'!${letter}$2:${letter}${len(lists[column]) + 1}"
    sheet.freeze_panes(1, 0)
    return ranges


def _add_validation(sheet: Any, form: TableForm, place: int, ranges: Mapping[str, str], last: int) -> None:
    column = form.columns[place]
    rule: dict[str, Any] = {"validate": "any"}
    if column in ranges:
        rule = {"validate": "list", "source": ranges[column], "error_message": _said("not_in_list")}
    elif column in _OWN_CODES:
        rule = {"validate": "list", "source": f"=$A$2:$A${last + 1}", "error_message": _said("not_in_list")}
    elif column == "source" and form.name == "criteria":
        rule = {
            "validate": "list",
            "source": [source_words(source)[0] for source in SOURCES],
            "error_message": _said("not_in_list"),
        }
    elif column in _WHOLE:
        rule = {"validate": "integer", "criteria": ">=", "value": 0, "error_message": _said("whole_wrong")}
    elif column in _DECIMAL:
        rule = {
            "validate": "decimal",
            "criteria": ">=",
            "value": -10_000 if column.endswith("_points") and column != "max_points" else 0,
            "error_message": _said("decimal_wrong"),
        }
    elif column in _DAYS:
        first = datetime.date(2000, 1, 1)
        rule = {"validate": "date", "criteria": ">=", "value": first, "error_message": _said("day_wrong")}
    rule |= {"error_type": "warning"} if rule["validate"] == "list" else {}
    title = heading(form, column)[:_TITLE_LETTERS]
    rule |= {"input_title": title, "input_message": _said(f"{form.name}_column_{column}"), "ignore_blank": True}
    sheet.data_validation(1, place, last, place, rule)


def _add_guide(book: Any, styles: Mapping[str, Any], form: TableForm) -> None:
    sheet = book.add_worksheet(_said("guide"))
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 20)
    sheet.set_column(2, 2, 90)
    sheet.write_string(0, 0, _said(f"{form.name}_about"), styles["title"])
    for place, key in enumerate(("guide_column", "guide_needed", "guide_how")):
        sheet.write_string(2, place, _said(key), styles["head"])
    row = 2
    for row, cells in enumerate(_guide_rows(form), 3):
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, cell, styles["wrapped"])
    for line, said in enumerate(_said("guide_common").split("\n"), row + 2):
        sheet.write_string(line, 0, said)


def _guide_rows(form: TableForm) -> Iterator[tuple[str, str, str]]:
    for column in form.columns:
        needed = _said("needed" if column in form.required else "may_be_empty")
        yield heading(form, column), needed, _said(f"{form.name}_column_{column}")
