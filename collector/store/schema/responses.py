"""Responses and their answers."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from collector.store.schema.columns import RandomKey, metadata, one_of, only_where, refer_to

# linked repeats the group's privacy, so that a CHECK can keep times of arrival out of unlinked groups. held: the
# sheet was never recorded as handed out, and the campaign's rule keeps such answers waiting. seconds: how long a phone
# had the form open, 600 for longer; it tells how, not when. given: how many rows its answers are, NULL on paper.
response = Table(
    "response",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    refer_to("sheet"),
    Column("channel", String, nullable=False),
    Column("copy", Integer, nullable=False),
    Column("claims", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("twin_of", RandomKey, ForeignKey("response.id")),
    Column("digest", String(64), nullable=False),
    Column("receipt", String(10), nullable=False, unique=True),
    Column("received_day", Date, nullable=False),
    Column("received_at", DateTime),
    Column("seconds", Integer),
    Column("given", Integer),
    one_of("channel", "paper", "phone", "typed", "import"),
    one_of("state", "accepted", "contested", "over_quota", "held", "set_aside", "void"),
    CheckConstraint("(channel = 'paper') = (copy > 0)", name="copy"),
    CheckConstraint("state NOT IN ('accepted', 'over_quota', 'held') OR claims", name="counts_claims"),
    CheckConstraint("state IN ('accepted', 'over_quota', 'held', 'contested') OR NOT claims", name="aside_claims_not"),
    CheckConstraint("complete OR NOT claims", name="claims_complete"),
    CheckConstraint("twin_of IS NULL OR state = 'set_aside'", name="twin"),
    CheckConstraint("linked OR received_at IS NULL", name="no_time"),
    CheckConstraint("seconds IS NULL OR (channel = 'phone' AND seconds BETWEEN 0 AND 600)", name="seconds"),
    Index("ix_response_sheet", "sheet"),
)
only_where("uq_response_claim", response.c.sheet, response.c.claims)
only_where("uq_response_answers", response.c.sheet, response.c.copy == 0, response.c.digest)
only_where("uq_response_copy", response.c.sheet, response.c.copy > 0, response.c.copy)

answer = Table(
    "answer",
    metadata,
    Column("response", RandomKey, ForeignKey("response.id"), primary_key=True, autoincrement=False),
    refer_to("question", key=True),
    Column("rated", Integer, primary_key=True, autoincrement=False),
    Column("option", Integer, primary_key=True, autoincrement=False),
    Column("state", String, nullable=False),
    one_of("state", "clear", "blank", "doubtful", "settled", "skipped"),
    sqlite_with_rowid=False,
)

# Free text may hold personal data: a table of its own, never joined for scoring.
answer_value = Table(
    "answer_value",
    metadata,
    Column("response", RandomKey, ForeignKey("response.id"), primary_key=True, autoincrement=False),
    refer_to("question", key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Append-only. What a table said of a sheet some of whose answers it left undecided, before any skip rule: those answers
# change with what a person decides, and are as they came once it is taken back.
imported_answer = Table(
    "imported_answer",
    metadata,
    Column("response", RandomKey, ForeignKey("response.id"), primary_key=True, autoincrement=False),
    refer_to("question", key=True),
    Column("rated", Integer, primary_key=True, autoincrement=False),
    Column("option", Integer, primary_key=True, autoincrement=False),
    Column("state", String, nullable=False),
    Column("value", Text),
    one_of("state", "clear", "blank", "doubtful", "settled"),
    sqlite_with_rowid=False,
)

# Append-only. key: a hash of a row of an imported table that named no sheet, so that it takes one sheet and never two.
import_row = Table(
    "import_row",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    Column("key", String(64), nullable=False, unique=True),
    Column("sheet", ForeignKey("sheet.id"), nullable=False, unique=True),
)
