"""Scan files, their pages, and what was read on them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from collector.store.schema.columns import metadata, one_of, only_where, own_id, refer_to

scan_file = Table(
    "scan_file",
    metadata,
    own_id(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("pages", Integer),
    Column("first_day", Date, nullable=False),
    one_of("state", "taken", "refused"),
    CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="reason"),
)

# stack: of a cover, the stack that begins here: the pages behind it in the same file lie in it, until the next cover.
page = Table(
    "page",
    metadata,
    own_id(),
    refer_to("scan_file"),
    Column("image", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("reason", String),
    refer_to("sheet", nullable=True),
    Column("sheet_page", Integer),
    Column("copy", Integer),
    refer_to("layout", nullable=True),
    Column("rotation", Integer),
    Column("transform", Text),
    refer_to("page", "duplicate_of", nullable=True),
    Column("stack", String),
    UniqueConstraint("scan_file", "image"),
    one_of(
        "status",
        "read",
        "duplicate",
        "conflict",
        "waiting",
        "unreadable",
        "foreign",
        "unknown_serial",
        "void",
        "training",
        "stack_cover",
    ),
    CheckConstraint("(status = 'stack_cover') = (stack IS NOT NULL)", name="stack"),
    CheckConstraint(
        "status IN ('unreadable', 'foreign', 'unknown_serial', 'void', 'training', 'stack_cover') "
        "OR (sheet IS NOT NULL AND copy IS NOT NULL AND copy > 0)",
        name="copy",
    ),
    Index("ix_page_sheet", "sheet"),
)
_IS_COVER = page.c.stack.is_not(None)
Index("ix_page_cover", page.c.scan_file, page.c.image, sqlite_where=_IS_COVER, postgresql_where=_IS_COVER)
only_where("uq_page_copy", page.c.sheet, page.c.duplicate_of.is_(None), page.c.copy, page.c.sheet_page)

page_answer = Table(
    "page_answer",
    metadata,
    refer_to("page", key=True),
    refer_to("question", key=True),
    Column("rated", Integer, primary_key=True, autoincrement=False),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("confidence", Float, nullable=False),
    one_of("state", "clear", "blank", "doubtful"),
    sqlite_with_rowid=False,
)

page_choice = Table(
    "page_choice",
    metadata,
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("question", Integer, primary_key=True, autoincrement=False),
    Column("rated", Integer, primary_key=True, autoincrement=False),
    refer_to("option", key=True),
    ForeignKeyConstraint(
        ["page", "question", "rated"], ["page_answer.page", "page_answer.question", "page_answer.rated"]
    ),
    sqlite_with_rowid=False,
)

page_value = Table(
    "page_value",
    metadata,
    refer_to("page", key=True),
    refer_to("question", key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
