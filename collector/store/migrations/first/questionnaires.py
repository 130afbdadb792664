"""Questionnaires, layouts and print runs: what is asked, and on which paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def make_questionnaires() -> None:
    """Make questionnaires with their questions and options."""
    op.create_table(
        "questionnaire",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_questionnaire"),
        sa.UniqueConstraint("digest", name="uq_questionnaire_digest"),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("questionnaire", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('one', 'many', 'number', 'text')", name=op.f("ck_question_kind")),
        sa.ForeignKeyConstraint(["questionnaire"], ["questionnaire.id"], name="fk_question_questionnaire"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.UniqueConstraint("questionnaire", "code", name="uq_question_questionnaire_code"),
    )
    op.create_table(
        "option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_option_question"),
        sa.PrimaryKeyConstraint("id", name="pk_option"),
        sa.UniqueConstraint("question", "code", name="uq_option_question_code"),
    )


def make_skip_rules() -> None:
    """Make the skip rules, question by question that they lead past."""
    op.create_table(
        "skip_rule",
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("option", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_skip_rule_question"),
        sa.ForeignKeyConstraint(["option"], ["option.id"], name="fk_skip_rule_option"),
        sa.PrimaryKeyConstraint("question", "option", name="pk_skip_rule"),
    )


def make_layouts() -> None:
    """Make printed layouts."""
    op.create_table(
        "layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questionnaire", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("training", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("number BETWEEN 0 AND 1023", name=op.f("ck_layout_number")),
        sa.ForeignKeyConstraint(["questionnaire"], ["questionnaire.id"], name="fk_layout_questionnaire"),
        sa.PrimaryKeyConstraint("id", name="pk_layout"),
        sa.UniqueConstraint("code", name="uq_layout_code"),
        sa.UniqueConstraint("id", "training", name="uq_layout_id_training"),
        sa.UniqueConstraint("number", name="uq_layout_number"),
    )
    op.create_table(
        "layout_row",
        sa.Column("layout", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agency", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["layout"], ["layout.id"], name="fk_layout_row_layout"),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_layout_row_agency"),
        sa.PrimaryKeyConstraint("layout", "agency", name="pk_layout_row"),
    )


def make_print_runs() -> None:
    """Make print runs."""
    op.create_table(
        "print_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_print_run"),
    )
