"""What is done to accounts, from the console and from the command line alike: the same rules, every act in the log.
Whoever makes an account, gives it a password or a workplace answers for it: the two never sign for each other.

Whatever takes a right away ends the account's sessions at once. First passwords are made here, shown once and changed
at the first login. Nothing of a password or a code is ever written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from collector.accounts.passwords import hash_password, make_password
from collector.accounts.wishes import Wish, check_wish
from collector.store import Store
from collector.store.account_sessions import end_sessions
from collector.store.accounts import (
    Account,
    add_account,
    change_account,
    find_account,
    find_hand,
    has_accounts,
    keep_ways_in,
    list_accounts,
)
from collector.store.events import record_event
from forms.campaign import Campaign
from forms.errors import InputWrong, NotFound, Problem
from forms.words import text

FIRST_NAME = "quan-ly"


def add(store: Store, campaign: Campaign, wish: Wish, who: str, password: str = "") -> str:
    """A new account; gives its one-time password. InputWrong with every reason why not.

    `password`: one that the person at this terminal typed; it is theirs to change at the first login all the same.
    """
    given = password or make_password()
    hashed = hash_password(given)
    with store.write() as conn:
        _refuse(check_wish(campaign, list_accounts(conn), wish))
        more: dict[str, Any] = {
            "agency": wish.agency or None,
            "workplace": wish.workplace or None,
            "wants_totp": wish.wants_totp,
            "hand": find_hand(conn, who),
        }
        add_account(conn, wish.name, wish.shown_name, wish.roles, hashed, **more)
        record_event(conn, who, "account.add", wish.name, _describe(wish))
    return given


def change(store: Store, campaign: Campaign, wish: Wish, who: str) -> None:
    """Other roles, agency, workplace or second factor for an account; its name and shown name stay for good.

    Nobody takes their own workplace away: what they may not decide about would be theirs again.
    """
    with store.write() as conn:
        found = _get(conn, wish.name)
        others = [one for one in list_accounts(conn) if one.id != found.id]
        moves = found.workplace != (wish.workplace or "")
        is_own = found.shown_name == who and bool(found.workplace) and moves
        _refuse([*check_wish(campaign, others, wish), *([_own_workplace()] if is_own else [])])
        moved = {"hand": find_hand(conn, who)} if moves and found.shown_name != who else {}
        columns = {"roles": wish.roles, "agency": wish.agency or None, "workplace": wish.workplace or None}
        with _last_manager_stays():
            change_account(conn, found.id, {**columns, **moved, "wants_totp": wish.wants_totp})
        end_sessions(conn, found.id, "changed")
        record_event(conn, who, "account.change", found.name, _describe(wish))


def disable(store: Store, name: str, who: str) -> None:
    """Nobody enters under this name until it is enabled; InputWrong for the last manager."""
    with store.write() as conn:
        found = _get(conn, name)
        with _last_manager_stays():
            change_account(conn, found.id, {"disabled": True})
        end_sessions(conn, found.id, "disabled")
        record_event(conn, who, "account.disable", found.name)


def enable(store: Store, name: str, who: str) -> None:
    """The account may enter again, and is not locked any more."""
    with store.write() as conn:
        found = _get(conn, name)
        change_account(conn, found.id, {"disabled": False, "failed": 0, "locked_until": None})
        record_event(conn, who, "account.enable", found.name)


def reset(store: Store, name: str, who: str, second_factor: bool = False, password: str = "") -> str:
    """A new one-time password; with `second_factor` the old one is forgotten too, and set up anew where it is due."""
    given = password or make_password()
    values: dict[str, Any] = {"password_hash": hash_password(given), "must_change": True}
    values |= {"failed": 0, "locked_until": None}
    values |= {"totp_sealed": None, "totp_step": None} if second_factor else {}
    with store.write() as conn:
        found = _get(conn, name)
        own = found.shown_name == who  # by their own hand it stays what it was
        change_account(conn, found.id, values if own else {**values, "hand": find_hand(conn, who)})
        if second_factor:
            keep_ways_in(conn, found.id, ())
        end_sessions(conn, found.id, "reset")
        record_event(conn, who, "account.reset", found.name, "totp" if second_factor else "")
    return given


def make_first_manager(store: Store, who: str) -> tuple[str, str] | None:
    """Name and one-time password of a manager, where the campaign has no account at all; None otherwise."""
    with store.read() as conn:
        if has_accounts(conn):
            return None
    given = make_password()
    hashed = hash_password(given)
    with store.write() as conn:
        if has_accounts(conn):
            return None
        add_account(conn, FIRST_NAME, text("account.first_manager", "vi"), {"manager"}, hashed)
        record_event(conn, who, "account.add", FIRST_NAME, "manager")
    return FIRST_NAME, given


def get_account(store: Store, name: str) -> Account:
    """The account of a name; NotFound."""
    with store.read() as conn:
        return _get(conn, name)


def _get(conn: Connection, name: str) -> Account:
    found = find_account(conn, name.strip().lower())
    if found is None:
        raise NotFound(text("account.unknown", name=name))
    return found


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InputWrong(problems)


def _own_workplace() -> Problem:
    return Problem(text("account.workplace"), text("account.workplace_own"), text("account.workplace_own_fix"))


@contextmanager
def _last_manager_stays() -> Iterator[None]:
    """The database's refusal in words: every other reason for one was looked at before."""
    try:
        yield
    except IntegrityError as error:
        problem = Problem(text("account.role"), text("account.last_manager"), text("account.last_manager_fix"))
        raise InputWrong([problem]) from error


def _describe(wish: Wish) -> str:
    parts = [" ".join(sorted(wish.roles)), wish.agency, wish.workplace and f"@{wish.workplace}"]
    return " ".join(part for part in (*parts, "totp" if wish.wants_totp else "") if part)
