"""Pages read on the workers of a real Dask cluster: two processes, one of which is killed on the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.example import copy_example
from collector.printing.issue import choose_quotas, print_sheets, reserve_run
from collector.scans.jobs import take_files_in
from collector.spread import Crashed, spread_over
from collector.store import open_store
from collector.store.scans import list_pages
from forms.errors import WorkFailed
from forms.folder import load_campaign
from ocr.pretend.stack import render_pages, write_tiff

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.slow


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A scheduler and two worker processes on this machine; anew for each test, for every test kills some."""
    before = dict(os.environ)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as started:
        yield started
    os.environ.clear()  # the library tells its workers by it how to keep memory, and so every program started later
    os.environ.update(before)


@pytest.fixture
def kill_one(cluster: Any) -> Callable[[], None]:
    """Kill one of the workers, as when its machine loses power."""

    def kill() -> None:
        with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
            os.kill(min(client.run(os.getpid).values()), signal.SIGKILL)

    return kill


def double_slowly(number: int) -> int:
    time.sleep(0.05)
    if number == 99:
        os._exit(9)
    return 2 * number


def test_results_come_in_order_though_a_worker_is_killed(cluster: Any, kill_one: Callable[[], None]) -> None:
    results = spread_over(double_slowly, range(60), cluster.scheduler_address)
    first = next(results)
    kill_one()
    assert [first, *results] == [2 * number for number in range(60)]


def test_an_item_that_kills_every_worker_costs_itself(cluster: Any) -> None:
    found = list(spread_over(double_slowly, [99], cluster.scheduler_address))
    assert found == [Crashed(99)]
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=180)  # on a busy machine they take their time to start again
    assert list(spread_over(double_slowly, [1, 2], cluster.scheduler_address)) == [2, 4]


def test_a_cluster_that_is_not_there_is_named() -> None:
    with pytest.raises(WorkFailed, match=r"tcp://127\.0\.0\.1:9"):
        list(spread_over(double_slowly, [1], "tcp://127.0.0.1:9"))


def test_every_page_of_a_scan_comes_in_though_a_worker_is_killed(
    cluster: Any, kill_one: Callable[[], None], tmp_path: Path
) -> None:
    copy_example("quang-ninh-2013", tmp_path / "k")
    campaign = load_campaign(tmp_path / "k")
    store = open_store(tmp_path / "k", campaign.settings)
    quotas = choose_quotas(campaign, ["SXD"], ["CC"])
    reserve_run(store, campaign, quotas)
    print_sheets(store, campaign, tmp_path / "printed", quotas, 3)
    (tmp_path / "in").mkdir()
    for number, page in enumerate(render_pages(tmp_path / "printed" / "SXD" / "CC.pdf", 1, 6, 150), 1):
        write_tiff([page], tmp_path / "in" / f"{number}.tif", 150)  # a file each, so a task each
    heard: list[str] = []

    def listen(reading: Any) -> None:
        if not heard:
            kill_one()
        heard.append(reading.file)

    summary = take_files_in(store, campaign, [tmp_path / "in"], 1, listen=listen, engine=cluster.scheduler_address)
    assert (dict(summary.pages), summary.bad_files) == ({"read": 6}, 0)
    assert heard == [f"{number}.tif" for number in range(1, 7)]
    with store.read() as conn:
        assert len(list_pages(conn)) == 6
    store.close()
