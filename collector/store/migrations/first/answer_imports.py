"""Tables of answers typed elsewhere, staged until they are taken in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY

_OF = "SELECT 1 FROM answer_import WHERE id = NEW.answer_import AND is_open"
_LEFT = "EXISTS (SELECT 1 FROM staged_sheet WHERE answer_import = NEW.id)"
_TAKEN = "(NEW.response IS NOT NULL OR NEW.answers IS NULL)"
REFUSALS = (
    ("whole_again", "answer_import", "UPDATE", "OLD.is_whole AND NOT NEW.is_whole", "an import that is whole stays so"),
    ("late_whole", "answer_import", "UPDATE", "NEW.is_whole AND NOT (OLD.is_whole OR OLD.is_open)", "it was put away"),
    ("open_again", "answer_import", "UPDATE", "NEW.is_open AND NOT OLD.is_open", "an import that is closed stays so"),
    ("left_staged", "answer_import", "UPDATE", f"NOT NEW.is_open AND {_LEFT}", "nothing staged outlives its import"),
    ("late_staged", "staged_sheet", "INSERT", f"NOT EXISTS ({_OF} AND NOT is_whole)", "staged before it is whole"),
    (
        "early_taken",
        "staged_sheet",
        "UPDATE",
        f"{_TAKEN} AND NOT EXISTS ({_OF} AND is_whole)",
        "taken once it is whole",
    ),
)


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
        sa.Column("is_whole", sa.Boolean(), nullable=False),
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
        sa.Column("row_key", sa.String(length=64), nullable=True),
        sa.Column("response", RANDOM_KEY, nullable=True),
        sa.CheckConstraint("(answers IS NULL) <> (response IS NULL)", name=op.f("ck_staged_sheet_taken")),
        sa.ForeignKeyConstraint(["serial"], ["sheet.serial"], name="fk_staged_sheet_serial"),
        sa.ForeignKeyConstraint(["answer_import"], ["answer_import.id"], name="fk_staged_sheet_answer_import"),
        sa.ForeignKeyConstraint(["response"], ["response.id"], name="fk_staged_sheet_response"),
        sa.PrimaryKeyConstraint("serial", name="pk_staged_sheet"),
        sa.UniqueConstraint("row_key", name="uq_staged_sheet_row_key"),
        sqlite_with_rowid=False,
    )
