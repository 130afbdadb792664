"""One commit for what several threads write at the same moment, each kept or refused by itself.

A commit is kept once the disk says so, and the disk says so once for all that is in it: whoever comes while it writes
joins the next one instead of queueing for a write of their own. Nobody is answered before their commit is kept.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

from sqlalchemy import Connection

from collector.store.events import WAITING

MOST_TOGETHER = 32  # so that other writers, a scan in the next process, never wait long

Result = TypeVar("Result")


class _Job(Generic[Result]):
    """What one thread wants written."""

    def __init__(self, work: Callable[[Connection], Result]) -> None:
        self._work = work
        self._results: list[Result] = []
        self.error: BaseException | None = None
        self.is_over = False

    def run(self, conn: Connection) -> None:
        """Do it inside a transaction; an error takes back this job alone, the lines that it has for the log too.

        Where the error took the whole transaction with it, it is raised: what went before is gone too, and what came
        after would be kept as it is written.
        """
        lines = conn.get_execution_options()[WAITING]
        kept = len(lines)
        try:
            with conn.begin_nested():
                self._results.append(self._work(conn))
        except Exception as error:
            del lines[kept:]
            if not _goes_on(conn):
                raise
            self.error = error

    def result(self) -> Result:
        """What the work gave; its error is raised."""
        if self.error is not None:
            raise self.error
        return self._results[0]


def _goes_on(conn: Connection) -> bool:
    """Whether SQLite still holds the transaction: a full disk, no memory or a failing one makes it take all back."""
    return bool(conn.connection.driver_connection.in_transaction)  # type: ignore[union-attr]


class Together:
    """Writers of one process who share commits; safe to use from many threads."""

    def __init__(self) -> None:
        self._waiting: deque[_Job[object]] = deque()
        self._turn = threading.Lock()

    def run(
        self, begin: Callable[[], AbstractContextManager[Connection]], work: Callable[[Connection], Result]
    ) -> Result:
        """Do some work in a transaction that `begin` opens, perhaps with others'; returns once it is committed."""
        job = _Job(work)
        self._waiting.append(job)  # type: ignore[arg-type]  # whatever its result is
        while not job.is_over:
            with self._turn:
                if not job.is_over:
                    self._run_waiting(begin)
        return job.result()

    def _run_waiting(self, begin: Callable[[], AbstractContextManager[Connection]]) -> None:
        jobs = [self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))]
        try:
            with begin() as conn:
                for job in jobs:
                    job.run(conn)
        except BaseException as error:  # not committed: nobody may hear otherwise
            for job in jobs:
                job.error = error
        finally:
            for job in jobs:
                job.is_over = True
