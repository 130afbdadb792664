"""Sessions of the console: begun at the door, ended by leaving, by time, or by whoever may end them."""

from __future__ import annotations

import datetime
import hashlib
import secrets

from sqlalchemy import Connection, insert, select, update

from collector.store.accounts import Account, find_account_by_id
from collector.store.clock import store_time
from collector.store.schema import account_session

# How often a session's last use is written down: every page would be a write for each reader.
_SEEN_EVERY = datetime.timedelta(minutes=1)


def begin_session(conn: Connection, account: int, longest: datetime.timedelta, now: datetime.datetime) -> str:
    """A new session of an account; gives what the browser keeps, of which the store holds the digest alone."""
    token = secrets.token_urlsafe(24)
    at = store_time(now)
    values = {"account": account, "digest": digest_of(token), "begun_at": at, "seen_at": at, "ends_at": at + longest}
    conn.execute(insert(account_session).values(**values))
    return token


def find_session_account(
    conn: Connection, token: str, idle: datetime.timedelta, now: datetime.datetime
) -> tuple[Account, bool] | None:
    """Whose open session it is, and whether its use should be written down (see_session); None where it has ended."""
    at = store_time(now)
    query = select(account_session.c.account, account_session.c.seen_at).where(
        account_session.c.digest == digest_of(token),
        account_session.c.ended_at.is_(None),
        account_session.c.ends_at > at,
        account_session.c.seen_at > at - idle,
    )
    row = conn.execute(query).one_or_none()
    found = None if row is None else find_account_by_id(conn, row.account)
    return None if row is None or found is None or found.disabled else (found, at - row.seen_at >= _SEEN_EVERY)


def find_lapsed_account(conn: Connection, token: str) -> Account | None:
    """Whose session ended by time alone; None where somebody ended it, or the account may not come back."""
    query = select(account_session.c.account).where(
        account_session.c.digest == digest_of(token), account_session.c.ended_at.is_(None)
    )
    key = conn.scalar(query)
    found = None if key is None else find_account_by_id(conn, key)
    return None if found is None or found.disabled else found


def see_session(conn: Connection, token: str, now: datetime.datetime) -> None:
    """Write down that a session is in use, unless it ended meanwhile."""
    seen = update(account_session).where(account_session.c.digest == digest_of(token))
    conn.execute(seen.where(account_session.c.ended_at.is_(None)).values(seen_at=store_time(now)))


def end_session(conn: Connection, token: str, now: datetime.datetime) -> None:
    """End one session: its person leaves."""
    ended = update(account_session).where(account_session.c.digest == digest_of(token))
    conn.execute(ended.where(account_session.c.ended_at.is_(None)).values(ended_at=store_time(now), why="left"))


def end_sessions(conn: Connection, account: int, why: str, now: datetime.datetime | None = None) -> int:
    """End every open session of an account: 'password', 'reset', 'disabled' or 'changed'; how many there were."""
    ended = update(account_session).where(account_session.c.account == account, account_session.c.ended_at.is_(None))
    return conn.execute(ended.values(ended_at=store_time(now), why=why)).rowcount


def digest_of(token: str) -> str:
    """What the store keeps of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()
