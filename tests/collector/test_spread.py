from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from collector.spread import Crashed, spread, spread_apart
from forms.errors import WorkFailed
from tests.waiting import wait_until

TASKS = Path("/proc/self/task")


def double(number: int) -> int:
    if number == 13:
        raise ValueError("thirteen")
    return 2 * number


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    assert list(spread(double, range(12), jobs)) == [2 * number for number in range(12)]


def test_no_items_give_no_results() -> None:
    assert list(spread(double, [], 2)) == []


def test_items_are_taken_only_a_few_ahead_so_that_memory_does_not_grow() -> None:
    taken = []

    def items() -> object:
        for number in range(12):
            taken.append(number)
            yield number

    results = spread(double, items(), 2)
    next(results)
    assert len(taken) < 12
    results.close()


def test_what_goes_wrong_in_a_worker_is_raised_here() -> None:
    with pytest.raises(ValueError, match="thirteen"):
        list(spread(double, [1, 13, 2], 2))


def double_or_die(number: int) -> int:
    if number in (3, 9):
        os._exit(9)
    return 2 * number


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_an_item_that_brings_its_process_down_costs_itself_alone(jobs: int) -> None:
    expected = [Crashed(number) if number in (3, 9) else 2 * number for number in range(12)]
    assert list(spread_apart(double_or_die, range(12), jobs)) == expected


def take_memory(gigabytes: int) -> int:
    return len(bytes(gigabytes << 30))


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_an_item_that_wants_more_memory_than_any_picture_costs_itself_alone() -> None:
    assert list(spread_apart(take_memory, [0, 6, 0], 1)) == [0, Crashed(6), 0]


def test_where_every_item_is_wanted_a_process_that_died_is_work_failed() -> None:
    with pytest.raises(WorkFailed):
        list(spread(double_or_die, range(12), 2))


def count_threads_that_numpy_starts(_: int) -> int:
    before = len(list(TASKS.iterdir()))
    import numpy  # noqa: F401

    return len(list(TASKS.iterdir())) - before


@pytest.mark.skipif(not TASKS.is_dir(), reason="threads are counted in /proc")
def test_workers_share_the_processors_by_processes_and_start_no_threads_to_compute() -> None:
    assert list(spread(count_threads_that_numpy_starts, [1, 2], 2)) == [0, 0]


def runs(worker: int) -> bool:
    """Whether a process is at work; one that ended stays in the list where nobody asks how."""
    try:
        return ") Z " not in Path(f"/proc/{worker}/stat").read_text(encoding="utf-8")
    except OSError:
        return False


@pytest.mark.slow
def test_a_parent_that_is_killed_leaves_no_worker_behind(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, time, pathlib\n"
        "from collector.spread import spread_apart\n"
        "def work(number):\n"
        f"    pathlib.Path({str(tmp_path)!r}, f'worker-{{os.getpid()}}').touch()\n"
        "    time.sleep(3600)\n"
        "if __name__ == '__main__':\n"
        "    list(spread_apart(work, range(4), 2))\n",
        encoding="utf-8",
    )
    parent = subprocess.Popen([sys.executable, str(script)], cwd=Path(__file__).resolve().parents[2])
    try:
        workers = wait_until(lambda: found if len(found := list(tmp_path.glob("worker-*"))) == 2 else [])
    finally:
        parent.kill()
        parent.wait()
    wait_until(lambda: not any(map(runs, (int(path.name.partition("-")[2]) for path in workers))))
