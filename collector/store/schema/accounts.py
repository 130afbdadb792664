"""The tables of accounts: who works in the console, in which roles, and the sessions that are open.

What must never happen is refused here. Triggers of the migration add what one row cannot see: the last manager who can
enter stays one, a code of the second factor never counts twice, an ended session never opens again, and nobody is
deleted, for the name stands beside what they did. Secrets of the second factor are sealed; their key lies elsewhere.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    false,
)

from collector.store.schema.columns import metadata
from forms.account_rules import ALONE, HELD, ROLES

_ANY = " OR ".join(ROLES)
_ALONE = " AND ".join(f"NOT ({role} AND ({' OR '.join(other for other in ROLES if other != role)}))" for role in ALONE)

_FOR_ALL = " OR ".join(role for role in ROLES if role not in HELD)
_HELD = f"NOT viewer AND agency IS NULL OR agency IS NOT NULL AND NOT ({_FOR_ALL})"


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


# name: what a person types; shown_name: what is kept beside every act, so no two accounts share one. agency: the one
# whose sheets alone they see and touch, NULL for all; workplace: the rated agency where they work. hand: the account on
# whose word this one rests, which made it, gave it a password or a workplace, itself or through others it made; NULL:
# the server's. failed: wrong tries since the last right one.
account = Table(
    "account",
    metadata,
    _id(),
    Column("name", String(40), nullable=False, unique=True),
    Column("shown_name", String(80), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    *(Column(role, Boolean, nullable=False, default=False, server_default=false()) for role in ROLES),
    Column("agency", ForeignKey("agency.code")),
    Column("workplace", ForeignKey("agency.code")),
    Column("hand", ForeignKey("account.id")),
    Column("wants_totp", Boolean, nullable=False, default=False, server_default=false()),
    Column("totp_sealed", LargeBinary),
    Column("totp_step", Integer),
    Column("disabled", Boolean, nullable=False, default=False, server_default=false()),
    Column("must_change", Boolean, nullable=False),
    Column("failed", Integer, nullable=False, default=0, server_default="0"),
    Column("locked_until", DateTime),
    Column("created_at", DateTime, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    CheckConstraint("name <> '' AND name = lower(name) AND shown_name <> ''", name="name"),
    CheckConstraint("password_hash LIKE '$argon2id$%'", name="password_hash"),
    CheckConstraint(_ANY, name="role"),
    CheckConstraint(_ALONE, name="alone"),
    CheckConstraint(_HELD, name="agency"),
    CheckConstraint("totp_step IS NULL OR totp_sealed IS NOT NULL", name="totp"),
    CheckConstraint("failed >= 0", name="failed"),
    CheckConstraint("changed_at >= created_at", name="changed_at"),
)

# A way in for who lost their phone: the keyed hash of a code, good for once.
account_recovery = Table(
    "account_recovery",
    metadata,
    Column("account", ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("digest", String(64), primary_key=True),
    Column("used_at", DateTime),
)

# digest: SHA-256 of what the browser holds. ends_at is fixed when it begins; why: how it ended.
account_session = Table(
    "account_session",
    metadata,
    _id(),
    Column("account", ForeignKey("account.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("begun_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Column("ends_at", DateTime, nullable=False),
    Column("ended_at", DateTime),
    Column("why", String),
    CheckConstraint("begun_at <= seen_at AND begun_at < ends_at", name="times"),
    CheckConstraint("(ended_at IS NULL) = (why IS NULL)", name="ended"),
    CheckConstraint("why IN ('left', 'password', 'reset', 'disabled', 'changed')", name="why"),
)
