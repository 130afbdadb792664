"""Doubts about what was read, and conflicts between responses."""

from __future__ import annotations

from sqlalchemy import (
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

from collector.store.schema.columns import RandomKey, metadata, one_of, own_id, refer_to

# moot: the skip rules lead past the question since another doubt was settled. chosen: a JSON list of codes. draw: the
# first 16 digits of the hash by which a second reader gets it, and the order in which they do. source: FILE:ROW of a
# table that brought the answer in undecided; there is no page then.
doubt = Table(
    "doubt",
    metadata,
    own_id(),
    Column("response", RandomKey, ForeignKey("response.id"), nullable=False),
    refer_to("question"),
    Column("rated", Integer, nullable=False),
    refer_to("page", nullable=True),
    Column("source", Text),
    Column("reason", String),
    Column("state", String, nullable=False),
    Column("chosen", Text),
    Column("draw", String(16), nullable=False),
    Index("ix_doubt_draw", "draw"),
    UniqueConstraint("response", "question", "rated"),
    one_of("state", "open", "settled", "moot"),
    CheckConstraint("state = 'moot' OR (state = 'settled') = (chosen IS NOT NULL)", name="chosen"),
    CheckConstraint("(page IS NULL) = (source IS NOT NULL)", name="source"),
)

# Append-only: triggers of the migration refuse changes and deletions. before and after are JSON lists, NULL for open;
# undoes names the line that this one takes back. session tells apart people of one name; it opens nothing. act: what
# was signed for it, where the answer is about the agency that runs the survey. together: the first of the lines that
# were written in one go about a page, in every other of them; a trigger keeps these lines to one person, session,
# moment and page, and only the first may be named.
settlement = Table(
    "settlement",
    metadata,
    own_id(),
    refer_to("doubt"),
    Column("before", Text),
    Column("after", Text),
    Column("who", String, nullable=False),
    Column("session", Text),
    Column("why", String, nullable=False),
    Column("at", DateTime, nullable=False),
    refer_to("settlement", "undoes", nullable=True),
    Column("act", ForeignKey("pending_act.id"), unique=True),
    refer_to("settlement", "together", nullable=True),
    Index("ix_settlement_doubt", "doubt"),
    Index("ix_settlement_who", "who"),
    Index("ix_settlement_together", "together"),
)

# moved: the losing side stood against a third response too; that conflict goes on with the side that was kept.
conflict = Table(
    "conflict",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    refer_to("sheet"),
    Column("first", RandomKey, ForeignKey("response.id"), nullable=False),
    Column("second", RandomKey, ForeignKey("response.id"), nullable=False),
    Column("state", String, nullable=False),
    Column("decision", String),
    Column("who", String),
    Column("why", String),
    Column("decided_at", DateTime),
    UniqueConstraint("first", "second"),
    CheckConstraint("first <> second", name="sides"),
    one_of("state", "open", "decided"),
    one_of("decision", "first", "second", "neither", "moved"),
    CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name="decided"),
    Index("ix_conflict_sheet", "sheet"),
)
