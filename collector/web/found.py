"""The sheet that a code names: its row, what was printed, and whether it is answered. Reads, never writes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from collector.store.layouts import find_training_layout, get_head, get_snapshot
from collector.store.responses import find_principal, list_kept
from collector.store.sheets import Sheet, find_sheet
from collector.web.site import chosen_language, site
from forms.campaign import Head
from forms.layout import Layout
from forms.questionnaire import Questionnaire
from forms.serial import find_serial
from forms.words import text

_WRITTEN = re.compile(r"((?:[0-9A-Z]-?){15}[0-9A-Z])(?:-?[1-9][0-9]?)?")


@dataclass(frozen=True)
class FoundSheet:
    """A known sheet with layout and questionnaire as printed; `is_answered`: by phone, or all of its paper is in."""

    sheet: Sheet
    is_answered: bool
    head: Head
    layout: Layout
    questionnaire: Questionnaire

    def count_rows(self) -> int:
        """How many agencies a matrix sheet asks about, 0 where it is no matrix."""
        return len({box.row for page in self.layout.pages for box in page.boxes if box.row is not None})


def read_code(written: str) -> str | None:
    """The serial in SERIAL[-PAGE] as typed or scanned, in any letter case, with or without dashes."""
    match = _WRITTEN.fullmatch("".join(written.split()).upper())
    return find_serial(match[1]) if match else None


def find_open(written: str) -> FoundSheet | None:
    """The sheet of a code; None where there is none."""
    serial = read_code(written)
    if serial is None:
        return None
    with site().store.read() as conn:
        sheet = find_sheet(conn, serial)
        if sheet is None:
            return None
        first = find_principal(list_kept(conn, sheet.id))
        is_answered, head = first is not None and first.complete, get_head(conn, sheet.layout)
        return FoundSheet(sheet, is_answered, head, *get_snapshot(conn, sheet.layout))


def find_training(written: str) -> FoundSheet | None:
    """A sheet for practice: no row of the store, only a layout that its serial names; it is about no agency."""
    serial = read_code(written)
    if serial is None:
        return None
    with site().store.read() as conn:
        layout = find_training_layout(conn, serial)
        if layout is None:
            return None
        agency = text("sheet.training_agency", chosen_language(site().campaign))
        sheet = Sheet(0, serial, "", agency, "", 0, layout, False, "printed")
        return FoundSheet(sheet, False, get_head(conn, layout), *get_snapshot(conn, layout))
