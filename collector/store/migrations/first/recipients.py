"""People to be asked, and draws among them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY


def make_recipients() -> None:
    """Make people to be asked."""
    op.create_table(
        "recipient_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_import"),
    )
    op.create_table(
        "recipient",
        sa.Column("id", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("respondent_group", sa.Integer(), nullable=False),
        sa.Column("recipient_import", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_recipient_agency"),
        sa.ForeignKeyConstraint(["respondent_group"], ["respondent_group.id"], name="fk_recipient_respondent_group"),
        sa.ForeignKeyConstraint(["recipient_import"], ["recipient_import.id"], name="fk_recipient_recipient_import"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient"),
        sa.UniqueConstraint("id", "agency", "respondent_group", name="uq_recipient_id_agency_respondent_group"),
    )
    op.create_index("ix_recipient_agency_respondent_group", "recipient", ["agency", "respondent_group"])
    op.create_table(
        "recipient_mark",
        sa.Column("recipient", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("respondent_group", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind IN ('file_code', 'phone', 'email', 'name')", name=op.f("ck_recipient_mark_kind")),
        sa.ForeignKeyConstraint(
            ["recipient", "agency", "respondent_group"],
            ["recipient.id", "recipient.agency", "recipient.respondent_group"],
            name="fk_recipient_mark_recipient",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recipient", "kind", name="pk_recipient_mark"),
        sa.UniqueConstraint(
            "agency", "respondent_group", "kind", "mark", name="uq_recipient_mark_agency_respondent_group_kind_mark"
        ),
    )


def make_draws() -> None:
    """Make draws among them."""
    op.create_table(
        "recipient_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("respondent_group", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("recipient_import", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.CheckConstraint("round >= 1 AND (round = 1) = (why IS NULL)", name=op.f("ck_recipient_draw_why")),
        sa.CheckConstraint(
            "size >= 0 AND reserve >= 0 AND size + reserve BETWEEN 1 AND frame", name=op.f("ck_recipient_draw_size")
        ),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_recipient_draw_agency"),
        sa.ForeignKeyConstraint(
            ["respondent_group"], ["respondent_group.id"], name="fk_recipient_draw_respondent_group"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_import"], ["recipient_import.id"], name="fk_recipient_draw_recipient_import"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_draw"),
        sa.UniqueConstraint(
            "agency", "respondent_group", "round", name="uq_recipient_draw_agency_respondent_group_round"
        ),
    )
    op.create_table(
        "recipient_drawn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient_draw", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("recipient", RANDOM_KEY, nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f("ck_recipient_drawn_place")),
        sa.ForeignKeyConstraint(["recipient_draw"], ["recipient_draw.id"], name="fk_recipient_drawn_recipient_draw"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_drawn"),
        sa.UniqueConstraint("recipient_draw", "place", name="uq_recipient_drawn_recipient_draw_place"),
        sa.UniqueConstraint("recipient_draw", "recipient", name="uq_recipient_drawn_recipient_draw_recipient"),
    )
