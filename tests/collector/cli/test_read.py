"""`phieu read`: whose fault it is where something cannot go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from collector.cli import main
from forms.layout import LayoutBook, dump_layouts

PHIEU = Path(sys.executable).with_name("phieu")


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of three empty pages, and a layout.json of no layout."""
    layout, scans = tmp_path / "layout.json", tmp_path / "quet"
    layout.write_text(dump_layouts(LayoutBook("thu", ("",), {})), encoding="utf-8")
    scans.mkdir()
    for name in ("1.png", "2.png", "3.png"):
        cv2.imwrite(str(scans / name), np.full((900, 640), 250, np.uint8))
    return scans, layout


def read(scans: Path, layout: Path, out: int) -> tuple[int, str]:
    done = subprocess.run([PHIEU, "read", scans, "--layout", layout], stdout=out, stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stderr.decode()


def test_a_reader_that_has_seen_enough_is_no_fault_of_the_files(given: tuple[Path, Path]) -> None:
    taken, gives = os.pipe()
    os.close(taken)
    code, said = read(*given, gives)
    os.close(gives)
    assert (code, said) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is full, of Linux")
def test_a_full_disk_is_named_once_and_no_file_is_blamed(given: tuple[Path, Path]) -> None:
    with Path("/dev/full").open("wb") as full:
        code, said = read(*given, full.fileno())
    assert code == 1
    assert "No space left on device" in said
    assert ".png" not in said


def test_a_file_that_cannot_be_opened_is_named_and_the_others_are_read(given: tuple[Path, Path]) -> None:
    scans, layout = given
    (scans / "2.png").unlink()
    (scans / "2.png").symlink_to(scans / "nowhere.png")
    files = [str(scans / name) for name in ("1.png", "2.png", "3.png")]
    done = CliRunner().invoke(main, ["read", *files, "--layout", str(layout)])
    assert done.exit_code == 2
    assert len(done.stdout.splitlines()) == 2
    assert "2.png" in done.stderr
