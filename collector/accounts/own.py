"""What people do to their own account: another password, a second factor, new codes for a lost phone."""

from __future__ import annotations

import datetime

from collector.accounts.door import fits, refuse, reserve
from collector.accounts.passwords import check_password, hash_password
from collector.accounts.second_factor import digest_way_in, find_step, make_ways_in, seal_secret
from collector.store import Store
from collector.store.account_sessions import end_sessions
from collector.store.accounts import Account, change_account, find_account_by_id, give_back_try, keep_ways_in, use_step
from collector.store.events import record_event
from forms.errors import InputWrong, Problem
from forms.words import text


def change_password(
    store: Store, own: Account, old: str, new: str, again: str, network: str, now: datetime.datetime
) -> None:
    """Another password; ends every session of the account. InputWrong with every reason why not, PasswordsBusy.

    A wrong old password counts against the account as at the door: an unlocked desk is no place to guess from.
    """
    problems = check_password(new, own.name)
    if new != again:
        problems.append(Problem(text("account.again"), text("account.again_wrong"), text("account.again_wrong_fix")))
    if new == old:
        problems.append(Problem(text("account.new_password"), text("account.same"), text("account.same_fix")))
    if not fits(store, own, old, network, now):
        problems.append(Problem(text("account.old_password"), text("account.old_wrong"), text("account.old_wrong_fix")))
    if problems:
        raise InputWrong(problems)
    hashed = hash_password(new)
    with store.write() as conn:
        change_account(conn, own.id, {"password_hash": hashed, "must_change": False}, now)
        end_sessions(conn, own.id, "password", now)
        record_event(conn, own.shown_name, "account.password", own.name, now=now)


def enrol(
    store: Store, campaign_id: str, own: Account, secret: str, code: str, network: str, now: datetime.datetime
) -> list[str]:
    """Keep a second factor whose first code was typed; the codes for a lost phone.

    InputWrong for a wrong code, which counts against the account as at the door.
    """
    step = find_step(secret, code, now) if reserve(store, own, now) else None
    if step is None:
        refuse(store, own, network, "code", now)
        raise InputWrong([Problem(text("account.code"), text("account.code_wrong"), text("account.code_wrong_fix"))])
    ways = make_ways_in()
    with store.write() as conn:
        give_back_try(conn, own.id)
        found = find_account_by_id(conn, own.id)
        if found is None or found.totp_sealed is not None:  # two pages open at once: the first one stands
            raise InputWrong([Problem(text("account.code"), text("account.enrolled"), text("account.enrolled_fix"))])
        change_account(conn, own.id, {"totp_sealed": seal_secret(campaign_id, own.id, secret)}, now)
        use_step(conn, own.id, step)
        keep_ways_in(conn, own.id, [digest_way_in(campaign_id, own.id, way) for way in ways])
        record_event(conn, own.shown_name, "account.enrol", own.name, now=now)
    return ways
