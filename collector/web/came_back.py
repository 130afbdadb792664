"""What comes back after letters went out: reports of the mail server, and people who said that they want no more.

What was handed in lies in a folder of its own until it is read, and is gone then; nobody it is about is named.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from collector.letters.bounces import take_bounces
from collector.letters.opting_out import opt_out_address
from collector.web import statuses
from collector.web.access import find_person, get_person, say_done
from collector.web.letters import letters
from collector.web.site import site
from forms.errors import NotFound

_LARGEST_BYTES = 11 * 1024 * 1024  # the server takes 12 MB of a post
_MOST_FILES = 1000


@letters.url_value_preprocessor
def _let_reports_in(endpoint: str | None, _values: object) -> None:
    # Before anything looks into the request; whoever may hand none in sends no more than to any other page
    person = find_person() if endpoint == f"{letters.name}.{bounces.__name__}" else None
    if person is not None and person.may(endpoint or ""):
        request.max_content_length, request.max_form_parts = _LARGEST_BYTES, _MOST_FILES


@letters.post("/thu-tra-lai")
def bounces() -> ResponseReturnValue:
    """Note which letters came back, by the reports in .eml files or a mailbox."""
    sent = [one for one in request.files.getlist("reports") if one.filename]
    if not sent:
        say_done("invite.no_reports")
        return redirect(url_for(".show"), statuses.SEE_OTHER)
    with TemporaryDirectory(prefix="phieu-") as folder:  # for its owner alone
        paths = [Path(folder) / f"{place}.eml" for place in range(len(sent))]
        for one, path in zip(sent, paths, strict=True):
            one.save(path)
        done = take_bounces(site().store, site().campaign, paths, get_person().name)
    fields = {"bounced": done.bounced, "known": done.known, "delayed": done.delayed, "foreign": done.foreign}
    say_done("invite.bounced", messages=done.messages, **fields)
    return redirect(url_for(".show"), statuses.SEE_OTHER)


@letters.post("/thoi-nhan")
def opt_out() -> ResponseReturnValue:
    """Send an address no more letters; the sheet stays open."""
    try:
        people = opt_out_address(site().store, site().campaign, request.form.get("address", ""), get_person().name)
    except NotFound:
        say_done("letters.nobody_there")
    else:
        say_done("invite.opted_out" if people else "invite.opted_out_before")
    return redirect(url_for(".show"), statuses.SEE_OTHER)
