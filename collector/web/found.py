"""The sheet that a code names: its row, what was printed, and whether it is answered. Reads, never writes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection

from collector.store.layouts import find_training_layout
from collector.store.responses import find_principal, list_kept
from collector.store.sheets import Sheet, find_sheet
from collector.web.answers import Fault
from collector.web.printed import Printed, load_printed
from collector.web.site import chosen_language, site
from forms.serial import ALPHABET, LENGTH, find_serial
from forms.words import text

_WRITTEN = re.compile(r"((?:[0-9A-Z]-?){15}[0-9A-Z])(?:-?[1-9][0-9]?)?")
_ADDRESS = re.compile(r"^(HTTPS?://)?[^/]*/P/")  # as a phone's scanner gives it


@dataclass(frozen=True)
class FoundSheet:
    """A known sheet and what was printed on it."""

    sheet: Sheet
    printed: Printed


def read_code(written: str) -> str | None:
    """The serial in SERIAL[-PAGE] as typed or scanned, in any letter case, with or without dashes, address or not."""
    match = _WRITTEN.fullmatch(_plain(written))
    return find_serial(match[1]) if match else None


def find_slip(written: str) -> Fault:
    """What is wrong with a code that read_code does not know: its signs, how many there are, or one mistaken."""
    symbols = re.sub("-", "", re.sub(r"-[1-9][0-9]?$", "", _plain(written)))
    if not symbols:
        return Fault("phone.slip_none")
    strange = "".join(dict.fromkeys(sign for sign in symbols if sign not in f"{ALPHABET}OIL"))
    if strange:
        return Fault("phone.slip_signs", {"signs": strange[:10]})
    if len(symbols) != LENGTH:
        key = "phone.slip_short" if len(symbols) < LENGTH else "phone.slip_long"
        return Fault(key, {"count": len(symbols)})
    return Fault("phone.slip_mistaken")


def _plain(written: str) -> str:
    return _ADDRESS.sub("", "".join(written.split()).upper())


def find_open(written: str) -> FoundSheet | None:
    """The sheet of a code; None where there is none."""
    serial = read_code(written)
    if serial is None:
        return None
    with site().store.read() as conn:
        sheet = find_sheet(conn, serial)
        return FoundSheet(sheet, _get_printed(conn, sheet.layout)) if sheet is not None else None


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
        return FoundSheet(sheet, _get_printed(conn, layout))


def is_answered(found: FoundSheet) -> bool:
    """Whether a sheet was answered: by phone, or all of its paper is in. A sheet for practice never is."""
    with site().store.read() as conn:
        first = find_principal(list_kept(conn, found.sheet.id))
    return first is not None and first.complete


def _get_printed(conn: Connection, layout: str) -> Printed:
    printed = site().printed
    if layout not in printed:
        printed[layout] = load_printed(conn, layout)
    return printed[layout]
