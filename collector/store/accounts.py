"""Accounts: who may enter, in which roles. What is said here of times is UTC; names are as typed at the door."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select, update

from collector.store.clock import store_time
from collector.store.schema import account, account_recovery
from forms.account_rules import ROLES, Role


@dataclass(frozen=True)
class Account:
    """Somebody who may work in the console; `shown_name` stands beside what they do.

    `agency`: the one whose sheets alone they see and touch, "" for all. `workplace` is the code of the rated agency
    they work at, "" for none. `hand`: as in schema.accounts. Hash and sealed secret are never shown.
    """

    id: int
    name: str
    shown_name: str
    roles: frozenset[Role]
    agency: str
    workplace: str
    wants_totp: bool
    disabled: bool
    must_change: bool
    failed: int
    locked_until: datetime.datetime | None
    totp_step: int | None
    created_at: datetime.datetime
    changed_at: datetime.datetime
    password_hash: str = field(repr=False)
    totp_sealed: bytes | None = field(repr=False)
    hand: int | None = None

    @property
    def rests_on(self) -> int:
        """The account on whose word this one rests: its own where the server made it."""
        return self.hand or self.id

    def is_locked(self, now: datetime.datetime) -> bool:
        """Whether wrong tries keep everybody from entering under this name at a moment."""
        return self.locked_until is not None and self.locked_until > store_time(now)


def find_workplace(conn: Connection, shown_name: str) -> str:
    """The rated agency where the person of this shown name works; "" for none, and for who has no account."""
    return conn.scalar(select(account.c.workplace).where(account.c.shown_name == shown_name)) or ""


def find_held(conn: Connection, shown_name: str) -> str:
    """The agency that the person of this shown name is held to; "" for none, and for who has no account."""
    return conn.scalar(select(account.c.agency).where(account.c.shown_name == shown_name)) or ""


def list_accounts(conn: Connection) -> list[Account]:
    """Everybody, by the name that is shown."""
    return [_account(row) for row in conn.execute(select(account).order_by(account.c.shown_name))]


def find_hand(conn: Connection, who: str) -> int | None:
    """The account on whose word rests what somebody does to accounts, by their shown name; None for the server's."""
    found: int | None = conn.scalar(
        select(func.coalesce(account.c.hand, account.c.id)).where(account.c.shown_name == who)
    )
    return found


def has_accounts(conn: Connection) -> bool:
    """Whether anybody has an account yet."""
    return conn.scalar(select(account.c.id).limit(1)) is not None


def find_account(conn: Connection, name: str) -> Account | None:
    """The account of a name."""
    return _find(conn, select(account).where(account.c.name == name))


def find_account_by_id(conn: Connection, key: int) -> Account | None:
    """The account of a key."""
    return _find(conn, select(account).where(account.c.id == key))


def add_account(
    conn: Connection,
    name: str,
    shown_name: str,
    roles: Collection[Role],
    password_hash: str,
    now: datetime.datetime | None = None,
    **more: Any,
) -> int:
    """A new account, its key; IntegrityError where name, roles or agency are not to be.

    `more`: agency, workplace, wants_totp, and must_change: the first password is for once, unless said.
    """
    at = store_time(now)
    values = {"must_change": True, **more, "created_at": at, "changed_at": at}
    values |= {"name": name, "shown_name": shown_name, "password_hash": password_hash}
    added = insert(account).values(**values, **_columns(roles)).returning(account.c.id)
    key: int = conn.execute(added).scalar_one()
    return key


def change_account(conn: Connection, key: int, values: Mapping[str, Any], now: datetime.datetime | None = None) -> None:
    """Change columns of an account; IntegrityError where it may not be, as with the last manager.

    `values` are columns; `roles` stands for all columns of roles.
    """
    columns = dict(values)
    if "roles" in columns:
        columns |= _columns(columns.pop("roles"))
    if conn.dialect.name == "postgresql":  # two managers who disable each other at one moment wait for one another
        conn.execute(select(account.c.id).where(account.c.manager).order_by(account.c.id).with_for_update())
    conn.execute(update(account).where(account.c.id == key).values(**columns, changed_at=store_time(now)))


def reserve_try(conn: Connection, key: int, most: int, now: datetime.datetime) -> bool:
    """Count a try before it is looked at, so that many at one moment are no more than `most`; False where none is left.

    It ends in lock_full, where it was wrong, or in give_back_try, where it was right.
    """
    is_open = or_(account.c.locked_until.is_(None), account.c.locked_until <= store_time(now))
    free = update(account).where(account.c.id == key, is_open, ~account.c.disabled, account.c.failed < most)
    return conn.execute(free.values(failed=account.c.failed + 1)).rowcount == 1


def give_back_try(conn: Connection, key: int) -> None:
    """Take a reserved try off the count: it was right, or was not looked at."""
    conn.execute(update(account).where(account.c.id == key, account.c.failed > 0).values(failed=account.c.failed - 1))


def lock_full(conn: Connection, key: int, most: int, locked_until: datetime.datetime) -> bool:
    """Lock an account whose tries are used up, and count anew; whether it was locked now."""
    full = update(account).where(account.c.id == key, account.c.failed >= most)
    return conn.execute(full.values(failed=0, locked_until=store_time(locked_until))).rowcount == 1


def clear_failures(conn: Connection, key: int, now: datetime.datetime) -> bool:
    """Count from nought after a right try; False where the account was locked or disabled meanwhile."""
    open_now = or_(account.c.locked_until.is_(None), account.c.locked_until <= store_time(now))
    right = update(account).where(account.c.id == key, open_now, ~account.c.disabled)
    return conn.execute(right.values(failed=0, locked_until=None)).rowcount == 1


def use_step(conn: Connection, key: int, step: int) -> bool:
    """Spend the code of a half-minute; False where it or a later one was spent before."""
    fresh = or_(account.c.totp_step.is_(None), account.c.totp_step < step)
    return conn.execute(update(account).where(account.c.id == key, fresh).values(totp_step=step)).rowcount == 1


def keep_ways_in(conn: Connection, key: int, digests: Collection[str]) -> None:
    """Keep the digests of new codes for who loses their phone, in place of those before."""
    conn.execute(delete(account_recovery).where(account_recovery.c.account == key))
    if digests:
        conn.execute(insert(account_recovery), [{"account": key, "digest": digest} for digest in digests])


def use_way_in(conn: Connection, key: int, digest: str, now: datetime.datetime | None = None) -> bool:
    """Spend one of these codes; False where it is none, or was spent."""
    way = update(account_recovery).where(account_recovery.c.account == key, account_recovery.c.digest == digest)
    spent = way.where(account_recovery.c.used_at.is_(None)).values(used_at=store_time(now))
    return conn.execute(spent).rowcount == 1


def _columns(roles: Collection[Role]) -> dict[str, bool]:
    return {role: role in roles for role in ROLES}


def _find(conn: Connection, query: Select[Any]) -> Account | None:
    row = conn.execute(query).one_or_none()
    return None if row is None else _account(row)


def _account(row: Row[Any]) -> Account:
    values = {name: value for name, value in row._mapping.items() if name not in ROLES}
    values |= {"agency": row.agency or "", "workplace": row.workplace or ""}
    return Account(**values, roles=frozenset(role for role in ROLES if row._mapping[role]))
