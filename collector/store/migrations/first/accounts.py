"""Accounts, their recovery codes and sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_LAST_MANAGER = (
    "OLD.manager AND NOT OLD.disabled AND (NEW.disabled OR NOT NEW.manager)"
    " AND NOT EXISTS (SELECT 1 FROM account WHERE manager AND NOT disabled AND id <> OLD.id)"
)
_USED_CODE = "NEW.totp_step <= OLD.totp_step AND NEW.totp_sealed IS NOT DISTINCT FROM OLD.totp_sealed"
_ENDED = (
    "OLD.ended_at IS NOT NULL OR NEW.account <> OLD.account OR NEW.digest <> OLD.digest OR NEW.ends_at <> OLD.ends_at"
)
REFUSALS = (
    ("no_manager", "account", "UPDATE OF manager, disabled", _LAST_MANAGER, "the last manager stays one"),
    ("used_code", "account", "UPDATE OF totp_step", _USED_CODE, "a code counts once"),
    ("ended", "account_session", "UPDATE", _ENDED, "an ended session stays ended"),
    ("used_way", "account_recovery", "UPDATE", "OLD.used_at IS NOT NULL", "a code counts once"),
)


_ALONE = (
    "NOT (viewer AND (manager OR clerk OR verifier OR rechecker OR observer OR auditor))"
    " AND NOT (observer AND (manager OR clerk OR verifier OR rechecker OR viewer OR auditor))"
    " AND NOT (auditor AND (manager OR clerk OR verifier OR rechecker OR viewer OR observer))"
)
_HELD = "NOT viewer AND agency IS NULL OR agency IS NOT NULL AND NOT (manager OR rechecker OR observer OR auditor)"


def make_accounts() -> None:
    """Make accounts."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("shown_name", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("manager", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("clerk", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("verifier", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("rechecker", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("viewer", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("observer", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("auditor", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("agency", sa.String(), nullable=True),
        sa.Column("workplace", sa.String(), nullable=True),
        sa.Column("hand", sa.Integer(), nullable=True),
        sa.Column("wants_totp", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("name <> '' AND name = lower(name) AND shown_name <> ''", name=op.f("ck_account_name")),
        sa.CheckConstraint("password_hash LIKE '$argon2id$%'", name=op.f("ck_account_password_hash")),
        sa.CheckConstraint(
            "manager OR clerk OR verifier OR rechecker OR viewer OR observer OR auditor", name=op.f("ck_account_role")
        ),
        sa.CheckConstraint(_ALONE, name=op.f("ck_account_alone")),
        sa.CheckConstraint(_HELD, name=op.f("ck_account_agency")),
        sa.CheckConstraint("totp_step IS NULL OR totp_sealed IS NOT NULL", name=op.f("ck_account_totp")),
        sa.CheckConstraint("failed >= 0", name=op.f("ck_account_failed")),
        sa.CheckConstraint("changed_at >= created_at", name=op.f("ck_account_changed_at")),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name="fk_account_agency"),
        sa.ForeignKeyConstraint(["workplace"], ["agency.code"], name="fk_account_workplace"),
        sa.ForeignKeyConstraint(["hand"], ["account.id"], name="fk_account_hand"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", name="uq_account_name"),
        sa.UniqueConstraint("shown_name", name="uq_account_shown_name"),
    )


def make_account_sessions() -> None:
    """Make recovery codes and sessions."""
    op.create_table(
        "account_recovery",
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_account_recovery_account"),
        sa.PrimaryKeyConstraint("account", "digest", name="pk_account_recovery"),
    )
    op.create_table(
        "account_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.CheckConstraint("begun_at <= seen_at AND begun_at < ends_at", name=op.f("ck_account_session_times")),
        sa.CheckConstraint("(ended_at IS NULL) = (why IS NULL)", name=op.f("ck_account_session_ended")),
        sa.CheckConstraint(
            "why IN ('left', 'password', 'reset', 'disabled', 'changed')", name=op.f("ck_account_session_why")
        ),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_account_session_account"),
        sa.PrimaryKeyConstraint("id", name="pk_account_session"),
        sa.UniqueConstraint("digest", name="uq_account_session_digest"),
    )
    op.create_index("ix_account_session_account", "account_session", ["account"])
