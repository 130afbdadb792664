"""What the phone form knows of an answer beyond the answer itself: it counts like any other, and how it came is kept.

The key repeats that of `answer`, so the database keeps nothing of an answer that is not there, and the migration's
triggers refuse to change or take away what was given.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Integer, Table

from collector.store.schema.columns import RandomKey, metadata

_KEY = ("response", "question", "rated", "option")

# Answers about an agency that were given as "the same as the agency above".
answer_as_above = Table(
    "answer_as_above",
    metadata,
    Column("response", RandomKey, primary_key=True, autoincrement=False),
    *(Column(name, Integer, primary_key=True, autoincrement=False) for name in _KEY[1:]),
    ForeignKeyConstraint(_KEY, [f"answer.{name}" for name in _KEY], name="fk_answer_as_above_answer"),
    CheckConstraint("rated <> 0 AND option <> 0", name="rated"),
    sqlite_with_rowid=False,
)
