"""A scan that is killed with -9 again and again, at random moments, ends in what a scan without a pause ends in."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from collector.example import copy_example
from collector.printing.issue import choose_quotas, print_sheets, reserve_run
from collector.scans.jobs import take_files_in
from collector.store import Store, open_store
from collector.store.schema import (
    answer,
    cell,
    doubt,
    page,
    page_answer,
    question,
    response,
    scan_file,
    sheet,
    sheet_step,
)
from forms.campaign import Campaign, Quota
from forms.folder import load_campaign
from ocr.pretend.stack import render_pages, write_tiff

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]

# Kills itself at the n-th of the moments between which the database or the disk changes: around every statement, at
# every commit, and as a file gets its name.
SCAN = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
left = int(sys.argv.pop(1))
def moment(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
    event.listen(Engine, name, moment)
sys.addaudithook(lambda name, _: moment() if name == "os.rename" else None)
from collector.cli import main
main()
"""


def same_bits(quota: Quota, ordinal: int) -> int:
    return sum(quota.group.encode()) + ordinal


def make(folder: Path, out: Path, url: str | None = None) -> tuple[Store, Campaign]:
    """A store with three printed sheets, the same ones every time."""
    copy_example("quang-ninh-2013", folder)
    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings, url)
    quotas = choose_quotas(campaign, ["SXD"], ["CC"])
    reserve_run(store, campaign, quotas, same_bits)
    print_sheets(store, campaign, out, quotas, 3)
    return store, campaign


def write_scans(printed: Path, folder: Path) -> None:
    """All six pages; then the first sheet again, one page of it marked otherwise, so that there is a conflict."""
    folder.mkdir()
    pages = render_pages(printed / "SXD" / "CC.pdf", 1, 6, 150)
    write_tiff(pages, folder / "1.tif", 150)
    marked = pages[0].copy()
    marked[600:1500, 500:1200:3] = 0
    write_tiff([pages[2], marked, pages[1]], folder / "2.tif", 150)


def tell(store: Store) -> dict[str, list[Any]]:
    """Everything in the store that a scan changes, without the keys that are drawn at random."""
    named = sheet.c.number
    wanted: dict[str, Any] = {
        "files": select(scan_file.c.sha256, scan_file.c.name, scan_file.c.state, scan_file.c.pages),
        "pages": select(scan_file.c.sha256, page.c.image, page.c.status, page.c.copy, page.c.sheet_page, named)
        .join_from(page, scan_file)
        .outerjoin(sheet, sheet.c.id == page.c.sheet),
        "read": select(scan_file.c.sha256, page.c.image, question.c.code, page_answer.c.state, page_answer.c.reason)
        .join_from(page_answer, page)
        .join(scan_file)
        .join(question),
        "responses": select(named, response.c.copy, response.c.state, response.c.claims, response.c.digest).join_from(
            response, sheet
        ),
        "answers": select(named, response.c.copy, question.c.code, answer.c.option, answer.c.state)
        .join_from(answer, response)
        .join(sheet)
        .join(question),
        "doubts": select(named, question.c.code, doubt.c.reason, doubt.c.state)
        .join_from(doubt, response)
        .join(sheet, sheet.c.id == response.c.sheet)
        .join(question, question.c.id == doubt.c.question),
        "cells": select(cell.c.id, cell.c.reserved, cell.c.accepted),
        "steps": select(named, sheet_step.c.step, sheet_step.c.before, sheet_step.c.after).join_from(
            sheet_step, sheet, sheet.c.id == sheet_step.c.sheet
        ),
    }
    with store.read() as conn:
        return {name: sorted(map(repr, map(tuple, conn.execute(query)))) for name, query in wanted.items()}


@pytest.fixture
def kill_often(tmp_path: Path, url: str) -> Callable[[Path, int], int]:
    """Scan a folder into the campaign `k`, killed on the way until one run comes to its end; how many were killed."""

    def scan(folder: Path, seed: int) -> int:
        moments = random.Random(seed)
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PHIEU_DATABASE": url}
        for killed in range(30):
            moment = moments.randint(20 + 15 * killed, 120 + 30 * killed)  # more and more of them, so that it ends
            command = [sys.executable, "-c", SCAN, str(moment), "scan", tmp_path / "k", folder]
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            assert done.returncode in (0, -9), done.stderr
            if done.returncode == 0:
                return killed
        raise AssertionError("no run came to its end")

    return scan


def test_killed_scans_lose_nothing_and_count_nothing_twice(
    tmp_path: Path, url: str, kill_often: Callable[[Path, int], int]
) -> None:
    calm, campaign = make(tmp_path / "calm", tmp_path / "printed")
    write_scans(tmp_path / "printed", tmp_path / "in")
    take_files_in(calm, campaign, [tmp_path / "in"], 1)
    harried, _ = make(tmp_path / "k", tmp_path / "printed again", url)
    killed = kill_often(tmp_path / "in", 4)
    assert killed >= 4, "so few say little"
    expected = tell(calm)
    assert [len(expected[name]) for name in ("files", "pages")] == [2, 9]
    assert tell(harried) == expected
    calm.close()
    harried.close()
