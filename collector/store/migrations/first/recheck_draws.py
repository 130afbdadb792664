"""Draws of a recheck: whom to call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY


def make_recheck_frames() -> None:
    """Make where a recheck draws from."""
    op.create_table(
        "recheck_seed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.CheckConstraint("round >= 1 AND answers >= 0", name=op.f("ck_recheck_seed_round")),
        sa.CheckConstraint("(round = 1 AND answers = 0) = (why IS NULL)", name=op.f("ck_recheck_seed_why")),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_seed"),
        sa.UniqueConstraint("round", name="uq_recheck_seed_round"),
        sa.UniqueConstraint("commitment", name="uq_recheck_seed_commitment"),
    )
    op.create_table(
        "recheck_contact",
        sa.Column("sheet", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("source IN ('linked', 'stub')", name=op.f("ck_recheck_contact_source")),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_recheck_contact_sheet"),
        sa.PrimaryKeyConstraint("sheet", name="pk_recheck_contact"),
    )


def make_recheck_draws() -> None:
    """Make draws of a recheck and their places."""
    op.create_table(
        "recheck_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("recheck_seed", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.CheckConstraint("size BETWEEN 1 AND frame", name=op.f("ck_recheck_draw_size")),
        sa.CheckConstraint("attempts >= 1", name=op.f("ck_recheck_draw_attempts")),
        sa.CheckConstraint("flagged <> ''", name=op.f("ck_recheck_draw_flagged")),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_recheck_draw_agency"),
        sa.ForeignKeyConstraint(["recheck_seed"], ["recheck_seed.id"], name="fk_recheck_draw_recheck_seed"),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_draw"),
        sa.UniqueConstraint("agency", name="uq_recheck_draw_agency"),
    )
    op.create_table(
        "recheck_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recheck_draw", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=True),
        sa.Column("recipient", RANDOM_KEY, nullable=True),
        sa.CheckConstraint("place >= 1", name=op.f("ck_recheck_place_place")),
        sa.CheckConstraint("(sheet IS NULL) <> (recipient IS NULL)", name=op.f("ck_recheck_place_unit")),
        sa.ForeignKeyConstraint(["recheck_draw"], ["recheck_draw.id"], name="fk_recheck_place_recheck_draw"),
        sa.ForeignKeyConstraint(["cell"], ["cell.id"], name="fk_recheck_place_cell"),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_recheck_place_sheet"),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_place"),
        sa.UniqueConstraint("sheet", name="uq_recheck_place_sheet"),
        sa.UniqueConstraint("recipient", name="uq_recheck_place_recipient"),
        sa.UniqueConstraint("recheck_draw", "place", name="uq_recheck_place_recheck_draw_place"),
        sa.UniqueConstraint("recheck_draw", "place", "sheet", name="uq_recheck_place_recheck_draw_place_sheet"),
    )
