"""The accounts of the console, for managers: who there is, a new one, other roles, disabling, a new first password."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.accounts import desk
from collector.accounts.desk import get_account
from collector.accounts.wishes import (
    OUTSIDE,
    SHOWN_LIMIT,
    Wish,
    clean_shown_name,
    find_workplace_known,
    find_workplace_said,
)
from collector.store.accounts import Account, list_accounts
from collector.web import statuses
from collector.web.access import find_typed, get_person, say_done, staff_only
from collector.web.site import site, utc_now
from forms.account_rules import ROLES
from forms.errors import InputWrong, Problem

users = Blueprint("users", __name__, url_prefix="/quan-ly/nguoi-dung")
users.before_request(staff_only)


@users.get("/")
def show() -> ResponseReturnValue:
    """Everybody who has an account."""
    with site().store.read() as conn:
        accounts = list_accounts(conn)
    names = {agency.code: agency.name for agency in site().campaign.agencies}
    return render_template("console/users.html", accounts=accounts, names=names, roles=ROLES, now=utc_now())


@users.get("/them")
def form() -> ResponseReturnValue:
    """The form of a new account."""
    return _show_form(None, _read_wish(), ())


@users.post("/them")
def add() -> ResponseReturnValue:
    """Make an account and show its first password, this once."""
    wish = _read_wish()
    try:
        password = desk.add(site().store, site().campaign, wish, get_person().name)
    except InputWrong as wrong:
        return _show_form(None, wish, wrong.problems), statuses.UNPROCESSABLE
    return _show_password(wish.name, password)


@users.get("/tai-khoan/<name>")
def one(name: str) -> ResponseReturnValue:
    """One account: its roles, and what can be done to it."""
    return _show_one(name, ())


@users.post("/tai-khoan/<name>")
def change(name: str) -> ResponseReturnValue:
    """Other roles, agency or workplace."""
    found = get_account(site().store, name)
    wish = _read_wish()
    workplace = wish.workplace if find_workplace_known(found) is None else wish.workplace or ""
    wish = replace(wish, name=found.name, shown_name=found.shown_name, workplace=workplace)
    try:
        desk.change(site().store, site().campaign, wish, get_person().name)
    except InputWrong as wrong:
        return _show_form(found, wish, wrong.problems), statuses.UNPROCESSABLE
    return _done("account.changed", found)


@users.post("/tai-khoan/<name>/khoa")
def disable(name: str) -> ResponseReturnValue:
    """Let nobody in under this name any more."""
    found = get_account(site().store, name)
    try:
        desk.disable(site().store, name, get_person().name)
    except InputWrong as wrong:
        return _show_one(name, wrong.problems), statuses.UNPROCESSABLE
    return _done("account.disabled", found)


@users.post("/tai-khoan/<name>/mo")
def enable(name: str) -> ResponseReturnValue:
    """Let this account in again."""
    found = get_account(site().store, name)
    desk.enable(site().store, name, get_person().name)
    return _done("account.enabled", found)


@users.post("/tai-khoan/<name>/cap-lai")
def reset(name: str) -> ResponseReturnValue:
    """A new first password, shown this once; the second factor is forgotten where that was ticked."""
    found = get_account(site().store, name)
    second_factor = request.form.get("second_factor") == "yes"
    return _show_password(found.name, desk.reset(site().store, name, get_person().name, second_factor))


def _read_wish() -> Wish:
    typed = find_typed()
    name, shown_name = typed.get("name", "").strip().lower(), clean_shown_name(typed.get("shown_name", ""))
    roles = frozenset(role for role in ROLES if role in typed.getlist("role"))
    workplace = find_workplace_said(typed.get("workplace"))
    return Wish(name, shown_name, roles, typed.get("agency", ""), workplace, typed.get("wants_totp") == "yes")


def _done(key: str, found: Account) -> ResponseReturnValue:
    say_done(key, name=found.shown_name)
    return redirect(url_for(".show"), statuses.SEE_OTHER)


def _show_one(name: str, problems: tuple[Problem, ...]) -> str:
    found = get_account(site().store, name)
    workplace = find_workplace_known(found)
    wish = Wish(found.name, found.shown_name, found.roles, found.agency, workplace, found.wants_totp)
    return _show_form(found, wish, problems)


def _show_form(found: Account | None, wish: Wish, problems: tuple[Problem, ...]) -> str:
    return render_template(
        "console/user.html",
        found=found,
        wish=wish,
        problems=problems,
        roles=ROLES,
        agencies=site().campaign.agencies,
        outside=OUTSIDE,
        shown_limit=SHOWN_LIMIT,
    )


def _show_password(name: str, password: str) -> str:
    return render_template("console/user_password.html", name=name, password=password)
