"""What tables are made of: their names, keys, references and checks."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
)
from sqlalchemy.sql.elements import ColumnElement

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# In SQLite only INTEGER is the row's own address; a BIGINT key would leave a hidden one that counts arrivals.
RandomKey = BigInteger().with_variant(Integer, "sqlite")


def own_id() -> Column[int]:
    """A key that counts."""
    return Column("id", Integer, primary_key=True)


def refer_to(table: str, name: str | None = None, nullable: bool = False, key: bool = False) -> Column[int]:
    """A reference to a table's id, called as the table where no name is given."""
    return Column(name or table, ForeignKey(f"{table}.id"), nullable=nullable, primary_key=key, autoincrement=False)


def one_of(column: str, *values: str) -> CheckConstraint:
    """Only these values in a column."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


def only_where(name: str, column: Column[int], condition: ColumnElement[bool], *more: Column[int]) -> Index:
    """Unique among the rows of a condition."""
    return Index(name, column, *more, unique=True, sqlite_where=condition, postgresql_where=condition)
