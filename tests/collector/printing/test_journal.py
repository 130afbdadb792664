"""Printing that is cut off, and two prints at the same time."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from collector.example import copy_example
from collector.printing.issue import print_sheets, reserve_run
from collector.printing.journal import JOURNAL, hold_folder
from collector.store import Store, open_store
from collector.store.sheets import list_sheets
from forms.campaign import Campaign
from forms.folder import load_campaign
from tests.waiting import wait_until

PRINT = """
import sys
from pathlib import Path
from collector.printing.issue import print_sheets
from collector.store import open_store
from forms.folder import load_campaign
campaign = load_campaign(Path(sys.argv[1]))
store = open_store(Path(sys.argv[1]), campaign.settings)
print_sheets(store, campaign, Path(sys.argv[2]), campaign.quotas, jobs=int(sys.argv[3]))
"""
Opened = tuple[Campaign, Store]


@pytest.fixture(scope="module")
def reserved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An example's folder with all its 2,220 sheets reserved, to be copied."""
    made = tmp_path_factory.mktemp("reserved") / "campaign"
    copy_example("quang-ninh-2013", made)
    campaign = load_campaign(made)
    store = open_store(made, campaign.settings)
    reserve_run(store, campaign, campaign.quotas)
    store.close()
    return made


@pytest.fixture
def folder(reserved: Path, tmp_path: Path) -> Path:
    return shutil.copytree(reserved, tmp_path / "campaign")


