"""Sheets that no machine can read, typed in by a person beside their picture, or from the paper by serial.

The same door, the same questions in the same order as on the sheet; its channel is `typed`. Nobody types in a sheet
that rates the agency where they work. Whoever types sees that one sheet, and nobody sees what was typed here again. In
an unlinked group a number leads to nothing that was read or scanned of the sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.intake import Outcome, accept_response_on
from collector.store.clock import day_of
from collector.store.layouts import get_head, get_snapshot
from collector.store.responses import find_principal, list_kept
from collector.store.scans import UNREAD, Page, get_page, list_pages_of_sheet
from collector.store.sheets import Sheet, get_sheet
from collector.store.typed_entries import find_named_sheet, list_sure_answers, record_typed
from collector.web import statuses
from collector.web.access import console_language, get_person, staff_only, take_draft
from collector.web.answers import FilledForm, FormField, fill_form, form_fields
from collector.web.found import read_code
from collector.web.pictures import is_outside, rates_workplace
from collector.web.sheet_form import FormWords, view_sections
from collector.web.site import KEY, agency_name, asked_number, site, utc_now
from collector.web.unread import PICTURELESS, view_page
from forms.layout import Layout
from forms.questionnaire import Questionnaire
from forms.response import Answer, Response
from forms.words import text

typed = Blueprint("typed", __name__, url_prefix="/quan-ly/nhap-tay")
typed.before_request(staff_only)

_LONGEST_NAME = 120


@dataclass(frozen=True)
class TypedSheet:
    """A sheet that is to be typed in, as it was printed; `prior` is how it was answered before, None if it was not."""

    sheet: Sheet
    layout: Layout
    questionnaire: Questionnaire
    names: Mapping[str, str]
    pages: Sequence[Page]
    prior: str | None

    @property
    def fields(self) -> tuple[FormField, ...]:
        """Everything that it asks, in printed order."""
        return form_fields(self.layout, self.questionnaire)


@typed.get("/")
def ask() -> ResponseReturnValue:
    """Which sheet it is: its serial, or the number beside it; beside the picture of a page where one is given."""
    return _ask("", "")


@typed.post("/")
def find() -> ResponseReturnValue:
    """Go on to the sheet that was named."""
    written = request.form.get("sheet", "")[:_LONGEST_NAME]
    last = written.strip().rsplit("/", 1)[-1]  # a hand scanner types the whole address
    with site().store.read() as conn:
        sheet = find_named_sheet(conn, read_code(last) or last)
        if sheet is None or is_outside(sheet):
            fault = "typing_unknown" if sheet is None else "typing_outside"
        else:
            fault = "own_workplace" if rates_workplace(conn, sheet) else ""
    if sheet is None or fault:
        return _ask(text(f"console.{fault}", console_language()), written), statuses.UNPROCESSABLE
    return redirect(url_for(".form", sheet_id=sheet.id, page=asked_number("page")), statuses.SEE_OTHER)


@typed.get(f"/<{KEY}:sheet_id>")
def form(sheet_id: int) -> ResponseReturnValue:
    """The sheet's own questions; what its other pages were surely read to say stands ready."""
    draft = take_draft()
    with site().store.read() as conn:
        found = _get_allowed(conn, sheet_id)
        sure = [] if found.prior or not _is_linked(found.sheet) else _list_sure(conn, sheet_id)
    if draft is not None:
        return _show(found, fill_form(found.questionnaire, found.fields, draft.to_dict(flat=False)))
    ready = _as_typed(found.fields, sure)
    return _show(found, FilledForm((), ready, {}), is_read=bool(ready))


@typed.post(f"/<{KEY}:sheet_id>")
def keep(sheet_id: int) -> ResponseReturnValue:
    """Take in what was typed, through the one door."""
    person, page = get_person(), asked_number("page")
    with site().store.read() as conn:
        found = _get_allowed(conn, sheet_id)
    filled = fill_form(found.questionnaire, found.fields, request.form.to_dict(flat=False))
    if filled.faults or filled.says_nothing:
        return _show(found, filled), statuses.UNPROCESSABLE
    response = Response(found.sheet.serial, "typed", filled.answers)
    with site().store.write() as conn:
        outcome = accept_response_on(conn, site().store, site().campaign, response, utc_now())
        if outcome.status != "refused":
            record_typed(conn, sheet_id, page, person.name, day_of(utc_now()))
    flash(_say(found.sheet, outcome))
    return redirect(url_for("unread.show" if page is not None else ".ask"), statuses.SEE_OTHER)


