"""Sheets, what people did with them, and the log that says what each is."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
)

from collector.store.schema.columns import RandomKey, metadata, one_of, own_id, refer_to

# What people did with sheets outside the house: one row an act, however many sheets it moved. A random key and days, no
# times: a row may stand for one sheet of an unlinked group. act: what was signed for it.
movement = Table(
    "movement",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("party", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("letter", String, nullable=False),
    Column("who", String, nullable=False),
    Column("note", String, nullable=False),
    Column("recorded_day", Date, nullable=False),
    Column("act", ForeignKey("pending_act.id", use_alter=True), unique=True),
    CheckConstraint("act IS NULL OR kind IN ('void', 'correction')", name="act"),
    one_of("kind", "handover", "return", "void", "release", "reprint", "correction"),
    CheckConstraint("kind <> 'handover' OR party <> ''", name="party"),
    CheckConstraint("kind NOT IN ('void', 'correction') OR note <> ''", name="reason"),
)

# Append-only. A later day for what an agency or a collector has to send back; the last one recorded holds.
extension = Table(
    "extension",
    metadata,
    own_id(),
    Column("party_kind", String, nullable=False),
    Column("party", String, nullable=False),
    Column("until", Date, nullable=False),
    Column("letter", String, nullable=False),
    Column("who", String, nullable=False),
    Column("recorded_day", Date, nullable=False),
    one_of("party_kind", "agency", "collector"),
    CheckConstraint("letter <> ''", name="letter"),
)

# state, handover, received, received_day and replaces are what the last line of the sheet's log (sheet_step) says;
# its `step` points there, NULL as long as nothing ever happened to the sheet. handover: under which it is out of the
# house; received: the record of its coming back, where there is one; replaces: why a reserve sheet was released.
# training repeats the layout's and is never true: no training sheet is one of ours, so no answer can be stored for one.
sheet = Table(
    "sheet",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),  # said, for it is a part of the key to its last step
    Column("serial", String(16), nullable=False, unique=True),
    refer_to("cell"),
    Column("ordinal", Integer, nullable=False),
    Column("number", String, nullable=False, unique=True),
    Column("layout", Integer, nullable=False),
    Column("training", Boolean, nullable=False, default=False, server_default=false()),
    refer_to("print_run", nullable=True),
    Column("is_reserve", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("void_reason", String),
    Column("handover", RandomKey, ForeignKey("movement.id")),
    Column("received", RandomKey, ForeignKey("movement.id")),
    Column("received_day", Date),
    Column("replaces", Integer, ForeignKey("sheet.id"), unique=True),
    Column("step", Integer),
    UniqueConstraint("cell", "ordinal"),
    ForeignKeyConstraint(
        ["id", "step", "state"], ["sheet_step.sheet", "sheet_step.step", "sheet_step.after"], use_alter=True
    ),
    CheckConstraint("ordinal >= 1", name="ordinal"),
    CheckConstraint("state NOT IN ('handed_out', 'refused', 'spoiled', 'lost') OR handover IS NOT NULL", name="out"),
    CheckConstraint("state NOT IN ('printed', 'unused') OR handover IS NULL", name="in"),
    CheckConstraint(
        "state NOT IN ('returned', 'answered_phone', 'imported') OR received_day IS NOT NULL", name="received_day"
    ),
    CheckConstraint("replaces IS NULL OR (is_reserve AND replaces <> id)", name="replaces"),
    CheckConstraint("handover IS NULL OR NOT is_reserve OR replaces IS NOT NULL", name="released"),
    CheckConstraint(
        "step IS NOT NULL OR (state = 'printed' AND received_day IS NULL AND replaces IS NULL)", name="step"
    ),
    one_of(
        *("state", "printed", "handed_out", "returned", "answered_phone", "imported", "refused", "spoiled", "lost"),
        *("unused", "void"),
    ),
    CheckConstraint("(state = 'void') = (void_reason IS NOT NULL)", name="void"),
    CheckConstraint("NOT training", name="training"),
    ForeignKeyConstraint(["layout", "training"], ["layout.id", "layout.training"]),
)

# From state to state: what may happen to a sheet, by people, by a page that comes in, or by a mistake put right.
MOVES = {
    "printed": ("printed", "handed_out", "returned", "answered_phone", "imported", "void"),
    "handed_out": (
        "handed_out", "printed", "returned", "answered_phone", "imported", "refused", "spoiled", "lost", "unused",
        "void",
    ),
    "returned": ("returned", "handed_out", "answered_phone", "imported", "refused", "spoiled", "lost", "void"),
    "answered_phone": ("answered_phone", "returned", "imported", "void"),
    "imported": ("imported", "returned", "void"),
    "refused": ("refused", "returned", "answered_phone", "imported", "handed_out", "lost", "void"),
    "spoiled": ("spoiled", "returned", "answered_phone", "imported", "handed_out", "lost", "void"),
    "lost": (
        "lost", "returned", "answered_phone", "imported", "refused", "spoiled", "unused", "handed_out", "void",
    ),
    "unused": ("unused", "handed_out", "lost", "returned", "answered_phone", "imported", "void"),
}  # fmt: skip

# Append-only: every change of a sheet, and what the sheet was after it. movement: the act of a person; channel: how an
# answer came in that moved it. The day alone; a sheet's own steps are counted, no order leads over two sheets.
sheet_step = Table(
    "sheet_step",
    metadata,
    refer_to("sheet", key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("before", String, nullable=False),
    Column("after", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("movement", RandomKey, ForeignKey("movement.id")),
    Column("channel", String),
    Column("handover", RandomKey, ForeignKey("movement.id")),
    Column("received", RandomKey, ForeignKey("movement.id")),
    Column("received_day", Date),
    Column("replaces", Integer, ForeignKey("sheet.id")),
    UniqueConstraint("sheet", "step", "after"),
    one_of("channel", "paper", "phone", "typed", "import"),
    CheckConstraint("step >= 1", name="step"),
    CheckConstraint("(movement IS NULL) <> (channel IS NULL)", name="cause"),
    CheckConstraint(
        " OR ".join(f"(before = '{one}' AND after IN ({', '.join(map(repr, next_))}))" for one, next_ in MOVES.items()),
        name="move",
    ),
    Index("ix_sheet_step_movement", "movement"),
    sqlite_with_rowid=False,
)
