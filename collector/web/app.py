"""Puts one campaign's site together: phone form, console, headers, compression, and the pages of what goes wrong."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Literal

from flask import Blueprint, Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import pass_context
from jinja2.runtime import Context
from werkzeug.exceptions import HTTPException

from collector.accounts.passwords import PasswordsBusy
from collector.letters.background import LetterSender
from collector.receipts import load_seals
from collector.scans.uploads import UploadReader
from collector.settings import DATA
from collector.store import Store
from collector.web import (
    came_back,  # noqa: F401 it adds its pages to the letters'
    opting_out,  # noqa: F401 it adds its pages to the public ones
    recheck_plan,  # noqa: F401 it adds its pages to the recheck's
    recheck_results,  # noqa: F401 it adds its pages to the recheck's
    statuses,
)
from collector.web.access import access, console_language, find_person, show_busy
from collector.web.again import again
from collector.web.batches import batches
from collector.web.closing import ServedCampaign
from collector.web.compression import compress_replies
from collector.web.conflicts import conflicts
from collector.web.console import console
from collector.web.doubts import doubts
from collector.web.drafts import Drafts
from collector.web.editions import editions
from collector.web.evidence import EvidenceRoom, PictureWorker
from collector.web.exports import exports
from collector.web.failures import QuietFlask
from collector.web.imports import imports
from collector.web.inviting import inviting
from collector.web.letters import letters
from collector.web.log import log
from collector.web.looks import looks
from collector.web.navigation import list_places
from collector.web.numbers import show_count, show_per_cent, show_size
from collector.web.own import own
from collector.web.people import people
from collector.web.petitions import petitions
from collector.web.phone import phone, say
from collector.web.pictures import pictures
from collector.web.receipts import receipts
from collector.web.rechecks import rechecks
from collector.web.scores import scores
from collector.web.security import protect
from collector.web.sheets_record import LARGEST_PICTURE_BYTES, sheets
from collector.web.signatures import signatures
from collector.web.site import EXTENSION, Site, site
from collector.web.succession import BEHIND_PROXY
from collector.web.throttle import Throttle
from collector.web.typed import typed
from collector.web.unread import unread
from collector.web.uploads import UploadingRequest, show_reason, uploads
from collector.web.users import users
from collector.web.well_known import well_known
from collector.web.yearly import prepare
from forms.campaign import Campaign
from forms.days import show_day
from forms.errors import PhieuError
from forms.words import catalogue, speak_in, speak_to_screen, text

__all__ = ["LARGEST_PICTURE_BYTES", "LARGEST_POST_BYTES", "PARTS", "Part", "create_app"]

Part = Literal["public", "console"]
PARTS: tuple[Part, ...] = ("public", "console")
_PAGES: dict[Part, tuple[Blueprint, ...]] = {
    "public": (phone, well_known),
    "console": (
        *(access, own, users, prepare, console, sheets, doubts, looks, again, conflicts, unread, typed, batches),
        *(uploads, imports, pictures, people, inviting, letters, receipts, rechecks),
        *(scores, petitions, editions, exports, log, signatures),
    ),
}

# The longest honest post: two free texts of 2,000 three-byte letters, each byte written as %XX, and a matrix of 168
# agencies by 20 questions at some 12 bytes a field: 2 * 18,000 + 40,320 bytes.
LARGEST_POST_BYTES = 256 * 1024
# A person who mistypes meets neither: an unknown serial must pass its check, ten false passwords a network.
_UNKNOWN_SERIALS, _UNKNOWN_PER_S = 60, 0.5
_FALSE_LOGINS, _FALSE_LOGINS_PER_S = 10, 0.05
# A person whose receipt was lost sends what they sent before; who tries out answers for a sheet gets five a day.
_DAY_S = 24 * 3600
_LATE_ANSWERS, _LATE_PER_S = 5, 5 / _DAY_S
# A sheet is answered twice by mistake, or sixty times where its code hangs on a wall. Each differing answer is kept and
# waits for a person's decision, so whoever holds one code could otherwise bury all other conflicts.
_DIFFERING = 100
_YEAR_S = 365 * 24 * 3600  # static files are named with their content's hash


def create_app(
    store: Store,
    campaign: Campaign,
    behind_proxy: bool = False,
    parts: Collection[Part] = PARTS,
    reader: UploadReader | None = None,
    sender: LetterSender | None = None,
    worker: PictureWorker | None = None,
) -> Flask:
    """The web application of a campaign, to be served by one process with threads; it starts a worker when needed.

    `parts`: what it is for. It knows no address of the other part, and the public part alone gives and reads no cookie.
    `behind_proxy`: all requests come through a proxy of ours, over TLS where the campaign's public address says https.
    """
    app = QuietFlask(__name__)
    app.config[BEHIND_PROXY] = behind_proxy
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_POST_BYTES, SEND_FILE_MAX_AGE_DEFAULT=_YEAR_S)
    app.url_map.strict_slashes = False
    app.request_class = UploadingRequest
    app.extensions[EXTENSION] = Site(
        store,
        served := ServedCampaign(campaign, store.folder / "campaign.yaml"),
        EvidenceRoom(store.folder / DATA / "evidence", worker),
        Throttle(_UNKNOWN_SERIALS, _UNKNOWN_PER_S),
        Throttle(_FALSE_LOGINS, _FALSE_LOGINS_PER_S),
        Throttle(_LATE_ANSWERS, _LATE_PER_S),
        Throttle(_DIFFERING, _DIFFERING / _DAY_S),
        reader or UploadReader(store),
        load_seals(campaign.settings.id),
        sender or LetterSender(store, served.get),
        Drafts(store.folder, campaign.settings.id),
    )
    app.before_request(_speak)
    app.teardown_request(_fall_silent)
    compress_replies(app)  # registered first, so run last: after the headers
    public_address = campaign.settings.public_address or ""
    tls = behind_proxy and public_address.startswith("https://")
    protect(app, campaign.settings.id, _PAGES["public"], always_tls=tls, has_cookies="console" in parts)
    for pages in (pages for part in PARTS if part in parts for pages in _PAGES[part]):
        app.register_blueprint(pages)
    _teach_templates(app, campaign, has_console="console" in parts)
    app.register_error_handler(HTTPException, _say_refused)
    app.register_error_handler(PasswordsBusy, show_busy)
    app.register_error_handler(PhieuError, _say_failed)
    return app


def _speak() -> None:
    """Sentences of this request are for a screen, and in the console in its language, whoever below says them."""
    speak_to_screen(True)
    speak_in(console_language() if _is_of_console() else None)


def _fall_silent(_error: BaseException | None) -> None:
    speak_to_screen(False)
    speak_in(None)


def _teach_templates(app: Flask, campaign: Campaign, has_console: bool) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        t=_translate,
        reason=_reason,
        count=_count,
        per_cent=_per_cent,
        file_size=_file_size,
        day=show_day,
        asset=_asset,
        campaign=campaign,
        file_reason=show_reason,
        language_name=_name_language,
    )
    app.jinja_env.globals["has_console"] = has_console

    @app.context_processor
    def _console_words() -> dict[str, object]:
        served: dict[str, object] = {"campaign": site().campaign}  # the console may have changed it since the start
        if not _is_of_console():
            return served
        person = find_person()
        may = person.may if person is not None else _nothing
        return {**served, "lang": console_language(), "person": person, "may": may, "navigation": list_places()}


def _is_of_console() -> bool:
    """Whether the request at hand is staff's, an address of theirs that leads nowhere included."""
    if request.blueprint is not None:
        return request.blueprint not in {pages.name for pages in _PAGES["public"]}
    return bool(current_app.jinja_env.globals["has_console"]) and request.path.startswith("/quan-ly/")


