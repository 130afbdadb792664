"""What holds for every test: one language, no deadline on a busy machine, other programs if there, no skips in CI."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Generator, Iterator
from importlib import import_module
from pathlib import Path

import hypothesis
import playwright
import pytest

CI = os.environ.get("CI") == "true"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OFFICES = ("soffice", "libreoffice")

os.environ.pop("PHIEU_LANG", None)
gc.disable()  # until all is collected: nothing of what is imported is garbage

# Every commit of a test's store would wait for a disk and cost the system a millisecond, though nobody wants what is
# left after the test. The usual place where there is not room for the whole journeys of two processes.
MEMORY, ENOUGH_BYTES = Path("/dev/shm"), 4 << 30
if (
    os.access(MEMORY, os.W_OK)
    and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC  # some tests start what they wrote
):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# In CI the same examples every time, and all that hypothesis would try; on a person's machine new ones at every run,
# and fewer a run. Time says more about the machine than about us.
hypothesis.settings.register_profile("phieu", deadline=None, derandomize=CI, max_examples=100 if CI else 30)
hypothesis.settings.load_profile("phieu")

# There are as many processes of tests as processors: threads that compute would wait for each other, a fifth of the
# time. OpenBLAS asks once, when it is loaded; what a test starts must not inherit the answer.
with pytest.MonkeyPatch.context() as alone:
    alone.setenv("OPENBLAS_NUM_THREADS", "1")
    import_module("numpy")
    import_module("scipy.linalg")  # brings an OpenBLAS of its own
import_module("cv2").setNumThreads(1)


@pytest.fixture(scope="session", autouse=True)
def keys_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys lie apart from those of whoever runs the tests, who may have a survey of the same id."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHIEU_KEYS", str(tmp_path_factory.mktemp("keys")))
        yield


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium of this machine; where none can be driven the test skips and says so."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    driver = Path(playwright.__file__).parent / "driver" / "node"
    if subprocess.run([driver, "--version"], capture_output=True).returncode != 0:
        pytest.skip("the browser's driver does not start: apt-get install libatomic1")
    return path


@pytest.fixture(scope="session")
def office_path() -> str:
    """The LibreOffice of this machine; where there is none the test skips and says so."""
    path = next(filter(None, map(shutil.which, OFFICES)), None)
    if path is None:
        pytest.skip("no LibreOffice here: apt-get install libreoffice-calc-nogui")
    return path


@pytest.fixture
def one_processor() -> Iterator[None]:
    """This test may use one processor: a command that would start as many processes as there are starts one at most."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of a few slow tests, whole journeys, begin, and files of quick ones end: no process waits long."""
    tests = Counter(item.path for item in items)
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: (not slow[item.path], tests[item.path] if slow[item.path] else -tests[item.path]))


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """Modules and tests stay to the end: looking through them for garbage every few tests took a fifth of the time."""
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()
    return (yield)


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport, what: str) -> None:
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{what} skipped, and in CI nothing may: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report, item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report, collector.nodeid)
    return report
