"""Threads that share a commit: each gets its own result or error, and nobody hears of what was not kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import OperationalError

from collector.store import Store
from collector.store.schema import meta
from collector.store.together import MOST_TOGETHER, Together
from tests.waiting import PATIENCE_S


@pytest.fixture
def database() -> str:
    return "sqlite"


class Counter:
    """Opens transactions of a store and counts them; the first waits until it may go on."""

    def __init__(self, store: Store) -> None:
        self.store, self.count, self.fails = store, 0, False
        self.started, self.may_go_on = threading.Event(), threading.Event()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        self.count += 1
        with self.store.write() as conn:
            yield conn
            self.started.set()
            assert self.may_go_on.wait(PATIENCE_S)
            if self.fails:
                raise OSError("the disk is full")


def note(conn: Connection, key: str) -> str:
    conn.execute(insert(meta).values(key=key, value="x"))
    if key.startswith("wrong"):
        raise ValueError(key)
    return key


def at_once(together: Together, counter: Counter, keys: list[str]) -> list[Future[str]]:
    """The first begins; the others come while it is being kept."""
    with ThreadPoolExecutor(len(keys)) as pool:
        futures = [pool.submit(together.run, counter.begin, lambda conn: note(conn, keys[0]))]
        assert counter.started.wait(PATIENCE_S)
        futures += [pool.submit(together.run, counter.begin, lambda conn, key=key: note(conn, key)) for key in keys[1:]]
        while len(together._waiting) < len(keys) - 1:
            threading.Event().wait(0.001)
        counter.may_go_on.set()
    return futures


def kept(store: Store) -> set[str]:
    with store.read() as conn:
        return set(conn.scalars(select(meta.c.key).where(meta.c.value == "x")))


def test_those_who_come_while_one_is_kept_share_the_next_commit(store: Store) -> None:
    counter, keys = Counter(store), [f"k{place}" for place in range(6)]
    futures = at_once(Together(), counter, keys)
    assert [future.result() for future in futures] == keys
    assert kept(store) == set(keys)
    assert counter.count == 2


def test_no_commit_grows_without_end(store: Store) -> None:
    counter, keys = Counter(store), [f"k{place}" for place in range(MOST_TOGETHER + 5)]
    at_once(Together(), counter, keys)
    assert kept(store) == set(keys)
    assert counter.count == 3


def test_an_error_takes_back_its_own_work_alone(store: Store) -> None:
    futures = at_once(Together(), Counter(store), ["a", "b", "wrong", "c"])
    with pytest.raises(ValueError, match="wrong"):
        futures[2].result()
    assert [futures[place].result() for place in (0, 1, 3)] == ["a", "b", "c"]
    assert kept(store) == {"a", "b", "c"}


def test_what_could_not_be_kept_is_told_to_everybody_it_belonged_to(store: Store) -> None:
    counter = Counter(store)
    counter.fails = True
    futures = at_once(Together(), counter, ["a", "b", "c"])
    for future in futures:
        with pytest.raises(OSError, match="disk is full"):
            future.result()
    assert kept(store) == set()


def test_a_disk_that_fills_up_takes_back_everybody_s_work_and_nobody_hears_otherwise(store: Store) -> None:
    def fill_the_disk(conn: Connection) -> str:
        conn.exec_driver_sql(f"PRAGMA max_page_count = {conn.exec_driver_sql('PRAGMA page_count').scalar_one()}")
        conn.execute(insert(meta).values(key="full", value="x" * 1_000_000))
        return "full"

    together, counter = Together(), Counter(store)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(together.run, counter.begin, lambda conn: note(conn, "first"))
        assert counter.started.wait(PATIENCE_S)
        later = []
        for place, work in enumerate((lambda conn: note(conn, "a"), fill_the_disk, lambda conn: note(conn, "c"))):
            later.append(pool.submit(together.run, counter.begin, work))
            while len(together._waiting) <= place:
                threading.Event().wait(0.001)
        counter.may_go_on.set()
    assert first.result() == "first"
    for future in later:
        with pytest.raises(OperationalError):
            future.result()
    assert kept(store) == {"first"}


def test_a_store_s_work_written_together_is_kept_or_taken_back(store: Store) -> None:
    assert store.write_together(lambda conn: note(conn, "a")) == "a"
    with pytest.raises(ValueError, match="wrong"):
        store.write_together(lambda conn: note(conn, "wrong"))
    assert kept(store) == {"a"}
    with store.read() as conn:
        assert conn.scalar(select(func.count()).where(meta.c.value == "x")) == 1
