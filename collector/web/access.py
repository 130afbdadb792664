"""Who works in the console: the door, and the person behind a session.

A session's cookie holds a random token; whose it is and whether it still counts is asked of the store with every page,
so that leaving, a new password, a reset or a disabled account end it at once.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from collector.accounts.door import check_code, check_name, let_in, needs_second_factor
from collector.accounts.passwords import PasswordsBusy
from collector.store.account_sessions import (
    digest_of,
    end_session,
    find_lapsed_account,
    find_session_account,
    see_session,
)
from collector.store.accounts import Account
from collector.store.events import record_event
from collector.web import statuses
from collector.web.drafts import KEPT, OF, SHOWN_AT
from collector.web.pages import PAGES, PARTS_OF_PAGES
from collector.web.permits import may_open
from collector.web.site import client_network, site, utc_now
from forms.account_rules import Role
from forms.words import LANGUAGES, text

access = Blueprint("access", __name__, url_prefix="/quan-ly")

# What may be opened with a password that is for once, or before the second factor is set up.
_SETTLING = ("access.leave", "own.password", "own.change", "own.factor", "own.enrol")
_CODE_WITHIN_S = 300  # after the password


@dataclass(frozen=True)
class Person:
    """Who is logged in; `workplace` is the code of the rated agency they work at, "" for none.

    `name` is kept beside every act and belongs to one account; `session` is new with every login; `agency` is the
    one they are held to, "" for whoever sees all.
    """

    name: str
    workplace: str
    session: str
    roles: frozenset[Role]
    agency: str
    account: Account

    def works_at(self, *agencies: str | None) -> bool:
        """Whether one of these agencies, of a sheet or of its rows, is their own workplace: others judge then."""
        return self.workplace != "" and self.workplace in agencies

    def may(self, endpoint: str) -> bool:
        """Whether a page is theirs to open."""
        return may_open(endpoint, self.roles, self.agency)

    def is_outside(self, agency: str) -> bool:
        """Whether a sheet of this agency is none of theirs: they are held to another."""
        return self.agency not in ("", agency)


def find_person() -> Person | None:
    """The person of the session at hand; asked of the store once a request."""
    if "found_person" not in g:
        g.found_person = _find_person()
    found = g.found_person
    return found if isinstance(found, Person) else None


def peek_person() -> Person | None:
    """The same without a note that the session is in use: for where nobody may wait for the store's writers."""
    found = _look_up()
    return None if found is None else found[0]


def _find_person() -> Person | None:
    found = _look_up()
    if found is None:
        return None
    person, is_due = found
    if is_due:
        with site().store.write() as conn:
            see_session(conn, session["token"], utc_now())
    return person


def _look_up() -> tuple[Person, bool] | None:
    """The person of the session at hand, and whether its use should be written down."""
    token = session.get("token")
    if not isinstance(token, str):
        return None
    idle = datetime.timedelta(minutes=site().campaign.settings.accounts.idle_minutes)
    with site().store.read() as conn:
        found = find_session_account(conn, token, idle, utc_now())
    if found is None:
        return None
    account, is_due = found
    kept = digest_of(token)[:16]
    person = Person(account.shown_name, account.workplace, kept, account.roles, account.agency, account)
    return person, is_due


def get_person() -> Person:
    """The person whom staff_only let in."""
    person = g.person
    assert isinstance(person, Person)
    return person


def staff_only() -> ResponseReturnValue | None:
    """Run before every page of staff: the door for whoever is not logged in, a refusal for who has another role."""
    person = find_person()
    endpoint = request.endpoint or ""
    if person is None:
        _keep_draft(endpoint)
        wanted = endpoint if request.method == "GET" else None
        return redirect(url_for("access.login", to=wanted), statuses.SEE_OTHER)
    g.person = person
    if not person.may(endpoint):
        return render_template("console/refused.html"), statuses.FORBIDDEN
    if endpoint not in _SETTLING and (settle := find_unsettled(person)):
        return redirect(url_for(settle), statuses.SEE_OTHER)
    return None


def _keep_draft(endpoint: str) -> None:
    """Keep what somebody sent whose session ended while they typed, until they are logged in again."""
    token = session.get("token")
    if request.method != "POST" or endpoint not in (*KEPT, *SHOWN_AT) or not isinstance(token, str):
        return
    with site().store.read() as conn:
        account = find_lapsed_account(conn, token)
    if account is not None and may_open(endpoint, account.roles, account.agency):
        form = MultiDict(request.form)
        if endpoint in SHOWN_AT:
            form[OF] = str(next(iter((request.view_args or {}).values())))
        page = url_for(SHOWN_AT[endpoint]) if endpoint in SHOWN_AT else request.path
        if site().drafts.keep(account.id, _address(page), form):
            say_done("account.draft_kept")


def take_draft() -> MultiDict[str, str] | None:
    """What the person had typed into the page at hand when their session ended; told once, and then kept no longer."""
    found = site().drafts.take(get_person().account.id, _address())
    if found is not None:
        say_done("account.draft_back")
    return found


