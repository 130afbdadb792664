"""A scanner's folder joins the queue of the screen of scans: every file once, whatever restarts, and none is moved."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.example import copy_example
from collector.printing.issue import choose_quotas, print_sheets, reserve_run
from collector.scans.feeding import FolderFeed
from collector.scans.watch import QUIET_S
from collector.store import Store, open_store
from collector.store.uploads import list_uploads
from forms.folder import load_campaign

ROOT = Path(__file__).resolve().parents[3]


def photograph(grey: int) -> bytes:
    return cv2.imencode(".png", np.full((600, 400), grey, np.uint8))[1].tobytes()


def handed(store: Store) -> list[tuple[str, str, str]]:
    with store.read() as conn:
        return [(one.name, one.who, one.state) for one in reversed(list_uploads(conn, 50))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "may quet"
    made.mkdir()
    return made


def test_a_finished_file_joins_the_queue_once_and_stays_where_it_lies(store: Store, folder: Path) -> None:
    (folder / "a.png").write_bytes(photograph(250))
    (folder / "b.png").write_bytes(photograph(240)[:-40])  # the scanner goes on writing
    said: list[str] = []
    feed = FolderFeed(store, [folder], said.append)
    assert [feed.look(0), feed.look(QUIET_S), feed.look(2 * QUIET_S)] == [0, 1, 0]
    assert handed(store) == [("a.png", "thư mục may quet", "waiting")]
    (folder / "b.png").write_bytes(photograph(240))
    assert [feed.look(30), feed.look(30 + QUIET_S)] == [0, 1]
    again = FolderFeed(store, [folder], said.append)  # the server starts anew
    assert [again.look(0), again.look(QUIET_S)] == [0, 0]
    (folder / "a.png").write_bytes(photograph(230))
    assert [again.look(50), again.look(50 + QUIET_S)] == [0, 1]
    assert [name for name, *_ in handed(store)] == ["a.png", "b.png", "a.png"]
    assert sorted(path.name for path in folder.iterdir()) == ["a.png", "b.png"]
    assert said == []


def test_what_cannot_be_kept_now_is_tried_again_and_a_folder_that_is_gone_is_said_once(
    store: Store, folder: Path
) -> None:
    said: list[str] = []
    feed = FolderFeed(store, [folder], said.append)
    (folder / "a.png").write_bytes(photograph(250))
    inbox = store.folder / "data" / "inbox"
    inbox.parent.mkdir(exist_ok=True)
    inbox.write_bytes(b"")  # in the place of the folder of what waits
    assert [feed.look(0), feed.look(QUIET_S)] == [0, 0]
    inbox.unlink()
    assert feed.look(QUIET_S + 1) == 1
    folder.rename(folder.with_name("away"))
    assert [feed.look(20), feed.look(21)] == [0, 0]
    assert len(said) == 1


@pytest.mark.slow
def test_a_server_reads_what_the_scanner_writes_to_its_folder(tmp_path: Path, folder: Path) -> None:
    copy_example("quang-ninh-2013", tmp_path / "k")
    campaign = load_campaign(tmp_path / "k")
    store = open_store(tmp_path / "k", campaign.settings)
    quotas = choose_quotas(campaign, ["SXD"], ["CC"])
    reserve_run(store, campaign, quotas)
    print_sheets(store, campaign, tmp_path / "printed", quotas, 1)
    command = [sys.executable, "-c", "from collector.cli import main; main()", "serve", str(tmp_path / "k")]
    serving = subprocess.Popen(
        [*command, "--port", "0", "--watch", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PHIEU_LANG": "vi", "PYTHONPATH": str(ROOT), "PHIEU_KEYS": str(tmp_path / "keys")},
    )
    too_long = threading.Timer(900, serving.kill)  # a loaded machine is slow, not wrong
    too_long.start()
    try:
        (folder / "phieu.pdf").write_bytes((tmp_path / "printed" / "SXD" / "CC.pdf").read_bytes())
        while [state for *_, state in handed(store)] != ["done"]:
            assert serving.poll() is None
            time.sleep(0.2)
        serving.terminate()
        serving.communicate()
    finally:
        too_long.cancel()
        serving.kill()
    with store.read() as conn:
        [taken] = list_uploads(conn, 5)
    assert (taken.who, taken.read, (folder / "phieu.pdf").is_file()) == ("thư mục may quet", 2, True)
    store.close()


def test_scans_are_the_consoles_alone(tmp_path: Path, folder: Path) -> None:
    copy_example("quang-ninh-2013", tmp_path / "k")
    refused = CliRunner().invoke(main, ["serve", str(tmp_path / "k"), "--only", "public", "--watch", str(folder)])
    assert refused.exit_code == 2
    assert "--watch: bản quét do phần quản lý nhận" in refused.output
