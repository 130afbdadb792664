"""The table of doubts that a second person read, blind, after somebody had decided about them.

It tells how far two people agree about the same mark; it overrides nothing. Append-only; triggers of the migration hold
that `first` is what was decided, that whoever reads decided nothing about that doubt and signed for nothing, that one
reading of a doubt stands, and that none is taken back once somebody has decided anew.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from collector.store.schema.columns import metadata

# first, seen: JSON lists of option codes, or of one number; seen NULL: they cannot tell. round: 1, and one more for
# every reading of the same doubt that was taken back.
doubt_reading = Table(
    "doubt_reading",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("doubt", ForeignKey("doubt.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("settlement", ForeignKey("settlement.id"), nullable=False),
    Column("first", Text, nullable=False),
    Column("seen", Text),
    Column("agrees", Boolean, nullable=False),
    Column("who", String, nullable=False),
    Column("session", Text),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("doubt", "round"),
    CheckConstraint("round >= 1", name="round"),
    CheckConstraint("agrees = (seen IS NOT NULL AND seen = first)", name="agrees"),
    CheckConstraint("who <> ''", name="who"),
    Index("ix_doubt_reading_who", "who"),
)

# Append-only as well: readings that whoever read took back, which stay on record.
reading_undone = Table(
    "reading_undone",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("doubt_reading", ForeignKey("doubt_reading.id"), nullable=False, unique=True),
    Column("at", DateTime, nullable=False),
)
