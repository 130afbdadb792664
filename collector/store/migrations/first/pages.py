"""Scan files, their pages, and what was read on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def make_scan_files() -> None:
    """Make the files of scanned pages."""
    op.create_table(
        "scan_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name=op.f("ck_scan_file_reason")),
        sa.CheckConstraint("state IN ('taken', 'refused')", name=op.f("ck_scan_file_state")),
        sa.PrimaryKeyConstraint("id", name="pk_scan_file"),
        sa.UniqueConstraint("sha256", name="uq_scan_file_sha256"),
    )


def make_pages() -> None:
    """Make pages."""
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scan_file", sa.Integer(), nullable=False),
        sa.Column("image", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("sheet", sa.Integer(), nullable=True),
        sa.Column("sheet_page", sa.Integer(), nullable=True),
        sa.Column("copy", sa.Integer(), nullable=True),
        sa.Column("layout", sa.Integer(), nullable=True),
        sa.Column("rotation", sa.Integer(), nullable=True),
        sa.Column("transform", sa.Text(), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("stack", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status IN ('read', 'duplicate', 'conflict', 'waiting', 'unreadable', "
            "'foreign', 'unknown_serial', 'void', 'training', 'stack_cover')",
            name=op.f("ck_page_status"),
        ),
        sa.CheckConstraint("(status = 'stack_cover') = (stack IS NOT NULL)", name=op.f("ck_page_stack")),
        sa.CheckConstraint(
            "status IN ('unreadable', 'foreign', 'unknown_serial', 'void', 'training', 'stack_cover') "
            "OR (sheet IS NOT NULL AND copy IS NOT NULL AND copy > 0)",
            name=op.f("ck_page_copy"),
        ),
        sa.ForeignKeyConstraint(["duplicate_of"], ["page.id"], name="fk_page_duplicate_of"),
        sa.ForeignKeyConstraint(["layout"], ["layout.id"], name="fk_page_layout"),
        sa.ForeignKeyConstraint(["scan_file"], ["scan_file.id"], name="fk_page_scan_file"),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_page_sheet"),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("scan_file", "image", name="uq_page_scan_file_image"),
    )
    op.create_index("ix_page_sheet", "page", ["sheet"])
    for name, columns, unique, rows in (
        ("ix_page_cover", ["scan_file", "image"], False, sa.text("stack IS NOT NULL")),
        ("uq_page_copy", ["sheet", "copy", "sheet_page"], True, sa.text("duplicate_of IS NULL")),
    ):
        op.create_index(name, "page", columns, unique=unique, sqlite_where=rows, postgresql_where=rows)


def make_page_answers() -> None:
    """Make what was read on pages."""
    op.create_table(
        "page_answer",
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rated", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.CheckConstraint("state IN ('clear', 'blank', 'doubtful')", name=op.f("ck_page_answer_state")),
        sa.ForeignKeyConstraint(["page"], ["page.id"], name="fk_page_answer_page"),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_page_answer_question"),
        sa.PrimaryKeyConstraint("page", "question", "rated", name="pk_page_answer"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "page_choice",
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rated", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("option", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["option"], ["option.id"], name="fk_page_choice_option"),
        sa.ForeignKeyConstraint(
            ["page", "question", "rated"],
            ["page_answer.page", "page_answer.question", "page_answer.rated"],
            name="fk_page_choice_page_question_rated",
        ),
        sa.PrimaryKeyConstraint("page", "question", "rated", "option", name="pk_page_choice"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "page_value",
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["page"], ["page.id"], name="fk_page_value_page"),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_page_value_question"),
        sa.PrimaryKeyConstraint("page", "question", name="pk_page_value"),
        sqlite_with_rowid=False,
    )
