"""Second looks at answers that were drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_OTHER_LOOK = (
    "NEW.round <> 1 + (SELECT COUNT(*) FROM second_look JOIN look_undone ON look_undone.second_look = second_look.id"
    " WHERE second_look.drawn_answer = NEW.drawn_answer) OR EXISTS"
    " (SELECT 1 FROM second_look WHERE drawn_answer = NEW.drawn_answer AND round = NEW.round)"
)
_DECIDED_LOOK = (
    "EXISTS (SELECT 1 FROM look_undone WHERE second_look = NEW.second_look)"
    " OR EXISTS (SELECT 1 FROM second_look JOIN drawn_answer ON drawn_answer.id = second_look.drawn_answer"
    " JOIN doubt ON doubt.page = drawn_answer.page AND doubt.question = drawn_answer.question"
    " AND doubt.rated = drawn_answer.rated WHERE second_look.id = NEW.second_look AND doubt.chosen IS NOT NULL)"
)
_DRAWN_BEFORE = (
    "EXISTS (SELECT 1 FROM drawn_answer WHERE page = NEW.page AND question = NEW.question AND rated = NEW.rated)"
)
_OTHER_FIRST = (
    "NOT EXISTS (SELECT 1 FROM settlement WHERE id = NEW.settlement AND doubt = NEW.doubt AND after = NEW.first)"
)
_READ_BEFORE = (
    "EXISTS (SELECT 1 FROM settlement WHERE doubt = NEW.doubt AND who = NEW.who)"
    " OR EXISTS (SELECT 1 FROM pending_act WHERE doubt = NEW.doubt AND signer = NEW.who)"
)
_OTHER_READING = (
    "NEW.round <> 1 + (SELECT COUNT(*) FROM doubt_reading JOIN reading_undone"
    " ON reading_undone.doubt_reading = doubt_reading.id WHERE doubt_reading.doubt = NEW.doubt)"
)
_DECIDED_ANEW = (
    "EXISTS (SELECT 1 FROM doubt_reading AS one JOIN settlement AS line ON line.doubt = one.doubt"
    " WHERE one.id = NEW.doubt_reading AND line.id > one.settlement)"
)
REFUSALS = (
    ("reading", "doubt_reading", "INSERT", _OTHER_READING, "one reading of a doubt stands"),
    ("unread", "reading_undone", "INSERT", _DECIDED_ANEW, "a reading after which somebody decided anew stands"),
    ("drawn", "drawn_answer", "INSERT", _DRAWN_BEFORE, "an answer is drawn once"),
    ("look", "second_look", "INSERT", _OTHER_LOOK, "one look at an answer stands"),
    ("undone", "look_undone", "INSERT", _DECIDED_LOOK, "a look that was decided about stands"),
    ("other_first", "doubt_reading", "INSERT", _OTHER_FIRST, "what was decided is what stands there"),
    ("own_reading", "doubt_reading", "INSERT", _READ_BEFORE, "a second reader is another person"),
)


def make_looks() -> None:
    """Make answers drawn for a second look, and the looks."""
    op.create_table(
        "drawn_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.Column("read", sa.Text(), nullable=False),
        sa.Column("draw", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["page", "question", "rated"],
            ["page_answer.page", "page_answer.question", "page_answer.rated"],
            name="fk_drawn_answer_page_question_rated",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_drawn_answer"),
        sa.UniqueConstraint("id", "read", name="uq_drawn_answer_id_read"),
        sa.UniqueConstraint("page", "question", "rated", name="uq_drawn_answer_page_question_rated"),
    )
    op.create_index("ix_drawn_answer_draw", "drawn_answer", ["draw"])
    op.create_table(
        "second_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drawn_answer", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("read", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("round >= 1", name=op.f("ck_second_look_round")),
        sa.CheckConstraint("agrees = (seen IS NOT NULL AND seen = read)", name=op.f("ck_second_look_agrees")),
        sa.ForeignKeyConstraint(
            ["drawn_answer", "read"], ["drawn_answer.id", "drawn_answer.read"], name="fk_second_look_drawn_answer_read"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_second_look"),
        sa.UniqueConstraint("drawn_answer", "round", name="uq_second_look_drawn_answer_round"),
    )
    op.create_index("ix_second_look_who", "second_look", ["who"])
    op.create_table(
        "look_undone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("second_look", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["second_look"], ["second_look.id"], name="fk_look_undone_second_look"),
        sa.PrimaryKeyConstraint("id", name="pk_look_undone"),
        sa.UniqueConstraint("second_look", name="uq_look_undone_second_look"),
    )


def make_doubt_readings() -> None:
    """Make second readings of decided doubts."""
    op.create_table(
        "doubt_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("settlement", sa.Integer(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("round >= 1", name=op.f("ck_doubt_reading_round")),
        sa.CheckConstraint("agrees = (seen IS NOT NULL AND seen = first)", name=op.f("ck_doubt_reading_agrees")),
        sa.CheckConstraint("who <> ''", name=op.f("ck_doubt_reading_who")),
        sa.ForeignKeyConstraint(["doubt"], ["doubt.id"], name="fk_doubt_reading_doubt"),
        sa.ForeignKeyConstraint(["settlement"], ["settlement.id"], name="fk_doubt_reading_settlement"),
        sa.PrimaryKeyConstraint("id", name="pk_doubt_reading"),
        sa.UniqueConstraint("doubt", "round", name="uq_doubt_reading_doubt_round"),
    )
    op.create_index("ix_doubt_reading_who", "doubt_reading", ["who"])
    op.create_table(
        "reading_undone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doubt_reading", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["doubt_reading"], ["doubt_reading.id"], name="fk_reading_undone_doubt_reading"),
        sa.PrimaryKeyConstraint("id", name="pk_reading_undone"),
        sa.UniqueConstraint("doubt_reading", name="uq_reading_undone_doubt_reading"),
    )
