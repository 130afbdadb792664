"""The one seam through which work fans out: map a function over items in a pool of processes, results in order.

Knows nothing of what is mapped. Workers ignore Ctrl-C: the parent decides, and it alone writes.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4  # tasks under way a process: enough that none waits, few enough that memory does not grow


def default_jobs() -> int:
    """As many processes as this process may use processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(function: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Result]:
    """function(item) for every item, in the order of the items; in this process where one job is asked for."""
    if jobs <= 1:
        yield from map(function, items)
        return
    # spawn: a forked child would inherit locks of the parent's database and server threads
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_quiet) as pool:
        waiting: deque[Future[Result]] = deque()
        rest = iter(items)
        try:
            for item in itertools.islice(rest, jobs * _AHEAD):
                waiting.append(pool.submit(function, item))
            while waiting:
                done = waiting.popleft().result()
                for item in itertools.islice(rest, 1):
                    waiting.append(pool.submit(function, item))
                yield done
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _quiet() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
