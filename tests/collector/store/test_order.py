"""What storage tells about who answered before whom, and that it can be made to forget."""

from __future__ import annotations

import datetime
import secrets

import pytest
from sqlalchemy import insert, select
from sqlalchemy import text as sql

from collector.store.order import _RANDOM, forget_order
from collector.store.quota import quota_rows
from collector.store.schema import RandomKey, answer, import_row, metadata, response, sheet, typed_entry
from collector.store.sheets import find_sheet
from collector.store.typed_entries import record_typed


@pytest.fixture
def arrived(desk):
    """Officials answering one after another: their responses' keys and receipts in that order."""
    serials = desk.serials("HL", "CC") + desk.serials("SNV")[:10]  # as many as fit one page of SQLite
    for serial in serials:
        desk.post(serial, **({"m1_SNV": "1", "m1_STC": "2"} if serial in desk.serials("HL", "CC") else {"q1": "1"}))
    with desk.store.read() as conn:
        query = select(response.c.id, response.c.receipt, response.c.linked).join_from(response, sheet)
        rows = {row.serial: row for row in conn.execute(query.add_columns(sheet.c.serial))}
    return [rows[serial] for serial in serials]


def content(store):
    with store.read() as conn:
        tables = [sorted(map(tuple, conn.execute(select(table)))) for table in (response, answer, sheet)]
        return tables, quota_rows(conn)


def test_forgetting_the_order_changes_nothing_else(desk, arrived):
    before = content(desk.store)
    forget_order(desk.store)
    assert content(desk.store) == before
    assert desk.post(desk.serials("SNV")[0], q1="0").status == "conflict"


def receipts_in_file(store, arrived):
    """The receipts of responses in the order in which they lie in the file, both in the table and in its index."""
    with store.engine.connect() as conn:
        conn.exec_driver_sql("ROLLBACK")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        conn.exec_driver_sql("BEGIN")
    content = (store.folder / "data" / "phieu.sqlite").read_bytes()
    assert all(content.count(row.receipt.encode()) == 2 for row in arrived)
    first = sorted(arrived, key=lambda row: content.index(row.receipt.encode()))
    last = sorted(arrived, key=lambda row: content.rindex(row.receipt.encode()))
    return [row.receipt for row in first], [row.receipt for row in last]


def check_file_of_sqlite(desk, arrived):
    arrival = [row.receipt for row in arrived]
    assert arrival[::-1] in receipts_in_file(desk.store, arrived)  # what comes later lies further to the front
    forget_order(desk.store)
    by_key = [row.receipt for row in sorted(arrived, key=lambda row: row.id)]
    for found in receipts_in_file(desk.store, arrived):
        assert found in (by_key, by_key[::-1], sorted(arrival), sorted(arrival)[::-1])
    assert (desk.store.folder / "data" / "phieu.sqlite-wal").stat().st_size == 0


def stored(store, table, key):
    with store.read() as conn:
        return list(conn.execute(sql(f"SELECT DISTINCT {key}, ctid, xmin::text FROM {table} ORDER BY ctid")))


def check_rows_of_postgresql(desk, arrived):
    arrival = [row.id for row in arrived]
    assert [row.id for row in stored(desk.store, "response", "id")] == arrival
    forget_order(desk.store)
    assert [row.id for row in stored(desk.store, "response", "id")] == sorted(arrival)
    lines = [row.response for row in stored(desk.store, "answer", "response")]
    assert lines == sorted(lines)
    unlinked = {row.id for row in arrived if not row.linked}
    assert len({row.xmin for row in stored(desk.store, "response", "id") if row.id in unlinked}) == 1
    assert len({row.xmin for row in stored(desk.store, "answer", "response") if row.response in unlinked}) == 1
    with desk.store.read() as conn:
        of_unlinked = "SELECT count(DISTINCT xmin::text) FROM sheet WHERE number LIKE 'HL-CC-%'"
        assert conn.scalar(sql(of_unlinked)) == 1
        steps = "SELECT count(DISTINCT sheet_step.xmin::text) FROM sheet_step JOIN sheet ON sheet.id = sheet_step.sheet"
        assert conn.scalar(sql(f"{steps} WHERE number LIKE 'HL-CC-%'")) == 1
    steps = [row.sheet for row in stored(desk.store, "sheet_step", "sheet")]
    assert steps == sorted(steps)


def test_storage_keeps_the_order_of_arrival_until_it_is_forgotten(desk, arrived):
    checks = {"sqlite": check_file_of_sqlite, "postgresql": check_rows_of_postgresql}
    checks[desk.store.engine.dialect.name](desk, arrived)


def check_acts_of_postgresql(desk, tables):
    for table in tables:
        assert len({row.xmin for row in stored(desk.store, table, "id")}) > 1, table
    forget_order(desk.store)
    for table in tables:
        rows = stored(desk.store, table, "id")
        assert [row.id for row in rows] == sorted(row.id for row in rows), table
        assert len({row.xmin for row in rows}) == 1, table


def test_who_typed_or_imported_a_sheet_tells_no_order_either(desk):
    serials = desk.serials("HL", "CC") + desk.serials("SNV")[:10]
    for number, serial in enumerate(serials):
        with desk.store.write() as conn:
            key = find_sheet(conn, serial).id
            record_typed(conn, key, None, "Lê Thị Hoa", datetime.date(2014, 3, 21))
            values = {"id": secrets.randbits(63), "key": f"{number:064x}", "sheet": key}
            conn.execute(insert(import_row).values(values))
    if desk.store.engine.dialect.name == "postgresql":
        check_acts_of_postgresql(desk, ("typed_entry", "import_row"))
    else:
        forget_order(desk.store)
    with desk.store.read() as conn:
        assert len(conn.execute(select(typed_entry)).all()) == len(serials)


def test_every_table_that_random_keys_keep_in_no_order_forgets_it_on_disk():
    """Left out: what nobody's answer leads to. people: written before anybody answers, and erased."""
    people = {"recipient", "recipient_mark"}
    keyed = {table.name for table in metadata.tables.values() if isinstance(first_key(table).type, type(RandomKey))}
    assert keyed - people == {table.name for table in _RANDOM} | {"invitation_sheet"}


def first_key(table):
    return next(iter(table.primary_key.columns))
