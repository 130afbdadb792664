"""Tables of answers typed elsewhere, staged until they are taken in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY


def make_answer_imports() -> None:
    """Make imports under way and the sheets they stage."""
    op.create_table(
        "answer_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("new_serials", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer_import"),
    )
    is_open = sa.text("is_open")
    op.create_index(
        "uq_answer_import_open",
        "answer_import",
        ["is_open"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "staged_sheet",
        sa.Column("serial", sa.String(length=16), nullable=False),
        sa.Column("answer_import", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("response", RANDOM_KEY, nullable=True),
        sa.CheckConstraint("(answers IS NULL) <> (response IS NULL)", name=op.f("ck_staged_sheet_taken")),
        sa.ForeignKeyConstraint(["serial"], ["sheet.serial"], name="fk_staged_sheet_serial"),
        sa.ForeignKeyConstraint(["answer_import"], ["answer_import.id"], name="fk_staged_sheet_answer_import"),
        sa.ForeignKeyConstraint(["response"], ["response.id"], name="fk_staged_sheet_response"),
        sa.PrimaryKeyConstraint("serial", name="pk_staged_sheet"),
        sqlite_with_rowid=False,
    )