def _say(sheet: Sheet, outcome: Outcome) -> str:
    kind = outcome.reason or outcome.status
    return text(f"console.typed_{kind}", console_language(), number=sheet.number)


def _ask(fault: str, written: str) -> str:
    page = asked_number("page")
    with site().store.read() as conn:
        view = view_page(conn, _get_unread(conn, page)) if page is not None else None
    if view is not None and view.is_own:
        abort(statuses.FORBIDDEN)
    shown = view is not None and view.page.reason not in PICTURELESS
    return render_template("console/typed_ask.html", fault=fault, written=written, page=page, is_shown=shown)


def _get_unread(conn: Connection, page: int, serial: str | None = None) -> Page:
    """A page that could not be read, and is not proved to be of another sheet than that of the serial."""
    if get_person().agency:
        abort(statuses.FORBIDDEN)  # nobody knows yet whose it is
    found = get_page(conn, page)
    if found.status not in UNREAD or None not in (serial, found.serial):
        abort(statuses.NOT_FOUND)
    return found


def _get_allowed(conn: Connection, sheet_id: int) -> TypedSheet:
    sheet = get_sheet(conn, sheet_id)
    if rates_workplace(conn, sheet) or is_outside(sheet):
        abort(statuses.FORBIDDEN)
    first = find_principal(list_kept(conn, sheet.id))
    layout, questionnaire = get_snapshot(conn, sheet.layout)
    names = {agency.code: agency.name for agency in site().campaign.agencies}
    names |= dict(get_head(conn, sheet.layout).rated)
    unread = [page for page in list_pages_of_sheet(conn, sheet.id) if page.status in UNREAD]
    asked = asked_number("page")
    if not _is_linked(sheet) and asked not in [page.id for page in unread]:
        unread = []  # who names a sheet by its number learns nothing of what it says
    if asked is not None and asked not in [page.id for page in unread]:
        unread.append(_get_unread(conn, asked, sheet.serial))
    shown = [page for page in unread if page.reason not in PICTURELESS]
    return TypedSheet(sheet, layout, questionnaire, names, shown, first.channel if first else None)


def _is_linked(sheet: Sheet) -> bool:
    """Whether the number of a sheet may stand beside what it says."""
    return any(group.code == sheet.group and group.privacy == "linked" for group in site().campaign.settings.groups)


def _list_sure(conn: Connection, sheet_id: int) -> list[Answer]:
    return list(list_sure_answers(conn, site().store.get_codes, sheet_id))


def _as_typed(fields: Sequence[FormField], sure: Sequence[Answer]) -> dict[str, Sequence[str]]:
    """Answers as the fields of a form would send them."""
    by_place = {(answer.question, answer.row): answer for answer in sure}
    ready: dict[str, Sequence[str]] = {}
    for one in fields:
        answer = by_place.get((one.question.code, one.row))
        if answer is not None and (answer.chosen or answer.value):
            ready[one.name] = answer.chosen or (answer.value or "",)
    return ready


def _show(found: TypedSheet, filled: FilledForm, is_read: bool = False) -> str:
    lang, sheet = console_language(), found.sheet
    words = FormWords(found.questionnaire, found.names, lang, filled.typed, filled.faults)
    groups = {group.code: group.name for group in site().campaign.settings.groups}
    return render_template(
        "console/typed.html",
        sheet=sheet,
        agency=agency_name(site().campaign, sheet.agency),
        group=groups.get(sheet.group, sheet.group),
        sections=view_sections(found.fields, words),
        pages=found.pages,
        page=asked_number("page"),
        prior=found.prior,
        is_read=is_read,
        faults=filled.faults,
        is_empty=bool(filled.answers) and filled.says_nothing and not filled.faults,
    )
