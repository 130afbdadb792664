"""People to be asked, and draws among them."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from collector.store.schema.columns import RandomKey, metadata, one_of, own_id, refer_to

# People to be asked stand apart: nothing here refers to a sheet or a response. Their ids follow from a key, not from
# the order of a file. Lists imported and draws made are append-only; the people themselves are erased at the date set.
recipient_import = Table(
    "recipient_import",
    metadata,
    own_id(),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    Column("people", Integer, nullable=False),
)

recipient = Table(
    "recipient",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    refer_to("agency"),
    refer_to("respondent_group"),
    refer_to("recipient_import"),
    Column("key", String(16), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("id", "agency", "respondent_group"),
    Index("ix_recipient_agency_respondent_group", "agency", "respondent_group"),
)

# A keyed hash of what tells a person from others: nobody stands twice in a cell, and no key opens it.
recipient_mark = Table(
    "recipient_mark",
    metadata,
    Column("recipient", RandomKey, primary_key=True, autoincrement=False),
    Column("kind", String, primary_key=True),
    Column("agency", Integer, nullable=False),
    Column("respondent_group", Integer, nullable=False),
    Column("mark", String(32), nullable=False),
    ForeignKeyConstraint(
        ["recipient", "agency", "respondent_group"],
        ["recipient.id", "recipient.agency", "recipient.respondent_group"],
        name="fk_recipient_mark_recipient",
        ondelete="CASCADE",
    ),
    UniqueConstraint("agency", "respondent_group", "kind", "mark"),
    one_of("kind", "file_code", "phone", "email", "name"),
)

# frame: how many people stood in the cell, digest: which ones. A second draw gives its reason.
recipient_draw = Table(
    "recipient_draw",
    metadata,
    own_id(),
    refer_to("agency"),
    refer_to("respondent_group"),
    Column("round", Integer, nullable=False),
    Column("seed", Text, nullable=False),
    Column("frame", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("reserve", Integer, nullable=False),
    refer_to("recipient_import"),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    Column("why", String),
    UniqueConstraint("agency", "respondent_group", "round"),
    CheckConstraint("round >= 1 AND (round = 1) = (why IS NULL)", name="why"),
    CheckConstraint("size >= 0 AND reserve >= 0 AND size + reserve BETWEEN 1 AND frame", name="size"),
)

# recipient refers to nothing on purpose: the draw outlives the people, and then names nobody.
recipient_drawn = Table(
    "recipient_drawn",
    metadata,
    own_id(),
    refer_to("recipient_draw"),
    Column("place", Integer, nullable=False),
    Column("recipient", RandomKey, nullable=False),
    UniqueConstraint("recipient_draw", "place"),
    UniqueConstraint("recipient_draw", "recipient"),
    CheckConstraint("place >= 1", name="place"),
)
