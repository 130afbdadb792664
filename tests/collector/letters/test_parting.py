"""A link that an answer took away is gone from the database's files too, soon."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from collector.people.erasure import erase_recipients, personal_folder
from collector.store.order import empty_log
from collector.store.sheets import list_sheets
from collector.tried_copy import copy_to_try, drop_left_copies
from collector.web.server import keep_swept, list_sweeps
from tests.waiting import wait_until


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


def test_emptying_waits_for_nobody_and_a_server_tries_again_whatever_else_fails(pairs, desk, store):
    def fail(_store):
        raise OSError

    serial = next(iter(pairs))
    over = threading.Event()
    with store.engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM sheet").all()
        desk.post(serial, m1_SNV="1")
        assert not empty_log(store)
    keeper = threading.Thread(target=keep_swept, args=(store, [fail, empty_log], over, 0.01))
    keeper.start()
    try:
        wait_until(lambda: pairs[serial] not in files(store))
    finally:
        over.set()
        keeper.join()


def test_what_names_people_goes_from_the_disk_of_a_server_in_its_time_and_a_killed_copy_at_once(store, campaign):
    then = time.time() - 24 * 3600
    parcel = personal_folder(store) / "parcel.zip"
    left = store.folder / "data" / "trying" / "copy-of-a-killed-process" / "phieu.sqlite"
    for path in (parcel, left):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"")
        os.utime(path, (then, then))
    for sweep in list_sweeps(campaign, has_console=False):
        sweep(store)
    assert (parcel.exists(), left.parent.exists()) == (True, False)
    for sweep in list_sweeps(campaign, has_console=True):
        sweep(store)
    assert not parcel.exists()


def test_a_copy_that_somebody_tries_on_stays_until_they_are_done(store, campaign):
    with copy_to_try(store, campaign) as copy:
        drop_left_copies(store)
        assert Path(copy.engine.url.database).exists()


def test_erasing_the_people_takes_a_killed_copy_too(room, invite, store, campaign):
    invite("CC")
    left = store.folder / "data" / "trying" / "copy-of-a-killed-process"
    left.mkdir(parents=True)
    erase_recipients(store, campaign.settings, "lan", None, "thu")
    assert not left.exists()
