"""The one seam through which work fans out: map a function over items in a pool of processes, or on the workers of a
Dask cluster; results in order.

Knows nothing of what is mapped. Workers ignore Ctrl-C: the parent decides, and it alone writes.
"""

from __future__ import annotations

import itertools
import logging
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread, current_thread, main_thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from forms.errors import WorkFailed
from forms.words import text

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from distributed import Client

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4  # tasks under way a process: enough that none waits, few enough that memory does not grow
_JOIN_S = 15  # to reach the scheduler, and to see one worker there
_MOST_BYTES = 4 << 30  # of a process: the largest picture that is read, in colour, takes 1.3 GB
_LOST_S = 60  # without a result and without a worker: the cluster is gone


@dataclass(frozen=True)
class Crashed(Generic[Item]):
    """In place of a result: the process that worked on this item, and on nothing else, died."""

    item: Item


def default_jobs() -> int:
    """As many processes as this process may use processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(function: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Result]:
    """function(item) for every item, in the order of the items; in this process where one job is asked for.

    WorkFailed where an item brings its process down.
    """
    if jobs <= 1:
        yield from map(function, items)
        return
    for result in spread_apart(function, items, jobs):
        if isinstance(result, Crashed):
            raise WorkFailed(text("cli.process_died"))
        yield result


def spread_apart(
    function: Callable[[Item], Result], items: Iterable[Item], jobs: int
) -> Iterator[Result | Crashed[Item]]:
    """As spread, always in other processes: an item that brings its process down (or memory) costs itself alone."""
    rest = iter(items)
    jobs = max(1, jobs)
    while True:
        left: list[Item] = []
        yield from _until_crash(function, rest, jobs, jobs * _AHEAD, left)
        if not left:
            return
        yield from spread_singly(function, left)  # who of them it was, only doing them alone can tell


def spread_singly(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Crashed[Item]]:
    """As spread_apart, one item at a time; WorkFailed where no process lives at all, for then no item is to blame."""
    rest = iter(items)
    while True:
        left: list[Item] = []
        yield from _until_crash(function, rest, 1, 1, left)
        if not left:
            return
        if not list(_until_crash(abs, iter([0]), 1, 1, [])):
            raise WorkFailed(text("cli.process_died"))
        yield from map(Crashed, left)


def spread_over(
    function: Callable[[Item], Result], items: Iterable[Item], address: str
) -> Iterator[Result | Crashed[Item]]:
    """As spread_apart, on the workers of the Dask scheduler at an address; what a worker that died had goes to others.

    An item that brings down every worker it is given to is Crashed. WorkFailed where the library is not installed, the
    cluster cannot be reached, or all its workers are gone.
    """
    client = _join(address)
    try:
        rest = iter(items)
        waiting: deque[tuple[Item, Any]] = deque()
        while True:
            ahead = max(1, sum(client.nthreads().values())) * _AHEAD
            for item in itertools.islice(rest, max(0, ahead - len(waiting))):
                waiting.append((item, client.submit(function, item, pure=False)))
            if not waiting:
                return
            item, future = waiting.popleft()
            yield _wait_for(client, item, future, address)
    finally:
        client.close(timeout=_JOIN_S)


def _join(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise WorkFailed(text("cli.engine_missing")) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said by us, once
    try:
        client = Client(address, timeout=_JOIN_S, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise WorkFailed(text("cli.engine_unreachable", address=address)) from error
    try:
        client.wait_for_workers(1, timeout=_JOIN_S)
    except TimeoutError as error:
        client.close()
        raise WorkFailed(text("cli.engine_idle", address=address)) from error
    return client


def _wait_for(client: Client, item: Item, future: Any, address: str) -> Any:
    from distributed import CancelledError, KilledWorker

    while True:
        try:
            return future.result(timeout=_LOST_S)
        except KilledWorker:
            return Crashed(item)
        except (CancelledError, EOFError, ConnectionError) as error:
            raise WorkFailed(text("cli.engine_lost", address=address)) from error
        except TimeoutError as error:
            if future.done():
                raise
            if not client.nthreads():
                raise WorkFailed(text("cli.engine_lost", address=address)) from error


def _until_crash(
    function: Callable[[Item], Result], rest: Iterator[Item], jobs: int, ahead: int, left: list[Item]
) -> Iterator[Result]:
    """Results until the items end; once a process dies, the items under way (at most `ahead`) go to `left`."""
    # spawn: a forked child would inherit locks of the parent's database and server threads
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin) as pool:
        waiting: deque[tuple[Item, Future[Result]]] = deque()
        try:
            with _ctrl_c_waits():
                for item in itertools.islice(rest, ahead):
                    waiting.append((item, _submit(pool, function, item)))
            while waiting:
                try:
                    done = waiting[0][1].result()
                except (BrokenProcessPool, MemoryError):
                    left += [item for item, _ in waiting]
                    return
                waiting.popleft()
                for item in itertools.islice(rest, 1):
                    waiting.append((item, _submit(pool, function, item)))
                yield done
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, function: Callable[[Item], Result], item: Item) -> Future[Result]:
    try:
        return pool.submit(function, item)
    except BrokenProcessPool as broken:  # a process died between two items; the item must not be lost
        future: Future[Result] = Future()
        future.set_exception(broken)
        return future


def _begin() -> None:
    """What a worker does first. Its numpy, loaded with its first item, computes on one thread: the pool has the others.

    Else each worker's OpenBLAS keeps a thread a processor, which wait for each other in loops that take processor time.
    """
    follow_parent()
    limit_memory()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def limit_memory() -> None:
    """This process ends, or fails, where it wants more memory than any honest picture does.

    A file of 3 kB may unpack to more than any machine has; without a limit the system picks whom to end, the server
    perhaps. Nothing where the system knows no such limit.
    """
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = _MOST_BYTES if hard == resource.RLIM_INFINITY else min(_MOST_BYTES, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def follow_parent() -> None:
    """This process leaves Ctrl-C to its parent, and goes when its parent goes, also where that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Ctrl-C is held back while processes start: they inherit it, and would speak of it before they learn not to."""
    if not hasattr(signal, "pthread_sigmask") or current_thread() is not main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