def find_typed() -> MultiDict[str, str]:
    """What the form of the page at hand shows as typed: what was just sent, else what was sent too late."""
    return MultiDict(request.form) if request.method == "POST" else take_draft() or MultiDict()


def _address(page: str = "") -> str:
    """The page at hand (or another one) by its path and query; without a language, which a link may change."""
    query = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "lang"])
    path = page or request.path
    return f"{path}?{query}" if query else path


def find_unsettled(person: Person) -> str | None:
    """The page that comes before all others: a password of one's own, then the second factor where it is due."""
    if person.account.must_change:
        return "own.password"
    return "own.factor" if needs_second_factor(person.account, site().campaign.settings.accounts) else None


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
    """Check name and password; begin a session, or ask for the code of the second factor."""
    network = client_network()
    if not site().logins.take(network):
        return show_wait()
    now = utc_now()
    found = check_name(site().store, request.form.get("name", ""), request.form.get("password", ""), network, now)
    if found is None:
        return _show_door("account.login_wrong"), statuses.FORBIDDEN
    site().logins.give_back(network)
    if found.totp_sealed is None:
        return _let_in(found)
    lang = console_language()
    session.clear()
    session.update(pending=[found.id, int(now.timestamp())], lang=lang)
    return redirect(url_for(".code", to=_asked_page()), statuses.SEE_OTHER)


@access.get("/ma-xac-thuc")
def code() -> ResponseReturnValue:
    """The door's second half: the code of the second factor."""
    if _pending() is None:
        return redirect(url_for(".login", to=_asked_page()), statuses.SEE_OTHER)
    return _show_code()


@access.post("/ma-xac-thuc")
def check() -> ResponseReturnValue:
    """Check the code and begin a session."""
    key, network = _pending(), client_network()
    if key is None:
        return redirect(url_for(".login", to=_asked_page()), statuses.SEE_OTHER)
    if not site().logins.take(network):
        return show_wait()
    campaign_id, typed = site().campaign.settings.id, request.form.get("code", "")
    found = check_code(site().store, campaign_id, key, typed, network, utc_now())
    if found is None:
        return _show_code("account.code_refused"), statuses.FORBIDDEN
    site().logins.give_back(network)
    return _let_in(found)


@access.post("/dang-xuat")
def leave() -> ResponseReturnValue:
    """End the session, here and in the store."""
    person, token = find_person(), session.get("token")
    if person is not None and isinstance(token, str):
        with site().store.write() as conn:
            end_session(conn, token, utc_now())
            record_event(conn, person.name, "logout", person.account.name)
    session.clear()
    return redirect(url_for("access.login"), statuses.SEE_OTHER)


def begin_again(found: Account) -> None:
    """A new session in place of those that a new password ended."""
    token = let_in(site().store, found, site().campaign.settings.accounts, client_network(), utc_now())
    lang = console_language()
    session.clear()
    session.permanent = True
    session.update(token=token, lang=lang)


def _let_in(found: Account) -> ResponseReturnValue:
    wanted = _wanted_page(found)
    begin_again(found)
    if session.get("token") is None:
        return _show_door("account.login_wrong"), statuses.FORBIDDEN
    return redirect(site().drafts.find_address(found.id) or wanted, statuses.SEE_OTHER)


def _pending() -> int | None:
    """The account whose password was right a short while ago."""
    kept = session.get("pending")
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    key, at = kept
    return int(key) if utc_now().timestamp() - at < _CODE_WITHIN_S else None


def _wanted_page(found: Account) -> str:
    """The page that was asked for before logging in, by its name here: no address from outside is ever followed."""
    asked = _asked_page()
    return url_for(asked if asked and may_open(asked, found.roles, found.agency) else "console.quota")


def _asked_page() -> str | None:
    wanted = request.args.get("to")
    return wanted if wanted in PAGES or wanted in PARTS_OF_PAGES else None


def _show_door(fault: str = "") -> str:
    words = text(fault, console_language()) if fault else ""
    typed = request.form.get("name", "")
    return render_template("console/login.html", fault=words, typed=typed, to=_asked_page())


def _show_code(fault: str = "") -> str:
    words = text(fault, console_language()) if fault else ""
    return render_template("console/code.html", fault=words, to=_asked_page())


def show_busy(_error: PasswordsBusy) -> ResponseReturnValue:
    """Too many passwords are being checked: the person tries again in a moment, and nothing was counted."""
    site().logins.give_back(client_network())
    page = render_template("console/busy.html", words=text("account.busy", console_language()), to=request.path)
    return page, statuses.UNAVAILABLE, {"Retry-After": "3"}


def show_wait() -> ResponseReturnValue:
    """Too many were wrong from this network: when to try again."""
    wait_s = max(1, site().logins.wait_s(client_network()))
    fault = text("account.login_wait", console_language(), seconds=wait_s)
    page = render_template("console/login.html", fault=fault, typed="", to=_asked_page())
    return page, statuses.TOO_MANY, {"Retry-After": str(wait_s)}


def say_done(key: str, **fields: object) -> None:
    """Have the next page say what was done."""
    flash(text(key, console_language(), **fields))
