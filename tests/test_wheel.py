"""The wheel holds every file that the program reads, so that `pip install .` works without make."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
ROOMS = ("forms", "ocr", "aggregation", "collector")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """A wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("phieu-*.whl")
    return zipfile.Path(path)


@pytest.fixture(scope="module")
def names(wheel: zipfile.Path) -> set[str]:
    """The names of its files."""
    return set(wheel.root.namelist())


def needed(place: str) -> set[str]:
    """Every file under a folder of this tree, less what Python makes."""
    files = {path for path in (ROOT / place).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    return {path.relative_to(ROOT).as_posix() for path in files}


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_of_a_room_is_in_the_wheel(names: set[str], room: str) -> None:
    assert needed(room) - names == set()


def test_every_example_is_in_the_wheel_under_the_collector(names: set[str]) -> None:
    assert {f"collector/{name}" for name in needed("examples")} - names == set()


def test_nothing_else_is_installed(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == set(ROOMS)


def test_installing_it_gives_the_command_phieu(wheel: zipfile.Path) -> None:
    (info,) = (folder for folder in wheel.iterdir() if folder.name.endswith(".dist-info"))
    entry = (info / "entry_points.txt").read_text(encoding="utf-8")
    assert entry.split() == ["[console_scripts]", "phieu", "=", "collector.cli:main"]
