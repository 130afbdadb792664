"""The campaign's own row, agencies, groups of respondents and the cells between them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from collector.store.schema.columns import metadata, own_id, refer_to

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

agency = Table(
    "agency",
    metadata,
    own_id(),
    Column("code", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("block", String, nullable=False),
    Column("position", Integer, nullable=False),
)

respondent_group = Table(
    "respondent_group",
    metadata,
    own_id(),
    Column("code", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
)

cell = Table(
    "cell",
    metadata,
    own_id(),
    refer_to("agency"),
    refer_to("respondent_group"),
    Column("target", Integer, nullable=False),
    Column("reserve", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("collector", String, nullable=False),
    UniqueConstraint("agency", "respondent_group"),
    CheckConstraint("target >= 0 AND reserve >= 0", name="size"),
    CheckConstraint("reserved BETWEEN 0 AND target + reserve", name="reserved"),
    CheckConstraint("accepted BETWEEN 0 AND target", name="accepted"),
)
