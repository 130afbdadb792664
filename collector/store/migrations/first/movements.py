"""What people did with sheets outside the house."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY


def make_movements() -> None:
    """Make what people did with sheets outside the house, and later days for it."""
    op.create_table(
        "movement",
        sa.Column("id", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_day", sa.Date(), nullable=False),
        sa.Column("act", sa.Integer(), nullable=True),
        *_point_at_acts(),
        sa.CheckConstraint("act IS NULL OR kind IN ('void', 'correction')", name=op.f("ck_movement_act")),
        sa.CheckConstraint(
            "kind IN ('handover', 'return', 'void', 'release', 'reprint', 'correction')", name=op.f("ck_movement_kind")
        ),
        sa.CheckConstraint("kind <> 'handover' OR party <> ''", name=op.f("ck_movement_party")),
        sa.CheckConstraint("kind NOT IN ('void', 'correction') OR note <> ''", name=op.f("ck_movement_reason")),
        sa.PrimaryKeyConstraint("id", name="pk_movement"),
        sa.UniqueConstraint("act", name="uq_movement_act"),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_kind", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("recorded_day", sa.Date(), nullable=False),
        sa.CheckConstraint("letter <> ''", name=op.f("ck_extension_letter")),
        sa.CheckConstraint("party_kind IN ('agency', 'collector')", name=op.f("ck_extension_party_kind")),
        sa.PrimaryKeyConstraint("id", name="pk_extension"),
    )


def _point_at_acts() -> list[sa.ForeignKeyConstraint]:
    """What was signed for a movement. SQLite takes a key to a table to come; PostgreSQL gets it with that table."""
    if op.get_bind().dialect.name == "postgresql":
        return []
    return [sa.ForeignKeyConstraint(["act"], ["pending_act.id"], name="fk_movement_act")]
