"""Editions of the index, and petitions about it."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from collector.store.schema.columns import metadata, one_of, own_id, refer_to

# What was published when: the editions of the index follow each other, and each keeps its figures for good. Points are
# exact decimals as text; a figure that is not known is NULL. made_up: when the edition was made, it rested on a row of
# the folder's tables that said "minh hoa", whatever they say today.
edition = Table(
    "edition",
    metadata,
    own_id(),
    Column("place", Integer, nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    CheckConstraint("place BETWEEN 1 AND 3", name="place"),
)

edition_total = Table(
    "edition_total",
    metadata,
    own_id(),
    refer_to("edition"),
    refer_to("agency"),
    Column("block", String, nullable=False),
    Column("total", String),
    Column("rank", Integer),
    Column("grade", String, nullable=False),
    Column("made_up", Boolean, nullable=False),
    UniqueConstraint("edition", "agency"),
    CheckConstraint("rank >= 1 AND (rank IS NULL OR total IS NOT NULL)", name="rank"),
)

edition_point = Table(
    "edition_point",
    metadata,
    own_id(),
    refer_to("edition"),
    refer_to("agency"),
    Column("criterion", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("points", String),
    Column("made_up", Boolean, nullable=False),
    UniqueConstraint("edition", "agency", "criterion", "kind"),
    one_of("kind", "survey", "appraised", "external", "bonus", "penalty"),
)

petition = Table(
    "petition",
    metadata,
    own_id(),
    refer_to("agency"),
    Column("criterion", String, nullable=False),
    Column("letter", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("asks", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    UniqueConstraint("agency", "criterion", "letter"),
    CheckConstraint("letter <> '' AND criterion <> ''", name="letter"),
)

# before and after: the points of its criterion; a refusal changes none.
petition_decision = Table(
    "petition_decision",
    metadata,
    own_id(),
    Column("petition", ForeignKey("petition.id"), nullable=False, unique=True),
    Column("decision", String, nullable=False),
    Column("before", String),
    Column("after", String),
    Column("reply", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    one_of("decision", "granted", "partly", "refused"),
    CheckConstraint("(decision = 'refused') = (after IS NULL)", name="after"),
    CheckConstraint("before <> after", name="changes"),
    CheckConstraint("reply <> '' AND why <> '' AND who <> ''", name="said"),
)
