"""Questionnaires, layouts and print runs: what is asked, and on which paper."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from collector.store.schema.columns import metadata, one_of, own_id, refer_to

questionnaire = Table(
    "questionnaire",
    metadata,
    own_id(),
    Column("code", String, nullable=False),
    Column("digest", String, nullable=False, unique=True),
    Column("content", Text, nullable=False),
)

question = Table(
    "question",
    metadata,
    own_id(),
    refer_to("questionnaire"),
    Column("code", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("questionnaire", "code"),
    one_of("kind", "one", "many", "number", "text"),
)

option = Table(
    "option",
    metadata,
    own_id(),
    refer_to("question"),
    Column("code", String, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("question", "code"),
)

# Append-only: an answer to `question` is set aside where `option` of another question was chosen (forms.response).
skip_rule = Table("skip_rule", metadata, refer_to("question", key=True), refer_to("option", key=True))

layout = Table(
    "layout",
    metadata,
    own_id(),
    Column("code", String, nullable=False, unique=True),
    Column("number", Integer, nullable=False, unique=True),
    refer_to("questionnaire"),
    Column("content", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("training", Boolean, nullable=False, default=False, server_default=false()),
    UniqueConstraint("id", "training"),
    CheckConstraint("number BETWEEN 0 AND 1023", name="number"),
)

# Append-only: the agencies in the rows of a matrix, as printed. A sheet of this layout is about each of them.
layout_row = Table("layout_row", metadata, refer_to("layout", key=True), refer_to("agency", key=True))

# address: what the codes of the run hold before /P/, "" without one; sheets keep it whatever the campaign says later.
print_run = Table(
    "print_run",
    metadata,
    own_id(),
    Column("at", DateTime, nullable=False),
    Column("address", String, nullable=False),
)
