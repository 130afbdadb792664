"""The table of acts that wait for a second signature, or had it given or refused.

What the agency that runs the survey does about sheets on which it is itself rated, or about its own petitions, takes
effect once somebody else, from outside that agency, has signed. CHECKs keep the two apart by name and by account, a
trigger of the migration refuses a signer who works there or is disabled, and nothing is changed once it is decided or
deleted at all.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, String, Table, Text

from collector.store.schema.columns import RandomKey, metadata

# asked: JSON, all that is needed to do it; subject: numbers of sheets or of a petition. strike: what the recheck's rule
# proposes; restore: taking such a decision back. account: of who asks, NULL at the command line.
pending_act = Table(
    "pending_act",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("agency", ForeignKey("agency.code"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("doubt", ForeignKey("doubt.id")),
    Column("conflict", RandomKey, ForeignKey("conflict.id")),
    Column("petition", ForeignKey("petition.id")),
    Column("who", String, nullable=False),
    Column("account", ForeignKey("account.id")),
    Column("why", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("state", String, nullable=False),
    Column("signer", String),
    Column("signer_account", ForeignKey("account.id")),
    Column("reply", Text),
    Column("decided_at", DateTime),
    CheckConstraint(
        "kind IN ('void', 'correction', 'doubt', 'conflict', 'petition', 'strike', 'restore')", name="kind"
    ),
    CheckConstraint(
        "(kind = 'doubt') = (doubt IS NOT NULL) AND (kind = 'conflict') = (conflict IS NOT NULL)"
        " AND (kind = 'petition') = (petition IS NOT NULL)",
        name="of",
    ),
    CheckConstraint("state IN ('waiting', 'signed', 'refused')", name="state"),
    CheckConstraint(
        "(state = 'waiting') = (signer IS NULL) AND (signer IS NULL) = (signer_account IS NULL)"
        " AND (signer IS NULL) = (decided_at IS NULL)",
        name="signed",
    ),
    CheckConstraint("signer IS NULL OR (signer <> who AND (account IS NULL OR account <> signer_account))", name="two"),
    CheckConstraint("state <> 'refused' OR (reply IS NOT NULL AND reply <> '')", name="reply"),
)
_WAITS = pending_act.c.state == "waiting"
for _name in ("doubt", "conflict", "petition", "asked"):
    _column = pending_act.c[_name]
    Index(f"uq_pending_act_{_name}", _column, unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS)
