"""The sheets and the phone form as they would be, to be looked at before anything is printed. Nothing can be sent."""

from __future__ import annotations

import io
from concurrent.futures import Future
from dataclasses import replace

from flask import abort, render_template, request, send_file
from flask.typing import ResponseReturnValue

from collector.prepare.preview import TRIAL, Preview, PreviewKind, find_family, preview_head, sample_serial
from collector.store.sheets import Sheet
from collector.web import statuses
from collector.web.access import console_language
from collector.web.answers import FilledForm, form_fields
from collector.web.found import FoundSheet
from collector.web.phone import show_form
from collector.web.printed import Printed
from collector.web.site import site
from collector.web.succession import prepare as prepare  # the same blueprint, with these pages
from forms.compose import make_layout
from forms.errors import NotFound
from forms.words import text

_KINDS: tuple[PreviewKind, ...] = ("phieu", "chu_to", "tap_huan", TRIAL)


@prepare.get("/xem-truoc")
def preview() -> ResponseReturnValue:
    """A sheet of a group in pictures, with the ways to its PDF, the phone form, training and trial sheets."""
    groups = site().campaign.settings.groups
    group = next((one for one in groups if one.code == request.args.get("group")), groups[0])
    kind = next((one for one in _KINDS if one == request.args.get("kind")), _KINDS[0])
    drawn = _ask(group.code, kind)
    pages = len(drawn.result().pages) if drawn.done() else 0
    return render_template("console/preview.html", group=group, kind=kind, kinds=_KINDS, pages=pages)


@prepare.get("/xem-truoc/<group>/<kind>.pdf")
def preview_pdf(group: str, kind: str) -> ResponseReturnValue:
    """The same as a PDF, to print one on trial."""
    drawn = _ask(_group(group), _kind(kind)).result()
    return send_file(io.BytesIO(drawn.pdf), "application/pdf", download_name=f"{kind}-{_group(group)}.pdf", max_age=0)


@prepare.get("/xem-truoc/<group>/<kind>-<int:page>.png")
def preview_page(group: str, kind: str, page: int) -> ResponseReturnValue:
    """The picture of one page."""
    drawn = _ask(_group(group), _kind(kind)).result()
    if not 1 <= page <= len(drawn.pages):
        abort(statuses.NOT_FOUND)
    return send_file(io.BytesIO(drawn.pages[page - 1]), "image/png", max_age=0)


@prepare.get("/xem-truoc/<group>/dien-thoai")
def preview_phone(group: str) -> ResponseReturnValue:
    """The phone form of a group; its code opens no sheet, so that nothing typed into it is ever kept."""
    campaign, code = site().campaign, _group(group)
    asked, head = campaign.get_questionnaire(code), preview_head(campaign, code, "phieu", find_family(site().store))
    layout = replace(make_layout(campaign, asked, head)[0], training=True)  # the banner: nothing is kept
    quota = next((one for one in campaign.quotas if one.group == code), None)
    agency = quota.agency if quota else ""
    number = text("prepare.sample_number", console_language())
    sheet = Sheet(0, sample_serial(layout), number, agency, code, 1, layout.id, False, "printed")
    return show_form(
        FoundSheet(sheet, Printed(head, layout, asked, form_fields(layout, asked))), FilledForm((), {}, {})
    )


def _ask(group: str, kind: PreviewKind) -> Future[Preview]:
    """A sheet that is drawn beside, perhaps already."""
    return site().previews.ask(site().store, site().campaign, group, kind, console_language())


def _kind(asked: str) -> PreviewKind:
    """A kind of sheet that can be drawn."""
    found = next((one for one in _KINDS if one == asked), None)
    if found is None:
        raise NotFound(asked)
    return found


def _group(code: str) -> str:
    """A group's code, as the campaign has it."""
    if code not in {one.code for one in site().campaign.settings.groups}:
        raise NotFound(code)
    return code