def _nothing(_endpoint: str) -> bool:
    """What a visitor may open."""
    return False


@pass_context
def _translate(context: Context, key: str, **fields: object) -> str:
    """An entry of the catalogue in the page's language."""
    return text(key, context["lang"], **fields)


def _name_language(code: str) -> str:
    """A language in its own words."""
    return text(f"phone.language_{code}", "vi")


@pass_context
def _reason(context: Context, code: str | None) -> str:
    """Why something was not read, in words; "" where the catalogue has none, a bare code says nothing to people."""
    key = f"reading.reason_{code}"
    return text(key, context["lang"]) if key in catalogue() else ""


@pass_context
def _count(context: Context, count: int) -> str:
    return show_count(count, context["lang"])


@pass_context
def _per_cent(context: Context, per_cent: float) -> str:
    return show_per_cent(per_cent, context["lang"])


@pass_context
def _file_size(context: Context, size_bytes: int) -> str:
    return show_size(size_bytes, context["lang"])


@cache
def _asset_version(name: str) -> str:
    return hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:10]


def _asset(name: str) -> str:
    """The address of a static file, with its content's hash, so that browsers may keep it."""
    return url_for("static", filename=name, v=_asset_version(name))


def _say_refused(error: HTTPException) -> ResponseReturnValue:
    """A plain page for what the web framework itself refuses; a redirect stays one."""
    if error.response is not None:
        return error.response
    status = error.code or statuses.FAILED
    if status < statuses.WRONG:
        return error.get_response()
    title = {statuses.NOT_FOUND: "missing", statuses.TOO_BIG: "big", statuses.FAILED: "failed"}.get(status, "wrong")
    return _tell(title, status)


def _say_failed(error: PhieuError) -> ResponseReturnValue:
    """The same for errors of ours that no page expected."""
    status = statuses.error_status(error)
    if status == statuses.FAILED:
        current_app.log_exception(sys.exc_info())
    title = {statuses.NOT_FOUND: "missing", statuses.FAILED: "failed"}.get(status, "wrong")
    return _tell(title, status)


def _tell(title: str, status: int) -> ResponseReturnValue:
    """The page that says so, and a way on: of the sheet to respondents, of their work to staff."""
    if _is_of_console():
        return render_template("console/mishap.html", mishap=title), status
    return say(title, status, (title,), way="phone.find" if "phone.find" in current_app.view_functions else "")
