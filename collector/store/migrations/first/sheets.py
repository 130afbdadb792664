"""Sheets, and the log that says what each is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY

_MOVES = (
    ("printed", "'printed', 'handed_out', 'returned', 'answered_phone', 'imported', 'void'"),
    (
        "handed_out",
        "'handed_out', 'printed', 'returned', 'answered_phone', 'imported', 'refused', 'spoiled', 'lost', 'unused', "
        "'void'",
    ),
    ("returned", "'returned', 'handed_out', 'answered_phone', 'imported', 'refused', 'spoiled', 'lost', 'void'"),
    ("answered_phone", "'answered_phone', 'returned', 'imported', 'void'"),
    ("imported", "'imported', 'returned', 'void'"),
    ("refused", "'refused', 'returned', 'answered_phone', 'imported', 'handed_out', 'lost', 'void'"),
    ("spoiled", "'spoiled', 'returned', 'answered_phone', 'imported', 'handed_out', 'lost', 'void'"),
    (
        "lost",
        "'lost', 'returned', 'answered_phone', 'imported', 'refused', 'spoiled', 'unused', 'handed_out', 'void'",
    ),
    ("unused", "'unused', 'handed_out', 'lost', 'returned', 'answered_phone', 'imported', 'void'"),
)
_BY_LOG = ("state", "step", "handover", "received", "received_day", "replaces")
_LOGGED = " AND ".join(f"line.{name} IS NOT DISTINCT FROM NEW.{name}" for name in _BY_LOG[1:])
_UNLOGGED = (
    "({changed}) AND NOT EXISTS (SELECT 1 FROM sheet_step AS line WHERE line.sheet = NEW.id AND line.after = NEW.state"
    f" AND {_LOGGED} AND NOT EXISTS (SELECT 1 FROM sheet_step WHERE sheet = NEW.id AND step > NEW.step))"
)
_NEXT_STEP = "SELECT 1 FROM sheet WHERE id = NEW.sheet AND state = NEW.before AND COALESCE(step, 0) = NEW.step - 1"
UNLINKED_SHEET = (
    "EXISTS (SELECT 1 FROM sheet JOIN cell ON cell.id = sheet.cell"
    " JOIN respondent_group ON respondent_group.id = cell.respondent_group"
    " WHERE sheet.id = NEW.sheet AND NOT respondent_group.linked)"
)
_OTHER_REASON = "OLD.state = 'void' AND NEW.void_reason IS DISTINCT FROM OLD.void_reason"
_UNLOGGED_CHANGE = _UNLOGGED.format(changed=" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _BY_LOG))
REFUSALS = (
    ("reason", "sheet", "UPDATE", _OTHER_REASON, "the reason of a void sheet stays"),
    ("unlogged_sheet", "sheet", "UPDATE", _UNLOGGED_CHANGE, "a sheet is what the last line of its log says"),
    ("step", "sheet_step", "INSERT", f"NOT EXISTS ({_NEXT_STEP})", "a step follows what its sheet is"),
)


def make_sheets() -> None:
    """Make sheets."""
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("serial", sa.String(length=16), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("layout", sa.Integer(), nullable=False),
        sa.Column("training", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("print_run", sa.Integer(), nullable=True),
        sa.Column("is_reserve", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("handover", RANDOM_KEY, nullable=True),
        sa.Column("received", RANDOM_KEY, nullable=True),
        sa.Column("received_day", sa.Date(), nullable=True),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'void') = (void_reason IS NOT NULL)", name=op.f("ck_sheet_void")),
        sa.CheckConstraint(
            "state IN ('printed', 'handed_out', 'returned', 'answered_phone', "
            "'imported', 'refused', 'spoiled', 'lost', 'unused', 'void')",
            name=op.f("ck_sheet_state"),
        ),
        sa.CheckConstraint("ordinal >= 1", name=op.f("ck_sheet_ordinal")),
        *_check_accounting(),
        sa.ForeignKeyConstraint(["handover"], ["movement.id"], name="fk_sheet_handover"),
        sa.ForeignKeyConstraint(["received"], ["movement.id"], name="fk_sheet_received"),
        sa.ForeignKeyConstraint(["replaces"], ["sheet.id"], name="fk_sheet_replaces"),
        *_point_at_steps(),
        sa.CheckConstraint("NOT training", name=op.f("ck_sheet_training")),
        sa.ForeignKeyConstraint(["cell"], ["cell.id"], name="fk_sheet_cell"),
        sa.ForeignKeyConstraint(
            ["layout", "training"], ["layout.id", "layout.training"], name="fk_sheet_layout_training"
        ),
        sa.ForeignKeyConstraint(["print_run"], ["print_run.id"], name="fk_sheet_print_run"),
        sa.PrimaryKeyConstraint("id", name="pk_sheet"),
        sa.UniqueConstraint("cell", "ordinal", name="uq_sheet_cell_ordinal"),
        sa.UniqueConstraint("number", name="uq_sheet_number"),
        sa.UniqueConstraint("replaces", name="uq_sheet_replaces"),
        sa.UniqueConstraint("serial", name="uq_sheet_serial"),
    )


def _check_accounting() -> list[sa.CheckConstraint]:
    """What must be on record of a sheet in its state."""
    return [
        sa.CheckConstraint(
            "state NOT IN ('handed_out', 'refused', 'spoiled', 'lost') OR handover IS NOT NULL",
            name=op.f("ck_sheet_out"),
        ),
        sa.CheckConstraint("state NOT IN ('printed', 'unused') OR handover IS NULL", name=op.f("ck_sheet_in")),
        sa.CheckConstraint(
            "state NOT IN ('returned', 'answered_phone', 'imported') OR received_day IS NOT NULL",
            name=op.f("ck_sheet_received_day"),
        ),
        sa.CheckConstraint("replaces IS NULL OR (is_reserve AND replaces <> id)", name=op.f("ck_sheet_replaces")),
        sa.CheckConstraint(
            "handover IS NULL OR NOT is_reserve OR replaces IS NOT NULL", name=op.f("ck_sheet_released")
        ),
        sa.CheckConstraint(
            "step IS NOT NULL OR (state = 'printed' AND received_day IS NULL AND replaces IS NULL)",
            name=op.f("ck_sheet_step"),
        ),
    ]


_STEP_KEYS = (["id", "step", "state"], ["sheet_step.sheet", "sheet_step.step", "sheet_step.after"])


def _point_at_steps() -> list[sa.ForeignKeyConstraint]:
    """A sheet's state is what its last step says. SQLite takes a key to a table to come, PostgreSQL does not."""
    if op.get_bind().dialect.name == "postgresql":
        return []
    return [sa.ForeignKeyConstraint(*_STEP_KEYS, name="fk_sheet_id_step_state")]


