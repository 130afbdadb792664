"""Work beside the server: once at a time, told how far it is, begun again where it was cut off."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from collector.beside.work import Work, clear_work, find_work, hold_work, keep_work, resume_works, run_work, start_work
from collector.store import Store
from forms.errors import Problem

ASKED = Work("next_survey", "hoa", "2014-03-19T01:00:00", {"wish": {}, "account": "hoa"})


def wait_until_over(folder: Path) -> Work:
    for _ in range(600):
        work = find_work(folder, "next_survey")
        assert work is not None
        if work.is_over and not work.is_alive:
            return work
        time.sleep(0.05)
    return pytest.fail("the work did not end")


def test_what_is_written_down_comes_back_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    work = Work("export", "hoa", "2014-03-19T01:00:00", {"kind": "csv"}, "failed", 1, 2, {}, (Problem("a:1", "b"),))
    keep_work(tmp_path, work)
    assert find_work(tmp_path, "export") == work
    kept = tmp_path / "data" / "prepare" / "export.json"
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    clear_work(tmp_path, "export")
    assert find_work(tmp_path, "export") is None


def test_while_a_process_is_at_it_nobody_begins_or_forgets_it(store: Store) -> None:
    keep_work(store.folder, ASKED)
    held = hold_work(store.folder, "next_survey")
    assert held is not None
    with held:
        assert start_work(store, "next_survey", "lan", {}) is False
        clear_work(store.folder, "next_survey")
        found = find_work(store.folder, "next_survey")
        assert found is not None
        assert (found.who, found.is_running) == ("hoa", True)
        run_work(store.folder, "next_survey")  # a second process leaves it to the first
        assert find_work(store.folder, "next_survey") == found


def test_a_program_that_stumbles_says_so_instead_of_waiting_for_ever(store: Store) -> None:
    (store.folder / "campaign.yaml").unlink(missing_ok=True)
    assert start_work(store, "next_survey", "hoa", {}) is True
    over = wait_until_over(store.folder)
    assert over.stage == "failed"
    assert over.problems != ()


def test_what_was_cut_off_is_begun_again_with_the_server_and_what_is_over_is_not(store: Store) -> None:
    keep_work(store.folder, ASKED)
    resume_works(store)
    over = wait_until_over(store.folder)
    assert over.stage == "failed"  # there is no folder to make it from, and that is told
    resume_works(store)
    assert find_work(store.folder, "next_survey") == over
