"""The tables of an import that is under way: what a table of answers said, until all of it is in.

Nothing else reads what is staged; a response that came out of it counts in no score until its import is closed.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from collector.store.schema.columns import RandomKey, metadata

# counts: JSON, what became of its sheets so far. One import is open at a time. is_whole: all of its table is staged,
# from when on it is decided; one that is closed and not whole was put away (guards: migrations/first/answer_imports).
answer_import = Table(
    "answer_import",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("new_serials", Boolean, nullable=False),
    Column("who", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("counts", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("is_whole", Boolean, nullable=False),
)
_OPEN = answer_import.c.is_open
Index("uq_answer_import_open", _OPEN, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)

# By serial, which is random: no order of rows stays behind. answers: JSON, until the sheet went through the door; then
# response: what it came to, where that may count. size: how many answers. row_key: of a row that named no sheet, that
# of import_row, which is written once the sheet goes through the door.
staged_sheet = Table(
    "staged_sheet",
    metadata,
    Column("serial", String(16), ForeignKey("sheet.serial"), primary_key=True),
    Column("answer_import", Integer, ForeignKey("answer_import.id"), nullable=False),
    Column("answers", Text),
    Column("size", Integer, nullable=False),
    Column("row_key", String(64), unique=True),
    Column("response", RandomKey, ForeignKey("response.id")),
    CheckConstraint("(answers IS NULL) <> (response IS NULL)", name="taken"),
    sqlite_with_rowid=False,
)