def make_sheet_steps() -> None:
    """Make the log of the sheets."""
    op.create_table(
        "sheet_step",
        sa.Column("sheet", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("movement", RANDOM_KEY, nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("handover", RANDOM_KEY, nullable=True),
        sa.Column("received", RANDOM_KEY, nullable=True),
        sa.Column("received_day", sa.Date(), nullable=True),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.CheckConstraint("(movement IS NULL) <> (channel IS NULL)", name=op.f("ck_sheet_step_cause")),
        sa.CheckConstraint("channel IN ('paper', 'phone', 'typed', 'import')", name=op.f("ck_sheet_step_channel")),
        sa.CheckConstraint("step >= 1", name=op.f("ck_sheet_step_step")),
        sa.CheckConstraint(
            " OR ".join(f"(before = '{one}' AND after IN ({after}))" for one, after in _MOVES),
            name=op.f("ck_sheet_step_move"),
        ),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_sheet_step_sheet"),
        sa.ForeignKeyConstraint(["movement"], ["movement.id"], name="fk_sheet_step_movement"),
        sa.ForeignKeyConstraint(["handover"], ["movement.id"], name="fk_sheet_step_handover"),
        sa.ForeignKeyConstraint(["received"], ["movement.id"], name="fk_sheet_step_received"),
        sa.ForeignKeyConstraint(["replaces"], ["sheet.id"], name="fk_sheet_step_replaces"),
        sa.PrimaryKeyConstraint("sheet", "step", name="pk_sheet_step"),
        sa.UniqueConstraint("sheet", "step", "after", name="uq_sheet_step_sheet_step_after"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sheet_step_movement", "sheet_step", ["movement"])
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(
            "fk_sheet_id_step_state", "sheet", "sheet_step", _STEP_KEYS[0], ["sheet", "step", "after"]
        )
