"""Files uploaded from the console."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def make_uploads() -> None:
    """Make files that were uploaded."""
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("images", sa.Integer),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.UniqueConstraint("token", name="uq_upload_token"),
        sa.CheckConstraint(
            "state IN ('waiting', 'reading', 'done', 'known', 'refused', 'failed')", name=op.f("ck_upload_state")
        ),
        sa.CheckConstraint(
            "kind IN ('pdf', 'tiff', 'jpeg', 'png', 'webp', 'bmp', 'other')", name=op.f("ck_upload_kind")
        ),
        sa.CheckConstraint("(state IN ('refused', 'failed')) = (reason IS NOT NULL)", name=op.f("ck_upload_reason")),
        sa.CheckConstraint(
            "size >= 0 AND attempts >= 0 AND (images IS NULL OR images > 0)", name=op.f("ck_upload_counts")
        ),
    )
