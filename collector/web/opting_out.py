"""Where a letter's link to opt out leads. GET and HEAD change nothing, and an empty post does not either.

Mail scanners open every link and some send every form as they find it: a person has to tick a box first. Mail programs
that offer a button of their own post one agreed word instead (RFC 8058). The token is the only authority.
"""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.letters.opting_out import accept_opt_out, find_invitation
from collector.web import statuses
from collector.web.phone import phone, say
from collector.web.security import nonce
from collector.web.site import chosen_language, offered_languages, site

_TICKED = "stop"
_TOKEN = "<token>"


@phone.get(f"/<any(T, t):_letter>/{_TOKEN}")
def show_opt_out(_letter: str, token: str) -> ResponseReturnValue:
    """What opting out means, and the box to tick."""
    found = find_invitation(site().store, token)
    if found is None:
        return say("unknown", statuses.NOT_FOUND, ("stop_unknown",))
    if found.opted_out_day is not None:
        return say("stopped", statuses.OK, ("stopped",))
    return _show_form(token)


@phone.post(f"/<any(T, t):_letter>/{_TOKEN}")
def opt_out(_letter: str, token: str) -> ResponseReturnValue:
    """Opt out, by the ticked box or by the button of a mail program."""
    found = find_invitation(site().store, token)
    if found is None:
        return say("unknown", statuses.NOT_FOUND, ("stop_unknown",))
    if request.form.get("List-Unsubscribe") != "One-Click" and request.form.get(_TICKED) != "1":
        return _show_form(token, missed=True), statuses.UNPROCESSABLE
    accept_opt_out(site().store, found, "link")
    return say("stopped", statuses.OK, ("stopped",))


def _show_form(token: str, missed: bool = False) -> str:
    campaign = site().campaign
    return render_template(
        "phone/stop.html",
        nonce=nonce(),
        lang=chosen_language(campaign),
        languages=offered_languages(campaign),
        issuer=campaign.settings.issuer,
        name=campaign.settings.name,
        action=url_for("phone.opt_out", _letter="T", token=token),
        ticked=_TICKED,
        missed=missed,
    )
