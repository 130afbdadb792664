"""What follows from a settled doubt: for its response, for scans taken for duplicates, for the place in the cell."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from collector.store.codes import Codes
from collector.store.conflicts import contest
from collector.store.copies import list_copies, read_copy, write_copy
from collector.store.imported import write_imported
from collector.store.places import fill_places
from collector.store.response_answers import agree, is_blank, read_answers
from collector.store.responses import STANDING, HeldSheet, Kept, find_principal, list_kept, move_response
from collector.store.schema import doubt, page, scan_file
from collector.store.weighing import part_duplicates, weigh_copies
from forms.response import Answer


def follow_settlement(conn: Connection, codes: Codes, sheet: HeldSheet, doubt_id: int) -> None:
    """Bring the response of a doubt in line with what was decided, and see whether others still say the same.

    Twins and rescans that agreed only because the answer was doubtful stand against it now. A response that turns out
    blank gives its place back, as an empty sheet takes none, and comes back when the decision is changed.
    """
    follow_change(conn, codes, sheet, conn.execute(select(doubt.c.response).where(doubt.c.id == doubt_id)).scalar_one())


def follow_change(conn: Connection, codes: Codes, sheet: HeldSheet, key: int) -> None:
    """The same for a response by its key, of which an answer was settled or came to be doubted."""
    own = _get_kept(conn, sheet, key)
    copy = list_copies(conn, sheet.id)[own.copy] if own.copy else []
    answers = (
        write_copy(conn, codes, own.id, copy, read_copy(conn, codes, copy))
        if own.copy
        else write_imported(conn, codes, own.id)
    )
    if sheet.state == "void" or (own.state == "set_aside" and own.fought):
        return  # decided: it speaks for nobody any more
    if own.twin_of is not None:
        _hold_against_paper(conn, codes, sheet, own, answers)
        return
    if is_blank(answers) and own.state in STANDING:
        _set_blank_aside(conn, sheet, own)
    elif not is_blank(answers) and own.state == "set_aside":
        _bring_back(conn, codes, sheet, own, answers)
    _contest_twins(conn, codes, sheet, own.id, answers)
    days = [day for page in copy if (day := part_duplicates(conn, codes, sheet.id, page.id)) is not None]
    if not own.copy:  # pages that said the same only as far as the table was sure
        of_pages = select(func.max(scan_file.c.first_day)).join_from(page, scan_file).where(page.c.sheet == sheet.id)
        days = [day for day in conn.scalars(of_pages) if day is not None]
    if days:
        weigh_copies(conn, codes, sheet, max(days))
    fill_places(conn, sheet.cell)


def _get_kept(conn: Connection, sheet: HeldSheet, key: int) -> Kept:
    return next(one for one in list_kept(conn, sheet.id) if one.id == key)


def _set_blank_aside(conn: Connection, sheet: HeldSheet, own: Kept) -> None:
    """Free the serial and the place of a blank response, for its twins first: they answered the sheet, it did not."""
    move_response(conn, sheet, own, "set_aside")
    twins = [one for one in list_kept(conn, sheet.id) if one.twin_of == own.id]
    for twin in twins:
        if twin == twins[0]:
            move_response(conn, sheet, twin, "accepted")
        else:
            contest(conn, sheet, _get_kept(conn, sheet, twins[0].id), twin)


def _bring_back(conn: Connection, codes: Codes, sheet: HeldSheet, own: Kept, answers: tuple[Answer, ...]) -> None:
    """Let a response that is blank no longer answer its sheet, unless another one does by now."""
    other = find_principal(one for one in list_kept(conn, sheet.id) if one.id != own.id)
    if other is None:
        move_response(conn, sheet, own, "accepted")
    elif other.copy or not agree(answers, read_answers(conn, codes, other.id)):
        contest(conn, sheet, other, own)


def _hold_against_paper(
    conn: Connection, codes: Codes, sheet: HeldSheet, own: Kept, answers: tuple[Answer, ...]
) -> None:
    """Of what a table said like the paper of its sheet, as far as it was sure: a conflict where it no longer does."""
    paper = next(one for one in list_kept(conn, sheet.id) if one.id == own.twin_of)
    is_live = paper.state in (*STANDING, "contested")
    if is_live and not is_blank(answers) and not agree(answers, read_answers(conn, codes, paper.id)):
        contest(conn, sheet, paper, own)


def _contest_twins(conn: Connection, codes: Codes, sheet: HeldSheet, key: int, answers: tuple[Answer, ...]) -> None:
    for twin in list_kept(conn, sheet.id):
        own = _get_kept(conn, sheet, key)
        is_live = own.state in (*STANDING, "contested")
        if is_live and twin.twin_of == key and not agree(answers, read_answers(conn, codes, twin.id)):
            contest(conn, sheet, own, twin)
