"""The table of files that people handed in on the screen of scans: the queue that outlives a server."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Integer, String, Table

from collector.store.schema.columns import metadata

_STATES = ("waiting", "reading", "done", "known", "refused", "failed")

# token: the program's own name of the file, in data/inbox until it is read; name: what its owner called it, for screens
# alone. known: its content was taken in before. images: how many there are to read, once that is known. The day alone.
upload = Table(
    "upload",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(32), nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("kind", String, nullable=False),
    Column("who", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("images", Integer),
    Column("attempts", Integer, nullable=False),
    CheckConstraint(f"state IN ({', '.join(map(repr, _STATES))})", name="state"),
    CheckConstraint("kind IN ('pdf', 'tiff', 'jpeg', 'png', 'webp', 'bmp', 'other')", name="kind"),
    CheckConstraint("(state IN ('refused', 'failed')) = (reason IS NOT NULL)", name="reason"),
    CheckConstraint("size >= 0 AND attempts >= 0 AND (images IS NULL OR images > 0)", name="counts"),
)
