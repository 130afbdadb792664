"""A sheet or a page of it printed again: the same serial, the same layout, an entry in the log."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path

import pypdfium2

from collector.files import unfinished_file
from collector.ledger.holding import Held, Note, refuse, take_hold
from collector.ledger.journal import log_act
from collector.ledger.naming import Named
from collector.printing.folder import load_sheet_list
from collector.printing.issue import print_sheets
from collector.store import Store
from collector.store.clock import day_of
from collector.store.steps import record_movement, write_steps
from forms.campaign import Campaign
from forms.errors import Problem
from forms.words import text


def reprint(store: Store, campaign: Campaign, named: Named, page: int | None, out: Path, note: Note) -> int:
    """Write named sheets, or one page of each, into a PDF in the order of their numbers; gives the number of pages.

    Void sheets of whole cells are left out. InputWrong, with nothing written, for void sheets that are named, and for
    a page that a sheet does not have.
    """
    with store.write() as conn:
        held = take_hold(conn, campaign, named, note)
        refuse(_check_void(held, named))
    pages = _write(store, campaign, {one.number for one in held.sheets if one.state != "void"}, page, out, held)
    with store.write() as conn:  # printing takes long, and nobody waits for it
        held = take_hold(conn, campaign, named, note)
        refuse(_check_void(held, named))
        changes = [(one, one) for one in held.sheets if one.state != "void"]
        if changes:
            key = record_movement(conn, "reprint", note.day, note.who, day_of(), **note.words())
            write_steps(conn, changes, note.day, by=key)
            log_act(conn, "reprint", [one for one, _ in changes], note)
    return pages


def _check_void(held: Held, named: Named) -> list[Problem]:
    void = [] if named.is_whole else [one for one in held.sheets if one.state == "void"]
    return [Problem(one.number, text("sheets.is_void"), text("sheets.is_void_fix")) for one in void]


def _write(store: Store, campaign: Campaign, numbers: Collection[str], page: int | None, out: Path, held: Held) -> int:
    """Print the cells as a print run would, so that a sheet looks as it did, and take the wanted pages out of them."""
    cells = {(one.agency, one.group) for one in held.sheets}
    quotas = [quota for quota in campaign.quotas if (quota.agency, quota.group) in cells]
    whole = pypdfium2.PdfDocument.new()
    with tempfile.TemporaryDirectory() as folder:
        print_sheets(store, campaign, Path(folder), quotas)
        printed = load_sheet_list(Path(folder))
        rows = [
            row for quota in quotas for row in printed.rows((quota.agency, quota.group)) if row["number"] in numbers
        ]
        refuse(
            Problem(row["number"], text("sheets.no_page", page=page, pages=row["pages"]), text("sheets.no_page_fix"))
            for row in rows
            if page is not None and page > int(row["pages"])
        )
        written = {name: pypdfium2.PdfDocument(str(Path(folder) / name)) for name in {row["file"] for row in rows}}
        for row in rows:
            first = int(row["first_page"]) - 1
            pages = range(first, first + int(row["pages"])) if page is None else range(first + page - 1, first + page)
            whole.import_pages(written[row["file"]], list(pages))
        with unfinished_file(out) as unfinished:
            whole.save(str(unfinished))
        for document in written.values():
            document.close()
    return len(whole)
