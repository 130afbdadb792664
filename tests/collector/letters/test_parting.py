"""A link that an answer took away is gone from the database's files too, soon."""

from __future__ import annotations

import threading

import pytest

from collector.store.order import empty_log
from collector.store.sheets import list_sheets
from collector.web.server import keep_log_empty


@pytest.fixture
def database() -> str:
    """The files of SQLite; what PostgreSQL keeps is its administrator's (docs/security.md)."""
    return "sqlite"


@pytest.fixture
def pairs(room, invite, store):
    """Serial -> how a person's link lies in the files: a row of the unique index, as SQLite writes it."""
    invite("CC")
    keys = {one.serial: one.id.to_bytes(8, "big") for one in room.invitations()}
    with store.read() as conn:
        return {
            one.serial: bytes([3, 1, 6, one.id]) + keys[one.serial] for one in list_sheets(conn) if one.serial in keys
        }


def files(store):
    return b"".join(path.read_bytes() for path in (store.folder / "data").glob("phieu.sqlite*"))


def test_it_stands_in_no_file_once_the_log_is_emptied_and_the_others_stay(pairs, desk, store):
    first, second = list(pairs)[:2]
    desk.post(first, m1_SNV="1")
    assert pairs[first] in files(store)
    assert empty_log(store)
    assert pairs[first] not in files(store)
    assert pairs[second] in files(store)  # who has not answered may be reminded


def test_emptying_waits_for_nobody_and_a_server_tries_again(pairs, desk, store):
    serial = next(iter(pairs))
    over = threading.Event()
    with store.engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM sheet").all()
        desk.post(serial, m1_SNV="1")
        assert not empty_log(store)
    keeper = threading.Thread(target=keep_log_empty, args=(store, over, 0.01))
    keeper.start()
    for _ in range(3000):
        if pairs[serial] not in files(store):
            break
        keeper.join(0.01)
    over.set()
    keeper.join()
    assert pairs[serial] not in files(store)
