"""What the script of the phone form is told: whose sheet the page is, how a reply of ours is known, and its words.

The seal stands in the form and comes back in a header of every reply about the same sheet. A page of a hotel's Wi-Fi, a
proxy's error or a reply about another sheet has none, so answers are kept on the phone until one with it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from collector.web.found import FoundSheet
from collector.web.site import site
from forms.words import text

HEADER = "Phieu-Sheet"  # SERIAL SEAL [RECEIPT]
_FETCH = "Phieu-Fetch"
_PRACTICE = "TRAINING"  # in the place of a receipt

# faults: the form with what is wrong · done: nothing of the sheet is left to send · answered: unless this phone has it
Page = Literal["form", "faults", "answered", "done"]


@dataclass(frozen=True)
class KeptPage:
    """What the page says to its script."""

    serial: str
    seal: str
    action: str
    page: Page
    words: dict[str, str]


def tell_script(found: FoundSheet, action: str, page: Page, lang: str) -> KeptPage:
    """What a page about a sheet says to its script."""
    serial = found.sheet.serial
    return KeptPage(serial, site().seals.seal_sheet(serial), action, page, _words(found, lang))


def _words(found: FoundSheet, lang: str) -> dict[str, str]:
    done = "phone.done_rows" if found.printed.count_rows() else "phone.done"
    return {
        "saved": text("phone.saved", lang),
        "restored": text("phone.restored", lang),
        "done": text(done, lang, done="{done}", all="{all}"),
        "unsent": text("phone.unsent", lang),
        "sending": text("phone.sending", lang),
        "wait": text("phone.wait", lang),
        "later": text("phone.later", lang, seconds="{seconds}"),
        "retry": text("phone.retry", lang),
        "plain": text("phone.plain", lang),
        "forget": text("phone.forget", lang),
        "sure": text("phone.forget_sure", lang),
    }


def is_fetched() -> bool:
    """Whether the script asks, which has style sheet and script already."""
    return _FETCH in request.headers


def seal_reply(found: FoundSheet, reply: ResponseReturnValue, receipt: str = "") -> Response:
    """A reply about a sheet as its script knows it; with the signed receipt where there is one."""
    serial = found.sheet.serial
    if found.printed.layout.training:
        receipt = _PRACTICE
    sealed = make_response(reply)
    sealed.headers[HEADER] = " ".join(filter(None, (serial, site().seals.seal_sheet(serial), receipt)))
    return sealed
