"""The public pages: a sheet's form, its receipt, and the page where a code is typed. GET and HEAD change nothing.

No cookie, one request; everything works without its script. The serial in the address is the only authority; answers
are taken in by collector.intake and are shown nowhere again.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.intake import Outcome, accept_response
from collector.store.invitations import is_invited
from collector.web import statuses
from collector.web.answers import Fault, FilledForm, fill_form
from collector.web.found import FoundSheet, find_open, find_slip, find_training, is_answered, read_code
from collector.web.kept import KeptPage, is_fetched, seal_reply, tell_script
from collector.web.opened import FIELD, find_seconds, sign_opening
from collector.web.security import nonce
from collector.web.sheet_form import FormWords, skip_rules, skip_styles, view_cards, view_sections
from collector.web.site import agency_name, chosen_language, client_network, offered_languages, site, utc_now
from forms.promises import asks_who
from forms.response import Response
from forms.serial import show_serial
from forms.words import text

phone = Blueprint("phone", __name__)
_CODE_SIGNS = 80  # of a code typed, or of a whole address with it


@phone.get("/")
@phone.get("/<any(P, p):_letter>")
def find(_letter: str = "P") -> ResponseReturnValue:
    """The page where a person types the code of a sheet; a good one leads on to the sheet, and nowhere else."""
    typed = request.args.get("ma", "")
    serial = read_code(typed)
    if serial is not None:
        return redirect(_address(serial), statuses.SEE_OTHER)
    slip = find_slip(typed) if "ma" in request.args else None
    page = _render("phone/find.html", typed=typed[:_CODE_SIGNS], slip=slip, name=site().campaign.settings.name)
    return page, statuses.UNPROCESSABLE if slip else statuses.OK


@phone.get("/<any(P, p):_letter>/<written>")
def show(_letter: str, written: str) -> ResponseReturnValue:
    """The form of a sheet; once it was answered, a page that says so and no more."""
    found = find_open(written) or find_training(written)
    if found is None:
        return _say_unknown(written)
    gone = _say_gone(found)
    if gone is not None:
        return gone
    if is_answered(found):
        return _say("answered", statuses.OK, ("answered", "answered_not_you"), found)
    if find_seconds(found.sheet.serial, request.args.get(FIELD)) is not None:  # sent empty, see _ask_again
        return show_form(found, FilledForm((), {}, {}), sent_empty=True), statuses.UNPROCESSABLE
    return show_form(found, FilledForm((), {}, {})), statuses.OK


@phone.post("/<any(P, p):_letter>/<written>")
def answer(_letter: str, written: str) -> ResponseReturnValue:
    """Take in what was answered and give a receipt; what cannot be taken comes back as it was typed."""
    found = find_open(written)
    if found is None:
        practice = find_training(written)
        if practice is None:
            return _say_unknown(written)
        return seal_reply(practice, _say("training", statuses.OK, ("training",), practice))
    reply, receipt = _take_in(found)
    return seal_reply(found, reply, receipt)


def _take_in(found: FoundSheet) -> tuple[ResponseReturnValue, str]:
    """The reply to what was posted for a sheet, and the signed receipt, "" without one."""
    filled = fill_form(found.printed.questionnaire, found.printed.fields, dict(request.form.lists()))
    if filled.faults or filled.says_nothing:
        return _say_gone(found) or _ask_again(found, filled), ""
    seconds = find_seconds(found.sheet.serial, request.form.get(FIELD))
    response = Response(found.sheet.serial, "phone", filled.answers, seconds, filled.as_above)
    if site().campaign.settings.closed:
        return _repeat_receipt(found, filled, response)
    differing, serial = site().differing, found.sheet.serial
    if not differing.take(serial):
        return _say("too_many", statuses.TOO_MANY, ("too_many",), found), ""
    outcome = None
    try:
        outcome = accept_response(site().store, site().campaign, response, utc_now())
    finally:  # where the store fails a phone tries again and again, and has sent nothing that differs
        if outcome is None or outcome.status != "conflict":
            differing.give_back(serial)
    return _say_outcome(found, filled, outcome)


def _ask_again(found: FoundSheet, filled: FilledForm) -> ResponseReturnValue:
    """The form with what is wrong. One sent empty is shown at an address of its own: whoever goes back from the receipt
    comes to a page that a browser may fetch, and is not asked to send the empty form once more.
    """
    posted = request.form.get(FIELD)
    is_person = "text/html" in request.headers.get("Accept", "") and not is_fetched()
    if is_person and filled.is_untouched and find_seconds(found.sheet.serial, posted) is not None:
        return redirect(_address(found.sheet.serial, **{FIELD: posted}), statuses.SEE_OTHER)
    return show_form(found, filled), statuses.UNPROCESSABLE


def _repeat_receipt(found: FoundSheet, filled: FilledForm, response: Response) -> tuple[ResponseReturnValue, str]:
    """A closed campaign gives a receipt again, and nobody finds out by trying what a sheet was answered."""
    late, serial = site().late, found.sheet.serial
    if not late.take(serial):
        return _say("closed", statuses.GONE, ("closed",), found), ""
    outcome = accept_response(site().store, site().campaign, response, utc_now())
    if outcome.reason != "closed":
        late.give_back(serial)
    return _say_outcome(found, filled, outcome)


def show_form(found: FoundSheet, filled: FilledForm, sent_empty: bool = False) -> str:
    """The form of a sheet, with what was typed and its faults; `sent_empty`: there is nothing in it, which is one."""
    campaign, lang, sheet = site().campaign, chosen_language(site().campaign), found.sheet
    fields = found.printed.fields
    faults = dict(filled.faults)
    names = {agency.code: agency.name for agency in campaign.agencies} | dict(found.printed.head.rated)
    words = FormWords(found.printed.questionnaire, names, lang, filled.typed, faults)
    if sent_empty or (filled.typed and not faults):
        faults = {fields[0].name: Fault("phone.fault_none")}
    return _render(
        "phone/form.html",
        action=_address(sheet.serial),
        opened=(FIELD, _opening(sheet.serial)),
        asked=found.printed.questionnaire,
        cards=view_cards(fields, words),
        sections=view_sections(fields, words),
        skips=skip_styles(found.printed.questionnaire),
        rules=skip_rules(found.printed.questionnaire),
        kept=tell_script(found, _address(sheet.serial), "faults" if filled.typed else "form", lang),
        count=len({form_field.number for form_field in fields}),
        rows=found.printed.count_rows(),
        leaves_out_own=found.printed.head.leaves_out_own,
        workplace=agency_name(campaign, sheet.agency) if found.printed.questionnaire.block else "",
        faults=faults,
        sheet=sheet,
        shown_serial=show_serial(sheet.serial),
        agency=_rated(found, lang),
        promises=_promises(found),
        training=found.printed.layout.training,
    )


def _opening(serial: str) -> str:
    """Since when this person has had the form: what is shown again with its faults was opened before."""
    posted = request.values.get(FIELD, "")
    return posted if find_seconds(serial, posted) is not None else sign_opening(serial)


def _promises(found: FoundSheet) -> list[str]:
    """The sentences that are true of an answer by phone, as keys; no screen shows an agency what it was answered."""
    groups = site().campaign.settings.groups
    linked = any(group.code == found.sheet.group and group.privacy == "linked" for group in groups)
    named = [] if asks_who(found.printed.questionnaire) else ["promise.name"]
    kept = ["promise.count_linked", "promise.linked"] if linked else ["promise.count"]
    with site().store.read() as conn:
        if not linked and is_invited(conn, found.sheet.id):
            kept = ["phone.promise_invited"]
    return [*named, *kept, "phone.promise_agency"]


def _rated(found: FoundSheet, lang: str) -> str:
    """Whom the sheet is about: one agency by name, or a block of them."""
    campaign, block = site().campaign, found.printed.questionnaire.block
    if block is None:
        return agency_name(campaign, found.sheet.agency)
    name = next((known.name for known in campaign.settings.blocks if known.code == block), block)
    return text("phone.agencies", lang, block=name, count=found.printed.count_rows())


def _say_outcome(found: FoundSheet, filled: FilledForm, outcome: Outcome) -> tuple[ResponseReturnValue, str]:
    status = statuses.outcome_status(outcome)
    if outcome.reason == "empty":
        return (show_form(found, filled), status), ""
    if outcome.reason:
        return _say(outcome.reason, status, (outcome.reason,), found), ""
    receipt = site().seals.sign_receipt(found.sheet.serial, outcome.receipt)
    if outcome.status == "conflict":
        return _say("conflict", status, ("conflict", "conflict_next"), found, receipt), receipt
    if outcome.disputed:
        return _say("receipt", status, ("receipt_again", "receipt_disputed"), found, receipt), receipt
    return _say("receipt", status, ("receipt_thanks", "receipt_paper", "receipt_secret"), found, receipt), receipt


def _say_gone(found: FoundSheet) -> ResponseReturnValue | None:
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
    slip = Fault("phone.unknown") if read_code(written) is not None else find_slip(written)
    page = _render("phone/find.html", typed=written[:_CODE_SIGNS], slip=slip, name=site().campaign.settings.name)
    return page, statuses.NOT_FOUND


def _say(title: str, status: int, sentences: tuple[str, ...], found: FoundSheet, receipt: str = "") -> tuple[str, int]:
    lang = chosen_language(site().campaign)
    kept = tell_script(found, _address(found.sheet.serial), "answered" if title == "answered" else "done", lang)
    return say(title, status, sentences, kept=kept, receipt=receipt, agency=_rated(found, lang))


def say(
    title: str, status: int, sentences: tuple[str, ...], kept: KeptPage | None = None, **fields: object
) -> tuple[str, int]:
    """A page of a title and sentences, each named by its key in the catalogue's topic `phone`; `way` leads on."""
    campaign, lang = site().campaign, chosen_language(site().campaign)
    issuer = campaign.settings.issuer
    known = {"issuer": f"{issuer.body} ({issuer.contact})" if issuer.contact else issuer.body, **fields}
    page = _render(
        "phone/message.html",
        title=text(f"phone.{title}_title", lang),
        sentences=[text(f"phone.{sentence}", lang, **known) for sentence in sentences],
        agency=fields.get("agency", ""),
        receipt=fields.get("receipt", ""),
        way=fields.get("way", ""),
        kept=kept,
    )
    return page, status


def _address(serial: str, **more: Any) -> str:
    lang = request.args.get("lang")
    kept: dict[str, Any] = {"lang": lang} if lang in offered_languages(site().campaign) else {}
    return url_for("phone.show", _letter="P", written=serial, **kept, **more)


def _render(template: str, **values: object) -> str:
    campaign = site().campaign
    return render_template(
        template,
        nonce=nonce(),
        lang=chosen_language(campaign),
        languages=offered_languages(campaign),
        issuer=campaign.settings.issuer,
        fetched=is_fetched(),
        **values,
    )
