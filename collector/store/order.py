"""Storage without the order in which people answered: what no key tells, the place of a row on disk must not either."""

from __future__ import annotations

from sqlite3 import OperationalError

from sqlalchemy import Connection, select, update

from collector.store.engine import Store
from collector.store.schema import (
    answer,
    answer_as_above,
    answer_value,
    cell,
    conflict,
    import_row,
    imported_answer,
    invitation,
    invitation_sheet,
    letter,
    movement,
    respondent_group,
    response,
    sheet,
    sheet_step,
    staged_sheet,
    typed_entry,
)

# Their keys begin with a random one
_RANDOM = (
    *(response, answer, answer_value, answer_as_above, imported_answer, conflict, movement),
    *(typed_entry, import_row, invitation, letter),
)


def forget_order(store: Store) -> None:
    """Write the store anew in the order of its random keys; run it before a copy leaves the house, and at closing.

    It rewrites the whole database, so it is nothing for every day, and whoever else writes waits meanwhile. On
    PostgreSQL a transaction that is open elsewhere keeps old rows alive, on SQLite a reader the write-ahead log: run it
    when nobody works. Backups and logs that were archived before keep what they hold.
    """
    if store.engine.dialect.name == "postgresql":
        _forget_on_postgresql(store)
    else:
        _forget_on_sqlite(store)


def empty_log(store: Store) -> bool:
    """Have SQLite's write-ahead log hold nothing: it keeps deleted links and the order of arrival. Whether it does now.

    It waits for nobody: False while somebody reads or writes, True where there is no such log.
    """
    if store.engine.dialect.name != "sqlite":
        return True
    connection = store.engine.raw_connection()
    try:
        cursor = connection.cursor()
        (patience_ms,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute("PRAGMA busy_timeout = 0").fetchall()
        try:
            return not cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except OperationalError:  # somebody is at it
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience_ms}").fetchall()
    finally:
        connection.close()


def _forget_on_sqlite(store: Store) -> None:
    connection = store.engine.raw_connection()  # VACUUM stands in no transaction, and we begin one by habit
    try:
        connection.cursor().execute("VACUUM")
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # the log is in order of arrival too
    finally:
        connection.close()


def _forget_on_postgresql(store: Store) -> None:
    with store.write() as conn:
        # Whoever writes holds a sheet first: they wait here, holding nothing that is wanted below.
        conn.exec_driver_sql("LOCK TABLE sheet IN EXCLUSIVE MODE")
        _give_one_xmin(conn)
    # What was deleted there still tells when.
    for table in (*_RANDOM, sheet, sheet_step, invitation_sheet, staged_sheet):
        with store.write() as conn:
            conn.exec_driver_sql(f"CLUSTER {table.name} USING pk_{table.name}")


def _give_one_xmin(conn: Connection) -> None:
    """Write the rows that answering touched again, all in this transaction, whose number they then carry."""
    unlinked = select(response.c.id).where(~response.c.linked).scalar_subquery()
    conn.execute(update(response).where(~response.c.linked).values(state=response.c.state))
    for table in (answer, answer_value, answer_as_above, imported_answer):
        conn.execute(update(table).where(table.c.response.in_(unlinked)).values(question=table.c.question))
    conn.execute(update(conflict).where(conflict.c.state == "open").values(state="open"))
    of_unlinked = select(cell.c.id).join_from(cell, respondent_group).where(~respondent_group.c.linked)
    conn.execute(update(sheet).where(sheet.c.cell.in_(of_unlinked)).values(state=sheet.c.state))
    # An act or a step may stand for one answer. As they are, the trigger of the log lets them be written.
    steps = select(sheet.c.id).where(sheet.c.cell.in_(of_unlinked))
    conn.execute(update(sheet_step).where(sheet_step.c.sheet.in_(steps)).values(day=sheet_step.c.day))
    conn.execute(update(movement).values(day=movement.c.day))
    conn.execute(update(typed_entry).values(day=typed_entry.c.day))
    conn.execute(update(import_row).values(key=import_row.c.key))
    # An answer in an unlinked group takes its link away and tells the person's row alone that there was one.
    conn.execute(update(invitation).where(~invitation.c.linked).values(bound=invitation.c.bound))
