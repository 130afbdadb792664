"""Acts that wait for a second person's signature."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY

_SIGNER_INSIDE = (
    "NEW.signer_account IS NOT NULL AND NOT EXISTS (SELECT 1 FROM account WHERE id = NEW.signer_account"
    " AND shown_name = NEW.signer AND NOT disabled AND (workplace IS NULL OR workplace <> NEW.agency))"
)
# Whose word two accounts rest on: their own, or that of whoever made them or gave them a password.
_SIGNER_OF_ASKER = (
    "NEW.signer_account IS NOT NULL AND NEW.account IS NOT NULL"
    " AND (SELECT COALESCE(hand, id) FROM account WHERE id = NEW.signer_account)"
    " = (SELECT COALESCE(hand, id) FROM account WHERE id = NEW.account)"
)
_OTHER_ASKER = "NEW.account IS DISTINCT FROM (SELECT id FROM account WHERE shown_name = NEW.who)"
REFUSALS = (
    ("unasked", "pending_act", "INSERT", "NEW.state <> 'waiting'", "a signature is given to what waits"),
    ("asker", "pending_act", "INSERT", _OTHER_ASKER, "who asks is the account of that name"),
    ("signed", "pending_act", "UPDATE", "OLD.state <> 'waiting'", "a signature stays what it is"),
    ("signer", "pending_act", "UPDATE", _SIGNER_INSIDE, "who signs works elsewhere"),
    ("own_hand", "pending_act", "UPDATE", _SIGNER_OF_ASKER, "two signatures are of two hands"),
)


def make_pending_acts() -> None:
    """Make acts that wait for a signature."""
    op.create_table(
        "pending_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("doubt", sa.Integer(), nullable=True),
        sa.Column("conflict", RANDOM_KEY, nullable=True),
        sa.Column("petition", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("signer", sa.String(), nullable=True),
        sa.Column("signer_account", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        *_check_pending_acts(),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name="fk_pending_act_agency"),
        sa.ForeignKeyConstraint(["doubt"], ["doubt.id"], name="fk_pending_act_doubt"),
        sa.ForeignKeyConstraint(["conflict"], ["conflict.id"], name="fk_pending_act_conflict"),
        sa.ForeignKeyConstraint(["petition"], ["petition.id"], name="fk_pending_act_petition"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_pending_act_account"),
        sa.ForeignKeyConstraint(["signer_account"], ["account.id"], name="fk_pending_act_signer_account"),
        sa.PrimaryKeyConstraint("id", name="pk_pending_act"),
    )
    waits = sa.text("state = 'waiting'")
    for name in ("doubt", "conflict", "petition", "asked"):
        index = f"uq_pending_act_{name}"
        op.create_index(index, "pending_act", [name], unique=True, sqlite_where=waits, postgresql_where=waits)
    if op.get_bind().dialect.name == "postgresql":
        for table in ("movement", "settlement"):
            op.create_foreign_key(f"fk_{table}_act", table, "pending_act", ["act"], ["id"])


def _check_pending_acts() -> list[sa.CheckConstraint]:
    checks = {
        "kind": "kind IN ('void', 'correction', 'doubt', 'conflict', 'petition', 'strike', 'restore')",
        "of": "(kind = 'doubt') = (doubt IS NOT NULL) AND (kind = 'conflict') = (conflict IS NOT NULL)"
        " AND (kind = 'petition') = (petition IS NOT NULL)",
        "state": "state IN ('waiting', 'signed', 'refused')",
        "signed": "(state = 'waiting') = (signer IS NULL) AND (signer IS NULL) = (signer_account IS NULL)"
        " AND (signer IS NULL) = (decided_at IS NULL)",
        "two": "signer IS NULL OR (signer <> who AND (account IS NULL OR account <> signer_account))",
        "reply": "state <> 'refused' OR (reply IS NOT NULL AND reply <> '')",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_pending_act_{name}")) for name, rule in checks.items()]
