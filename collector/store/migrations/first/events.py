"""The event log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_OFF_CHAIN = (
    "NEW.id <> 1 + (SELECT COALESCE(MAX(id), 0) FROM event)"
    " OR NEW.prev <> COALESCE((SELECT hash FROM event ORDER BY id DESC LIMIT 1), '" + "0" * 64 + "')"
)
REFUSALS = (("off_chain", "event", "INSERT", _OFF_CHAIN, "a line follows the last one of the log"),)


def make_events() -> None:
    """Make the event log."""
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id >= 1 AND length(prev) = 64 AND length(hash) = 64", name=op.f("ck_event_chain")),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("prev", name="uq_event_prev"),
        sa.UniqueConstraint("hash", name="uq_event_hash"),
    )
