"""Who works in the console: the door with its access code, and the person behind a session.

This first version has one access code a campaign, which `phieu serve` prints. A person gives the name under which
decisions are kept, and says which rated agency they work at, if any: what concerns it is then kept from them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from collector.web import statuses
from collector.web.security import is_access_code
from collector.web.site import client_network, site
from forms.words import LANGUAGES, text

access = Blueprint("access", __name__, url_prefix="/quan-ly")

NAME_LIMIT = 80
_PAGES = (
    "console.quota",
    "sheets.show",
    "sheets.missing",
    "sheets.log",
    "doubts.show",
    "looks.show",
    "conflicts.show",
    "unread.show",
    "typed.ask",
)


@dataclass(frozen=True)
class Person:
    """Who is logged in; `workplace` is the code of the rated agency they work at, "" for none.

    `session` is random and new with every login: two people may have one name, and one person two workplaces in turn.
    """

    name: str
    workplace: str
    session: str

    def works_at(self, *agencies: str | None) -> bool:
        """Whether one of these agencies, of a sheet or of its rows, is their own workplace: others judge then."""
        return self.workplace != "" and self.workplace in agencies


def find_person() -> Person | None:
    """The person of the session at hand."""
    kept = [session.get(name) for name in ("who", "workplace", "session")]
    given = [value for value in kept if isinstance(value, str)]
    return Person(*given) if len(given) == len(kept) else None


def get_person() -> Person:
    """The person whom staff_only let in."""
    person = g.person
    assert isinstance(person, Person)
    return person


def staff_only() -> ResponseReturnValue | None:
    """Run before every page of staff: sends whoever is not logged in to the door, and back afterwards."""
    person = find_person()
    if person is None:
        wanted = request.endpoint if request.method == "GET" else None
        return redirect(url_for("access.login", to=wanted), statuses.SEE_OTHER)
    g.person = person
    return None


def console_language() -> str:
    """The language of the console: Vietnamese until this session asks for another by ?lang=."""
    wanted = request.args.get("lang")
    if wanted in LANGUAGES and session.get("lang", "vi") != wanted:
        session["lang"] = wanted
    kept = session.get("lang")
    return kept if kept in LANGUAGES else "vi"


@access.get("/dang-nhap")
def login() -> ResponseReturnValue:
    """The door."""
    return _show_door()


@access.post("/dang-nhap")
def enter() -> ResponseReturnValue:
    """Check the access code and begin a session."""
    wait_s = site().logins.wait_s(client_network())
    if wait_s:
        return _show_door("console.login_wait", wait_s), statuses.TOO_MANY, {"Retry-After": str(wait_s)}
    if not is_access_code(site().campaign.settings.id, request.form.get("code", "")):
        site().logins.take(client_network())
        return _show_door("console.login_wrong"), statuses.FORBIDDEN
    name = " ".join(request.form.get("who", "").split())
    workplace = request.form.get("workplace", "")
    if not 2 <= len(name) <= NAME_LIMIT or not name.isprintable():
        return _show_door("console.login_name"), statuses.UNPROCESSABLE
    if workplace and workplace not in {agency.code for agency in site().campaign.agencies}:
        return _show_door("console.login_workplace_unknown"), statuses.UNPROCESSABLE
    lang = console_language()
    session.clear()
    session.permanent = True
    session.update(who=name, workplace=workplace, session=secrets.token_hex(8), lang=lang)
    return redirect(_wanted_page(), statuses.SEE_OTHER)


@access.post("/dang-xuat")
def leave() -> ResponseReturnValue:
    """End the session."""
    session.clear()
    return redirect(url_for("access.login"), statuses.SEE_OTHER)


def _wanted_page() -> str:
    """The page that was asked for before logging in, by its name here: no address from outside is ever followed."""
    return url_for(_asked_page() or "console.quota")


def _asked_page() -> str | None:
    wanted = request.args.get("to")
    return wanted if wanted in _PAGES else None


def _show_door(fault: str = "", wait_s: int = 0) -> str:
    lang = console_language()
    return render_template(
        "console/login.html",
        fault=text(fault, lang, seconds=wait_s) if fault else "",
        agencies=site().campaign.agencies,
        typed=request.form,
        to=_asked_page(),
        name_limit=NAME_LIMIT,
    )
