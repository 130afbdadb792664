"""Second looks at answers that were drawn."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from collector.store.schema.columns import metadata, own_id

# Answers that were drawn, as their page came in, for a person who looks a second time and is not shown `read`: a JSON
# list of codes. draw: the first 16 digits of the hash that drew them, and the order in which they are looked at.
drawn_answer = Table(
    "drawn_answer",
    metadata,
    own_id(),
    Column("page", Integer, nullable=False),
    Column("question", Integer, nullable=False),
    Column("rated", Integer, nullable=False),
    Column("read", Text, nullable=False),
    Column("draw", String(16), nullable=False),
    UniqueConstraint("page", "question", "rated"),
    UniqueConstraint("id", "read"),
    ForeignKeyConstraint(
        ["page", "question", "rated"], ["page_answer.page", "page_answer.question", "page_answer.rated"]
    ),
    Index("ix_drawn_answer_draw", "draw"),
)

# Append-only. seen: what the person saw, as `read`; "several" marks where one is asked for; NULL: they cannot tell.
# round: 1, and one more for every look at the same answer that was taken back; no second look stands beside a first.
second_look = Table(
    "second_look",
    metadata,
    own_id(),
    Column("drawn_answer", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("read", Text, nullable=False),
    Column("seen", Text),
    Column("agrees", Boolean, nullable=False),
    Column("who", String, nullable=False),
    Column("session", Text),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("drawn_answer", "round"),
    ForeignKeyConstraint(["drawn_answer", "read"], ["drawn_answer.id", "drawn_answer.read"]),
    CheckConstraint("round >= 1", name="round"),
    CheckConstraint("agrees = (seen IS NOT NULL AND seen = read)", name="agrees"),
    Index("ix_second_look_who", "who"),
)

# Append-only as well: looks that whoever looked took back, which stay on record.
look_undone = Table(
    "look_undone",
    metadata,
    own_id(),
    Column("second_look", ForeignKey("second_look.id"), nullable=False, unique=True),
    Column("at", DateTime, nullable=False),
)