@pytest.fixture
def opened(folder: Path) -> Opened:
    campaign = load_campaign(folder)
    return campaign, open_store(folder, campaign.settings)


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "sheets.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def start_printing(folder: Path, out: Path, jobs: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PRINT, folder, out, str(jobs)], start_new_session=True)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_run_goes_on_where_it_was_with_the_same_serials(folder: Path, opened: Opened, jobs: int) -> None:
    (campaign, store), out = opened, folder.parent / "out"
    print_sheets(store, campaign, out, campaign.quotas[:1])
    listed = (out / "sheets.csv").read_bytes()
    with store.read() as conn:
        reserved = [sheet.serial for sheet in list_sheets(conn)]
    running = start_printing(folder, out, jobs)
    journal = out / JOURNAL
    wait_until(lambda: journal.exists() and len(journal.read_text(encoding="utf-8").split()) > 4, 0.005)
    os.killpg(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert (out / "sheets.csv").read_bytes() == listed  # whole, though of the run before
    finished = [line.split('"')[1] for line in journal.read_text(encoding="utf-8").splitlines() if '"' in line]
    assert 0 < len(finished) < 68
    before = {name: (out / name).stat() for name in finished}
    (out / finished[0]).with_name(f".CC.pdf.{'0a' * 8}.part").write_bytes(b"half")
    (out / finished[-1]).write_bytes(b"cut off")

    summary = print_sheets(store, campaign, out, campaign.quotas)
    assert (summary.sheets, summary.pages, summary.files) == (2220, 4440, 68)
    assert [row["serial"] for row in rows(out)] == reserved
    for name, then in before.items():
        assert os.path.samestat((out / name).stat(), then) == (name != finished[-1])
    assert (out / finished[-1]).read_bytes().startswith(b"%PDF")
    left = [path.name for path in out.rglob("*") if path.is_file() and path.suffix != ".pdf"]
    assert sorted(left) == ["layout.json", "sheets.csv"]
    store.close()


def test_what_changed_since_a_run_was_cut_off_is_written_again(folder: Path, opened: Opened) -> None:
    (campaign, store), out = opened, folder.parent / "out"
    chosen = [quota for quota in campaign.quotas if quota.agency in ("SXD", "SYT") and quota.group == "DN"]

    def stop(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        print_sheets(store, campaign, out, chosen, report=stop)
    then = {name: (out / name).stat() for name in ("SXD/DN.pdf", "SYT/DN.pdf")}
    (out / "SYT/DN.pdf").unlink()
    print_sheets(store, campaign, out, chosen)
    assert os.path.samestat((out / "SXD/DN.pdf").stat(), then["SXD/DN.pdf"])
    with pytest.raises(KeyboardInterrupt):
        print_sheets(store, campaign, out, chosen, report=stop)
    then = {name: (out / name).stat() for name in then}
    renamed = replace(campaign, settings=campaign.settings.model_copy(update={"name": "Tên khác"}))
    print_sheets(store, renamed, out, chosen)
    assert not any(os.path.samestat((out / name).stat(), then[name]) for name in then)
    store.close()


def test_a_run_that_ended_is_not_taken_for_one_that_was_cut_off(folder: Path, opened: Opened) -> None:
    (campaign, store), out = opened, folder.parent / "out"
    chosen = [quota for quota in campaign.quotas if quota.agency == "SXD" and quota.group == "DN"]
    print_sheets(store, campaign, out, chosen)
    then = (out / "SXD/DN.pdf").stat()
    print_sheets(store, campaign, out, chosen)
    assert not os.path.samestat((out / "SXD/DN.pdf").stat(), then)
    store.close()


def test_two_prints_into_one_folder_lose_no_rows(folder: Path, opened: Opened) -> None:
    (campaign, store), out = opened, folder.parent / "out"
    chosen = [quota for quota in campaign.quotas if quota.group == "DN"]
    printing = [
        threading.Thread(target=print_sheets, args=(store, campaign, out, part)) for part in (chosen[::2], chosen[1::2])
    ]
    for thread in printing:
        thread.start()
    for thread in printing:
        thread.join()
    assert {row["agency"] for row in rows(out)} == {quota.agency for quota in chosen}
    store.close()


def test_whoever_comes_second_waits_and_says_so(folder: Path, opened: Opened) -> None:
    (campaign, store), out = opened, folder.parent / "out"
    said: list[str] = []
    second = threading.Thread(
        target=print_sheets, args=(store, campaign, out, campaign.quotas[:1]), kwargs={"say": said.append}
    )
    with hold_folder(out, lambda: None):
        second.start()
        wait_until(lambda: said)
        assert str(out) in said[0]
        assert not (out / "sheets.csv").exists()
    second.join()
    assert rows(out)
    assert not (out / JOURNAL).exists()
    store.close()


def cut_off_after(out: Path, content: str) -> None:
    with suppress(KeyboardInterrupt), hold_folder(out, lambda: None) as journal:
        journal.note_finished("a.pdf", content)
        raise KeyboardInterrupt


def test_a_journal_that_was_cut_off_in_a_line_is_read_up_to_there(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"12345")
    cut_off_after(tmp_path, "one")
    with (tmp_path / JOURNAL).open("a", encoding="utf-8") as file:
        file.write('["b.pdf", "12')
    cut_off_after(tmp_path, "two")
    with hold_folder(tmp_path, lambda: None) as journal:
        assert set(journal.finished) == {"a.pdf"}
        assert journal.is_finished("a.pdf", "two")
        assert not journal.is_finished("a.pdf", "one")
        (tmp_path / "a.pdf").write_bytes(b"1234")
        assert not journal.is_finished("a.pdf", "two")


def test_sheets_are_read_while_they_are_printed_on_either_database(folder: Path, url: str) -> None:
    campaign, out = load_campaign(folder), folder.parent / "out"
    store = open_store(folder, campaign.settings, url)
    chosen = [quota for quota in campaign.quotas if quota.agency in ("SXD", "SYT")]
    reserve_run(store, campaign, chosen)
    print_sheets(store, campaign, out, chosen[:2])
    summary = print_sheets(store, campaign, out, chosen[1:])
    with store.read() as conn:
        assert [row["serial"] for row in rows(out)] == [sheet.serial for sheet in list_sheets(conn)]
    assert summary.sheets < len(rows(out))
    store.close()
