"""The public pages: a sheet's form, its receipt, and the page where a code is typed. GET and HEAD change nothing.

No cookie, no script, one request. The serial in the address is the only authority; answers are taken in by
collector.intake and are shown nowhere again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.intake import Outcome, accept_response
from collector.store.invitations import is_invited
from collector.store.layouts import find_training_layout, get_head, get_snapshot
from collector.store.responses import find_principal, list_kept
from collector.store.sheets import Sheet, find_sheet
from collector.web import statuses
from collector.web.answers import Fault, FilledForm, fill_form, form_fields
from collector.web.opened import FIELD, find_seconds, sign_opening
from collector.web.security import nonce
from collector.web.sheet_form import FormWords, skip_styles, view_sections
from collector.web.site import agency_name, chosen_language, client_network, offered_languages, site, utc_now
from forms.campaign import Head
from forms.layout import Layout
from forms.promises import asks_who
from forms.questionnaire import Questionnaire
from forms.response import Response
from forms.serial import find_serial, show_serial
from forms.words import text

phone = Blueprint("phone", __name__)

_WRITTEN = re.compile(r"((?:[0-9A-Z]-?){15}[0-9A-Z])(?:-?[1-9][0-9]?)?")


@dataclass(frozen=True)
class _OpenSheet:
    """A known sheet with layout and questionnaire as printed; `is_answered`: by phone, or all of its paper is in."""

    sheet: Sheet
    is_answered: bool
    head: Head
    layout: Layout
    questionnaire: Questionnaire


def read_code(written: str) -> str | None:
    """The serial in SERIAL[-PAGE] as typed or scanned, in any letter case, with or without dashes."""
    match = _WRITTEN.fullmatch("".join(written.split()).upper())
    return find_serial(match[1]) if match else None


@phone.get("/")
def find() -> ResponseReturnValue:
    """The page where a person types the code of a sheet; a good one leads on to the sheet, and nowhere else."""
    typed = request.args.get("ma", "")
    serial = read_code(typed)
    if serial is not None:
        return redirect(_address(serial), statuses.SEE_OTHER)
    wrong = bool(typed.strip())
    page = _render("phone/find.html", typed=typed[:40], wrong=wrong, campaign_name=site().campaign.settings.name)
    return page, statuses.UNPROCESSABLE if wrong else statuses.OK


@phone.get("/<any(P, p):_letter>/<written>")
def show(_letter: str, written: str) -> ResponseReturnValue:
    """The form of a sheet; once it was answered, a page that says so and no more."""
    found = _find_open(written) or _find_training(written)
    if found is None:
        return _say_unknown(written)
    gone = _say_gone(found)
    if gone is not None:
        return gone
    if found.is_answered:
        return _say("answered", statuses.OK, ("answered", "answered_not_you"), found)
    return _show_form(found, FilledForm((), {}, {})), statuses.OK


@phone.post("/<any(P, p):_letter>/<written>")
def answer(_letter: str, written: str) -> ResponseReturnValue:
    """Take in what was answered and give a receipt; what cannot be taken comes back as it was typed."""
    found = _find_open(written)
    if found is None:
        practice = _find_training(written)
        return _say_unknown(written) if practice is None else _say("training", statuses.OK, ("training",), practice)
    fields = form_fields(found.layout, found.questionnaire)
    filled = fill_form(found.questionnaire, fields, dict(request.form.lists()))
    if filled.faults or filled.says_nothing:
        return _say_gone(found) or (_show_form(found, filled), statuses.UNPROCESSABLE)
    seconds = find_seconds(found.sheet.serial, request.form.get(FIELD))
    response = Response(found.sheet.serial, "phone", filled.answers, seconds)
    if site().campaign.settings.closed:
        return _repeat_receipt(found, filled, response)
    outcome = accept_response(site().store, site().campaign, response, utc_now())
    return _say_outcome(found, filled, outcome)


def _repeat_receipt(found: _OpenSheet, filled: FilledForm, response: Response) -> ResponseReturnValue:
    """A closed campaign gives a receipt again, and nobody finds out by trying what a sheet was answered."""
    late, serial = site().late, found.sheet.serial
    if not late.take(serial):
        return _say("closed", statuses.GONE, ("closed",), found)
    outcome = accept_response(site().store, site().campaign, response, utc_now())
    if outcome.reason != "closed":
        late.give_back(serial)
    return _say_outcome(found, filled, outcome)


def _find_open(written: str) -> _OpenSheet | None:
    serial = read_code(written)
    if serial is None:
        return None
    with site().store.read() as conn:
        sheet = find_sheet(conn, serial)
        if sheet is None:
            return None
        first = find_principal(list_kept(conn, sheet.id))
        is_answered, head = first is not None and first.complete, get_head(conn, sheet.layout)
        return _OpenSheet(sheet, is_answered, head, *get_snapshot(conn, sheet.layout))


def _find_training(written: str) -> _OpenSheet | None:
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
        return _OpenSheet(sheet, False, get_head(conn, layout), *get_snapshot(conn, layout))


def _show_form(found: _OpenSheet, filled: FilledForm) -> str:
    campaign, lang, sheet = site().campaign, chosen_language(site().campaign), found.sheet
    fields = form_fields(found.layout, found.questionnaire)
    faults = dict(filled.faults)
    names = {agency.code: agency.name for agency in campaign.agencies} | dict(found.head.rated)
    words = FormWords(found.questionnaire, names, lang, filled.typed, faults)
    if filled.typed and not faults:
        faults = {fields[0].name: Fault("phone.fault_none")}
    return _render(
        "phone/form.html",
        action=_address(sheet.serial),
        opened=(FIELD, _opening(sheet.serial)),
        asked=found.questionnaire,
        sections=view_sections(fields, words),
        skips=skip_styles(found.questionnaire),
        count=len({form_field.number for form_field in fields}),
        rows=_count_rows(found),
        leaves_out_own=found.head.leaves_out_own,
        workplace=agency_name(campaign, sheet.agency) if found.questionnaire.block else "",
        faults=faults,
        sheet=sheet,
        shown_serial=show_serial(sheet.serial),
        agency=_rated(found, lang),
        promises=_promises(found),
        training=found.layout.training,
    )


def _opening(serial: str) -> str:
    """Since when this person has had the form: what is shown again with its faults was opened before."""
    posted = request.form.get(FIELD, "")
    return posted if find_seconds(serial, posted) is not None else sign_opening(serial)


def _promises(found: _OpenSheet) -> list[str]:
    """The sentences that are true of an answer by phone, as keys; no screen shows an agency what it was answered."""
    groups = site().campaign.settings.groups
    linked = any(group.code == found.sheet.group and group.privacy == "linked" for group in groups)
    named = [] if asks_who(found.questionnaire) else ["promise.name"]
    kept = ["promise.count_linked", "promise.linked"] if linked else ["promise.count"]
    with site().store.read() as conn:
        if not linked and is_invited(conn, found.sheet.id):
            kept = ["phone.promise_invited"]
    return [*named, *kept, "phone.promise_agency"]


def _rated(found: _OpenSheet, lang: str) -> str:
    """Whom the sheet is about: one agency by name, or a block of them."""
    campaign, block = site().campaign, found.questionnaire.block
    if block is None:
        return agency_name(campaign, found.sheet.agency)
    name = next((known.name for known in campaign.settings.blocks if known.code == block), block)
    return text("phone.agencies", lang, block=name, count=_count_rows(found))


def _count_rows(found: _OpenSheet) -> int:
    return len({box.row for page in found.layout.pages for box in page.boxes if box.row is not None})


def _say_outcome(found: _OpenSheet, filled: FilledForm, outcome: Outcome) -> ResponseReturnValue:
    status = statuses.outcome_status(outcome)
    if outcome.reason == "empty":
        return _show_form(found, filled), status
    if outcome.reason:
        return _say(outcome.reason, status, (outcome.reason,), found)
    if outcome.status == "conflict":
        return _say("conflict", status, ("conflict", "conflict_next"), found, outcome.receipt)
    return _say("receipt", status, ("receipt_thanks", "receipt_paper", "receipt_secret"), found, outcome.receipt)


def _say_gone(found: _OpenSheet) -> ResponseReturnValue | None:
    """The page of a sheet that takes no answers any more; None where it does."""
    if found.sheet.state == "void":
        return _say("void", statuses.GONE, ("void",), found)
    if site().campaign.settings.closed:
        return _say("closed", statuses.GONE, ("closed",), found)
    return None


def _say_unknown(written: str) -> ResponseReturnValue:
    """Not found. A serial whose check holds but which nobody printed was made up: such guesses are counted."""
    network, unknown = client_network(), site().unknown
    if read_code(written) is not None and not unknown.take(network):
        wait_s = unknown.wait_s(network)
        page, status = say("many", statuses.TOO_MANY, ("many_wrong",), seconds=wait_s)
        return page, status, {"Retry-After": str(wait_s)}
    return say("unknown", statuses.NOT_FOUND, ("unknown",), retry=True)


def _say(title: str, status: int, sentences: tuple[str, ...], found: _OpenSheet, receipt: str = "") -> tuple[str, int]:
    agency = _rated(found, chosen_language(site().campaign))
    return say(title, status, sentences, receipt=receipt, agency=agency)


def say(title: str, status: int, sentences: tuple[str, ...], **fields: object) -> tuple[str, int]:
    """A page of a title and sentences, each named by its key in the catalogue's topic `phone`."""
    campaign, lang = site().campaign, chosen_language(site().campaign)
    known = {"issuer": campaign.settings.issuer.body, **fields}
    page = _render(
        "phone/message.html",
        title=text(f"phone.{title}_title", lang),
        sentences=[text(f"phone.{sentence}", lang, **known) for sentence in sentences],
        agency=fields.get("agency", ""),
        receipt=fields.get("receipt", ""),
        retry=fields.get("retry", False),
    )
    return page, status


def _address(serial: str) -> str:
    lang = request.args.get("lang")
    kept: dict[str, Any] = {"lang": lang} if lang in offered_languages(site().campaign) else {}
    return url_for("phone.show", _letter="P", written=serial, **kept)


def _render(template: str, **values: object) -> str:
    campaign = site().campaign
    return render_template(
        template,
        nonce=nonce(),
        lang=chosen_language(campaign),
        languages=offered_languages(campaign),
        issuer=campaign.settings.issuer,
        **values,
    )
