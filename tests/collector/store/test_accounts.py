"""What the database refuses about accounts, whoever asks."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from collector.store.account_sessions import begin_session, end_session, end_sessions, find_session_account
from collector.store.accounts import (
    add_account,
    change_account,
    give_back_try,
    keep_ways_in,
    list_accounts,
    lock_full,
    reserve_try,
    use_step,
    use_way_in,
)
from collector.store.schema import account, account_recovery, account_session

NOW = datetime.datetime(2014, 3, 20, 20, 30, tzinfo=datetime.UTC)
HASH = "$argon2id$v=19$"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def add(desk: Any) -> Callable[..., int]:
    """Adds an account, its key."""

    def make(name: str, *roles: Any, **more: Any) -> int:
        with desk.store.write() as conn:
            values = {"shown_name": name, "password_hash": HASH, "now": NOW, **more}
            return add_account(conn, name, values.pop("shown_name"), roles, values.pop("password_hash"), **values)

    return make


def change(store: Any, key: int, error: type[Exception] | None = None, **values: Any) -> None:
    if error is None:
        with store.write() as conn:
            change_account(conn, key, values)
        return
    with pytest.raises(error), store.write() as conn:
        change_account(conn, key, values)


@pytest.mark.parametrize(
    ("roles", "more"),
    [
        ((), {}),
        (("viewer",), {}),
        (("clerk", "manager"), {"agency": "HL"}),
        (("viewer", "clerk"), {"agency": "HL"}),
        (("manager", "auditor"), {}),
        (("observer", "auditor"), {}),
        (("clerk",), {"workplace": "KHONG-CO"}),
        (("clerk",), {"password_hash": "mat khau de nguyen"}),
    ],
)
def test_an_account_that_may_not_be_is_refused(add: Callable[..., int], roles: Any, more: Any) -> None:
    with pytest.raises(IntegrityError):
        add("hoa", *roles, **more)


def test_no_two_accounts_share_a_name_or_a_shown_name(add: Callable[..., int]) -> None:
    add("hoa", "clerk", shown_name="Lê Thị Hoa")
    for name, shown in (("hoa", "Trần Văn Nam"), ("nam", "Lê Thị Hoa"), ("Nam", "Trần Văn Nam")):
        with pytest.raises(IntegrityError):
            add(name, "clerk", shown_name=shown)


def test_the_last_manager_stays_one(add: Callable[..., int], desk: Any) -> None:
    first, second = add("mot", "manager"), add("hai", "manager", "clerk")
    change(desk.store, first, disabled=True)
    change(desk.store, second, IntegrityError, disabled=True)
    change(desk.store, second, IntegrityError, roles={"clerk"})
    change(desk.store, first, disabled=False)
    change(desk.store, second, roles={"clerk"})
    with desk.store.read() as conn:
        assert {one.name: (sorted(one.roles), one.disabled) for one in list_accounts(conn)} == {
            "mot": (["manager"], False),
            "hai": (["clerk"], False),
        }


def test_an_account_and_its_sessions_are_never_deleted(add: Callable[..., int], desk: Any) -> None:
    key = add("hoa", "manager")
    with desk.store.write() as conn:
        begin_session(conn, key, HOUR, NOW)
    for table in (account_session, account):
        with pytest.raises(DBAPIError), desk.store.write() as conn:
            conn.execute(delete(table))


def test_a_code_of_the_second_factor_never_counts_twice(add: Callable[..., int], desk: Any) -> None:
    key = add("hoa", "manager")
    change(desk.store, key, totp_sealed=b"x")
    with desk.store.write() as conn:
        assert [use_step(conn, key, step) for step in (100, 100, 99, 101)] == [True, False, False, True]
    with pytest.raises(DBAPIError), desk.store.write() as conn:
        conn.execute(update(account).values(totp_step=101))
    change(desk.store, key, totp_sealed=None, totp_step=None)
    change(desk.store, key, IntegrityError, totp_step=5)


def test_a_code_for_a_lost_phone_is_good_for_once(add: Callable[..., int], desk: Any) -> None:
    key = add("hoa", "manager")
    with desk.store.write() as conn:
        keep_ways_in(conn, key, ["a", "b"])
        assert [use_way_in(conn, key, digest) for digest in ("a", "a", "c", "b")] == [True, False, False, True]
    with pytest.raises(DBAPIError), desk.store.write() as conn:
        conn.execute(update(account_recovery).values(used_at=None))


def test_an_ended_session_stays_ended(add: Callable[..., int], desk: Any) -> None:
    key = add("hoa", "manager")
    with desk.store.write() as conn:
        one, two, three = (begin_session(conn, key, HOUR, NOW) for _ in range(3))
        end_session(conn, one, NOW)
        assert find_session_account(conn, one, HOUR, NOW) is None
        assert find_session_account(conn, two, HOUR, NOW) is not None
        assert end_sessions(conn, key, "reset", NOW) == 2
        assert find_session_account(conn, three, HOUR, NOW) is None
    for values in ({"ended_at": None, "why": None}, {"ends_at": datetime.datetime(2099, 1, 1)}):
        with pytest.raises(DBAPIError), desk.store.write() as conn:
            conn.execute(update(account_session).values(**values))


def test_the_fifth_failure_locks_and_counts_anew(add: Callable[..., int], desk: Any) -> None:
    key = add("hoa", "manager")
    with desk.store.write() as conn:
        tries = [(reserve_try(conn, key, 5, NOW), lock_full(conn, key, 5, NOW + HOUR)) for _ in range(6)]
        (found,) = list_accounts(conn)
    assert tries == [(True, False)] * 4 + [(True, True), (False, False)]
    assert found.failed == 0
    assert found.is_locked(NOW)
    assert not found.is_locked(NOW + HOUR)


def test_a_try_is_counted_before_it_is_looked_at_and_given_back_where_it_was_right(
    add: Callable[..., int], desk: Any
) -> None:
    key = add("hoa", "manager")
    with desk.store.write() as conn:
        assert [reserve_try(conn, key, 5, NOW) for _ in range(7)] == [True] * 5 + [False] * 2
        give_back_try(conn, key)
        assert [reserve_try(conn, key, 5, NOW) for _ in range(2)] == [True, False]
        for _ in range(9):
            give_back_try(conn, key)
        assert list_accounts(conn)[0].failed == 0


def test_of_two_managers_who_disable_each_other_at_one_moment_one_stays(add: Callable[..., int], desk: Any) -> None:
    keys = [add("hoa", "manager"), add("nam", "manager")]
    both = Barrier(2)

    def disable(key: int) -> bool:
        both.wait(timeout=60)
        try:
            with desk.store.write() as conn:
                change_account(conn, key, {"disabled": True}, NOW)
        except IntegrityError:
            return False
        return True

    for _ in range(8):
        with ThreadPoolExecutor(2) as people:
            assert sorted(people.map(disable, keys)) == [False, True]
        with desk.store.write() as conn:
            conn.execute(update(account).values(disabled=False))
