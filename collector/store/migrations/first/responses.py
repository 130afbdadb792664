"""Responses and their answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY

_CLAIMS_NOWHERE = (
    "(NEW.claims AND EXISTS (SELECT 1 FROM sheet WHERE id = NEW.sheet AND state = 'void'))"
    " OR (NEW.state = 'accepted' AND EXISTS (SELECT 1 FROM sheet WHERE replaces = NEW.sheet))"
)
_NOTHING_COUNTS = (
    ("response", "INSERT", _CLAIMS_NOWHERE),
    ("response", "UPDATE OF state, claims", _CLAIMS_NOWHERE),
    (
        "sheet",
        "UPDATE OF state, replaces",
        "(NEW.state = 'void' AND EXISTS (SELECT 1 FROM response WHERE sheet = NEW.id AND claims))"
        " OR (NEW.replaces IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM response WHERE sheet = NEW.replaces AND state = 'accepted'))",
    ),
)
_OTHER_PRIVACY = (
    "NEW.linked IS DISTINCT FROM (SELECT respondent_group.linked FROM sheet JOIN cell ON cell.id = sheet.cell"
    " JOIN respondent_group ON respondent_group.id = cell.respondent_group WHERE sheet.id = NEW.sheet)"
)
COUNTS = tuple(
    (f"count_{table}_{verb.split()[0].lower()}", table, verb, when, "nothing counts on a void or replaced sheet")
    for table, verb, when in _NOTHING_COUNTS
)
REFUSALS = (("privacy", "response", "INSERT", _OTHER_PRIVACY, "a response is linked as its group is"),)


def make_responses() -> None:
    """Make responses."""
    op.create_table(
        "response",
        sa.Column("id", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("sheet", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("twin_of", RANDOM_KEY, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=10), nullable=False),
        sa.Column("received_day", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("given", sa.Integer(), nullable=True),
        sa.CheckConstraint("(channel = 'paper') = (copy > 0)", name=op.f("ck_response_copy")),
        sa.CheckConstraint("channel IN ('paper', 'phone', 'typed', 'import')", name=op.f("ck_response_channel")),
        sa.CheckConstraint(
            "state IN ('accepted', 'contested', 'over_quota', 'held', 'set_aside', 'void')",
            name=op.f("ck_response_state"),
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'over_quota', 'held', 'contested') OR NOT claims",
            name=op.f("ck_response_aside_claims_not"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'over_quota', 'held') OR claims", name=op.f("ck_response_counts_claims")
        ),
        sa.CheckConstraint("twin_of IS NULL OR state = 'set_aside'", name=op.f("ck_response_twin")),
        sa.CheckConstraint("complete OR NOT claims", name=op.f("ck_response_claims_complete")),
        sa.CheckConstraint("linked OR received_at IS NULL", name=op.f("ck_response_no_time")),
        sa.CheckConstraint(
            "seconds IS NULL OR (channel = 'phone' AND seconds BETWEEN 0 AND 600)", name=op.f("ck_response_seconds")
        ),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_response_sheet"),
        sa.ForeignKeyConstraint(["twin_of"], ["response.id"], name="fk_response_twin_of"),
        sa.PrimaryKeyConstraint("id", name="pk_response"),
        sa.UniqueConstraint("receipt", name="uq_response_receipt"),
    )
    op.create_index("ix_response_sheet", "response", ["sheet"])


def limit_responses() -> None:
    """Have one response a sheet claim, and no copy come twice."""
    for name, columns, rows in (
        ("uq_response_answers", ["sheet", "digest"], sa.text("copy = 0")),
        ("uq_response_claim", ["sheet"], sa.text("claims")),
        ("uq_response_copy", ["sheet", "copy"], sa.text("copy > 0")),
    ):
        op.create_index(name, "response", columns, unique=True, sqlite_where=rows, postgresql_where=rows)


def make_answers() -> None:
    """Make answers, and free text apart from them."""
    op.create_table(
        "answer",
        sa.Column("response", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rated", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("option", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('clear', 'blank', 'doubtful', 'settled', 'skipped')", name=op.f("ck_answer_state")
        ),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_answer_question"),
        sa.ForeignKeyConstraint(["response"], ["response.id"], name="fk_answer_response"),
        sa.PrimaryKeyConstraint("response", "question", "rated", "option", name="pk_answer"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "answer_value",
        sa.Column("response", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_answer_value_question"),
        sa.ForeignKeyConstraint(["response"], ["response.id"], name="fk_answer_value_response"),
        sa.PrimaryKeyConstraint("response", "question", name="pk_answer_value"),
        sqlite_with_rowid=False,
    )


def make_import_rows() -> None:
    """Make rows of imported tables that named no sheet."""
    op.create_table(
        "import_row",
        sa.Column("id", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_import_row_sheet"),
        sa.PrimaryKeyConstraint("id", name="pk_import_row"),
        sa.UniqueConstraint("key", name="uq_import_row_key"),
        sa.UniqueConstraint("sheet", name="uq_import_row_sheet"),
    )


def make_imported_answers() -> None:
    """Make what tables said of sheets that they left undecided in part."""
    op.create_table(
        "imported_answer",
        sa.Column("response", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rated", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("option", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('clear', 'blank', 'doubtful', 'settled')", name=op.f("ck_imported_answer_state")),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_imported_answer_question"),
        sa.ForeignKeyConstraint(["response"], ["response.id"], name="fk_imported_answer_response"),
        sa.PrimaryKeyConstraint("response", "question", "rated", "option", name="pk_imported_answer"),
        sqlite_with_rowid=False,
    )


def make_as_above() -> None:
    """Make answers that say 'as above'."""
    key = ("response", "question", "rated", "option")
    op.create_table(
        "answer_as_above",
        sa.Column("response", RANDOM_KEY, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), autoincrement=False, nullable=False) for name in key[1:]),
        sa.CheckConstraint("rated <> 0 AND option <> 0", name=op.f("ck_answer_as_above_rated")),
        sa.ForeignKeyConstraint(key, [f"answer.{name}" for name in key], name="fk_answer_as_above_answer"),
        sa.PrimaryKeyConstraint(*key, name="pk_answer_as_above"),
        sqlite_with_rowid=False,
    )
