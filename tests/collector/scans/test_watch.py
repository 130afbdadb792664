"""Watched folders: a file is taken once the scanner has finished it, never before, never twice, never moved."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from collector.example import copy_example
from collector.printing.issue import choose_quotas, print_sheets, reserve_run
from collector.scans.watch import QUIET_CUT_S, QUIET_S, QUIET_UNMARKED_S, Watch
from collector.store import open_store
from collector.store.scans import list_pages
from forms.folder import load_campaign

WHOLE = b"%PDF-1.4 pages of a scan\n%%EOF\n"


class Clock:
    """A watch over one folder, and seconds that pass when the test says so."""

    def __init__(self, folder: Path) -> None:
        self.watch = Watch([folder])
        self.now_s = 1000.0

    def after(self, seconds: float) -> list[str]:
        self.now_s += seconds
        return [path.name for path in self.watch.look(self.now_s)[0]]


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


def test_a_file_is_taken_once_after_it_was_quiet(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "a.pdf").write_bytes(WHOLE)
    assert clock.after(0) == []
    assert clock.after(QUIET_S / 2) == []
    assert clock.after(QUIET_S / 2) == ["a.pdf"]
    assert clock.after(QUIET_S) == []
    assert (tmp_path / "a.pdf").read_bytes() == WHOLE


def test_a_file_that_still_grows_waits_however_long_it_takes(tmp_path: Path, clock: Clock) -> None:
    for pages in range(1, 20):
        (tmp_path / "a.pdf").write_bytes(WHOLE * pages)
        assert clock.after(QUIET_S - 0.1) == []
    assert clock.after(QUIET_S) == ["a.pdf"]
    (tmp_path / "a.pdf").write_bytes(WHOLE * 30)
    assert clock.after(QUIET_S) == []
    assert clock.after(QUIET_S) == ["a.pdf"], "changed since: taken again"


@pytest.mark.parametrize(
    ("content", "quiet_s"),
    [
        (b"", QUIET_CUT_S),
        (WHOLE[:-8], QUIET_CUT_S),
        (b"\xff\xd8\xff picture", QUIET_CUT_S),
        (b"\xff\xd8\xff picture \xff\xd9", QUIET_S),
        (b"\x89PNG picture", QUIET_CUT_S),
        (b"II*\0 a TIFF, which has no end", QUIET_UNMARKED_S),
    ],
)
def test_what_does_not_end_as_its_kind_does_waits_longer(
    tmp_path: Path, clock: Clock, content: bytes, quiet_s: float
) -> None:
    (tmp_path / "a").write_bytes(content)
    assert clock.after(0) == []
    assert clock.after(quiet_s - 0.1) == []
    assert clock.after(0.1) == ["a"]


@pytest.mark.parametrize("name", [".a.pdf", "~a.pdf", "a.pdf.tmp", "a.PART", "a.pdf.crdownload", "a.pdf~"])
def test_temporary_names_are_left_alone_until_they_get_their_own(tmp_path: Path, clock: Clock, name: str) -> None:
    (tmp_path / name).write_bytes(WHOLE)
    assert [clock.after(QUIET_CUT_S) for _ in range(3)] == [[], [], []]
    (tmp_path / name).rename(tmp_path / "b.pdf")
    assert clock.after(0) == []
    assert clock.after(QUIET_S) == ["b.pdf"]


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only Linux tells who writes a file")
def test_a_file_that_is_open_for_writing_waits(tmp_path: Path, clock: Clock) -> None:
    with (tmp_path / "a.pdf").open("wb") as scanner:
        scanner.write(WHOLE)
        scanner.flush()
        assert clock.after(0) == []
        assert clock.after(QUIET_S) == []
    assert clock.after(0) == ["a.pdf"]


def test_a_folder_that_is_gone_for_a_moment_is_named_once_and_nothing_in_it_is_taken_twice(
    tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(WHOLE)
    watch = Watch([folder])
    watch.look(0)
    assert [path.name for path in watch.look(QUIET_S)[0]] == ["a.pdf"]
    folder.rename(tmp_path / "away")
    assert [len(watch.look(10.0 + second)[1]) for second in range(3)] == [1, 0, 0]
    (tmp_path / "away").rename(folder)
    assert watch.look(100) == ([], [])
    assert watch.look(200) == ([], [])


@pytest.mark.slow
def test_the_command_takes_what_the_scanner_wrote_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    copy_example("quang-ninh-2013", tmp_path / "k")
    campaign = load_campaign(tmp_path / "k")
    store = open_store(tmp_path / "k", campaign.settings)
    quotas = choose_quotas(campaign, ["SXD"], ["CC"])
    reserve_run(store, campaign, quotas)
    print_sheets(store, campaign, tmp_path / "printed", quotas, 1)
    content = (tmp_path / "printed" / "SXD" / "CC.pdf").read_bytes()
    folder = tmp_path / "in"
    folder.mkdir()
    command = [sys.executable, "-c", "from collector.cli import main; main()", "scan", str(tmp_path / "k"), "--watch"]
    environment = os.environ | {"PHIEU_LANG": "vi", "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    watching = subprocess.Popen(
        [*command, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    too_long = threading.Timer(900, watching.kill)  # a loaded machine is slow, not wrong
    too_long.start()
    try:
        assert watching.stdout is not None
        assert "Ctrl-C" in watching.stdout.readline()
        with (folder / "a.pdf").open("wb") as scanner:
            scanner.write(content)
        said = []
        while not said or not said[-1].startswith("Phiếu: "):
            said.append(watching.stdout.readline())
            assert said[-1], said
        watching.send_signal(signal.SIGINT)
        assert "Đã dừng theo dõi" in watching.stdout.read()
        assert watching.wait() == 0
    finally:
        too_long.cancel()
        watching.kill()
    assert "a.pdf: 2 đọc được\n" in said
    assert (folder / "a.pdf").read_bytes() == content
    with store.read() as conn:
        assert [page.status for page in list_pages(conn)] == ["read", "read"]
    store.close()
