"""Editions of the index, and petitions about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.own_agency import says

_DECISION = "'\"decision\": \"' || NEW.decision || '\"'"
_POINTS = "'\"points\": \"' || COALESCE(NEW.after, '') || '\"'"
_OUT_OF_ORDER = (
    "EXISTS (SELECT 1 FROM edition WHERE place >= NEW.place)"
    " OR (NEW.place > 1 AND EXISTS (SELECT 1 FROM petition AS asked WHERE NOT EXISTS"
    " (SELECT 1 FROM petition_decision WHERE petition = asked.id)))"
)
_LAST_EDITION = "EXISTS (SELECT 1 FROM edition WHERE place = 3)"
_OWN_PETITION = (  # decided by whom it concerns
    "EXISTS (SELECT 1 FROM petition JOIN agency ON agency.id = petition.agency"
    " JOIN account ON account.workplace = agency.code"
    " WHERE petition.id = NEW.petition AND account.shown_name = NEW.who)"
)
_UNSIGNED_PETITION = (
    "EXISTS (SELECT 1 FROM petition JOIN agency ON agency.id = petition.agency"
    " JOIN meta ON meta.key = 'runs' AND meta.value = agency.code WHERE petition.id = NEW.petition)"
    " AND NOT EXISTS (SELECT 1 FROM pending_act AS act WHERE act.petition = NEW.petition AND act.state = 'signed'"
    " AND act.who = NEW.who AND act.why = NEW.why"
    f" AND {says(_DECISION)} AND {says(_POINTS)})"
)
REFUSALS = (
    ("edition", "edition", "INSERT", _OUT_OF_ORDER, "editions follow each other, with every petition decided"),
    ("petition", "petition", "INSERT", _LAST_EDITION, "nothing is asked after the last edition"),
    ("decision", "petition_decision", "INSERT", _LAST_EDITION, "nothing is decided after the last edition"),
    ("own_petition", "petition_decision", "INSERT", _OWN_PETITION, "others decide about their petition"),
    (
        "unsigned",
        "petition_decision",
        "INSERT",
        _UNSIGNED_PETITION,
        "a petition of who runs the survey needs a second signature",
    ),
)


def make_editions() -> None:
    """Make what was published of the index, and when."""
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name=op.f("ck_edition_place")),
        sa.PrimaryKeyConstraint("id", name="pk_edition"),
        sa.UniqueConstraint("place", name="uq_edition_place"),
    )
    op.create_table(
        "edition_total",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("total", sa.String(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.CheckConstraint("rank >= 1 AND (rank IS NULL OR total IS NOT NULL)", name=op.f("ck_edition_total_rank")),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_edition_total_agency"),
        sa.ForeignKeyConstraint(["edition"], ["edition.id"], name="fk_edition_total_edition"),
        sa.PrimaryKeyConstraint("id", name="pk_edition_total"),
        sa.UniqueConstraint("edition", "agency", name="uq_edition_total_edition_agency"),
    )
    op.create_table(
        "edition_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("points", sa.String(), nullable=True),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('survey', 'appraised', 'external', 'bonus', 'penalty')", name=op.f("ck_edition_point_kind")
        ),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_edition_point_agency"),
        sa.ForeignKeyConstraint(["edition"], ["edition.id"], name="fk_edition_point_edition"),
        sa.PrimaryKeyConstraint("id", name="pk_edition_point"),
        sa.UniqueConstraint(
            "edition", "agency", "criterion", "kind", name="uq_edition_point_edition_agency_criterion_kind"
        ),
    )


def make_petitions() -> None:
    """Make what was asked about points, and what was decided."""
    op.create_table(
        "petition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.CheckConstraint("letter <> '' AND criterion <> ''", name=op.f("ck_petition_letter")),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_petition_agency"),
        sa.PrimaryKeyConstraint("id", name="pk_petition"),
        sa.UniqueConstraint("agency", "criterion", "letter", name="uq_petition_agency_criterion_letter"),
    )
    op.create_table(
        "petition_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.CheckConstraint("decision IN ('granted', 'partly', 'refused')", name=op.f("ck_petition_decision_decision")),
        sa.CheckConstraint("(decision = 'refused') = (after IS NULL)", name=op.f("ck_petition_decision_after")),
        sa.CheckConstraint("before <> after", name=op.f("ck_petition_decision_changes")),
        sa.CheckConstraint("reply <> '' AND why <> '' AND who <> ''", name=op.f("ck_petition_decision_said")),
        sa.ForeignKeyConstraint(["petition"], ["petition.id"], name="fk_petition_decision_petition"),
        sa.PrimaryKeyConstraint("id", name="pk_petition_decision"),
        sa.UniqueConstraint("petition", name="uq_petition_decision_petition"),
    )
