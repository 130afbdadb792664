"""Workbooks that the program writes: what is text stays text, and the same content gives the same bytes."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import xlsxwriter

_CREATED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)  # a time of its own would make every file another
_FONT = {"font_name": "Times New Roman", "font_size": 12}
STYLES: dict[str, dict[str, Any]] = {
    "head": {
        "bold": True,
        "bg_color": "#D9E2F3",
        "border": 1,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
    },
    "needed": {
        "bold": True,
        "bg_color": "#FFE699",
        "border": 1,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
    },
    "text": {"num_format": "@", "valign": "top"},
    "wrapped": {"num_format": "@", "valign": "top", "text_wrap": True},
    "whole": {"num_format": "0", "valign": "top"},
    "decimal": {"num_format": "General", "valign": "top"},
    "points": {"num_format": "0.00##", "valign": "top"},
    "day": {"num_format": "dd/mm/yyyy", "valign": "top"},
    "title": {"bold": True, "font_size": 14},
}


def write_workbook(fill: Callable[[Any, dict[str, Any]], None]) -> bytes:
    """The bytes of a workbook; `fill` gets it and its styles by name."""
    content = io.BytesIO()
    # in_memory: else the library leaves its parts, people among them, in the system's temporary folder for a while
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"created": _CREATED, "author": "", "comments": ""})
    fill(book, {name: book.add_format(_FONT | style) for name, style in STYLES.items()})
    book.close()
    return content.getvalue()
