"""The door: a name and a password, then a code where the account has one. Says no more than yes or no.

An unknown name costs as much work as a known one and is answered alike. A wrong password or code counts against the
account: the fifth locks it for a quarter of an hour. A try is counted before it is looked at, so many at one moment are
five guesses and no more. Networks are slowed down by whoever asks here.
"""

from __future__ import annotations

import datetime

from collector.accounts.passwords import PasswordsBusy, hash_password, is_outdated, is_password
from collector.accounts.second_factor import digest_way_in, find_step, open_secret
from collector.store import Store
from collector.store.account_sessions import begin_session
from collector.store.accounts import (
    Account,
    change_account,
    clear_failures,
    find_account,
    find_account_by_id,
    give_back_try,
    lock_full,
    reserve_try,
    use_step,
    use_way_in,
)
from collector.store.events import record_event
from forms.account_rules import AccountRules

MOST_FAILURES = 5
LOCKED_FOR = datetime.timedelta(minutes=15)


def check_name(store: Store, name: str, password: str, network: str, now: datetime.datetime) -> Account | None:
    """The account whose name and password these are; None where they are not, or while it is locked or disabled.

    PasswordsBusy where it was not looked at.
    """
    with store.read() as conn:
        found = find_account(conn, name.strip().lower())
    if not fits(store, found, password, network, now):
        return None
    assert found is not None
    if is_outdated(found.password_hash):
        renewed = hash_password(password)
        with store.write() as conn:
            change_account(conn, found.id, {"password_hash": renewed}, now)
    return found


def fits(store: Store, found: Account | None, password: str, network: str, now: datetime.datetime) -> bool:
    """Whether this is an account's password; a wrong one counts against the account, whoever asks. PasswordsBusy."""
    is_reserved = found is not None and reserve(store, found, now)
    try:
        is_right = is_password(found.password_hash if found else None, password)
    except PasswordsBusy:
        if found is not None and is_reserved:
            with store.write() as conn:
                give_back_try(conn, found.id)
        raise
    if found is not None and is_reserved and is_right:
        with store.write() as conn:
            give_back_try(conn, found.id)
        return True
    refuse(store, found, network, "password", now)
    return False


def check_code(
    store: Store, campaign_id: str, key: int, code: str, network: str, now: datetime.datetime
) -> Account | None:
    """The account, once the code is its second factor's or one of its codes for a lost phone; a code counts once."""
    with store.read() as conn:
        found = find_account_by_id(conn, key)
    if found is None or found.totp_sealed is None or not reserve(store, found, now):
        return None
    step = find_step(open_secret(campaign_id, found.id, found.totp_sealed), code, now)
    digest = digest_way_in(campaign_id, found.id, code)
    with store.write() as conn:
        spent = use_step(conn, found.id, step) if step is not None else use_way_in(conn, found.id, digest, now)
        if spent:
            give_back_try(conn, found.id)
        if spent and step is None:
            record_event(conn, found.shown_name, "account.way_in", found.name, network, now)
    if not spent:
        refuse(store, found, network, "code", now)
    return found if spent else None


def let_in(store: Store, found: Account, rules: AccountRules, network: str, now: datetime.datetime) -> str | None:
    """Begin a session, its token; None where the account was locked or disabled since it was looked at."""
    with store.write() as conn:
        if not clear_failures(conn, found.id, now):
            return None
        record_event(conn, found.shown_name, "login", found.name, network, now)
        return begin_session(conn, found.id, datetime.timedelta(hours=rules.session_hours), now)


def needs_second_factor(found: Account, rules: AccountRules) -> bool:
    """Whether this person has to set a second factor up before anything else."""
    wanted = found.wants_totp or bool(found.roles & set(rules.totp))
    return wanted and found.totp_sealed is None


def reserve(store: Store, found: Account, now: datetime.datetime) -> bool:
    """Reserve one of an account's tries before it is looked at; False where it has none, or is locked or disabled."""
    with store.write() as conn:
        return reserve_try(conn, found.id, MOST_FAILURES, now)


def refuse(store: Store, found: Account | None, network: str, what: str, now: datetime.datetime) -> None:
    """Write the failure down, without what was typed: a password may stand where a name should."""
    with store.write() as conn:
        if found is None:
            record_event(conn, "?", "login.failed", "?", network, now)
            return
        record_event(conn, "?", "login.failed", found.name, f"{what} {network}", now)
        if lock_full(conn, found.id, MOST_FAILURES, now + LOCKED_FOR):
            record_event(conn, "?", "account.locked", found.name, network, now)
