"""The table of doubts that a second person read, blind, after somebody had decided about them.

It tells how far two people agree about the same mark; it overrides nothing. Append-only; triggers of the migration hold
that `first` is what was decided, and that whoever reads decided nothing about that doubt and signed for nothing.
"""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, ForeignKey, Integer, String, Table, Text

from collector.store.schema import metadata

# first, seen: JSON lists of option codes, or of one number; seen NULL: they cannot tell.
doubt_reading = Table(
    "doubt_reading",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("doubt", ForeignKey("doubt.id"), nullable=False, unique=True),
    Column("settlement", ForeignKey("settlement.id"), nullable=False),
    Column("first", Text, nullable=False),
    Column("seen", Text),
    Column("agrees", Boolean, nullable=False),
    Column("who", String, nullable=False),
    Column("at", DateTime, nullable=False),
    CheckConstraint("agrees = (seen IS NOT NULL AND seen = first)", name="agrees"),
    CheckConstraint("who <> ''", name="who"),
)
