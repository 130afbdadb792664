"""Whole databases copied: an embedded one into a file, and every row of one into the empty tables of another.

Rows go table by table in the order of their keys, so a copy keeps neither what was deleted nor the order of arrival.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, create_engine, delete, func, insert, inspect, select
from sqlalchemy import text as sql
from sqlalchemy.schema import AddConstraint, DropConstraint

from collector.store.engine import Store, make_tables
from collector.store.schema import meta, metadata

_AT_ONCE = 2_000
Report = Callable[[int, int], None]


def write_snapshot(store: Store, path: Path, report: Report = lambda *_: None) -> None:
    """One moment of a store as a new SQLite file, whatever it lies in; nobody who works on the store waits."""
    if store.engine.dialect.name == "sqlite":
        connection = store.engine.raw_connection()  # VACUUM stands in no transaction, and we begin one by habit
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(path),))
        finally:
            connection.close()
        return
    target = make_tables(f"sqlite:///{path}")
    try:
        with store.read() as source, _foreign_keys_aside(target) as conn:
            copy_rows(source, conn, report)
            conn.commit()
    finally:
        target.dispose()
    _close_log(path)


@contextmanager
def _foreign_keys_aside(engine: Engine) -> Iterator[Connection]:
    """SQLite checks a key at once, and a sheet's last step stands in a later table; PRAGMA works outside BEGIN."""
    with engine.connect() as conn:
        raw = conn.connection.cursor()
        raw.execute("PRAGMA foreign_keys = OFF")
        yield conn
        raw.execute("PRAGMA foreign_keys = ON")


def _close_log(path: Path) -> None:
    """Have a SQLite file stand alone, without a write-ahead log beside it."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA journal_mode = DELETE").all()
    engine.dispose()


def is_free(conn: Connection) -> bool:
    """Whether a database holds no campaign: it has no tables of ours, or nobody owns them."""
    return not inspect(conn).has_table(meta.name) or conn.scalar(select(func.count()).select_from(meta)) == 0


def copy_rows(source: Connection, target: Connection, report: Report = lambda *_: None) -> None:
    """Every row of every table into tables that are empty, in the transaction of `target`, which the caller ends.

    Triggers stand aside meanwhile: they tell how a store changes, not what a whole one looks like. Keys, CHECKs and
    UNIQUEs hold. `report` counts rows.
    """
    tables = metadata.sorted_tables
    total = sum(source.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    done = 0
    with triggers_aside(target), _cycles_aside(target):
        target.execute(delete(meta))
        for table in tables:
            for rows in _read_rows(source, table):
                target.execute(insert(table), rows)
                done += len(rows)
                report(done, total)
            _go_on_counting(target, table)


def _read_rows(source: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    query = select(table).order_by(*table.primary_key.columns)
    for part in source.execution_options(yield_per=_AT_ONCE).execute(query).mappings().partitions():
        yield [dict(row) for row in part]


def _go_on_counting(target: Connection, table: Table) -> None:
    """PostgreSQL counts keys up beside the table; SQLite looks at the table itself."""
    counted = table.autoincrement_column
    if counted is None or target.dialect.name != "postgresql":
        return
    highest = target.scalar(select(func.max(counted)))
    if highest is not None:
        named = func.pg_get_serial_sequence(f'"{table.name}"', counted.name)
        target.execute(select(func.setval(named, highest)))


@contextmanager
def triggers_aside(conn: Connection) -> Iterator[None]:
    """A transaction in which no trigger of ours speaks; they are back before it ends."""
    if conn.dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            conn.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
        yield
        for table in metadata.sorted_tables:
            conn.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')
        return
    triggers = conn.execute(sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")).all()
    for trigger in triggers:
        conn.exec_driver_sql(f'DROP TRIGGER "{trigger.name}"')
    yield
    for trigger in triggers:
        conn.exec_driver_sql(trigger.sql)


@contextmanager
def _cycles_aside(conn: Connection) -> Iterator[None]:
    """Two tables that point at each other are filled one after the other; PostgreSQL checks the rows at the end."""
    pointing = [
        key
        for table in metadata.sorted_tables
        for key in table.foreign_key_constraints
        if key.use_alter and conn.dialect.name == "postgresql"
    ]
    for key in pointing:
        conn.execute(DropConstraint(key))
    yield
    for key in pointing:
        conn.execute(AddConstraint(key))
