"""A person's own account: another password, the second factor with its codes for a lost phone."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.accounts.desk import get_account
from collector.accounts.own import change_password
from collector.accounts.own import enrol as keep_factor
from collector.accounts.passwords import SHORTEST
from collector.accounts.second_factor import draw_code, offer_secret, totp_address
from collector.web import statuses
from collector.web.access import begin_again, get_person, say_done, show_wait, staff_only
from collector.web.site import client_network, site, utc_now
from forms.errors import InputWrong, Problem
from forms.words import text

own = Blueprint("own", __name__, url_prefix="/quan-ly/tai-khoan")
own.before_request(staff_only)


@own.get("/mat-khau")
def password() -> ResponseReturnValue:
    """The form for another password."""
    return _show_password(())


@own.post("/mat-khau")
def change() -> ResponseReturnValue:
    """Keep another password; every other session of the account ends."""
    account = get_person().account
    old, new, again = (request.form.get(field, "") for field in ("old", "new", "again"))
    if not site().logins.take(client_network()):
        return show_wait()
    try:
        change_password(site().store, account, old, new, again, client_network(), utc_now())
        site().logins.give_back(client_network())
    except InputWrong as wrong:
        if all(one.where != text("account.old_password") for one in wrong.problems):
            site().logins.give_back(client_network())
        return _show_password(wrong.problems), statuses.UNPROCESSABLE
    begin_again(account)
    say_done("account.password_changed")
    return redirect(url_for("console.quota"), statuses.SEE_OTHER)


@own.get("/xac-thuc")
def factor() -> ResponseReturnValue:
    """How things stand with the second factor: to be set up, or in use."""
    return _show_factor(())


@own.post("/xac-thuc")
def enrol() -> ResponseReturnValue:
    """Keep the second factor once its first code was typed, and show the codes for a lost phone, this once."""
    account, campaign_id = get_person().account, site().campaign.settings.id
    if not site().logins.take(client_network()):
        return show_wait()
    try:
        code = request.form.get("code", "")
        ways = keep_factor(site().store, campaign_id, account, _offered_secret(), code, client_network(), utc_now())
        site().logins.give_back(client_network())
    except InputWrong as wrong:
        return _show_factor(wrong.problems), statuses.UNPROCESSABLE
    return render_template("console/ways_in.html", ways=ways)


def _offered_secret() -> str:
    """The secret that this session is shown, until it is kept; no cookie carries it."""
    person = get_person()
    return offer_secret(site().campaign.settings.id, person.account.id, person.session)


def _show_password(problems: tuple[Problem, ...]) -> str:
    person = get_person()
    return render_template("console/password.html", problems=problems, own=person.account, shortest=SHORTEST)


def _show_factor(problems: tuple[Problem, ...]) -> str:
    account = get_account(site().store, get_person().account.name)
    if account.totp_sealed is not None:
        return render_template("console/factor.html", own=account, problems=problems, secret="", size=0, path="")
    secret = _offered_secret()
    issuer = site().campaign.settings.issuer.body
    size, path = draw_code(totp_address(secret, account.name, issuer))
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return render_template("console/factor.html", own=account, problems=problems, secret=grouped, size=size, path=path)
