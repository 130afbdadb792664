"""bin/setup on machines that lack something: it says what to ask for, in both languages, and leaves nothing behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("sh", "env", "dirname", "id", "rm", "grep", "sed", "tail", "cat", "tr")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A tree with the set-up script, and a folder `bin` that is the whole PATH: a few tools, no Python."""
    (tmp_path / "tree" / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "bin" / "setup", tmp_path / "tree" / "bin" / "setup")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or "/missing")
    return tmp_path


def add_python(machine: Path, refused: str) -> None:
    """A python3 that is this one, but fails when its arguments hold `refused`, as one without that part would."""
    script = machine / "bin" / "python3"
    script.write_text(f'#!/bin/sh\ncase "$*" in {refused}) exit 1 ;; esac\nexec {sys.executable} "$@"\n', "ascii")
    script.chmod(0o755)


def set_up(machine: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the script with nothing but that PATH."""
    surroundings = {"PATH": str(machine / "bin"), "HOME": str(machine), "PHIEU_NO_APT": "1", **settings}
    command = [str(machine / "tree" / "bin" / "setup"), *arguments]
    return subprocess.run(command, env=surroundings, capture_output=True, text=True)


def test_without_a_python_it_says_which_one_to_ask_for(machine: Path) -> None:
    done = set_up(machine)
    assert done.returncode == 1
    assert "Cần Python 3.11 trở lên" in done.stderr
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_python_that_is_too_old_counts_as_none(machine: Path) -> None:
    add_python(machine, "*version_info*")
    done = set_up(machine)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_python_that_can_make_no_venv_is_told_of_with_the_package_to_ask_for(machine: Path) -> None:
    add_python(machine, "*ensurepip*|'-m '*")
    done = set_up(machine)
    assert done.returncode == 1
    assert done.stderr.count("apt-get install python3-venv") == 2, "once in each language"
    assert not (machine / "tree" / ".venv").exists()


def test_a_word_it_does_not_know_is_answered_with_its_usage(machine: Path) -> None:
    done = set_up(machine, "everything")
    assert done.returncode == 1
    assert "bin/setup [run|dev|programs|lock]" in done.stderr


def add_program(machine: Path, name: str) -> None:
    (machine / "bin" / name).symlink_to(shutil.which("true") or "/missing")


def test_without_a_browser_and_libreoffice_people_are_told_that_tests_will_skip(machine: Path) -> None:
    done = set_up(machine, "programs", PHIEU_LANG="en")
    assert done.returncode == 0
    wanted = "apt-get install chromium fonts-liberation libreoffice-calc-nogui"
    assert f"tests by browser or LibreOffice will be skipped (to run them: {wanted}" in done.stdout


@pytest.mark.parametrize(("there", "lacks"), [("chromium", "libreoffice-calc-nogui"), ("soffice", "chromium")])
def test_ci_stops_without_a_browser_and_without_libreoffice(machine: Path, there: str, lacks: str) -> None:
    add_program(machine, there)
    done = set_up(machine, "programs", CI="true")
    assert done.returncode == 1
    assert f"apt-get install {lacks}" in done.stderr


@pytest.mark.parametrize("office", ["soffice", "libreoffice"])
def test_with_both_there_is_nothing_to_install(machine: Path, office: str) -> None:
    add_program(machine, office)
    add_program(machine, "chromium-browser")
    done = set_up(machine, "programs", CI="true")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_make_alone_lists_every_command_of_the_contract() -> None:
    listing = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    for command in ("setup", "demo", "test", "check", "serve", "bench", "pictures", "fast", "format"):
        assert f"make {command} " in listing
