"""Sheets and pages typed in by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY


def make_typed_entries() -> None:
    """Make who typed what in."""
    op.create_table(
        "typed_entry",
        sa.Column("id", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("who <> ''", name=op.f("ck_typed_entry_who")),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_typed_entry_sheet"),
        sa.ForeignKeyConstraint(["page"], ["page.id"], name="fk_typed_entry_page"),
        sa.PrimaryKeyConstraint("id", name="pk_typed_entry"),
    )
    op.create_index("ix_typed_entry_sheet", "typed_entry", ["sheet"])
    op.create_index("ix_typed_entry_page", "typed_entry", ["page"])
