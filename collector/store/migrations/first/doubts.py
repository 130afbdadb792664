"""Doubts about what was read, and conflicts between responses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY

_UNLOGGED = (
    "NEW.chosen IS DISTINCT FROM OLD.chosen AND NOT EXISTS (SELECT 1 FROM settlement AS line WHERE line.doubt = NEW.id"
    " AND line.after IS NOT DISTINCT FROM NEW.chosen AND NOT EXISTS"
    " (SELECT 1 FROM settlement AS later WHERE later.doubt = NEW.id AND later.id > line.id))"
)
_OTHERS_LINE = (
    "NEW.together IS NOT NULL AND NOT EXISTS (SELECT 1 FROM settlement AS line"
    " JOIN doubt AS begun ON begun.id = line.doubt JOIN doubt AS own ON own.response = begun.response"
    " AND own.page = begun.page WHERE line.id = NEW.together"
    " AND line.together IS NULL AND own.id = NEW.doubt AND line.who = NEW.who AND line.at = NEW.at"
    " AND line.session IS NOT DISTINCT FROM NEW.session)"
)
REFUSALS = (
    ("unlogged_doubt", "doubt", "UPDATE", _UNLOGGED, "what was decided is what the last line of its log says"),
    ("together", "settlement", "INSERT", _OTHERS_LINE, "one person decides in one go, about one page"),
    ("decided_doubt", "doubt", "INSERT", "NEW.chosen IS NOT NULL", "a doubt begins undecided"),
)


def make_doubts() -> None:
    """Make doubts and the log of what settled them."""
    op.create_table(
        "doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response", RANDOM_KEY, nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=True),
        sa.Column("draw", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "state = 'moot' OR (state = 'settled') = (chosen IS NOT NULL)", name=op.f("ck_doubt_chosen")
        ),
        sa.CheckConstraint("state IN ('open', 'settled', 'moot')", name=op.f("ck_doubt_state")),
        sa.CheckConstraint("(page IS NULL) = (source IS NOT NULL)", name=op.f("ck_doubt_source")),
        sa.ForeignKeyConstraint(["page"], ["page.id"], name="fk_doubt_page"),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_doubt_question"),
        sa.ForeignKeyConstraint(["response"], ["response.id"], name="fk_doubt_response"),
        sa.PrimaryKeyConstraint("id", name="pk_doubt"),
        sa.UniqueConstraint("response", "question", "rated", name="uq_doubt_response_question_rated"),
    )
    op.create_index("ix_doubt_draw", "doubt", ["draw"])
    op.create_table(
        "settlement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("act", sa.Integer(), nullable=True),
        sa.Column("together", sa.Integer(), nullable=True),
        *_point_at_acts(),
        sa.ForeignKeyConstraint(["doubt"], ["doubt.id"], name="fk_settlement_doubt"),
        sa.ForeignKeyConstraint(["undoes"], ["settlement.id"], name="fk_settlement_undoes"),
        sa.ForeignKeyConstraint(["together"], ["settlement.id"], name="fk_settlement_together"),
        sa.PrimaryKeyConstraint("id", name="pk_settlement"),
        sa.UniqueConstraint("act", name="uq_settlement_act"),
    )
    op.create_index("ix_settlement_doubt", "settlement", ["doubt"])
    op.create_index("ix_settlement_who", "settlement", ["who"])
    op.create_index("ix_settlement_together", "settlement", ["together"])


def make_conflicts() -> None:
    """Make conflicts between responses."""
    op.create_table(
        "conflict",
        sa.Column("id", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("first", RANDOM_KEY, nullable=False),
        sa.Column("second", RANDOM_KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name=op.f("ck_conflict_decided")),
        sa.CheckConstraint("decision IN ('first', 'second', 'neither', 'moved')", name=op.f("ck_conflict_decision")),
        sa.CheckConstraint("state IN ('open', 'decided')", name=op.f("ck_conflict_state")),
        sa.CheckConstraint("first <> second", name=op.f("ck_conflict_sides")),
        sa.ForeignKeyConstraint(["first"], ["response.id"], name="fk_conflict_first"),
        sa.ForeignKeyConstraint(["second"], ["response.id"], name="fk_conflict_second"),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_conflict_sheet"),
        sa.PrimaryKeyConstraint("id", name="pk_conflict"),
        sa.UniqueConstraint("first", "second", name="uq_conflict_first_second"),
    )
    op.create_index("ix_conflict_sheet", "conflict", ["sheet"])


def _point_at_acts() -> list[sa.ForeignKeyConstraint]:
    """What was signed for a decision. SQLite takes a key to a table to come; PostgreSQL gets it with that table."""
    if op.get_bind().dialect.name == "postgresql":
        return []
    return [sa.ForeignKeyConstraint(["act"], ["pending_act.id"], name="fk_settlement_act")]
