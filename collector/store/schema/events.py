"""The event log."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    String,
    Table,
    Text,
)

from collector.store.schema.columns import metadata

# Append-only as well, and a chain: ids count from 1 without a gap, prev is the hash of the line before, hash covers the
# line (collector.store.chain). Nothing here may tell when a person of an unlinked group answered.
event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    CheckConstraint("id >= 1 AND length(prev) = 64 AND length(hash) = 64", name="chain"),
)
