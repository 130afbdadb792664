"""Agencies, groups of respondents and the cells between them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_ANSWERED = (
    "OLD.linked <> NEW.linked AND EXISTS (SELECT 1 FROM response JOIN sheet ON sheet.id = response.sheet"
    " JOIN cell ON cell.id = sheet.cell WHERE cell.respondent_group = NEW.id)"
)
REFUSALS = (("group", "respondent_group", "UPDATE OF linked", _ANSWERED, "the privacy of what was answered stays"),)


def make_cells() -> None:
    """Make the campaign's own row, agencies, groups and the cells between them."""
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agency"),
        sa.UniqueConstraint("code", name="uq_agency_code"),
    )
    op.create_table(
        "respondent_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_respondent_group"),
        sa.UniqueConstraint("code", name="uq_respondent_group_code"),
    )
    op.create_table(
        "cell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("respondent_group", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("collector", sa.String(), nullable=False),
        sa.CheckConstraint("accepted BETWEEN 0 AND target", name=op.f("ck_cell_accepted")),
        sa.CheckConstraint("reserved BETWEEN 0 AND target + reserve", name=op.f("ck_cell_reserved")),
        sa.CheckConstraint("target >= 0 AND reserve >= 0", name=op.f("ck_cell_size")),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_cell_agency"),
        sa.ForeignKeyConstraint(["respondent_group"], ["respondent_group.id"], name="fk_cell_respondent_group"),
        sa.PrimaryKeyConstraint("id", name="pk_cell"),
        sa.UniqueConstraint("agency", "respondent_group", name="uq_cell_agency_respondent_group"),
    )
