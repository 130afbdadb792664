"""An INSERT that leaves alone what is there, decided by the table's UNIQUE constraints, on both engines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(conn: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row; False where its key was taken already, by whoever came first."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    fresh = insert(table).values(values).on_conflict_do_nothing().returning(next(iter(table.primary_key)))
    return conn.execute(fresh).one_or_none() is not None
