"""The table of who typed a sheet's answers in, and beside which page's picture. Append-only; see the migration."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table

from collector.store.schema.columns import RandomKey, metadata

# page: the picture that was looked at, NULL where the paper itself was at hand. The day alone, under a random key: no
# order leads over two sheets.
typed_entry = Table(
    "typed_entry",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    Column("sheet", Integer, ForeignKey("sheet.id"), nullable=False),
    Column("page", Integer, ForeignKey("page.id")),
    Column("who", String, nullable=False),
    Column("day", Date, nullable=False),
    CheckConstraint("who <> ''", name="who"),
    Index("ix_typed_entry_sheet", "sheet"),
    Index("ix_typed_entry_page", "page"),
)
